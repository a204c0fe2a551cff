"""Training runs in the database: a row for each run, and one for each of its epochs."""

from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa

from recto.document.errors import NotFound
from recto.document.run import EpochRecord, RunRecord
from recto.stores.sql import Database
from recto.stores.tables import EPOCHS, RUNS

COPIED: Final = ("id", "name", "state", "comparable", "settings", "versions", "data", "metrics", "digest")
"""What a run and its row call alike."""

CURVE: Final = tuple(column for column in EPOCHS.c if column.name not in ("run_id", "validation"))
"""What the list of runs shows of an epoch."""


class SqlRuns:
    """Runs and RunList. What is said of a run or an epoch again replaces what was said before."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def save(self, run: RunRecord) -> None:
        now = self.database.now()
        row = {name: getattr(run, name) for name in COPIED} | {"updated_at": now}
        added = self.database.insert(RUNS).values({**row, "started_at": run.started_at or now})
        changed = {name: added.excluded[name] for name in row if name != "id"}
        with self.database.promising() as connection:
            connection.execute(added.on_conflict_do_update(index_elements=["id"], set_=changed))

    def add(self, run_id: str, epoch: EpochRecord) -> None:
        added = self.database.insert(EPOCHS).values({"run_id": run_id, **asdict(epoch)})
        changed = {name: added.excluded[name] for name in asdict(epoch) if name != "epoch"}
        with self.database.promising() as connection:
            connection.execute(added.on_conflict_do_update(index_elements=["run_id", "epoch"], set_=changed))
            connection.execute(sa.update(RUNS).where(RUNS.c.id == run_id).values(updated_at=self.database.now()))

    def run(self, run_id: str) -> RunRecord:
        epochs = sa.select(*[column for column in EPOCHS.c if column.name != "run_id"])
        with self.database.reading() as connection:
            row = connection.execute(sa.select(RUNS).where(RUNS.c.id == run_id)).one_or_none()
            if row is None:
                raise NotFound(f"No run {run_id}.")
            found = connection.execute(epochs.where(EPOCHS.c.run_id == run_id).order_by(EPOCHS.c.epoch))
            return run_of(row, tuple(EpochRecord(**each._mapping) for each in found))

    def runs(self, limit: int = 100) -> tuple[RunRecord, ...]:
        newest = sa.select(RUNS).order_by(RUNS.c.started_at.desc(), RUNS.c.id).limit(limit)
        with self.database.reading() as connection:
            rows = connection.execute(newest).all()
            theirs = EPOCHS.c.run_id.in_([row.id for row in rows])
            curves: dict[str, list[EpochRecord]] = {row.id: [] for row in rows}
            for each in connection.execute(sa.select(EPOCHS.c.run_id, *CURVE).where(theirs).order_by(EPOCHS.c.epoch)):
                point: dict[str, Any] = dict(each._mapping)
                curves[point.pop("run_id")].append(EpochRecord(**point))
        return tuple(run_of(row, tuple(curves[row.id])) for row in rows)

    def judging(self, document_id: str, limit: int = 20) -> tuple[RunRecord, ...]:
        """A document's id stands in what was measured after an epoch as it is: it is a hash."""
        told = sa.cast(EPOCHS.c.validation, sa.Text).contains(document_id, autoescape=True)
        theirs = sa.select(EPOCHS.c.run_id).where(told)
        newest = sa.select(RUNS).where(RUNS.c.id.in_(theirs)).order_by(RUNS.c.started_at.desc(), RUNS.c.id).limit(limit)
        with self.database.reading() as connection:
            return tuple(run_of(row, ()) for row in connection.execute(newest))


def run_of(row: sa.Row[Any], epochs: tuple[EpochRecord, ...]) -> RunRecord:
    times = {"started_at": row.started_at, "updated_at": row.updated_at}
    return RunRecord(**{name: getattr(row, name) for name in COPIED}, **times, epochs=epochs)
