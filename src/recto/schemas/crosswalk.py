"""Readings in the shapes of other services' answers, and those answers as our fields."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from recto.document.errors import BadRequest
from recto.document.page import Page
from recto.document.reading import Field, Table
from recto.schemas.catalog import schema_of
from recto.schemas.dialects import azure, google, textract
from recto.schemas.schema import Dialect, Schema

_Items = Sequence[Field | Table]
_WRITE: Final[Mapping[str, Callable[[_Items, Schema, Sequence[Page]], dict[str, Any]]]] = {
    "azure": azure.written,
    "textract": textract.written,
    "google": google.written,
}
_UNDERSTAND: Final[Mapping[str, Callable[[Mapping[str, Any], Schema], tuple[Field | Table, ...]]]] = {
    "azure": azure.understood,
    "textract": textract.understood,
    "google": google.understood,
}


def to_dialect(
    fields: Sequence[Field | Table], kind: str, dialect: Dialect, pages: Sequence[Page] = ()
) -> dict[str, Any]:
    """The top-level keys of that service's answer: `documents`, `ExpenseDocuments` or `Results`, `entities`.

    What the service has no name for is not lost: Azure and Google get our name in their spelling, Textract the type
    OTHER with our name as its label.
    """
    return _WRITE[_known(dialect)](fields, schema_of(kind), pages)


def from_dialect(answer: Mapping[str, Any], kind: str, dialect: Dialect) -> tuple[Field | Table, ...]:
    """Our fields from that service's answer; raises BadRequest where it is not one. Its places are its own OCR's."""
    try:
        return _UNDERSTAND[_known(dialect)](answer, schema_of(kind))
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as wrong:
        raise BadRequest(f"this is not an answer of {dialect}: {wrong!r}") from wrong


def _known(dialect: str) -> str:
    if dialect not in _WRITE:
        raise BadRequest(f"names are recto, {', '.join(_WRITE)}; not {dialect!r}")
    return dialect
