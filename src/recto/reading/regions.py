"""Several receipts on one page, side by side or one below the other: a page is cut where nothing stands.

Recursive cuts along the widest empty strips (XY cut: Nagy and Seth 1984) give regions; those that are receipts by
themselves stay, and what is left over goes with the nearest of them.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from recto.document.box import Box
from recto.document.page import Page, Word, Words
from recto.reading.lines import in_lines

GUTTER: Final = 2.0
"""Heights of a word that receipts side by side lie apart; of one receipt's columns too, but its headings cross them."""

BREAK: Final = 6.0
"""Heights of a word that receipts one below the other lie apart."""

FEWEST: Final = 12
"""Words that a receipt has at least."""

AMOUNT: Final = re.compile(r"\d[.,]\d{2}\b")
TOTAL: Final = re.compile(r"\b(?:total|totaal|totale|amount|montant|summe|gesamt|betrag|suma|importe|balance)", re.I)


def receipts_on(words: Words, page: Page) -> list[Words]:
    """The words of each receipt on the page, in reading order by themselves; all words in one where there is one."""
    found = [region for region in cut(words, page) if is_receipt(region)]
    if len(found) < 2:
        return [words]
    frames = [Box.around(word.box for word in region) for region in found]
    held = {word for region in found for word in region}
    regions = [list(region) for region in found]
    for word in words:
        if word not in held:
            regions[nearest(word, frames)].append(word)
    return [in_lines(region) for region in regions]


def cut(words: Sequence[Word], page: Page) -> list[Sequence[Word]]:
    """The regions of the page, from left to right and then from top to bottom."""
    if len(words) < 2 * FEWEST:
        return [words]
    height = median(word.box.height for word in words) * page.height
    across = strip([(word.box.left, word.box.right) for word in words], GUTTER * height / page.width)
    if across is not None:
        parts = [[w for w in words if w.box.right <= across], [w for w in words if w.box.right > across]]
        return [region for part in parts for region in cut(part, page)]
    down = strip([(word.box.top, word.box.bottom) for word in words], BREAK * height / page.height)
    if down is not None:
        parts = [[w for w in words if w.box.bottom <= down], [w for w in words if w.box.bottom > down]]
        return [region for part in parts for region in cut(part, page)]
    return [words]


def strip(sides: Sequence[tuple[float, float]], least: float) -> float | None:
    """Where the widest strip begins that no word reaches into, of those that are wide enough; None without any."""
    reach, best, start = -1.0, least, None
    for (_, end), (begin, _) in pairwise(sorted(sides)):
        reach = max(reach, end)
        if begin - reach >= best:
            best, start = begin - reach, reach
    return start


def is_receipt(words: Sequence[Word]) -> bool:
    """Whether a region has what a receipt or a card slip has: enough words, an amount, and what calls it a total."""
    text = " ".join(word.text for word in words)
    return len(words) >= FEWEST and bool(AMOUNT.search(text) and TOTAL.search(text))


def nearest(word: Word, frames: Sequence[Box]) -> int:
    """The frame whose middle is nearest to the word's."""
    x, y = word.box.center
    distances = [(frame.center[0] - x) ** 2 + (frame.center[1] - y) ** 2 for frame in frames]
    return distances.index(min(distances))
