"""A request that may be repeated, and the answer that it was given."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its status, those of its headers that belong to it, its body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that may be repeated: whose, under which key, by the digest of what was asked; `holder` answers it."""

    owner: str
    key: str
    digest: str
    holder: str = field(default="", compare=False)
