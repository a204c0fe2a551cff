"""Qwen2.5-VL in this process: judge, extractor and answerer with one set of weights each.

How it sees (its processor in transformers): a picture is cut into patches that stand for 28 pixels a side after
merging, each one token `<|image_pad|>` between `<|vision_start|>` and `<|vision_end|>`.
"""

from collections.abc import Sequence
from typing import Any, Final

from recto.engines.vlm.answerer import VlmAnswerer
from recto.engines.vlm.calibrated import Curves
from recto.engines.vlm.extractor import Manner, VlmExtractor
from recto.engines.vlm.judge import VlmJudge
from recto.engines.vlm.local import Family, LocalVoice, Pictures

_PAD: Final = "<|image_pad|>"


def see(images: Any, config: Any, pictures: Sequence[Any]) -> Pictures:
    """`pixel_values` (patches, channels * frames * 14 * 14), `image_grid_thw` (pictures, 3), and the pads of each."""
    seen = images(images=list(pictures), return_tensors="pt")
    merged = images.merge_size**2
    return seen, [_PAD * (int(grid.prod()) // merged) for grid in seen["image_grid_thw"]]


QWEN: Final = Family(
    name="qwen2.5-vl",
    architecture="Qwen2_5_VLForConditionalGeneration",
    processor="transformers.models.qwen2_vl.image_processing_pil_qwen2_vl:Qwen2VLImageProcessorPil",
    see=see,
    picture=_PAD,
)


def judge(model: str, device: str = "", calibration: str = "", long_side: int = 1280) -> VlmJudge:
    """Weights in the folder `model`; on `cuda` where there is one."""
    return VlmJudge(LocalVoice(QWEN, model, device), Curves(calibration), long_side)


def extractor(model: str, device: str = "", calibration: str = "", long_side: int = 1600) -> VlmExtractor:
    """Weights in the folder `model`; on `cuda` where there is one."""
    return VlmExtractor(LocalVoice(QWEN, model, device), Curves(calibration), Manner(long_side=long_side))


def answerer(model: str, device: str = "", long_side: int = 1600) -> VlmAnswerer:
    """Weights in the folder `model`; on `cuda` where there is one."""
    return VlmAnswerer(LocalVoice(QWEN, model, device), long_side)
