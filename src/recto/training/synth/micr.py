"""The magnetic figures at the foot of checks (E-13B, ANSI X9.27), as cells of a raster seven wide and nine high."""

from collections.abc import Iterator
from functools import cache

_ROWS = {
    "0": "####### #.....# #.....# #.....# #.....# #.....# #.....# #.....# #######",
    "1": "##.. .#.. .#.. .#.. .#.. #### #### #### ####",
    "2": "#### ...# ...# ...# #### #... #... #... ####",
    "3": "####. ...#. ...#. ...#. .#### ...## ...## ...## #####",
    "4": "##.... ##.... ##.... ##.... ##.... ##..## ###### ....## ....##",
    "5": "##### #.... #.... #.... ##### ....# ....# ....# #####",
    "6": "####.. #..#.. #..#.. #..... #..... ###### #....# #....# ######",
    "7": "##### #...# #...# ....# ..### ..#.. ..#.. ..#.. ..#..",
    "8": ".#####. .#...#. .#...#. .#...#. ####### ##...## ##...## ##...## #######",
    "9": "###### #....# #....# #....# ###### ....## ....## ....## ....##",
    "⑆": "....### ....### ##..### ##..... ##..... ##..... ##..### ....### ....###",
    "⑈": "....... ....### #.#.### #.#.### #.#.### #.#.... #.#.... #.#.... .......",
}
_READ_AS = (("|:", "⑆"), ("||'", "⑈"), (":", "⑆"), ('"', "⑈"), ("A", "⑆"), ("C", "⑈"))
"""What OCR that does not know the two signs makes of them; drawn are the signs."""

CELL = 0.104
"""The side of a cell, in font sizes: 0.013 inch at the standard's pitch of eight figures an inch (size 9)."""


def glyphs(text: str) -> str:
    """The figures and signs that stand on paper where a reader says `text`."""
    for read, drawn in _READ_AS:
        text = text.replace(read, drawn)
    return "".join(sign for sign in text if sign in _ROWS)


@cache
def cells(sign: str) -> tuple[tuple[int, int], ...]:
    """(column, row) of each inked cell of a figure, seven columns wide: narrow ones stand at the right."""
    return tuple(_inked([row.rjust(7, ".") for row in _ROWS[sign].split(" ")]))


def _inked(rows: list[str]) -> Iterator[tuple[int, int]]:
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell == "#":
                yield x, y
