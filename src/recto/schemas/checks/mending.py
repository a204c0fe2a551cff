"""Proposals: the one misread digit or swapped label that would make every check pass, if there is just one."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from recto.document.reading import Value
from recto.schemas.checks.facts import Facts, Finding, Path, Rule

_MOST_CELLS = 200
"""With more numbers to doubt nothing is proposed: it takes long, and more than one mending is likely."""


def proposal(facts: Facts, rules: Sequence[Rule], failed: Sequence[tuple[Rule, Finding]]) -> str | None:
    """The only mending that makes all rules pass, in words; None where there is none or more than one."""
    inputs = {name for _, finding in failed for name in finding.inputs}
    found: dict[str, Mapping[Path, Value]] = {}
    for told, change in mendings(facts, inputs):
        if _mends(facts.with_values(change), rules, failed):
            found[told] = change
            if len(found) > 1:
                return None
    return next(iter(found), None)


def mendings(facts: Facts, inputs: set[str]) -> Iterator[tuple[str, Mapping[Path, Value]]]:
    """Every one-digit change of a number among the inputs, and every exchange of two single fields among them.

    Where a check names rows of a table, the wrong digit is in one of those, not anywhere in the table.
    """
    rows = {name for name in inputs if "[" in name}
    named = set(inputs) - {row.partition("[")[0] for row in rows}
    numbers = [(path, amount) for path, amount in facts.amounts() if _concerns(path, named)]
    if len(numbers) > _MOST_CELLS:
        return
    for path, amount in numbers:
        for other in one_digit_away(amount):
            yield f"{path}: {other} instead of {amount}, one digit misread", {path: other}
    singles = [(path, amount) for path, amount in numbers if "[" not in path]
    for (one, a), (two, b) in combinations(singles, 2):
        if a != b:
            yield f"{one} and {two} exchanged: {b} and {a}", {one: b, two: a}


def one_digit_away(amount: Decimal) -> Iterator[Decimal]:
    """Every number that differs from this one in a single digit."""
    text = f"{amount:f}"
    for place, letter in enumerate(text):
        if letter.isdigit():
            for digit in "0123456789":
                if digit != letter:
                    yield Decimal(text[:place] + digit + text[place + 1 :])


def _concerns(path: Path, inputs: set[str]) -> bool:
    row = path.partition(".")[0] if "[" in path else path
    return path in inputs or row in inputs or row.partition("[")[0] in inputs


def _mends(facts: Facts, rules: Sequence[Rule], failed: Sequence[tuple[Rule, Finding]]) -> bool:
    """Failed rules must pass, and no other may begin to fail. The failed ones first: most changes end there."""
    if not all(rule(facts).outcome == "pass" for rule, _ in failed):
        return False
    return all(rule(facts).outcome != "fail" for rule in rules)
