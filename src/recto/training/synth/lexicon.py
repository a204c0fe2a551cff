"""The word lists of the generator, and how patterns over them become text."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from recto.training.synth.chance import Chance

_SLOT = re.compile(r"\{(\w+)\}")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_PAPER_NUMBER = "№"
"""Stands in patterns for a printed `#`, which itself stands for a digit."""

Table = Mapping[str, Any]


@cache
def table(name: str) -> Table:
    """One of the word files beside this module, as TOML gives it."""
    return tomllib.loads((files("recto.training.synth") / "words" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def entries(text: str) -> tuple[str, ...]:
    """The entries of a list that is written with bars."""
    return tuple(entry.strip() for entry in text.split("|"))


def listed(name: str, own: Table | None = None) -> tuple[str, ...]:
    """A list by its name: the table's own, else one of names.toml."""
    found = own[name] if own is not None and name in own else table("names")[name]
    return entries(found) if isinstance(found, str) else tuple(found)


def drawn(name: str, chance: Chance, own: Table | None = None) -> str:
    """One entry of a list, with its own pattern filled; `coined` is a name that nobody bears."""
    if name == "coined":
        return coined(chance)
    return filled(chance.pick(listed(name, own)), chance, own)


def filled(pattern: str, chance: Chance, own: Table | None = None) -> str:
    """A pattern as text: `{list}` an entry, `#` a digit, `%` a digit from 1 to 9 (not after one), `@` a letter."""
    return _digits(_SLOT.sub(lambda slot: _kept(drawn(slot[1], chance, own)), pattern), chance)


def _kept(text: str) -> str:
    """What a list gave is already filled: its signs are not filled again."""
    return text.translate({ord("#"): _PAPER_NUMBER, ord("%"): "\ue000", ord("@"): "\ue001"})


def _digits(pattern: str, chance: Chance) -> str:
    letters, before = [], " "
    for sign in pattern:
        if sign == "#":
            letters.append(chance.pick("0123456789"))
        elif sign == "@":
            letters.append(chance.pick(_LETTERS))
        elif sign == "%" and before not in "123456789":
            letters.append(chance.pick("123456789"))
        else:
            letters.append(sign)
        before = sign
    return "".join(letters).translate({ord(_PAPER_NUMBER): "#", 0xE000: "%", 0xE001: "@"})


def coined(chance: Chance) -> str:
    """A made-up name of two to four syllables: `Sanyu`, `Ferolin`, `Tamaro`."""
    syllables = listed("syllables")
    name = "".join(chance.pick(syllables) for _ in range(chance.pick((2, 2, 3, 3, 4))))
    if chance.maybe(0.08):
        return name[:3].upper()
    if chance.maybe(0.1):
        name += chance.pick(("'s", "-" + str(chance.randint(2, 99)), "mart", "land", "ria"))
    return name.capitalize()
