"""What family a field or a label belongs to, which is how the pages colour it, and what people call it and its kind."""

from functools import cache
from typing import Final

from recto.document.reading import Reading
from recto.schemas.catalog import kinds, schema_of
from recto.schemas.schema import FieldSpec
from recto.schemas.spoken import spoken

FAMILIES: Final = {
    "party": "Names and addresses",
    "date": "Dates and times",
    "amount": "Amounts",
    "item": "Rows",
    "number": "Numbers and accounts",
    "other": "Other",
}
"""Each family and what the legend calls it."""

BY_TYPE: Final = {
    "name": "party",
    "address": "party",
    "phone": "party",
    "country": "party",
    "state": "party",
    "date": "date",
    "time": "date",
    "year": "date",
    "money": "amount",
    "percentage": "amount",
    "currency": "amount",
    "ssn": "number",
    "ein": "number",
    "tin": "number",
    "account": "number",
    "card": "number",
    "iban": "number",
    "routing": "number",
    "number": "number",
}
ABOUT_A_PARTY: Final = {"WEBSITE", "STORE_HOURS"}
ABOUT_A_NUMBER: Final = {"LOYALTY_ID"}


def family_of_type(type_: str) -> str:
    return BY_TYPE.get(type_, "other")


@cache
def family_of_label(kind: str, label: str) -> str:
    """The family of the field that words of this label become; all columns of a table are one family."""
    if label in ABOUT_A_PARTY:
        return "party"
    if label in ABOUT_A_NUMBER:
        return "number"
    for path, spec in schema_of(kind).every_spec() if kind in kinds() else ():
        if label in spec.tags:
            return "item" if "." in path and schema_of(kind).table(path.split(".")[0]) else family_of_type(spec.type)
    return "other"


def label_of(kind: str, path: str) -> str:
    """What a person calls a field: its schema's own label, else its name in plain words."""
    spec: FieldSpec | None = schema_of(kind).spec(path) if kind in kinds() else None
    return (spec.label if spec and spec.label else "") or spoken(path.split(".")[-1])


def kind_said(kind: str) -> str:
    """`1099-INT` -> `Form 1099-INT`, `bank_statement` -> `Bank statement`: the beginning of its schema's title."""
    return schema_of(kind).title.partition(",")[0] if kind in kinds() else spoken(kind)


def said_kind(reading: Reading) -> str:
    """What a file is: the kind of its document, or how many documents it holds."""
    if reading.parts:
        return f"{len(reading.parts)} documents"
    return kind_said(reading.kind.kind) if reading.kind else ""
