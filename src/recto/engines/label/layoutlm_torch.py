"""LayoutLM in PyTorch through transformers' own classes: a user's own weights, a GPU, bfloat16 (extra `train`)."""

from pathlib import Path
from typing import Any

import numpy as np

from recto.document.errors import EngineUnavailable
from recto.engines.label.bundle import Bundle
from recto.engines.label.layoutlm import LayoutLm
from recto.engines.label.windows import Network


class LayoutLmTorch(LayoutLm):
    """A labeller. `bundle` is a folder with `model.safetensors`; `device` and `dtype` are PyTorch's names."""

    runtime = "layoutlm-torch"

    def __init__(self, bundle: str = "default", device: str = "cpu", dtype: str = "float32", threads: int = 0) -> None:
        super().__init__(bundle, threads)
        self.device = device
        self.dtype = dtype

    def network(self, bundle: Bundle) -> Network:
        if not (bundle.folder / "model.safetensors").is_file():
            raise EngineUnavailable(f"the model bundle {bundle.name!r} has no model.safetensors")
        return torch_network(bundle.folder, self.device, self.dtype, self.threads)


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
