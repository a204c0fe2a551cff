"""A vision-language model as the engines here see it: a text and pictures go in, a text comes out."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from recto.document.errors import EngineFailed
from recto.document.page import Raster
from recto.document.reading import Engine
from recto.ports import Exhibit

log = logging.getLogger(__name__)

TEMPERATURES: Final = (0.0, 0.3, 0.7)
"""The ladder: a model that gave nothing usable is asked again, each time a little looser."""

Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `schema` is a JSON Schema that the answer should keep; `most` the tokens it may have."""

    text: str
    images: tuple[Raster, ...] = ()
    schema: Mapping[str, Any] | None = None
    most: int = 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model said, complete. `pieces` are its tokens, each with the logarithm of its probability, if known."""

    text: str
    pieces: tuple[tuple[str, float], ...] = ()


class Voice(Protocol):
    """A model that answers. Raises EngineFailed for an answer that is cut off or runs in circles."""

    @property
    def engine(self) -> Engine: ...

    def say(self, ask: Ask, temperature: float) -> Reply: ...


def images_of(exhibit: Exhibit, numbers: Sequence[int], long_side: int) -> tuple[Raster, ...]:
    """Those pages as the model sees them."""
    return tuple(exhibit.image(number, long_side) for number in numbers)


def climbed(temperatures: Sequence[float], attempt: Callable[[float], Answered]) -> Answered:
    """The first usable answer on the ladder. Raises the last EngineFailed; an endpoint that is gone is left at once."""
    for temperature in temperatures[:-1]:
        try:
            return attempt(temperature)
        except EngineFailed as error:
            if error.status is not None:
                raise  # the endpoint refused: it will not say otherwise at another temperature
            log.info("asked again: %s", error)
    return attempt(temperatures[-1])
