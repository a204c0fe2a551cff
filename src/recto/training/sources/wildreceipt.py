"""WildReceipt: photographed receipts, one label on each text box, no spaces in the text. For evaluation only.

Format: one JSON object a line, `{"image", "width", "height", "words": [{"text", "quad", "label"}]}`, quads in pixels.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recto.document.box import Box
from recto.document.page import Word
from recto.reading.lines import in_lines
from recto.training.example import Example

LABELS = {
    "Store_name_value": "MERCHANT_NAME",
    "Store_addr_value": "ADDRESS_LINE",
    "Tel_value": "PHONE_NUMBER",
    "Date_value": "DATE",
    "Time_value": "TIME",
    "Prod_item_value": "PRODUCT_NAME",
    "Prod_quantity_value": "QUANTITY",
    "Prod_price_value": "LINE_TOTAL",
    "Subtotal_value": "SUBTOTAL",
    "Tax_value": "TAX",
    "Tips_value": "TIP",
    "Total_value": "GRAND_TOTAL",
}
"""The value classes as our labels; keys and `Others` are `O`, `Ignore`d boxes are not scored."""


def examples(path: Path) -> list[Example]:
    """All receipts of the file at `path`, each box one word, in reading order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_example(json.loads(line)) for line in lines if line.strip()]


def _example(receipt: Mapping[str, Any]) -> Example:
    size = receipt["width"], receipt["height"]
    labels: dict[Word, str] = {}
    for item in receipt["words"]:
        word = Word(item["text"], _box(item["quad"], *size))
        labels[word] = item["label"]
    words = in_lines(list(labels))
    plain = [labels[Word(word.text, word.box, word.page)] for word in words]
    return Example(
        id=Path(receipt["image"]).stem,
        kind="receipt",
        words=words,
        tags=tuple(_tag(label) for label in plain),
        labelled=tuple(dict.fromkeys(LABELS.values())),
        group=Path(receipt["image"]).stem,
        source="wildreceipt",
        quality="photo",
        ignored=tuple(at for at, label in enumerate(plain) if label == "Ignore"),
    )


def _tag(label: str) -> str:
    """Every box is an entity of its own."""
    return f"B-{LABELS[label]}" if label in LABELS else "O"


def _box(quad: list[float], width: float, height: float) -> Box:
    xs, ys = [x / width for x in quad[::2]], [y / height for y in quad[1::2]]
    return Box(min(xs), min(ys), max(xs), max(ys)).clipped()
