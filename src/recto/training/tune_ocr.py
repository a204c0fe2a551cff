"""Fits the recogniser of Latin letters to receipts and to made-up documents, from RapidOCR's weights on.

    python -m recto.training.tune_ocr RECEIPTS [--folder .cache/ocr-tuning] [--steps 1600]

Strips are cut once and kept in the folder, as are the weights every so many steps: an interrupted run goes on there.
The receipts of SROIE's training part whose merchants are held out are not trained on; the run ends with the share of
wrong characters on their strips, before and after. `recto.training.lighter_ocr` then makes the file that ships.
"""

import argparse
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import onnx
import torch
from torch import Tensor
from torch.nn import functional

from recto.document.page import Raster
from recto.engines.ocr.rapid import RapidOcr
from recto.engines.ocr.recogniser import HEIGHT
from recto.training.example import Quality
from recto.training.graph_net import GraphNet
from recto.training.lighter_ocr import alphabet, latin
from recto.training.sources import sroie
from recto.training.strips import Line, Sample, cut_out, held_out, made_up, receipt, spoilt
from recto.training.synth.generator import generate

log = logging.getLogger(__name__)

COLUMNS = 5120
"""Columns of pixels in a batch."""

STEP = 8
"""Columns of pixels an answer spans."""

WARM = 100
KEEP_EVERY = 100
AVERAGE = 0.995
"""The weights that are kept are a running mean with this memory: single steps jump about."""


MADE: Final = (
    *("receipt", "invoice", "receipt", "bank_statement", "W2", "credit_card_statement", "1099-INT", "invoice"),
    *("check", "other", "receipt", "1099-DIV", "1099-MISC", "1099-NEC", "1099-R", "1098"),
)
"""The kinds of the made-up documents, in turn."""

SHARE: Final = 0.55
"""How many made-up strips are trained on for each of the receipts'."""

Page = tuple[Raster, list[Line], str]
"""A page, its true lines, and its document's name."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("receipts", type=Path, help="the folder of SROIE's training part")
    parser.add_argument("--folder", type=Path, default=Path(".cache/ocr-tuning"))
    parser.add_argument("--steps", type=int, default=1600)
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument("--made", type=int, default=208, help="how many made-up documents")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    start = folder / "whole.onnx" if (folder / "whole.onnx").exists() else latin(folder)
    held = held_out(options.receipts)
    names = sroie.read_keys(options.receipts)
    train = kept(folder / "receipts.npz", receipts(options.receipts, [name for name in names if name not in held]))
    made = kept(folder / "made.npz", made_pages(options.made, 55_000, held=False))
    test = kept(folder / "held.npz", receipts(options.receipts, sorted(held)))[::2]
    Random(1).shuffle(made)
    run = Tuning(start, Alphabet(alphabet(onnx.load(start))), options.steps, options.rate)
    log.info("wrong characters on held-out receipts before: %.4f", errors(run.net, test, run.alphabet))
    tune(run, [*train, *made[: round(SHARE * len(train))]], folder / "run.pt")
    tuned = run.averaged()
    tuned.save(folder / "tuned.onnx")
    log.info("after: %.4f", errors(tuned, test, run.alphabet))


def receipts(folder: Path, names: Iterable[str]) -> Iterator[Page]:
    return ((*receipt(folder, name), name) for name in names)


def made_pages(count: int, seed: int, held: bool) -> Iterator[Page]:
    """At most two pages of each of `count` made-up documents, clean, scanned and photographed in turn."""
    for number in range(count):
        quality: Quality = ("clean", "scan", "photo")[number % 3]  # type: ignore[assignment]
        document = generate(MADE[number % len(MADE)], seed + number, quality=quality, held_out=held)
        yield from ((page, lines, str(number)) for page, lines in islice(made_up(document), 2))


def kept(path: Path, pages: Iterable[Page]) -> list[Sample]:
    """The strips of the pages; cut at the first time, then taken from `path` (strips side by side, texts, widths)."""
    if not path.exists():
        ocr = RapidOcr(threads=1)
        found = [sample for page, lines, name in pages for sample in cut_out(ocr, page, lines, Random(name))]
        side_by_side = np.concatenate([sample.pixels for sample in found], axis=1)
        widths = [sample.pixels.shape[1] for sample in found]
        np.savez(path, pixels=side_by_side, widths=widths, texts=[sample.text for sample in found])
    with np.load(path) as file:
        parts = np.split(file["pixels"], np.cumsum(file["widths"])[:-1], axis=1)
        return [Sample(part, str(text)) for part, text in zip(parts, file["texts"], strict=True)]


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Characters as the network numbers them: 0 is none, the last is a space."""

    characters: Sequence[str]

    def numbers(self, text: str) -> list[int] | None:
        """The text's classes; None where the network has no class for a character."""
        places = {character: number for number, character in enumerate(self.characters, start=1)}
        places[" "] = len(self.characters) + 1
        found = [places.get(character) for character in text]
        return None if None in found else [number for number in found if number is not None]

    def text(self, classes: Sequence[int]) -> str:
        """What the best classes of the columns say."""
        names = ["", *self.characters, " "]
        runs = [one for before, one in zip([0, *classes], classes, strict=False) if one != before]
        return "".join(names[one] for one in runs)


@dataclass(frozen=True, slots=True)
class Batch:
    """Pixels (strips, 3, HEIGHT, width) of -1..1, widths in answers, classes of all strips in a row, lengths."""

    pixels: Tensor
    widths: Tensor
    classes: Tensor
    lengths: Tensor


def batches(samples: Sequence[Sample], alphabet: Alphabet, seed: int, spoil: bool) -> Iterator[Batch]:
    """All samples once, those of like width together, in an order that the seed tells."""
    chance = Random(seed)
    order = sorted(range(len(samples)), key=lambda i: samples[i].pixels.shape[1] + chance.uniform(-8, 8))
    groups: list[list[int]] = []
    group: list[int] = []
    for index in order:
        if group and (len(group) + 1) * samples[index].pixels.shape[1] > COLUMNS:
            groups.append(group)
            group = []
        group.append(index)
    groups.append(group)
    chance.shuffle(groups)
    noise = np.random.default_rng(seed)
    for group in groups:
        batch = batch_of([samples[index] for index in group], alphabet, noise if spoil else None)
        if batch is not None:
            yield batch


def batch_of(samples: Sequence[Sample], alphabet: Alphabet, noise: np.random.Generator | None) -> Batch | None:
    known = [(sample, numbers) for sample in samples if (numbers := alphabet.numbers(sample.text))]
    if not known:
        return None
    width = -(-max(sample.pixels.shape[1] for sample, _ in known) // 16) * 16
    pixels = np.zeros((len(known), 3, HEIGHT, width), np.float32)
    for row, (sample, _) in zip(pixels, known, strict=True):
        changed = sample.pixels.astype(np.float32) if noise is None else spoilt(sample.pixels, noise)
        row[:, :, : changed.shape[1]] = changed.transpose(2, 0, 1) / 127.5 - 1.0
    return Batch(
        torch.from_numpy(pixels).contiguous(memory_format=torch.channels_last),  # halves the time of a step
        torch.tensor([width // STEP] * len(known)),
        torch.tensor([number for _, numbers in known for number in numbers]),
        torch.tensor([len(numbers) for _, numbers in known]),
    )


def loss_of(net: GraphNet, batch: Batch) -> Tensor:
    """Connectionist temporal classification, a character."""
    answers = net.log_probabilities(batch.pixels).transpose(0, 1)
    return functional.ctc_loss(answers, batch.classes, batch.widths, batch.lengths, zero_infinity=True)


def rate_at(step: int, steps: int, highest: float) -> float:
    """The learning rate: up in WARM steps, down along a cosine."""
    if step < WARM:
        return highest * (step + 1) / WARM
    return highest * 0.5 * (1 + float(np.cos(np.pi * (step - WARM) / max(1, steps - WARM))))


def errors(net: GraphNet, samples: Sequence[Sample], alphabet: Alphabet) -> float:
    """The share of wrong characters, without case and spaces, over the strips."""
    wrong = total = 0
    with torch.no_grad():
        for sample in samples:
            batch = batch_of([sample], alphabet, None)
            if batch is None:
                continue
            best = net.log_probabilities(batch.pixels)[0].argmax(dim=-1).tolist()
            truth, read = plain(sample.text), plain(alphabet.text(best))
            wrong += distance(truth, read)
            total += len(truth)
    return wrong / max(1, total)


def plain(text: str) -> str:
    return text.casefold().replace(" ", "")


def distance(one: str, other: str) -> int:
    """How many characters must be put in, left out or changed (Levenshtein)."""
    row = list(range(len(other) + 1))
    for number, a in enumerate(one, start=1):
        before, row[0] = row[0], number
        for place, b in enumerate(other, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (a != b))
    return row[-1]


class Tuning:
    """A run: the network, its optimiser, the running mean of its weights, the step it is at."""

    def __init__(self, start: Path, alphabet: Alphabet, steps: int, highest: float) -> None:
        self.net = GraphNet(start)
        self.mean = {name: weight.detach().clone() for name, weight in self.net.weights.items()}
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=highest, weight_decay=0.01)
        self.alphabet = alphabet
        self.steps = steps
        self.highest = highest
        self.step = 0

    def learn(self, batch: Batch) -> float:
        """One step; returns its loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.step, self.steps, self.highest)
        loss = loss_of(self.net, batch)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 2.0)
        self.optimiser.step()
        self.step += 1
        memory = min(AVERAGE, self.step / (self.step + 10))
        for name, weight in self.net.weights.items():
            self.mean[name].lerp_(weight.detach(), 1 - memory)
        return loss.item()

    def averaged(self) -> GraphNet:
        """The network with the mean of the weights."""
        for name, weight in self.net.weights.items():
            weight.data.copy_(self.mean[name])
        return self.net

    def keep(self, path: Path) -> None:
        state = {"step": self.step, "net": self.net.state_dict(), "mean": self.mean}
        torch.save({**state, "optimiser": self.optimiser.state_dict()}, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def resume(self, path: Path) -> None:
        state = torch.load(path)
        self.step, self.mean = state["step"], state["mean"]
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])


def tune(run: Tuning, samples: Sequence[Sample], state: Path) -> None:
    """Up to the run's number of steps, the samples as often as that takes; `state` is written on the way."""
    if state.exists():
        run.resume(state)
    done, epoch = 0, 0
    while run.step < run.steps:
        for batch in batches(samples, run.alphabet, epoch, spoil=True):
            done += 1
            if done <= run.step:
                continue
            loss = run.learn(batch)
            if run.step % 20 == 0:
                log.info("step %d of %d: loss %.4f", run.step, run.steps, loss)
            if run.step % KEEP_EVERY == 0:
                run.keep(state)
            if run.step >= run.steps:
                break
        epoch += 1


if __name__ == "__main__":
    main()
