"""US bank checks: payer, payee, date, the amount in digits and in words, and the line of magnetic ink."""

from collections.abc import Callable
from decimal import Decimal

from recto.schemas.catalog import labels_of
from recto.training.example import Truth
from recto.training.synth.account import altered_by, amount, person
from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import any_day, canonical, date_text
from recto.training.synth.lexicon import drawn, filled, table
from recto.training.synth.office import Office
from recto.training.synth.sheet import Font, Part, Sheet, Text
from recto.training.synth.shop import address
from recto.training.synth.synthetic import Draft

SIZES = ((432.0, 198.0), (594.0, 252.0), (612.0, 270.0), (432.0, 190.0))
"""Personal and business checks, in points."""

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

MICR_SIGNS: tuple[Callable[[str, str, str], tuple[str, str, str]], ...] = (
    lambda routing, account, number: (f"⑆{routing}⑆", f"{account}⑈", number),
    lambda routing, account, number: (f"|:{routing}|:", f"{account}||'", number),
    lambda routing, account, number: (f":{routing}:", f'{account}"', number),
    lambda routing, account, number: (f"A{routing}A", f"{account}C", number),
    lambda routing, account, number: (f"⑆{routing}⑆", f"{account}⑈", number),
    lambda routing, account, number: (routing, account, number),
)
"""The signs of E-13B as they are set, and as OCR that does not know them reads them."""


def words_of(dollars: int) -> str:
    """A whole number below a million in English words."""
    if dollars < 20:
        return ONES[dollars]
    if dollars < 100:
        ten, one = divmod(dollars, 10)
        return TENS[ten] + (f"-{ONES[one]}" if one else "")
    if dollars < 1000:
        hundred, rest = divmod(dollars, 100)
        return f"{ONES[hundred]} hundred" + (f" {words_of(rest)}" if rest else "")
    thousand, rest = divmod(dollars, 1000)
    return f"{words_of(thousand)} thousand" + (f" {words_of(rest)}" if rest else "")


def routing_number(chance: Chance) -> str:
    """Nine digits whose weighted sum (3, 7, 1) ends in zero, as the ABA asks."""
    digits = chance.pick(("01", "02", "06", "11", "12", "26", "31", "32")) + filled("######", chance)
    total = sum(int(digit) * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=False))
    return digits + str(-total % 10)


def check(look: Look, chance: Chance, rows: int | None = None, wrong: str | None = None) -> Draft:
    """One check of a template; `wrong` makes words and digits differ."""
    size = look.pick("size", SIZES)
    face = look.pick("face", ("sans", "serif", "narrow", "courier", "sans"))
    page = Office(Sheet(*size), look, Font(face, look.between("letter", 6.6, 8.8)), 18.0, size[0] - 18, size[1])
    hand = Font(
        look.pick("hand", ("hand", "hand2", "courier", "sans", "hand", face)), look.between("hand size", 8.5, 12.5)
    )
    total = amount(chance, 5, 40_000)
    said = total + (altered_by(chance) if wrong else Decimal(0))
    fields: dict[str, Truth] = {}
    number = str(chance.randint(101, 99_999))
    print_payer(page, chance, fields, number)
    print_order(page, hand, chance, fields, total)
    print_words(page, hand, chance, fields, said)
    print_foot(page, hand, chance, fields)
    print_micr(page, chance, fields, number)
    altered = ("word_amount",) if wrong else ()
    return Draft("check", look.group, page.sheet, fields, labels_of("check"), altered=altered)


def print_payer(page: Office, chance: Chance, fields: dict[str, Truth], number: str) -> None:
    """Who pays, top left; the check's number, top right."""
    company = chance.maybe(0.45)
    name = (
        f"{drawn('coined', chance)} {chance.pick(('LLC', 'Inc.', 'Corp.', '& Sons', 'Company'))}"
        if company
        else person(chance)
    )
    lines = address(table("countries")["US"], chance)
    y = page.block([name], "payer_name", page.left, 22, page.font.bold())
    fields["payer_name"] = name
    if page.look.maybe("payer address", 0.85):
        y = page.block(lines, "payer_address", page.left, y)
        fields["payer_address"] = "\n".join(lines)
    if page.look.maybe("number", 0.9):
        page.sheet.put(page.right, 22, Part(number, "check_number"), page.font.sized(1.3), "right")
        fields["check_number"] = number
    if page.look.maybe("fraction", 0.5):
        beside = page.right - page.font.sized(1.3).width(number) - 24
        page.sheet.put(beside, 22, filled("##-####/####", chance), page.font.sized(0.8), "right")


def print_order(page: Office, hand: Font, chance: Chance, fields: dict[str, Truth], total: Decimal) -> None:
    """Date, payee and the amount in digits."""
    look, height = page.look, page.sheet.height
    day = any_day(chance)
    pattern = chance.pick(("MM/dd/yyyy", "M/d/yyyy", "MMMM d, yyyy", "MM-dd-yy", "MMM dd, yyyy", "M/d/yy"))
    x = page.right - look.between("date x", 110, 190)
    y = height * look.between("date y", 0.2, 0.28)
    reach = page.sheet.put(x, y, look.pick("date", ("Date", "DATE", "Date:", "")), page.font)
    page.sheet.put(reach + 8, y - 1, Part(date_text(pattern, day), "check_date"), hand)
    page.sheet.line(reach + 4, y + 2, min(page.right, reach + 110), y + 2)
    fields["check_date"] = day.isoformat()
    payee = (
        f"{drawn('coined', chance)} {chance.pick(('Inc', 'Utilities', 'LLC', 'Services', 'Bank'))}"
        if chance.maybe(0.5)
        else person(chance)
    )
    y = height * look.between("payee y", 0.4, 0.46)
    reach = print_pay_to(page, y)
    page.sheet.put(reach + 10, y - 1, Part(payee, "pay_to"), hand)
    fields["pay_to"] = payee
    page.sheet.line(reach + 6, y + 2, page.right - 100, y + 2)
    shown = f"{total:,.2f}"
    stars = look.pick("stars", ("", "", "", "**", "*"))
    sign = look.pick("sign", ("$", "$", "$ ", ""))
    glued = look.maybe("glued", 0.5)
    text: Text = Part(f"{sign.strip()}{stars}{shown}{stars}", "number_amount")
    if not glued and sign:
        text = [Part("$"), Part(f"{stars}{shown}{stars}", "number_amount")]
    page.sheet.put(page.right - 4, y - 1, text, hand, "right")
    page.sheet.frame(page.right - 90, y - hand.size - 3, page.right, y + 4)
    fields["number_amount"] = canonical(total)


def print_pay_to(page: Office, y: float) -> float:
    """`Pay to the order of` in one line or two; returns where it ends."""
    style = page.look.pick("pay to", ("two", "two", "one", "upper", "two upper"))
    if style.startswith("two"):
        first, second = ("PAY TO THE", "ORDER OF") if style.endswith("upper") else ("Pay to the", "Order of")
        page.sheet.put(page.left, y - page.font.size * 1.1, first, page.font.sized(0.9))
        return page.sheet.put(page.left, y, second, page.font.sized(0.9))
    return page.sheet.put(page.left, y, "PAY TO THE ORDER OF" if style == "upper" else "Pay to the order of", page.font)


def print_words(page: Office, hand: Font, chance: Chance, fields: dict[str, Truth], said: Decimal) -> None:
    """The amount in words, cents as a fraction."""
    whole, cents = divmod(int(said * 100), 100)
    fraction = chance.pick(
        (f"{cents:02}/100", f"{cents:02}/100", f"{cents:02} / 100" if cents else "No/100", f"{cents:02}/xx")
    )
    words = words_of(whole)
    words = chance.pick((words.capitalize(), words.title(), words.upper(), words.title().replace("-", " ")))
    text = f"{words} and {fraction}"
    stars = page.look.pick("word stars", ("", "", "***", ""))
    y = page.sheet.height * page.look.between("words y", 0.52, 0.58)
    page.sheet.put(page.left + 4, y - 1, Part(f"{stars}{text}{stars}", "word_amount"), hand.sized(0.92))
    page.sheet.line(page.left, y + 2, page.right - 52, y + 2)
    page.sheet.put(page.right, y, page.look.pick("dollars", ("Dollars", "DOLLARS", "dollars")), page.font, "right")
    fields["word_amount"] = text


def print_foot(page: Office, hand: Font, chance: Chance, fields: dict[str, Truth]) -> None:
    """The bank, the memo and the signature."""
    look, height = page.look, page.sheet.height
    y = height * look.between("bank y", 0.64, 0.68)
    bank = drawn("banks", chance, table("statements"))
    page.block([bank], "bank_name", page.left, y, page.font.bold())
    fields["bank_name"] = bank
    if look.maybe("bank address", 0.5):
        lines = address(table("countries")["US"], chance)
        page.block(lines[-1:], "bank_address", page.left, y + page.pitch)
        fields["bank_address"] = lines[-1]
    y = height * look.between("memo y", 0.8, 0.84)
    reach = page.sheet.put(page.left, y, look.pick("memo", ("Memo", "MEMO", "For", "Memo:", "FOR")), page.font)
    page.sheet.line(reach + 3, y + 2, page.left + 190, y + 2)
    if chance.maybe(0.7):
        memo = filled(
            chance.pick(
                ("Invoice №####", "Rent {noun} ##", "{coined} order", "Acct ######", "Donation", "Services", "gift")
            ),
            chance,
        )
        page.sheet.put(reach + 8, y - 1, Part(memo, "memo"), hand.sized(0.9))
        fields["memo"] = memo
    page.sheet.line(page.right - 170, y + 2, page.right, y + 2)
    if chance.maybe(0.8):
        page.sheet.draw(page.right - 160, y - 1, person(chance), Font(chance.pick(("hand", "hand2")), 14))
    if look.maybe("signature caption", 0.55):
        page.sheet.put(
            page.right - 120,
            y + page.font.size + 2,
            look.pick("signature", ("Authorized Signature", "AUTHORIZED SIGNATURE", "MP")),
            page.font.sized(0.8),
        )


def print_micr(page: Office, chance: Chance, fields: dict[str, Truth], number: str) -> None:
    """Routing, account and check number in one of the two usual orders."""
    routing, account = routing_number(chance), filled(chance.pick(("##########", "%########", "############")), chance)
    printed = number.zfill(page.look.pick("micr digits", (4, 6, 4)))
    first, second, third = page.look.pick("micr", MICR_SIGNS)(routing, account, printed)
    parts = [
        Part(first, "micr.routing_number"),
        Part(second, "micr.account_number"),
        Part(third, "micr.check_number"),
    ]
    if page.look.maybe("number first", 0.35):
        signed = f"⑈{printed}⑈" if page.look.maybe("number signed", 0.5) else third
        parts = [Part(signed, "micr.check_number"), parts[0], parts[1]]
    y = page.sheet.height - page.look.between("micr y", 9, 18)
    page.sheet.put(page.left + page.look.between("micr x", 4, 60), y, parts, Font("micr", 9.0))
    fields |= {"micr.routing_number": routing, "micr.account_number": account, "micr.check_number": printed}
