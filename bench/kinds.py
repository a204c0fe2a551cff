"""The true kind of every real document at ../shared/data that has one: their classes in the words of our thirteen.

`KIND_OF` maps each class name of the two manifests. What is not there has no single kind (packets, photos of several
receipts) and is not scored. Reasons for the less plain ones stand beside them.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

DATA: Final = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[2] / "shared" / "data"))

KIND_OF: Final = {
    # tax/manifest.json, doc_type
    "1098": "1098",
    "1099-INT": "1099-INT",
    "2020 Form 1099-INT": "1099-INT",
    "1099-MISC": "1099-MISC",
    "2020 Form 1099-NEC": "1099-NEC",
    "us_1099": "1099-NEC",  # the blank form there is the IRS's 1099-NEC
    "2020 Form W-2": "W2",
    "us_w2": "W2",
    "us_bank_statement": "bank_statement",
    # forms that are not among the twelve
    **dict.fromkeys(
        ("1098-E", "1098-T", "1099-B", "1099-C", "1099-CAP", "W-8BEN", "W-9", "W9", "us_w9", "us_w8ben", "us_w8bene"),
        "other",
    ),
    **dict.fromkeys(
        ("1040", "us_1040", *(f"1040-schedule-{letter}" for letter in ("A", "B", "D", "E", "EIC"))),
        "other",
    ),
    **dict.fromkeys(("US-mortgage-1003", "US-mortgage-1008", "US-mortgage-closing-disclosure"), "other"),
    **dict.fromkeys(("ca_t4", "ca_t1_general", "ca_cra_noa", "us_paystub"), "other"),
    "us_utility_bill": "other",  # a bill, but its fields (meters, usage) are not an invoice's
    "us_mortgage_statement": "other",  # a loan's statement has neither deposits nor withdrawals
    # business_docs/manifest.json, cls
    "invoice": "invoice",
    "receipt": "receipt",
    "bank_statement": "bank_statement",
    "cheque": "check",
    "credit_card": "other",  # the card itself, not its statement
    "statement_other": "other",  # a homeowners' association's
    "utility_bill": "other",
    "payslip": "other",
    "form": "other",
    "medical_form": "other",
}


class Known(NamedTuple):
    """A document and its true kind; `path` is relative to the data folder, `group` what must stay in one split."""

    path: str
    kind: str
    group: str


def known(data: Path = DATA) -> Iterator[Known]:
    """Every document with a kind: tax, business_docs, zugferd, sroie (training part) and the labelled wildreceipt."""
    for folder, key in (("tax", "doc_type"), ("business_docs", "cls")):
        for entry in json.loads((data / folder / "manifest.json").read_text()):
            kind = KIND_OF.get(entry[key])
            if kind:
                yield Known(f"{folder}/{entry['file']}", kind, entry[key])
    for entry in json.loads((data / "zugferd" / "manifest.json").read_text()):
        yield Known(f"zugferd/pdf/{entry['id']}.pdf", "invoice", entry["group"])
    for path in sorted((data / "sroie" / "train" / "img").iterdir()):
        yield Known(str(path.relative_to(data)), "receipt", "sroie")
    for path in sorted((data / "wildreceipt" / "img").iterdir()):
        yield Known(str(path.relative_to(data)), "receipt", "wildreceipt")
