"""What stands in a box of a printed form: which of its words are the value, by the type of its field."""

import re
import statistics
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from recto.document.page import Words
from recto.document.reading import Span
from recto.engines.label.captions import compact
from recto.engines.label.merchants import TELEPHONE
from recto.engines.label.registration import Copy
from recto.schemas.printed import PrintedBox
from recto.schemas.schema import FieldSpec, Schema
from recto.schemas.values.letters import is_round

AMOUNT: Final = re.compile(r"^[$S*]*\(?-?[$]?\d{1,3}(?:[,.']?\d{3})*(?:[.,]\d{2})?\)?[*-]*$|^[$*]*-?\d+[.,]\d{2}$")
DECIMALS: Final = re.compile(r"[.,]\d{2}\)?[*-]*$")
THOUSANDS: Final = re.compile(r"^\d{3}(?:[.,]\d{2})?$")
SIGNS: Final = re.compile(r"^[$§|/\\_.,:;*'\"()\[\]{}~-]+$")
DAY: Final = re.compile(r"^\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{2,4}$|^(?:19|20)\d{2}-\d\d-\d\d$")
YEAR: Final = re.compile(r"^(?:19|20)\d{2}$")
CODES: Final = re.compile(r"^(?:[A-HJ-NP-TV-Z]|AA|BB|DD|EE|FF|GG|HH|II)$")
"""The codes of box 12 of a W-2."""
MARK: Final = re.compile(r"^[☒☑✓✔✗✘⊠√×XxVv✕区図囚冈凶]$|^\[?[Xx]\]$")
"""A cross or tick in a box, as print has it and as OCR reads it."""
ALIKE: Final = 78.0
"""Per cent of letters that a line shares with its box's caption from which on it is the caption, misread."""
ASTRAY: Final = 5.0
"""An amount belongs to a box that ends at most this far from it, in percent of the form."""
OVER: Final = frozenset({"correctedifchecked", "corrected", "void", "voidcorrected"})
"""What is printed over a form, and may come to lie in its first box."""
SHORT: Final = 8
"""Fewer letters are too few to be known though misread."""
STREET: Final = re.compile(r"^(?:#?\d|P\.?\s?O\b|BOX\b|ONE\b)", re.IGNORECASE)

Line = tuple[int, ...]
"""Words of a line, from left to right, as indexes into the document's words."""


@dataclass(frozen=True, slots=True)
class Content:
    """A box with the lines in it that are no caption, from the top."""

    box: PrintedBox
    spec: FieldSpec | None
    lines: tuple[Line, ...]
    words: Words

    def text(self, line: Sequence[int]) -> str:
        return " ".join(self.words[index].text for index in line)


def contents_of(copy: Copy, schema: Schema, words: Words) -> list[Content]:
    """The boxes of a copy that hold something, in the order of the layout."""
    others = {key for box in copy.layout for key in _printed(box)} | OVER
    inside = _homed(copy, words)
    found = []
    for box in copy.layout:
        lines = _lines(_ticked(inside[box], box, words), copy.line_height)
        lines = [line for line in lines if not _is_small_print([words[index].text for index in line], others)]
        kept = tuple(line for line in (_uncaptioned(line, box, words) for line in lines) if line)
        if kept:
            found.append(Content(box, schema.spec(box.path), kept, words))
    return found


Stand = tuple[int, float, float]
"""A word and where it stands on the form."""


def _homed(copy: Copy, words: Words) -> dict[PrintedBox, list[Stand]]:
    """Each box's words; an amount that lies a little outside of an empty box for money, where none can be, is its."""
    inside = {box: copy.inside(box) for box in copy.layout}
    empty = [box for box in copy.layout if _for_money(box) and not any(_sure(words, s[0]) for s in inside[box])]
    for box, stands in inside.items():
        if _for_money(box) or box.holds in ("escrow", "other", "address", "party", "account"):
            continue
        for stand in [stand for stand in stands if _sure(words, stand[0])]:
            home = min(empty, key=lambda one: _beyond(one, stand), default=None)
            if home is not None and _beyond(home, stand) < ASTRAY:
                inside[home].append(stand)
                empty.remove(home)
    return inside


def _ticked(stands: list[Stand], box: PrintedBox, words: Words) -> list[Stand]:
    """Of a box to tick the marks alone: they stand in the last line of its caption."""
    return [s for s in stands if MARK.match(words[s[0]].text)] if box.holds == "check" else stands


def _for_money(box: PrintedBox) -> bool:
    return "money" in box.holds or box.holds.startswith("code")


def _sure(words: Words, index: int) -> bool:
    """Whether a word is an amount with decimals."""
    return bool(AMOUNT.match(words[index].text) and DECIMALS.search(words[index].text))


def _beyond(box: PrintedBox, stand: Stand) -> float:
    """How far outside of a box a word stands, in percent of the form; sideways counts double."""
    _, x, y = stand
    aside = max(box.left - x, x - box.right, 0.0)
    return 2 * aside + max(box.top - y, y - box.bottom, 0.0)


def _lines(stands: Sequence[Stand], near: float) -> list[Line]:
    """What stands in a box, line by line as the form lies; middles less than `near` apart stand on one line."""
    lines: list[list[Stand]] = []
    for stand in sorted(stands, key=lambda stand: stand[2]):
        if lines and stand[2] - statistics.fmean(one[2] for one in lines[-1]) < near:
            lines[-1].append(stand)
        else:
            lines.append([stand])
    return [tuple(index for index, _, _ in sorted(line, key=lambda stand: stand[1])) for line in lines]


def _printed(box: PrintedBox) -> Iterator[str]:
    """What is printed in a box, as a line of its own: its caption with and without its number, a number alone."""
    if box.caption:
        yield from (compact(box.caption), compact(box.number + box.caption))
    elif box.number:
        yield box.number


def _is_small_print(texts: Sequence[str], captions: Collection[str]) -> bool:
    """The caption of another box, or prose: two words or more in small letters, and no fewer than half of all."""
    said = compact("".join(texts))
    if said and said in captions:
        return True
    small = [text for text in texts if text.isalpha() and text.islower() and len(text) > 1]
    return len(small) >= 2 and 2 * len(small) >= len(texts)


def _uncaptioned(line: Line, box: PrintedBox, words: Words) -> Line:
    """The line without what OCR left of the caption, at its start or end, and without its box's number."""
    key = compact(box.caption)
    kept = list(line)
    if _numbered([words[index].text for index in kept], box):
        kept = kept[1:]
    said = [compact(words[index].text) for index in kept]
    start = next((at for at in range(len(kept), 0, -1) if _says("".join(said[:at]), key)), 0)
    stop = next((at for at in range(start + 1, len(kept)) if _ends("".join(said[at:]), key)), len(kept))
    return tuple(index for index in kept[start:stop] if not SIGNS.match(words[index].text))


def _numbered(texts: Sequence[str], box: PrintedBox) -> bool:
    """Whether a line begins with its box's number, and not with a value that looks like it (`11 03 2011`)."""
    if not box.number or not texts or compact(texts[0]) != box.number or box.holds == "date":
        return False
    thousands = len(texts) > 1 and _for_money(box) and THOUSANDS.match(texts[1])
    return not thousands and (len(texts) > 1 or not box.caption)


def _ends(text: str, key: str) -> bool:
    return len(text) > 3 and key.endswith(text)


def _says(text: str, key: str) -> bool:
    """Whether words are some of a caption's; few letters must be its very start or end (`State`, `no.`)."""
    if len(text) < 2 or text.isdigit() or len(text) > len(key) + 2:
        return False
    if len(text) < SHORT:
        return key.endswith(text) or (len(text) > 3 and key.startswith(text))
    return fuzz.partial_ratio(text, key) >= ALIKE


def spans_in(content: Content, schema: Schema) -> list[Span]:
    """The value or values of a box, with their labels."""
    read = _READERS.get(content.box.holds) or _BY_TYPE.get(content.spec.type if content.spec else "", _text)
    return read(content, schema) if content.box.label else []


def _span(content: Content, line: Sequence[int], path: str = "") -> list[Span]:
    return [Span(path or content.box.path, tuple(line))] if line else []


def _amounts(content: Content) -> list[Line]:
    """The amounts of a box, a line at most one; thousands that stand apart (`1 234.50`) are joined.

    Where one has decimals, whole numbers beside it are box numbers and the like.
    """
    found = [amount for line in content.lines for amount in _amounts_in(content, line)]
    sure = [line for line in found if DECIMALS.search(content.words[line[-1]].text)]
    return sure or [line for line in found if _whole(content, line)]


def _amounts_in(content: Content, line: Line) -> Iterator[Line]:
    texts = [content.words[index].text for index in line]
    at = 0
    while at < len(line):
        stop = at + 1
        if AMOUNT.match(texts[at]):
            while stop < len(line) and re.fullmatch(r"\$?\d{1,3}", texts[stop - 1]) and THOUSANDS.match(texts[stop]):
                stop += 1
            yield line[at:stop]
        at = stop


def _whole(content: Content, line: Line) -> bool:
    """Whether a number without decimals is an amount: alone in its line but for the sign, and no box's number."""
    text = content.text(line).strip("$ ")
    row = next(own for own in content.lines if line[0] in own)
    alone = all(index in line or SIGNS.match(content.words[index].text) for index in row)
    return alone and (len(text) > 2 or text == "0")


def _money(content: Content, schema: Schema) -> list[Span]:
    found = _amounts(content) or _rounds(content)
    return _span(content, found[0]) if found else []


def _rounds(content: Content) -> list[Line]:
    """A zero by hand that was read as a round letter: nothing else stands in a box for an amount, but for its sign."""
    filled = [index for line in content.lines for index in line if not SIGNS.match(content.words[index].text)]
    return [tuple(filled)] if len(filled) == 1 and is_round(content.words[filled[0]].text) else []


def _moneys(content: Content, schema: Schema) -> list[Span]:
    return [span for line in _amounts(content)[:ROWS] for span in _span(content, line)]


def _number(content: Content, schema: Schema) -> list[Span]:
    """A number of a person or company: nine digits, hidden ones counted, in one line."""
    best = max(content.lines, key=lambda line: _hidden(content.text(line)))
    kept = [index for index in best if any(map(str.isdigit, content.words[index].text)) or _hides(content, index)]
    return _span(content, kept) if _hidden(content.text(best)) >= 4 else []


def _hidden(text: str) -> int:
    return sum(letter.isdigit() or letter in "Xx*" for letter in text)


def _hides(content: Content, index: int) -> bool:
    return bool(re.fullmatch(r"[Xx*•\-]+", content.words[index].text))


def _matching(pattern: re.Pattern[str]) -> Callable[[Content, Schema], list[Span]]:
    """The first words of a line that together have a form."""

    def read(content: Content, schema: Schema) -> list[Span]:
        for line in content.lines:
            for size in (1, 2, 3):
                for at in range(len(line) - size + 1):
                    if pattern.match(content.text(line[at : at + size])):
                        return _span(content, line[at : at + size])
        return []

    return read


def _mark(content: Content, schema: Schema) -> list[Span]:
    able = [index for line in content.lines for index in line if MARK.match(content.words[index].text)]
    return _span(content, able[:1])


def _text(content: Content, schema: Schema) -> list[Span]:
    """All of the first line, unless it says only the box's own number: 14 before it was parted into 14a and 14b.

    A number of one digit may be a code (7 in box 7 of a 1099-R).
    """
    said = [index for index in content.lines[0] if _has_letter(content, index)]
    number = content.box.number.rstrip("ab")
    return [] if len(number) > 1 and compact(content.text(said)) == number else _span(content, said)


def _has_letter(content: Content, index: int) -> bool:
    return any(map(str.isalnum, content.words[index].text))


def _texts(content: Content, schema: Schema) -> list[Span]:
    """Every line a row's value."""
    return [
        span for line in content.lines[:ROWS] for span in _span(content, [i for i in line if _has_letter(content, i)])
    ]


def _token(content: Content, schema: Schema) -> list[Span]:
    """A word or two with a digit in one of them: accounts, control numbers, codes."""
    able = [line for line in content.lines if any(map(str.isdigit, content.text(line)))]
    return _span(content, [index for index in (able or content.lines)[0] if _has_letter(content, index)])


def _party(content: Content, schema: Schema) -> list[Span]:
    """A name, the address under it, a telephone number."""
    party, spans = content.box.path, list[Span]()
    lines = [line for line in content.lines if len(compact(content.text(line))) > 2]
    streets = [n for n, line in enumerate(lines) if n and STREET.match(content.text(line))]
    named = min(streets[0] if streets else 1, 2)
    for number, line in enumerate(lines[:6]):
        if TELEPHONE.fullmatch(content.text(line).strip()) or _is_phone(content.text(line)):
            known = schema.field(f"{party}.phone_number")
            spans += _span(content, line, f"{party}.phone_number") if known else []
        else:
            spans += _span(content, line, f"{party}.{'name' if number < named else 'address'}")
    return spans


def _is_phone(text: str) -> bool:
    """Ten or eleven digits and nothing that an address has."""
    return bool(re.fullmatch(r"[\d()+.\- ]+", text)) and 10 <= sum(map(str.isdigit, text)) <= 11


def _address(content: Content, schema: Schema) -> list[Span]:
    """The lines of an address; the name that some print over it again is no part of it."""
    lines = [line for line in content.lines if re.search(r"[A-Za-z]{2}|\d{5}", content.text(line))][:4]
    first = next((n for n, line in enumerate(lines) if STREET.match(content.text(line))), 0)
    return [span for line in lines[first if first < 2 else 0 :] for span in _span(content, line)]


def _state_and_number(content: Content, schema: Schema) -> list[Span]:
    """`MN / 12-3456789`, a row a line."""
    table, _, _ = content.box.path.partition(".")
    spans = []
    for line in content.lines[:ROWS]:
        texts = [content.words[index].text for index in line]
        state = [index for index, text in zip(line, texts, strict=True) if re.fullmatch(r"[A-Z]{2}/?", text)][:1]
        rest = [index for index in line if index not in state and _has_letter(content, index)]
        if any(map(str.isdigit, content.text(rest))):
            spans += _span(content, state, f"{table}.state") + _span(content, rest)
    return spans


def _states(content: Content, schema: Schema) -> list[Span]:
    able = [i for line in content.lines for i in line if re.fullmatch(r"[A-Z]{2}", content.words[i].text)]
    return [Span(content.box.path, (index,)) for index in able[:ROWS]]


def _coded(content: Content, schema: Schema) -> list[Span]:
    """Box 12 of a W-2: its code and its amount."""
    amounts = [line for line in _amounts(content) if _sure(content.words, line[-1])][:1]
    codes = [i for line in content.lines for i in line if CODES.match(content.words[i].text)][:1]
    table = content.box.path
    if not amounts:
        return []
    return [*_span(content, codes, f"{table}.letter_code"), *_span(content, amounts[0], f"{table}.amount")]


def _escrow(content: Content, schema: Schema) -> list[Span]:
    """Box 10 of a 1098: an amount after a word for taxes, else any text."""
    said = compact(" ".join(content.text(line) for line in content.lines))
    amounts = _amounts(content)
    if "tax" in said and amounts:
        return _span(content, amounts[0], "real_estate_tax")
    return _text(content, schema)


def _year(content: Content, schema: Schema) -> list[Span]:
    able = [i for line in content.lines for i in line if YEAR.match(content.words[i].text)]
    return [Span("tax_year", (index,)) for index in able[-1:]]


ROWS: Final = 2
"""Rows that a form has for states and localities."""
Reader = Callable[[Content, Schema], list[Span]]
_READERS: Final[Mapping[str, Reader]] = {
    "party": _party,
    "state and id": _state_and_number,
    "state id": _texts,
    "state": _states,
    "locality": _texts,
    "state money": _moneys,
    "state money 2": _moneys,
    "local money": _moneys,
    "local money 2": _moneys,
    "account": _token,
    "control": _token,
    "verification": _token,
    "escrow": _escrow,
    **{f"code {number}": _coded for number in range(4)},
}
_BY_TYPE: Final[Mapping[str, Reader]] = {
    "money": _money,
    "ssn": _number,
    "ein": _number,
    "tin": _number,
    "address": _address,
    "boolean": _mark,
    "date": _matching(DAY),
    "year": _matching(YEAR),
    "percentage": _matching(re.compile(r"^\d{1,3}(?:\.\d+)?\s?%?$")),
    "number": _matching(re.compile(r"^\d+$")),
    "routing": _matching(re.compile(r"^\d{9}$")),
}
