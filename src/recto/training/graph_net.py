"""A network that is given as an ONNX graph, as a torch module: it can be trained on, and its weights written back.

Only the operators that PP-OCR's recogniser is made of are known; another raises KeyError with its name.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

Step = Callable[[Sequence[Any], dict[str, Any]], Tensor]


class GraphNet(nn.Module):
    """Runs the graph at `path`; its float tensors of one dimension and more are parameters."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.network = onnx.load(path)
        self.weights = nn.ParameterDict()
        self.fixed: dict[str, Tensor] = {}
        for tensor in self.network.graph.initializer:
            value = torch.from_numpy(numpy_helper.to_array(tensor).copy())
            if value.is_floating_point() and value.ndim:
                self.weights[_key(tensor.name)] = nn.Parameter(value)
            else:
                self.fixed[tensor.name] = value
        self.steps = [
            (node.op_type, tuple(node.input), node.output[0], _attributes(node)) for node in self.network.graph.node
        ]

    def forward(self, pixels: Tensor) -> Tensor:
        """The graph's one output for its one input; here (strips, 3, 48, width) to (strips, width / 8, characters)."""
        return self._run(pixels, self.steps)

    def log_probabilities(self, pixels: Tensor) -> Tensor:
        """Logarithms of the output, for a graph that ends in a softmax."""
        return functional.log_softmax(self._run(pixels, self.steps[:-1]), dim=-1)

    def _run(self, pixels: Tensor, steps: Sequence[Any]) -> Tensor:
        values: dict[str, Tensor] = {**self.fixed, self.network.graph.input[0].name: pixels}
        values |= {name: self.weights[_key(name)] for name in self.names}
        for operator, inputs, output, attributes in steps:
            values[output] = STEPS[operator]([values[name] if name else None for name in inputs], attributes)
        return values[steps[-1][2]]

    @property
    def names(self) -> list[str]:
        """The names of the trained tensors in the graph."""
        return [tensor.name for tensor in self.network.graph.initializer if tensor.name not in self.fixed]

    def save(self, path: Path) -> None:
        """The graph with the weights as they are now."""
        for tensor in self.network.graph.initializer:
            if tensor.name not in self.fixed:
                weight = self.weights[_key(tensor.name)].detach().numpy()
                tensor.CopyFrom(numpy_helper.from_array(weight, tensor.name))
        onnx.save(self.network, path)


def _key(name: str) -> str:
    """Names of parameters hold no dots."""
    return name.replace(".", "__")


def _attributes(node: Any) -> dict[str, Any]:
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}


def _conv(given: Sequence[Any], at: dict[str, Any]) -> Tensor:
    pixels, weight, bias = given
    if at.get("auto_pad") == b"SAME_UPPER":
        pixels, pads = _padded(pixels, at["kernel_shape"]), (0, 0)
    else:
        pads = tuple(at["pads"][:2])
    return functional.conv2d(pixels, weight, bias, at["strides"], pads, at["dilations"], at["group"])


def _padded(pixels: Tensor, kernel: Sequence[int]) -> Tensor:
    """With zeros so that a kernel at stride 1 keeps the size; the odd one below and to the right."""
    below, right = kernel[0] - 1, kernel[1] - 1
    return functional.pad(pixels, (right // 2, right - right // 2, below // 2, below - below // 2))


def _max_pool(given: Sequence[Any], at: dict[str, Any]) -> Tensor:
    return functional.max_pool2d(_padded(given[0], at["kernel_shape"]), at["kernel_shape"], at["strides"])


def _mean(given: Sequence[Any], at: dict[str, Any]) -> Tensor:
    axes = at["axes"] if "axes" in at else given[1].tolist()
    mean: Tensor = given[0].mean(dim=tuple(axes), keepdim=bool(at.get("keepdims", 1)))
    return mean


def _slice(given: Sequence[Any], at: dict[str, Any]) -> Tensor:
    values, starts, ends, axes = given[:4]
    for start, end, axis in zip(starts.tolist(), ends.tolist(), axes.tolist(), strict=True):
        values = values.narrow(axis, start, min(end, values.shape[axis]) - start)
    return torch.as_tensor(values)


def _reshape(given: Sequence[Any], at: dict[str, Any]) -> Tensor:
    shape = [size if size else given[0].shape[place] for place, size in enumerate(given[1].tolist())]
    return torch.as_tensor(given[0].reshape(shape))


STEPS: Final[dict[str, Step]] = {
    "Conv": _conv,
    "MaxPool": _max_pool,
    "AveragePool": lambda given, at: functional.avg_pool2d(given[0], at["kernel_shape"], at["strides"]),
    "ReduceMean": _mean,
    "Slice": _slice,
    "Reshape": _reshape,
    "Relu": lambda given, at: functional.relu(given[0]),
    "Gelu": lambda given, at: functional.gelu(given[0]),
    "Sigmoid": lambda given, at: torch.sigmoid(given[0]),
    "HardSigmoid": lambda given, at: (given[0] * at["alpha"] + at["beta"]).clamp(0.0, 1.0),
    "Softmax": lambda given, at: functional.softmax(given[0], at["axis"]),
    "LayerNormalization": lambda given, at: functional.layer_norm(
        given[0], given[1].shape, given[1], given[2], at["epsilon"]
    ),
    "Concat": lambda given, at: torch.cat(list(given), at["axis"]),
    "Shape": lambda given, at: torch.tensor(given[0].shape),
    "Squeeze": lambda given, at: given[0].squeeze(tuple(given[1].tolist())),
    "Transpose": lambda given, at: given[0].permute(at["perm"]),
    "MatMul": lambda given, at: given[0] @ given[1],
    "Add": lambda given, at: given[0] + given[1],
    "Mul": lambda given, at: given[0] * given[1],
}
