"""Tax forms as grids of captioned boxes, and as lists in a bank's own manner."""

from collections.abc import Sequence
from decimal import Decimal

from recto.schemas.printed import PrintedBox as Box
from recto.training.synth.form_boxes import PRINTERS, print_plain
from recto.training.synth.form_sheet import Form, escrow_in, fitted, text_of, values_in
from recto.training.synth.lexicon import table
from recto.training.synth.roll import broken
from recto.training.synth.sheet import Font, Part, wrapped


def print_grid(form: Form, boxes: tuple[Box, ...]) -> None:
    """All boxes of a form, and the lines over and under it."""
    _over(form)
    for box in boxes:
        PRINTERS.get(box.holds, print_plain)(form, box)
    _under(form)


def _over(form: Form) -> None:
    if form.name == "W2":
        return
    font = form.small.sized(1.5)
    at = form.place.left + form.place.width * form.look.pick("corrected at", (0.28, 0.4, 0.5))
    y = form.place.top - 4
    mark = form.filed.values.get("is_corrected") is True
    form.sheet.frame(at - font.size, y - 0.75 * font.size, at - 0.2 * font.size, y + 0.05 * font.size)
    if mark:
        form.sheet.put(at - 0.92 * font.size, y, form.part("X", "is_corrected"), font)
    end = form.sheet.put(at, y, "CORRECTED (if checked)" if form.look.maybe("if checked", 0.7) else "CORRECTED", font)
    if form.look.maybe("void", 0.3):
        form.sheet.put(end - 190 * form.scale, y, "VOID", font)


def _under(form: Form) -> None:
    y = form.place.top + form.place.height + 9 * form.scale
    font, left, right = form.small, form.place.left, form.place.left + form.place.width
    if form.name == "W2":
        _under_w2(form, y + 6 * form.scale)
        return
    name = f"Form {form.name}" if form.name != "T4" else "T4 (24)"
    end = form.sheet.put(left, y, (Part("Form"), Part(name.split()[-1])), font.sized(1.2))
    if form.look.maybe("keep", 0.5):
        form.sheet.put(end + 20, y, "(keep for your records)", font.sized(1.1))
    if form.scale > 0.7:
        form.sheet.put(left + 0.45 * form.place.width, y, f"www.irs.gov/Form{form.name.replace('-', '')}", font)
        form.sheet.put(right, y, "Department of the Treasury - Internal Revenue Service", font, "right")


def _under_w2(form: Form, y: float) -> None:
    """`Form W-2 Wage and Tax Statement 2020`, the copy, and for whom it is."""
    left, wide = form.place.left, form.place.width
    big, small = Font("sans-bold", 13 * max(form.scale, 0.7)), form.small
    end = form.sheet.put(left, y, "Form", small)
    end = form.sheet.put(end + 3, y, "W-2", big.sized(1.3))
    end = form.sheet.put(end + 6, y, "Wage and Tax Statement", big.sized(0.7))
    form.sheet.put(max(end + 8, left + 0.47 * wide), y, form.part(str(form.filed.year), "tax_year"), big.sized(1.2))
    if form.scale > 0.7:
        form.sheet.put(left + wide, y, "Department of the Treasury-Internal Revenue Service", small, "right")
    copies = (
        ("Copy A", "For Social Security Administration"),
        ("Copy B", "To Be Filed With Employee's FEDERAL Tax Return"),
        ("Copy C", "For EMPLOYEE'S RECORDS"),
        ("Copy 1", "For State, City, or Local Tax Department"),
        ("Copy 2", "To Be Filed With Employee's State, City, or Local Income Tax Return"),
        ("Copy D", "For Employer"),
    )
    copy, whom = form.chance.pick(copies)
    form.filed.values.setdefault("w2_copy", copy)
    form.sheet.put(left, y + 13 * form.scale, (form.part(copy, "w2_copy"), Part("- " + whom)), small.sized(1.15))


def print_list(form: Form, boxes: tuple[Box, ...]) -> None:
    """A statement in a bank's own manner: who, whom, then the boxes as lines with their amounts at the right."""
    sheet, look, filed = form.sheet, form.look, form.filed
    font = Font(look.pick("list face", ("sans", "serif", "mono", "narrow")), look.between("list size", 7.5, 9.5))
    left, right, y = form.place.left, form.place.left + form.place.width, form.place.top
    title = table("forms")[form.name].get("title", "")
    head = form.name if form.name != "W2" else "W-2"
    sheet.put(
        left,
        y,
        (form.part(str(filed.year), "tax_year"), Part(f"Form {head}"), Part(title[:60])),
        font.bold().sized(1.4),
    )
    sheet.put(right, y + 14, f"OMB No. {table('forms')[form.name].get('omb', '')}", font, "right")
    y = _list_parties(form, boxes, font, y + 30)
    sheet.line(left, y, right, y)
    y = _list_boxes(form, [box for box in boxes if _is_listed(form, box)], font, y)
    _list_tables(form, boxes, font, y)


_ELSEWHERE = frozenset(
    {
        "party",
        "person",
        "street",
        "city",
        "town",
        "province",
        "zip",
        "company",
        "phone",
        "none",
        "ein",
        "ssn",
        "account",
    }
    | {"address", "state and id"}
)
"""What a list says of the parties over its lines, or not at all."""


def _is_listed(form: Form, box: Box) -> bool:
    """Whether a box is a line of the list; codes and states stand in tables below it."""
    tabled = "." in box.label and box.label.partition(".")[0] in form.filed.rows
    return not (tabled or box.holds in _ELSEWHERE or box.holds.startswith("code")) and bool(box.caption or box.number)


def _list_boxes(form: Form, boxes: Sequence[Box], font: Font, y: float) -> float:
    """A line a box, its value at the right; returns the last base line."""
    sheet, look, filed = form.sheet, form.look, form.filed
    left, right = form.place.left, form.place.left + form.place.width
    for box in boxes:
        values = values_in(form, box)
        if (not values and look.maybe("skip empty", 0.5)) or y > sheet.height - 60:
            continue
        y += font.size * look.between("list pitch", 1.3, 1.9)
        said = f"{'Box ' if look.maybe('box word', 0.4) else ''}{box.number} {box.caption[:70]}"
        if box.holds == "escrow":
            sheet.put(left + 6, y, [Part(said), *(part for line in escrow_in(form) for part in line)], font)
            continue
        sheet.put(left + 6, y, said, font)
        if not values and "money" in box.holds and box.label and "." not in box.label:
            filed.values[box.label] = Decimal("0.00")
            values = ["0.00"]
        for text in values:
            sheet.put(right - 6, y, form.part(text, box.label), font, "right")
    return y


def _list_tables(form: Form, boxes: tuple[Box, ...], font: Font, y: float) -> None:
    """Codes with their amounts a line each, then each table under its heads."""
    for row in form.filed.rows.get("additional_info", []):
        y += 1.6 * font.size
        code = form.part(str(row["letter_code"]), "additional_info.letter_code")
        form.sheet.put(form.place.left + 6, y, [Part("Box 12"), code], font)
        amount = form.part(text_of(form, row["amount"]), "additional_info.amount")
        form.sheet.put(form.place.left + form.place.width - 6, y, amount, font, "right")
    for name, rows in form.filed.rows.items():
        columns = [box for box in boxes if box.label.startswith(f"{name}.") and box.holds != "state and id"]
        if name == "additional_info" or not columns or not rows or y > form.sheet.height - 90:
            continue
        y += 3 * font.size
        step = form.place.width / len(columns)
        for at, box in enumerate(columns):
            x = form.place.left + 6 + at * step
            said = f"{box.number} {box.caption}".strip()
            form.sheet.put(x, y, said, fitted(font, said, step - 14))
            for down, row in enumerate(rows, 1):
                value = row.get(box.label.partition(".")[2])
                if value is not None:
                    form.sheet.put(x, y + down * 1.4 * font.size, form.part(text_of(form, value), box.label), font)
        y += 1.4 * font.size * len(rows)


def _list_parties(form: Form, boxes: tuple[Box, ...], font: Font, y: float) -> float:
    """The two parties side by side with their numbers."""
    left, middle = form.place.left, form.place.left + form.place.width / 2
    one, two = {"W2": ("employer", "employee"), "1098": ("recipient", "payer")}.get(form.name, ("payer", "recipient"))
    said = {"employer": "Employer", "employee": "Employee", "payer": "Payer", "recipient": "Recipient"}
    numbers = {box.holds: box.label for box in boxes if box.holds in ("ein", "ssn", "account")}
    for x, side, party, holds in ((left, one, form.filed.issuer, "ein"), (middle, two, form.filed.holder, "ssn")):
        at = y
        rows: list[list[Part]] = [[Part(f"{said[side]}'s name and address:")], [form.part(party.name, f"{side}.name")]]
        rows += [[form.part(party.street, f"{side}.address")], [form.part(party.city, f"{side}.address", True)]]
        for key in (holds, "account") if holds == "ssn" else (holds,):
            caption = {"ein": "Federal ID No.:", "ssn": "SSN/TIN:", "account": "Account No.:"}[key]
            for value in form.filed.texts(numbers.get(key, "-")):
                rows.append([Part(caption), form.part(str(value), numbers[key])])
        for row in rows:
            at += font.size * 1.3
            form.sheet.put(x, at, row, font)
    return y + 8 * font.size * 1.3


_INSTRUCTIONS = {
    "W2": "instructions_w2",
    "1098": "instructions_1098",
    "1099-DIV": "instructions_div",
    "1099-MISC": "instructions_misc",
    "1099-NEC": "instructions_nec",
    "1099-R": "instructions_r",
}


def print_attention(form: Form) -> None:
    """The page that the IRS puts before a form to be filled in on a screen; the form is on the next."""
    key = "attention_w2" if form.name == "W2" else "attention"
    font = Font("sans", form.look.between("attention size", 10, 13))
    y = 60.0
    for line in wrapped(table("forms")["texts"][key], font, 520):
        y += font.size * 1.35
        form.sheet.put(46, y, line, font)
    form.sheet.feed()


def print_prose(form: Form, top: float, bottom: float) -> None:
    """Instructions in two columns of small print."""
    key = _INSTRUCTIONS.get(form.name, "instructions")
    font = Font("sans", form.look.between("prose size", 6.0, 7.5))
    middle, width = 306.0, 255.0
    lines = broken([Part(table("forms")["texts"][key])], font, width)
    y, x = top, 40.0
    for line in lines:
        y += font.size * 1.12
        if y > bottom:
            if x > 40:
                return
            y, x = top + font.size * 1.12, middle + 5
        form.sheet.put(x, y, line, font)
