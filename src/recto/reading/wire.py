"""How the reading process and its parent talk: frames of a JSON head and a body of bytes.

Nothing here or in the modules of the reading process imports the nouns of `recto.document`: dataclasses alone would
make the process start a third later. What goes over the wire is plain data, and the parent makes nouns of it.
"""

import json
import struct
from collections.abc import Callable
from typing import Any

FRAME = struct.Struct("!IQ")
"""Length of the head, length of the body."""

Head = dict[str, Any]
"""JSON of either side, which `paper` makes nouns of."""


class Refusal(Exception):
    """Why the reading process will not or cannot do it: the code of an error of `recto.document.errors`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def packed(head: Head, body: bytes | bytearray | memoryview = b"") -> bytes:
    """The frame up to its body, which is sent after it and never copied."""
    encoded = json.dumps(head).encode()
    return FRAME.pack(len(encoded), len(body)) + encoded


def received(read: Callable[[int], bytes], most: int = 1 << 40) -> tuple[Head, bytes] | None:
    """The next frame; None where the other side closed, or means to send more than `most` bytes.

    `read(n)` gives n bytes, or fewer at the end.
    """
    lengths = read(FRAME.size)
    if len(lengths) < FRAME.size:
        return None
    head_length, body_length = FRAME.unpack(lengths)
    if head_length + body_length > most:
        return None
    head = read(head_length)
    body = read(body_length)
    if len(head) < head_length or len(body) < body_length:
        return None
    return json.loads(head), body
