"""A gateway as a process of its own whose judge answers when a file is taken away: `slow_gateway PORT FILE`."""

import sys
import time
from functools import cached_property
from pathlib import Path

import uvicorn

from recto.app import Installation, settings
from recto.document.reading import Engine, Guess
from recto.doors.http import logs
from recto.doors.http.server import build
from recto.ports import Verdict
from recto.submission import Desk


class Patient:
    """Makes the file when it is asked, and answers once somebody removed it."""

    engine = Engine("patient", "1")

    def __init__(self, file: Path):
        self.file = file

    def judge(self, exhibits):
        self.file.touch()
        end = time.monotonic() + 120
        while self.file.exists() and time.monotonic() < end:
            time.sleep(0.02)
        return [Verdict(Guess("receipt", None), "The file is gone.", self.engine) for _ in exhibits]


class Slow(Installation):
    """An installation with that judge."""

    @cached_property
    def desk(self):
        plain = super().desk
        return Desk(plain.reader, Patient(Path(sys.argv[2])), plain.understanding, plain.answerer)


def main() -> None:
    app = Slow(settings())
    logs.configure(app.settings.log_level)
    drain = int(app.settings.gateway.drain)
    uvicorn.run(build(app), port=int(sys.argv[1]), log_config=None, timeout_graceful_shutdown=drain)


if __name__ == "__main__":
    main()
