"""Label Studio's tasks: a document's words as regions with their labels and texts, and back again.

The form is that of its template for OCR (https://labelstud.io/templates/optical_character_recognition): a region is a
`rectanglelabels` result and a `textarea` result of the same id, its box in per cent of the page; `item_index` counts
the pages from 0. Labels that hold are an annotation, the model's are a prediction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from recto.document.box import Box
from recto.document.errors import BadRequest
from recto.document.label import Label, Place, places_of
from recto.document.page import Page, Word, Words
from recto.document.reading import Tags
from recto.reading.labels import Seat
from recto.schemas.label_json import instant_of, named

CONFIG: Final = """<View>
  <Image name="image" valueList="$pages"/>
  <RectangleLabels name="label" toName="image">
{labels}
  </RectangleLabels>
  <TextArea name="transcription" toName="image" editable="true" perRegion="true" displayMode="region-list"/>
</View>
"""


def config_of(labels: Sequence[str]) -> str:
    """The labelling interface to create the project with."""
    return CONFIG.replace("{labels}", "\n".join(f'    <Label value="{label}"/>' for label in labels))


def task_json(
    document_id: str, kind: str, pages: Sequence[Page], words: Words, seats: Sequence[Seat], tags: Tags
) -> dict[str, Any]:
    """The document as a task; its pages' images by the paths at which Recto's API gives them."""
    sizes = {page.number: page for page in pages}
    held = [(seat, seat.label.tag) for seat in seats if seat.label and seat.label.status == "VALID"]
    said = [(seat, tag.name) for seat, tag in zip(seats, tags, strict=False) if tag.label != "O"]
    images = [f"/v1/documents/{document_id}/pages/{page.number}/image" for page in pages]
    return {
        "data": {"document": document_id, "kind": kind, "pages": images},
        "annotations": [{"result": [one for each in held for one in region(*each, words, sizes)]}] if held else [],
        "predictions": [{"result": [one for each in said for one in region(*each, words, sizes)]}] if said else [],
    }


def region(seat: Seat, tag: str, words: Words, sizes: Mapping[int, Page]) -> Iterator[dict[str, Any]]:
    """A word's two results."""
    word, page = words[seat.index], sizes.get(words[seat.index].page)
    box = word.box
    value = {
        "x": box.left * 100,
        "y": box.top * 100,
        "width": box.width * 100,
        "height": box.height * 100,
        "rotation": 0,
    }
    both = {
        "id": seat.place.key,
        "to_name": "image",
        "item_index": word.page - 1,
        "original_width": round(page.width) if page else 1000,
        "original_height": round(page.height) if page else 1000,
        "image_rotation": 0,
        "meta": {"text": [tag]},
    }
    label = tag if tag == "O" else tag[2:]
    yield {**both, "type": "rectanglelabels", "from_name": "label", "value": {**value, "rectanglelabels": [label]}}
    yield {**both, "type": "textarea", "from_name": "transcription", "value": {**value, "text": [word.text]}}


@dataclass(frozen=True, slots=True)
class Task:
    """A task that comes back: which document it is of, and what was drawn on it."""

    document_id: str
    kind: str
    regions: tuple["Region", ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Region:
    """A box with a label, and a text where one was written. `tag` is the BIO tag that we gave it, if we did."""

    id: str
    page: int
    box: Box
    label: str
    text: str = ""
    tag: str = ""


def task_from(stated: Mapping[str, Any]) -> Task:
    """The last annotation of a task that was not cancelled; none of its regions where there is none. BadRequest."""
    try:
        data, done = stated["data"], [one for one in stated.get("annotations", ()) if not one.get("was_cancelled")]
        last = done[-1] if done else {"result": []}
        moment = last.get("updated_at") or last.get("created_at")
        at = instant_of(moment) if moment else datetime.now(UTC)
        regions = tuple(regions_of(last["result"]))
        return Task(str(data.get("document", "")), str(data.get("kind", "receipt")), regions, at)
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as wrong:
        raise BadRequest(f"This is no task of Label Studio's: {wrong!r}") from wrong


def regions_of(results: Sequence[Mapping[str, Any]]) -> Iterator[Region]:
    """The labelled regions, each with its text."""
    texts = {one["id"]: " ".join(one["value"]["text"]) for one in results if one.get("type") == "textarea"}
    for one in results:
        if one.get("type") == "rectanglelabels":
            value = one["value"]
            left, top = value["x"] / 100, value["y"] / 100
            box = Box(left, top, left + value["width"] / 100, top + value["height"] / 100).clipped()
            meta = " ".join(one.get("meta", {}).get("text", ()))
            tag = meta if meta.endswith(value["rectanglelabels"][0]) else ""
            page = int(one.get("item_index") or 0) + 1
            yield Region(str(one["id"]), page, box, value["rectanglelabels"][0], texts.get(one["id"], ""), tag)


def labels_from(task: Task, words: Words, by: str) -> tuple[Label, ...]:
    """What the task says of these words: a region's label is that of the words whose middle it covers. UnknownLabel.

    A region that we made is one word and keeps its B or I; of one that was drawn, the first word begins a value and the
    others go on with it.
    """
    places = places_of(words)
    made: dict[int, Label] = {}
    for region_ in task.regions:
        covered = [at for at, word in enumerate(words) if word.page == region_.page and inside(word, region_.box)]
        name, begins = named(region_.tag or region_.label, task.kind)
        for nth, at in enumerate(covered):
            first = nth == 0 if begins is None else begins and nth == 0
            made[at] = label_at(places[at], name, first or name == "O", by, task.at)
    return tuple(made[at] for at in sorted(made))


def label_at(place: Place, name: str, begins: bool, by: str, at: datetime) -> Label:
    return Label(place, name, "import", "VALID", at, begins=begins, by=by)


def inside(word: Word, box: Box) -> bool:
    """Whether the word's middle lies in the box."""
    x, y = word.box.center
    return box.left <= x <= box.right and box.top <= y <= box.bottom


def words_from(task: Task) -> Words:
    """The words that the task itself tells, for a document of which we have no others: its regions' texts."""
    return tuple(
        word for line, region_ in enumerate(task.regions) for word in split(region_, line) if region_.text.strip()
    )


def split(region_: Region, line: int) -> Iterator[Word]:
    """The words of a region's text, side by side in its box in proportion to their letters."""
    texts, box = region_.text.split(), region_.box
    whole, start = max(len(" ".join(texts)), 1), 0
    for text in texts:
        left, right = (box.left + box.width * at / whole for at in (start, start + len(text)))
        yield Word(text, Box(left, box.top, right, box.bottom), region_.page, line)
        start += len(text) + 1
