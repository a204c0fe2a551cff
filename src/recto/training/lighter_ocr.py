"""Makes the OCR engine's recogniser of Latin letters from RapidOCR's recogniser of all scripts.

    python -m recto.training.lighter_ocr FOLDER_OF_PAGES [--tuned whole.onnx] [--out latin.onnx]

Three steps, none of which trains anything: answers for characters of other scripts are cut from the last layer, the
exact GELU is written as one operator again, and the large convolutions are reckoned in eight bits, their ranges
measured on strips of the pages in the folder. Between the second and the third, `recto.training.tune_ocr` fits the
weights; its network is given as `--tuned`. The first layers, the squeeze-and-excitation branches, attention and
the last layer stay in 32 bits: in eight they cost accuracy and save little. Figures: docs/decisions/0022.
"""

import argparse
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper, version_converter
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image

from recto.document.page import Raster
from recto.engines.ocr.rapid import RapidOcr
from recto.engines.ocr.recogniser import HEIGHT
from recto.engines.ocr.strip import image_of

STRIPS: Final = 120
"""How many strips the ranges are measured on."""

A_PAGE: Final = 2
"""How many of them come from one page: many pages tell more than many strips of one."""

STEM: Final = 5
TAIL: Final = 3
"""How many of the first and of the last convolutions stay in 32 bits."""

SIGNS: Final = frozenset("№™℃℉Ω←→−■□●○◆◇★☆✓✔✕✖✗☐☑☒▲▼►◄☎")
LOOK_ALIKES: Final = frozenset("×·‚‛′‵∙")
"""Signs that the network takes for `x`, a stop or an apostrophe: without them the plain one wins."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, help="a folder of page images, for measuring ranges")
    parser.add_argument("--tuned", type=Path, help="the network that recto.training.tune_ocr has fitted")
    parser.add_argument("--out", type=Path, default=Path("latin.onnx"))
    options = parser.parse_args()
    paths = sorted(path for path in options.pages.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    with tempfile.TemporaryDirectory() as folder:
        start = options.tuned or latin(Path(folder))
        quantised(start, Ranges(strips(paths)), options.out)


class Ranges(CalibrationDataReader):  # type: ignore[misc]
    """Hands the strips to ONNX Runtime's measuring of ranges, one at a time."""

    def __init__(self, strips: Iterable[NDArray[np.float32]]) -> None:
        self.strips = iter(strips)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        strip = next(self.strips, None)
        return None if strip is None else {"x": strip}


def strips(paths: Sequence[Path]) -> Iterator[NDArray[np.float32]]:
    """Strips of text as the network takes them, (1, 3, 48, width) each: the middle ones of each page's widths."""
    detector = RapidOcr("all").detector
    found = 0
    for path in paths:
        with Image.open(path) as image:
            page = image_of(Raster(image.width, image.height, image.convert("RGB").tobytes()))
        seen = sorted(detector.find(page), key=lambda strip: strip.width / strip.height)
        for strip in islice(seen, len(seen) // 2, len(seen) // 2 + A_PAGE):
            width = max(32, round(HEIGHT * strip.width / strip.height / 32) * 32)
            cut = strip.cut(page, HEIGHT, width).astype(np.float32) / 127.5 - 1.0
            yield cut.transpose(2, 0, 1)[None]
            found += 1
        if found >= STRIPS:
            return


def latin(folder: Path) -> Path:
    """Writes `whole.onnx` to the folder: the recogniser of all scripts without the answers for the others."""
    network = clean(onnx.load(RapidOcr("all").recogniser_path), folder)
    characters = alphabet(network)
    kept = [number for number, character in enumerate(characters) if is_latin(character)]
    prune(network, [0, *(number + 1 for number in kept), len(characters) + 1])
    join_gelu(network)
    onnx.save(network, folder / "whole.onnx")
    note(folder / "whole.onnx", "character", "\n".join(characters[number] for number in kept))
    return folder / "whole.onnx"


def alphabet(network: Any) -> list[str]:
    """The characters of a recogniser as its metadata tell them, without `none` and the space."""
    characters: str = {entry.key: entry.value for entry in network.metadata_props}["character"]
    return characters.splitlines()


def quantised(source: Path, ranges: CalibrationDataReader, target: Path) -> None:
    """Writes the network at `source` with its large convolutions in eight bits to `target`."""
    network = onnx.load(source)
    quantize_static(
        source,
        target,
        ranges,
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["Conv"],
        nodes_to_exclude=exact(network),
    )
    note(target, "character", "\n".join(alphabet(network)))


def clean(network: Any, folder: Path) -> Any:
    """The network in operator set 17 (layers by channel need 13), its empty steps removed."""
    onnx.save(version_converter.convert_version(network, 17), folder / "raised.onnx")
    quant_pre_process(folder / "raised.onnx", folder / "clean.onnx", skip_symbolic_shape=True)
    cleaned = onnx.load(folder / "clean.onnx")
    del cleaned.metadata_props[:]
    cleaned.metadata_props.extend(network.metadata_props)
    return cleaned


def is_latin(character: str) -> bool:
    """Latin and Greek letters, digits, marks, money signs and the signs of forms."""
    if len(character) != 1 or character in LOOK_ALIKES:
        return False
    code = ord(character)
    ranges = ((0x20, 0x250), (0x370, 0x400), (0x1E00, 0x1F00), (0x2010, 0x205F), (0x2070, 0x20D0))
    return any(start <= code < end for start, end in ranges) or character in SIGNS


def prune(network: Any, columns: Sequence[int]) -> None:
    """Leaves only these answers of the last layer."""
    (output,) = network.graph.output
    answers = output.type.tensor_type.shape.dim[2]
    every = max(tensor.dims[-1] for tensor in network.graph.initializer if tensor.dims)
    for tensor in network.graph.initializer:
        if tensor.dims and tensor.dims[-1] == every:
            chosen = np.ascontiguousarray(numpy_helper.to_array(tensor)[..., columns])
            tensor.CopyFrom(numpy_helper.from_array(chosen, tensor.name))
    known = [value for value in network.graph.value_info if every not in sizes(value)]
    del network.graph.value_info[:]
    network.graph.value_info.extend(known)
    answers.dim_value = len(columns)


def sizes(value: Any) -> list[int]:
    """The dimensions of a tensor that are known."""
    return [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]


def join_gelu(network: Any) -> None:
    """Writes x / sqrt 2, erf, + 1, times x, times 1/2 as the one operator that ONNX Runtime has for it."""
    graph = network.graph
    makers = {name: node for node in graph.node for name in node.output}
    users: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    joined: dict[str, Any] = {}
    gone: set[str] = set()
    for node in (node for node in graph.node if node.op_type == "Erf"):
        before, chain = makers[node.input[0]], [node]
        while len(chain) < 4:
            chain.append(users[chain[-1].output[0]][0])
        gone.update(one.output[0] for one in (before, *chain))
        end = chain[-1].output[0]
        joined[end] = helper.make_node("Gelu", [before.input[0]], [end], node.name + ".gelu", domain="com.microsoft")
    nodes = [
        joined.get(node.output[0], node)
        for node in graph.node
        if node.output[0] not in gone or node.output[0] in joined
    ]
    del graph.node[:]
    graph.node.extend(nodes)
    network.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def exact(network: Any) -> list[str]:
    """Names of the convolutions that stay in 32 bits."""
    convolutions = [node for node in network.graph.node if node.op_type == "Conv"]
    makers = {name: node for node in network.graph.node for name in node.output}
    branches = [node.name for node in convolutions if of_mean(node, makers)]
    return [node.name for node in (*convolutions[:STEM], *convolutions[-TAIL:])] + branches


def of_mean(node: Any, makers: dict[str, Any]) -> bool:
    """Whether a convolution reckons with the mean of its channels (squeeze and excitation), at most two layers on."""
    for _ in range(4):
        maker = makers.get(node.input[0])
        if maker is None or maker.op_type not in ("Conv", "Relu", "ReduceMean", "GlobalAveragePool"):
            return False
        if maker.op_type in ("ReduceMean", "GlobalAveragePool"):
            return True
        node = maker
    return False


def note(path: Path, key: str, value: str) -> None:
    """Writes one entry of a model's metadata."""
    network = onnx.load(path)
    del network.metadata_props[:]
    entry = network.metadata_props.add()
    entry.key, entry.value = key, value
    onnx.save(network, path)


if __name__ == "__main__":
    main()
