"""Where a document says one thing twice: what could not be read in one place is read as the other has it.

What can be read is never overruled, and a reading that was chosen in this way keeps the other one as an alternative, so
that it is not taken over unseen and confirms nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from recto.document.reading import Field, Table
from recto.schemas.values import canonical
from recto.schemas.values.ids import may_be_in_ink
from recto.schemas.values.spelled import amount_in_words
from recto.schemas.values.wording import read_as

Items = Sequence[Field | Table]


def agreed(items: Items) -> tuple[Field | Table, ...]:
    """A check's amount in words beside the one in digits, its number in magnetic ink beside the one in the corner."""
    fields = {item.name: item for item in items if isinstance(item, Field)}
    chosen = {
        "number_amount": _digits_by_words(fields.get("number_amount"), fields.get("word_amount")),
        "word_amount": _words_by_digits(fields.get("word_amount"), fields.get("number_amount")),
        "micr.check_number": _ink_by_corner(fields.get("micr.check_number"), fields.get("check_number")),
    }
    return tuple(chosen.get(item.name) or item for item in items)


def _digits_by_words(digits: Field | None, words: Field | None) -> Field | None:
    """The digits, every one as the words have it, with the point between them where the words say."""
    said = amount_in_words(words.value) if words is not None and isinstance(words.value, str) else None
    if digits is None or said is None or _figures(digits.raw) != _figures(f"{said:.2f}"):
        return None
    return _chosen(digits, said)


def _figures(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _words_by_digits(words: Field | None, digits: Field | None) -> Field | None:
    """The words with those that none could read as the digits have them."""
    if words is None or digits is None or not isinstance(words.value, str) or not isinstance(digits.value, Decimal):
        return None
    if amount_in_words(words.value) is not None:
        return None
    return _chosen(words, read_as(words.value, digits.value))


def _ink_by_corner(ink: Field | None, corner: Field | None) -> Field | None:
    """The number whose figures in magnetic ink were taken for others that look alike there."""
    if ink is None or corner is None or not isinstance(ink.value, str) or not isinstance(corner.value, str):
        return None
    number = corner.value.zfill(len(ink.value))
    return _chosen(ink, number if number != ink.value and may_be_in_ink(ink.value, number) else None)


def _chosen(field: Field, value: str | Decimal | None) -> Field | None:
    """The field with another value, beside which what was read stays open."""
    if value is None or value == field.value:
        return None
    read = (text for text in (canonical(field.value), *field.alternatives) if text and text != canonical(value))
    others = tuple(dict.fromkeys(read))
    return replace(field, value=value, alternatives=others, grounding="ambiguous" if others else field.grounding)
