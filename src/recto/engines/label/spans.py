"""From spans to tags: who comes first keeps a word."""

from collections.abc import Iterable, Sequence

from recto.document.reading import OUTSIDE, Span, Tag, Tags
from recto.engines.label.rows import Row
from recto.engines.label.shapes import Match


def tags_of(count: int, spans: Iterable[Span]) -> Tags:
    """One BIO tag for each of `count` words. A word that an earlier span holds is not given to a later one.

    Confidence stays None: what rules are worth is not measured a word.
    """
    tags = [OUTSIDE] * count
    for span in spans:
        free = [index for index in span.words if tags[index] is OUTSIDE]
        for place, index in enumerate(sorted(free)):
            tags[index] = Tag(f"{'I' if place else 'B'}-{span.label}")
    return tuple(tags)


def span_in(row: Row, match: Match, label: str) -> Span:
    """The words of a match in a row."""
    return Span(label, row.words[match.start : match.stop])


def span_over(rows: Sequence[Row], label: str) -> Span:
    """All words of some rows together."""
    return Span(label, tuple(index for row in rows for index in row.words))
