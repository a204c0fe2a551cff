"""Whether letters were written by a person or came out of a font without a key. In the reading process."""

import unicodedata

WRONG = 0.1
"""A text layer with at least this share of characters that nobody writes is garbage."""

NOBODYS = ("Cc", "Cn", "Co", "Cs")
"""Unicode categories of controls, unassigned, private and surrogate characters."""


def garbled(words: list[str]) -> bool:
    """Whether the text as a whole is not what the page shows."""
    text = "".join(words)
    wrong = sum(character == "\ufffd" or unicodedata.category(character) in NOBODYS for character in text)
    return wrong >= WRONG * len(text) or "(cid:" in text
