"""What is known of a word: its label, who said so, whether it holds, and what was said before.

A label hangs on a place of the document (page, box, text), not on a word of one reading: another OCR engine, or the
same one after an update, cuts and spells words anew, and what a person said must outlive that.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from recto.document.box import Box
from recto.document.page import Word, Words

Source = Literal["model", "person", "import"]
Status = Literal["NONE", "PENDING", "VALID", "INVALID", "NEEDS_REVIEW"]

PLAIN = "O"
"""The label of a word that carries none."""


@dataclass(frozen=True, slots=True)
class Place:
    """A word as it stood when it was labelled. `key` is its name within its document."""

    key: str
    page: int
    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """What is said of one word. `name` is a label of the document's kind, or `O`.

    `begins` tells the first word of a value from the ones that go on with it (B and I). `among`: an `O` that says only
    that the word carries none of these labels, as of a truth that knows four labels; empty where it carries none at
    all. `version` counts what was said of this word, from 1; `replaced` is the label that it had before. `by` is who it
    was: the id of a key, a model's digest, a data set's name. `at` is aware.
    """

    place: Place
    name: str
    source: Source
    status: Status
    at: datetime
    begins: bool = True
    by: str = ""
    reason: str = ""
    confidence: float | None = None
    among: tuple[str, ...] = ()
    version: int = 1
    replaced: str | None = None

    @property
    def word(self) -> str:
        return self.place.key

    @property
    def tag(self) -> str:
        """As a BIO tag."""
        return PLAIN if self.name == PLAIN else f"{'B' if self.begins else 'I'}-{self.name}"

    def after(self, before: "Label | None") -> "Label":
        """The same, said after `before` of the same word."""
        if before is None:
            return replace(self, version=1, replaced=None)
        return replace(self, place=before.place, version=before.version + 1, replaced=before.name)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document that has labels: how many of each status, and when the last one was given."""

    document_id: str
    owner: str
    counts: Mapping[Status, int] = field(default_factory=dict)
    at: datetime | None = None


def places_of(words: Words) -> tuple[Place, ...]:
    """The place of each word. Words that stand and read alike are told apart by their order."""
    seen: dict[str, int] = {}
    places = []
    for word in words:
        name = _name_of(word)
        seen[name] = seen.get(name, 0) + 1
        key = name if seen[name] == 1 else f"{name}.{seen[name]}"
        places.append(Place(key, word.page, word.box, word.text))
    return tuple(places)


def _name_of(word: Word) -> str:
    """`<page>-<12 hexadecimal digits>`: the hash of where it stands, to a ten-thousandth of the page, and its text."""
    sides = ",".join(f"{side:.4f}" for side in word.box.sides)
    return f"{word.page}-{hashlib.sha256(f'{sides} {word.text}'.encode('utf-8', 'replace')).hexdigest()[:12]}"
