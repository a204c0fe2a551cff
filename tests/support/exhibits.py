"""Documents before an engine: known words in known places, and pixels to look at."""

from recto.document.box import Box
from recto.document.page import Word, Words
from recto.ports import Exhibit
from tests.contracts.printed import RECEIPT, receipt


def words_of(lines=RECEIPT, page: int = 1) -> Words:
    """The left text of each line from the left edge on, the right one at the right edge."""
    found = []
    for number, (left, right) in enumerate(lines):
        top = (number + 1) / (len(lines) + 2)
        for start, text in ((0.05, left), (0.75, right)):
            for place, word in enumerate(text.split()):
                box = Box(start + 0.06 * place, top, start + 0.06 * place + 0.05, top + 0.02)
                found.append(Word(word, box, page=page, line=number, confidence=0.99))
    return tuple(found)


def exhibit(lines=RECEIPT, pages: int = 1, prompt: str = "") -> Exhibit:
    """That many pages, each printed with the same lines."""
    words = tuple(word for number in range(1, pages + 1) for word in words_of(lines, number))
    return Exhibit(pages, lambda: words, lambda number, long_side: receipt(lines), prompt)
