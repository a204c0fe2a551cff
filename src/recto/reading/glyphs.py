"""Glyphs of a PDF page joined to words: by its spaces, by gaps, each once."""

import unicodedata

LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
"""Latin ligatures as their letters. Compatibility forms at large stay: a superscript two is not a two."""

UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF), "")
"""Marks without ink: soft hyphen, joiners, direction marks."""

SPELLING = str.maketrans({**LIGATURES, **UNSEEN, 0x02: "-", 0xFFFE: "-"})
"""PDFium gives 2 or U+FFFE for a hyphen at a line's end."""

GAP = 0.7
"""Glyphs of one word stand no further apart than this share of the taller side of the larger one."""

SAME = 0.3
"""The same glyph twice within this share of its size is one glyph drawn twice, which is how bold is faked."""

Sides = tuple[float, float, float, float]
Glyph = tuple[int, float, float, float, float]
"""Its place in the page's text, then left, bottom, right and top in the page's own units."""


Found = tuple[str, Sides, int]
"""A word, its left, bottom, right and top, and where its first glyph stands in the page's text."""


def words_of(text: str, glyphs: list[Glyph]) -> list[Found]:
    """The words that these glyphs make: `glyphs` are those of `text` between two spaces, in its order."""
    words = []
    run: list[Glyph] = []
    for glyph in glyphs:
        if run:
            if twice(text, run[-1], glyph):
                continue
            if apart(run[-1], glyph):
                words.append(joined(text, run))
                run = []
        run.append(glyph)
    if run:
        words.append(joined(text, run))
    return [word for word in words if word[0]]


def twice(text: str, one: Glyph, other: Glyph) -> bool:
    if text[one[0]] != text[other[0]]:
        return False
    _, left, bottom, right, top = one
    near = SAME * (right - left)
    return (
        abs(left - other[1]) < near and abs(right - other[3]) < near and abs(bottom - other[2]) < SAME * (top - bottom)
    )


def apart(one: Glyph, other: Glyph) -> bool:
    """Whether there is a gap, in whatever direction the text runs."""
    size = max(one[3] - one[1], one[4] - one[2], other[3] - other[1], other[4] - other[2])
    across = max(other[1] - one[3], one[1] - other[3])
    along = max(other[2] - one[4], one[2] - other[4])
    return max(across, along) > GAP * size


def joined(text: str, run: list[Glyph]) -> Found:
    _, lefts, bottoms, rights, tops = zip(*run, strict=True)
    return (
        spelled("".join(text[glyph[0]] for glyph in run)),
        (min(lefts), min(bottoms), max(rights), max(tops)),
        run[0][0],
    )


def spelled(raw: str) -> str:
    """A word as a person would type it: ligatures as letters, accents on their letters, nothing unseen."""
    if raw.isascii() and "\x02" not in raw:
        return raw
    return unicodedata.normalize("NFC", raw.translate(SPELLING))


def once(words: list[Found]) -> list[Found]:
    """Without the words that stand twice in one place, as shadows and faked bold do."""
    seen: dict[str, list[Sides]] = {}
    kept = []
    for word in words:
        places = seen.setdefault(word[0], [])
        if not any(same_place(word[1], place) for place in places[-8:]):
            places.append(word[1])
            kept.append(word)
    return kept


def same_place(one: Sides, other: Sides) -> bool:
    near = SAME * min(one[2] - one[0], one[3] - one[1])
    return (
        abs(one[1] - other[1]) <= near
        and abs(one[0] - other[0]) <= near
        and abs(one[2] - other[2]) <= near
        and abs(one[3] - other[3]) <= near
    )
