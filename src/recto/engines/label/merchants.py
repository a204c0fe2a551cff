"""The head of a receipt: who sells, where, under which number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from recto.document.reading import Span
from recto.engines.label.rows import Row
from recto.engines.label.shapes import CLOCK, DATE, EMAIL, REGISTRATION, WEBSITE, matches, moneys
from recto.engines.label.spans import span_in

LEGAL: Final = re.compile(
    r"\b(?:SDN\.?|BHD|BERHAD|S/B|LTD|LIMITED|LLC|INC|CORP|GMBH|PTE|PLT|PLC|S\.?A\.?R\.?L|S\.A|B\.V|KG|AG|CO\.?$)\b",
    re.I,
)
CLOSING: Final = re.compile(r"(?:S[DBI]N\.?)?[BD]H[DU]|LTD|LLC|GMBH", re.I)
"""The word, sometimes misread, with which a firm's name is over: what follows in its row is a number."""
GLUED_CLOSING: Final = re.compile(r"(?:S/B|BHD|BERHAD|LTD|LIMITED|LLC|INC|GMBH)[.,]?\s?\(?\w{0,2}\d{4}", re.I)
"""The same with a registration number printed on without a space."""
TRADE: Final = re.compile(
    r"\b(?:ENTERPRISE|TRADING|RESTAURANT|RESTORAN|CAFE|KAFE|STORE|SHOP|MART|MARKET|SUPERMARKET|KEDAI|SYARIKAT|HOTEL|BOOK\w*"
    r"|STATIONE\w+|HARDWARE|PHARMACY|FARMASI|BAKERY|BAKERIES|MOTORS?|SERVICES?|CENTRE|CENTER|MACHINERY|ELECTRICAL|FOODS?"
    r"|CLINIC|KLINIK|KITCHEN|BISTRO|GRILL|BAR|DELI|COFFEE|PIZZA|BURGER|HOUSE|PERNIAGAAN|INDUSTRIES|GROUP|COMPANY"
    r"|PRESS|PRINTING|PARKING|STATION|DISTRIBUTORS?|HEALTH\w*|MINIMARKET|CONCEPT|RETAIL|SEAFOOD|SYSTEMS?|SUPPLY|SUPPLIES)\b",
    re.I,
)
ENDING: Final = re.compile(
    r"(?:ENTERPRISE|TRADING|MARKETING|STATIONERY|RESTAURANT|SDN|BHD|SUPPLY|SUPPLIES|BAKERY|CENTRE|SERVICES?|HARDWARE)\b",
    re.I,
)
"""What a firm's name ends with and does not begin with: a row that begins so finishes the one above."""
OWNED: Final = re.compile(r"^(?:OWN(?:ED|ER)?\s*BY\s*:?|DIMILIKI\s*(?:OLEH)?\s*:?|[#*]\S*\d\s)\s*", re.I)
TITLE: Final = re.compile(
    r"\b(?:TAX\s*INVOI\w*|INVOICE|RECEIPT|RESIT|WELCOME|DUPLICATE|COPY|THANK|ORIGINAL|CASH\s*(?:BILL|SALES?)|REPRINT|PROFORMA"
    r"|ORDER|TABLE|CASHIER|CUSTOMER|BILL|CHECK\s*#|GUEST|SERVER|TERMINAL|MEMBER|OPERATED BY"
    r"|FORMERLY|LICENSEE|MANAGED BY|GOODS SOLD|\w*RETURNABLE|\w*REFUNDABLE|EXCHANGEABLE|TQ|TERIMA KASIH|COME AGAIN)\b",
    re.I,
)
END: Final = re.compile(
    r"\b(?:TE[L1IV|]\d*|TELE\w*|PHONE|PH|FAX|HP|H/P|GST\w*|SST|VAT|TAX|REG\w*|CO\.?\s*NO|COMPANY|E-?MAIL|WWW|HTTP\S*|RECEIPT|RESIT|INV\w*|BILL"
    r"|CASHIER|DATE|TARIKH|TIME|TABLE|ORDER|DOC\w*|COUNTER|STAFF|CUSTOMER|SERVED|SERVER|MEMBER|TERMINAL|WELCOME|ROC|GUEST|PAX"
    r"|HOTLINE|MOBILE|WHATSAPPS?|SITE|OPEN|HOURS?|HRS|STORE\s*#|TRANS\w*|ATTN|LINE)\b|@|\b(?:MON|TUE|WED|THU|FRI|SAT|SUN)\b\s?[-:]",
    re.I,
)
PLACE: Final = re.compile(
    r"\b(?:NO\.?\s*\d|LOT|JALAN|JLN|JIN|TAMAN|TMN|LORONG|LRG|PERSIARAN|SEKSYEN|SECTION|SEK|KAWASAN|BANDAR|KAMPUNG|KG|BATU|LEBUH"
    r"|SELANGOR|JOHOR|KUALA|LUMPUR|PENANG|PERAK|MALAYSIA|MELAKA|KEDAH|SABAH|SARAWAK|PAHANG|DARUL|WILAYAH|SHAH ALAM"
    r"|KLANG"
    r"|SINGAPORE|FLOOR|LEVEL|GROUND|UNIT|BLOCK|BLK|PLAZA|MALL|COMPLEX|KOMPLEKS|BUILDING|WISMA|MENARA|BLVD|BOULEVARD"
    r"|STREET|ST|ROAD|RD|AVENUE|AVE|DRIVE|DR|LANE|LN|WAY|HIGHWAY|HWY|SUITE|STE|PKWY|STRA[SẞB]E|STR|PLATZ|WEG|RUE|PLACE|SQUARE)\b"
    r"|\b\d{5}\b|\b[A-Z]{2}\s+\d{5}|\d+\s*[,&-]\s*\d+\w*|^\(?\d+[A-Z]?\s*,|\w,$",
    re.I,
)
TELEPHONE: Final = re.compile(
    r"(?:(?<=\s)|^|(?<=[:.(]))\(?\+?\d[\d\s().\-/–]{6,18}\d(?=$|[\s,;)/])|\d{2,3}-\d{6,8}", re.I
)
CAPTION: Final = re.compile(
    r"\(?(?:(?:TE[L1I]|TELEPHONE|TELEFON|PHONE|PH|H/?P|FAX|HOTLINE|MOBILE|WHATSAPP|E-?MAIL)(?=$|[\s:.;#/(])"
    r"|(?:ADD|ADDRESS|ALAMAT)\s?[:.])",
    re.I,
)
"""A word that says what stands behind it: neither a firm's name nor its address goes over it."""
CALLED: Final = re.compile(r"\b(?:TE[L1IV|]\w*|PHONE|PH|H/?P|HOTLINE|CALL|MOBILE|CONTACT)\b|☎", re.I)


HEAD_ROWS: Final = 16


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a receipt says: spans, and the number of the first row after it."""

    spans: tuple[Span, ...]
    rows: int


def head_of(rows: Sequence[Row]) -> Head:
    """Merchant and address among the first rows."""
    top = rows[: _reach(rows)]
    first, last = _merchant(top)
    named = tuple(index for row in top[first:last] for index in _name_words(row))
    places = _address(top, last)
    spans = [Span("MERCHANT_NAME", named), *(Span("ADDRESS_LINE", _place_words(top[number])) for number in places)]
    return Head(tuple(span for span in spans if span.words), max([last, *(number + 1 for number in places)]))


def _reach(rows: Sequence[Row]) -> int:
    """The head ends where money begins."""
    return next(
        (n for n, row in enumerate(rows[:HEAD_ROWS]) if n > 1 and moneys(row.texts, row.gaps)),
        min(len(rows), HEAD_ROWS),
    )


def _merchant(top: Sequence[Row]) -> tuple[int, int]:
    """The rows of the name: from the best row on, with the rows that only finish it."""
    if not top:
        return 0, 0
    best = max(range(len(top)), key=lambda number: (_name_score(top, number), -number))
    first, last = best, best + 1
    while first > 0 and _continues(top[first - 1], top[first]):
        first -= 1
    while last < len(top) and _continues(top[last - 1], top[last]):
        last += 1
    return first, last


def _name_score(top: Sequence[Row], number: int) -> float:
    """Higher for what looks like a firm: its form, its trade, large print, near the top."""
    row = top[number]
    bare = REGISTRATION.sub("", row.text).replace(" ", "")
    letters = sum(c.isalpha() for c in bare)
    if letters < 3 or DATE.search(row.text) or letters < 0.5 * len(bare):
        return -10.0
    score = -0.7 * number
    score += 4.0 if LEGAL.search(row.text) else 0.0
    score += 1.5 if TRADE.search(row.text) else 0.0
    score -= 6.0 if TITLE.search(row.text) else 0.0
    score -= 5.0 if END.search(row.text) and not LEGAL.search(row.text) else 0.0
    score -= 4.0 if PLACE.search(row.text) and not LEGAL.search(row.text) else 0.0
    score += 1.0 if number + 1 < len(top) and REGISTRATION.fullmatch(top[number + 1].text.strip()) else 0.0
    return score


def _continues(row: Row, after: Row) -> bool:
    """Whether `after` only finishes the name that `row` began."""
    text, rest = row.text.strip(), after.text.strip()
    if not _is_name(text) or not _is_name(rest):
        return False
    if LEGAL.search(text):
        return not LEGAL.sub("", rest).strip(" .") and not LEGAL.search(text.split()[-1].upper().replace("SDN", ""))
    bare = re.sub(r"\([^)]*\)?|[^A-Za-z& ]", " ", rest)
    formal = LEGAL.sub(" ", re.sub(r"\b(?:M|MALAYSIA)\b", " ", bare))
    formal = TRADE.sub(" ", formal).strip(" &")
    return (
        rest.startswith(("&", "(M)", "CO."))
        or (bool(LEGAL.search(rest)) and not formal)
        or bool(ENDING.match(rest))
        or text.count("(") > text.count(")")
        or text.endswith("&")
    )


def _is_name(text: str) -> bool:
    return not (TITLE.search(text) or END.search(text) or REGISTRATION.fullmatch(text) or DATE.search(text))


def _name_words(row: Row) -> tuple[int, ...]:
    """The row's words without a registration or phone number at its end and without stars around it."""
    texts = list(row.texts)
    stop = len(texts)
    for match in matches(REGISTRATION, texts):
        if match.start > 0 and sum(c.isdigit() for c in match.text) >= 4:
            stop = min(stop, match.start)
    formal = next((n + 1 for n, text in enumerate(texts) if n > 0 and CLOSING.fullmatch(text.strip(".,"))), stop)
    stop = min(stop, formal)
    caption = next((n for n, text in enumerate(texts) if n > 0 and END.match(text.strip("(:"))), stop)
    stop = min(stop, caption)
    owned = OWNED.match(" ".join(texts))
    start = len(owned.group().split()) if owned else 0
    pairs = zip(row.words[start:stop], texts[start:stop], strict=True)
    return tuple(index for index, text in pairs if re.search(r"\w|&", text))


def _address(top: Sequence[Row], start: int) -> list[int]:
    """The rows of the address: from the first that looks like a place, up to a caption or another thing."""
    found: list[int] = []
    for number in range(start, len(top)):
        text = top[number].text.strip()
        if REGISTRATION.fullmatch(text):
            continue
        if any(pattern.search(text) for pattern in (END, TITLE, DATE, CLOCK, WEBSITE)) or _bare_phone(text):
            if found:
                break
            continue
        if found or PLACE.search(text):
            found.append(number)
    return found


def _place_words(row: Row) -> tuple[int, ...]:
    """The row's words up to a caption that shares the row."""
    stop = next((n for n, text in enumerate(row.texts) if n > 0 and CAPTION.match(text)), len(row.texts))
    numbers = [m.start for m in matches(TELEPHONE, row.texts[:stop]) if m.start > 0 and _bare_phone(m.text)]
    led = re.match(r"(?:HQ\s*)?(?:ADD(?:RESS)?)\s*[:.]\s*(?=\S)", row.text, re.I)
    kept = slice(len(led.group().split()) if led else 0, min([stop, *numbers]))
    return row.words[kept] if re.search(r"[^\W\d_]", "".join(row.texts[kept])) else ()


def phones(rows: Sequence[Row]) -> list[Span]:
    """Numbers that a caption calls a phone's, or that stand alone near the top; fax numbers are left out."""
    found = []
    for number, row in enumerate(rows):
        called = next((n for n, text in enumerate(row.texts) if CALLED.search(text)), None)
        if called is None and not (number < HEAD_ROWS and _bare_phone(row.text)):
            continue
        fax = next((n for n, text in enumerate(row.texts) if re.search(r"FAX", text, re.I)), len(row.texts))
        hits = [m for m in matches(TELEPHONE, row.texts, row.gaps) if m.stop > (called or 0)]
        found += [span_in(row, m, "PHONE_NUMBER") for m in hits if m.start < fax or (called or 0) > fax]
    return found[:2]


def _bare_phone(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return (
        bool(re.fullmatch(r"[\W\d]+", text))
        and not re.search(r"[,&/]", text)
        and 9 <= len(digits) <= 13
        and bool(re.search(r"[-\s()]", text.strip()))
    )


def websites(rows: Sequence[Row]) -> list[Span]:
    """Web addresses, not mail addresses."""
    return [
        span_in(row, match, "WEBSITE")
        for row in rows
        for match in matches(WEBSITE, row.texts, row.gaps)
        if not EMAIL.search(" ".join(row.texts[match.start : match.stop]))
    ]
