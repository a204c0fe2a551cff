"""dots.ocr behind a server of chat completions: pages to blocks of text with boxes, in reading order.

Facts (its model card and published prompt): the answer is a list of `{bbox, category, text}`, the boxes in pixels of
the picture as the model saw it, whose sides are multiples of 28; tables are HTML, formulas LaTeX, the rest Markdown,
and pictures have no text. Its chat template takes a plain string, so the picture's tokens stand in the text.
"""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from recto import __version__
from recto.document.box import Box
from recto.document.errors import EngineFailed
from recto.document.page import Raster, Word, Words
from recto.document.reading import Engine
from recto.engines.chat import Chat
from recto.engines.ocr.blocks import placed_words
from recto.engines.vlm.replies import list_in
from recto.engines.vlm.voice import TEMPERATURES, Ask, climbed
from recto.ports import Sight

CATEGORIES: Final = (
    "Caption",
    "Footnote",
    "Formula",
    "List-item",
    "Page-footer",
    "Page-header",
    "Picture",
    "Section-header",
    "Table",
    "Text",
    "Title",
)
PROMPT: Final = f"""<|img|><|imgpad|><|endofimg|>Please output the layout information from the PDF image, \
including each layout element's bbox, its category, and the corresponding text content within the bbox.

1. Bbox format: [x1, y1, x2, y2]

2. Layout Categories: The possible categories are {list(CATEGORIES)}.

3. Text Extraction & Formatting Rules:
    - Picture: For the 'Picture' category, the text field should be omitted.
    - Formula: Format its text as LaTeX.
    - Table: Format its text as HTML.
    - All Others (Text, Title, etc.): Format their text as Markdown.

4. Constraints:
    - The output text must be the original text from the image, with no translation.
    - All layout elements must be sorted according to human reading order.

5. Final Output: The entire output must be a single JSON object.
"""
FACTOR: Final = 28
LEAST: Final = 56 * 56
MOST: Final = 11_289_600
"""Pixels of a picture as the model sees it."""

_TOKENS: Final = 16_384
_WRONG: Final = 0.5
"""An answer of which more than this share cannot be used is refused."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the layout: where it stands on the page, what it is, and its text in its category's form."""

    box: Box
    category: str
    text: str


class DotsOcr:
    """An OCR engine. Words' places within their block are reckoned, so they have no confidence."""

    def __init__(self, **server: Any) -> None:
        self.chat = Chat(**server)

    @property
    def engine(self) -> Engine:
        prompt = hashlib.sha256(PROMPT.encode()).hexdigest()[:8]
        return Engine("dots.ocr", f"{__version__}+{prompt}", self.chat.model)

    def read(self, pages: Sequence[Raster]) -> list[Sight]:
        """Raises EngineFailed for a page of which no usable layout came, EngineUnavailable where the server is gone."""
        return [Sight(words_of(self.layout(page), page)) for page in pages]

    def layout(self, page: Raster) -> tuple[Block, ...]:
        """The blocks in reading order."""
        ask = Ask(PROMPT, (page,), most=_TOKENS)
        return climbed(TEMPERATURES, lambda heat: blocks_of(self.chat.say(ask, heat).text, page))


def blocks_of(answer: str, page: Raster) -> tuple[Block, ...]:
    """The layout as stated, its boxes as shares of the page. Raises EngineFailed where too much of it is of no use."""
    stated = list_in(answer)
    found = [block for one in stated if (block := block_of(one, seen_size(page))) is not None]
    if stated and len(found) < len(stated) * _WRONG:
        raise EngineFailed(f"{len(stated) - len(found)} of {len(stated)} blocks are of no use.")
    return tuple(found)


def block_of(stated: Any, size: tuple[int, int]) -> Block | None:
    """One block; None where its box is none or its category is unknown."""
    if not isinstance(stated, Mapping) or stated.get("category") not in CATEGORIES:
        return None
    sides = stated.get("bbox")
    if not isinstance(sides, list) or len(sides) != 4 or not all(isinstance(side, int | float) for side in sides):
        return None
    left, top, right, bottom = (side / size[place % 2] for place, side in enumerate(sides))
    box = Box(left, top, right, bottom).clipped()
    text = stated.get("text")
    return Block(box, stated["category"], text if isinstance(text, str) else "") if box.area > 0 else None


def seen_size(page: Raster) -> tuple[int, int]:
    """(width, height) of the picture as the model sees it: multiples of 28, within its numbers of pixels.

    By the formula of Qwen2-VL's image processor (`smart_resize`), which dots.ocr shares.
    """
    width, height = (max(FACTOR, round(side / FACTOR) * FACTOR) for side in (page.width, page.height))
    if width * height > MOST:
        share = math.sqrt(page.width * page.height / MOST)
        width, height = (max(FACTOR, math.floor(s / share / FACTOR) * FACTOR) for s in (page.width, page.height))
    elif width * height < LEAST:
        share = math.sqrt(LEAST / (page.width * page.height))
        width, height = (math.ceil(side * share / FACTOR) * FACTOR for side in (page.width, page.height))
    return width, height


def words_of(blocks: Sequence[Block], page: Raster) -> Words:
    """The words of all blocks, lines counted through."""
    found: list[Word] = []
    for block in blocks:
        first = found[-1].line + 1 if found else 0
        shape = page.width / page.height
        own = placed_words(block.box, plain(block), table=block.category == "Table", shape=shape)
        found += [replace(word, line=word.line + first) for word in own]
    return tuple(found)


def plain(block: Block) -> str:
    """The text without Markdown's signs; a table stays HTML."""
    if block.category in ("Table", "Formula"):
        return block.text
    return "\n".join(_unmarked(block.text))


def _unmarked(text: str) -> Iterator[str]:
    for line in text.splitlines():
        bare = re.sub(r"^\s*(?:#{1,6}|>|[-*+]|\d+\.(?=\s\S+\s*$))\s+", "", line)
        bare = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", bare)
        yield re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", bare).strip()
