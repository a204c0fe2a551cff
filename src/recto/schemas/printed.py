"""Tax forms as they are printed: where each box stands on the form, its caption and what it holds."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

PARTIES = ("parties", "parties_split", "parties_revised")
"""The ways in which the 1099s have printed payer and recipient."""


Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Landmark:
    """Words that stand in a known place of a form: their `align`ed end and their top, in percent of the form."""

    text: str
    x: float
    y: float
    numbers: frozenset[str] = frozenset()
    align: Align = "left"
    weight: float = 1.0
    """What it says for the form's being there: a box's number alone says little."""


@dataclass(frozen=True, slots=True)
class PrintedBox:
    """One box of a form, its sides in percent of the form's area.

    A `label` that ends with `+` goes on with that label's text; `holds` says what stands in the box: a type, or which
    part of several (`party`, `state and id`, `code 0`).
    """

    left: float
    top: float
    right: float
    bottom: float
    number: str
    caption: str
    label: str
    holds: str

    @property
    def path(self) -> str:
        """The field that it holds, by its path."""
        return self.label.rstrip("+")


def boxes_of(text: str) -> tuple[PrintedBox, ...]:
    """The boxes of a form as printed.toml writes them, a line each."""
    found = []
    for line in text.strip().splitlines():
        sides, number, caption, label, holds = (cell.strip() for cell in line.split("|"))
        left, top, right, bottom = map(float, sides.split())
        found.append(PrintedBox(left, top, right, bottom, number, caption, label, holds))
    return tuple(_parted(box, found) for box in found)


def _parted(box: PrintedBox, others: Sequence[PrintedBox]) -> PrintedBox:
    """The box up to where another begins in its row: on some forms one stands in the end of the account number's."""
    inside = [one.left for one in others if one.top == box.top and box.left < one.left < box.right]
    return replace(box, right=min([box.right, *inside]))


@cache
def printed_forms() -> Mapping[str, Mapping[str, Any]]:
    """printed.toml: the forms by kind, and the parties' boxes."""
    return tomllib.loads((files("recto.schemas") / "printed.toml").read_text(encoding="utf-8"))


@cache
def layouts_of(kind: str) -> tuple[tuple[PrintedBox, ...], ...]:
    """Every arrangement of the form, the commonest first; none for a kind that is no such form."""
    form = printed_forms().get(kind)
    if form is None:
        return ()
    revisions = [form[name] for name in ("boxes", "revised") if name in form]
    parties = [printed_forms()[name]["boxes"] for name in PARTIES] if form.get("parties") else [""]
    return tuple(boxes_of(party + boxes) for boxes in revisions for party in parties)


def landmarks_of(kind: str, layout: Sequence[PrintedBox]) -> tuple[Landmark, ...]:
    """What is printed on every copy of a form of this arrangement: captions, and the words in and under it."""
    captions = [
        Landmark(box.caption, box.left, box.top, frozenset({box.number} - {""})) for box in layout if box.caption
    ]
    numbers = [Landmark(box.number, box.left, box.top, weight=0.4) for box in layout if box.number]
    omb = f"OMB No. {printed_forms()[kind]['omb']}"
    middle = [
        Landmark(omb, (box.left + box.right) / 2, box.top, align="center") for box in layout if box.holds == "omb"
    ]
    treasury = Landmark("Department of the Treasury-Internal Revenue Service", 100, 101, align="right")
    return (*captions, *numbers, *middle, *_name_of(kind), treasury)


def _name_of(kind: str) -> tuple[Landmark, ...]:
    """The form's name under its left corner."""
    if kind == "W2":
        title = "W-2 Wage and Tax Statement"
        return Landmark(f"Form {title}", 0, 101), Landmark(title, 4.5, 101)
    return (Landmark(f"Form {kind}", 0, 101),)
