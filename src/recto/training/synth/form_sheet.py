"""A tax form on its page: where it stands, what it is filled in with, and its true fields."""

import math
import re
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from recto.schemas.printed import PrintedBox as Box
from recto.schemas.printed import boxes_of, printed_forms
from recto.training.example import Truth
from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import canonical
from recto.training.synth.lexicon import table
from recto.training.synth.sheet import Font, Part, Sheet
from recto.training.synth.tax_values import Filing, Value, is_revised

_FACES = (
    *("sans", "sans", "sans-bold", "mono", "mono", "courier", "courier", "till", "till", "narrow", "narrow"),
    *("serif", "serif", "sans", "hand", "hand2"),
)
_WRITTEN = 1.35
"""Who fills in by hand writes larger than a machine prints."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form stands on its page, in points."""

    left: float
    top: float
    width: float
    height: float

    def at(self, box: Box) -> tuple[float, float, float, float]:
        return (
            self.left + box.left * self.width / 100,
            self.top + box.top * self.height / 100,
            self.left + box.right * self.width / 100,
            self.top + box.bottom * self.height / 100,
        )


@dataclass(slots=True)
class Form:
    """A form while it is filled in. `known` are the labels that its kind has; all else is printed without one."""

    name: str
    sheet: Sheet
    look: Look
    chance: Chance
    filed: Filing
    known: frozenset[str]
    place: Place

    @property
    def scale(self) -> float:
        """1 for a form as wide as the page."""
        return self.place.width / 540

    @property
    def small(self) -> Font:
        """The captions' font."""
        size = self.look.between("caption size", 5.6, 7.2) * max(self.scale, 0.62)
        return Font(self.look.pick("caption face", ("sans", "sans", "narrow")), size)

    @property
    def pen(self) -> Font:
        """What the boxes are filled in with."""
        face, size = self.look.pick("pen", _FACES), self.look.between("pen size", 8.0, 10.5) * max(self.scale, 0.68)
        return Font(face, size * (_WRITTEN if face.startswith("hand") else 1.0))

    def part(self, text: str, label: str, more: bool = False) -> Part:
        return Part(text, label if label in self.known else "", more)


def box_list(name: str, look: Look) -> tuple[Box, ...]:
    """The boxes of a form, of its latest revision or the one before, moved a little: years and printers differ."""
    entry = printed_forms().get(name) or table("forms")[name]
    revised = is_revised(name, look)
    split = "parties_split" if look.maybe("split parties", 0.12) else "parties"
    parties = printed_forms()["parties_revised" if revised else split]["boxes"] if entry.get("parties") else ""
    return tuple(_moved(box, look) for box in boxes_of(parties + entry["revised" if revised else "boxes"]))


def _moved(box: Box, look: Look) -> Box:
    left, right = (_along(side, "across", look) for side in (box.left, box.right))
    top, bottom = (_along(side, "down", look) for side in (box.top, box.bottom))
    return replace(box, left=left, top=top, right=right, bottom=bottom)


def _along(share: float, way: str, look: Look) -> float:
    """A place 0..100 drawn out here and pressed together there, its order kept; up to 2 away from where it was."""
    waves = look.pick(f"waves {way}", (1, 2, 3))
    return share + look.between(f"moved {way}", -2.0, 2.0) * math.sin(math.pi * waves * share / 100)


def truth_of(filed: Filing, known: Set[str], printed: Set[str]) -> dict[str, Truth]:
    """The true fields of a form in canonical form: those whose labels are `known` to the kind and `printed`."""
    seen = known & printed
    fields: dict[str, Truth] = {"tax_year": str(filed.year)}
    fields.update({label: _canonical(label, value) for label, value in filed.values.items() if label in seen})
    for name, rows in filed.rows.items():
        kept = [{key: _canonical(key, value) for key, value in row.items() if f"{name}.{key}" in seen} for row in rows]
        if any(kept):
            fields[name] = kept
    return fields


def printed_on(sheet: Sheet) -> frozenset[str]:
    """The labels of all words on the paper."""
    return frozenset(ink.tag[2:] for ink in sheet.inks if ink.tag != "O")


_NUMBERS = ("tin", "id_number", "social_security_number")
"""How the labels end whose digits may be hidden: fields carry `*` for each."""


def _canonical(label: str, value: Value) -> str:
    if value is True:
        return "true"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return canonical(value)
    return re.sub("[xX]", "*", str(value)) if label.rpartition(".")[2] in _NUMBERS else str(value)


def text_of(form: Form, value: Value) -> str:
    """A value as this template writes it."""
    if value is True:
        return form.look.pick("mark", ("X", "X", "x", "X", "✓", "☒"))
    if isinstance(value, date):
        return value.strftime(form.look.pick("date", ("%m/%d/%Y", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%m %d %Y")))
    if not isinstance(value, Decimal):
        return str(value)
    style = form.look.pick("money", ("1,234.50", "1,234.50", "1234.50", "1234", "1 234.50", "$ 1,234.50"))
    if style == "1234":
        return f"{value:.0f}" if value == value.to_integral() else f"{value:.2f}"
    text = f"{value:,.2f}"
    return text.replace(",", {"1,234.50": ",", "1 234.50": ",", "1234.50": ""}.get(style, ","))


def escrow_in(form: Form) -> list[list[Part]]:
    """What box 10 of a 1098 says, as lines: the taxes on the estate after their word, or another text."""
    tax, other = form.filed.values.get("real_estate_tax"), form.filed.values.get("other")
    words = ("Real estate taxes", "Property taxes", "Real Estate Tax", "RE TAXES", "Taxes", "Property Tax:")
    said = [Part(form.look.pick("escrow word", words))]
    if tax is not None:
        amount = form.part(text_of(form, tax), "real_estate_tax")
        return [[*said, amount]] if form.look.maybe("escrow in one", 0.6) else [said, [amount]]
    return [[form.part(str(other), "other")]] if other is not None else []


def fitted(font: Font, text: str, width: float) -> Font:
    wide = font.width(text)
    return font if wide <= width else font.drawn_in(max(width / wide, 0.3))


def values_in(form: Form, box: Box) -> list[str]:
    """The texts of a box; a state and its number share one box on some forms."""
    filed = form.filed
    party = filed.holder if box.label.startswith(_holder(form)) else filed.issuer
    singles = {
        "person": filed.holder.name,
        "street": party.street,
        "city": party.city,
        "town": party.parts[0],
        "province": party.parts[1],
        "zip": party.parts[2],
        "company": filed.issuer.name,
        "phone": filed.issuer.phone,
        "none": "",
    }
    if box.holds in singles:
        return [singles[box.holds]] if singles[box.holds] else []
    label = box.label.rstrip("+") or f"{box.number} {box.caption}"
    if box.holds == "state and id":
        rows = filed.rows.get("state_taxes_withheld", [])
        return [f"{row['state']} / {row['payer_state_number']}" for row in rows]
    return [text_of(form, value) for value in filed.texts(label)]


def _holder(form: Form) -> str:
    return "payer" if form.name == "1098" else ("recipient" if form.name.startswith("1099") else "")
