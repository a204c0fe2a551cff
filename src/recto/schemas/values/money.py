"""Money as `Decimal`. Which mark is the decimal one is decided by the amount itself, its currency, then the document.

An amount that could be two (`1,234` where nothing tells) has no value and two alternatives.
"""

import re
from decimal import Decimal
from typing import Final

from recto.schemas.values.currencies import currency_of, decimals_of, in_its_case, sign_pattern
from recto.schemas.values.evidence import Evidence
from recto.schemas.values.letters import SLIP_CLASS, is_round, mended, plain
from recto.schemas.values.parsed import NOTHING, Parsed, chosen

_TOKEN: Final = re.compile(rf"(?<![^\W\d_])[{SLIP_CLASS}][{SLIP_CLASS}.,'’`\u00a0 ]*(?![^\W\d_])")
_GAP: Final = re.compile(r"(?<=\w) ?([.,]) ?(?=[\dOolI])")
_RUN_ON: Final = re.compile(r"(?<=[^\W\d_]{4})(?=\d)")
"""A word that OCR ran together with its amount: `TotalRM21.85`."""
_STUCK: Final = re.compile(
    rf"(?<![^\W_])(?![{SLIP_CLASS}]+\d)[^\W\d_]{{1,3}}(?=-?\d+[.,]\d\d(?!\d))|(?<=\d[.,]\d\d)[^\W\d_]{{1,2}}(?![^\W_])"
)
"""Few letters stuck to an amount that are no digits misread: a sign misread (`RN12.00`), a tax's code (`7.00SR`)."""
_SLIPPED: Final = re.compile(rf"[{SLIP_CLASS}]+(?:[., '][{SLIP_CLASS}]{{3}})*[.,][{SLIP_CLASS}]{{2}}")
_NEGATIVE: Final = re.compile(r"^\(.*\)$|^[^\w]*-|-\s*$|-\s*[^\d\s.,-]*$")
_SIGN_OR_FIVE: Final = re.compile(r"^([-+( ]*)S(?=\d[\d,]*\.\d{2}\)?-?$)")
_MARKS: Final = re.compile(r"[.,'’`\u00a0 ]")
_WITH_DECIMALS: Final = re.compile(rf"[{SLIP_CLASS}]+(?:[.,'’\u00a0][{SLIP_CLASS}]{{2,3}})*[.,][{SLIP_CLASS}]{{2}}")
_LONGEST: Final = 15
"""Digits of an amount at most: a barcode, an IBAN or an account is longer."""
_CODE: Final = re.compile(r"0+[1-9]\d+")
"""Noughts lead an approval's code, a till's or a customer's number: no amount without decimals."""
CENT: Final = Decimal("0.01")


def money_of(raw: str, evidence: Evidence) -> Parsed:
    """An amount of money: at most as many decimals as its currency has, so `$2.400` is two thousand four hundred."""
    return _money(raw, evidence, fine=False)


def unit_price_of(raw: str, evidence: Evidence) -> Parsed:
    """A price for one, which may have more decimals than the currency: `1.459` a litre."""
    return _money(raw, evidence, fine=True)


def is_amount(text: str) -> bool:
    """Whether a word is an amount with its decimals, a currency's sign, a minus or brackets around it allowed."""
    bare = sign_pattern().sub("", in_its_case(plain(text))).strip("()+-* ").lstrip(".")
    return bool(_WITH_DECIMALS.fullmatch(bare)) and any(letter.isdigit() for letter in bare)


def _money(raw: str, evidence: Evidence, fine: bool) -> Parsed:
    text = in_its_case(_RUN_ON.sub(" ", _GAP.sub(r"\1", plain(raw))))
    if _SIGN_OR_FIVE.match(text):
        return _sign_or_five(text, evidence, fine)
    sign = sign_pattern().search(text)
    currency = currency_of(sign.group(), evidence.country) if sign else evidence.currency
    bare = _STUCK.sub(" ", sign_pattern().sub(" ", text))
    tokens = _tokens(bare)
    if not tokens:
        return NOTHING
    minus = -1 if _NEGATIVE.search(bare.strip()) else 1
    decimals = None if fine else decimals_of(currency)
    parsed = [_amount(token, evidence, decimals, fine) for token in tokens]
    if len(parsed) > 1:
        parsed = [one for one in parsed if one.value is not None or one.alternatives]
    return _one_of(parsed, minus, currency)


def _sign_or_five(text: str, evidence: Evidence, fine: bool) -> Parsed:
    """`S577.00`: a dollar's sign where the document speaks of dollars, and always perhaps a five."""
    sign, five = (_money(_SIGN_OR_FIVE.sub(rf"\g<1>{meant}", text), evidence, fine) for meant in "$5")
    dollars = evidence.currency is not None and evidence.currency == currency_of("$", evidence.country)
    read = chosen([sign.value] if dollars else [], [sign.value, five.value])
    return Parsed(read.value, read.alternatives, evidence.currency)


def _one_of(parsed: list[Parsed], minus: int, currency: str | None) -> Parsed:
    """Of several amounts in one text the last is meant, and the others are not excluded."""
    if not parsed:
        return NOTHING
    values = [_signed(str(one.value), minus) for one in parsed if one.value is not None]
    others = [_signed(text, minus) for one in parsed for text in one.alternatives]
    last = parsed[-1].value
    result = chosen(values[-1:] if last is not None else [], [*values[:-1], *others])
    return Parsed(result.value, result.alternatives, currency)


def _signed(text: str, minus: int) -> Decimal:
    amount = Decimal(text) * minus
    exponent = amount.as_tuple().exponent
    return amount.quantize(CENT) if isinstance(exponent, int) and exponent > -2 else amount


def _tokens(text: str) -> list[str]:
    """The numbers in a text, their slips mended: a token with letters counts only in the form of an amount.

    A round letter that is all there is, is a zero.
    """
    if is_round(text.strip()):
        return ["0"]
    found = []
    for match in _TOKEN.finditer(text):
        token = match.group().strip(" .,'’`\u00a0")
        if re.fullmatch(r"[\d.,'’`\u00a0 ]+", token):
            found.append(token)
        elif re.search(r"\d", token) and _SLIPPED.fullmatch(token):
            found.append(mended(token))
    return found


def _amount(token: str, evidence: Evidence, decimals: int | None, fine: bool) -> Parsed:
    """One number of digits and marks. A longer one than any amount is a number of something else."""
    if sum(letter.isdigit() for letter in token) > _LONGEST:
        return NOTHING
    marks = _MARKS.findall(token)
    if not marks:
        return NOTHING if _CODE.fullmatch(token) else Parsed(Decimal(token))
    last = marks[-1]
    if last in "'’`\u00a0 ":
        return _grouped(token, evidence)
    whole, _, fraction = token.rpartition(last)
    american = last == "," and evidence.decimal != ","
    if american and decimals == len(fraction) - 3 and _groups_well(f"{whole},{fraction[:3]}"):
        return Parsed(_number(whole + fraction[:3], fraction[3:]))  # the point before the cents was not read
    if last in whole:
        return _only_groups(token, last, fraction)
    if not _groups_well(whole):
        return NOTHING
    if len(fraction) != 3:
        return _plain_number(whole, fraction, evidence)
    if marks[:-1]:
        # Another mark groups already (`1.234,567`), so this one is the decimal mark.
        return Parsed(_number(whole, fraction))
    return _three_after(whole, fraction, last, evidence, None if fine else decimals, fine)


def _plain_number(whole: str, fraction: str, evidence: Evidence) -> Parsed:
    """`9.00`, `1,234.5`, `2 500.00`: the last mark is the decimal one. Spaces may stand between two numbers."""
    if " " not in whole or evidence.spaced:
        return Parsed(_number(whole, fraction))
    return chosen([_number(whole, fraction)], [_number(whole.rpartition(" ")[2], fraction)])


def _grouped(token: str, evidence: Evidence) -> Parsed:
    """`12 345`, `12'345`: groups and no decimal mark."""
    if not _groups_well(token):
        return NOTHING
    value = _number(token, "")
    if " " in token and not evidence.spaced:
        return chosen([], [value, _number(token.rpartition(" ")[2], "")])
    return Parsed(value)


def _only_groups(token: str, mark: str, last: str) -> Parsed:
    """`1.234.567` groups by its mark; `1.234.56` is a slip whose last mark can only be the decimal one."""
    if _groups_well(token) and len(last) == 3:
        return Parsed(_number(token, ""))
    whole = token.rpartition(mark)[0]
    if len(last) == 2 and _groups_well(whole):
        return Parsed(_number(whole, last))
    return NOTHING


def _three_after(whole: str, fraction: str, mark: str, evidence: Evidence, decimals: int | None, fine: bool) -> Parsed:
    """`1.234` and `1,234`: a thousand and more, or one and a bit."""
    large, small = _number(whole + fraction, ""), _number(whole, fraction)
    if len(whole) > 3 or whole == "0":
        return Parsed(small) if fine or decimals in (None, 3) else chosen([], [large, small])
    if decimals is not None and decimals < 3:
        return Parsed(large)
    if evidence.decimal is not None and (fine or decimals == 3):
        return Parsed(small if evidence.decimal == mark else large)
    if evidence.decimal is not None and evidence.decimal != mark:
        return Parsed(large)
    return chosen([], [large, small])


def _number(whole: str, fraction: str) -> Decimal:
    digits = _MARKS.sub("", whole) or "0"
    return Decimal(f"{digits}.{fraction}" if fraction else digits)


def _groups_well(whole: str) -> bool:
    """Whether the marks before the decimal one group as people group: by three, or by two and three in India."""
    if not _MARKS.search(whole):
        return True
    marks = set(_MARKS.findall(whole))
    groups = _MARKS.split(whole)
    if len(marks) > 1 or not 1 <= len(groups[0]) <= 3 or len(groups[-1]) != 3:
        return False
    middle = {len(group) for group in groups[1:-1]}
    return middle <= {3} or (middle <= {2} and marks == {","} and len(groups[0]) <= 2)
