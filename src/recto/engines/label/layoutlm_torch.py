"""LayoutLM in PyTorch through transformers' own classes: a user's own weights, a GPU, bfloat16 (extra `train`)."""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from recto import __version__
from recto.document.assurance import UNMEASURED, Assurance
from recto.document.errors import EngineUnavailable
from recto.document.page import Words
from recto.document.reading import Engine, Tags
from recto.engines.label.bundle import Bundle, open_bundle
from recto.engines.label.layout import LayoutModel
from recto.engines.label.layoutlm_onnx import tokenizer_of
from recto.engines.label.windows import Network
from recto.ports import Weighed


class LayoutLmTorch:
    """A labeller. `bundle` is a folder with `model.safetensors`; `device` and `dtype` are PyTorch's names."""

    def __init__(self, bundle: str = "default", device: str = "cpu", dtype: str = "float32", threads: int = 0) -> None:
        self.name = bundle
        self.device = device
        self.dtype = dtype
        self.threads = threads
        self._lock = threading.Lock()

    @property
    def engine(self) -> Engine:
        return Engine("layoutlm-torch", __version__, self._bundle.name, self._bundle.digest)

    def label(self, documents: Sequence[tuple[Words, str]]) -> list[Tags]:
        """One tag a word for each (words, kind)."""
        with self._lock:
            model = self._model
        return [model.tags(words, kind) for words, kind in documents]

    def weigh(self, documents: Sequence[tuple[Words, str]]) -> list[Weighed]:
        """The same tags, with the probabilities that they were chosen from."""
        with self._lock:
            model = self._model
        return [model.weighed(words, kind) for words, kind in documents]

    def assurance(self, kind: str) -> Assurance:
        """As the bundle states it."""
        return self._bundle.assurance.get(kind, UNMEASURED)

    @cached_property
    def _bundle(self) -> Bundle:
        return open_bundle(self.name)

    @cached_property
    def _model(self) -> LayoutModel:
        bundle = self._bundle
        if not (bundle.folder / "model.safetensors").is_file():
            raise EngineUnavailable(f"the model bundle {bundle.name!r} has no model.safetensors")
        network = torch_network(bundle.folder, self.device, self.dtype, self.threads)
        return LayoutModel(bundle, tokenizer_of(bundle), network)


def torch_network(folder: Path, device: str, dtype: str, threads: int) -> Network:
    """The network of `config.json` and `model.safetensors`; raises EngineUnavailable without the extra `train`."""
    try:
        import torch
        from transformers import LayoutLMForTokenClassification
    except ImportError as missing:
        raise EngineUnavailable(f"the extra `train` is not installed: {missing}") from missing
    if threads:
        torch.set_num_threads(threads)
    net: Any = LayoutLMForTokenClassification.from_pretrained(folder, local_files_only=True)
    net = net.eval().to(device=device, dtype=getattr(torch, dtype))

    def run(ids: np.ndarray, boxes: np.ndarray, types: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            given = [torch.from_numpy(array).to(device) for array in (ids, boxes, types)]
            logits = net(input_ids=given[0], bbox=given[1], token_type_ids=given[2]).logits
        return np.asarray(logits.float().cpu().numpy())

    return run
