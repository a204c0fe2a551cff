"""Memories that keep nothing: for a single run, and for what is not ours to keep."""

from recto.document.job import Payload
from recto.ports import Memory


class Forgetful:
    """Recalls nothing, keeps nothing."""

    def recall(self, key: str) -> Payload | None:
        return None

    def keep(self, key: str, answer: Payload) -> None:
        return None

    def forget(self, document_id: str) -> None:
        return None


class Recalling:
    """Recalls what another memory knows and keeps nothing: for documents that pass through."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def recall(self, key: str) -> Payload | None:
        return self.memory.recall(key)

    def keep(self, key: str, answer: Payload) -> None:
        return None

    def forget(self, document_id: str) -> None:
        return None
