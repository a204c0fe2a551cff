"""Readings in the shapes of other services' answers, and those answers as our fields."""

from collections.abc import Sequence
from typing import Any

from recto.document.errors import BadRequest
from recto.document.reading import Field, Table
from recto.schemas.schema import Dialect


def to_dialect(fields: Sequence[Field | Table], kind: str, dialect: Dialect) -> dict[str, Any]:
    """The top-level keys of that service's answer."""
    raise BadRequest(f"{dialect}: not yet spoken")
