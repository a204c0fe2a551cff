"""Rules of bank checks: the amount twice, and the line of magnetic ink."""

from decimal import Decimal
from typing import Final

from recto.schemas.checks.facts import Facts, Finding, Rule, judged, untestable
from recto.schemas.values.ids import is_routing
from recto.schemas.values.spelled import amount_in_words


def words_against_digits(facts: Facts) -> Finding:
    """The amount in words is the amount in digits, to the cent. Words that the digits helped to read tell nothing."""
    if _helped(facts, "word_amount"):
        return untestable("word_amount read without number_amount's help")
    digits, text = facts.amount("number_amount"), facts.text("word_amount")
    spelled = amount_in_words(text) if text else None
    if digits is None or spelled is None:
        return untestable("number_amount", "word_amount in words that are understood")
    holds = spelled == digits
    detail = f"{text!r} is {spelled:.2f}" + ("" if holds else f", not {digits}")
    return judged(holds, ["word_amount", "number_amount"], detail)


def routing_checksum(facts: Facts) -> Finding:
    """The ABA checksum. Of several readings it has chosen this one, and tells nothing more of it."""
    if _helped(facts, "micr.routing_number"):
        return untestable("micr.routing_number read without its checksum's help")
    number = facts.text("micr.routing_number")
    if number is None:
        return untestable("micr.routing_number")
    return judged(
        is_routing(number), ["micr.routing_number"], "" if is_routing(number) else "the checksum does not hold"
    )


def micr_check_number(facts: Facts) -> Finding:
    """The number in the corner is the number in magnetic ink, leading zeros aside."""
    if _helped(facts, "micr.check_number"):
        return untestable("micr.check_number read without check_number's help")
    corner, ink = facts.text("check_number"), facts.text("micr.check_number")
    if corner is None or ink is None:
        return untestable("check_number", "micr.check_number")
    holds = _digits(corner) == _digits(ink)
    return judged(holds, ["check_number", "micr.check_number"], "" if holds else f"{corner} is not {ink}")


def _helped(facts: Facts, name: str) -> bool:
    """Whether a value was chosen among readings, by what this check would compare it with."""
    field = facts.fields.get(name)
    return field is not None and bool(field.alternatives) and name not in facts.changed


def _digits(text: str) -> Decimal | None:
    digits = "".join(letter for letter in text if letter.isdigit())
    return Decimal(digits) if digits else None


RULES: Final[tuple[Rule, ...]] = (
    words_against_digits,
    routing_checksum,
    micr_check_number,
)
