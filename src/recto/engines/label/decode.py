"""Probabilities to tags: whole cells for names and addresses, one amount for the total, one run for each name."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

import numpy as np

from recto.document.page import Word, Words
from recto.document.reading import Tag, Tags
from recto.engines.label.looks import look_of, money_of
from recto.engines.label.merchants import CAPTION, GLUED_CLOSING, OWNED
from recto.engines.label.shapes import DATE, matches
from recto.engines.label.space import Space

_GAP: Final = 2.2
_FREE_LOOKS: Final = frozenset({"registration", "phone", "web", "number_9"})
"""Words of these looks do not follow the rest of their cell: a registration number shares the company's line."""

_CUT, _CENTS = re.compile(r"\D{0,4}\d+[.,]"), re.compile(r"\d{2}")

_AS_LIKELY: Final = 0.85
"""A name goes on over a row whose words are at least so likely beside the likeliest row's."""


@dataclass(frozen=True)
class Habits:
    """How probabilities become tags; measured on validation documents and kept in the bundle.

    `cells` is how much of a word's probability for `wholes` comes from its cell. `lifts` gives the least probability
    from which the best candidate of a label is taken even where `O` is likelier. `singles` are labels that one run of
    words (`GRAND_TOTAL`: one amount) carries. `trust` says, by label, how much the rules' opinion counts beside the
    network's, 0..1; a label that is not there is the network's alone.
    """

    cells: float = 0.5
    wholes: tuple[str, ...] = ("MERCHANT_NAME", "ADDRESS_LINE")
    lifts: Mapping[str, float] = field(default_factory=dict)
    singles: tuple[str, ...] = ()
    trust: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def usual(cls) -> "Habits":
        """What measured best on validation receipts."""
        lifts = {"MERCHANT_NAME": 0.1, "GRAND_TOTAL": 0.1, "DATE": 0.1, "ADDRESS_LINE": 0.1}
        trust = {"MERCHANT_NAME": 0.45, "ADDRESS_LINE": 0.25, "DATE": 0.45, "GRAND_TOTAL": 0.45}
        return cls(cells=1.0, lifts=lifts, singles=("GRAND_TOTAL", "MERCHANT_NAME"), trust=trust)


def decoded(chances: np.ndarray, words: Words, space: Space, habits: Habits, opinion: Sequence[str] = ()) -> Tags:
    """One tag a word, its confidence that of its label, B and I together.

    `chances` (words, tags) are probabilities, `opinion` the tag that the rules give each word (empty: none asked).
       A word whose confidence is under one half may still carry a label, where `habits.lifts` says so.
    """
    if not words:
        return ()
    by_label = label_chances(chances, space)  # (words, 1 + labels)
    cells = cells_of(words)
    by_label = _smoothed(by_label, words, cells, space, habits)
    by_label = _advised(by_label, opinion, space, habits)
    choice = by_label.argmax(axis=1)  # (words,) 0 for O, 1 + label otherwise
    choice = _lifted(choice, by_label, space, habits)
    _nearly_named(choice, by_label, space, habits)
    _whole_dates(choice, words, space, opinion)
    _whole_amounts(choice, words, space)
    for label in habits.singles:
        if label in space.union:
            number = 1 + space.union.index(label)
            _one_run(choice, by_label, number, words, label)
    _name_alone(choice, words, space)
    _name_closed(choice, by_label, words, space)
    return _tags(choice, by_label, chances, words, space, opinion)


def label_chances(chances: np.ndarray, space: Space) -> np.ndarray:
    """(words, 1 + labels): the probability of `O`, then of each label, B and I together."""
    pairs = chances[:, 1:].reshape(len(chances), len(space.union), 2).sum(axis=2)
    return np.concatenate([chances[:, :1], pairs], axis=1)


def cells_of(words: Words) -> list[list[int]]:
    """Words that stand together: neighbours on a row with no wide gap and no caption between them, as indexes."""
    cells: list[list[int]] = []
    for index, word in enumerate(words):
        before = words[cells[-1][-1]] if cells else None
        if before is not None and _same_row(before, word):
            letter = before.box.width / max(len(before.text), 1)
            captioned = CAPTION.match(before.text) or CAPTION.match(word.text)
            if word.box.left - before.box.right <= _GAP * letter and not captioned:
                cells[-1].append(index)
                continue
        cells.append([index])
    return cells


def _same_row(one: Word, other: Word) -> bool:
    return (one.page, one.line) == (other.page, other.line)


def _smoothed(by_label: np.ndarray, words: Words, cells: list[list[int]], space: Space, habits: Habits) -> np.ndarray:
    """Each word's probabilities for the whole-line labels drawn towards its cell's mean, free looks left out."""
    columns = [1 + space.union.index(label) for label in habits.wholes if label in space.union]
    if not columns or not habits.cells:
        return by_label
    out = by_label.copy()
    rest = [column for column in range(by_label.shape[1]) if column not in columns]
    for cell in cells:
        bound = [index for index in cell if look_of(words[index].text) not in _FREE_LOOKS]
        voters = [index for index in bound if look_of(words[index].text) != "punctuation"] or bound
        if len(bound) > 1:
            mean = by_label[np.ix_(voters, columns)].mean(axis=0)
            out[np.ix_(bound, columns)] = (1 - habits.cells) * by_label[np.ix_(bound, columns)] + habits.cells * mean
            other = 1 - out[np.ix_(bound, columns)].sum(axis=1)
            before = by_label[np.ix_(bound, rest)].sum(axis=1)
            out[np.ix_(bound, rest)] = by_label[np.ix_(bound, rest)] * (other / np.maximum(before, 1e-9))[:, None]
    return out


def _advised(by_label: np.ndarray, opinion: Sequence[str], space: Space, habits: Habits) -> np.ndarray:
    """The network's probabilities and the rules' opinion (1 for the label that they give, else 0), weighed by trust."""
    columns = [1 + space.union.index(label) for label in habits.trust if label in space.union]
    if not opinion or not columns:
        return by_label
    named = [tag[2:] for tag in opinion]
    trust = np.array([habits.trust[space.union[column - 1]] for column in columns])
    said = np.array([[label == space.union[column - 1] for column in columns] for label in named], dtype=float)
    out = by_label.copy()
    out[:, columns] = (1 - trust) * by_label[:, columns] + trust * said
    rest = [column for column in range(by_label.shape[1]) if column not in columns]
    left = np.maximum(1 - out[:, columns].sum(axis=1, keepdims=True), 1e-9)
    out[:, rest] = by_label[:, rest] * left / np.maximum(by_label[:, rest].sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(out / out.sum(axis=1, keepdims=True))


def _lifted(choice: np.ndarray, by_label: np.ndarray, space: Space, habits: Habits) -> np.ndarray:
    choice = choice.copy()
    for label, least in habits.lifts.items():
        if label not in space.union:
            continue
        number = 1 + space.union.index(label)
        if (choice == number).any():
            continue
        best = by_label[:, number].max()
        if best >= least:
            choice[by_label[:, number] >= 0.7 * best] = number
    return choice


def _nearly_named(choice: np.ndarray, by_label: np.ndarray, space: Space, habits: Habits) -> None:
    """Let every row that is at least half as likely as the likeliest compete for the one name."""
    for label in set(habits.singles) & set(habits.wholes) & set(space.union):
        number = 1 + space.union.index(label)
        best = by_label[:, number].max()
        if best >= habits.lifts.get(label, 1.0):
            choice[(by_label[:, number] >= 0.5 * best) & (choice == 0)] = number


def _whole_dates(choice: np.ndarray, words: Words, space: Space, opinion: Sequence[str]) -> None:
    """A word of a date takes the rest of the date on its row with it (`27` `/03/2018`, `10` `OCT` `17`).

    Where no chosen word is of a date the rules' date is taken, and beside a date what is none is left.
    """
    if "DATE" not in space.union or not (choice == 1 + space.union.index("DATE")).any():
        return
    number = 1 + space.union.index("DATE")
    whole = {at for inside in _dates_at(np.flatnonzero(choice == number), words) for at in inside}
    if not whole:
        whole = {at for at, tag in enumerate(opinion) if tag[2:] == "DATE"}
    if whole:
        choice[choice == number] = 0
        choice[sorted(whole)] = number


def _dates_at(chosen: np.ndarray, words: Words) -> Iterator[list[int]]:
    """The dates that a chosen word is of, as indexes."""
    for row in {(words[at].page, words[at].line) for at in chosen}:
        here = [at for at, word in enumerate(words) if (word.page, word.line) == row]
        for match in matches(DATE, [words[at].text for at in here]):
            inside = here[match.start : match.stop]
            if set(inside) & set(chosen.tolist()):
                yield inside


def _whole_amounts(choice: np.ndarray, words: Words, space: Space) -> None:
    """An amount that ends with its decimal mark takes the cents behind it: `RM96.` `20`."""
    if "GRAND_TOTAL" not in space.union:
        return
    number = 1 + space.union.index("GRAND_TOTAL")
    for at in np.flatnonzero(choice[:-1] == number):
        here, after = words[at], words[at + 1]
        if _same_row(here, after) and _CUT.fullmatch(here.text) and _CENTS.fullmatch(after.text):
            choice[at + 1] = number


def _one_run(choice: np.ndarray, by_label: np.ndarray, number: int, words: Words, label: str) -> None:
    """Leave the label on the best run of words only, or on every place of the best amount."""
    runs: list[list[int]] = [
        list(run) for chosen, run in groupby(range(len(choice)), key=lambda i: choice[i] == number) if chosen
    ]
    if label == "GRAND_TOTAL":
        runs = [part for run in runs for part in _by_amount(run, words)]
    else:
        runs = [part for run in runs for part in _by_row(run, words)]
    if len(runs) < 2:
        return
    if label == "GRAND_TOTAL":
        keep = _best_amount(runs, by_label[:, number], words)
    else:
        keep = _best_name(runs, by_label[:, number])
    for run in runs:
        for index in run:
            if index not in keep:
                others = by_label[index].copy()
                others[number] = -1
                choice[index] = int(others.argmax())


def _name_alone(choice: np.ndarray, words: Words, space: Space) -> None:
    """A merchant's name begins after `Dimiliki:` and `Owned by`, and after a till's number (`#000002`)."""
    if "MERCHANT_NAME" not in space.union:
        return
    number = 1 + space.union.index("MERCHANT_NAME")
    for row in _by_row(np.flatnonzero(choice == number).tolist(), words):
        before = OWNED.match(" ".join(words[at].text for at in row))
        if before and before.end() < sum(len(words[at].text) + 1 for at in row) - 1:
            choice[row[: len(before.group().split())]] = 0


def _name_closed(choice: np.ndarray, by_label: np.ndarray, words: Words, space: Space) -> None:
    """A name goes on over a sign inside it, and ends with its closing though a number is glued on: `Bhd(728384-M)`.

    Such a word is as sure as the word before it.
    """
    if "MERCHANT_NAME" not in space.union:
        return
    number = 1 + space.union.index("MERCHANT_NAME")
    for at in range(1, len(words)):
        if choice[at - 1] != number or choice[at] == number or not _same_row(words[at - 1], words[at]):
            continue
        after = at + 1 < len(words) and _same_row(words[at], words[at + 1]) and choice[at + 1] == number
        if GLUED_CLOSING.match(words[at].text) or (after and look_of(words[at].text) == "punctuation"):
            choice[at], by_label[at] = number, by_label[at - 1]


def _by_row(run: Sequence[int], words: Words) -> list[list[int]]:
    """The run, cut where a row ends."""
    return [list(part) for _, part in groupby(run, key=lambda index: (words[index].page, words[index].line))]


def _best_name(rows: Sequence[Sequence[int]], chances: np.ndarray) -> set[int]:
    """The likeliest row, and the rows before and after it that are nearly as likely."""
    means = [float(chances[list(row)].mean()) for row in rows]
    best = int(np.argmax(means))
    keep = set(rows[best])
    for step in (-1, 1):
        at = best + step
        while 0 <= at < len(rows) and means[at] >= _AS_LIKELY * means[best] and _touch(rows[at], rows[at - step]):
            keep.update(rows[at])
            at += step
    return keep


def _touch(one: Sequence[int], other: Sequence[int]) -> bool:
    return one[-1] + 1 == other[0] or other[-1] + 1 == one[0]


def _by_amount(run: Sequence[int], words: Words) -> list[list[int]]:
    """The run, cut after each amount."""
    parts: list[list[int]] = [[]]
    for index in run:
        parts[-1].append(index)
        if money_of(words[index].text) is not None:
            parts.append([])
    return [part for part in parts if part]


def _best_amount(runs: Sequence[Sequence[int]], chances: np.ndarray, words: Words) -> set[int]:
    votes: dict[float | None, float] = defaultdict(float)
    amounts = {}
    for at, run in enumerate(runs):
        shown = next((money_of(words[i].text) for i in run if money_of(words[i].text) is not None), None)
        shown = money_of("".join(words[i].text for i in run)) if shown is None else shown
        amounts[at] = shown
        votes[shown] += float(chances[list(run)].max())
    votes[None] = min(votes[None], 0.01)
    best = max(votes, key=lambda amount: votes[amount])
    return {i for at, run in enumerate(runs) if amounts[at] == best for i in run}


def _tags(
    choice: np.ndarray, by_label: np.ndarray, chances: np.ndarray, words: Words, space: Space, opinion: Sequence[str]
) -> Tags:
    tags = []
    begun = _begun(choice, space, opinion)
    for index, number in enumerate(choice):
        confidence = float(by_label[index, number])
        label = "O" if number == 0 else space.union[number - 1]
        if number and opinion and opinion[index][2:] == label:
            tags.append(Tag(opinion[index] if begun[index] else f"B-{label}", confidence))
        elif number:
            inside = _goes_on(choice, chances, words, index)
            tags.append(Tag(f"{'I' if inside else 'B'}-{label}", confidence))
        else:
            tags.append(Tag("O", confidence))
    return tuple(tags)


def _begun(choice: np.ndarray, space: Space, opinion: Sequence[str]) -> list[bool]:
    """Of each word whether an earlier one of the span that the rules have it in was chosen to be of it, too."""
    chosen: dict[str, bool] = {}
    begun = []
    for number, tag in zip(choice, opinion, strict=False):
        label = tag[2:]
        before = chosen.get(label, False) and tag.startswith("I")
        begun.append(before)
        chosen[label] = before or (bool(number) and space.union[number - 1] == label)
    return begun


def _goes_on(choice: np.ndarray, chances: np.ndarray, words: Words, index: int) -> bool:
    """Whether the word goes on with the span of the word before it."""
    number = choice[index]
    if index == 0 or choice[index - 1] != number or words[index - 1].page != words[index].page:
        return False
    if None not in (money_of(words[index - 1].text), money_of(words[index].text)):
        return False  # two amounts side by side are two values, whatever the network makes of the second
    return bool(chances[index, 2 * number] >= chances[index, 2 * number - 1])


def with_confidence(tags: Tags, confidences: Sequence[float | None]) -> Tags:
    """The same tags with other confidences."""
    return tuple(replace(tag, confidence=value) for tag, value in zip(tags, confidences, strict=True))
