"""The training loop: epochs of drawn examples, a learning rate that falls, averaged weights, records, checkpoints."""

import math
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import LayoutLMForTokenClassification

from recto.document.run import EpochRecord
from recto.engines.label.bundle import Bundle
from recto.engines.label.calibration import Calibration
from recto.engines.label.decode import Habits
from recto.engines.label.layout import LayoutModel
from recto.engines.label.space import Space
from recto.training.batches import Batch, Sample, batches_of, collate, samples_of
from recto.training.checkpoint import Checkpoint
from recto.training.crew import Crew
from recto.training.epochs import Keep
from recto.training.evaluation import Report, evaluate
from recto.training.inference import TorchLabeller
from recto.training.journal import Progress
from recto.training.loss import class_weights, kind_loss, tag_loss
from recto.training.mixture import Mixture
from recto.training.net import based_on, config_of, fresh, named, word_logits
from recto.training.settings import TrainSettings
from recto.training.splits import Split
from recto.training.vocabulary import brought, learn


@dataclass(frozen=True)
class Run:
    """A finished (or interrupted) training. `net` has the averaged weights."""

    settings: TrainSettings
    net: LayoutLMForTokenClassification
    tokenizer: Tokenizer
    space: Space
    records: tuple[EpochRecord, ...]
    comparable: bool
    hashes: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False

    @property
    def window(self) -> int:
        return self.settings.window


Beat = Callable[[int, int, int], None]
"""Told the epoch, how many of its batches are done, and how many it has."""


class _Stop:
    """Set by SIGTERM: the loop writes a checkpoint and ends."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def train(
    settings: TrainSettings,
    split: Split,
    space: Space,
    progress: Progress | None = None,
    beat: Beat | None = None,
    keep: Keep | None = None,
) -> Run:
    """Fit a network to the split's training part; resumes where a checkpoint of the same settings and documents is.

    Under torchrun every process calls this with the same arguments; the first one validates and writes. `progress` is
    told of each epoch when it is over, `beat` of each batch, and `keep` of each judgement before `progress` is.
    """
    torch.set_num_threads(settings.threads)
    settings.out.mkdir(parents=True, exist_ok=True)
    crew = Crew.join()
    mixture = Mixture(split.train, settings.made, settings.cap, settings.vary)
    course = _Course(settings, space, mixture, crew, split.hashes["contents"])
    stop = _Stop()
    before = signal.signal(signal.SIGTERM, stop)
    try:
        for epoch in course.epochs(stop, beat):
            course.close(epoch, split.validation, progress, keep)
    finally:
        signal.signal(signal.SIGTERM, before)
    return Run(
        settings=settings,
        net=course.averaged,
        tokenizer=course.tokenizer,
        space=space,
        records=tuple(course.records),
        comparable=split.frozen,
        hashes=split.hashes,
        interrupted=stop.asked,
    )


class _Course:
    """The state of a run: network, averaged copy, optimiser, and where in which epoch it is."""

    def __init__(self, settings: TrainSettings, space: Space, mixture: Mixture, crew: Crew, contents: str) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.space, self.mixture, self.crew = settings, space, mixture, crew
        self.file = Checkpoint(settings.out / f"checkpoint-{crew.rank}.pt", f"{settings.key} {contents}")
        self.tokenizer = self._tokenizer()
        self.net = self._network()
        self.averaged = self._network()
        self.averaged.load_state_dict(self.net.state_dict())
        self.optimiser = torch.optim.AdamW(
            self.net.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, betas=(0.9, 0.98)
        )
        self.weights = class_weights(mixture, space, settings.class_weight_clip)
        self.epoch, self.batch, self.step, self.per_epoch = 0, 0, 0, 0
        self.losses: list[float] = []
        self.elapsed, self.best, self.waited = 0.0, -1.0, 0
        self.records: list[EpochRecord] = []
        self.began = time.monotonic()
        torch.manual_seed(settings.seed + 1000 * crew.rank)
        self._resume()

    def _tokenizer(self) -> Tokenizer:
        path = self.settings.out / "tokenizer.json"
        if not path.is_file() and self.crew.first:
            base = self.settings.base
            (brought(base) if base else learn(self.mixture.texts(), self.settings.vocabulary)).save(str(path))
        self.crew.wait()
        return Tokenizer.from_file(str(path))

    def _network(self) -> LayoutLMForTokenClassification:
        s = self.settings
        if s.base:
            return based_on(s.base, self.space.names, self.tokenizer)
        config = config_of(self.space.outputs, self.tokenizer.get_vocab_size(), s.hidden, s.layers, s.heads)
        config.hidden_dropout_prob, config.attention_probs_dropout_prob = s.dropout, 0.0
        return fresh(named(config, self.space.names))

    def epochs(self, stop: _Stop, beat: Beat | None) -> Iterator[int]:
        """Train an epoch, yield its number; ends at the last one, at the clock, out of patience or when asked to."""
        while self.epoch < self.settings.epochs and not self._late and not self._patient_no_more:
            self._epoch(stop, beat)
            if self.crew.any(stop.asked):
                stop.asked = True
                self._save()
                return
            yield self.epoch
            self.epoch, self.batch, self.losses = self.epoch + 1, 0, []
            self._save()

    @property
    def _late(self) -> bool:
        return bool(self.settings.minutes) and self._progress >= 1

    @property
    def _patient_no_more(self) -> bool:
        return bool(self.settings.patience) and self.waited > self.settings.patience

    @property
    def _progress(self) -> float:
        """How much of the run is over, 0..1: by the clock where there is one, else by the steps."""
        if self.settings.minutes:
            seconds = self.elapsed + time.monotonic() - self.began
            return self.crew.most(seconds / (60 * self.settings.minutes))
        return self.step / max(1, self.per_epoch * self.settings.epochs)

    def _epoch(self, stop: _Stop, beat: Beat | None) -> None:
        batches = self._batches()
        self.per_epoch = self.per_epoch or len(batches)
        self.net.train()
        started = time.monotonic()
        while self.batch < len(batches) and not self._late:
            self._one(collate(batches[self.batch]))
            self.batch += 1
            if beat:
                beat(self.epoch, self.batch, len(batches))
            if self.batch % self.settings.accumulate == 0 and self.crew.any(stop.asked):
                return
        self.seconds = time.monotonic() - started

    def _batches(self) -> list[list[Sample]]:
        """This process's batches of the epoch: the same whenever it is asked for them."""
        s, crew = self.settings, self.crew
        rng = random.Random(f"{s.seed}/{self.epoch}/{crew.rank}")
        drawn = self.mixture.epoch(self.epoch, s.seed, crew.rank, crew.size)
        varied = rng if s.vary else None
        samples = [x for e in drawn for x in samples_of(e, self.tokenizer, self.space, s.window, varied)]
        batches = batches_of(samples, s.batch_tokens, rng)
        return batches[: crew.fewest(len(batches))]

    def _one(self, batch: Batch) -> None:
        """One batch forward and back; every `accumulate` batches one step."""
        s, tags = self.settings, len(self.space.tags)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=s.bfloat16):
            words, start = word_logits(self.net, batch)
        loss = tag_loss(words[..., :tags], batch, self.weights, s.smoothing)
        loss = loss + s.kind_weight * kind_loss(start[:, tags:], batch)
        (loss / s.accumulate).backward()  # type: ignore[no-untyped-call]
        self.losses.append(float(loss.detach()))
        if (self.batch + 1) % s.accumulate == 0:
            self._move()

    def _move(self) -> None:
        self.rate = self._rate()
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
        self.crew.average(self.net)
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        keep = min(self.settings.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.averaged.parameters()), list(self.net.parameters()), 1 - keep)

    def _rate(self) -> float:
        """Up in a line during the warm-up, then down along half a cosine to a fiftieth."""
        done, warm = min(1.0, self._progress), self.settings.warmup
        if done < warm:
            return self.settings.learning_rate * max(done, 1e-3) / warm
        fall = 0.5 * (1 + math.cos(math.pi * (done - warm) / (1 - warm)))
        return self.settings.learning_rate * (0.02 + 0.98 * fall)

    def close(self, epoch: int, validation: Sequence[Any], progress: Progress | None, keep: Keep | None = None) -> None:
        """Record the epoch; validate it when its turn has come; remember whether it was the best."""
        found = None
        last = epoch + 1 == self.settings.epochs or self._late
        if validation and ((epoch + 1) % self.settings.validate_every == 0 or last):
            found = self._validated(validation) if self.crew.first else None
            figure = self.crew.most(figure_of(found) if found else -1.0)
            self.best, self.waited = (figure, 0) if figure > self.best else (self.best, self.waited + 1)
        mean = sum(self.losses) / max(1, len(self.losses))
        shown = {**found.as_json(), "by_document": found.by_document} if found else None
        judged = figure_of(found) if found else None
        record = EpochRecord(epoch, mean, self.seconds, getattr(self, "rate", 0.0), self.step, shown, judged)
        self.records.append(record)
        if found and keep:
            keep(epoch, found)
        if self.crew.first and progress:
            progress(record)

    def _validated(self, validation: Sequence[Any]) -> Report:
        return evaluate(TorchLabeller(self.model), validation)

    @property
    def model(self) -> LayoutModel:
        """The averaged network as the labeller would use it, uncalibrated."""
        bundle = Bundle(Path(), self.settings.name, "", self.space, Habits.usual(), Calibration(), self.settings.window)
        return LayoutModel(bundle, self.tokenizer, TorchLabeller.network(self.averaged, self.settings.bfloat16))

    def _save(self) -> None:
        self.file.write(
            {
                "net": self.net.state_dict(),
                "averaged": self.averaged.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "torch": torch.get_rng_state(),
                "counts": (self.epoch, self.batch, self.step, self.per_epoch),
                "losses": self.losses,
                "course": (self.elapsed + time.monotonic() - self.began, self.best, self.waited),
                "records": [asdict(record) for record in self.records],
            }
        )

    def _resume(self) -> None:
        kept = self.file.read()
        if kept is None:
            return
        self.net.load_state_dict(kept["net"])
        self.averaged.load_state_dict(kept["averaged"])
        self.optimiser.load_state_dict(kept["optimiser"])
        torch.set_rng_state(kept["torch"])
        self.epoch, self.batch, self.step, self.per_epoch = kept["counts"]
        self.losses = kept["losses"]
        self.elapsed, self.best, self.waited = kept["course"]
        self.records = [EpochRecord(**record) for record in kept["records"]]


def figure_of(report: Report) -> float:
    """What early stopping looks at: the fields' F1 where the data has fields, else the entities'."""
    fields = report.total("fields")
    return fields.score.f1 if fields.there else report.total("entities").score.f1
