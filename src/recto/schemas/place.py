"""From word indexes to what a field shows of its place: raw text, page, boxes one a line, in reading order."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from recto.document.box import Box
from recto.document.page import Words
from recto.document.reading import Field, Grounding, Value
from recto.schemas.values.dates import date_text
from recto.schemas.values.parsed import Parsed


def raw_of(words: Words, indexes: Sequence[int]) -> str:
    """The text as it stands: words by spaces, lines by line breaks."""
    return "\n".join(" ".join(words[i].text for i in line) for line in lines_of(words, indexes))


def lines_of(words: Words, indexes: Iterable[int]) -> list[list[int]]:
    """The indexes in groups of one visual line each."""
    return [list(line) for _, line in groupby(sorted(indexes), key=lambda i: (words[i].page, words[i].line))]


def boxes_of(words: Words, indexes: Sequence[int]) -> tuple[Box, ...]:
    """One box a line, on the page of the first word."""
    if not indexes:
        return ()
    page = words[min(indexes)].page
    lines = lines_of(words, (i for i in indexes if words[i].page == page))
    return tuple(Box.around(words[i].box for i in line) for line in lines)


def placed(
    name: str, type_: str, parsed: Parsed, words: Words, indexes: Sequence[int], confidence: float | None
) -> Field:
    """A field on these words. Where several readings are left open it is ambiguous.

    Its raw text is theirs, of a date without a caption that is glued to it.
    """
    value: Value = parsed.value
    printed = raw_of(words, indexes)
    grounding: Grounding = "ambiguous" if parsed.alternatives else "grounded"
    return Field(
        name=name,
        value=value,
        type=type_,
        raw=date_text(printed) if type_ == "date" else printed,
        grounding=grounding,
        confidence=confidence,
        currency=parsed.currency,
        page=words[min(indexes)].page,
        boxes=boxes_of(words, indexes),
        words=tuple(sorted(indexes)),
        alternatives=parsed.alternatives,
    )
