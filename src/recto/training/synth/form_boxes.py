"""How each box of a tax form is printed: its caption and what stands in it."""

from collections.abc import Callable

from recto.schemas.printed import PrintedBox as Box
from recto.training.synth.form_sheet import Form, escrow_in, fitted, text_of, values_in
from recto.training.synth.lexicon import table
from recto.training.synth.sheet import Font, Part, wrapped
from recto.training.synth.tax_values import is_revised


def _frame(form: Form, box: Box) -> tuple[float, float, float, float]:
    sides = form.place.at(box)
    if not form.look.maybe("no lines", 0.06):
        form.sheet.frame(*sides)
    return sides


def _caption(form: Form, box: Box) -> float:
    """The caption at the top of its box; returns the base line of its last row."""
    left, top, right, _ = _frame(form, box)
    font, y = form.small, top + 0.1
    indent = 0.0
    if box.number:
        indent = form.sheet.put(left + 2, y + font.size, box.number, font.bold()) - left
    for line in wrapped(box.caption, font, right - left - 3 - indent):
        y += font.size * 1.05
        form.sheet.put(left + 2 + indent, y, line, font)
    return y if box.caption else y + font.size


def print_plain(form: Form, box: Box) -> None:
    """A box with one value or one a row."""
    floor = _caption(form, box)
    left, _, right, bottom = form.place.at(box)
    values = values_in(form, box)
    pen = form.pen
    money = "money" in box.holds
    if money and form.look.maybe("dollar signs", 0.6) and form.name != "W2":
        form.sheet.put(left + 2, bottom - 3, "$", form.small.sized(1.3))
        if "state" in box.holds and bottom - floor > 24 * form.scale:
            form.sheet.put(left + 2, floor + pen.size, "$", form.small.sized(1.3))
    step = min(pen.size * 1.15, (bottom - floor - 2) / max(len(values), 1))
    y = (
        max(floor + step, bottom - 3 - step * (len(values) - 1))
        if money or len(values) > 1
        else min(bottom - 3, floor + 1.6 * pen.size)
    )
    for text in values:
        label = box.label.rstrip("+")
        part = form.part(text, label, more=box.label.endswith("+"))
        if money and form.look.maybe("right money", 0.7):
            form.sheet.put(right - 4, y, part, fitted(pen, text, right - left - 12), "right")
        elif form.look.maybe("centered values", 0.4):
            form.sheet.put((left + right) / 2, y, part, fitted(pen, text, right - left - 4), "center")
        else:
            form.sheet.put(left + 8 * form.scale, y, part, fitted(pen, text, right - left - 10))
        y += step


def _state_and_id(form: Form, box: Box) -> None:
    """`MN / 12-3456789`: both in one box, each with its own label."""
    floor = _caption(form, box)
    left, _, _, bottom = form.place.at(box)
    rows = form.filed.rows.get("state_taxes_withheld", [])
    pen = form.pen.sized(0.95)
    step = min(pen.size * 1.15, (bottom - floor - 2) / max(len(rows), 1))
    y = max(floor + step, bottom - 3 - step * (len(rows) - 1))
    for row in rows:
        state = form.part(str(row["state"]), "state_taxes_withheld.state")
        number = form.part(str(row["payer_state_number"]), "state_taxes_withheld.payer_state_number")
        slash = [Part("/")] if form.look.maybe("state slash", 0.4) else []
        form.sheet.put(
            left + 4,
            y,
            (state, *slash, number),
            fitted(pen, f"{row['state']} / {row['payer_state_number']}", 70 * form.scale),
        )
        y += step


def _party(form: Form, box: Box) -> None:
    """A name with its address, and the telephone under it."""
    y = _caption(form, box)
    left, _, right, bottom = form.place.at(box)
    party, pen = form.filed.issuer, form.pen
    upper = form.look.maybe("upper", 0.4)
    lines = [
        (party.name, f"{box.label}.name", False),
        (party.street, f"{box.label}.address", False),
        (party.city, f"{box.label}.address", True),
    ]
    if form.look.maybe("issuer phone", 0.5) and box.label != "employer":
        lines.append((party.phone, f"{box.label}.phone_number", False))
    step = min(pen.size * form.look.between("party pitch", 1.1, 1.5), (bottom - y - 2) / len(lines))
    for text, label, more in lines:
        y += step
        text = text.upper() if upper else text
        form.sheet.put(left + 8 * form.scale, y, form.part(text, label, more), fitted(pen, text, right - left - 10))


def _address(form: Form, box: Box) -> None:
    """An address alone: the holder's in a W-2, the property's in a 1098."""
    y = _caption(form, box)
    left, _, right, bottom = form.place.at(box)
    pen = form.pen
    holder = form.name == "W2"
    lines = (
        [form.filed.holder.street, form.filed.holder.city]
        if holder
        else wrapped(str(form.filed.values.get(box.label, "")), pen, right - left - 12)
    )
    if holder and form.look.maybe("name again", 0.15):
        y += pen.size * 1.15
        form.sheet.put(
            left + 8,
            y,
            form.part(form.filed.holder.name, "employee.name"),
            fitted(pen, form.filed.holder.name, right - left - 10),
        )
    step = min(pen.size * 1.25, (bottom - y - 2) / max(1, len(lines)))
    for number, text in enumerate(lines):
        y += step
        form.sheet.put(
            left + 8 * form.scale, y, form.part(text, box.label, number > 0), fitted(pen, text, right - left - 10)
        )


def _code(form: Form, box: Box) -> None:
    """A W-2's box 12: a letter code and an amount."""
    y = _caption(form, box)
    left, _, right, bottom = form.place.at(box)
    form.sheet.draw(left + 1, y + 4, "Code", form.small.sized(0.7))
    number = int(box.holds.split()[1])
    rows = form.filed.rows.get("additional_info", [])
    if number < len(rows):
        pen = form.pen
        row = rows[number]
        form.sheet.put(
            left + 12 * form.scale, bottom - 2, form.part(str(row["letter_code"]), "additional_info.letter_code"), pen
        )
        form.sheet.put(
            right - 4, bottom - 2, form.part(text_of(form, row["amount"]), "additional_info.amount"), pen, "right"
        )


def _escrow(form: Form, box: Box) -> None:
    """Box 10 of a 1098: what was paid from escrow, said in words before the amount."""
    floor = _caption(form, box)
    left, _, right, bottom = form.place.at(box)
    for number, parts in enumerate(escrow_in(form)):
        text = " ".join(part.text for part in parts)
        y = min(bottom - 3, floor + (1.3 + 1.1 * number) * form.pen.size)
        form.sheet.put(left + 6 * form.scale, y, parts, fitted(form.pen, text, right - left - 8 * form.scale))


def _check(form: Form, box: Box) -> None:
    _caption(form, box)
    left, _, right, bottom = form.place.at(box)
    size = 7 * form.scale
    x = left + (right - left) * form.look.pick("check at", (0.5, 0.75))
    form.sheet.frame(x - size / 2, bottom - 2 - size, x + size / 2, bottom - 2)
    for value in form.filed.texts(box.label or f"{box.number} {box.caption}"):
        form.sheet.put(x, bottom - 2.6, form.part(text_of(form, value), box.label), form.pen.sized(0.8), "center")


def _omb(form: Form, box: Box) -> None:
    """`OMB No.`, the form's number and the year."""
    left, top, right, bottom = _frame(form, box)
    middle, font = (left + right) / 2, form.small
    form.sheet.put(middle, top + 1.2 * font.size, f"OMB No. {table('forms')[form.name]['omb']}", font, "center")
    year, number = form.part(str(form.filed.year), "tax_year"), (Part("Form"), Part(form.name))
    room = (bottom - top) / 5
    if form.look.maybe("calendar year", 0.3) or is_revised(form.name, form.look):
        form.sheet.put(middle, top + 2 * room, number, font.sized(1.3), "center")
        form.sheet.put(middle, top + 3 * room, f"(Rev. January {form.filed.year - 1})", font, "center")
        form.sheet.put(middle, top + 4 * room, "For calendar year", font, "center")
        form.sheet.put(middle, top + 4.8 * room, year, form.pen, "center")
    else:
        form.sheet.put(middle, top + 3.2 * room, year, Font("sans-bold", 15 * form.scale), "center")
        form.sheet.put(middle, top + 4.6 * room, number, font.sized(1.3), "center")


def _omb_only(form: Form, box: Box) -> None:
    left, top, _, _ = _frame(form, box)
    form.sheet.put(left + 3, top + 14 * form.scale, f"OMB No. {table('forms')[form.name]['omb']}", form.small)


def _title(form: Form, box: Box) -> None:
    left, top, right, _ = form.place.at(box)
    entry = table("forms")[form.name]
    title = entry["older"] if "older" in entry and form.filed.year < 2020 else entry["title"]
    size = 11 * form.scale if len(title) < 40 else 7.5 * form.scale
    font, y = Font("sans-bold", size), top + 4
    for line in wrapped(title, font, right - left - 2):
        y += 1.1 * size
        form.sheet.put(right - 1, y, line, fitted(font, line, right - left - 2), "right")


def _copy(form: Form, box: Box) -> None:
    left, top, right, _ = _frame(form, box)
    holder = "Borrower" if form.name.startswith("1098") else "Recipient"
    copies = (
        ("Copy B", f"For {holder}"),
        ("Copy A", "For Internal Revenue Service Center"),
        ("Copy C", "For Payer"),
        ("Copy 2", f"To be filed with {holder.lower()}'s state income tax return, when required."),
        ("Copy 1", "For State Tax Department"),
    )
    copy, whom = form.look.pick("copy", copies)
    font, y = Font("sans-bold", 8.5 * form.scale), top + 10 * form.scale
    form.sheet.put(right - 1, y, copy, font, "right")
    for line in wrapped(whom, font.sized(0.85), right - left - 2):
        y += font.size
        form.sheet.put(right - 1, y, line, font.sized(0.85), "right")


def _side(form: Form, box: Box) -> None:
    """The small print at the right: read as far as it has room."""
    left, top, right, bottom = form.place.at(box)
    texts = table("forms")["texts"]
    key = {"1098": "side_1098", "W2": "side_w2"}.get(form.name, "side")
    font, y = form.small, top + 2
    for line in wrapped(texts[key], font, right - left - 3):
        y += font.size * 1.08
        if y > bottom:
            return
        form.sheet.put(right - 1, y, line, font, "right")


def _caution(form: Form, box: Box) -> None:
    left, top, right, bottom = _frame(form, box)
    font, y = form.small.sized(0.9), top + 1
    for line in wrapped(table("forms")["texts"]["caution"], font, right - left - 4):
        y += font.size * 1.05
        if y < bottom:
            form.sheet.put(left + 2, y, line, font)


def _void(form: Form, box: Box) -> None:
    left, top, _, _ = _frame(form, box)
    if form.look.maybe("void", 0.4):
        form.sheet.put(left + 4, top + 12 * form.scale, "22222", form.small.sized(1.4))
        form.sheet.put(left + 50 * form.scale, top + 12 * form.scale, "VOID", form.small)


PRINTERS: dict[str, Callable[[Form, Box], None]] = {
    "state and id": _state_and_id,
    "party": _party,
    "address": _address,
    "check": _check,
    "escrow": _escrow,
    "omb": _omb,
    "omb only": _omb_only,
    "title": _title,
    "copy": _copy,
    "side": _side,
    "caution": _caution,
    "void": _void,
    **{f"code {number}": _code for number in range(4)},
}
