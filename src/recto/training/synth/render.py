"""Paper to pixels."""

from collections.abc import Sequence

from recto.document.page import Raster
from recto.training.example import Quality
from recto.training.synth.sheet import Sheet
from recto.training.synth.warp import Warp


def drawn_pages(sheet: Sheet, warps: Sequence[Warp], quality: Quality, paper: str, seed: str) -> list[Raster]:
    """The pages of a sheet as pixels."""
    raise NotImplementedError
