"""What models answer, read leniently and believed strictly: JSON in prose, cut fences, circles, and token odds."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

import json_repair

from recto.document.errors import EngineFailed

_FENCE: Final = re.compile(r"```(?:json)?\s*(.*?)(?:```|$)", re.DOTALL)
_THOUGHT: Final = re.compile(r"<think>.*?</think>", re.DOTALL)
_CIRCLE: Final = re.compile(r"(.{8,120}?)\1{9,}|(.{1,60}?)\2{19,}\s*$", re.DOTALL)
"""The same eight letters or more ten times on end, or a shorter text twenty times at the end."""

_MARKS: Final = re.compile(r"</?\w+[^>]*>|null|\W|_|0")
"""What stands repeated on honest pages: leaders, rules, blanks and empty cells."""

_SAID: Final = 0.1
"""The share of letters that something else than such marks has where it was said over and over."""

Pieces = Sequence[tuple[str, float]]


def object_in(text: str) -> dict[str, Any]:
    """The JSON object of an answer, mended where it is slightly broken. Raises EngineFailed where there is none."""
    found = json_in(text, "{")
    if not isinstance(found, dict) or not found:
        raise EngineFailed("The model answered without a JSON object.")
    return found


def list_in(text: str) -> list[Any]:
    """The JSON list of an answer, mended likewise; an object alone counts as a list of it."""
    found = json_in(text, "[{")
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        raise EngineFailed("The model answered without a JSON list.")
    return found


def json_in(text: str, opening: str) -> Any:
    """The first JSON value that begins with one of these letters; None where there is none."""
    plain = _THOUGHT.sub("", text)
    fenced = _FENCE.search(plain)
    plain = fenced.group(1) if fenced else plain
    starts = [place for place in map(plain.find, opening) if place >= 0]
    if not starts:
        return None
    plain = plain[min(starts) :]
    try:
        return json.JSONDecoder().raw_decode(plain)[0]
    except ValueError:
        return json_repair.loads(plain)


def circles(text: str) -> bool:
    """Whether the model said the same over and over."""
    return any(len(_MARKS.sub("", said)) > len(said) * _SAID for said in map(re.Match.group, _CIRCLE.finditer(text)))


def odds(pieces: Pieces, start: int, end: int) -> float | None:
    """The probability, 0..1, of the letters from `start` to `end` of the joined pieces: the product of its tokens'."""
    ends = list(accumulate(len(text) for text, _ in pieces))
    covering = [
        logarithm
        for (text, logarithm), stop in zip(pieces, ends, strict=True)
        if stop > start and stop - len(text) < end and text
    ]
    return math.exp(sum(covering)) if covering else None


def odds_of_key(pieces: Pieces, keys: Sequence[str]) -> float | None:
    """The probability of the value of the first of these keys, as the answer spells it."""
    found = re.search(rf'"(?:{"|".join(keys)})"\s*:\s*"([^"]*)"', joined(pieces))
    return odds(pieces, *found.span(1)) if found and found.group(1) else None


def odds_of_values(pieces: Pieces, values: Mapping[str, str]) -> dict[str, float]:
    """The probabilities of values by path, which stand in the answer in this order; of those that are found there."""
    text, place, found = joined(pieces), 0, {}
    for path, value in values.items():
        spelled = json.dumps(value, ensure_ascii=False)[1:-1]
        at = text.find(spelled, place)
        if at >= 0 and spelled:
            place = at + len(spelled)
            found[path] = odds(pieces, at, place) or 0.0
    return found


def joined(pieces: Pieces) -> str:
    return "".join(text for text, _ in pieces)
