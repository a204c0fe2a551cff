"""Rules that a kind file states itself: `net + tax = gross`, `sum(items.amount) <= limit`, row by row for columns.

Names are fields, `table.column` inside a row's rule, `sum(table.column)` for a whole column. Operators: + - * / and one
of = <= >= < >. A difference of two cents passes as equal, because printed amounts are rounded.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from recto.document.errors import BadSettings
from recto.schemas.checks.facts import Facts, Finding, RowFacts, Rule, judged, untestable
from recto.schemas.checks.sums import ROUNDING

Operand = Decimal | date
_ARITHMETIC: Final[Mapping[type, Callable[[Decimal, Decimal], Decimal]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDER: Final[Mapping[type, Callable[[Operand, Operand], bool]]] = {
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
}


class _Missing(Exception):
    """A name in a formula has no value on this document."""


def is_formula(text: str) -> bool:
    return bool(re.search(r"[=<>]", text))


def formula(text: str) -> Rule:
    """The rule that a formula states; raises BadSettings where it is not one."""
    tree = _parsed(text)
    names = _names(tree)
    tables = {name.split(".")[0] for name, summed in names if not summed and "." in name}

    def rule(facts: Facts) -> Finding:
        rowed = [table for table in tables if table in facts.tables]
        if rowed:
            return _by_row(tree, text, facts, rowed[0])
        return _judge(tree, text, facts, None, [name for name, _ in names])

    return rule


def _parsed(text: str) -> ast.Compare:
    try:
        tree = ast.parse(re.sub(r"(?<![<>=!])=(?!=)", "==", text), mode="eval").body
    except SyntaxError as wrong:
        raise BadSettings(f"{text!r} is not a rule") from wrong
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        raise BadSettings(f"{text!r} compares nothing, or more than two things")
    _names(tree)
    return tree


def _names(tree: ast.AST) -> list[tuple[str, bool]]:
    """(name, whether it is summed) of everything a formula speaks of; raises BadSettings for other syntax."""
    if isinstance(tree, ast.Call):
        if ast.unparse(tree.func) != "sum" or len(tree.args) != 1:
            raise BadSettings("only sum(table.column) may be called in a rule")
        return [(ast.unparse(tree.args[0]), True)]
    if isinstance(tree, ast.Name | ast.Attribute):
        return [(ast.unparse(tree), False)]
    if isinstance(tree, ast.Compare):
        return [*_names(tree.left), *_names(tree.comparators[0])]
    if isinstance(tree, ast.BinOp) and type(tree.op) in _ARITHMETIC:
        return [*_names(tree.left), *_names(tree.right)]
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int | float):
        return []
    raise BadSettings(f"{ast.unparse(tree)!r} cannot stand in a rule")


def _by_row(tree: ast.Compare, text: str, facts: Facts, table: str) -> Finding:
    found = [(row, _judge(tree, text, facts, row, [row.name])) for row in facts.rows(table)]
    tested = [(row, finding) for row, finding in found if finding.outcome != "not_testable"]
    wrong = [(row, finding) for row, finding in tested if finding.outcome == "fail"]
    if not tested:
        return untestable(f"{table} with every value of {text}")
    detail = "; ".join(f"{row.name}: {finding.detail}" for row, finding in wrong[:5])
    return judged(not wrong, [row.name for row, _ in wrong] or [table], detail or f"{len(tested)} rows")


def _judge(tree: ast.Compare, text: str, facts: Facts, row: RowFacts | None, inputs: list[str]) -> Finding:
    try:
        left, right = _value(tree.left, facts, row), _value(tree.comparators[0], facts, row)
    except (_Missing, ZeroDivisionError) as missing:
        return untestable(str(missing))
    if type(left) is not type(right):
        return untestable(f"two values of one type in {text}")
    if isinstance(tree.ops[0], ast.Eq):
        holds = (
            abs(left - right) <= ROUNDING if isinstance(left, Decimal) and isinstance(right, Decimal) else left == right
        )
    else:
        holds = _ORDER[type(tree.ops[0])](left, right)
    return judged(holds, inputs, f"{text}: {left} and {right}")


def _value(tree: ast.AST, facts: Facts, row: RowFacts | None) -> Operand:
    if isinstance(tree, ast.Constant):
        return Decimal(str(tree.value))
    if isinstance(tree, ast.Call):
        table, _, column = ast.unparse(tree.args[0]).partition(".")
        if table not in facts.tables:
            raise _Missing(table)
        return sum(facts.column(table, column), Decimal(0))
    if isinstance(tree, ast.BinOp):
        left, right = _value(tree.left, facts, row), _value(tree.right, facts, row)
        if not isinstance(left, Decimal) or not isinstance(right, Decimal):
            raise _Missing("numbers")
        return _ARITHMETIC[type(tree.op)](left, right)
    name = ast.unparse(tree)
    table, _, column = name.partition(".")
    value = row.value(column) if row is not None and table == row.table else facts.value(name)
    if not isinstance(value, Decimal | date):
        raise _Missing(name)
    return value
