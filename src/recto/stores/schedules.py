"""Schedules in the database: a row each, with the time of its next job."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from cronsim import CronSim, CronSimError

from recto.document.errors import BadRequest, NotFound
from recto.document.schedule import Schedule
from recto.stores.clock import moment
from recto.stores.sql import Database
from recto.stores.tables import SCHEDULES

COPIED = ("name", "cron", "zone", "kind", "payload", "owner", "priority")


class SqlSchedules:
    """Schedules. The time is that of the database's clock."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def put(self, schedule: Schedule) -> Schedule:
        """Keeps it in place of the one of that name. Raises BadRequest for times that never come.

        One that is there already with the same times keeps its next time, so a program may put its own at each start.
        """
        with self.database.promising() as connection:
            now = self.now(connection)
            old = connection.execute(sa.select(SCHEDULES).where(SCHEDULES.c.name == schedule.name)).one_or_none()
            same = old is not None and (old.cron, old.zone) == (schedule.cron, schedule.zone)
            next_at = old.next_at if old is not None and same else time_after(schedule, now)
            values = {**{name: getattr(schedule, name) for name in COPIED}, "next_at": next_at}
            added = self.database.insert(SCHEDULES).values(values)
            changed = {name: value for name, value in values.items() if name != "name"}
            kept = added.on_conflict_do_update(index_elements=["name"], set_=changed).returning(SCHEDULES)
            return schedule_of(connection.execute(kept).one())

    def delete(self, name: str) -> None:
        with self.database.promising() as connection:
            if connection.execute(sa.delete(SCHEDULES).where(SCHEDULES.c.name == name)).rowcount == 0:
                raise NotFound(f"No schedule {name!r}.")

    def schedules(self) -> list[Schedule]:
        """All, the next first."""
        with self.database.reading() as connection:
            return [schedule_of(row) for row in connection.execute(sa.select(SCHEDULES).order_by(SCHEDULES.c.next_at))]

    def due(self) -> list[Schedule]:
        """Those whose next job is to be ordered now."""
        ripe = sa.select(SCHEDULES).where(SCHEDULES.c.next_at <= self.database.now()).order_by(SCHEDULES.c.next_at)
        with self.database.reading() as connection:
            return [schedule_of(row) for row in connection.execute(ripe)]

    def advance(self, schedule: Schedule) -> None:
        """Its job is ordered: on to the next time from now; times that were slept through are not made up for."""
        with self.database.promising() as connection:
            next_at = time_after(schedule, self.now(connection))
            mine = sa.and_(SCHEDULES.c.name == schedule.name, SCHEDULES.c.next_at == schedule.next_at)
            connection.execute(sa.update(SCHEDULES).where(mine).values(next_at=next_at))

    def now(self, connection: sa.Connection) -> datetime:
        microseconds: int = connection.scalar(sa.select(self.database.now())) or 0
        return moment(microseconds)


def time_after(schedule: Schedule, now: datetime) -> datetime:
    """When it is due next: on the clocks of its zone, in spring and autumn as Debian's cron does it."""
    try:
        return next(CronSim(schedule.cron, now.astimezone(ZoneInfo(schedule.zone))))
    except CronSimError as error:
        raise BadRequest(f"{schedule.cron!r} is no cron expression such as `*/5 * * * *`: {error}.") from error
    except StopIteration as error:
        raise BadRequest(f"{schedule.cron!r} comes at no time in the next 50 years.") from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadRequest(f"{schedule.zone!r} is no time zone such as `Europe/Berlin`.") from error


def schedule_of(row: Any) -> Schedule:
    return Schedule(**{name: getattr(row, name) for name in (*COPIED, "next_at")})
