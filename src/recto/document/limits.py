"""How much of a document Recto takes on before it says no."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Defaults are the documented ones; each is a setting. Sizes in bytes, times in seconds, images in pixels."""

    file_bytes: int = 200 * 1024 * 1024
    image_bytes: int = 25 * 1024 * 1024
    pages: int = 2_000
    page_pixels: int = 100_000_000
    page_seconds: float = 30.0
    child_bytes: int = 1536 * 1024 * 1024
