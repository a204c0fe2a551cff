"""Stages that are remembered: what an engine said of the same words before is not asked again.

An answer is kept under everything that it was made from: the document (so that it is forgotten with it), the words that
the stage before gave, the kind with its schema where labels are asked for, the code that thinks, and the engine with
version and digest. Whatever of these changes is asked anew, and nothing else.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from recto import __version__
from recto.document.errors import EngineUnavailable
from recto.document.job import Payload
from recto.document.page import Words
from recto.document.reading import Engine, Guess, Tag, Tags
from recto.ports import Classifier, Labeller, Memory
from recto.schemas.catalog import kinds, schema_of

THINKS: Final = ("engines/classify", "engines/label", "schemas")
"""The folders whose code decides kinds and labels beside the models: the rules have no version of their own."""

LOOKS: Final = ("engines/ocr", "reading")
"""Those whose code decides what OCR sees."""

Answer = TypeVar("Answer")


class Answering(Protocol):
    """Whatever says which engine it is: of several the one that answered last."""

    @property
    def engine(self) -> Engine: ...


class Recall:
    """A classifier and a labeller, with a memory of what they said."""

    def __init__(self, classifier: Classifier, labeller: Labeller, memory: Memory) -> None:
        self.classifier = classifier
        self.labeller = labeller
        self.memory = memory

    def classify(self, document_id: str, parts: Sequence[Words]) -> list[Guess]:
        """The kind of each of these parts of the document, asked for and remembered together."""
        stem = f"{document_id}/kinds/{digest_of(parts)}"
        if (answer := self.recalled(stem, self.classifier)) is not None:
            return guesses_from_json(answer)
        return self.kept(stem, self.classifier, self.classifier.classify(parts), guesses_json)

    def label(self, document_id: str, words: Words, kind: str) -> Tags:
        """One tag a word."""
        stem = f"{document_id}/labels/{digest_of([words])}/{kind}/{schema_digest(kind)}"
        if (answer := self.recalled(stem, self.labeller)) is not None:
            return tags_from_json(answer)
        (tags,) = self.labeller.label([(words, kind)])
        return self.kept(stem, self.labeller, tags, tags_json)

    def recalled(self, stem: str, plug: Answering) -> Payload | None:
        """What the engine that answered last said before; None where only another did, so that a chain is asked anew.

        One that cannot even say which it is has said nothing: it is asked, and then says why it cannot answer.
        """
        engine: Engine | None = None
        with suppress(EngineUnavailable):
            engine = plug.engine
        return None if engine is None else self.memory.recall(key_of(stem, engine))

    def kept(self, stem: str, plug: Answering, answer: Answer, json: Callable[[Answer], Payload]) -> Answer:
        """The answer, kept under the engine that gave it."""
        self.memory.keep(key_of(stem, plug.engine), json(answer))
        return answer


def key_of(stem: str, engine: Engine) -> str:
    """A model that has a digest is known by it, whatever it is called."""
    return "/".join((stem, code_digest(THINKS), engine.name, engine.version, engine.digest or engine.model or ""))


def digest_of(parts: Sequence[Words]) -> str:
    """SHA-256 of everything that an engine is told of the words of each part."""
    told = [[(word.text, word.box.sides, word.line, word.page, word.confidence) for word in words] for words in parts]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def schema_digest(kind: str) -> str:
    """Changes with any field, caption or check of a kind, ours or a user's."""
    return hashlib.sha256(repr(schema_of(kind)).encode()).hexdigest()[:16] if kind in kinds() else ""


@cache
def code_digest(folders: Sequence[str]) -> str:
    """Changes with any line of code and any table in these folders of the package, and with each release."""
    here, whole = Path(__file__).parent, hashlib.sha256(__version__.encode())
    for path in sorted(
        path for folder in folders for form in ("*.py", "*.toml") for path in (here / folder).rglob(form)
    ):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def guesses_json(guesses: Sequence[Guess]) -> Payload:
    return {"kinds": [[guess.kind, guess.confidence] for guess in guesses]}


def guesses_from_json(stored: Payload) -> list[Guess]:
    """The inverse of `guesses_json`."""
    answer: Any = stored
    return [Guess(kind, confidence) for kind, confidence in answer["kinds"]]


def tags_json(tags: Tags) -> Payload:
    return {"tags": [[tag.name, tag.confidence] for tag in tags]}


def tags_from_json(stored: Payload) -> Tags:
    """The inverse of `tags_json`."""
    answer: Any = stored
    return tuple(Tag(name, confidence) for name, confidence in answer["tags"])
