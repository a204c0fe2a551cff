"""One page of a document as the viewer draws it: its image, and a mark over each word and each line of a field."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from recto.document.box import Box
from recto.document.page import Page
from recto.document.reading import Reading
from recto.doors.http.pages.families import family_of_label
from recto.doors.http.pages.values import Level, certainty
from recto.doors.http.pages.views import Card, View

ACROSS: Final = 1000
"""Units of the drawing across a page; down, as many as keep its shape."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word: where it stands in units of the drawing, what it was labelled, and the key of its field if it has one."""

    index: int
    text: str
    x: float
    y: float
    width: float
    height: float
    family: str
    label: str
    level: Level
    key: str


@dataclass(frozen=True, slots=True)
class Halo:
    """A line of a field, drawn around its words when the field is chosen."""

    key: str
    family: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class SheetView:
    """A page of the document; `height` is in units of the drawing."""

    document_id: str
    number: int
    pages: int
    height: int
    turn: int
    marks: tuple[Mark, ...]
    halos: tuple[Halo, ...]
    lines: tuple[str, ...]


def sheet_of(reading: Reading, view: View, number: int) -> SheetView:
    """Page `number` of a reading whose sensitive numbers are masked already."""
    page = next((page for page in reading.pages if page.number == number), Page(number, 1.0, 1.414))
    height = round(ACROSS * page.height / page.width)
    owners = {word: card for card in view.every_card() for word in card.words}
    return SheetView(
        document_id=reading.document.id,
        number=number,
        pages=max(1, len(reading.pages)),
        height=height,
        turn=page.turn,
        marks=tuple(marks_on(reading, owners, number, height)),
        halos=tuple(halos_on(view, number, height)),
        lines=tuple(lines_on(reading, number)),
    )


def marks_on(reading: Reading, owners: dict[int, Card], number: int, height: int) -> Iterator[Mark]:
    kind = reading.kind.kind if reading.kind else "other"
    for index, word in enumerate(reading.words):
        if word.page != number:
            continue
        label = reading.tags[index].label if reading.tags else "O"
        card = owners.get(index)
        family = family_of_label(kind, label) if label != "O" else ""
        if card:
            family = "item" if card.cell else card.family
        sure = card.certainty if card else certainty(reading.tags[index].confidence if reading.tags else None)
        label, key = "" if label == "O" else label, card.key if card else ""
        yield Mark(index, word.text, *placed(word.box, height), family, label, sure.level, key)


def halos_on(view: View, number: int, height: int) -> Iterator[Halo]:
    for card in view.every_card():
        if card.page == number:
            family = "item" if card.cell else card.family
            yield from (Halo(card.key, family, *placed(box, height, grown=3)) for box in card.boxes)


def lines_on(reading: Reading, number: int) -> Iterator[str]:
    """The text of the page, line by line."""
    here = (word for word in reading.words if word.page == number)
    for _, words in groupby(here, key=lambda word: word.line):
        yield " ".join(word.text for word in words)


def placed(box: Box, height: int, grown: float = 0.0) -> tuple[float, float, float, float]:
    """(x, y, width, height) in units of the drawing, `grown` on each side."""
    left, top, right, bottom = box.sides
    x, y = left * ACROSS - grown, top * height - grown
    return round(x, 1), round(y, 1), round(right * ACROSS + grown - x, 1), round(bottom * height + grown - y, 1)
