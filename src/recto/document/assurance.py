"""What was measured of how sure to be of a field: numbers that travel with the engine they were measured with."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Assurance:
    """Of the fields of one kind, read by one labeller on the words of one OCR engine.

    `thresholds` are the confidences from which a field is vouched for, by its path (`total`, `items.description`);
    `*` is for the rest. `weights` are those of the signals of a field (see `recto.schemas.assurance`), by its path or
    its type, `*` for the rest; without any, a field's confidence is that of its labels. `letters` are the weights of
    the signals of a word, which say how likely it was read right to the letter, and `ocr` names the engine whose
    words they were measured on.
    """

    thresholds: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    letters: Mapping[str, float] = field(default_factory=dict)
    ocr: str | None = None


UNMEASURED = Assurance()
"""Nothing is known of how often the engine is wrong."""
