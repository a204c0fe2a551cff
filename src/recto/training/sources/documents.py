"""Every real document that the public sets have a kind for, on its words as Recto reads them: for evaluation only.

What was read is kept as JSON Lines, `{"path", "ocr", "words": [{"page", "line", "text", "box", "confidence"}]}`, so a
reading that is broken off goes on where it was, and a newer OCR engine reads anew.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from recto.document.box import Box
from recto.document.errors import RectoError
from recto.document.page import Word, Words
from recto.engines.classify.rules import RulesClassifier
from recto.engines.label.rules import RulesLabeller
from recto.pipeline import Plugs, Reader, Stopwatch, silent
from recto.ports import Ocr
from recto.reading.paper import opened
from recto.stores.forgetful import Forgetful
from recto.training.example import Example

log = logging.getLogger("recto.training")

KIND_OF: Final = {
    # tax/manifest.json, doc_type
    "1098": "1098",
    "1099-INT": "1099-INT",
    "2020 Form 1099-INT": "1099-INT",
    "1099-MISC": "1099-MISC",
    "2020 Form 1099-NEC": "1099-NEC",
    "us_1099": "1099-NEC",  # the blank form there is the IRS's 1099-NEC
    "2020 Form W-2": "W2",
    "us_w2": "W2",
    "us_bank_statement": "bank_statement",
    # forms that are not among the twelve
    **dict.fromkeys(
        ("1098-E", "1098-T", "1099-B", "1099-C", "1099-CAP", "W-8BEN", "W-9", "W9", "us_w9", "us_w8ben", "us_w8bene"),
        "other",
    ),
    **dict.fromkeys(
        ("1040", "us_1040", *(f"1040-schedule-{letter}" for letter in ("A", "B", "D", "E", "EIC"))),
        "other",
    ),
    **dict.fromkeys(("US-mortgage-1003", "US-mortgage-1008", "US-mortgage-closing-disclosure"), "other"),
    **dict.fromkeys(("ca_t4", "ca_t1_general", "ca_cra_noa", "us_paystub"), "other"),
    "us_utility_bill": "other",  # a bill, but its fields (meters, usage) are not an invoice's
    "us_mortgage_statement": "other",  # a loan's statement has neither deposits nor withdrawals
    # business_docs/manifest.json, cls
    "invoice": "invoice",
    "receipt": "receipt",
    "bank_statement": "bank_statement",
    "cheque": "check",
    "credit_card": "other",  # the card itself, not its statement
    "statement_other": "other",  # a homeowners' association's
    "utility_bill": "other",
    "payslip": "other",
    "form": "other",
    "medical_form": "other",
}
"""The classes of the manifests in the words of our kinds. What is not here has no single kind (packets, photos of
several receipts) and is not scored."""


@dataclass(frozen=True, slots=True)
class Known:
    """A document and its true kind; `path` is relative to the data folder, `group` what must stay in one split."""

    path: str
    kind: str
    group: str


def known(data: Path) -> Iterator[Known]:
    """Every document with a kind of tax, business_docs and zugferd, in the order of the manifests."""
    for folder, key in (("tax", "doc_type"), ("business_docs", "cls")):
        for entry in json.loads((data / folder / "manifest.json").read_text(encoding="utf-8")):
            kind = KIND_OF.get(entry[key])
            if kind:
                yield Known(f"{folder}/{entry['file']}", kind, entry[key])
    for entry in json.loads((data / "zugferd" / "manifest.json").read_text(encoding="utf-8")):
        yield Known(f"zugferd/pdf/{entry['id']}.pdf", "invoice", entry["group"])


def examples(data: Path, cache: Path) -> list[Example]:
    """The documents of `known` whose words stand in `cache`, without truth of their words."""
    kept = dict(read_words(cache))
    return [_example(one, kept[one.path]) for one in known(data) if kept.get(one.path)]


def _example(one: Known, words: Words) -> Example:
    named = Example(one.path, one.kind, (), (), (), group=one.group, source=one.path.split("/")[0])
    return unknown(named, words)


def unknown(example: Example, words: Words) -> Example:
    """The document on other words, of which it is not known what they carry."""
    return replace(example, words=words, tags=(None,) * len(words), labelled=(), ignored=())


def read_words(cache: Path, ocr: str | None = None) -> Iterator[tuple[str, Words]]:
    """Each document's path and words, the last reading of each; of one OCR engine only, where its key is given."""
    for line in cache.read_text(encoding="utf-8").splitlines() if cache.is_file() else ():
        stated = json.loads(line)
        if ocr in (None, stated["ocr"]):
            yield stated["path"], tuple(map(_word, stated["words"]))


def read(data: Path, paths: Sequence[str], cache: Path, ocr: Ocr) -> int:
    """Read those documents that this engine has not read yet, a line of `cache` at a time; returns how many."""
    reader = Reader(Plugs(ocr, RulesClassifier(), RulesLabeller(), Forgetful()))
    cache.parent.mkdir(parents=True, exist_ok=True)
    done = {path for path, _ in read_words(cache, ocr.engine.key)}
    todo = [path for path in paths if path not in done]
    with cache.open("a", encoding="utf-8") as file:
        for path in todo:
            words = [_stated(word) for word in _seen(reader, data / path)]
            file.write(json.dumps({"path": path, "ocr": ocr.engine.key, "words": words}) + "\n")
            file.flush()
    return len(todo)


def _seen(reader: Reader, path: Path) -> Words:
    """The words of all pages; none of a file that cannot be read."""
    try:
        with opened(path.read_bytes(), path.name, reader.limits) as paper:
            return reader.seen(paper, Stopwatch(), silent).words
    except RectoError as error:
        log.warning("%s: %s", path.name, error)
        return ()


def _stated(word: Word) -> dict[str, Any]:
    box = [round(side, 5) for side in word.box.sides]
    return {"page": word.page, "line": word.line, "text": word.text, "box": box, "confidence": word.confidence}


def _word(stated: dict[str, Any]) -> Word:
    place = {name: stated[name] for name in ("page", "line", "confidence")}
    return Word(stated["text"], Box(*stated["box"]), **place)
