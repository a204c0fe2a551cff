"""Invoices with their true content in an attachment, read from the page alone: for evaluation only.

Format: `gt/*.json` is the attachment's content, `manifest.json` tells what of it is printed (`visible`) and which
invoices are one sample family (`group`).
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from recto.training.example import Example
from recto.training.sources.documents import read_words
from recto.training.sources.stated import Statement
from recto.training.sources.stated import examples as found_in

TEXTS: Final = {
    "invoice_number": "invoice_id",
    "issue_date": "invoice_date",
    "due_date": "due_date",
    "delivery_date": "delivery_date",
}
AMOUNTS: Final = {
    "tax_basis": "sub_total",
    "tax_total": "total_tax",
    "grand_total": "invoice_total",
    "due_payable": "amount_due",
}
LINE: Final = {"name": "description", "quantity": "quantity", "unit_price": "unit_price", "total": "amount"}
TAX: Final = {"rate": "rate", "basis": "net_amount", "amount": "amount"}
PRINTED: Final = {
    "invoice_id": "invoice_number",
    "invoice_date": "issue_date",
    "invoice_total": "grand_total",
    "total_tax": "tax_total",
    "amount_due": "due_payable",
    "vendor_name": "seller",
}
"""Our field and the manifest's word for whether it is printed."""


def examples(data: Path, cache: Path) -> list[Example]:
    """The invoices that have a truth and whose words stand in `cache`."""
    return found_in(list(statements(data)), dict(read_words(cache)))


def statements(data: Path) -> Iterator[Statement]:
    """What is said of each invoice and printed on it, as far as the manifest knows."""
    folder = data / "zugferd"
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        truth = folder / "gt" / f"{entry['id']}.json"
        if truth.is_file():
            visible = entry.get("visible", {})
            values = dict(_values(json.loads(truth.read_text(encoding="utf-8"))))
            shown = {name: value for name, value in values.items() if visible.get(PRINTED.get(name, ""), True)}
            yield Statement(f"zugferd/pdf/{entry['id']}.pdf", "invoice", shown, entry["group"], "zugferd")


def _values(truth: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, ours in TEXTS.items():
        if truth.get(name):
            yield ours, truth[name]
    for name, ours in AMOUNTS.items():
        if truth.get(name) is not None:
            yield ours, _amount(truth[name])
    for party, ours in (("seller", "vendor_name"), ("buyer", "customer_name")):
        if truth.get(party, {}).get("name"):
            yield ours, truth[party]["name"]
    for name, table, columns in (("line_items", "items", LINE), ("taxes", "tax_details", TAX)):
        if rows := [_row(row, columns) for row in truth.get(name) or ()]:
            yield table, rows


def _row(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, str]:
    cells = {ours: row.get(name) for name, ours in columns.items()}
    return {name: cell if isinstance(cell, str) else _number(cell) for name, cell in cells.items() if cell is not None}


def _amount(value: float) -> str:
    return f"{Decimal(str(value)):.2f}"


def _number(value: float) -> str:
    """`20.0` as `20`, `9.9` as `9.9`."""
    return f"{Decimal(str(value)).normalize():f}"
