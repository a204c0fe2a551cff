"""The plugs by socket and name, and how one is made."""

import importlib
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any, Final

from recto.document.errors import BadSettings, UnknownEngine

PLUGS: Final[Mapping[str, Mapping[str, str]]] = {
    "ocr": {
        "rapidocr": "recto.engines.ocr.rapid:RapidOcr",
        "dots-ocr": "recto.engines.ocr.dots_ocr:DotsOcr",
        "tesseract": "recto.engines.ocr.tesseract:TesseractOcr",
        "upright": "recto.engines.ocr.upright:Upright",
    },
    "classifier": {
        "layout": "recto.engines.classify.layout:LayoutClassifier",
        "rules": "recto.engines.classify.rules:RulesClassifier",
    },
    "labeller": {
        "layoutlm": "recto.engines.label.layoutlm_onnx:LayoutLmOnnx",
        "layoutlm-torch": "recto.engines.label.layoutlm_torch:LayoutLmTorch",
        "rules": "recto.engines.label.rules:RulesLabeller",
    },
    "judge": {
        "chat": "recto.engines.chat:judge",
        "qwen2.5-vl": "recto.engines.classify.qwen2_5_vl:judge",
        "smolvlm2": "recto.engines.extract.smolvlm2:judge",
        "runpod": "recto.engines.remote:runpod_judge",
        "recto": "recto.engines.remote:recto_judge",
    },
    "understanding": {
        "runpod": "recto.engines.remote:runpod_understanding",
        "recto": "recto.engines.remote:recto_understanding",
    },
    "extractor": {
        "chat": "recto.engines.chat:extractor",
        "qwen2.5-vl": "recto.engines.classify.qwen2_5_vl:extractor",
        "smolvlm2": "recto.engines.extract.smolvlm2:extractor",
    },
    "answerer": {
        "chat": "recto.engines.chat:answerer",
        "qwen2.5-vl": "recto.engines.classify.qwen2_5_vl:answerer",
        "smolvlm2": "recto.engines.extract.smolvlm2:answerer",
        "lines": "recto.engines.answer.lines:LinesAnswerer",
    },
}


def named(target: str) -> Any:
    """The thing at `module:name`, imported now: a plug is loaded when it is asked for, never before."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def load(port: str, name: str, arguments: Mapping[str, Any]) -> Any:
    """The plug of that name, built with its table of the settings.

    A name that is not ours is looked for among the entry points of the group `recto.<port>`.
    """
    target = PLUGS[port].get(name)
    if target is None:
        offered = entry_points(group=f"recto.{port}", name=name)
        if not offered:
            raise UnknownEngine(f"{name!r} for {port}; there are {', '.join(PLUGS[port])}.")
        maker = next(iter(offered)).load()
    else:
        maker = named(target)
    try:
        return maker(**arguments)
    except TypeError as error:
        raise BadSettings(f"engines.{name}: {error}") from error
