"""Tags to spans: which words carry one label together. Forgiving of tags that are not well formed."""

from collections.abc import Sequence

from recto.document.page import Word, Words
from recto.document.reading import Span, Tag, Tags

_GAP = 1
"""A span goes on over at most this many words without its label on the same line: the slip of one word."""

_LINES = 2
"""A name or an address goes on at most this many lines below, where a line between may have been tagged wrongly."""


def spans_of(words: Words, tags: Tags) -> tuple[Span, ...]:
    """The spans in the order of their first words.

    `B-` begins a span. `I-` goes on with the last span of its label where that stands on the same line beside it or
    shortly above it, also when words of another column come between in reading order; else it begins one of its own.
    A span is as sure as its least sure word, and of unknown confidence when one word's is unknown.
    """
    spans: list[list[int]] = []
    labels: list[str] = []
    last: dict[str, int] = {}
    for index, tag in enumerate(tags[: len(words)]):
        if tag.name == "O":
            continue
        open_span = last.get(tag.label)
        if not tag.begins and open_span is not None and _goes_on(words, spans[open_span], index):
            spans[open_span].append(index)
            continue
        last[tag.label] = len(spans)
        spans.append([index])
        labels.append(tag.label)
    return tuple(Span(label, tuple(span), _surety(tags, span)) for label, span in zip(labels, spans, strict=True))


def _goes_on(words: Words, span: Sequence[int], index: int) -> bool:
    before, word = words[span[-1]], words[index]
    if before.page != word.page:
        return False
    if before.line == word.line:
        return index - span[-1] <= 1 + _GAP
    return 0 < word.line - before.line <= _LINES and _under([words[i] for i in span], word)


def _under(span: Sequence[Word], word: Word) -> bool:
    """Whether the word stands below the span's column, half a column's width of play on both sides."""
    left, right = min(w.box.left for w in span), max(w.box.right for w in span)
    play = (right - left) / 2
    return word.box.left < right + play and word.box.right > left - play


def _surety(tags: Sequence[Tag], span: Sequence[int]) -> float | None:
    known = [confidence for index in span if (confidence := tags[index].confidence) is not None]
    return min(known) if len(known) == len(span) else None
