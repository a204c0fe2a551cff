"""The JSON of a label, and the times in it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast, get_args

from recto.document.box import Box
from recto.document.errors import BadRequest
from recto.document.label import PLAIN, Label, Place, Source, Status
from recto.document.page import Word
from recto.schemas.labels import imported


def label_json(label: Label) -> dict[str, Any]:
    """Everything of a label; `label` is its name without B- or I-."""
    place = label.place
    return {
        "word": place.key,
        "page": place.page,
        "box": list(place.box.sides),
        "text": place.text,
        "label": label.name,
        "begins": label.begins,
        "status": label.status,
        "source": label.source,
        "by": label.by,
        "reason": label.reason,
        "confidence": label.confidence,
        **({"among": list(label.among)} if label.among else {}),
        "at": instant_text(label.at),
        "version": label.version,
        "replaced": label.replaced,
    }


def label_from_json(stated: Mapping[str, Any], kind: str, place: Place | None = None) -> Label:
    """The inverse, at the given place or the one that is stated. Raises UnknownLabel and BadRequest."""
    try:
        return Label(
            place=place or place_from(stated),
            name=imported(str(stated["label"]), kind),
            source=cast(Source, one_of(Source, stated.get("source", "import"))),
            status=cast(Status, one_of(Status, stated.get("status", "VALID"))),
            at=instant_of(str(stated["at"])) if "at" in stated else datetime.now(UTC),
            begins=bool(stated.get("begins", True)),
            by=str(stated.get("by", "")),
            reason=str(stated.get("reason", "")),
            confidence=stated.get("confidence"),
            among=tuple(imported(str(name), kind) for name in stated.get("among", ())),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise BadRequest(f"a label: {wrong!r}") from wrong


def place_from(stated: Mapping[str, Any]) -> Place:
    left, top, right, bottom = (float(side) for side in stated["box"])
    return Place(str(stated["word"]), int(stated["page"]), Box(left, top, right, bottom), str(stated["text"]))


def named(tag_or_label: str, kind: str) -> tuple[str, bool | None]:
    """A label and whether it begins a value: of `B-TAX`, `I-TAX`, or of `TAX`, which does not say. UnknownLabel."""
    known = tag_or_label.strip()
    if known[:2] in ("B-", "I-"):
        return imported(known[2:], kind), known[0] == "B"
    return imported(known, kind), None if known != PLAIN else True


def one_of(choices: object, value: object) -> str:
    """The value, where it is one of a Literal's; raises BadRequest."""
    if value not in get_args(choices):
        raise BadRequest(f"{value!r} is none of {', '.join(get_args(choices))}")
    return str(value)


def instant_of(text: str) -> datetime:
    """An ISO 8601 time that ends in `Z` or has an offset, in UTC. Raises BadRequest, also where it says no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise BadRequest(f"{text!r} is no ISO 8601 time such as 2026-01-31T12:00:00Z") from wrong
    if moment.tzinfo is None:
        raise BadRequest(f"{text!r} says no time zone: end it in Z or an offset such as +08:00")
    return moment.astimezone(UTC)


def instant_text(moment: datetime) -> str:
    """ISO 8601 in UTC, ending in Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def word_json(word: Word) -> dict[str, Any]:
    """As a line of labels states a word."""
    return {
        "text": word.text,
        "box": list(word.box.sides),
        "page": word.page,
        "line": word.line,
        "confidence": word.confidence,
    }
