"""The JSON of a reading: the one form that the command line, the API and the stores share, and back again."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from recto.document.box import Box
from recto.document.page import Document, Page, Quality, Word
from recto.document.reading import (
    Check,
    Decision,
    Engine,
    Fault,
    Field,
    Grounding,
    Guess,
    Reading,
    Row,
    Table,
    Tag,
)
from recto.schemas.crosswalk import to_dialect
from recto.schemas.masking import masked
from recto.schemas.values import canonical, restored

Names = Literal["recto", "azure", "textract", "google"]
_WORST: tuple[Grounding, ...] = ("not_found", "ambiguous", "grounded")


def reading_json(reading: Reading, words: bool = False, names: Names = "recto", reveal: bool = False) -> dict[str, Any]:
    """The object that docs/fields.md describes; one that could not be read has only `document` and `errors`.

    Sensitive numbers are masked without `reveal`. In another dialect the `fields` give way to the top-level keys of
    that service's answer (`documents`, `ExpenseDocuments`, `entities`), so that code written for it goes on working.
    """
    shown = reading if reveal else masked(reading)
    if shown.errors and shown.kind is None:
        return {"document": _document(shown.document), "errors": [_fault(fault) for fault in shown.errors]}
    answer = _envelope(shown)
    if names == "recto":
        answer["fields"] = [_item(item, words) for item in shown.fields]
    else:
        del answer["fields"]
        answer |= to_dialect(shown.fields, shown.kind.kind if shown.kind else "other", names, shown.pages)
    if reading.parts:
        answer["parts"] = [reading_json(part, words, names, reveal) for part in reading.parts]
    if words:
        answer["words"] = _words(shown)
    return answer


def reading_from_json(stored: Mapping[str, Any]) -> Reading:
    """The inverse of `reading_json(reading, words=True, reveal=True)`; pages come back without a text layer's words."""
    kind = stored.get("kind")
    decision = stored.get("decision")
    words = stored.get("words", [])
    return Reading(
        document=Document(**stored["document"]),
        pages=tuple(_page_back(page) for page in stored.get("pages", [])),
        words=tuple(_word_back(word) for word in words),
        kind=Guess(kind["name"], kind["confidence"]) if kind else None,
        tags=tuple(Tag(word["label"], word.get("label_confidence")) for word in words if "label" in word),
        fields=tuple(_item_back(item) for item in stored.get("fields", [])),
        checks=tuple(_check_back(check) for check in stored.get("checks", [])),
        decision=_decision_back(decision) if decision else None,
        engines={role: Engine(**engine) for role, engine in stored.get("engines", {}).items()},
        errors=tuple(Fault(**fault) for fault in stored.get("errors", [])),
        seconds=stored.get("seconds", {}),
        parts=tuple(reading_from_json(part) for part in stored.get("parts", ())),
    )


def _envelope(reading: Reading) -> dict[str, Any]:
    """All but fields and words. `fields` holds its place in the order of keys, which people read."""
    kind, decision = reading.kind, reading.decision
    return {
        "document": _document(reading.document),
        "pages": [_page(page) for page in reading.pages],
        "kind": {"name": kind.kind, "confidence": kind.confidence} if kind else None,
        "fields": [],
        "checks": [_check(check) for check in reading.checks],
        "decision": _decision(decision) if decision else None,
        "engines": {role: _engine(engine) for role, engine in reading.engines.items()},
        "errors": [_fault(fault) for fault in reading.errors],
        "seconds": dict(reading.seconds),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "outcome": decision.outcome,
        "reasons": list(decision.reasons),
        "withheld": list(decision.withheld),
    }


def _document(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "name": document.name,
        "media_type": document.media_type,
        "pages": document.pages,
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "text_layer": page.text_layer,
        "turn": page.turn,
        "quality": None if page.quality is None else asdict(page.quality),
    }


def _item(item: Field | Table, words: bool) -> dict[str, Any]:
    if isinstance(item, Field):
        return {"name": item.name, **_field(item, words)}
    return {
        "name": item.name,
        "rows": [{name: _field(cell, words) for name, cell in row.cells.items()} for row in item.rows],
        "rows_returned": len(item.rows),
        "rows_expected": item.rows_expected,
        # Null where nobody could count: that is no promise that all rows are there.
        "rows_possibly_missing": None if item.rows_expected is None else item.rows_expected > len(item.rows),
        "rows_grounding": [row_grounding(row) for row in item.rows],
    }


def row_grounding(row: Row) -> Grounding:
    """A row stands as firmly as the loosest of its cells."""
    found = {cell.grounding for cell in row.cells.values()}
    return next((grounding for grounding in _WORST if grounding in found), "not_found")


def _field(field: Field, words: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"value": canonical(field.value), "type": field.type}
    if field.currency is not None:
        answer["currency"] = field.currency
    answer |= {
        "raw": field.raw,
        "confidence": field.confidence,
        "page": field.page,
        "boxes": [list(box.sides) for box in field.boxes],
        "grounding": field.grounding,
    }
    if field.vouched is not None:
        answer["vouched"] = field.vouched
    if field.alternatives:
        answer["alternatives"] = list(field.alternatives)
    if words and field.words:
        answer["words"] = list(field.words)
    return answer


def _check(check: Check) -> dict[str, Any]:
    answer: dict[str, Any] = {"name": check.name, "outcome": check.outcome, "inputs": list(check.inputs)}
    answer["detail"] = check.detail
    if check.proposal is not None:
        answer["proposal"] = check.proposal
    return answer


def _engine(engine: Engine) -> dict[str, Any]:
    answer = {"name": engine.name, "version": engine.version, "model": engine.model, "digest": engine.digest}
    return {key: value for key, value in answer.items() if value is not None}


def _fault(fault: Fault) -> dict[str, Any]:
    answer = {"code": fault.code, "title": fault.title, "detail": fault.detail}
    return answer if fault.page is None else {**answer, "page": fault.page}


def _words(reading: Reading) -> list[dict[str, Any]]:
    """The words, each with its tag where the document was labelled."""
    answer = [_word(word) for word in reading.words]
    if reading.tags:
        for word, tag in zip(answer, reading.tags, strict=True):
            word["label"] = tag.name
            if tag.confidence is not None:
                word["label_confidence"] = tag.confidence
    return answer


def _word(word: Word) -> dict[str, Any]:
    return {
        "page": word.page,
        "line": word.line,
        "text": word.text,
        "box": list(word.box.sides),
        "confidence": word.confidence,
    }


def _decision_back(stored: Mapping[str, Any]) -> Decision:
    return Decision(stored["outcome"], tuple(stored["reasons"]), tuple(stored.get("withheld", ())))


def _page_back(stored: Mapping[str, Any]) -> Page:
    quality = stored.get("quality")
    return Page(**{**stored, "quality": Quality(**quality) if quality else None})


def _word_back(stored: Mapping[str, Any]) -> Word:
    return Word(stored["text"], Box(*stored["box"]), stored["page"], stored["line"], stored["confidence"])


def _item_back(stored: Mapping[str, Any]) -> Field | Table:
    if "rows" not in stored:
        return _field_back(stored["name"], stored)
    rows = (Row({name: _field_back(name, cell) for name, cell in row.items()}) for row in stored["rows"])
    return Table(stored["name"], tuple(rows), stored["rows_expected"])


def _field_back(name: str, stored: Mapping[str, Any]) -> Field:
    return Field(
        name=name,
        value=restored(stored["type"], stored["value"]),
        type=stored["type"],
        raw=stored["raw"],
        grounding=stored["grounding"],
        confidence=stored["confidence"],
        currency=stored.get("currency"),
        page=stored["page"],
        boxes=tuple(Box(*sides) for sides in stored["boxes"]),
        words=tuple(stored.get("words", ())),
        alternatives=tuple(stored.get("alternatives", ())),
        vouched=stored.get("vouched"),
    )


def _check_back(stored: Mapping[str, Any]) -> Check:
    return Check(
        stored["name"], stored["outcome"], tuple(stored["inputs"]), stored.get("detail", ""), stored.get("proposal")
    )
