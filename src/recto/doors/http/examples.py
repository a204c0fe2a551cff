"""The bodies of `/v1/classify` and `/v1/extract` in the OpenAPI document, with examples to be sent as they are."""

import base64
from collections.abc import Sequence
from typing import Any, Final

from recto.doors.http.asking import Ask, AskExtract

LINES: Final = (
    "GREEN TEA HOUSE",
    "12 Harbour Road, Springfield",
    "Date: 14/03/2024  Time: 12:31",
    "RECEIPT NO. 4711",
    "Jasmine tea 4.50",
    "Scone with cream 4.50",
    "SUBTOTAL 9.00",
    "TOTAL 9.00",
    "CASH 10.00  CHANGE 1.00",
    "Thank you, come again",
)


def page_of(lines: Sequence[str]) -> bytes:
    """A PDF of one page with these lines as its text layer (ISO 32000-1); it needs no OCR."""
    shown = "".join(f"1 0 0 1 72 {740 - 18 * row} Tm ({line}) Tj " for row, line in enumerate(lines))
    content = f"BT /F 12 Tf {shown}ET"
    bodies = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    out, places = "%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(bodies) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n"
    return f"{out}{out.index('xref')}\n%%EOF\n".encode("latin-1")


RECEIPT: Final = f"data:application/pdf;base64,{base64.b64encode(page_of(LINES)).decode()}"
FILE: Final = {"type": "array", "items": {"type": "string", "format": "binary"}}


def body_of(form: type[Ask], examples: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """As JSON, or as a form with files in it; the routes read both themselves, so nothing else tells of them."""
    schema = form.model_json_schema()
    plain = {name: in_form(field) for name, field in schema["properties"].items()}
    shown = {name: {"summary": one.pop("summary"), "value": one} for name, one in examples.items()}
    uploads = {"type": "object", "required": ["file"], "properties": {"file": FILE, **plain}}
    content = {
        "application/json": {"schema": schema, "examples": shown},
        "multipart/form-data": {"schema": uploads},
    }
    return {"requestBody": {"required": True, "content": content}}


def in_form(field: dict[str, Any]) -> dict[str, Any]:
    """A field as a form carries it: several values are one text."""
    if field.get("type") != "array":
        return field
    return {"type": "string", "description": f"{field['description']} Several are separated by spaces."}


CLASSIFY: Final = body_of(
    Ask,
    {
        "receipt": {"summary": "A page in the request itself", "image_urls": [RECEIPT]},
        "prompted": {
            "summary": "With a word for engines that read prompts",
            "image_urls": [RECEIPT],
            "prompt": "The customer runs a tea house.",
        },
    },
)
EXTRACT: Final = body_of(
    AskExtract,
    {
        "receipt": {"summary": "A page in the request itself", "image_urls": [RECEIPT]},
        "known": {
            "summary": "Of a kind that is known, with the words that were read",
            "image_urls": [RECEIPT],
            "doc_type": "receipt",
            "raw_ocr": True,
        },
    },
)
