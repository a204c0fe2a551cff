"""Numbers that identify a person, hidden but for their last four characters, wherever they stand in a reading."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from stdnum import luhn

from recto.document.page import Word, Words
from recto.document.reading import Check, Field, Reading, Row, Table, Value
from recto.schemas.catalog import kinds, schema_of

SENSITIVE_TYPES: Final = frozenset({"ssn", "ein", "tin", "account", "card", "iban"})
HIDDEN: Final = "*"
_KEPT = 4
_SHORTEST_SECRET = 5
"""A value of four characters or fewer is what a mask leaves standing anyway, and would match half the page."""

_SSN = re.compile(r"(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def masked(reading: Reading) -> Reading:
    """The reading with every sensitive value hidden, in fields, raw texts, words, checks and reasons alike.

    What is sensitive in one of a packet's documents is hidden in all of them.
    """
    return _masked(reading, secrets_of(reading))


def _masked(reading: Reading, secrets: Sequence[re.Pattern[str]]) -> Reading:
    own = sensitive_words(reading)
    return replace(
        reading,
        words=_masked_words(reading.words, secrets, own),
        fields=tuple(_masked_item(item, reading, secrets) for item in reading.fields),
        checks=tuple(_masked_check(check, secrets) for check in reading.checks),
        decision=reading.decision
        and replace(
            reading.decision,
            reasons=tuple(masked_text(reason, secrets) for reason in reading.decision.reasons),
            withheld=tuple(masked_text(reason, secrets) for reason in reading.decision.withheld),
        ),
        parts=tuple(_masked(part, secrets) for part in reading.parts),
    )


def is_sensitive(kind: str, path: str, type_: str) -> bool:
    """Whether a field (`total`) or column (`payment_details.iban`) of this kind identifies a person."""
    if type_ in SENSITIVE_TYPES:
        return True
    spec = schema_of(kind).spec(path) if kind in kinds() else None
    return spec is not None and spec.sensitive is not None


def masked_text(text: str, secrets: Iterable[re.Pattern[str]] = ()) -> str:
    """A text with the secrets in it, and whatever looks like an SSN or a card number, hidden."""
    hidden = set(_hidden_places(text, secrets))
    return "".join(HIDDEN if place in hidden else letter for place, letter in enumerate(text))


def masked_value(text: str) -> str:
    """`123-45-6789` -> `***-**-6789`: letters and digits hidden but for the last four, punctuation kept."""
    hidden = set(_all_but_last(text, 0, len(text)))
    return "".join(HIDDEN if place in hidden else letter for place, letter in enumerate(text))


def secrets_of(reading: Reading) -> tuple[re.Pattern[str], ...]:
    """Patterns that find the sensitive values of the reading and its parts in any spacing or punctuation."""
    texts = {
        re.sub(r"[\W_]", "", text)
        for one in (reading, *reading.parts)
        for path, field in _every_field(one)
        if _sensitive_in(one, path, field)
        for text in (field.raw, field.value, *field.alternatives)
        if isinstance(text, str)
    }
    long = sorted((text for text in texts if len(text) >= _SHORTEST_SECRET), key=len, reverse=True)
    return tuple(
        re.compile(r"(?<![^\W_])" + r"[\W_]{0,3}".join(map(re.escape, text)) + r"(?![^\W_])", re.I) for text in long
    )


def sensitive_words(reading: Reading) -> Iterator[tuple[int, ...]]:
    """The words of each sensitive field, and words that carry its label without having become its value."""
    for path, field in _every_field(reading):
        if field.words and _sensitive_in(reading, path, field):
            yield field.words
    for part in reading.parts:
        places = {(word.page, word.box): index for index, word in enumerate(reading.words)}
        for group in sensitive_words(part):
            yield tuple(places[part.words[index].page, part.words[index].box] for index in group)
    kind = _kind_of(reading)
    if kind not in kinds():
        return
    labels = {
        tag for path, spec in schema_of(kind).every_spec() if is_sensitive(kind, path, spec.type) for tag in spec.tags
    }
    tagged = [index for index, tag in enumerate(reading.tags) if tag.label in labels]
    for _, run in groupby(enumerate(tagged), key=lambda pair: pair[1] - pair[0]):
        yield tuple(index for _, index in run)


def _sensitive_in(reading: Reading, path: str, field: Field) -> bool:
    return is_sensitive(_kind_of(reading), path, field.type)


def _kind_of(reading: Reading) -> str:
    return reading.kind.kind if reading.kind else "other"


def _every_field(reading: Reading) -> Iterator[tuple[str, Field]]:
    for item in reading.fields:
        if isinstance(item, Field):
            yield item.name, item
        else:
            yield from ((f"{item.name}.{name}", cell) for row in item.rows for name, cell in row.cells.items())


def _hidden_places(text: str, secrets: Iterable[re.Pattern[str]]) -> Iterator[int]:
    for found in _SSN.finditer(text):
        yield from _all_but_last(text, *found.span())
    for found in _CARD.finditer(text):
        if luhn.is_valid(re.sub(r"\D", "", found.group())):
            yield from _all_but_last(text, *found.span())
    for secret in secrets:
        for found in secret.finditer(text):
            yield from _all_but_last(text, *found.span())


def _all_but_last(text: str, start: int, stop: int) -> Iterator[int]:
    """The places of the letters and digits in text[start:stop] without the last four."""
    places = [place for place in range(start, stop) if text[place].isalnum()]
    yield from places[:-_KEPT] if len(places) > _KEPT else []


def _masked_item(item: Field | Table, reading: Reading, secrets: Sequence[re.Pattern[str]]) -> Field | Table:
    kind = _kind_of(reading)
    if isinstance(item, Field):
        return _masked_field(item, is_sensitive(kind, item.name, item.type), secrets)
    rows = (
        Row(
            {
                name: _masked_field(cell, is_sensitive(kind, f"{item.name}.{name}", cell.type), secrets)
                for name, cell in row.cells.items()
            }
        )
        for row in item.rows
    )
    return replace(item, rows=tuple(rows))


def _masked_field(field: Field, sensitive: bool, secrets: Sequence[re.Pattern[str]]) -> Field:
    def hidden(text: str) -> str:
        return masked_value(text) if sensitive else masked_text(text, secrets)

    value: Value = hidden(field.value) if isinstance(field.value, str) else field.value
    alternatives = tuple(hidden(text) for text in field.alternatives)
    return replace(field, value=value, raw=hidden(field.raw), alternatives=alternatives)


def _masked_check(check: Check, secrets: Sequence[re.Pattern[str]]) -> Check:
    proposal = None if check.proposal is None else masked_text(check.proposal, secrets)
    return replace(check, detail=masked_text(check.detail, secrets), proposal=proposal)


def _masked_words(words: Words, secrets: Sequence[re.Pattern[str]], own: Iterable[tuple[int, ...]]) -> Words:
    """Lines are searched as a whole, because a number may stand on several words."""
    if not words:  # a list of records carries readings whose words were left in the store
        return words
    texts = [word.text for word in words]
    for group in own:
        _hide(texts, group, masked_value)
    for _, line in groupby(enumerate(words), key=lambda pair: (pair[1].page, pair[1].line)):
        _hide(texts, [index for index, _ in line], lambda text: masked_text(text, secrets))
    return tuple(_retold(word, text) for word, text in zip(words, texts, strict=True))


def _hide(texts: list[str], indexes: Sequence[int], mask: Callable[[str], str]) -> None:
    """Mask the words at these indexes in place, as one text."""
    hidden = mask(" ".join(texts[index] for index in indexes))
    start = 0
    for index in indexes:
        stop = start + len(texts[index])
        texts[index] = hidden[start:stop]
        start = stop + 1


def _retold(word: Word, text: str) -> Word:
    return word if word.text == text else replace(word, text=text)
