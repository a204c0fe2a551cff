"""A file that holds several documents: which pages belong together.

A page begins a document of its own where it says so (`Page 1 of 3`), where it is another receipt or check, where it
names another form, where one of the two is plainly of another kind, or where a receipt lies beside paper of another
shape. It goes on with the one before where it says so
(`Page 2`), where both name the same long number (an account, an invoice), or where both bear the same letterhead.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from recto.document.page import Words

ONE_PAGE: Final = frozenset({"receipt", "check"})
"""Kinds whose documents have one page, so that the next page of the kind is the next document."""

DISTINCT: Final = frozenset({"W2", "1099-INT", "1099-DIV", "1099-MISC", "1099-NEC", "1099-R", "1098", "check"})
"""Kinds whose every page is plainly of that kind."""

NUMBERED: Final = re.compile(
    r"\b(?:page|pg\.?|seite|página|pagina|blatt)\s*:?\s*(\d{1,3})(?:\s*(?:of|/|von|de|sur|di|van)\s*(\d{1,3}))?\b", re.I
)
FORM: Final = re.compile(r"\b(?:form|schedule)\s+([A-Z]?-?\d{1,4}[A-Z]*(?:-[A-Z0-9]+)*|[A-Z]-?\d{1,2}[A-Z]*)\b", re.I)
LONG_NUMBER: Final = re.compile(r"\b(?=[A-Z0-9-]*\d{5})[A-Z0-9-]{6,24}\b")
HEAD: Final = 0.2
"""Page numbers and names of forms are looked for in the first and the last fifth of the page."""

ALIKE, FEWEST = 0.5, 4
"""Pages that share this much of their heads' and feet's words, and so many, bear the same letterhead."""

OTHER_PAPER: Final = 0.06
"""Pages whose short side, as a share of the long one, differs by more are no sheets of one document."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of the file: its number, its words, the kind that its words alone look like, and the shape of its paper.

    `shape` is the short side as a share of the long one, None where it is not known.
    """

    number: int
    words: Words
    kind: str
    shape: float | None = None


def parted(leaves: Sequence[Leaf]) -> list[tuple[int, ...]]:
    """The page numbers of each document, in order; every page is in one of them."""
    parts: list[list[Leaf]] = []
    for leaf in leaves:
        if parts and goes_on(parts[-1], leaf):
            parts[-1].append(leaf)
        else:
            parts.append([leaf])
    return [tuple(leaf.number for leaf in part) for part in parts]


def goes_on(part: Sequence[Leaf], leaf: Leaf) -> bool:
    """Whether the page belongs to the document that `part` is so far."""
    before = part[-1]
    said, named, named_before = page_number(leaf), forms_of(leaf), forms_of(before)
    if not leaf.words:
        return True  # the blank back of a sheet
    if said is not None:
        return said > 1 and said == (page_number(before) or len(part)) + 1
    if leaf.kind in ONE_PAGE and leaf.kind == part[0].kind:
        return False
    if numbers_of(leaf) & numbers_of(before) or alike(leaf, before):
        return True
    if named or named_before:
        return bool(named & named_before)
    if leaf.kind != part[0].kind and ONE_PAGE & {leaf.kind, part[0].kind} and on_other_paper(leaf, before):
        return False
    # Invoices, receipts and statements look like each other from their second page on: no ground to part them.
    return leaf.kind == part[0].kind or not (leaf.kind in DISTINCT or part[0].kind in DISTINCT)


def on_other_paper(one: Leaf, other: Leaf) -> bool:
    """Whether two pages are plainly not of one size: a till's roll is cut anywhere, and a scan of it too."""
    return one.shape is not None and other.shape is not None and abs(one.shape - other.shape) > OTHER_PAPER


def alike(one: Leaf, other: Leaf) -> bool:
    """Whether two pages bear the same letterhead or foot."""
    here, there = set(edges(one).split()), set(edges(other).split())
    return len(here & there) >= max(FEWEST, ALIKE * min(len(here), len(there)))


def page_number(leaf: Leaf) -> int | None:
    """The number that the page says it has."""
    found = NUMBERED.search(edges(leaf))
    return int(found[1]) if found else None


def forms_of(leaf: Leaf) -> frozenset[str]:
    """The forms that the page's edges name: `W-9`, `1040`."""
    return frozenset(name.upper() for name in FORM.findall(edges(leaf)))


def edges(leaf: Leaf) -> str:
    """The text of the page's head and foot."""
    return " ".join(word.text for word in leaf.words if not HEAD < word.box.center[1] < 1 - HEAD)


def numbers_of(leaf: Leaf) -> frozenset[str]:
    """Long numbers and codes on the page."""
    return frozenset(LONG_NUMBER.findall(" ".join(word.text for word in leaf.words)))
