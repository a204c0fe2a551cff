"""Whether money came or went: by what the running balance did, by a minus, by what is printed above the table."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from itertools import pairwise

from recto.engines.label.columns import AMOUNTS, IN, OUT
from recto.engines.label.rows import Row
from recto.engines.label.shapes import amount_of, amounts
from recto.engines.label.tables import Grid

Figures = dict[str, Decimal]
"""The numbers of a movement by their columns."""
Fell = bool | None
"""Whether the balance fell by the amount; None where it does not say."""


def falls(found: Sequence[Figures], before: Figures | None, above: Collection[Decimal]) -> list[Fell]:
    """Of each movement whether the balance fell by it. The oldest may be printed first or last.

    The first is told by the movement before, on an earlier page, or by an opening balance among the amounts `above`.
    """
    down = [_step(one, two) for one, two in pairwise(found)]
    up = [_step(two, one) for one, two in pairwise(found)]
    if sum(step is not None for step in up) > sum(step is not None for step in down):
        return [*up, _opened(found[-1], above)]
    first = None if before is None or not found else _step(before, found[0])
    return [_opened(found[0], above) if first is None else first, *down] if found else []


def _step(before: Figures, figures: Figures) -> Fell:
    old, new, amount = before.get("balance"), figures.get("balance"), amount_in(figures)
    if old is None or new is None or not amount or abs(new - old) != amount:
        return None
    return new < old


def _opened(figures: Figures, above: Collection[Decimal]) -> Fell:
    """By the opening balance, which is printed above: what there was before is one of the two, but not both."""
    new, amount = figures.get("balance"), amount_in(figures)
    if new is None or not amount:
        return None
    more, less = new + amount in above, new - amount in above
    return None if more == less else more


def amount_in(figures: Figures) -> Decimal | None:
    """How much was moved, whichever column says it."""
    return next((abs(figures[name]) for name in AMOUNTS if name in figures), None)


def printed_above(rows: Sequence[Row], grid: Grid) -> set[Decimal]:
    """Every amount above a table."""
    found = (amount_of(match.text) for row in rows[: grid.first] for match in amounts(row.texts, row.gaps))
    return {amount for amount in found if amount is not None}


def outward(rows: Sequence[Row], grid: Grid, found: Sequence[Figures], fell: Sequence[Fell]) -> list[bool]:
    """Which movements of one column of amounts went out.

    What the balance says comes first: a minus is easily lost on paper. Then the signs, where any has one; then what the
    balance says of another movement, and the heading.
    """
    values = [figures.get("amount", Decimal(0)) for figures in found]
    if any(value < 0 for value in values):
        return [value < 0 if told is None else told for value, told in zip(values, fell, strict=True)]
    first = next((told for told in fell if told is not None), None)
    if first is None:
        first = _heads_out(rows, grid)
    return [first if told is None else told for told in fell]


def _heads_out(rows: Sequence[Row], grid: Grid) -> bool:
    heading = " ".join(row.text for row in rows[max(0, grid.first - 4) : grid.first - 1])
    return bool(OUT.search(heading)) and not IN.search(heading)
