"""A network in training as a labeller, so that validation goes the way that reading goes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from transformers import LayoutLMForTokenClassification

from recto.document.assurance import UNMEASURED, Assurance
from recto.document.page import Words
from recto.document.reading import Engine, Guess, Tags
from recto.engines.label.layout import LayoutModel
from recto.engines.label.windows import Network


@dataclass(frozen=True)
class TorchLabeller:
    """Labels and classifies with a model whose network is in memory."""

    model: LayoutModel

    @property
    def engine(self) -> Engine:
        return Engine("layoutlm-training", "0", self.model.bundle.name, self.model.bundle.digest or None)

    def label(self, documents: Sequence[tuple[Words, str]]) -> list[Tags]:
        return [self.model.tags(words, kind) for words, kind in documents]

    def assurance(self, kind: str) -> Assurance:
        """None yet: it is measured when the run is over."""
        return UNMEASURED

    def classify(self, documents: Sequence[Words]) -> list[Guess]:
        return [self.model.kind(words) for words in documents]

    @staticmethod
    def network(net: LayoutLMForTokenClassification, bfloat16: bool) -> Network:
        """The network as a function of arrays."""

        def run(ids: np.ndarray, boxes: np.ndarray, types: np.ndarray) -> np.ndarray:
            net.eval()
            with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
                given = [torch.from_numpy(array) for array in (ids, boxes, types)]
                logits = net(input_ids=given[0], bbox=given[1], token_type_ids=given[2]).logits
            return np.asarray(logits.float().numpy())

        return run
