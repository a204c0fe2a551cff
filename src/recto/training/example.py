"""The one shape that every source of training data takes: words, their true tags, and the true fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from recto.document.page import Words

Quality = Literal["clean", "scan", "photo"]
Truth = str | list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Example:
    """One document with its truth.

    `tags` holds one BIO tag a word, in the words' order; None where the truth does not say, and then the word carries
    none of the labels in `labelled` (a source that knows four labels says nothing of the others).
    `fields` are the true values in canonical form by field name; a table is a list of rows.
    `ignored` are words (by index) of which the truth says nothing at all: neither learned from nor scored.
    `group` is the vendor or template: a split never parts a group. `altered` names what was made wrong on purpose.
    """

    id: str
    kind: str
    words: Words
    tags: tuple[str | None, ...]
    labelled: tuple[str, ...]
    fields: Mapping[str, Truth] = field(default_factory=dict)
    group: str = ""
    source: str = ""
    quality: Quality = "clean"
    altered: tuple[str, ...] = ()
    ignored: tuple[int, ...] = ()
