"""A receipt of six words that the tests of labels share."""

from datetime import UTC, datetime

from recto.document.box import Box
from recto.document.page import Document, Page, Word
from recto.document.reading import Guess, Reading, Tag
from recto.document.record import Record

TEXTS = (("LOTUS", 0), ("SHOP", 0), ("TEA", 1), ("9.00", 1), ("TOTAL", 2), ("9.00", 2))
WORDS = tuple(
    Word(text, Box(0.1 + 0.2 * (at % 2), 0.1 * line + 0.1, 0.2 + 0.2 * (at % 2), 0.1 * line + 0.15), 1, line, 0.9)
    for at, (text, line) in enumerate(TEXTS)
)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DOCUMENT = Document("d" * 64, "lotus.png", "image/png", 1)


def tags(*names, confidence=0.9):
    return tuple(Tag(name, confidence) for name in names)


GUESSED = tags("B-MERCHANT_NAME", "I-MERCHANT_NAME", "B-PRODUCT_NAME", "B-GRAND_TOTAL", "O", "B-GRAND_TOTAL")
READING = Reading(DOCUMENT, (Page(1, 600, 800),), WORDS, Guess("receipt", 0.9), GUESSED)
RECORD = Record(DOCUMENT, "read", reading=READING)
