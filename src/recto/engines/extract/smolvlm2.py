"""SmolVLM2 in this process: small enough for a laptop's CPU.

How it sees (its processor in transformers): a picture is cut into tiles, each named by its row and column, and the
whole picture follows once more; each of them is as many tokens `<image>` as the vision tower has patches after
shuffling.
"""

from collections.abc import Sequence
from typing import Any, Final

from recto.engines.vlm.answerer import VlmAnswerer
from recto.engines.vlm.calibrated import Curves
from recto.engines.vlm.extractor import Manner, VlmExtractor
from recto.engines.vlm.judge import VlmJudge
from recto.engines.vlm.local import Family, LocalVoice, Pictures

_IMAGE: Final = "<image>"
_AROUND: Final = "<fake_token_around_image>"
_WHOLE: Final = "<global-img>"


def see(images: Any, config: Any, pictures: Sequence[Any]) -> Pictures:
    """`pixel_values` (1, tiles, 3, side, side), `pixel_attention_mask` (1, tiles, side, side), the tokens of each."""
    if not pictures:
        return {}, []
    seen = images(images=[list(pictures)], return_tensors="pt", return_row_col_info=True)
    rows, columns = seen.pop("rows")[0], seen.pop("cols")[0]
    tokens = (config.vision_config.image_size // config.vision_config.patch_size) ** 2 // config.scale_factor**2
    return seen, [tiles(row, column, tokens) for row, column in zip(rows, columns, strict=True)]


def tiles(rows: int, columns: int, tokens: int) -> str:
    """The tokens of one picture; one that was not cut has no rows and columns."""
    picture = _IMAGE * tokens
    cut = "".join(
        "".join(f"{_AROUND}<row_{row}_col_{column}>{picture}" for column in range(1, columns + 1)) + "\n"
        for row in range(1, rows + 1)
    )
    return f"{cut}\n{_AROUND}{_WHOLE}{picture}{_AROUND}" if cut else f"{_AROUND}{_WHOLE}{picture}{_AROUND}"


SMOLVLM: Final = Family(
    name="smolvlm2",
    architecture="SmolVLMForConditionalGeneration",
    processor="transformers.models.smolvlm.image_processing_pil_smolvlm:SmolVLMImageProcessorPil",
    see=see,
    picture=_IMAGE,
)


def judge(model: str, device: str = "", calibration: str = "", long_side: int = 1280) -> VlmJudge:
    """Weights in the folder `model`; on `cuda` where there is one."""
    return VlmJudge(LocalVoice(SMOLVLM, model, device), Curves(calibration), long_side)


def extractor(model: str, device: str = "", calibration: str = "", long_side: int = 1600) -> VlmExtractor:
    """Weights in the folder `model`; one page at once, which is as much as a small model can look at."""
    return VlmExtractor(LocalVoice(SMOLVLM, model, device), Curves(calibration), Manner(1, long_side))


def answerer(model: str, device: str = "", long_side: int = 1600) -> VlmAnswerer:
    """Weights in the folder `model`; on `cuda` where there is one."""
    return VlmAnswerer(LocalVoice(SMOLVLM, model, device), long_side)
