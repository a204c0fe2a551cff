"""What the layout labellers share: words to features, the network's logits to calibrated tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from recto.document.page import Words
from recto.document.reading import Guess, Tag, Tags
from recto.engines.label.bundle import Bundle
from recto.engines.label.decode import Habits, decoded, with_confidence
from recto.engines.label.features import Features, Pieces, featurise
from recto.engines.label.rules import CAPTIONED, LED, RULES, RulesLabeller
from recto.engines.label.space import Space
from recto.engines.label.windows import Network, word_logits
from recto.ports import Weighed
from recto.schemas.catalog import schema_of
from recto.schemas.printed import layouts_of

_FOUND = 0.8
"""Of a form's required fields the rules must have found this share to have found the form."""
_SAID, _UNSAID = 0.8, 0.6
"""How much the rules then count on labels that they gave somewhere, and on those that they gave nowhere."""

_LEAD = 0.9
"""How much they count on kinds that they lead."""

_GIVEN = 0.6
"""At least how much they count on other papers of business on labels that they gave somewhere: what they say they know
by a caption, and what they leave out a network that is sure may add.
"""

LEAST_CHANCE: Final = 0.001
"""Tags that are less likely are not listed."""


@dataclass(frozen=True)
class LayoutModel:
    """A bundle with its tokenizer and a network that runs it."""

    bundle: Bundle
    pieces: Pieces
    network: Network

    def tags(self, words: Words, kind: str) -> Tags:
        """One tag a word with measured confidence."""
        return tags_of(self._logits(words), words, kind, self.bundle) if words else ()

    def weighed(self, words: Words, kind: str) -> Weighed:
        """The same tags with the probabilities that they were chosen from."""
        if not words:
            return Weighed((), ())
        logits = self._logits(words)
        return Weighed(tags_of(logits, words, kind, self.bundle), chances_of(logits, kind, self.bundle))

    def _logits(self, words: Words) -> np.ndarray:
        """(words, outputs)."""
        logits, _ = word_logits(self.network, featurise(words, self.pieces), self.bundle.tokens)
        return logits

    def kind(self, words: Words) -> Guess:
        """The likeliest kind by the start of the document; `other` where it has no words."""
        if not words:
            return Guess("other", None)
        chances = self.kind_chances(words)
        best = int(chances.argmax())
        kind = self.bundle.space.kinds[best]
        return Guess(kind, self.bundle.kinds.measured([kind], [float(chances[best])])[0])

    def kind_chances(self, words: Words) -> np.ndarray:
        """(kinds,): how likely each is, as the first window shows it; `words` are some."""
        features = featurise(words[: self.bundle.tokens], self.pieces)
        _, first = word_logits(self.network, _head(features, self.bundle.tokens - 2), self.bundle.tokens)
        return self.bundle.kinds.chances(first[len(self.bundle.space.tags) :])

    @cached_property
    def names(self) -> tuple[str, ...]:
        return self.bundle.space.kinds


def _head(features: Features, tokens: int) -> Features:
    """The features of the first words, as many as one window holds, at least one."""
    words = max(1, int(np.searchsorted(features.starts, tokens, side="right")) - 1)
    end = features.starts[words]
    return Features(features.ids[:end], features.boxes[:end], features.types[:end], features.starts[: words + 1])


def opinion_of(words: Words, kind: str, habits: Habits) -> tuple[str, ...]:
    """The tag that the rules give each word; empty where no label is trusted to them or the kind has no rules."""
    if not habits.trust or kind not in RULES:
        return ()
    return tuple(tag.name for tag in RulesLabeller().label([(words, kind)])[0])


def trusting(habits: Habits, kind: str, opinion: Sequence[str]) -> Habits:
    """On a printed form whose boxes the rules found the rules decide, and the network tells how sure to be of them.

    On kinds that the rules lead they decide always: see decision 100. On invoices, and on forms whose boxes were not
    found, they decide of the labels that they gave: see decision 161.
    """
    if opinion and kind in LED:
        return replace(habits, trust=dict.fromkeys(schema_of(kind).labels, _LEAD))
    said = {tag[2:] for tag in opinion}
    required = {spec.name for spec in schema_of(kind).fields if spec.required} if layouts_of(kind) else set()
    if required and len(required & said) >= _FOUND * len(required):
        return replace(habits, trust={label: _SAID if label in said else _UNSAID for label in habits.trust})
    if kind in CAPTIONED:
        return replace(habits, trust={name: max(t, _GIVEN) if name in said else t for name, t in habits.trust.items()})
    return habits


def tags_of(logits: np.ndarray, words: Words, kind: str, bundle: Bundle) -> Tags:
    """Logits (words, outputs) to tags of this kind's labels."""
    chances, opinion = tag_chances(logits, kind, bundle), opinion_of(words, kind, bundle.habits)
    tags = decoded(chances, words, bundle.space, trusting(bundle.habits, kind, opinion), opinion)
    measured = bundle.calibration.measured([tag.label for tag in tags], [tag.confidence for tag in tags], kind)
    return _with_unlearned(with_confidence(tags, measured), opinion, bundle.space)


def _with_unlearned(tags: Tags, opinion: Sequence[str], space: Space) -> Tags:
    """With the rules' labels that the network never learned; how sure they are is not measured."""
    if not opinion:
        return tags
    return tuple(
        tag if name == "O" or space.known(name) else Tag(name) for tag, name in zip(tags, opinion, strict=True)
    )


def tag_chances(logits: np.ndarray, kind: str, bundle: Bundle) -> np.ndarray:
    """(words, tags): calibrated probabilities of what a word of this kind can carry."""
    space = bundle.space
    return bundle.calibration.chances(np.where(space.mask_of(kind)[None], logits[:, : len(space.tags)], -1e4))


def chances_of(logits: np.ndarray, kind: str, bundle: Bundle) -> tuple[Mapping[str, float], ...]:
    """Of each word the tags that are at least a little likely, the likeliest first."""
    chances, tags = tag_chances(logits, kind, bundle), bundle.space.tags
    return tuple(
        {tags[at]: float(row[at]) for at in np.argsort(-row, kind="stable") if row[at] >= LEAST_CHANCE}
        for row in chances
    )
