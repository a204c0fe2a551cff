"""Coarser labels: presets that name several labels one, maps of one's own, and a list of what is allowed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from recto.document.errors import BadRequest, UnknownLabel
from recto.training.example import Example

_AMOUNTS: Final = dict.fromkeys(("LINE_TOTAL", "SUBTOTAL", "TAX", "GRAND_TOTAL"), "AMOUNT")
_DATE_TIME: Final = {"TIME": "DATE"}
PRESETS: Final[Mapping[str, Mapping[str, str]]] = {
    "amounts": _AMOUNTS,
    "date_time": _DATE_TIME,
    "sroie": {**_AMOUNTS, **_DATE_TIME, "PHONE_NUMBER": "ADDRESS", "ADDRESS_LINE": "ADDRESS"},
}
"""The documented presets; what a map does not name stays as it is."""

ALIASES: Final[Mapping[str, str]] = {
    "ADDRESS": "ADDRESS_LINE",
    "BUSINESS_NAME": "MERCHANT_NAME",
    "CARD_NUMBER": "PAYMENT_METHOD",
    "PAYMENT_TYPE": "PAYMENT_METHOD",
}
"""Other names of receipt labels, read on import."""


def mapping(stated: str) -> Mapping[str, str]:
    """A preset by its name, or a map from a JSON file; raises BadRequest."""
    if stated in PRESETS:
        return PRESETS[stated]
    try:
        read = json.loads(Path(stated).read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise BadRequest(f"{stated!r} is neither one of {', '.join(PRESETS)} nor a JSON file: {wrong}") from wrong
    if not isinstance(read, dict) or not all(isinstance(to, str) for to in read.values()):
        raise BadRequest(f"{stated!r} must be one object from label to label")
    return {str(label): to for label, to in read.items()}


def merged(examples: Iterable[Example], names: Mapping[str, str]) -> list[Example]:
    """The examples with labels renamed; neighbouring spans that become one label stay apart by their B-."""
    return [
        replace(
            example,
            tags=tuple(_renamed(tag, names) for tag in example.tags),
            labelled=tuple(dict.fromkeys(names.get(label, label) for label in example.labelled)),
        )
        for example in examples
    ]


def only(examples: Iterable[Example], allowed: Sequence[str]) -> list[Example]:
    """The examples with no other labels than these: the rest becomes `O`."""
    wanted = set(allowed)
    return [
        replace(
            example,
            tags=tuple(tag if tag is None or tag[2:] in wanted else "O" for tag in example.tags),
            labelled=tuple(label for label in example.labelled if label in wanted),
        )
        for example in examples
    ]


def known(tags: Iterable[str | None], labels: Sequence[str], where: str) -> tuple[str | None, ...]:
    """The tags with aliases resolved; raises UnknownLabel for one that the kind does not have."""
    resolved = []
    for tag in tags:
        plain = tag if tag in (None, "O") else f"{tag[:2]}{ALIASES.get(tag[2:], tag[2:])}"  # type: ignore[index]
        if plain not in (None, "O") and (plain[:2] not in ("B-", "I-") or plain[2:] not in labels):
            raise UnknownLabel(f"{where}: {tag!r}")
        resolved.append(plain)
    return tuple(resolved)


def _renamed(tag: str | None, names: Mapping[str, str]) -> str | None:
    return tag if tag is None or tag == "O" else f"{tag[:2]}{names.get(tag[2:], tag[2:])}"
