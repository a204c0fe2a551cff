"""Fields of the zugferd invoices, the attachment ignored: exact per field, rows as F1, seen and unseen groups apart.

    python -m bench.invoices [--labeller rules] [--misses FIELD]

Words come from the PDF's text layer. A value counts only where it is printed: by the manifest's `visible`, and for
values that the manifest does not name by a search of the words. Documents of one invoice number are one group; the
groups in UNSEEN were not looked at while the rules were written.
"""

import argparse
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from bench.kinds import DATA
from recto.app import build, settings
from recto.document.reading import Field, Reading, Table
from recto.reading.paper import opened
from recto.schemas.fields import fields_of

UNSEEN: Final = frozenset(
    {
        "00.123.456.7-2018-1",
        "01.234.567.8-2018-1",
        "FA-2017-0009",
        "R18-31",
        "RE-20151008/504",
        "unstructured__RE-E-974-Hetzner_2016-01-19_R0005532486",
    }
)
VISIBLE: Final = {
    "invoice_id": "invoice_number",
    "invoice_date": "issue_date",
    "invoice_total": "grand_total",
    "total_tax": "tax_total",
    "vendor_name": "seller",
}
"""Our field and the manifest's word for it."""
FIELDS: Final = (
    "invoice_id", "invoice_date", "currency", "sub_total", "total_tax", "invoice_total", "vendor_name", "customer_name"
)  # fmt: skip
SIGNS: Final = {"EUR": ("EUR", "€"), "USD": ("USD", "$"), "GBP": ("GBP", "£"), "CHF": ("CHF", "SFR")}


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice of the corpus: its file, its group, what is printed, its truth."""

    path: Path
    group: str
    visible: Mapping[str, bool]
    truth: Mapping[str, Any]


def invoices(data: Path = DATA) -> Iterator[Invoice]:
    """All invoices that have a truth."""
    folder = data / "zugferd"
    for entry in json.loads((folder / "manifest.json").read_text()):
        truth = folder / "gt" / f"{entry['id']}.json"
        if truth.exists():
            pdf = folder / "pdf" / f"{entry['id']}.pdf"
            yield Invoice(pdf, entry["group"], entry.get("visible", {}), json.loads(truth.read_text()))


def plain(text: str) -> str:
    """Letters and digits, upper case, without accents."""
    bare = unicodedata.normalize("NFKD", text.upper().replace("ß", "SS"))
    return "".join(c for c in bare if c.isalnum())


def truths(truth: Mapping[str, Any]) -> dict[str, str]:
    """The true values by our names, in canonical form."""
    money = {"sub_total": "tax_basis", "total_tax": "tax_total", "invoice_total": "grand_total"}
    found = {name: f"{Decimal(str(truth[key])):.2f}" for name, key in money.items() if truth.get(key) is not None}
    found |= {"invoice_id": truth["invoice_number"], "invoice_date": truth["issue_date"], "currency": truth["currency"]}
    found |= {"vendor_name": truth["seller"].get("name"), "customer_name": truth["buyer"].get("name")}
    return {name: value for name, value in found.items() if value}


def printed(invoice: Invoice, name: str, value: str, text: str) -> bool:
    """Whether the page shows the value."""
    if name in VISIBLE and VISIBLE[name] in invoice.visible:
        return invoice.visible[VISIBLE[name]]
    if name == "currency":
        return any(sign in text.upper() for sign in SIGNS.get(value, (value,)))
    if name == "sub_total":
        return plain(value) in plain(re.sub(r"(?<=\d)[.,' ](?=\d)", "", text))
    return plain(value) in plain(text)


def shown(amount: float, text: str) -> bool:
    """Whether an amount is among the numbers of the page: some truths state lines with tax where the page has none."""
    numbers = re.findall(r"\d[\d.,']*[.,]\d{2}(?!\d)", text)
    return f"{Decimal(str(amount)):.2f}".replace(".", "") in {re.sub(r"\D", "", number) for number in numbers}


SALUTATION: Final = re.compile(r"^(?:herrn?|frau|firma|mr|mrs|ms|mme)\b\.?\s*", re.IGNORECASE)
"""Some truths have the salutation of the address field in the name; who reads a name leaves it out."""


def right(name: str, value: str, field: Field | None) -> bool:
    """Whether a field has the true value: dates and money as values, texts by their letters and digits."""
    if field is None or field.value is None:
        return False
    if isinstance(field.value, Decimal):
        return abs(field.value) == abs(Decimal(value))
    if isinstance(field.value, date):
        return field.value.isoformat() == value
    return plain(str(field.value)) == plain(SALUTATION.sub("", value))


def row_right(cells: Mapping[str, Field], truth: Mapping[str, Any]) -> bool:
    """A row is right when amount and quantity are, and what is said to have been sold is named."""
    for name, key in (("amount", "total"), ("quantity", "quantity")):
        cell = cells.get(name)
        said = cell is not None and cell.value is not None
        if said and truth[key] is not None and abs(Decimal(str(cell.value))) != abs(Decimal(str(truth[key]))):  # type: ignore[union-attr]
            return False
        if name == "amount" and not said:
            return False
    said = plain(str(cells["description"].value)) if "description" in cells else ""
    named = plain(truth["name"] or "")
    return named[:40] in said or (len(said) > 3 and said in named)


def matched(table: Table | None, truth: list[Mapping[str, Any]]) -> tuple[int, int, int]:
    """(right rows, rows read, true rows)."""
    left = list(truth)
    hits = 0
    rows = table.rows if table else ()
    for row in rows:
        found = next((line for line in left if row_right(row.cells, line)), None)
        if found is not None:
            left.remove(found)
            hits += 1
    return hits, len(rows), len(truth)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--labeller", default="rules")
    options.add_argument("--misses", default="")
    chosen = options.parse_args()
    reader = reader_of(chosen.labeller)
    scores: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    rows: dict[bool, list[tuple[int, int, int]]] = defaultdict(list)
    for invoice in invoices():
        reading = reader(invoice.path)
        unseen = invoice.group in UNSEEN
        text = " ".join(word.text for word in reading.words)
        for name, value in truths(invoice.truth).items():
            if printed(invoice, name, value, text):
                ok = right(name, value, reading.field(name))
                scores[name, unseen].append(ok)
                tell(chosen.misses == name and not ok and not unseen, invoice, reading.field(name), value)
        true = [
            line for line in invoice.truth["line_items"] if line["total"] is not None and shown(line["total"], text)
        ]
        if true:
            lines = matched(reading.table("items"), true)
            rows[unseen].append(lines)
            tell(
                chosen.misses == "items" and lines[0] < max(lines) and not unseen,
                invoice,
                reading.table("items"),
                lines,
            )
    report(scores, rows)


def tell(wanted: bool, invoice: Invoice, got: object, value: object) -> None:
    """One line on a miss."""
    if wanted:
        shown = got.value if isinstance(got, Field) else [
            {k: str(c.value)[:40] for k, c in row.cells.items()} for row in got.rows
        ] if isinstance(got, Table) else got  # fmt: skip
        print(f"{invoice.path.stem[-60:]}\n    got {shown}\n    not {value}")


def reader_of(labeller: str) -> Callable[[Path], Reading]:
    """A function from a file to its reading as an invoice by that labeller, text layer only, attachment ignored."""
    app = build(settings(labeller=[labeller], classifier=["rules"]))

    def read(path: Path) -> Reading:
        with opened(path.read_bytes(), path.name) as paper:
            words = tuple(word for sheet in paper.sheets() for word in sheet.page.words)
            document = paper.document
        tags = app.labeller.label([(words, "invoice")])[0]
        return Reading(document, words=words, tags=tags, fields=fields_of("invoice", words, tags))

    return read


def report(scores: Mapping[tuple[str, bool], list[bool]], rows: Mapping[bool, list[tuple[int, int, int]]]) -> None:
    """The table: all, seen, unseen."""
    print(f"{'field':<16}{'all':>14}{'seen groups':>16}{'unseen groups':>16}")
    for name in FIELDS:
        both = [scores[name, False] + scores[name, True], scores[name, False], scores[name, True]]
        print(f"{name:<16}" + "".join(f"{share(values):>{14 if n == 0 else 16}}" for n, values in enumerate(both)))
    every = [rows[False] + rows[True], rows[False], rows[True]]
    print(f"{'line rows F1':<16}" + "".join(f"{f1(counts):>{14 if n == 0 else 16}}" for n, counts in enumerate(every)))


def share(values: list[bool]) -> str:
    return f"{sum(values) / len(values):.3f} of {len(values)}" if values else "-"


def f1(counts: list[tuple[int, int, int]]) -> str:
    hits, read, true = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    return f"{2 * hits / (read + true):.3f} of {true}" if read + true else "-"


if __name__ == "__main__":
    main()
