"""A memory that forgets: for a single run that keeps nothing on disk."""

from recto.document.job import Payload


class Forgetful:
    """Recalls nothing, keeps nothing."""

    def recall(self, key: str) -> Payload | None:
        return None

    def keep(self, key: str, answer: Payload) -> None:
        return None

    def forget(self, document_id: str) -> None:
        return None
