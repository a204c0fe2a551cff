"""A file that holds several documents, under a person's hands: each of them is corrected by itself, on its own words.

A file that holds one is its only part, so that whoever corrects need not tell the two apart. Words are named by their
place among all words of the file; a part knows its own from 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from recto.document.errors import BadRequest, NotFound
from recto.document.page import Word
from recto.document.reading import Decision, Reading
from recto.pipeline import packet
from recto.schemas.corrections import Fix, Spelling, corrected, each, labels_for, with_words


@dataclass(frozen=True)
class Part:
    """One of the documents: its number from 0, its reading, and where its first word stands among those of the file."""

    number: int
    reading: Reading
    start: int

    def own(self, words: Sequence[int]) -> tuple[int, ...]:
        """The same words by their places in this part. Raises BadRequest for one of another part."""
        here = tuple(at - self.start for at in words)
        if not all(0 <= at < len(self.reading.words) for at in here):
            raise BadRequest("The words are those of another document of the file.")
        return here

    def holds(self, word: int) -> bool:
        return 0 <= word - self.start < len(self.reading.words)


def parts_of(reading: Reading) -> Iterator[Part]:
    """The documents of the file in their order."""
    start = 0
    for number, part in enumerate(reading.parts or (reading,)):
        yield Part(number, part, start)
        start += len(part.words)


def joined(reading: Reading, parts: Sequence[Reading]) -> Reading:
    """The file with these documents in the place of its own."""
    return packet(reading, tuple(parts)) if reading.parts else parts[0]


def pair_at(reading: Reading, number: int) -> tuple[Reading, Reading]:
    """The document of that number and the one before it. Raises NotFound, and BadRequest for the first one."""
    if not 0 <= number < max(1, len(reading.parts)):
        raise NotFound(f"The file has no document {number}.")
    if number == 0:
        raise BadRequest("The first document of a file has none before it that it could be joined with.")
    return reading.parts[number - 1], reading.parts[number]


def one_of(before: Reading, after: Reading) -> Reading:
    """The pages and words of two documents as those of one, of which nothing is thought yet."""
    pages = {page.number: page for page in (*before.pages, *after.pages)}
    return replace(
        before,
        pages=tuple(pages.values()),
        words=(*before.words, *after.words),
        errors=tuple(dict.fromkeys((*before.errors, *after.errors))),
        tags=(),
        fields=(),
        checks=(),
        decision=None,
    )


def with_joined(reading: Reading, number: int, one: Reading) -> Reading:
    """The file with `one` in the place of the document of that number and the one before it."""
    parts = (*reading.parts[: number - 1], one, *reading.parts[number + 1 :])
    return packet(reading, parts) if len(parts) > 1 else replace(one, pages=reading.pages, errors=reading.errors)


def own_fixes(part: Part, reading: Reading, fixes: Sequence[Fix]) -> list[Fix]:
    """Those of this part, its words by their places in it."""
    mine = (fix for fix in fixes if number_of(fix, reading) == part.number)
    return [replace(fix, words=part.own(fix.words)) for fix in mine]


def number_of(fix: Fix, reading: Reading) -> int:
    """The part that the fix is meant for. Raises BadRequest where it does not say so of several, NotFound."""
    if fix.part is None and len(reading.parts) > 1:
        raise BadRequest(
            f"The file holds {len(reading.parts)} documents: say which `part` (from 0) has the {fix.name}."
        )
    number = fix.part or 0
    if number >= max(1, len(reading.parts)):
        raise NotFound(f"The file has no document {number}.")
    return number


def corrected_file(reading: Reading, fixes: Sequence[Fix], spellings: Sequence[Spelling]) -> Reading:
    """The file with what a person says. Raises NotFound for what there is not, BadRequest for what cannot be."""
    if not all(0 <= one.word < len(reading.words) for one in spellings):
        raise NotFound("There is no such word.")
    parts = []
    for part in parts_of(reading):
        mine = own_fixes(part, reading, fixes)
        spelled = [replace(one, word=one.word - part.start) for one in spellings if part.holds(one.word)]
        parts.append(corrected(part.reading, mine, spelled) if mine or spelled else part.reading)
    return joined(reading, parts)


def labels_of_fixes(after: Reading, before: Reading, fixes: Sequence[Fix]) -> Mapping[int, str]:
    """By word of the file, the tag that the corrections give it."""
    told: dict[int, str] = {}
    for part, old in zip(parts_of(after), parts_of(before), strict=True):
        tags = labels_for(part.reading, old.reading, own_fixes(part, after, fixes))
        told |= {part.start + at: tag for at, tag in tags.items()}
    return told


def with_words_of(reading: Reading, page: int, words: Sequence[Word], number: int | None) -> Reading:
    """With words that OCR had not seen, in that part or the first one on that page. Raises NotFound."""
    if not reading.parts:
        return with_words(reading, page, words)
    on_page = [part.number for part in parts_of(reading) if any(each.number == page for each in part.reading.pages)]
    chosen = on_page[0] if on_page and number is None else number
    if chosen not in on_page:
        raise NotFound(f"The file has no document {number} on page {page}." if on_page else f"It has no page {page}.")
    parts = (with_words(p, page, words) if at == chosen else p for at, p in enumerate(reading.parts))
    return joined(reading, tuple(parts))


def gone_through(reading: Reading, reason: str) -> Reading:
    """As if it had gone straight through, each of its documents, every value vouched for by whoever says so.

    Checks that do not hold are said to be overruled, for that reason.
    """
    told = f": {reason}" if reason else ""
    if reading.parts:
        return packet(reading, tuple(gone_through(part, reason) for part in reading.parts))
    against = tuple(f"{name} failed, and a person overruled it{told}" for name in failing(reading))
    through = Decision("straight_through", against or (f"accepted{told}",) * bool(reason))
    fields = tuple(each(item, lambda _, field: replace(field, vouched=True)) for item in reading.fields)
    return replace(reading, fields=fields, decision=through)


def failing(reading: Reading) -> tuple[str, ...]:
    """The checks that do not hold, of each document of the file."""
    checks = (check for part in (reading, *reading.parts) for check in part.checks)
    return tuple(check.name for check in checks if check.outcome == "fail")
