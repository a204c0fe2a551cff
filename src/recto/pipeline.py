"""The verbs in order: see the pages, classify, label, extract, check, decide. It speaks only to sockets.

Each page that OCR has seen is kept in a memory under the document's digest and the engine's key: a document whose
worker was killed goes on at the page where it stopped, and the same page is never read twice by the same engine. Kinds
and labels are remembered in the same way (`recall`).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Final

from recto.document.assurance import Assurance
from recto.document.errors import Damaged, OverLimit, UnknownKind, Unreadable
from recto.document.limits import Limits
from recto.document.page import Page, Quality, Raster, Words
from recto.document.reading import Check, Decision, Guess, Reading
from recto.ports import Classifier, Labeller, Memory, Ocr, Sight
from recto.reading.packets import Leaf, parted
from recto.reading.paper import Paper, Sheet, opened
from recto.reading.quality import quality_faults, quality_of
from recto.reading.regions import receipts_on
from recto.reading.seen import Seen, numbered, seen_from_json, seen_json
from recto.recall import LOOKS, Recall, code_digest
from recto.schemas.assurance import assured
from recto.schemas.catalog import kinds
from recto.schemas.checks import check
from recto.schemas.decision import decide, vouched
from recto.schemas.einvoice import with_attachment
from recto.schemas.fields import fields_of

Progress = Callable[[int, int], None]
"""Called with the number of pages seen so far and the number in all."""


MOST_LOST: Final = 20
"""So many pages of a document may be unreadable; each costs up to the limit of seconds a page."""


def silent(_seen: int, _pages: int) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person who brings a document says of it: its kind if known, its password if it has one.

    `attachment` is False where an invoice's own XML is to be left out of account, as when the reading is measured.
    `beside` is such an XML that came as a file of its own (XRechnung); it comes before one inside.
    """

    kind: str | None = None
    password: str | None = None
    attachment: bool = True
    beside: bytes = b""


@dataclass(frozen=True, slots=True)
class Plugs:
    """The engines that a reader thinks with, and the memory of what they said."""

    ocr: Ocr
    classifier: Classifier
    labeller: Labeller
    memory: Memory


class Stopwatch:
    """Seconds by the name of what was timed, added up; what is timed within another counts for itself alone."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timing(self, name: str) -> Iterator[None]:
        start, before = time.perf_counter(), sum(self.seconds.values())
        try:
            yield
        finally:
            within = sum(self.seconds.values()) - before
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start - within


class Reader:
    """Reads a document at a time.

    `long_side` is the length in pixels that a page is rendered at for OCR; at most `batch` rendered pages are held.
    """

    def __init__(self, plugs: Plugs, limits: Limits = Limits(), long_side: int = 2000, batch: int = 2) -> None:
        self.plugs = plugs
        self.recall = Recall(plugs.classifier, plugs.labeller, plugs.memory)
        self.limits = limits
        self.long_side = long_side
        self.batch = batch

    def read(self, data: bytes, name: str, wish: Wish = Wish(), progress: Progress = silent) -> Reading:
        """Everything about one document. Raises RectoError where it cannot be read."""
        if wish.kind is not None and wish.kind not in kinds():
            raise UnknownKind(f"{wish.kind!r}; the kinds are {', '.join(kinds())}.")
        watch = Stopwatch()
        with opened(data, name, self.limits, wish.password) as paper:
            reading = self.seen(paper, watch, progress)
            xml = (wish.beside or paper.attachment()) if wish.attachment else b""
        parts = (reading,) if wish.kind or xml else self.parted(reading, watch)
        if len(parts) == 1:
            reading = self.thought(reading, wish.kind or ("invoice" if wish.beside else None), xml, watch)
        else:
            reading = packet(reading, tuple(self.thought(part, None, b"", watch) for part in parts))
        return replace(reading, seconds=watch.seconds)

    def parted(self, reading: Reading, watch: Stopwatch) -> tuple[Reading, ...]:
        """The documents that the file holds, each with its own pages and words; receipts on one page apart."""
        words = {page.number: here for page, here in by_page(reading)}
        beside = {page.number: receipts_on(here, page) for page, here in by_page(reading)}
        if len(reading.pages) < 2 and all(len(regions) == 1 for regions in beside.values()):
            return (reading,)
        with watch.timing("classify"):
            kinds_seen = self.kinds_of_pages(reading.document.id, words, beside)
        shapes = {page.number: min(page.width, page.height) / max(page.width, page.height) for page in reading.pages}
        leaves = [Leaf(number, words[number], kind, shapes[number]) for number, kind in kinds_seen.items()]
        parts: list[Reading] = []
        for numbers in parted(leaves):
            part = of_pages(reading, numbers)
            several = beside[numbers[0]] if len(numbers) == 1 and kinds_seen[numbers[0]] == "receipt" else ()
            parts += [replace(part, words=region) for region in several] if len(several) > 1 else [part]
        return tuple(parts)

    def kinds_of_pages(
        self, document_id: str, words: Mapping[int, Words], beside: Mapping[int, Sequence[Words]]
    ) -> dict[int, str]:
        """By page what its words look like; `receipt` where most of its regions are receipts, however odd the whole."""
        asked = {n: [whole, *(beside[n] if len(beside[n]) > 1 else ())] for n, whole in words.items()}
        told = iter(self.recall.classify(document_id, [part for parts in asked.values() for part in parts]))
        found = {}
        for number, parts in asked.items():
            whole, *regions = islice(told, len(parts))
            receipts = sum(guess.kind == "receipt" for guess in regions)
            found[number] = "receipt" if receipts > len(regions) / 2 else whole.kind
        return found

    def thought(self, reading: Reading, kind: str | None, xml: bytes, watch: Stopwatch) -> Reading:
        """What was seen, with its kind, labels, fields, checks and decision."""
        with watch.timing("classify"):
            reading = self.classified(reading, kind)
        with watch.timing("label"):
            reading = self.labelled(reading)
        with watch.timing("fields"):
            return understood(reading, self.plugs.labeller.assurance(kind_of(reading)), xml)

    def seen(self, paper: Paper, watch: Stopwatch, progress: Progress) -> Reading:
        """The pages and their words, by the text layer where it is good and by OCR elsewhere."""
        seen: list[Seen] = []
        sheets = every_sheet(paper)
        while True:
            with watch.timing("pages"):
                group = tuple(islice(sheets, self.batch))
            if not group:
                break
            seen.extend(self.tried(paper.document.id, group, watch))
            if len(lost := [one.fault for one in seen if one.fault]) > MOST_LOST:
                raise Damaged(f"{len(lost)} pages cannot be read; of page {lost[0].page}: {lost[0].title}")
            progress(len(seen), paper.document.pages)
        return Reading(
            document=paper.document,
            pages=tuple(replace(one.page, words=()) for one in seen),
            words=tuple(word for one in seen for word in one.words),
            engines={"ocr": self.plugs.ocr.engine},
            errors=tuple(one.fault for one in seen if one.fault),
        )

    def tried(self, document_id: str, group: Sequence[Sheet | Seen], watch: Stopwatch) -> list[Seen]:
        """A few pages at once, one by one where one of them cannot be drawn: that one has a fault and no words.

        Raises RectoError where it is the only page of its document: then there is nothing to go on with.
        """
        sheets = [one for one in group if isinstance(one, Sheet)]
        try:
            looked = {one.page.number: one for one in self.looked_at(document_id, sheets, watch)}
        except (Unreadable, OverLimit) as error:
            if len(group) > 1:
                return [one for single in group for one in self.tried(document_id, [single], watch)]
            (sheet,) = sheets
            if sheet.paper.document.pages == 1:
                raise
            looked = {sheet.page.number: Seen(sheet.page, (), replace(error.fault, page=sheet.page.number))}
        return [one if isinstance(one, Seen) else looked[one.page.number] for one in group]

    def looked_at(self, document_id: str, sheets: Sequence[Sheet], watch: Stopwatch) -> list[Seen]:
        """A few pages at once: what is known already, then OCR of the rest in one batch."""
        seen: dict[int, Seen] = {}
        unknown: list[Sheet] = []
        for sheet in sheets:
            if known := self.known(document_id, sheet):
                seen[sheet.page.number] = known
            else:
                unknown.append(sheet)
        with watch.timing("pages"):
            rasters = [sheet.raster(self.long_side) for sheet in unknown]
            qualities = [quality_of(raster) for raster in rasters]
        with watch.timing("ocr"):
            sights = self.sights(rasters, qualities)
        for sheet, sight, quality in zip(unknown, sights, qualities, strict=True):
            number = sheet.page.number
            page = replace(upright(sheet.page, sight), quality=quality)
            seen[number] = Seen(page, numbered(sight.words, number))
            self.plugs.memory.keep(self.memory_key(document_id, number), seen_json(seen[number]))
        return [seen[sheet.page.number] for sheet in sheets]

    def sights(self, rasters: Sequence[Raster], qualities: Sequence[Quality]) -> list[Sight]:
        """What OCR sees on each; it is not asked about blank pages."""
        inked = [raster for raster, quality in zip(rasters, qualities, strict=True) if not quality.blank]
        read = iter(self.plugs.ocr.read(inked) if inked else ())
        return [Sight(()) if quality.blank else next(read) for quality in qualities]

    def memory_key(self, document_id: str, number: int) -> str:
        return f"{document_id}/{number}/{self.long_side}/{code_digest(LOOKS)}/{self.plugs.ocr.engine.key}"

    def known(self, document_id: str, sheet: Sheet) -> Seen | None:
        """The page without looking: its own good text, or what the same engine saw before."""
        if sheet.page.text_layer == "good":
            return Seen(sheet.page, sheet.page.words)
        stored = self.plugs.memory.recall(self.memory_key(document_id, sheet.page.number))
        return None if stored is None else seen_from_json(stored)

    def classified(self, reading: Reading, kind: str | None) -> Reading:
        """With its kind, which a person's word settles."""
        if kind is not None:
            return replace(reading, kind=Guess(kind, None))
        (guess,) = self.recall.classify(reading.document.id, [reading.words])
        return replace(reading, kind=guess, engines={**reading.engines, "classifier": self.plugs.classifier.engine})

    def labelled(self, reading: Reading) -> Reading:
        """With a tag on every word."""
        tags = self.recall.label(reading.document.id, reading.words, kind_of(reading))
        return replace(reading, tags=tags, engines={**reading.engines, "labeller": self.plugs.labeller.engine})


def every_sheet(paper: Paper) -> Iterator[Sheet | Seen]:
    """Each page as `sheet_of` gives it."""
    for number in range(1, paper.document.pages + 1):
        yield sheet_of(paper, number)


def sheet_of(paper: Paper, number: int) -> Sheet | Seen:
    """A page, or if it cannot be opened why. Raises RectoError where it is the only page of its document."""
    try:
        return next(paper.sheets(number))
    except (Unreadable, OverLimit) as error:
        if paper.document.pages == 1:
            raise
        return Seen(Page(number, 1.0, 1.0), (), replace(error.fault, page=number))


def understood(reading: Reading, assurance: Assurance, xml: bytes) -> Reading:
    """With typed fields, checks on them and the decision. An invoice's own XML comes before what was read."""
    fields = fields_of(kind_of(reading), reading.words, reading.tags)
    return concluded(replace(reading, fields=fields), assurance, xml)


def concluded(reading: Reading, assurance: Assurance, xml: bytes) -> Reading:
    """With checks on the fields that it has, how sure each of them is, and the decision."""
    kind, fields = kind_of(reading), reading.fields
    agreement: tuple[Check, ...] = ()
    if xml and kind == "invoice":
        fields, found = with_attachment(xml, fields, reading.words)
        agreement = (found,)
    checks = (*check(kind, fields, reading.words), *agreement)
    fields = assured(fields, reading.words, checks, assurance)
    decision = decide(kind, fields, checks, assurance.thresholds, tuple(faults_of(reading, assurance)), reading.words)
    fields = vouched(kind, fields, checks, assurance.thresholds, reading.words)
    return replace(reading, fields=fields, checks=checks, decision=decision)


def faults_of(reading: Reading, assurance: Assurance) -> Iterator[str]:
    """What keeps the words of the document from being trusted."""
    if all(page.quality and page.quality.blank for page in reading.pages):
        yield "every page is blank"
    for page, words in by_page(reading):
        if page.quality:
            yield from (f"page {page.number}: {fault}" for fault in quality_faults(page.quality, words))
    yield from (f"page {fault.page} could not be read: {fault.title}" for fault in reading.errors if fault.page)
    ocr = reading.engines.get("ocr")
    read = any(word.confidence is not None for word in reading.words)
    if read and ocr and assurance.ocr and not ocr.name.startswith(assurance.ocr):  # `rapidocr-upright` is `rapidocr`
        yield f"the words were read by {ocr.name}, and confidence was measured with {assurance.ocr}"


def by_page(reading: Reading) -> Iterator[tuple[Page, Words]]:
    """Each page with its words, which stand in the order of the pages."""
    words = {number: tuple(here) for number, here in groupby(reading.words, key=lambda word: word.page)}
    for page in reading.pages:
        yield page, words.get(page.number, ())


def of_pages(reading: Reading, numbers: Sequence[int]) -> Reading:
    """The part of what was seen that stands on these pages."""
    return replace(
        reading,
        pages=tuple(page for page in reading.pages if page.number in numbers),
        words=tuple(word for word in reading.words if word.page in numbers),
        errors=tuple(fault for fault in reading.errors if fault.page in numbers),
    )


def packet(reading: Reading, parts: tuple[Reading, ...]) -> Reading:
    """A file of several documents: theirs are the fields, its are the pages, the words and the sum of the decisions.

    The words stand in the order of the documents, so that those of receipts side by side do not mingle.
    """
    reasons = tuple(
        f"{pages_of(part)}: {reason}" for part in parts if part.decision for reason in part.decision.reasons
    )
    straight = all(part.decision and part.decision.outcome == "straight_through" for part in parts)
    withheld = tuple(f"{pages_of(part)}: {told}" for part in parts if part.decision for told in part.decision.withheld)
    return replace(
        reading,
        kind=Guess("other", None),
        words=tuple(word for part in parts for word in part.words),
        tags=tuple(tag for part in parts for tag in part.tags),
        decision=Decision("straight_through" if straight else "review", reasons, withheld),
        engines=parts[0].engines,
        parts=parts,
    )


def pages_of(part: Reading) -> str:
    """`page 3`, `pages 1 to 2`."""
    first, last = part.pages[0].number, part.pages[-1].number
    return f"page {first}" if first == last else f"pages {first} to {last}"


def kind_of(reading: Reading) -> str:
    return reading.kind.kind if reading.kind else "other"


def upright(page: Page, sight: Sight) -> Page:
    """The page turned as OCR found that it must be; a quarter turn swaps its sides."""
    width, height = (page.height, page.width) if sight.turn in (90, 270) else (page.width, page.height)
    return replace(page, width=width, height=height, turn=sight.turn, words=())
