"""Tax forms, checks and statements by rules: a value stands under or beside its caption, a table under its heads."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from recto.document.box import Box
from recto.document.page import Words
from recto.document.reading import Span
from recto.engines.label.anchors import Anchor, anchors_in, known_in, room
from recto.engines.label.boxes import MARK, contents_of, spans_in
from recto.engines.label.captions import compact
from recto.engines.label.merchants import TELEPHONE
from recto.engines.label.registration import Copy, copies_of
from recto.engines.label.rows import Cell, Row, rows_of
from recto.engines.label.shapes import MONTH
from recto.reading.lines import slope_of
from recto.schemas.catalog import schema_of
from recto.schemas.schema import Schema

MONEY: Final = re.compile(r"^[$*]*\(?-?\d{1,3}(?:[,.]?\d{3})*(?:[.,]\d{2})?\)?[*]*$|^[$*]*\d+[.,]\d{2}$")
DECIMALS: Final = re.compile(r"[.,]\d{2}\)?\**$")
TIN: Final = re.compile(r"^(?=(?:[- ]*[\dX*]){9}$)[\dX*][\dX* -]+$|^[X*]{2,}[-X*\d ]*\d{4}$")
DAY: Final = re.compile(r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}$")
YEAR: Final = re.compile(r"^20[0-4]\d$")
PROSE: Final = 6
"""A cell of this many words is running text, no value."""
DEEPEST: Final = 0.15
"""A party's lines begin at most this share of the page's width right of their caption."""
MANY: Final = frozenset({"name", "address", "boolean", "year"})
"""Types that are read by their box alone: their captions say too little, or stand beside the value."""
SHAPED: Final = frozenset({"money", "ssn", "ein", "tin", "date"})
"""Types whose values are known by their form."""
SAYING: Final = 8
"""Letters of a caption that can stand anywhere; shorter ones are words of any sentence (`other`)."""
ROWS: Final = 2
"""Rows that a form has for states and localities."""
TABLES: Final = frozenset({"state_tax_infos", "local_tax_infos", "state_taxes_withheld", "local_taxes_withheld"})
EDGE: Final = 0.02
"""A value begins at most this share of the page's width left or right of its box's edge."""


def form_spans(kind: str) -> Callable[[Words, Sequence[Row]], list[Span]]:
    """The rules of a form of this kind."""
    return lambda words, rows: _form(schema_of(kind), words, rows)


def _form(schema: Schema, words: Words, rows: Sequence[Row]) -> list[Span]:
    copies = copies_of(words, rows, schema.kind)
    spans = _printed(schema, words, rows, copies) if copies else _captioned(schema, _levelled(words))
    return [*_year(schema, words, copies), *spans, *_copy(schema, rows), *_corrected(schema, rows)]


def _printed(schema: Schema, words: Words, rows: Sequence[Row], copies: Sequence[Copy]) -> list[Span]:
    """By the boxes of the form as it is printed: single fields of every copy, rows of the copy that shows most."""
    single: list[Span] = []
    tables: list[list[Span]] = []
    for copy in copies:
        spans = [span for content in contents_of(copy, schema, words) for span in spans_in(content, schema)]
        if _is_echo(spans, single):
            continue
        single += [span for span in spans if schema.field(span.label)]
        tables.append([span for span in spans if not schema.field(span.label)])
    found = [*single, *max(tables, key=len)]
    return [*found, *_moved(schema, words, rows, copies, found)]


def _is_echo(spans: Sequence[Span], found: Sequence[Span]) -> bool:
    """Whether a copy gives again the very words that another gave: boxes of another year laid over the same form."""
    known = {(span.label, span.words) for span in found}
    return 2 * sum((span.label, span.words) in known for span in spans) > len(spans)


def _moved(
    schema: Schema, words: Words, rows: Sequence[Row], copies: Sequence[Copy], found: Sequence[Span]
) -> list[Span]:
    """What stands under captions that this year's form has in another place than those we know."""
    placed = {index for copy in copies for index in copy.captions}
    area = {index for copy in copies for index in copy.area()}
    taken = {index for span in found for index in span.words}
    names = {span.label for span in found}
    anchors = anchors_in(rows, [known for known in known_in(schema) if known.spec.type != "year"])
    used = taken | placed | {index for anchor in anchors for index in anchor.words}
    spans: list[Span] = []
    for anchor in anchors:
        alone = set(anchor.words) <= area and not set(anchor.words) & placed
        alone = alone and len(anchor.text) >= max(len(anchor.key) - 2, SAYING)
        if alone and anchor.name not in names and schema.field(anchor.name) and anchor.spec.type not in MANY:
            cells = _cells_in(words, rows, anchor, anchors, used)
            if anchor.spec.type not in SHAPED:
                # Text that begins right of the caption is another box's, or printed beside the form.
                cells = [cell for cell in cells if cell.box.left < anchor.box.right]
            spans += _valued(schema, anchor, cells)
    return spans


def _levelled(words: Words) -> Words:
    """The words where they would stand if the lines of their pages ran level."""
    slopes = {page: slope_of([w for w in words if w.page == page]) for page in {w.page for w in words}}
    return tuple(replace(word, box=_level(word.box, slopes[word.page])) for word in words)


def _level(box: Box, slope: float) -> Box:
    drop = slope * box.center[0]
    return Box(box.left, box.top - drop, box.right, box.bottom - drop)


def _captioned(schema: Schema, words: Words) -> list[Span]:
    """By captions alone, where no printed form was found: a bank's own list of the boxes."""
    rows = rows_of(words)
    anchors = anchors_in(rows, [known for known in known_in(schema) if known.spec.type != "year"])
    used = {index for anchor in anchors for index in anchor.words}
    used |= {index - 1 for index in used if index and compact(words[index - 1].text) == "box"}
    spans: list[Span] = []
    seen: set[str] = set()
    for anchor in anchors:
        if _is_column(anchor) and anchor.name in seen:
            continue  # a sheet with several copies says each row once
        seen.add(anchor.name)
        cells = _cells_in(words, rows, anchor, anchors, used)
        spans += _valued(schema, _owned(anchor, anchors), cells)
    return [*_codes(schema, words, rows), *spans]


def _corrected(schema: Schema, rows: Sequence[Row]) -> list[Span]:
    """The mark before the word CORRECTED over a form."""
    if schema.field("is_corrected") is None:
        return []
    for row in rows:
        for cell in row.cells:
            for at, text in enumerate(cell.texts):
                before = cell.words[at - 1 : at] if at else ()
                if compact(text) == "corrected" and before and MARK.match(cell.texts[at - 1]):
                    return [Span("is_corrected", before)]
                if re.fullmatch(r"[X☒☑✓✗]\W?CORRECTED", text):
                    return [Span("is_corrected", cell.words[at : at + 1])]
    return []


def _owned(anchor: Anchor, anchors: Sequence[Anchor]) -> Anchor:
    """An address's box with the party whose name stands above it: its own caption says `street address` for both."""
    if anchor.spec.type != "address" or "." not in anchor.name or anchor.name.split(".")[0] in anchor.key:
        return anchor
    above = [
        one
        for one in anchors
        if one.spec.type == "name"
        and one.page == anchor.page
        and one.box.top < anchor.box.top
        and abs(one.box.left - anchor.box.left) < EDGE
    ]
    party = max(above, key=lambda one: one.box.top).name.rpartition(".")[0] if above else ""
    return replace(anchor, name=f"{party}.address") if party else anchor


def _cells_in(
    words: Words, rows: Sequence[Row], anchor: Anchor, anchors: Sequence[Anchor], used: set[int]
) -> list[Cell]:
    """What stands in the anchor's room, row by row, without captions and their second lines."""
    space = room(anchor, anchors)
    found = []
    for row in rows:
        if row.page != anchor.page or row.box.bottom < space.top or row.box.top > space.bottom:
            continue
        for cell in row.cells:
            kept = _kept(words, cell, space, used)
            if kept and not _continues(anchor, [cell.texts[n] for n in kept]):
                found.append(_part(words, cell, kept))
    return found


def _kept(words: Words, cell: Cell, space: Box, used: set[int]) -> list[int]:
    """The cell's words that begin in the room, and those that follow without a caption between."""
    kept: list[int] = []
    for n, index in enumerate(cell.words):
        if index in used:
            if kept:
                break
        elif kept or _inside(words[index].box.center, space):
            kept.append(n)
    return kept


def _inside(point: tuple[float, float], space: Box) -> bool:
    left, top, right, bottom = space.sides
    return left <= point[0] < right and top < point[1] < bottom


def _continues(anchor: Anchor, texts: Sequence[str]) -> bool:
    """Whether words only go on with the caption."""
    key = compact(" ".join(texts))
    return len(key) > 2 and key in anchor.key and any(letter.isalpha() for letter in key)


def _part(words: Words, cell: Cell, kept: Sequence[int]) -> Cell:
    from_words = [cell.words[n] for n in kept]
    box = words[from_words[0]].box
    for index in from_words[1:]:
        box = box.union(words[index].box)
    return Cell(tuple(from_words), tuple(cell.texts[n] for n in kept), box, cell.page)


def _valued(schema: Schema, anchor: Anchor, cells: Sequence[Cell]) -> list[Span]:
    """The value of an anchor by the type of its field: beside it, else below."""
    below = [cell for cell in cells if cell.box.center[1] > anchor.box.top + 1.0 * anchor.height]
    beside = [cell for cell in cells if cell not in below]
    if anchor.spec.type in ("name", "address"):
        return _party(schema, anchor, below)
    for found in (beside, below):
        if spans := _typed(anchor, found):
            return spans
    return []


def _typed(anchor: Anchor, cells: Sequence[Cell]) -> list[Span]:
    if anchor.spec.type == "boolean":
        return _marked(anchor, cells)
    if anchor.spec.type == "money":
        return _moneys(anchor, cells)
    pattern = {"ssn": TIN, "ein": TIN, "tin": TIN, "date": DAY, "year": YEAR}.get(anchor.spec.type)
    return _shaped(anchor, cells, pattern) if pattern else _text(anchor, cells)


def _moneys(anchor: Anchor, cells: Sequence[Cell]) -> list[Span]:
    """The first amount; of a table's column each of its first two rows."""
    plain = [cell for cell in cells if len(cell.texts) < PROSE]
    able = [index for cell in plain for index, text in zip(cell.words, cell.texts, strict=True) if MONEY.match(text)]
    sure = [
        index for cell in plain for index, text in zip(cell.words, cell.texts, strict=True) if DECIMALS.search(text)
    ]
    chosen = [index for index in sure if index in able] or able
    return [Span(anchor.name, (index,)) for index in chosen[: 2 if _is_column(anchor) else 1]]


def _is_money(text: str) -> bool:
    return bool(MONEY.match(text)) and not YEAR.match(text) and len(re.sub(r"\D", "", text)) > 2


def _is_column(anchor: Anchor) -> bool:
    return anchor.name.split(".")[0] in TABLES


def _shaped(anchor: Anchor, cells: Sequence[Cell], pattern: re.Pattern[str]) -> list[Span]:
    """The words that together have the form of the value: numbers of persons come in one to three words."""
    for cell in cells:
        for size in (1, 2, 3):
            for start in range(len(cell.texts) - size + 1):
                if pattern.match(" ".join(cell.texts[start : start + size])):
                    return [Span(anchor.name, cell.words[start : start + size])]
    return []


def _text(anchor: Anchor, cells: Sequence[Cell]) -> list[Span]:
    """The first short cell, of a table's column one a row; codes and states are one word."""
    near = [c for c in cells if len(c.texts) < PROSE and _says(c)]
    spans = []
    for cell in near[: ROWS if _is_column(anchor) else 1]:
        pairs = [(index, text) for index, text in zip(cell.words, cell.texts, strict=True) if _says_word(text)]
        if anchor.spec.type == "state":
            pairs = [(index, text) for index, text in pairs if re.fullmatch(r"[A-Z]{2}", text)][:1]
        spans += _with_state(anchor, pairs)
    return spans


def _with_state(anchor: Anchor, pairs: Sequence[tuple[int, str]]) -> list[Span]:
    """The words of a value; the letters of a state before its number are a value of their own."""
    states = [index for index, text in pairs if _is_state(anchor, text)]
    kept = [index for index, _ in pairs if index not in states]
    table = anchor.name.rpartition(".")[0]
    spans = [Span(f"{table}.state", (states[0],))] if states and table else []
    return [*spans, Span(anchor.name, tuple(kept))] if kept else spans


def _is_state(anchor: Anchor, text: str) -> bool:
    """A state's letters before its number stand in the box beside."""
    return "state" in anchor.name and anchor.spec.type != "state" and bool(re.fullmatch(r"[A-Z]{2}/?", text))


def _says_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def _says(cell: Cell) -> bool:
    return any(letter.isalnum() for letter in cell.text)


def _marked(anchor: Anchor, cells: Sequence[Cell]) -> list[Span]:
    """A cross or tick in the box."""
    able = [i for cell in cells for i, text in zip(cell.words, cell.texts, strict=True) if MARK.match(text)]
    return [Span(anchor.name, (able[0],))] if able else []


def _party(schema: Schema, anchor: Anchor, cells: Sequence[Cell]) -> list[Span]:
    """A name is the first line, its address the lines under it where the caption asks for both."""
    lines = [cell for cell in cells if len(cell.texts) <= PROSE + 4 and _says(cell)]
    lines = [cell for cell in lines if cell.box.left < anchor.box.left + DEEPEST and not cell.text.endswith(")")]
    if not lines:
        return []
    if anchor.spec.type == "address":
        return [Span(anchor.name, line.words) for line in lines if not TELEPHONE.fullmatch(line.text)][:4]
    party = anchor.name.rpartition(".")[0]
    top = lines[0].box.top
    first = [line for line in lines if abs(line.box.top - top) < 0.5 * line.box.height]
    spans = [Span(anchor.name, tuple(index for line in first for index in line.words))]
    if "address" not in anchor.key:
        return spans
    for line in lines[len(first) :][:4]:
        phone = TELEPHONE.fullmatch(line.text.strip()) and schema.field(f"{party}.phone_number")
        spans.append(Span(f"{party}.{'phone_number' if phone else 'address'}", line.words))
    return spans


def _codes(schema: Schema, words: Words, rows: Sequence[Row]) -> Iterator[Span]:
    """Box 12 of a W-2: a code of one or two letters, and its amount in the same row."""
    if schema.table("additional_info") is None:
        return
    for row in rows:
        for cell, after in zip(row.cells, [*row.cells[1:], None], strict=True):
            texts = cell.texts if after is None else (*cell.texts, *after.texts[:1])
            indexes = cell.words if after is None else (*cell.words, *after.words[:1])
            for n in range(len(texts) - 1):
                coded = re.fullmatch(r"[A-H]|[J-N]|[P-T]|[V-Z]|[A-H]{2}", texts[n])
                if coded and DECIMALS.search(texts[n + 1]) and MONEY.match(texts[n + 1]):
                    yield Span("additional_info.letter_code", (indexes[n],))
                    yield Span("additional_info.amount", (indexes[n + 1],))


def _year(schema: Schema, words: Words, copies: Sequence[Copy]) -> list[Span]:
    """The year in the box of the form's name or under the form; else the year that stands alone most often."""
    if schema.field("tax_year") is None:
        return []
    years = [(index, word.text) for index, word in enumerate(words) if YEAR.match(word.text)]
    loose = [(index, text) for index, text in years if not _dates(words, index)]
    known = {index for copy in copies for index in copy.named()}
    able = [pair for pair in loose if pair[0] in known] or loose or years
    counts = Counter(text for _, text in able)
    best = counts.most_common(1)[0][0] if counts else ""
    return [Span("tax_year", (index,)) for index, text in able if text == best][:4]


def _dates(words: Words, index: int) -> bool:
    """Whether a year ends a date (`Rev. January 2024`)."""
    return index > 0 and bool(re.fullmatch(rf"(?:{MONTH}|rev)\W*", words[index - 1].text, re.IGNORECASE))


def _copy(schema: Schema, rows: Sequence[Row]) -> list[Span]:
    """`Copy B` of a W-2."""
    if schema.field("w2_copy") is None:
        return []
    for row in rows:
        for n, text in enumerate(row.texts[:-1]):
            if text == "Copy" and re.fullmatch(r"[A-D12]", row.texts[n + 1].strip("-—,")):
                return [Span("w2_copy", row.words[n : n + 2])]
    return []
