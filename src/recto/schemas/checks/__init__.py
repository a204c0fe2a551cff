"""Checks: deterministic rules, named beside the schema, on the values of a reading. Tolerances stand at their rules."""

from collections.abc import Mapping, Sequence
from typing import Final

from recto.document.errors import BadSettings
from recto.document.page import Words
from recto.document.reading import Check, Field, Table
from recto.schemas.catalog import schema_of
from recto.schemas.checks import cheques, invoices, receipts, statements, taxes
from recto.schemas.checks.facts import Facts, Finding, Rule
from recto.schemas.checks.formula import formula, is_formula
from recto.schemas.checks.mending import proposal

_BOOK: Final[Mapping[str, Rule]] = {
    rule.__name__: rule for module in (receipts, statements, taxes, cheques) for rule in module.RULES
}
_OWN: Final[Mapping[str, Mapping[str, Rule]]] = {"invoice": {rule.__name__: rule for rule in invoices.RULES}}
"""Some rules have one name and another form on invoices, where tax stands beside the lines."""


def check(kind: str, fields: Sequence[Field | Table], words: Words = ()) -> tuple[Check, ...]:
    """Every check of the kind, in the schema's order; failed ones with a proposal where exactly one mends all."""
    facts = Facts.of(kind, fields, words)
    rules = {name: rule_of(kind, name) for name in schema_of(kind).checks}
    findings = {name: rule(facts) for name, rule in rules.items()}
    failed = [(rules[name], finding) for name, finding in findings.items() if finding.outcome == "fail"]
    mend = proposal(facts, list(rules.values()), failed) if failed else None
    return tuple(_check(name, finding, mend) for name, finding in findings.items())


def rule_of(kind: str, name: str) -> Rule:
    """The rule of that name, the kind's own first; a formula is a rule by itself. Raises BadSettings."""
    found = _OWN.get(kind, {}).get(name) or _BOOK.get(name)
    if found is not None:
        return found
    if is_formula(name):
        return formula(name)
    raise BadSettings(f"{kind}: there is no check {name!r}")


def _check(name: str, finding: Finding, mend: str | None) -> Check:
    mended = mend if finding.outcome == "fail" else None
    return Check(name, finding.outcome, finding.inputs, finding.detail, mended, finding.doubts)
