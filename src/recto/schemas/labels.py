"""Label names: aliases on import, presets and maps that merge labels, and refusal of unknown ones."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from recto.document.errors import BadRequest, UnknownLabel
from recto.schemas.catalog import labels_of

ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ADDRESS": "ADDRESS_LINE",
        "BUSINESS_NAME": "MERCHANT_NAME",
        "CARD_NUMBER": "PAYMENT_METHOD",
        "PAYMENT_TYPE": "PAYMENT_METHOD",
    }
)
_AMOUNTS = dict.fromkeys(("LINE_TOTAL", "SUBTOTAL", "TAX", "GRAND_TOTAL"), "AMOUNT")
_DATE_TIME = {"TIME": "DATE"}
_SROIE = _AMOUNTS | _DATE_TIME | {"PHONE_NUMBER": "ADDRESS", "ADDRESS_LINE": "ADDRESS"}
PRESETS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"amounts": _AMOUNTS, "date_time": _DATE_TIME, "sroie": _SROIE}
)


def imported(label: str, kind: str = "receipt") -> str:
    """The label of this kind that a foreign or older name stands for; raises UnknownLabel.

    `O` stays. Receipt labels are told without regard to case; other kinds know their fields' aliases (`box_1`).
    """
    if label == "O":
        return label
    known = labels_of(kind)
    upper = label.strip().upper().replace(" ", "_").replace("-", "_")
    for candidate in (label, ALIASES.get(upper, upper), label.lower()):
        if candidate in known:
            return candidate
    raise UnknownLabel(f"{label!r} is not a label of {kind}")


def merge_of(preset_or_json: str) -> Mapping[str, str]:
    """The merge that `amounts`, `date_time`, `sroie`, or a JSON object of label to label, stands for."""
    if preset_or_json in PRESETS:
        return PRESETS[preset_or_json]
    try:
        read = json.loads(preset_or_json)
    except json.JSONDecodeError as wrong:
        names = ", ".join(PRESETS)
        raise BadRequest(f"a merge is one of {names}, or a JSON object of label to label") from wrong
    if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
        raise BadRequest("a merge in JSON is an object whose values are labels")
    return read


def merged(tag: str, merge: Mapping[str, str]) -> str:
    """A BIO tag after the merge: `B-TAX` under `amounts` is `B-AMOUNT`."""
    if tag == "O":
        return tag
    return tag[:2] + merge.get(tag[2:], tag[2:])
