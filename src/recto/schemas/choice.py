"""Which of several spans with one label is the field: by agreement, confidence and place, the rest kept in mind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from recto.document.page import Words
from recto.document.reading import Field, Span
from recto.schemas.place import lines_of, placed, raw_of
from recto.schemas.schema import FieldSpec, Schema
from recto.schemas.values import canonical
from recto.schemas.values.evidence import Evidence
from recto.schemas.values.letters import is_round
from recto.schemas.values.money import unit_price_of
from recto.schemas.values.parse import value_of
from recto.schemas.values.parsed import Parsed

UNIT_PRICES = frozenset({"price", "unit_price"})
NUMERIC = frozenset(
    {"money", "number", "quantity", "percentage", "date", "time", "phone", "year", "routing", "magnetic", "iban"}
)
"""Types whose text has a digit; tax and account numbers may be hidden altogether."""

_RIVAL = 0.5
"""Another value competes when it is at least half as well supported as the one chosen."""

_GAPS = {"address": 2, "name": 1}
"""Lines from one part to the next: of an address one line of something else may stand between, of a name none."""


_HEIGHTS = 7.0
"""In a form the box's next caption stands between street and town, and lines of other boxes beside them, so that
parts within this many of their heights follow each other too."""


_APART = 0.26
"""Parts on one line this share of the page apart are the same field of two copies side by side."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span with its value."""

    words: tuple[int, ...]
    parsed: Parsed
    confidence: float | None

    @property
    def text(self) -> str | None:
        return canonical(self.parsed.value)

    @property
    def weight(self) -> float:
        """What one span counts for; spans of unmeasured confidence count alike."""
        return 1.0 if self.confidence is None else self.confidence


def parsed_as(spec: FieldSpec, raw: str, evidence: Evidence) -> Parsed:
    """The value of a raw text as this field."""
    if spec.type == "money" and spec.name in UNIT_PRICES:
        return unit_price_of(raw, evidence)
    parsed = value_of(spec.type, raw, evidence)
    return replace(parsed, value=abs(parsed.value)) if spec.unsigned and isinstance(parsed.value, Decimal) else parsed


def with_numbers(schema: Schema, spans: Sequence[Span], words: Words) -> list[Span]:
    """Spans of numbers that have one: a sign alone (`RM`) takes the number behind it, or is no value."""
    taken = {i for span in spans for i in span.words}
    types = {tag: spec.type for _, spec in schema.every_spec() for tag in spec.tags}
    kept = []
    for span in spans:
        if types.get(span.label) not in NUMERIC or _has_digit(words, span.words):
            kept.append(span)
            continue
        after = max(span.words) + 1
        if after < len(words) and after not in taken and _goes_with(words, after - 1, after):
            kept.append(replace(span, words=(*span.words, after)))
    return kept


def _has_digit(words: Words, indexes: Sequence[int]) -> bool:
    texts = [words[i].text for i in indexes]
    return any(letter.isdigit() for text in texts for letter in text) or (len(texts) == 1 and is_round(texts[0]))


def _goes_with(words: Words, index: int, after: int) -> bool:
    same_line = (words[index].page, words[index].line) == (words[after].page, words[after].line)
    return same_line and _has_digit(words, (after,))


def field_from(spec: FieldSpec, spans: Sequence[Span], words: Words, evidence: Evidence) -> Field | None:
    """The field that these spans, all of its labels, make together; None where there are none."""
    joined = _parts_joined(spans, words, _GAPS[spec.type]) if spec.type in _GAPS else list(spans)
    candidates = [
        Candidate(span.words, parsed_as(spec, raw_of(words, span.words), evidence), span.confidence) for span in joined
    ]
    if not candidates:
        return None
    best, rivals = _choose(spec, candidates)
    parsed = replace(best.parsed, alternatives=tuple(dict.fromkeys([*best.parsed.alternatives, *rivals])))
    return placed(spec.name, spec.type, parsed, words, best.words, best.confidence)


def _choose(spec: FieldSpec, candidates: Sequence[Candidate]) -> tuple[Candidate, list[str]]:
    """The best candidate, and the values of those that compete with it."""
    valued = [one for one in candidates if one.parsed.value is not None]
    if not valued:
        return max(candidates, key=lambda one: (bool(one.parsed.alternatives), one.weight)), []
    support: dict[str | None, float] = {}
    for one in valued:
        key = _agreeing(one.text)
        support[key] = support.get(key, 0.0) + one.weight
    # Totals stand at the end, names and dates at the top: where support is equal, place decides.
    late = spec.type == "money"
    best = max(valued, key=lambda one: (support[_agreeing(one.text)], one.weight, min(one.words) * (1 if late else -1)))
    enough = _RIVAL * max(one.weight for one in valued if _agreeing(one.text) == _agreeing(best.text))
    rivals = [
        one.text for one in valued if one.text and _agreeing(one.text) != _agreeing(best.text) and one.weight >= enough
    ]
    return best, rivals


def _agreeing(text: str | None) -> str:
    """What two values must share to be the same: letters and digits without case."""
    return "".join(letter for letter in (text or "").casefold() if letter.isalnum())


def _parts_joined(spans: Sequence[Span], words: Words, gap: int) -> list[Span]:
    """Spans that follow each other line by line in one column, joined: some labellers begin anew on each line."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: min(span.words)):
        near = next((one for one in reversed(joined) if _follows(one, span, words, gap)), None)
        if near is None:
            joined.append(span)
        else:
            surety = None if None in (near.confidence, span.confidence) else min(near.confidence, span.confidence)  # type: ignore[type-var]
            joined[joined.index(near)] = Span(near.label, near.words + span.words, surety)
    return joined


def _again(upper: Span, lower: Span, words: Words) -> bool:
    """Whether a part on the same line is the same field of the copy beside."""
    ends = words[lines_of(words, upper.words)[-1][-1]], words[min(lower.words)]
    same = raw_of(words, lower.words) == raw_of(words, upper.words)
    return same or ends[1].box.left - ends[0].box.right > _APART


def _follows(upper: Span, lower: Span, words: Words, gap: int) -> bool:
    last_line = lines_of(words, upper.words)[-1]
    end, start = words[last_line[-1]], words[min(lower.words)]
    reach = _HEIGHTS * end.box.height if gap > 1 else 0.0
    near = start.line - end.line <= gap or start.box.top - end.box.bottom <= reach
    if end.page != start.page or start.line < end.line or not near:
        return False
    if end.line == start.line:
        return min(lower.words) - last_line[-1] <= gap and not _again(upper, lower, words)
    left, right = min(words[i].box.left for i in upper.words), max(words[i].box.right for i in upper.words)
    return start.box.left < right and max(words[i].box.right for i in lower.words) > left
