"""What a text on paper was understood as."""

from collections.abc import Iterable
from dataclasses import dataclass

from recto.document.reading import Value
from recto.schemas.values import canonical


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, or None where the text is not of its type or could be several things with nothing to choose by.

    `alternatives` are the other readings in canonical form that nothing on the document excludes.
    """

    value: Value = None
    alternatives: tuple[str, ...] = ()
    currency: str | None = None
    unit: str | None = None


NOTHING = Parsed()


def chosen(likely: Iterable[Value], others: Iterable[Value]) -> Parsed:
    """The one likely reading with the others beside it; no value where none or several are likely."""
    likely, others = list(dict.fromkeys(likely)), list(dict.fromkeys(others))
    value = likely[0] if len(likely) == 1 else None
    rest = [canonical(other) for other in [*likely, *others] if other != value or value is None]
    return Parsed(value, tuple(dict.fromkeys(text for text in rest if text is not None)))
