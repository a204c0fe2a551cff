"""RapidOCR's models (PP-OCRv6) driven directly: strips of text are found, read, and cut to words.

The detector and the recogniser of all scripts travel in RapidOCR's wheel. The recogniser of Latin and Greek letters
is made from the latter (recto.training.lighter_ocr) and travels with us: it reads as well in less than half the time.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal

import onnxruntime

from recto.document.errors import EngineUnavailable
from recto.document.page import Raster, Word
from recto.document.reading import Engine
from recto.engines.ocr.detector import Detector
from recto.engines.ocr.letters import tokens
from recto.engines.ocr.recogniser import Letter, Recogniser
from recto.engines.ocr.spelling import LINES, WORDS, Spelling, known_lines, spelling
from recto.engines.ocr.strip import Image, Strip, image_of, relative
from recto.ports import Sight
from recto.reading.tilt import in_tilted_lines

Script = Literal["latin", "all"]

_DETECTOR = "PP-OCRv6_det_small.onnx"
_ALL = "PP-OCRv6_rec_small.onnx"
_LATIN = Path(__file__).parent / "weights" / "latin.onnx"

LEAST: Final = 0.5
"""Under this confidence a strip is taken for a smudge, where nothing else is said."""


class RapidOcr:
    """An OCR engine without network and without GPU.

    `script` is `latin` (Latin and Greek letters, the faster) or `all` (Chinese and Japanese too). `threads` is how
    many cores a page may use; 0 lets ONNX Runtime choose. `least` is the confidence under which a strip is taken
    for a smudge. `known` is a text file of lines that are often printed (names and addresses of your vendors): a strip
    that differs from one of them in doubtful letters only is read as it.
    """

    def __init__(self, script: Script = "latin", threads: int = 0, least: float = LEAST, known: str = "") -> None:
        self.script = script
        self.threads = threads
        self.least = least
        self.known = known

    @cached_property
    def engine(self) -> Engine:
        digest = hashlib.sha256()
        for path in (_models() / _DETECTOR, self.recogniser_path, WORDS, LINES):
            digest.update(path.read_bytes())
        digest.update(self._known.encode())
        least = "" if self.least == LEAST else f"-{self.least:g}"
        return Engine("rapidocr", version("rapidocr"), f"PP-OCRv6-small-{self.script}{least}", digest.hexdigest())

    def read(self, pages: Sequence[Raster]) -> list[Sight]:
        """The words of each page, in order; a page without text has none."""
        images = [image_of(page) for page in pages]
        pieces = [(number, strip) for number, image in enumerate(images) for strip in self.detector.find(image)]
        words: list[list[Word]] = [[] for _ in pages]
        for index, cut, letters in self.recogniser.read([(images[number], strip) for number, strip in pieces]):
            number, strip = pieces[index]
            words[number].extend(self._words(strip, cut, letters, pages[number]))
        return [Sight(in_tilted_lines(page)) for page in words]

    def _words(self, strip: Strip, cut: Image, letters: Sequence[Letter], page: Raster) -> list[Word]:
        sure = [letter.confidence for letter in letters]
        if not sure or sum(sure) / len(sure) < self.least:
            return []
        found = tokens(letters, cut, self.spelling)
        boxes = [relative(strip.box(t.left, t.right, t.top, t.bottom), page.width, page.height) for t in found]
        return [Word(t.text, box, confidence=t.confidence) for t, box in zip(found, boxes, strict=True)]

    @cached_property
    def spelling(self) -> Spelling:
        usual = spelling()
        return replace(usual, lines=usual.lines | known_lines(self._known.splitlines())) if self.known else usual

    @cached_property
    def _known(self) -> str:
        try:
            return Path(self.known).read_text("utf-8") if self.known else ""
        except (OSError, UnicodeDecodeError) as error:
            raise EngineUnavailable(f"the file of known lines cannot be read: {self.known}") from error

    @cached_property
    def detector(self) -> Detector:
        return Detector(self._session(_models() / _DETECTOR))

    @cached_property
    def recogniser(self) -> Recogniser:
        session = self._session(self.recogniser_path)
        characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
        return Recogniser(session, ["", *characters, " "])

    @property
    def recogniser_path(self) -> Path:
        return _LATIN if self.script == "latin" else _models() / _ALL

    def _session(self, model: Path) -> Any:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _models() -> Path:
    """The folder of models inside RapidOCR's wheel; RapidOCR itself is not imported."""
    try:
        version("rapidocr")
    except PackageNotFoundError as missing:
        raise EngineUnavailable("RapidOCR is not installed.") from missing
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise EngineUnavailable("RapidOCR is not installed.")
    return Path(spec.origin).parent / "models"
