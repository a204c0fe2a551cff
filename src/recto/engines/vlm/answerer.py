"""Questions about a document, answered by a vision-language model that must quote the words it answers from."""

from collections.abc import Sequence
from typing import Final

from recto.document.errors import EngineFailed
from recto.document.reading import Engine
from recto.engines.vlm.prompts import answer_prompt, answer_schema
from recto.engines.vlm.replies import object_in
from recto.engines.vlm.voice import TEMPERATURES, Ask, Voice, climbed, images_of
from recto.ports import Answer, Exhibit
from recto.schemas.grounding import Found, ground

_PAGES: Final = 4


class VlmAnswerer:
    """Shows the first pages to a model. An answer whose quote stands nowhere is asked for again, then refused."""

    def __init__(self, voice: Voice, long_side: int = 1600, temperatures: Sequence[float] = TEMPERATURES) -> None:
        self.voice = voice
        self.long_side = long_side
        self.temperatures = tuple(temperatures)

    @property
    def engine(self) -> Engine:
        return self.voice.engine

    def answer(self, questions: Sequence[tuple[Exhibit, str]]) -> list[Answer]:
        """One answer each; an empty text where the document does not say. Raises EngineFailed."""
        return [self._one(exhibit, question) for exhibit, question in questions]

    def _one(self, exhibit: Exhibit, question: str) -> Answer:
        images = images_of(exhibit, range(1, min(exhibit.pages, _PAGES) + 1), self.long_side)
        ask = Ask(answer_prompt(question, exhibit.prompt), images, answer_schema(), most=512)
        return climbed(self.temperatures, lambda temperature: self._answer(exhibit, ask, temperature))

    def _answer(self, exhibit: Exhibit, ask: Ask, temperature: float) -> Answer:
        said = object_in(self.voice.say(ask, temperature).text)
        text, quote = (str(said.get(key) or "").strip() for key in ("answer", "quote"))
        if not text:
            return Answer("", self.voice.engine)
        found = ground(quote or text, exhibit.words()) if exhibit.words() else Found()
        if not found.words:
            raise EngineFailed("What the model quoted stands nowhere on the page.")
        return Answer(text, self.voice.engine, found.words)
