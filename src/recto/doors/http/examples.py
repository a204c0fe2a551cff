"""The bodies of `/v1/classify` and `/v1/extract` in the OpenAPI document, with examples to be sent as they are."""

import base64
from typing import Any, Final

from recto.doors.http.asking import Ask, AskExtract
from recto.doors.http.sample import PAGE, RECEIPT_ID, Example, answered, named

RECEIPT: Final = f"data:application/pdf;base64,{base64.b64encode(PAGE).decode()}"
FILE: Final = {"type": "array", "items": {"type": "string", "format": "binary"}}
XML: Final = {"type": "string", "format": "binary", "description": "The e-invoice beside an invoice: CII or UBL 2.1."}
BESIDE: Final[dict[type[Ask], Any]] = {AskExtract: {"attachment": XML}}


def body_of(form: type[Ask], plain: dict[str, Example], forms: dict[str, Example]) -> dict[str, dict[str, Any]]:
    """As JSON, or as a form with files in it; the routes read both themselves, so nothing else tells of them."""
    schema = form.model_json_schema()
    fields = {name: in_form(field) for name, field in schema["properties"].items()}
    uploads = {"type": "object", "required": ["file"], "properties": {"file": FILE, **BESIDE.get(form, {}), **fields}}
    content = {
        "application/json": {"schema": schema, "examples": named(plain)},
        "multipart/form-data": {"schema": uploads, "examples": named(forms)},
    }
    return {"requestBody": {"required": True, "content": content}}


def in_form(field: dict[str, Any]) -> dict[str, Any]:
    """A field as a form carries it: several values are one text."""
    if field.get("type") != "array":
        return field
    return {"type": "string", "description": f"{field['description']} Several are separated by spaces."}


CLASSIFIED: Final = {
    "type": "receipt",
    "confidence": 0.998,
    "reasoning": "The page says 'receipt', 'cash', 'change'.",
    "latency_ms": 11.4,
    "engine": {"name": "layout-kinds", "version": "0.1.0"},
}
EXTRACTED: Final = {
    "data": {"merchant_name": "GREEN TEA HOUSE", "transaction_date": "2024-03-14", "subtotal": "9.00", "total": "9.00"},
    "confidence": 0.679,
    "doc_type": "receipt",
    "page_count": 1,
    "classified": CLASSIFIED,
    "fields": [
        {
            "name": "total",
            "value": "9.00",
            "type": "money",
            "raw": "9.00",
            "confidence": 0.9395,
            "page": 1,
            "boxes": [[0.187, 0.214, 0.224, 0.225]],
            "grounding": "grounded",
            "vouched": True,
        }
    ],
    "checks": [{"name": "subtotal_to_total", "outcome": "pass", "inputs": ["subtotal", "total"]}],
    "decision": {
        "outcome": "straight_through",
        "reasons": [],
        "withheld": ["change: confidence 0.72 is under 0.80"],
    },
    "engines": {"extractor": {"name": "layoutlm-onnx", "version": "0.1.0"}},
    "latency_ms": 34.2,
}
CLASSIFY: Final = answered(200, CLASSIFIED) | body_of(
    Ask,
    {
        "receipt": ("A page in the request itself", {"image_urls": [RECEIPT]}),
        "prompted": (
            "With a word for engines that read prompts",
            {"image_urls": [RECEIPT], "prompt": "The customer runs a tea house."},
        ),
        "here": ("A document that was brought before", {"documents": [RECEIPT_ID]}),
    },
    {"file": ("A file", {"file": ["receipt.pdf"]})},
)
EXTRACT: Final = answered(200, EXTRACTED) | body_of(
    AskExtract,
    {
        "receipt": ("A page in the request itself", {"image_urls": [RECEIPT]}),
        "known": (
            "Of a kind that is known, with the words that were read",
            {"image_urls": [RECEIPT], "doc_type": "receipt", "raw_ocr": True},
        ),
        "here": ("A document that was brought before", {"documents": [RECEIPT_ID]}),
    },
    {"file": ("A file of a kind that is known", {"file": ["receipt.pdf"], "doc_type": "receipt"})},
)
