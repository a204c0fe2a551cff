"""What becomes of printed paper: pale print, creases, a scanner's dust, a camera's light, shadow, blur and JPEG."""

from __future__ import annotations

import math
from io import BytesIO
from typing import TYPE_CHECKING

from recto.training.synth.chance import Chance
from recto.training.synth.warp import Warp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Gray = NDArray[np.float32]
    Pixels = NDArray[np.uint8]


def clean_look(ink: Gray, warp: Warp, paper: str, chance: Chance) -> Pixels:
    """Black on white, as a program exports it."""
    import numpy as np

    gray = (255 - 255 * np.clip(ink, 0, 1)).astype(np.uint8)
    return np.repeat(gray[:, :, None], 3, axis=2)


def scan_look(ink: Gray, warp: Warp, paper: str, chance: Chance) -> Pixels:
    """A flatbed's image: slightly turned, uneven print, dust, at times gray or black and white only."""
    import cv2
    import numpy as np

    random = np.random.default_rng(chance.getrandbits(64))
    printed = _printed(ink, paper, chance, random, strength=chance.uniform(0.75, 1.0))
    size = _size(ink, warp)
    light = chance.uniform(0.93, 1.0)
    page = cv2.warpPerspective(
        (1 - printed) * light,
        _matrix(warp, ink.shape, size),
        size,
        flags=cv2.INTER_AREA,
        borderValue=chance.choice((1.0, 1.0, 0.93, 0.2)),
    )
    page = cv2.GaussianBlur(page, (0, 0), chance.uniform(0.3, 0.9))
    page = page + _grain(page.shape, chance.uniform(0.004, 0.03), random)
    page = _dusty(page, chance, random)
    if chance.maybe(0.15):
        page = (page > light * chance.uniform(0.72, 0.84)).astype(np.float32)
    tint = np.array(chance.choice(((1, 1, 1), (1, 1, 1), (1, 0.99, 0.96), (0.98, 0.99, 1))), dtype=np.float32)
    return _jpeg(page[:, :, None] * tint, chance.randint(55, 95))


def photo_look(ink: Gray, warp: Warp, paper: str, chance: Chance) -> Pixels:
    """A telephone's photograph: paper on a table, seen at a slant, lit from one side, with shadow, blur and noise."""
    import cv2
    import numpy as np

    random = np.random.default_rng(chance.getrandbits(64))
    size = _size(ink, warp)
    matrix = _matrix(warp, ink.shape, size)
    face = _paper(ink.shape, paper, chance, random)
    printed = _printed(ink, paper, chance, random, strength=chance.uniform(0.72, 0.95))[:, :, None]
    tone = np.array(chance.choice(((0.1, 0.1, 0.12), (0.18, 0.17, 0.22), (0.12, 0.13, 0.2))), dtype=np.float32)
    face = face * (1 - printed) + tone * printed
    seen = cv2.warpPerspective(face, matrix, size, flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(np.ones(ink.shape, np.float32), matrix, size, flags=cv2.INTER_LINEAR)
    desk = _desk(size, chance, random) * (1 - _cast(cover, chance))[:, :, None]
    scene = desk * (1 - cover[:, :, None]) + seen * cover[:, :, None]
    scene = scene * _light(size, chance)[:, :, None]
    scene = _lens(scene, chance)
    scene = scene + _grain(scene.shape, chance.uniform(0.004, 0.022), random)
    return _jpeg(scene, chance.randint(50, 92))


def _size(ink: Gray, warp: Warp) -> tuple[int, int]:
    """(wide, high) of the image: the paper keeps about its own number of pixels."""
    wide = ink.shape[1]
    corners = [warp.point(x, y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    share = max(corners[1][0], corners[2][0]) - min(corners[0][0], corners[3][0])
    across = wide / max(share, 0.2)
    return round(across), max(1, round(across / warp.aspect))


def _matrix(warp: Warp, shape: tuple[int, ...], size: tuple[int, int]) -> NDArray[np.float64]:
    """The warp from the paper's pixels to the image's."""
    import numpy as np

    high, wide = shape
    onto = np.diag([size[0], size[1], 1.0]) @ np.array(warp.matrix).reshape(3, 3) @ np.diag([1 / wide, 1 / high, 1.0])
    return np.asarray(onto, dtype=np.float64)


def _grain(shape: tuple[int, ...], deviation: float, random: np.random.Generator) -> NDArray[np.float32]:
    """Noise of that deviation, point by point."""
    import numpy as np

    return np.asarray(random.standard_normal(shape, dtype=np.float32) * np.float32(deviation), dtype=np.float32)


def _grid(shape: tuple[int, ...]) -> tuple[Gray, Gray]:
    """The rows as a column (high, 1) and the columns as a row (1, wide)."""
    import numpy as np

    return np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)[None, :]


def _clouds(shape: tuple[int, ...], cells: int, random: np.random.Generator) -> Gray:
    """Soft noise, -1..1, with about that many cells across: (high, wide)."""
    import cv2
    import numpy as np

    high, wide = shape[:2]
    coarse = random.uniform(-1, 1, (max(2, round(cells * high / max(wide, 1))), cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _printed(ink: Gray, paper: str, chance: Chance, random: np.random.Generator, strength: float) -> Gray:
    """The ink as a printer really leaves it: paler here and there, on till rolls with thin bars of missing heat."""
    import cv2
    import numpy as np

    pale = 1 - chance.uniform(0.02, 0.22) * (0.5 + 0.5 * _clouds(ink.shape, 5, random))
    if paper == "thermal":
        rows = 1 - chance.uniform(0.0, 0.16) * random.random((ink.shape[0], 1)).astype(np.float32)
        pale = pale * cv2.GaussianBlur(rows, (1, 5), 1.0).reshape(-1, 1)
        for _ in range(chance.choice((0, 0, 1, 2))):
            column = chance.randrange(ink.shape[1])
            pale[:, column : column + chance.randint(1, 2)] *= 0.35
    soft = cv2.GaussianBlur(ink, (0, 0), chance.uniform(0.35, 0.7))
    return np.asarray(np.clip(soft * pale * np.float32(strength), 0, 1), dtype=np.float32)


def _paper(shape: tuple[int, ...], paper: str, chance: Chance, random: np.random.Generator) -> NDArray[np.float32]:
    """An empty sheet, (high, wide, 3): its colour, fibres, waves and creases."""
    import numpy as np

    base = np.array(
        chance.choice(((0.95, 0.94, 0.92), (0.93, 0.93, 0.94), (0.96, 0.94, 0.89), (0.9, 0.9, 0.92))), np.float32
    )
    shade = 1 + 0.035 * _clouds(shape, 3, random) + 0.015 * _clouds(shape, 12, random)
    shade = shade + _grain(shape, 0.006, random)
    for _ in range(chance.choice((0, 1, 1, 2, 4) if paper == "thermal" else (0, 0, 1, 2))):
        shade = shade + _crease(shape, chance)
    return np.asarray(base * shade[:, :, None], dtype=np.float32)


def _crease(shape: tuple[int, ...], chance: Chance) -> Gray:
    """A fold: a thin dark line with a wider bright flank, at any slope but mostly across."""
    import numpy as np

    high, wide = shape[:2]
    slope = chance.gauss(0, 0.12) if chance.maybe(0.75) else chance.uniform(-4, 4)
    rows, columns = _grid(shape)
    middle = chance.uniform(0.08, 0.92) * high
    away = (rows - middle - slope * (columns - wide / 2)) / math.sqrt(1 + slope * slope)
    sharp, soft = chance.uniform(1.2, 3.0), chance.uniform(18, 70)
    line = -chance.uniform(0.04, 0.14) * np.exp(-((away / sharp) ** 2))
    flank = chance.uniform(-0.05, 0.05) * np.exp(-np.abs(away) / soft) * np.sign(away)
    return np.asarray(line + flank, dtype=np.float32)


_DESKS = (
    (0.45, 0.3, 0.18),
    (0.2, 0.13, 0.09),
    (0.1, 0.1, 0.12),
    (0.62, 0.6, 0.57),
    (0.33, 0.35, 0.4),
    (0.7, 0.62, 0.5),
    (0.25, 0.3, 0.25),
)


def _desk(size: tuple[int, int], chance: Chance, random: np.random.Generator) -> NDArray[np.float32]:
    """What the paper lies on: wood with its grain, cloth, or stone: (high, wide, 3)."""
    import cv2
    import numpy as np

    wide, high = size
    base = np.array(chance.choice(_DESKS), np.float32) * chance.uniform(0.75, 1.15)
    kind = chance.choice(("wood", "wood", "cloth", "plain", "stone"))
    grain = 0.06 * _clouds((high, wide), 4, random)
    if kind == "wood":
        across = _clouds((high, wide), max(40, wide // 9), random) if chance.maybe(0.5) else None
        streaks = cv2.resize(
            random.uniform(-1, 1, (high // 3 + 2, 3)).astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC
        )
        grain = grain + 0.16 * streaks + (0.03 * across if across is not None else 0)
    elif kind in ("cloth", "stone"):
        grain = grain + (0.1 if kind == "cloth" else 0.2) * _clouds(
            (high, wide), wide // (3 if kind == "cloth" else 7), random
        )
    return np.clip(base * (1 + grain[:, :, None]), 0.02, 1).astype(np.float32)


def _cast(cover: Gray, chance: Chance) -> Gray:
    """The paper's own shadow on the desk, 0..1."""
    import cv2
    import numpy as np

    away = chance.uniform(4, 14)
    angle = chance.uniform(0, 2 * math.pi)
    moved = np.array([[1, 0, away * math.cos(angle)], [0, 1, away * math.sin(angle)]], np.float64)
    shadow = cv2.warpAffine(cover, moved, (cover.shape[1], cover.shape[0]))
    return np.asarray(
        cv2.GaussianBlur(shadow, (0, 0), chance.uniform(5, 14)) * chance.uniform(0.25, 0.6), dtype=np.float32
    )


def _light(size: tuple[int, int], chance: Chance) -> Gray:
    """How brightly each place is lit: a slope, darker corners, at times the shadow of a hand or a head."""
    import numpy as np

    wide, high = size
    rows, columns = _grid((high, wide))
    x, y = columns / wide - 0.5, rows / high - 0.5
    angle = chance.uniform(0, 2 * math.pi)
    light = (
        1
        + chance.uniform(0.02, 0.28) * (x * math.cos(angle) + y * math.sin(angle))
        - chance.uniform(0.05, 0.35) * (x * x + y * y)
    )
    if chance.maybe(0.45):
        turn, place = chance.uniform(0, 2 * math.pi), chance.uniform(-0.35, 0.35)
        edge = (x * math.cos(turn) + y * math.sin(turn) - place) / chance.uniform(0.01, 0.09)
        light = light * (1 - chance.uniform(0.12, 0.38) / (1 + np.exp(-np.clip(edge, -30, 30))))
    return np.asarray(light * chance.uniform(0.86, 1.06), dtype=np.float32)


def _lens(scene: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    """Focus, a shaken hand, and a white balance that is a little off."""
    import cv2
    import numpy as np

    scene = cv2.GaussianBlur(scene, (0, 0), chance.uniform(0.45, 1.15))
    if chance.maybe(0.2):
        length = chance.randint(2, 4)
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2 if chance.maybe(0.5) else slice(None), slice(None) if chance.maybe(0.5) else length // 2] = 1
        scene = cv2.filter2D(scene, -1, kernel / max(kernel.sum(), 1))
    balance = np.array([chance.uniform(0.95, 1.04), 1.0, chance.uniform(0.9, 1.04)], np.float32)
    return np.asarray(scene * balance, dtype=np.float32)


def _dusty(page: Gray, chance: Chance, random: np.random.Generator) -> Gray:
    """Specks, and a line where the glass is scratched."""
    high, wide = page.shape
    for _ in range(chance.choice((0, 0, 10, 60))):
        y, x = chance.randrange(high), chance.randrange(wide)
        page[y : y + chance.randint(1, 2), x : x + chance.randint(1, 3)] *= chance.uniform(0.2, 0.8)
    if chance.maybe(0.08):
        page[:, chance.randrange(wide)] *= chance.uniform(0.5, 0.9)
    return page


def _jpeg(scene: NDArray[np.float32], quality: int) -> Pixels:
    """The scene (0..1) through JPEG and back, as a camera or scanner stores it: (high, wide, 3)."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray((np.clip(scene, 0, 1) * 255).astype(np.uint8))
    held = BytesIO()
    image.save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held).convert("RGB"), dtype=np.uint8)
