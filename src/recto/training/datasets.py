"""Data sets by name, as `recto evaluate MODEL DATA` takes them."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from recto.document.errors import NotFound
from recto.document.kinds import KINDS
from recto.training.example import Example, Quality
from recto.training.sources import documents, funsd, jsonlines, pictured, reread, sroie, vendors, wildreceipt, zugferd
from recto.training.splits import FROZEN, split_by
from recto.training.synth import generate

log = logging.getLogger("recto.training")

_QUALITIES: tuple[Quality, ...] = ("clean", "scan", "photo")


def dataset(name: str, data: Path, cache: Path) -> list[Example]:
    """The examples of a named set, none where its files are not there, or of a JSON Lines file or folder.

    `data` holds the public documents, `cache` what our own OCR read of them. Raises NotFound.
    """
    if name in NAMED:
        return _named(name, data, cache)
    path = Path(name)
    if (path / "annotations").is_dir():
        return funsd.examples(path)
    if path.exists():
        return jsonlines.read(path)
    raise NotFound(f"{name!r} is neither one of {', '.join(NAMED)} nor a file")


def _named(name: str, data: Path, cache: Path) -> list[Example]:
    try:
        return NAMED[name](data, cache)
    except FileNotFoundError as missing:
        log.warning("%s is left out: there is no %s", name, missing.filename)
        return []


def _sroie(data: Path, cache: Path) -> list[Example]:
    """The frozen validation receipts on their given words."""
    return list(split_by(sroie.examples(data / "sroie" / "train"), FROZEN).validation)


def _sroie_ocr(data: Path, cache: Path) -> list[Example]:
    """The same on the words of our own OCR."""
    held = {example.id for example in _sroie(data, cache)}
    found = reread.examples(data / "sroie" / "train", cache / "sroie.jsonl")
    return [example for example in found if example.id.split("/")[0] in held]


def _wildreceipt(data: Path, cache: Path) -> list[Example]:
    return wildreceipt.examples(data / "wildreceipt" / "labels.jsonl")


def _receipts(data: Path, cache: Path) -> list[Example]:
    return made("receipt", 60, 8_000_000)


def _forms(data: Path, cache: Path) -> list[Example]:
    return [example for kind in KINDS if kind != "receipt" for example in made(kind, 5, 8_000_000)]


def _pictured(data: Path, cache: Path) -> list[Example]:
    """Made-up documents of every kind as our own OCR reads their pictures."""
    return pictured.examples(cache / "pictured.jsonl")


def _kinds(data: Path, cache: Path) -> list[Example]:
    return [example for kind in KINDS for example in made(kind, 30, 30_000_000)]


def _invoices(data: Path, cache: Path) -> list[Example]:
    return zugferd.examples(data, cache / "documents.jsonl")


def _vendors(data: Path, cache: Path) -> list[Example]:
    return vendors.examples(data, cache / "documents.jsonl")


def _real_kinds(data: Path, cache: Path) -> list[Example]:
    """Every real document that is no receipt of the two sets of receipts, as our own OCR or its text layer reads it."""
    return documents.examples(data, cache / "documents.jsonl")


def _receipt_kinds(data: Path, cache: Path) -> list[Example]:
    """Receipts of merchants that the classifier has not seen, and the photographed ones, as our own OCR reads them."""
    kept = cache / "wildreceipt.jsonl"
    read = dict(reread.read_words(kept)) if kept.is_file() else {}
    photos = [example for example in _wildreceipt(data, cache) if example.id in read]
    return [*_sroie_ocr(data, cache), *(documents.unknown(each, read[each.id]) for each in photos)]


def made(kind: str, count: int, seed: int, held_out: bool = True) -> list[Example]:
    """Made-up documents of one kind, their qualities in turn, of templates kept for testing."""
    return [generate(kind, seed + at, held_out=held_out, quality=_QUALITIES[at % 3]).example for at in range(count)]


NAMED: Mapping[str, Callable[[Path, Path], list[Example]]] = {
    "sroie": _sroie,
    "sroie-ocr": _sroie_ocr,
    "wildreceipt": _wildreceipt,
    "synthetic-receipts": _receipts,
    "synthetic-forms": _forms,
    "zugferd": _invoices,
    "vendors": _vendors,
    "synthetic-pictured": _pictured,
    "synthetic-kinds": _kinds,
    "real-kinds": _real_kinds,
    "receipt-kinds": _receipt_kinds,
}
"""The sets that the model's figures are measured on."""

__all__ = ["NAMED", "dataset", "made"]
