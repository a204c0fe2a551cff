"""The labelled samples among the tax forms and mixed business documents: for evaluation only.

`*.fields.json` are Azure's (`{"PayerName": "…"}`, check boxes as `selected`), `hand_gt/*.json` were written by hand.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from recto.training.example import Example
from recto.training.sources.documents import read_words
from recto.training.sources.stated import Statement
from recto.training.sources.stated import examples as found_in

FORM_1099: Final = {
    "PayerName": "payer.name",
    "PayerAddress": "payer.address",
    "PayerTIN": "payer.tin",
    "RecipientName": "recipient.name",
    "RecipientAddress": "recipient.address",
    "RecipientTIN": "recipient.tin",
    "AccountNumber": "recipient.account_number",
    "Rents": "rents",
    "Royalties": "royalties",
    "OtherIncome": "other_income",
    "FederalIncomeTaxWithheld": "federal_income_tax_withheld",
    "FishingBoatProceeds": "fishing_boat_proceeds",
    "MedicalHealthCarePayments": "medical_and_health_care_payments",
    "SubstitutePayments": "substitute_payments",
    "CropInsuranceProceeds": "crop_insurance_proceeds",
    "GrossProceedsAttorney": "gross_proceeds_paid_to_an_attorney",
    "FishResale": "fish_purchased_for_resale",
    "409ADeferrals": "section_409a_deferrals",
    "ExcessGoldenParachutePayments": "excess_golden_parachute_payments",
    "NonqualifiedDeferredCompensation": "nonqualified_deferred_compensation",
}
"""Azure's names of the boxes of a 1099-MISC as ours."""

INVOICE: Final = {"Receipt No": "invoice_id", "Sold To": "customer_name", "ID #": "customer_id"}

CHEQUE: Final = {
    "payer": "payer_name",
    "payer_address": "payer_address",
    "payee": "pay_to",
    "date": "check_date",
    "amount": "number_amount",
    "amount_words": "word_amount",
    "check_number": "check_number",
}
STATEMENT: Final = {
    "bank": "bank_name",
    "holder_name": "account_holder_name",
    "account_name": "account_holder_name",
    "holder_address": "account_holder_address",
    "account_number": "account_number",
    "beginning_balance": "beginning_balance",
    "total_checks": "total_checks",
}
NAMES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "1099-MISC": ("1099-MISC", FORM_1099),
    "invoice": ("invoice", INVOICE),
    "cheque": ("check", CHEQUE),
    "bank_statement": ("bank_statement", STATEMENT),
}
"""The class of a manifest: our kind, and its names as ours."""


def examples(data: Path, cache: Path) -> list[Example]:
    """The labelled documents of `tax` and `business_docs` whose words stand in `cache`."""
    return found_in(list(statements(data)), dict(read_words(cache)))


def statements(data: Path) -> Iterator[Statement]:
    """What is said of each labelled document of one of our kinds."""
    for folder, key in (("tax", "doc_type"), ("business_docs", "cls")):
        for entry in json.loads((data / folder / "manifest.json").read_text(encoding="utf-8")):
            truth = entry.get("ground_truth")
            if truth and entry[key] in NAMES:
                kind, names = NAMES[entry[key]]
                said = json.loads((data / folder / truth).read_text(encoding="utf-8"))
                values = dict(_values(said, names))
                yield Statement(
                    f"{folder}/{entry['file']}", kind, values, entry["file"], "vendors", _quality(entry["file"])
                )


def _values(said: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for name, value in said.items():
        if name in names and isinstance(value, str) and value not in ("selected", "unselected"):
            yield names[name], value
    if rows := [_cheque(row) for row in said.get("checks", ())]:
        yield "checks", rows


def _cheque(row: Mapping[str, str]) -> dict[str, str]:
    return {"date": row["date"], "number": row["number"].strip("*"), "amount": row["amount"]}


def _quality(name: str) -> Any:
    return "photo" if "mindee" in name else "scan" if name.endswith((".jpg", ".png")) else "clean"
