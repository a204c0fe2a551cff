"""Answers of three other services become our fields, and our fields become such answers."""

import json
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from recto.document.box import Box
from recto.document.errors import BadRequest
from recto.document.kinds import KINDS
from recto.document.page import Document
from recto.document.reading import Field, Guess, Reading, Row, Table
from recto.schemas.catalog import schema_of
from recto.schemas.crosswalk import from_dialect, to_dialect
from recto.schemas.json import reading_json
from recto.schemas.values import canonical

ANSWERS = Path(__file__).parent / "answers"
DIALECTS = ("azure", "textract", "google")


def answer(name):
    return json.loads((ANSWERS / f"{name}.json").read_text(encoding="utf-8"))


def values(items):
    """{path: canonical value} of all fields and cells."""
    found = {}
    for item in items:
        if isinstance(item, Field):
            found[item.name] = canonical(item.value)
        else:
            for number, row in enumerate(item.rows):
                found |= {f"{item.name}[{number}].{name}": canonical(cell.value) for name, cell in row.cells.items()}
    return found


def test_an_azure_receipt_is_understood():
    items = from_dialect(answer("azure_receipt"), "receipt", "azure")
    found = values(items)
    assert found["merchant_name"] == "Harbour Tea House"
    assert found["transaction_date"] == "2024-03-09"
    assert found["transaction_time"] == "13:05:00"
    assert (found["subtotal"], found["total_tax"], found["total"]) == ("18.50", "1.48", "19.98")
    assert (found["items[0].quantity"], found["items[0].price"], found["items[1].total_price"]) == ("2", "6.25", "6.00")
    merchant = items[0]
    assert merchant.boxes == (Box(0.1, 0.02, 0.5, 0.05),)
    assert merchant.confidence == 0.97
    assert next(item for item in items if item.name == "total").currency == "USD"


def test_an_azure_w2_is_understood():
    found = values(from_dialect(answer("azure_w2"), "W2", "azure"))
    assert found["employee.social_security_number"] == "123-45-6789"
    assert found["wages_tips_and_other_compensation"] == "52000.50"
    assert found["is_retirement_plan"] == "true"
    assert found["state_tax_infos[0].state_wages_tips_etc"] == "52000.50"


def test_an_azure_bank_statement_gives_up_its_nesting():
    found = values(from_dialect(answer("azure_bank_statement"), "bank_statement", "azure"))
    assert (found["account_number"], found["beginning_balance"]) == ("0012345678", "100.00")
    assert (found["transactions[0].date"], found["transactions[0].deposit_amount"]) == ("2024-01-05", "1200.25")


def test_a_textract_invoice_is_understood_with_types_of_our_own():
    found = values(from_dialect(answer("textract_invoice"), "invoice", "textract"))
    assert (found["vendor_name"], found["invoice_id"], found["invoice_date"]) == (
        "Nordwind GmbH",
        "RE-2024-017",
        "2024-03-04",
    )
    assert (found["sub_total"], found["total_tax"], found["invoice_total"]) == ("1200.00", "228.00", "1428.00")
    assert (found["items[0].description"], found["items[0].amount"]) == ("Beratung", "1200.00")


def test_a_textract_lending_w2_is_understood():
    found = values(from_dialect(answer("textract_w2"), "W2", "textract"))
    assert (found["employee.name"], found["wages_tips_and_other_compensation"]) == ("ADA FIELDS", "52000.50")
    assert found["is_retirement_plan"] == "true"
    assert (found["state_tax_infos[0].state"], found["state_tax_infos[1].state"]) == ("CA", "NV")
    assert found["state_tax_infos[0].state_income_tax"] == "2100.00"


def test_a_google_invoice_is_understood():
    found = values(from_dialect(answer("google_invoice"), "invoice", "google"))
    assert (found["vendor_name"], found["invoice_date"]) == ("Petit Atelier SARL", "2024-03-04")
    assert (found["invoice_total"], found["sub_total"]) == ("1428.00", "1190.00")
    assert found["items[0].amount"] == "1190.00"
    assert found["payment_details[0].iban"] == "FR7630006000011234567890189"
    assert (found["tax_details[0].rate"], found["tax_details[0].amount"]) == ("20", "238.00")


@pytest.mark.parametrize(
    ("name", "kind", "dialect"),
    [
        ("azure_receipt", "receipt", "azure"),
        ("azure_w2", "W2", "azure"),
        ("azure_bank_statement", "bank_statement", "azure"),
        ("textract_invoice", "invoice", "textract"),
        ("textract_w2", "W2", "textract"),
        ("google_invoice", "invoice", "google"),
    ],
)
def test_an_answer_comes_back_with_the_same_values(name, kind, dialect):
    items = from_dialect(answer(name), kind, dialect)
    assert from_dialect(to_dialect(items, kind, dialect), kind, dialect) == items


SAMPLES = {
    "money": (Decimal("1234.50"), "$1,234.50"),
    "number": (Decimal("3"), "3"),
    "quantity": (Decimal("2"), "2"),
    "percentage": (Decimal("7.25"), "7.25%"),
    "date": (date(2024, 3, 4), "2024-03-04"),
    "time": (time(13, 5), "13:05"),
    "year": ("2023", "2023"),
    "boolean": (True, "X"),
    "phone": ("+15105550123", "+1 510-555-0123"),
    "ssn": ("123-45-6789", "123-45-6789"),
    "ein": ("12-3456789", "12-3456789"),
    "tin": ("12-3456789", "12-3456789"),
    "account": ("000123456789", "000123456789"),
    "card": ("4111111111111111", "4111111111111111"),
    "iban": ("DE89370400440532013000", "DE89370400440532013000"),
    "bic": ("DEUTDEFF500", "DEUTDEFF500"),
    "routing": ("121000358", "121000358"),
    "magnetic": ("0570619448", "0570619448"),
    "currency": ("USD", "USD"),
    "country": ("US", "US"),
    "state": ("CA", "CA"),
    "address": ("1 Main St, Springfield, CA 90210", "1 Main St, Springfield, CA 90210"),
}


def sample(spec):
    value, raw = SAMPLES.get(spec.type, (f"Some {spec.name}", f"Some {spec.name}"))
    currency = "USD" if spec.type == "money" else None
    box = (Box(0.25, 0.5, 0.75, 0.625),)
    return Field(spec.name, value, spec.type, raw, "grounded", 0.5, currency, 1, box)


def whole(kind):
    """A document with every field of its kind, and two rows in each table."""
    schema = schema_of(kind)
    tables = (Table(t.name, (Row({c.name: sample(c) for c in t.columns}),) * 2) for t in schema.tables)
    return (*(sample(spec) for spec in schema.fields), *tables)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_survives_every_dialect(kind, dialect):
    back = from_dialect(json.loads(json.dumps(to_dialect(whole(kind), kind, dialect))), kind, dialect)
    assert values(back) == values(whole(kind))


def test_the_json_of_a_reading_speaks_the_dialect_instead_of_fields():
    reading = Reading(Document("a" * 64, "a.pdf", "application/pdf", 1), kind=Guess("W2", 0.9), fields=whole("W2"))
    spoken = reading_json(reading, names="azure")
    assert "fields" not in spoken
    employee = spoken["documents"][0]["fields"]["Employee"]["valueObject"]
    assert employee["SocialSecurityNumber"]["valueString"] == "***-**-6789"
    assert employee["SocialSecurityNumber"]["content"] == "***-**-6789"


def test_something_else_than_an_answer_is_refused():
    with pytest.raises(BadRequest):
        from_dialect({"documents": []}, "receipt", "azure")
