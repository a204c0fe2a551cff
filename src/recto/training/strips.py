"""Strips of text with what truly stands on them, as our own detector cuts them: what a recogniser is trained on."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recto.document.page import Raster
from recto.engines.ocr.rapid import RapidOcr
from recto.engines.ocr.recogniser import HEIGHT
from recto.engines.ocr.strip import Image, Strip, image_of
from recto.training.sources import sroie
from recto.training.sources.reread import raster
from recto.training.splits import FROZEN, fold_of
from recto.training.synth.synthetic import Synthetic

WIDEST = 640
"""Strips that are wider than this many pixels at HEIGHT are left out: they would make every batch slow."""

INSIDE = 0.75
"""A true line whose area lies in the strip to this share is on it; one that lies in it to less, but to more than
OUTSIDE, makes the strip worthless: nobody knows what of it can be seen."""

OUTSIDE = 0.2

COVERED = 0.6
"""The least share of the strip's length that true lines cover."""

ALIKE = 0.4
"""Under this likeness to what the untrained recogniser reads, the truth is taken for another strip's."""


@dataclass(frozen=True, slots=True)
class Line:
    """A true text and its upright rectangle (left, top, right, bottom) in pixels of the page."""

    text: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """Pixels (HEIGHT, width, 3), blue first, and the text on them."""

    pixels: Image
    text: str


def held_out(folder: Path) -> set[str]:
    """The receipts that the recogniser is not fitted to: those of one fold of merchants and of the frozen list's."""
    groups = sroie.groups_of(sroie.read_keys(folder))
    frozen = {groups[name] for name in json.loads(FROZEN.read_text())["ids"] if name in groups}
    return {name for name, group in groups.items() if fold_of(group) == 0 or group in frozen}


def receipt_lines(folder: Path, name: str) -> list[Line]:
    """The true lines of a receipt of SROIE."""
    lines = json.loads((folder / "box" / f"{name}.json").read_text())
    return [Line(line["text"], sides(line["quad"])) for line in lines if line["text"].strip()]


def sides(quad: Sequence[float]) -> tuple[float, float, float, float]:
    return min(quad[::2]), min(quad[1::2]), max(quad[::2]), max(quad[1::2])


def receipt(folder: Path, name: str) -> tuple[Raster, list[Line]]:
    """A receipt's page and true lines."""
    return raster(next((folder / "img").glob(f"{name}.*"))), receipt_lines(folder, name)


def made_up(document: Synthetic) -> Iterator[tuple[Raster, list[Line]]]:
    """The pages of a made-up document, each with its words as lines."""
    words = document.example.words
    for number, page in enumerate(document.render(), start=1):
        here = [word for word in words if word.page == number]
        scale = (page.width, page.height, page.width, page.height)
        boxes = [tuple(side * size for side, size in zip(word.box.sides, scale, strict=True)) for word in here]
        yield page, [Line(word.text, (b[0], b[1], b[2], b[3])) for word, b in zip(here, boxes, strict=True)]


def cut_out(ocr: RapidOcr, page: Raster, lines: Sequence[Line], chance: Random) -> Iterator[Sample]:
    """Each strip that the engine finds on the page and whose text is known, as it is and moved a little."""
    image = image_of(page)
    found = [(strip, text) for strip in ocr.detector.find(image) if (text := text_on(strip, lines))]
    narrow = [(strip, text) for strip, text in found if HEIGHT * strip.width / max(strip.height, 1.0) <= WIDEST]
    pieces = [(image, one) for strip, _ in narrow for one in (strip, moved(strip, chance))]
    for index, _, letters in ocr.recogniser.read(pieces):
        read = "".join((" " if letter.parted > 0.5 else "") + letter.text for letter in letters)
        text = in_print(narrow[index // 2][1], read)
        if text is not None:
            yield Sample(cut(pieces[index][1], image), text)


def cut(strip: Strip, image: Image) -> Image:
    width = max(HEIGHT // 4, round(HEIGHT * strip.width / max(strip.height, 1.0)))
    return strip.cut(image, HEIGHT, width)


def moved(strip: Strip, chance: Random) -> Strip:
    """The strip as another detector might have found it: some pixels higher, longer, turned."""
    higher, along, down = chance.uniform(-0.08, 0.12), chance.uniform(-0.02, 0.1), chance.uniform(-0.05, 0.05)
    return replace(
        strip,
        y=strip.y + down * strip.height,
        width=strip.width + along * strip.height,
        height=strip.height * (1 + higher),
        angle=strip.angle + chance.gauss(0, 0.3),
    )


def text_on(strip: Strip, lines: Sequence[Line]) -> str | None:
    """The text of the true lines on a strip from left to right; None where it cannot be told."""
    if not -30 < strip.angle < 30:
        return None
    edges = strip.box(0.0, 1.0, 0.0, 1.0)
    shares = [(share_inside(line.box, edges), line) for line in lines]
    if any(OUTSIDE < share < INSIDE for share, _ in shares):
        return None
    on = sorted((line for share, line in shares if share >= INSIDE), key=lambda line: line.box[0])
    if not on or stacked(on):
        return None
    covered = sum(line.box[2] - line.box[0] for line in on) / (edges[2] - edges[0])
    return " ".join(" ".join(line.text for line in on).split()) if covered >= COVERED else None


def share_inside(box: tuple[float, ...], edges: tuple[float, ...]) -> float:
    """How much of a box's area lies within the edges."""
    width = min(box[2], edges[2]) - max(box[0], edges[0])
    height = min(box[3], edges[3]) - max(box[1], edges[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(0.0, width) * max(0.0, height) / max(area, 1e-9)


def stacked(lines: Sequence[Line]) -> bool:
    """Whether two of the lines, in order from left to right, stand one above the other."""
    return any(
        after.box[0] < before.box[2] - 0.5 * (before.box[3] - before.box[1]) for before, after in pairwise(lines)
    )


def in_print(truth: str, read: str) -> str | None:
    """The truth in the case that was read, for truths that are written in capitals whatever was printed.

    None where the two are so unlike that the truth must be another strip's.
    """
    plain = (truth.casefold(), read.casefold())
    if len(plain[0]) != len(truth) or len(plain[1]) != len(read):
        return truth
    matcher = SequenceMatcher(None, *plain, autojunk=False)
    if matcher.ratio() < ALIKE:
        return None
    letters = list(truth)
    small: list[bool | None] = [None] * len(truth)
    for start, other, size in matcher.get_matching_blocks():
        letters[start : start + size] = read[other : other + size]
        small[start : start + size] = [c.islower() if c.isalpha() else None for c in read[other : other + size]]
    for place, letter in enumerate(letters):
        if small[place] is None and letter.isupper() and truth.isupper():
            around = [one for one in small[max(0, place - 2) : place + 3] if one is not None]
            letters[place] = letter.lower() if around and all(around) else letter
    return "".join(letters)


def spoilt(pixels: Image, chance: np.random.Generator) -> NDArray[np.float32]:
    """The pixels with other light, contrast, sharpness and noise: (HEIGHT, width, 3) of 0..255."""
    changed: NDArray[np.floating[Any]] = pixels.astype(np.float32)
    if chance.random() < 0.5:
        changed = (changed - 128) * chance.uniform(0.6, 1.25) + 128 + chance.uniform(-30, 30)
    if chance.random() < 0.2:
        kernel = np.array([0.25, 0.5, 0.25], np.float32)
        for axis in (0, 1):
            changed = np.apply_along_axis(lambda row: np.convolve(row, kernel, "same"), axis, changed)
    if chance.random() < 0.3:
        changed = changed + chance.normal(0, chance.uniform(2, 12), changed.shape[:2])[..., None]
    return np.asarray(np.clip(changed, 0, 255), np.float32)
