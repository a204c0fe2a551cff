"""Values and their canonical text: what JSON shows, and back again without loss."""

from datetime import date, time
from decimal import Decimal, InvalidOperation

from recto.document.reading import Value

_NUMBERS = {"money", "number", "quantity", "percentage"}


def canonical(value: Value) -> str | None:
    """Money and numbers without grouping (`1234.50`), dates and times in ISO 8601, booleans `true` and `false`.

    Money always has two decimals or more, because its `Decimal` has; see `money.money_of`.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat()


def restored(type_: str, text: str | None) -> Value:
    """The value whose canonical text this is. A text that is none of its type's stays text."""
    if text is None:
        return None
    try:
        return _restored(type_, text)
    except (InvalidOperation, ValueError):
        return text


def _restored(type_: str, text: str) -> Value:
    if type_ in _NUMBERS:
        return Decimal(text)
    if type_ == "date":
        return date.fromisoformat(text)
    if type_ == "time":
        return time.fromisoformat(text)
    if type_ == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
