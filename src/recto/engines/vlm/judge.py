"""The kind of a document, as a vision-language model sees it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from recto.document.errors import EngineFailed
from recto.document.reading import Engine, Guess
from recto.engines.vlm.calibrated import Curves
from recto.engines.vlm.prompts import judge_prompt, judge_schema
from recto.engines.vlm.replies import object_in, odds_of_key
from recto.engines.vlm.voice import TEMPERATURES, Ask, Voice, climbed, images_of
from recto.ports import Exhibit, Verdict
from recto.schemas.catalog import kinds

_KEYS: Final = ("type", "document_type", "doc_type", "kind", "class", "category")
_REASONS: Final = ("reasoning", "reason", "explanation")
_LONGEST: Final = 600
"""Letters of a reasoning that are kept."""

_SPOKEN: Final[Mapping[str, str]] = {
    "formw2": "W2",
    "mortgageintereststatement": "1098",
    "bankaccountstatement": "bank_statement",
    "cheque": "check",
    "creditcardbill": "credit_card_statement",
    "bill": "invoice",
    "none": "other",
    "unknown": "other",
}
"""Other words for kinds, in plain letters."""


class VlmJudge:
    """Shows the first page to a model. The number that a model says of itself is not asked for and not believed."""

    def __init__(
        self, voice: Voice, curves: Curves, long_side: int = 1280, temperatures: Sequence[float] = TEMPERATURES
    ) -> None:
        self.voice = voice
        self.curves = curves
        self.long_side = long_side
        self.temperatures = tuple(temperatures)

    @property
    def engine(self) -> Engine:
        return self.voice.engine

    def judge(self, exhibits: Sequence[Exhibit]) -> list[Verdict]:
        """One verdict each. Raises EngineFailed where the model names no kind at any temperature."""
        return [self._one(exhibit) for exhibit in exhibits]

    def _one(self, exhibit: Exhibit) -> Verdict:
        images = images_of(exhibit, [1], self.long_side)
        ask = Ask(judge_prompt(exhibit.prompt), images, judge_schema(), most=256)
        return climbed(self.temperatures, lambda temperature: self._verdict(ask, temperature))

    def _verdict(self, ask: Ask, temperature: float) -> Verdict:
        reply = self.voice.say(ask, temperature)
        answer = object_in(reply.text)
        kind = named_kind(_first(answer, _KEYS))
        odds = odds_of_key(reply.pieces, _KEYS)
        guess = Guess(kind, self.curves.confidence(kind, odds))
        return Verdict(guess, _first(answer, _REASONS)[:_LONGEST], self.voice.engine, odds)


def named_kind(said: str) -> str:
    """The kind that a model means. Raises EngineFailed for what is none."""
    wanted = _letters(said)
    for kind in kinds():
        if wanted in (_letters(kind), "form" + _letters(kind)):
            return kind
    if wanted in _SPOKEN:
        return _SPOKEN[wanted]
    raise EngineFailed(f"The model named a type that there is not: {said[:60]!r}.")


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def _first(answer: Mapping[str, Any], keys: Sequence[str]) -> str:
    return next((answer[key].strip() for key in keys if isinstance(answer.get(key), str)), "")
