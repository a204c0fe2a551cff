"""Which groups are kept from training: by the hash of their name, or by a frozen list; hashes of what was used."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recto.training.example import Example
from recto.training.sources.jsonlines import example_json

FOLDS = 4
"""Groups fall into so many folds; fold 0 is the validation part."""

LARGEST = 6
"""A group of more documents is always trained on: one chain would otherwise decide the validation's figure."""

FROZEN = Path(__file__).parent / "frozen" / "sroie.json"
"""The validation receipts of the shipped model."""


@dataclass(frozen=True, slots=True)
class Split:
    """Two parts without a common group. `frozen` says whether validation is exactly a list fixed beforehand."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    frozen: bool

    @property
    def hashes(self) -> dict[str, str]:
        """What was trained and validated on, each as one hash over the documents' ids, and one over what they say."""
        return {
            "train": keys_hash(e.id for e in self.train),
            "validation": keys_hash(e.id for e in self.validation),
            "contents": contents_hash([*self.train, *self.validation]),
        }

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many documents and groups each part has, and how many documents of each kind and source."""
        return {"train": counted(self.train), "validation": counted(self.validation)}


def fold_of(group: str, folds: int = FOLDS) -> int:
    """The fold of a group: the same on every machine and for every data set."""
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % folds


def split(examples: Sequence[Example], fold: int = 0) -> Split:
    """By group: those of the groups of `fold` that have at most LARGEST documents are validation."""
    sizes = Counter(group for group, _ in {(example.group, example.id) for example in examples})
    held = {group for group, size in sizes.items() if size <= LARGEST and fold_of(group) == fold}
    return _parted(examples, {e.id for e in examples if e.group in held}, frozen=False)


def split_by(examples: Sequence[Example], frozen: Path) -> Split:
    """By a frozen list: its ids are validation, and no group of theirs is trained on.

    The split counts as frozen only where every id of the list is there.
    """
    ids = set(json.loads(frozen.read_text())["ids"])
    here = {example.id for example in examples}
    return _parted(examples, ids, frozen=bool(ids) and ids <= here)


def freeze(split: Split, path: Path) -> None:
    """Write the validation part's ids, for `split_by`."""
    ids = sorted({example.id for example in split.validation})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"ids": ids, "hash": keys_hash(ids)}, indent=0) + "\n")


def _parted(examples: Sequence[Example], held: set[str], frozen: bool) -> Split:
    groups = {example.group for example in examples if example.id in held}
    train = tuple(e for e in unique(examples) if e.group not in groups)
    return Split(train, tuple(e for e in examples if e.id in held), frozen)


def unique(examples: Iterable[Example]) -> list[Example]:
    """The examples without those whose words another has in the same order (receipts that stand twice)."""
    seen: set[tuple[str, ...]] = set()
    kept = []
    for example in examples:
        words = tuple(word.text for word in example.words)
        if words not in seen:
            seen.add(words)
            kept.append(example)
    return kept


def counted(examples: Sequence[Example]) -> dict[str, int]:
    """How many documents there are, of how many groups, and how many of each source and kind."""
    sources = Counter(f"{example.source or 'unknown'}, {example.kind}" for example in examples)
    return {"documents": len(examples), "groups": len({e.group for e in examples}), **dict(sorted(sources.items()))}


def contents_hash(examples: Sequence[Example]) -> str:
    """A hash over the documents' words, tags and fields that does not depend on their order."""
    lines = sorted(json.dumps(example_json(example), sort_keys=True) for example in examples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def keys_hash(ids: Iterable[str]) -> str:
    """A hash over ids that does not depend on their order."""
    return hashlib.sha256("\n".join(sorted(set(ids))).encode()).hexdigest()
