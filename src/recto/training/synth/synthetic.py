"""A made-up document: its example (words, tags, fields) and, on demand, its pages as pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from recto.document.page import Raster
from recto.training.example import Example, Quality, Truth
from recto.training.synth.chance import Chance
from recto.training.synth.render import drawn_pages
from recto.training.synth.sheet import Sheet
from recto.training.synth.warp import Warp, warp_of


@dataclass(frozen=True, slots=True)
class Draft:
    """What a kind's module makes: the set paper and the truth. `labels` are all that its words could carry."""

    kind: str
    group: str
    sheet: Sheet
    fields: Mapping[str, Truth]
    labels: tuple[str, ...]
    altered: tuple[str, ...] = ()
    language: str = "en"
    paper: str = "office"


@dataclass(frozen=True, slots=True)
class Synthetic:
    """One document of one quality. Its boxes are those of the pages as `render()` draws them."""

    draft: Draft
    seed: int
    quality: Quality = "clean"

    @property
    def example(self) -> Example:
        """Words with boxes, one BIO tag each, and the true fields."""
        words, tags = self.draft.sheet.words()
        warps = {page: self.warp(page) for page in range(1, self.pages + 1)}
        if self.quality != "clean":
            words = tuple(replace(word, box=warps[word.page].box(word.box)) for word in words)
        return Example(
            id=f"synth/{self.draft.kind}/{self.seed}/{self.quality}",
            kind=self.draft.kind,
            words=words,
            tags=tags,
            labelled=self.draft.labels,
            fields=self.draft.fields,
            group=self.draft.group,
            source="synth",
            quality=self.quality,
            altered=self.draft.altered,
        )

    @property
    def pages(self) -> int:
        return self.draft.sheet.page

    def at(self, quality: Quality) -> "Synthetic":
        """The same document in another quality."""
        return replace(self, quality=quality)

    def warp(self, page: int) -> Warp:
        """How the page lies on its image: where each point of the paper is seen."""
        chance = Chance(f"{self.draft.kind}/{self.seed}/{self.quality}/{page}")
        sheet = self.draft.sheet
        return warp_of(self.quality, sheet.width / sheet.height, chance)

    def render(self) -> list[Raster]:
        """The pages as pixels, in this document's quality."""
        warps = [self.warp(page) for page in range(1, self.pages + 1)]
        return drawn_pages(self.draft.sheet, warps, self.quality, self.draft.paper, f"{self.draft.kind}/{self.seed}")
