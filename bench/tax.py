"""Tax forms of the real world: the IRS's own PDFs filled in by program and drawn, and vendors' labelled samples.

    python -m bench.tax [--labeller layoutlm] [--count 6] [--misses]

The W-2 of 2026 and the 1099-NEC of December 2026 are filled with made-up people, whose values are the truth, drawn at
200 dots an inch and read by Recto's own OCR. The 1099-MISC samples carry labels with their maker's OCR noise
(`$ 2.400`), so they are compared by letters and digits. What OCR saw is kept under `.cache/ocr/forms`.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageDraw, ImageFont

from bench.forms import CACHE, Tally, plain, rows_right, shown, single_right
from bench.kinds import DATA
from recto.app import App, build, settings
from recto.document.page import Page, Raster, Words
from recto.document.reading import Table
from recto.pipeline import upright
from recto.reading.paper import opened
from recto.reading.seen import Seen, numbered, seen_from_json, seen_json
from recto.schemas.fields import fields_of
from recto.schemas.printed import layouts_of
from recto.training.example import Truth
from recto.training.synth.chance import Chance, Look
from recto.training.synth.form_sheet import truth_of
from recto.training.synth.tax_values import Filing, filing

DOTS: Final = 200 / 72
"""Pixels a point."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A fillable form: its file, the page with a copy for the holder, and what goes into each of its widgets in order.

    A widget's text is a path of the filing (`box`, `table.0.column`), one of a party's parts (`issuer.name`), or `-`.
    """

    kind: str
    file: str
    page: int
    widgets: tuple[str, ...]
    copies: int = 1


W2: Final = Blank(
    "W2", "us_w2.pdf", 3, copies=2,
    widgets=(
        "employee.social_security_number", "employer.id_number", "issuer.block", "control_number", "holder.first",
        "holder.last", "-", "holder.address", "wages_tips_and_other_compensation", "federal_income_tax_withheld",
        "social_security_wages", "social_security_tax_withheld", "medicare_wages_and_tips", "medicare_tax_withheld",
        "social_security_tips", "allocated_tips", "-", "dependent_care_benefits", "non_qualified_plans",
        *(f"additional_info.{row}.{column}" for row in range(4) for column in ("letter_code", "amount")),
        "is_statutory_employee", "is_retirement_plan", "is_third_party_sick_pay", "other",
        "treasury_tipped_occupation_codes", "-",
        "state_tax_infos.0.state", "state_tax_infos.0.employer_state_id_number",
        "state_tax_infos.1.state", "state_tax_infos.1.employer_state_id_number",
        *(f"state_tax_infos.{row}.{column}" for column in ("state_wages_tips_etc", "state_income_tax")
          for row in (0, 1)),
        *(f"local_tax_infos.{row}.{column}" for column in ("local_wages_tips_etc", "local_income_tax", "locality_name")
          for row in (0, 1)),
    ),
)  # fmt: skip
NEC: Final = Blank(
    "1099-NEC", "us_1099.pdf", 3,
    widgets=(
        "tax_year", "is_corrected", "issuer.name", "issuer.street", "-", "issuer.town", "issuer.phone", "issuer.state",
        "-", "issuer.zip", "payer.tin", "recipient.tin", "holder.name", "holder.street", "-", "holder.town",
        "holder.state", "-", "holder.zip", "recipient.account_number", "nonemployee_compensation", "cash_tips",
        "treasury_tipped_occupation_codes", "-", "overtime_compensation", "is_direct_sales",
        "excess_golden_parachute_payments", "federal_income_tax_withheld",
        "state_taxes_withheld.0.state_tax_withheld", "state_taxes_withheld.1.state_tax_withheld",
        "state_taxes_withheld.0.both", "state_taxes_withheld.1.both",
        "state_taxes_withheld.0.state_income", "state_taxes_withheld.1.state_income",
    ),
)  # fmt: skip
MISC: Final = {
    "Rents": "rents", "Royalties": "royalties", "OtherIncome": "other_income",
    "FederalIncomeTaxWithheld": "federal_income_tax_withheld", "FishingBoatProceeds": "fishing_boat_proceeds",
    "MedicalHealthCarePayments": "medical_and_health_care_payments", "SubstitutePayments": "substitute_payments",
    "CropInsuranceProceeds": "crop_insurance_proceeds", "GrossProceedsAttorney": "gross_proceeds_paid_to_an_attorney",
    "FishResale": "fish_purchased_for_resale", "409ADeferrals": "section_409a_deferrals",
    "ExcessGoldenParachutePayments": "excess_golden_parachute_payments",
    "NonqualifiedDeferredCompensation": "nonqualified_deferred_compensation", "RecipientName": "recipient.name",
    "RecipientAddress": "recipient.address", "RecipientTIN": "recipient.tin", "PayerTIN": "payer.tin",
    "AccountNumber": "recipient.account_number",
}  # fmt: skip
"""The labels of the 1099-MISC samples that are single fields of ours. Their payer's name and address are one label."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--labeller", default="layoutlm")
    options.add_argument("--count", type=int, default=6)
    options.add_argument("--misses", action="store_true")
    chosen = options.parse_args()
    app = build(settings(labeller=[chosen.labeller], classifier=["rules"]))
    for blank in (W2, NEC):
        tally = Tally()
        for seed in range(chosen.count):
            filed = filed_for(blank, seed)
            count(app, blank.kind, drawn_words(app, blank, filed), truths(blank, filed), tally, chosen.misses)
        exact, values = tally.exact, tally.true.total()
        print(
            f"{blank.kind} of 2026, filled in and drawn: {exact:.3f} of {values}, false {tally.false:.3f}", flush=True
        )
    right = wanted = 0
    for words, truth in samples(app):
        hits, misses = by_letters(app, words, truth)
        right, wanted = right + hits, wanted + len(truth)
        print(*misses if chosen.misses else (), sep="\n")
    print(f"1099-MISC, labelled samples: {right / wanted:.3f} of {wanted}")


def filed_for(blank: Blank, seed: int) -> Filing:
    """Made-up content for the form as of 2026, which has fields for at most two states."""
    chance = Chance(f"{blank.file}/{seed}")
    filed = filing(blank.kind, layouts_of(blank.kind)[-1], Look(f"real/{blank.kind}/{seed}"), chance, None)
    filed.year = 2026
    return filed


def text_for(filed: Filing, what: str) -> str:
    """What is written into a widget; a box to tick gets a cross."""
    if what == "tax_year":
        return str(filed.year)
    side, _, part = what.partition(".")
    if side in ("issuer", "holder"):
        party = filed.issuer if side == "issuer" else filed.holder
        town, state, code = party.parts
        first, _, last = party.name.rpartition(" ")
        parts = {"block": f"{party.name}\n{party.street}\n{party.city}", "address": f"{party.street}\n{party.city}"}
        parts |= {"town": town, "state": state, "zip": code, "first": first, "last": last, "phone": party.phone}
        return {**parts, "name": party.name, "street": party.street}[part]
    table, _, rest = what.partition(".")
    number, _, column = rest.partition(".")
    if number.isdigit():
        rows = filed.rows.get(table, [])
        row = rows[int(number)] if int(number) < len(rows) else {}
        value = f"{row['state']} {row['payer_state_number']}" if column == "both" and row else row.get(column)
    else:
        value = filed.values.get(what)
    if value is None or value is False:
        return ""
    return "X" if value is True else f"{value:,.2f}" if not isinstance(value, str) else value  # type: ignore[str-format]


def truths(blank: Blank, filed: Filing) -> dict[str, Truth]:
    """The true fields of what the widgets show."""
    sides = ("employer", "employee") if blank.kind == "W2" else ("payer", "recipient")
    for side, party in zip(sides, (filed.issuer, filed.holder), strict=True):
        filed.values |= {f"{side}.name": party.name, f"{side}.address": party.address}
    if blank.kind != "W2":
        filed.values["payer.phone_number"] = filed.issuer.phone
    shown_here = {what for what in blank.widgets if "." not in what}
    shown_here |= {f"{what.split('.')[0]}.{what.split('.')[2]}" for what in blank.widgets if what.count(".") == 2}
    shown_here |= {"state_taxes_withheld.state", "state_taxes_withheld.payer_state_number"}
    shown_here |= {what for what in filed.values if what.partition(".")[0] in sides}
    return truth_of(filed, shown_here, shown_here)


def drawn_words(app: App, blank: Blank, filed: Filing) -> Words:
    """The page with the widgets' texts on it, as OCR sees it."""
    page = pypdfium2.PdfDocument(DATA / "tax" / "blank_and_specimen" / blank.file)[blank.page]
    image = page.render(scale=DOTS).to_pil().convert("RGB")
    pen = ImageDraw.Draw(image)
    for number, (left, top, right, bottom) in enumerate(widgets_of(page)):
        what = blank.widgets[number % len(blank.widgets)] if number < blank.copies * len(blank.widgets) else "-"
        write(pen, "" if what == "-" else text_for(filed, what), (left, top, right, bottom))
    return seen(app, image)


def widgets_of(page: pypdfium2.PdfPage) -> Iterator[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each widget in points from the page's top."""
    height = page.get_height()
    for number in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, number)
        if pdfium.FPDFAnnot_GetSubtype(note) == pdfium.FPDF_ANNOT_WIDGET:
            rect = pdfium.FS_RECTF()
            pdfium.FPDFAnnot_GetRect(note, rect)
            yield rect.left, height - rect.top, rect.right, height - rect.bottom


def write(pen: ImageDraw.ImageDraw, text: str, sides: tuple[float, float, float, float]) -> None:
    """The lines of a text at the left of a widget, each as high as fits."""
    left, top, _, bottom = sides
    lines = text.split("\n")
    size = min(9.0, 0.85 * (bottom - top) / len(lines))
    with (files("recto.training.synth") / "fonts" / "sans.ttf").open("rb") as file:
        font = ImageFont.truetype(file, round(size * DOTS))
    for at, line in enumerate(lines):
        pen.text(((left + 2) * DOTS, (top + 1 + 1.15 * at * size) * DOTS), line, font=font, fill=(20, 20, 60))


def seen(app: App, image: Image.Image) -> Words:
    """What OCR sees on an image, kept by the image's pixels."""
    raster = Raster(image.width, image.height, image.tobytes())
    key = hashlib.sha1(raster.pixels + app.ocr.engine.key.encode(), usedforsecurity=False).hexdigest()
    path = CACHE / f"{key}.json"
    if not path.is_file():
        (sight,) = app.ocr.read([raster])
        path.parent.mkdir(parents=True, exist_ok=True)
        found = Seen(upright(Page(1, raster.width, raster.height), sight), numbered(sight.words, 1))
        path.write_text(json.dumps(seen_json(found)))
    return seen_from_json(json.loads(path.read_text())).words


def count(app: App, kind: str, words: Words, truth: Mapping[str, Truth], tally: Tally, tell: bool) -> None:
    """Add a form's fields to the tally."""
    (tags,) = app.labeller.label([(words, kind)])
    found = {item.name: item for item in fields_of(kind, words, tags)}
    for name, value in truth.items():
        got = found.get(name)
        wanted = len(value) if isinstance(value, list) else 1
        right = rows_right(got, value) if isinstance(value, list) else int(single_right(got, value))
        tally.right[name] += right
        tally.true[name] += wanted
        if tell and right < wanted:
            print(f"  {kind} {name}\n      got {shown(got)}\n      not {value}")
    for name, got in found.items():
        if name not in truth and (got.rows if isinstance(got, Table) else got.words):
            tally.extra[name] += 1
            if tell:
                print(f"  {kind} {name}\n      got {shown(got)}\n      not there")


def samples(app: App) -> Iterator[tuple[Words, dict[str, str]]]:
    """The labelled 1099-MISC: words, and the labels that are fields of ours."""
    folder = DATA / "tax" / "azure_labelled" / "1099"
    for path in sorted(folder.glob("*.fields.json")):
        truth = json.loads(path.read_text())
        with opened(path.with_suffix("").with_suffix("").read_bytes(), path.with_suffix("").stem) as paper:
            raster = paper.raster(1, 2200)
        words = seen(app, Image.frombytes("RGB", (raster.width, raster.height), raster.pixels))
        yield words, {MISC[name]: value for name, value in truth.items() if name in MISC}


def by_letters(app: App, words: Words, truth: Mapping[str, str]) -> tuple[int, Sequence[str]]:
    """How many values have the letters and digits of their label, and what the others are."""
    (tags,) = app.labeller.label([(words, "1099-MISC")])
    found = {item.name: item for item in fields_of("1099-MISC", words, tags)}
    misses = []
    for name, value in truth.items():
        got = found.get(name)
        raw = "" if got is None or isinstance(got, Table) else got.raw
        if plain(raw) != plain(value):
            misses.append(f"  1099-MISC {name}\n      got {raw!r}\n      not {value!r}")
    return len(truth) - len(misses), misses


if __name__ == "__main__":
    main()
