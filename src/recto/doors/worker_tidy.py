"""What a worker does with a job of the kind `tidy`, each night: the memory of engines is kept within bounds."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from recto.app import App, named
from recto.document.job import Job, Payload
from recto.document.schedule import Schedule
from recto.doors.worker_hand import Report

TIDY: Final = "tidy"
NIGHTLY: Final = Schedule(TIDY, "17 3 * * *", TIDY)


@dataclass(frozen=True)
class TidyHandler:
    """Forgets what engines said too long ago, and the oldest of what is too much, as the settings say."""

    app: App

    def work(self, job: Job, report: Report) -> Payload:
        bounds = self.app.settings.memory
        memory = named("recto.stores.memory:SqlMemory")(self.app.database)
        return {"forgotten": memory.tidy(timedelta(days=bounds.days), int(bounds.megabytes * 1e6))}

    def bury(self, job: Job) -> None:
        """The next one comes by itself."""
