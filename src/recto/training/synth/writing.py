"""Made-up documents as files: one JSON line each with words, tags and fields, and the pages as PNG, JPEG or PDF."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from recto.document.page import Raster
from recto.training.sources.jsonlines import example_json
from recto.training.synth.synthetic import Synthetic
from recto.training.synth.text_pdf import text_pdf

if TYPE_CHECKING:
    from PIL import Image

Form = Literal["none", "png", "jpeg", "pdf", "text-pdf"]
"""How pages are written: not at all, as images, as a PDF of images, or as a PDF with real text (`clean` only)."""


def write(documents: Iterable[Synthetic], folder: Path, form: Form = "png") -> int:
    """Write `labels.jsonl` and the pages into a folder, which is made where needed; returns how many were written.

    Each line is an example as `recto.training.sources.jsonlines` has it, with the names of its `files`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with (folder / "labels.jsonl").open("w", encoding="utf-8") as out:
        for document in documents:
            names = written_pages(document, folder, form)
            out.write(json.dumps({**example_json(document.example), "files": names}, ensure_ascii=False) + "\n")
            count += 1
    return count


def written_pages(document: Synthetic, folder: Path, form: Form) -> list[str]:
    """The document's pages as files; returns their names."""
    stem = f"{document.draft.kind}-{document.seed}-{document.quality}"
    if form == "none":
        return []
    if form == "text-pdf":
        (folder / f"{stem}.pdf").write_bytes(text_pdf(document.draft.sheet))
        return [f"{stem}.pdf"]
    images = [image_of(raster) for raster in document.render()]
    if form == "pdf":
        images[0].save(folder / f"{stem}.pdf", save_all=True, append_images=images[1:], resolution=150.0)
        return [f"{stem}.pdf"]
    names = [f"{stem}-{number}.{'png' if form == 'png' else 'jpg'}" for number in range(1, len(images) + 1)]
    for name, image in zip(names, images, strict=True):
        image.save(folder / name, quality=90)
    return names


def image_of(raster: Raster) -> Image.Image:
    """The raster as Pillow's image."""
    from PIL import Image

    return Image.frombytes("RGB", (raster.width, raster.height), raster.pixels)
