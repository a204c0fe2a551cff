"""Checks."""

from collections.abc import Sequence

from recto.document.page import Words
from recto.document.reading import Check, Field, Table


def check(kind: str, fields: Sequence[Field | Table], words: Words) -> tuple[Check, ...]:
    """To come."""
    return ()
