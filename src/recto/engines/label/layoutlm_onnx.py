"""Recto's own LayoutLM on ONNX Runtime: the labeller that needs nothing but the package."""

from pathlib import Path

import numpy as np
import onnxruntime

from recto.engines.label.bundle import Bundle
from recto.engines.label.layoutlm import LayoutLm
from recto.engines.label.windows import Network


class LayoutLmOnnx(LayoutLm):
    """A labeller. `bundle` is a shipped bundle's name or a folder; `threads` 0 lets ONNX Runtime choose."""

    runtime = "layoutlm-onnx"

    def network(self, bundle: Bundle) -> Network:
        return network_of(bundle.network, self.threads)


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
