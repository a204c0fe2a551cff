"""A fitted network to a bundle: ONNX in float32, float16 and int8, and the files that say what it is."""

import json
import shutil
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import LayoutLMForTokenClassification

from recto.engines.label.bundle import PINNED, digest_of
from recto.engines.label.calibration import Calibration
from recto.engines.label.decode import Habits
from recto.engines.label.space import Space
from recto.training.vocabulary import vocabulary_lines


@dataclass(frozen=True)
class Fitted:
    """Everything that a bundle is made of, in memory."""

    name: str
    net: LayoutLMForTokenClassification
    tokenizer: Tokenizer
    space: Space
    habits: Habits = field(default_factory=Habits)
    calibration: Calibration = field(default_factory=Calibration)
    kinds: Calibration = field(default_factory=Calibration)
    tokens: int = 512


class _Logits(torch.nn.Module):
    """The network with plain tensors in and out, as ONNX has them."""

    def __init__(self, net: LayoutLMForTokenClassification) -> None:
        super().__init__()
        self.net = net

    def forward(
        self, input_ids: torch.Tensor, bbox: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """(batch, tokens[, 4]) int64 to logits (batch, tokens, outputs)."""
        out = self.net(input_ids=input_ids, bbox=bbox, attention_mask=attention_mask, token_type_ids=token_type_ids)
        logits: torch.Tensor = out.logits
        return logits


def export(fitted: Fitted, folder: Path, facts: Mapping[str, Any]) -> str:
    """Write the bundle into `folder` and return its digest. `facts` go into `recto.json` beside what decoding needs."""
    folder.mkdir(parents=True, exist_ok=True)
    fitted.net.save_pretrained(folder, safe_serialization=True)
    networks(fitted.net, folder)
    return write_small_files(fitted, folder, facts)


def networks(net: LayoutLMForTokenClassification, folder: Path) -> None:
    """`model.onnx` (float32), `model.fp16.onnx`, `model.int8.onnx`; batch and length are dynamic."""
    whole = folder / "model.onnx"
    _to_onnx(net, whole)
    quantize_dynamic(
        whole, folder / "model.int8.onnx", weight_type=QuantType.QInt8, per_channel=False, extra_options={}
    )
    half = _halved(onnx.load(whole))
    onnx.save(half, folder / "model.fp16.onnx")


def _to_onnx(net: LayoutLMForTokenClassification, path: Path) -> None:
    ids = torch.randint(5, 100, (2, 12))
    boxes = torch.tensor([10, 20, 30, 40]).expand(2, 12, 4).contiguous()
    axes = {0: "batch", 1: "tokens"}
    names = ["input_ids", "bbox", "attention_mask", "token_type_ids"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Logits(net).eval(),
            (ids, boxes, torch.ones_like(ids), torch.zeros_like(ids)),
            str(path),
            input_names=names,
            output_names=["logits"],
            dynamic_axes=dict.fromkeys([*names, "logits"], axes),
            opset_version=17,
            dynamo=False,
        )


def _halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its large float32 weights stored as float16 and cast back where they are used.

    Arithmetic stays in float32: a CPU has no float16 arithmetic to gain from, the file is half as long, and the
    mask's large constant cannot overflow.
    """
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or len(tensor.raw_data) < 4096:
            continue
        name = tensor.name
        narrow = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor).astype("float16"), name=f"{name}_half")
        tensor.CopyFrom(narrow)
        casts.append(onnx.helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)
    return model


def write_small_files(fitted: Fitted, folder: Path, facts: Mapping[str, Any]) -> str:
    """Tokenizer, vocabulary, labels, calibration, decoding and digest; returns the digest."""
    fitted.tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "vocab.txt").write_text(vocabulary_lines(fitted.tokenizer), encoding="utf-8")
    space = fitted.space
    _write(folder / "label_map.json", {"kinds": space.labels, "tags": space.tags, "outputs": space.outputs})
    calibration = {"words": fitted.calibration.as_json(), "kinds": fitted.kinds.as_json()}
    _write(folder / "calibration.json", calibration)
    _write(
        folder / "recto.json",
        {"name": fitted.name, "tokens": fitted.tokens, "decoding": asdict(fitted.habits), **facts},
    )
    digest = digest_of(folder, PINNED)
    (folder / "digest.txt").write_text(digest + "\n")
    return digest


def thin(folder: Path, target: Path, extra: tuple[str, ...] = ("vocab.txt", "metrics.json", "MODEL_CARD.md")) -> None:
    """Copy what the package ships: the int8 network and the small files."""
    target.mkdir(parents=True, exist_ok=True)
    for name in (*PINNED, "digest.txt", *extra):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, target / name)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
