"""Tables by their head: which words name the columns, where one column ends, which rows belong together."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from recto.document.box import Box
from recto.document.page import Words
from recto.engines.label.captions import LONGEST, compact
from recto.engines.label.rows import Cell, Row
from recto.engines.label.shapes import moneys
from recto.schemas.schema import TableSpec

STEPS: Final = 24
"""Places tried between two columns for the line that the fewest words cross."""
BAND: Final = 2
"""Rows above and below the main row of a head that can be part of it."""
SPACE: Final = 1.2
"""Words of one head stand so many of their characters apart at most; between two heads is more, or each is known."""
ORDINAL: Final = frozenset(
    ["", "pos", "position", "nr", "no", "n", "line", "ln", "lfdnr", "ligne", "regel", "riga", "item"]
)
"""Heads over the numbers of the rows: never a part of the head beside them."""
TAIL: Final = re.compile(r"^[^A-ZÀ-Þ]|^\w{1,3}\W?$")
"""How the rest of a head begins whose first words are known: small, or short as `HT` and `EUR` are."""
JOINTS: Final = frozenset(
    ["/", "&", "-", "–", "und", "and", "et", "y", "en", "e", "of", "excl.", "excl", "incl.", "incl", "exkl.", "inkl."]
)
"""What joins two heads of one column: `Menge / Einheit`, `Total incl. VAT`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column from `left` to `right`, shares of the page's width; `name` is empty where the head is not known.

    `head` is where its head stands.
    """

    name: str
    left: float
    right: float
    head: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its columns, and its rows from `first` up to `last`, which is not one of them."""

    columns: tuple[Column, ...]
    first: int
    last: int

    def names(self) -> set[str]:
        return {column.name for column in self.columns if column.name}

    def column_of(self, box: Box) -> str:
        """The name of the column in which the middle of a box stands."""
        middle = box.center[0]
        return next((column.name for column in self.columns if column.left <= middle < column.right), "")


@dataclass(frozen=True, slots=True)
class Heads:
    """The captions of columns, compact, with what they name, and the document's words."""

    names: Mapping[str, str]
    words: Words

    def name(self, cell: Cell, at: int, stop: int) -> str:
        """What the words of a cell from `at` to `stop` name; of a word with strokes its first part that is known."""
        key = _key(cell, at, stop)
        if key in self.names or stop - at > 1 or "/" not in cell.texts[at]:
            return self.names.get(key, "")
        return next((self.names[k] for k in map(compact, cell.texts[at].split("/")) if k in self.names), "")

    def close(self, cell: Cell, at: int) -> bool:
        """Whether only a space stands before word `at` of a cell."""
        before, word = self.words[cell.words[at - 1]], self.words[cell.words[at]]
        letter = max(before.box.width / max(len(before.text), 1), word.box.width / max(len(word.text), 1))
        return word.box.left - before.box.right <= SPACE * letter


def heads_of(table: TableSpec, extra: Mapping[str, Sequence[str]] | None = None) -> dict[str, str]:
    """Every column caption, compact, with the column that it names; the first column wins."""
    found: dict[str, str] = {}
    for column in table.columns:
        for caption in (*column.captions_in(), *(extra or {}).get(column.name, ())):
            found.setdefault(compact(caption), column.name)
    return found


def grids(words: Words, rows: Sequence[Row], heads: Mapping[str, str], needed: Sequence[set[str]]) -> list[Grid]:
    """All tables whose head names one column of each of the `needed` sets. A table ends at the next head."""
    known = Heads(heads, words)
    mains = _mains(rows, known, needed)
    found = []
    for place, main in enumerate(mains):
        first = _band_end(rows, main)
        last = mains[place + 1] if place + 1 < len(mains) else len(rows)
        stacks = _stacks(rows, main, known)
        found.append(Grid(_columns(words, rows[first:last], stacks), first, last))
    return found


def _mains(rows: Sequence[Row], heads: Heads, needed: Sequence[set[str]]) -> list[int]:
    """The main rows of all heads: of neighbours the one that names most columns."""
    found: list[int] = []
    for number in range(len(rows)):
        if not _is_head(rows, number, heads, needed):
            continue
        if found and number - found[-1] <= BAND:
            found[-1] = max(found[-1], number, key=lambda n: len({name for _, name in _named(rows[n], heads)}))
        else:
            found.append(number)
    return found


def _is_head(rows: Sequence[Row], number: int, heads: Heads, needed: Sequence[set[str]]) -> bool:
    row = rows[number]
    if moneys(row.texts, row.gaps) or len(row.cells) < 2 or len(row.texts) > 24:
        return False
    own = [name for _, name in _named(row, heads)]
    if len(set(own)) < 2:
        return False
    names = {name for _, name in _stacks(rows, number, heads)}
    return all(names & choice for choice in needed)


def _named(row: Row, heads: Heads) -> list[tuple[Cell, str]]:
    """The row's column heads: the longest captions, wherever they begin in a cell; what is none stays nameless."""
    found = []
    for cell in row.cells:
        parts: list[tuple[int, int, str]] = []
        at = 0
        while at < len(cell.texts):
            stop = _longest(cell, at, heads)
            parts.append((at, stop, heads.name(cell, at, stop)))
            at = stop
        found += [(_part(cell, at, stop), name) for at, stop, name in _whole(cell, parts, heads)]
    return found


def _whole(cell: Cell, parts: Sequence[tuple[int, int, str]], heads: Heads) -> list[tuple[int, int, str]]:
    """The parts of a cell with those together that are one head: `Description of goods`, `Menge / Einheit`."""
    whole: list[tuple[int, int, str]] = []
    for at, stop, name in parts:
        before = whole[-1] if whole else None
        joined = cell.texts[at - 1].casefold() in JOINTS
        alone = parts[0][1] == 1 and len(parts) == 2 and compact(cell.texts[0]) not in ORDINAL
        same = before is not None and (name == before[2] or (not name and TAIL.match(cell.texts[at]) is not None))
        if before and heads.close(cell, at) and (joined or same or (alone and not before[2])):
            whole[-1] = (before[0], stop, before[2] or name)
        else:
            whole.append((at, stop, name))
    return whole


def _longest(cell: Cell, at: int, heads: Heads) -> int:
    """Where the head that begins at word `at` ends: the longest caption, else up to the next one or to a wide gap."""
    ends = range(min(len(cell.texts), at + LONGEST), at, -1)
    if stop := next((stop for stop in ends if heads.name(cell, at, stop)), 0):
        return stop
    later = range(at + 1, len(cell.texts))
    able = (n for n in later if not heads.close(cell, n) or _begins(cell, n, heads))
    return next(able, len(cell.texts))


def _begins(cell: Cell, at: int, heads: Heads) -> bool:
    return any(heads.name(cell, at, stop) for stop in range(at + 1, len(cell.texts) + 1))


def _key(cell: Cell, at: int, stop: int) -> str:
    return compact(" ".join(cell.texts[at:stop]))


def _part(cell: Cell, at: int, stop: int) -> Cell:
    """Some words of a cell; their box is the share of the cell that their letters take."""
    if (at, stop) == (0, len(cell.texts)):
        return cell
    total = len(cell.text) or 1
    before, own = len(" ".join(cell.texts[:at])) + (1 if at else 0), len(" ".join(cell.texts[at:stop]))
    left = cell.box.left + cell.box.width * before / total
    box = Box(left, cell.box.top, left + cell.box.width * own / total, cell.box.bottom)
    return Cell(cell.words[at:stop], cell.texts[at:stop], box, cell.page)


def _band(rows: Sequence[Row], main: int) -> list[int]:
    """The rows around the main one that can hold parts of the head: near, without numbers, of the same page."""
    found = [main]
    for step in (-1, 1):
        for number in range(main + step, main + step * (BAND + 1), step):
            if not 0 <= number < len(rows) or rows[number].page != rows[main].page:
                break
            apart = abs(rows[number].box.center[1] - rows[number - step].box.center[1])
            if apart > 2.2 * rows[main].box.height or any(c.isdigit() for c in rows[number].text):
                break
            if len(rows[number].texts) > 8 or rows[number].text.rstrip().endswith(":"):
                break
            found.append(number)
    return sorted(found)


def _band_end(rows: Sequence[Row], main: int) -> int:
    return _band(rows, main)[-1] + 1


def _stacks(rows: Sequence[Row], main: int, heads: Heads) -> list[tuple[Box, str]]:
    """Columns by their heads: those of the main row, then of cells above and below that stand clear of them."""
    own = _named(rows[main], heads)
    loose = [cell for number in _band(rows, main) if number != main for cell in rows[number].cells]
    groups = [[cell] for cell, name in own if not name]
    for cell in sorted(loose, key=lambda cell: cell.box.top):
        if any(name and _over(cell.box, box.box) for box, name in own):
            continue
        home = next((group for group in groups if any(_over(part.box, cell.box) for part in group)), None)
        if home is None:
            groups.append([cell])
        else:
            home.append(cell)
    stacks = [(cell.box, name) for cell, name in own if name]
    for group in groups:
        name = _name_of(compact("".join(cell.text for cell in sorted(group, key=lambda c: c.box.top))), heads.names)
        if name or any(part is cell for part in group for cell, _ in own):
            stacks.append((Box.around(cell.box for cell in group), name))
    return sorted(_once(stacks), key=lambda stack: stack[0].left)


def _once(stacks: Sequence[tuple[Box, str]]) -> list[tuple[Box, str]]:
    """Each name once: the last column of a name is the one, since sums stand to the right."""
    last = {name: place for place, (_, name) in enumerate(stacks)}
    return [(box, name if last[name] == place else "") for place, (box, name) in enumerate(stacks)]


def _name_of(key: str, heads: Mapping[str, str]) -> str:
    """The column of a head, exact or as the beginning of a longer one."""
    if key in heads:
        return heads[key]
    begun = [caption for caption in heads if len(caption) > 4 and key.startswith(caption)]
    return heads[max(begun, key=len)] if begun else ""


def _over(one: Box, other: Box) -> bool:
    return min(one.right, other.right) - max(one.left, other.left) > 0.2 * min(one.width, other.width)


def _columns(words: Words, rows: Sequence[Row], stacks: Sequence[tuple[Box, str]]) -> tuple[Column, ...]:
    """Columns parted where the fewest words of the rows below cross between two heads."""
    filled = [row for row in rows[:60] if len(row.cells) >= min(4, len(stacks) - 1)] or rows[:60]
    boxes = [words[index].box for row in filled for index in row.words]
    boxes += [box for box, _ in stacks] * len(rows)
    edges = [0.0]
    for (left, _), (right, _) in pairwise(stacks):
        edges.append(_quietest(boxes, left, right))
    edges.append(1.01)
    return tuple(Column(name, edges[n], edges[n + 1], head) for n, (head, name) in enumerate(stacks))


def _quietest(boxes: Sequence[Box], left: Box, right: Box) -> float:
    """The line between the middles of two heads that the fewest boxes cross; of equals, the middle of a run."""
    start, stop = left.center[0], right.center[0]
    lines = [start + (stop - start) * n / STEPS for n in range(STEPS + 1)]
    crossed = [sum(box.left < x < box.right for box in boxes) for x in lines]
    low = min(crossed)
    runs: list[list[float]] = []
    for x, count in zip(lines, crossed, strict=True):
        if count != low:
            runs.append([])
        elif runs:
            runs[-1].append(x)
        else:
            runs.append([x])
    best = max(runs, key=len)
    return best[len(best) // 2]
