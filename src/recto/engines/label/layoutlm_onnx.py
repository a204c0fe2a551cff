"""Recto's own LayoutLM on ONNX Runtime: the labeller that needs nothing but the package."""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from recto import __version__
from recto.document.assurance import UNMEASURED, Assurance
from recto.document.errors import EngineUnavailable
from recto.document.page import Words
from recto.document.reading import Engine, Tags
from recto.engines.label.bundle import Bundle, open_bundle
from recto.engines.label.layout import LayoutModel
from recto.engines.label.windows import Network
from recto.ports import Weighed


class LayoutLmOnnx:
    """A labeller. `bundle` is a shipped bundle's name or a folder; `threads` 0 lets ONNX Runtime choose.

    The network loads on first use; EngineUnavailable is raised then where the bundle is not whole.
    """

    def __init__(self, bundle: str = "default", threads: int = 0) -> None:
        self.name = bundle
        self.threads = threads
        self._lock = threading.Lock()

    @property
    def engine(self) -> Engine:
        return Engine("layoutlm-onnx", __version__, self._bundle.name, self._bundle.digest)

    def label(self, documents: Sequence[tuple[Words, str]]) -> list[Tags]:
        """One tag a word for each (words, kind)."""
        return [self.model.tags(words, kind) for words, kind in documents]

    def weigh(self, documents: Sequence[tuple[Words, str]]) -> list[Weighed]:
        """The same tags, with the probabilities that they were chosen from."""
        return [self.model.weighed(words, kind) for words, kind in documents]

    def assurance(self, kind: str) -> Assurance:
        """As the bundle states it."""
        return self._bundle.assurance.get(kind, UNMEASURED)

    @property
    def model(self) -> LayoutModel:
        """The loaded model, which a classifier may share."""
        with self._lock:
            return self._model

    @cached_property
    def _bundle(self) -> Bundle:
        return open_bundle(self.name)

    @cached_property
    def _model(self) -> LayoutModel:
        bundle = self._bundle
        return LayoutModel(bundle, tokenizer_of(bundle), network_of(bundle.network, self.threads))


def tokenizer_of(bundle: Bundle) -> Tokenizer:
    """The bundle's tokenizer; raises EngineUnavailable where its file is missing."""
    if not bundle.tokenizer.is_file():
        raise EngineUnavailable(f"the model bundle {bundle.name!r} has no tokenizer.json")
    return Tokenizer.from_file(str(bundle.tokenizer))


def network_of(path: Path, threads: int) -> Network:
    """The network in this ONNX file, on the CPU, without an arena that would keep its peak memory."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(ids: np.ndarray, boxes: np.ndarray, types: np.ndarray) -> np.ndarray:
        fed = {"input_ids": ids, "bbox": boxes, "token_type_ids": types, "attention_mask": np.ones_like(ids)}
        return np.asarray(session.run(["logits"], fed)[0], dtype=np.float32)

    return run
