"""One document through a network that sees a window at a time: its windows' outputs, put together again."""

from collections.abc import Callable

import numpy as np

from recto.engines.label.features import GRID, Features, Window, windows_of

CLS, SEP, PAD = 2, 3, 0

Network = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""ids (1, tokens), boxes (1, tokens, 4), types (1, tokens), all int64, to logits (1, tokens, outputs) float."""


def framed(features: Features, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ids, boxes and types of a window with [CLS] before and [SEP] after it."""
    start, end = features.starts[window.first], features.starts[window.last]
    ids = np.concatenate([[CLS], features.ids[start:end], [SEP]])
    boxes = np.concatenate([[[0, 0, 0, 0]], features.boxes[start:end], [[GRID] * 4]])
    types = np.concatenate([[0], features.types[start:end], [0]])
    return ids, boxes, types


def word_logits(network: Network, features: Features, tokens: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits of every word (words, outputs), and of the first window's [CLS] (outputs,).

    A word's are the mean over its tokens. Where windows share a word, the window that is surer of it decides.
    """
    merged: np.ndarray | None = None
    first: np.ndarray | None = None
    for window in windows_of(features, tokens - 2):
        ids, boxes, types = framed(features, window)
        ids, boxes, types = ids[:tokens], boxes[:tokens], types[:tokens]
        logits = network(ids[None], boxes[None], types[None])[0]  # (tokens, outputs)
        words = _means(logits, features, window)
        first = logits[0] if first is None else first
        if merged is None:
            merged = np.full((features.words, logits.shape[-1]), -np.inf, dtype=np.float32)
        merged[window.first : window.last] = _surer(merged[window.first : window.last], words)
    if merged is None or first is None:
        return np.zeros((0, 0), dtype=np.float32), np.zeros(0, dtype=np.float32)
    return merged, first


def _means(logits: np.ndarray, features: Features, window: Window) -> np.ndarray:
    """(words of the window, outputs): the mean of each word's tokens, [CLS] and [SEP] left out."""
    starts = features.starts[window.first : window.last + 1] - features.starts[window.first]
    counts = np.diff(starts)[:, None]
    inner = logits[1 : 1 + int(starts[-1])]
    return np.asarray(np.add.reduceat(inner, starts[:-1], axis=0) / counts, dtype=np.float32)


def _surer(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Row by row, the one whose best output stands out more from its second best."""
    unseen = ~np.isfinite(old[:, :1])
    best = np.sort(np.where(np.isfinite(old), old, 0.0), axis=1)
    other = np.sort(new, axis=1)
    surer = (other[:, -1] - other[:, -2])[:, None] > (best[:, -1] - best[:, -2])[:, None]
    return np.asarray(np.where(unseen | surer, new, old), dtype=np.float32)
