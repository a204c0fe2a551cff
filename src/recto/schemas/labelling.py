"""What a person does to a word's label: sets it, accepts it, rejects it. Pure; a store writes what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from recto.document.errors import BadRequest, Conflict, NotFound
from recto.document.label import PLAIN, Label, Status
from recto.document.reading import OUTSIDE, Tag, Tags
from recto.reading.labels import Seat
from recto.schemas.label_json import named

Deed = Literal["set", "accept", "reject", "doubt", "clear"]


@dataclass(frozen=True, slots=True)
class Change:
    """What one word's label is to become. `version` is that of the label that was seen, 0 where there was none.

    `set` gives a label, which holds from then on (VALID); `accept` says that the one which is there, or else the
    model's, holds; `reject` that it does not (INVALID); `doubt` that someone should look (NEEDS_REVIEW); `clear` that
    nothing is said any more (NONE).
    """

    word: str
    deed: Deed
    version: int | None = None
    label: str = ""
    begins: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who changes labels, and when."""

    by: str
    at: datetime


def changed(
    seats: Sequence[Seat], tags: Tags, kinds: Mapping[int, str], changes: Sequence[Change], who: Person
) -> tuple[Label, ...]:
    """The labels to be written; `kinds` by page. Raises NotFound (the word), UnknownLabel, BadRequest, Conflict.

    A word that is not told whether its label begins a value goes on with the word before it, where that has (or gets)
    the same label.
    """
    at = {seat.place.key: seat.index for seat in seats}
    now = [tag_now(seat, tags) for seat in seats]
    if len({change.word for change in changes}) < len(changes):
        raise BadRequest("A word may stand only once among the changes.")
    made = {}
    for change in sorted(changes, key=lambda one: at.get(one.word, -1)):
        if change.word not in at:
            raise NotFound(f"No word {change.word} in this document.")
        index = at[change.word]
        kind = kinds.get(seats[index].place.page, "other")
        label = made[index] = of_change(change, seats[index], now, kind, who)
        now[index] = Tag(label.tag)
    return tuple(made.values())


def of_change(change: Change, seat: Seat, now: Sequence[Tag], kind: str, who: Person) -> Label:
    """The word's next label. Raises Conflict where another version was seen than the one that there is."""
    before = seat.label if seat.label and seat.label.place == seat.place else None
    version = before.version if before else 0
    if change.version is not None and change.version != version:
        raise Conflict(f"Word {change.word} has version {version}, not {change.version}.")
    index = seat.index
    name, begins = wanted(change, now[index], kind)
    if begins is None:
        begins = index == 0 or now[index - 1].label != name
    label = Label(
        place=seat.place,
        name=name,
        source="person",
        status=STATUS[change.deed],
        at=who.at,
        begins=begins,
        by=who.by,
        reason=change.reason,
    ).after(before)
    return label if before else replace(label, replaced=replaced_by(label, now[index]))


STATUS: Mapping[Deed, Status] = {
    "set": "VALID",
    "accept": "VALID",
    "reject": "INVALID",
    "doubt": "NEEDS_REVIEW",
    "clear": "NONE",
}


def wanted(change: Change, tag: Tag, kind: str) -> tuple[str, bool | None]:
    """The label's name, and whether it begins a value where that is told."""
    if change.deed != "set":
        return tag.label, tag.begins or tag.label == PLAIN
    if not change.label:
        raise BadRequest("To set a label, say which.")
    name, begins = named(change.label, kind)
    return name, change.begins if change.begins is not None else begins


def replaced_by(label: Label, tag: Tag) -> str | None:
    """The model's label, where a person's first one is another."""
    return tag.label if tag.label != label.name else None


def tag_now(seat: Seat, tags: Tags) -> Tag:
    """What the word carries: its label, else what the model said."""
    if seat.label is not None:
        return Tag(seat.label.tag, seat.label.confidence)
    return tags[seat.index] if seat.index < len(tags) else OUTSIDE
