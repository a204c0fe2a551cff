"""A small receipt that OCR reads without trouble: as an image, as a PDF with its text, and as a finished reading."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

from PIL import Image, ImageDraw, ImageFont

from recto.document.box import Box
from recto.document.page import Document, Page, Word
from recto.document.reading import Check, Decision, Engine, Field, Guess, Reading, Row, Table, Tag
from recto.reading.media import media_type
from tests.support.papers import pdf, text

ITEMS = (("GREEN TEA", "4.50"), ("RICE CAKE", "6.20"), ("SOY MILK", "3.30"))


def lines_of(number: int) -> list[str]:
    """The text of receipt `number`: each has a number and a total of its own."""
    last = f"{2 + number % 7}.{number % 10}0"
    rows = [*ITEMS, ("PAPER BAG", last)]
    total = sum(Decimal(price) for _, price in rows)
    return [
        "LOTUS CORNER SHOP",
        "12 Harbour Road, 50470 Kuala Lumpur",
        "Tel: 03-2274 1188",
        f"Receipt No: {10_000 + number}",
        "Date: 14/03/2024   Time: 12:41",
        *(f"{name}   {price}" for name, price in rows),
        f"TOTAL RM {total}",
        "Thank you, come again",
    ]


def image(number: int, width: int = 620) -> bytes:
    """A PNG of it."""
    lines = lines_of(number)
    paper = Image.new("RGB", (width, 46 * len(lines) + 80), "white")
    pen = ImageDraw.Draw(paper)
    for row, line in enumerate(lines):
        pen.text((36, 40 + 46 * row), line, fill="#222", font=ImageFont.load_default(26 if row else 34))
    out = io.BytesIO()
    paper.save(out, "PNG")
    return out.getvalue()


def paper(number: int, pages: int = 1) -> bytes:
    """A PDF of it with its text, which needs no OCR."""
    content = b"".join(text(line, y=700 - 30 * row) for row, line in enumerate(lines_of(number)))
    return pdf([content] * pages)


def reading(document_id: str, name: str, data: bytes) -> Reading:
    """What is read from it, by hand: with a check that fails, a value that was not found, and a secret."""
    words = tuple(
        Word(word, Box(0.1 + 0.12 * place, 0.1 + 0.07 * line, 0.2 + 0.12 * place, 0.14 + 0.07 * line), 1, line, 0.98)
        for line, prose in enumerate(
            ["LOTUS CORNER SHOP", "14/03/2024", "TEA 4.50", "TOTAL RM 9.00", "4111111111111111"]
        )
        for place, word in enumerate(prose.split())
    )
    return Reading(
        document=Document(document_id, name, media_type(data), 1),
        pages=(Page(1, 612, 792),),
        words=words,
        kind=Guess("receipt", 0.97),
        tags=tuple(Tag(name) for name in TAGS),
        fields=(
            field("merchant_name", "LOTUS CORNER SHOP", "name", words, (0, 1, 2), 0.97),
            field("transaction_date", date(2024, 3, 14), "date", words, (3,), 0.86),
            field("total", Decimal("9.00"), "money", words, (7, 8), 0.41, currency="MYR"),
            Field("total_tax", Decimal("0.54"), "money", "0.54", "not_found"),
            Table("items", (Row(row_of(words)),), rows_expected=2),
        ),
        checks=(Check("items_add_up", "fail", ("items", "total"), "4.50 (items) = 4.50, is not 9.00 (total)"),),
        decision=Decision("review", ("total: confidence 0.41 is under 0.80",)),
        engines={"ocr": Engine("rapidocr", "3.10.0")},
        seconds={"ocr": 0.5},
    )


READ = ("LOTUS CORNER SHOP", "14/03/2024", "TEA 4.50", "TOTAL RM 9.00", "4111111111111111")
TAGS = (
    *("B-MERCHANT_NAME", "I-MERCHANT_NAME", "I-MERCHANT_NAME", "B-DATE", "B-PRODUCT_NAME", "B-LINE_TOTAL"),
    *("O", "B-GRAND_TOTAL", "I-GRAND_TOTAL", "B-PAYMENT_METHOD"),
)


def row_of(words: tuple[Word, ...]) -> dict[str, Field]:
    return {
        "description": field("description", "TEA", "text", words, (4,), 0.9),
        "total_price": field("total_price", Decimal("4.50"), "money", words, (5,), 0.9),
    }


def field(name, value, type_, words, places, confidence, **more) -> Field:
    raw = " ".join(words[place].text for place in places)
    box = Box.around(words[place].box for place in places)
    made = Field(name, value, type_, raw, "grounded", confidence, page=1, boxes=(box,), words=tuple(places))
    return replace(made, **more)


def packet(document_id: str, name: str, data: bytes) -> Reading:
    """A file of two receipts on two pages; the second has an account of its own and a check with a proposal."""
    first = reading(document_id, name, data)
    words = tuple(replace(word, page=2) for word in first.words)
    fields = tuple(overleaf(one) for one in first.fields)
    (failed,) = first.checks
    second = replace(
        first,
        pages=(Page(2, 612, 792),),
        words=words,
        fields=tuple(replace(one, value=Decimal("8.00")) if one.name == "total" else one for one in fields),
        checks=(replace(failed, proposal="total: 4.50 instead of 8.00, one digit misread"),),
        decision=Decision("straight_through", (), ("total_tax: no words on the page carry it",)),
    )
    return replace(
        first,
        document=replace(first.document, pages=2),
        pages=first.pages + second.pages,
        words=first.words + words,
        tags=first.tags + second.tags,
        kind=Guess("other", None),
        fields=(),
        checks=(),
        decision=Decision("review", ("page 1: total: confidence 0.41 is under 0.80",)),
        parts=(first, second),
    )


def overleaf(item: Field | Table) -> Field | Table:
    """The same on page 2."""
    if isinstance(item, Field):
        return replace(item, page=2)
    return replace(
        item, rows=tuple(Row({n: replace(cell, page=2) for n, cell in row.cells.items()}) for row in item.rows)
    )
