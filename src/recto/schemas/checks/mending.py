"""Proposals: the one misread digit or swapped label that would make every check pass, if there is just one.

Where a check names the rows that are wrong, such as running balances, each may have its own: a few mendings together.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from recto.document.reading import Value
from recto.schemas.checks.facts import Facts, Finding, Path, Rule

_MOST_CELLS = 200
"""With more numbers to doubt nothing is proposed: it takes long, and more than one mending is likely."""

_MOST_WORK = 20_000
"""Numbers to doubt times numbers of the document: each digit is tried by every rule, and must not take a minute."""

_MOST_STEPS = 4
"""A table with more wrong numbers than this is read again, not mended."""

_MOST_NUMBERS = 600
"""Each mending of a row is tried by every rule on the whole document: a long one is not mended row by row."""

_LIKE_DOLLAR = "458"
"""Figures that OCR takes a dollar's sign for."""


def proposal(facts: Facts, rules: Sequence[Rule], failed: Sequence[tuple[Rule, Finding]]) -> str | None:
    """The only mending that makes all rules pass, in words, or one for each row; None for none and for several ways."""
    inputs = {name for _, finding in failed for name in finding.inputs}
    found: dict[str, Mapping[Path, Value]] = {}
    for told, change in mendings(facts, inputs):
        if _mends(facts.with_values(change), rules, failed):
            found[told] = change
            if len(found) > 1:
                return None
    return next(iter(found), None) or _row_by_row(facts, rules)


def _row_by_row(facts: Facts, rules: Sequence[Rule]) -> str | None:
    """The mendings, each the only one of its row, that make all rules pass together."""
    told: list[str] = []
    wrong = {name for rule in rules for name in rule(facts).inputs if "[" in name}
    if len(wrong) > 2 * _MOST_STEPS or sum(1 for _ in facts.amounts()) > _MOST_NUMBERS:
        return None
    for _ in range(_MOST_STEPS):
        failed = [(rule, finding) for rule in rules if (finding := rule(facts)).outcome == "fail"]
        steps = (step for rule, finding in failed if (step := _only_step(facts, rules, rule, finding)))
        step = next(steps, None)
        if step is None:
            return None
        told.append(step[0])
        facts = facts.with_values(step[1])
        if not any(rule(facts).outcome == "fail" for rule in rules):
            return "; ".join(told)
    return None


def _only_step(
    facts: Facts, rules: Sequence[Rule], rule: Rule, finding: Finding
) -> tuple[str, Mapping[Path, Value]] | None:
    """The only mending of the first row that a check calls wrong that leaves no other row or rule wrong by it."""
    wrong = [name for name in finding.inputs if "[" in name]
    held = [other for other in rules if other(facts).outcome != "fail"]
    found: dict[str, Mapping[Path, Value]] = {}
    for told, change in mendings(facts, set(wrong[:1])):
        mended = facts.with_values(change)
        left = {name for name in rule(mended).inputs if "[" in name}
        if left <= set(wrong[1:]) and not any(other(mended).outcome == "fail" for other in held):
            found[told] = change
    return next(iter(found.items())) if len(found) == 1 else None


def mendings(facts: Facts, inputs: set[str]) -> Iterator[tuple[str, Mapping[Path, Value]]]:
    """Every one-digit change of a number among the inputs, every first digit that can be a dollar's sign left out, and
    every exchange of two single fields among them.

    Where a check names rows of a table, the wrong digit is in one of those, not anywhere in the table.
    """
    rows = {name for name in inputs if "[" in name}
    named = set(inputs) - {row.partition("[")[0] for row in rows}
    every = list(facts.amounts())
    numbers = [(path, amount) for path, amount in every if _concerns(path, named)]
    if len(numbers) > _MOST_CELLS or len(numbers) * len(every) > _MOST_WORK:
        return
    for path, amount in numbers:
        for other in one_digit_away(amount):
            yield f"{path}: {other} instead of {amount}, one digit misread", {path: other}
        if (behind := _without_sign(amount)) is not None:
            yield f"{path}: {behind} instead of {amount}, its first figure is a dollar's sign misread", {path: behind}
    singles = [(path, amount) for path, amount in numbers if "[" not in path]
    for (one, a), (two, b) in combinations(singles, 2):
        if a != b:
            yield f"{one} and {two} exchanged: {b} and {a}", {one: b, two: a}


def one_digit_away(amount: Decimal) -> Iterator[Decimal]:
    """Every number that differs from this one in a single digit; none begins with a nought that nobody prints."""
    text = f"{amount:f}"
    for place, letter in enumerate(text):
        if letter.isdigit():
            leads = not text[:place].strip("-") and text[place + 1 : place + 2].isdigit()
            for digit in "123456789" if leads else "0123456789":
                if digit != letter:
                    yield Decimal(text[:place] + digit + text[place + 1 :])


def _without_sign(amount: Decimal) -> Decimal | None:
    """The number behind a first figure that can be a dollar's sign; None where there is none."""
    sign, digits = ("-", f"{-amount:f}") if amount < 0 else ("", f"{amount:f}")
    if digits[0] not in _LIKE_DOLLAR or not digits[1:2].isdigit():
        return None
    return Decimal(sign + digits[1:])


def _concerns(path: Path, inputs: set[str]) -> bool:
    row = path.partition(".")[0] if "[" in path else path
    return path in inputs or row in inputs or row.partition("[")[0] in inputs


def _mends(facts: Facts, rules: Sequence[Rule], failed: Sequence[tuple[Rule, Finding]]) -> bool:
    """Failed rules must pass, and no other may begin to fail. The failed ones first: most changes end there."""
    if not all(rule(facts).outcome == "pass" for rule, _ in failed):
        return False
    return all(rule(facts).outcome != "fail" for rule in rules)
