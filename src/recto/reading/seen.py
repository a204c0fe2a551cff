"""A page together with the words that were seen on it, and the compact form in which a memory keeps it."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from recto.document.box import Box
from recto.document.job import Payload
from recto.document.page import Page, Quality, Word, Words
from recto.document.reading import Fault


@dataclass(frozen=True, slots=True)
class Seen:
    """One page and its words, numbered by that page. `fault` is why it could not be looked at."""

    page: Page
    words: Words
    fault: Fault | None = None


def seen_json(seen: Seen) -> Payload:
    """All of it but the text layer's own words, which the file still has."""
    page = seen.page
    return {
        "page": [page.number, page.width, page.height, page.text_layer, page.turn],
        "quality": None if page.quality is None else asdict(page.quality),
        "words": [[word.text, list(word.box.sides), word.line, word.confidence] for word in seen.words],
    }


def seen_from_json(stored: Payload) -> Seen:
    """The inverse of `seen_json`."""
    answer: Any = stored  # it was written by seen_json, so its shape is known
    number, width, height, text_layer, turn = answer["page"]
    quality = Quality(**answer["quality"]) if answer.get("quality") else None
    page = Page(number, width, height, text_layer=text_layer, turn=turn, quality=quality)
    words = tuple(
        Word(text, Box(*sides), page=number, line=line, confidence=confidence)
        for text, sides, line, confidence in answer["words"]
    )
    return Seen(page, words)


def numbered(words: Words, page: int) -> Words:
    """The words as standing on that page."""
    return tuple(replace(word, page=page) for word in words)
