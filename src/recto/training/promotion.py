"""Whether a model may take another's place: only where it is better on a frozen list, by a margin, and not by chance.

The list is frozen at the first promotion: documents with valid labels of vendors that training holds back
(`splits.split`). Both models label the same documents; the difference of their micro F1 over words is judged, and its
95 % interval comes from drawing the documents anew (paired bootstrap).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from recto.document.errors import BadRequest
from recto.ports import Labeller
from recto.training.evaluation import Report, evaluate
from recto.training.example import Example
from recto.training.metrics import Score
from recto.training.splits import Split, freeze, keys_hash, split

MARGIN: Final = 0.005
"""So much better (F1) a model must be, if nothing else is said."""

FEWEST: Final = 5
"""On fewer documents nothing is judged."""

DRAWS: Final = 2000


@dataclass(frozen=True)
class Comparison:
    """Two models on the same documents. `better` is the verdict, `why` the sentence for it."""

    documents: int
    data: str
    before: Score
    after: Score
    by_label: Mapping[str, tuple[Score, Score]]
    interval: tuple[float, float]
    margin: float

    @property
    def difference(self) -> float:
        return self.after.f1 - self.before.f1

    @property
    def better(self) -> bool:
        return self.difference >= self.margin and self.interval[0] > 0

    @property
    def why(self) -> str:
        low, high = self.interval
        said = f"F1 {self.before.f1:.4f} to {self.after.f1:.4f}, {self.difference:+.4f} ({low:+.4f} to {high:+.4f})"
        if self.better:
            return f"Better on {self.documents} documents: {said}, at least {self.margin:+.4f}."
        if self.difference < self.margin:
            return f"Not better by {self.margin} on {self.documents} documents: {said}."
        return f"It may be chance on {self.documents} documents: {said}; the interval holds 0."

    def as_json(self) -> dict[str, Any]:
        return {
            "better": self.better,
            "why": self.why,
            "documents": self.documents,
            "data": self.data,
            "margin": self.margin,
            "difference": self.difference,
            "interval": list(self.interval),
            "before": asdict(self.before),
            "after": asdict(self.after),
            "by_label": {name: {"before": asdict(b), "after": asdict(a)} for name, (b, a) in self.by_label.items()},
        }


def compared(before: Labeller, after: Labeller, examples: Sequence[Example], margin: float = MARGIN) -> Comparison:
    """Both on these documents. Raises BadRequest where they are too few."""
    if len(examples) < FEWEST:
        raise BadRequest(f"{len(examples)} documents are too few to judge a model by: label at least {FEWEST}.")
    old, new = evaluate(before, examples), evaluate(after, examples)
    scores = [report.total("words").by_label for report in (old, new)]
    nothing = Score(0.0, 0.0, 0.0, 0)
    labels = sorted({*scores[0], *scores[1]})
    return Comparison(
        documents=len(examples),
        data=keys_hash(example.id for example in examples),
        before=old.total("words").score,
        after=new.total("words").score,
        by_label={label: (scores[0].get(label, nothing), scores[1].get(label, nothing)) for label in labels},
        interval=paired(counts_of(old), counts_of(new)),
        margin=margin,
    )


def counts_of(report: Report) -> np.ndarray:
    """(documents, 3): right, found and there of each document's words."""
    each = [(doc.words.right.total(), doc.words.found.total(), doc.words.there.total()) for doc in report.documents]
    return np.array(each, dtype=float)


def paired(old: np.ndarray, new: np.ndarray, draws: int = DRAWS) -> tuple[float, float]:
    """The 95 % interval of the difference of micro F1, the same documents drawn for both."""
    drawn = np.random.default_rng(0).integers(0, len(old), (draws, len(old)))  # (draws, documents)
    low, high = np.quantile(f1_of(new[drawn].sum(axis=1)) - f1_of(old[drawn].sum(axis=1)), [0.025, 0.975])
    return float(low), float(high)


def f1_of(counts: np.ndarray) -> np.ndarray:
    """(draws,): micro F1 of (draws, 3) right, found and there."""
    both = counts[:, 1] + counts[:, 2]
    return np.asarray(np.divide(2 * counts[:, 0], both, out=np.zeros(len(counts)), where=both > 0))


def judged_on(examples: Sequence[Example], home: Path) -> list[Example]:
    """The documents of the frozen list, which is frozen now where there is none yet.

    A document whose vendor has grown so large that training no longer holds it back is left out.
    """
    path, today = home / "frozen.json", split(examples)
    if not path.is_file():
        freeze(Split((), today.validation, frozen=True), path)
    ids = set(json.loads(path.read_text(encoding="utf-8"))["ids"])
    return [example for example in today.validation if example.id in ids]


def write_down(home: Path, said: Mapping[str, Any]) -> dict[str, Any]:
    """A line more of `promotions.jsonl`."""
    line = {"at": datetime.now(UTC).isoformat().replace("+00:00", "Z"), **said}
    home.mkdir(parents=True, exist_ok=True)
    with (home / "promotions.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    return line


def written_down(home: Path) -> list[dict[str, Any]]:
    """All promotions and refusals, the first first."""
    path = home / "promotions.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
