"""Where a document says one thing twice: what could not be read in one place is read as the other has it.

What can be read is never overruled, and a reading that was chosen in this way keeps the other one as an alternative, so
that it is not taken over unseen and confirms nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from recto.document.reading import Field, Table
from recto.schemas.values.ids import may_be_in_ink
from recto.schemas.values.spelled import amount_in_words
from recto.schemas.values.wording import read_as

Items = Sequence[Field | Table]


def agreed(items: Items) -> tuple[Field | Table, ...]:
    """A check's amount in words beside the one in digits, its number in magnetic ink beside the one in the corner."""
    fields = {item.name: item for item in items if isinstance(item, Field)}
    chosen = {
        "word_amount": _words_by_digits(fields.get("word_amount"), fields.get("number_amount")),
        "micr.check_number": _ink_by_corner(fields.get("micr.check_number"), fields.get("check_number")),
    }
    return tuple(chosen.get(item.name) or item for item in items)


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


def _chosen(field: Field, value: str | None) -> Field | None:
    if value is None or value == field.value:
        return None
    others = tuple(dict.fromkeys([str(field.value), *field.alternatives]))
    return replace(field, value=value, alternatives=others, grounding="ambiguous")
