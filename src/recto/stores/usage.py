"""What each owner used: pages of a day, and jobs that are not over."""

from datetime import datetime

import sqlalchemy as sa

from recto.document.webhook import DELIVER
from recto.stores.sql import Database
from recto.stores.tables import JOBS, PAGES_READ


class SqlUsage:
    """Counts that limits are held against. Days are those of UTC."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add_pages(self, owner: str, pages: int, now: datetime) -> None:
        row = {"owner": owner, "day": day_of(now), "pages": pages}
        more = {"pages": PAGES_READ.c.pages + pages}
        statement = self.database.insert(PAGES_READ).values(row)
        with self.database.writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["owner", "day"], set_=more))

    def pages(self, owner: str, now: datetime) -> int:
        """Pages read that day."""
        of_day = sa.and_(PAGES_READ.c.owner == owner, PAGES_READ.c.day == day_of(now))
        with self.database.reading() as connection:
            return connection.scalar(sa.select(PAGES_READ.c.pages).where(of_day)) or 0

    def open_jobs(self, owner: str) -> int:
        """Jobs that wait or run, but for deliveries: a receiver that is away does not use up anybody's limit."""
        # In the very words of the index `jobs_owner`.
        unsettled = sa.text("state IN ('queued', 'running')")
        counted = sa.and_(unsettled, JOBS.c.owner == owner, JOBS.c.kind != DELIVER)
        statement = sa.select(sa.func.count()).select_from(JOBS).where(counted)
        with self.database.reading() as connection:
            return connection.scalar(statement) or 0


def day_of(now: datetime) -> str:
    return f"{now:%Y-%m-%d}"
