"""The receipt that the examples of the OpenAPI document are about: who brings it can send them as they are."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from fastapi import Body

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


PAGE: Final = page_of(LINES)
"""The bytes of `receipt.pdf`."""
RECEIPT_ID: Final = hashlib.sha256(PAGE).hexdigest()
TEA, SUBTOTAL, TOTAL, CASH = "1-7ff4ff405191", "1-edc562e5e7e1", "1-c6d8dda09362", "1-1ef54139e61e"
"""Keys of its words `Jasmine`, `9.00` behind SUBTOTAL, `9.00` behind TOTAL, and `CASH`."""

Example = tuple[str, dict[str, Any]]
"""What it is about, and what is sent."""


def named(examples: dict[str, Example]) -> dict[str, Any]:
    """As the OpenAPI document has them."""
    return {name: {"summary": summary, "value": value} for name, (summary, value) in examples.items()}


def answered(status: int, example: dict[str, Any]) -> dict[str, Any]:
    """What an answer looks like, for the OpenAPI document; its figures are of no particular model."""
    return {"responses": {str(status): {"content": {"application/json": {"example": example}}}}}


def body(**examples: Example) -> Any:
    """What a route takes, with examples by their names."""
    return Body(openapi_examples=named(examples))
