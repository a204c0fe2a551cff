"""What every store of schedules promises. A stranger's store passes when the fixture `schedules` gives it."""

from datetime import UTC, datetime, timedelta

import pytest

from recto.document.errors import BadRequest, NotFound
from recto.document.schedule import Schedule
from recto.stores.schedules import SqlSchedules
from recto.stores.sql import connect

QUARTERS = Schedule("refresh", "*/15 * * * *", "refresh", {"pool": 3}, owner="ann", priority=2)


@pytest.fixture
def schedules(database_url, clock):
    database = connect(database_url, clock)
    yield SqlSchedules(database)
    database.close()


def test_a_schedule_is_due_at_its_time_and_not_before(schedules, clock):
    kept = schedules.put(QUARTERS)
    assert kept.next_at == datetime(2026, 1, 1, 0, 15, tzinfo=UTC)
    clock.move(899)
    assert schedules.due() == []
    clock.move(1)
    assert schedules.due() == [kept]


def test_its_job_is_one_by_the_name_and_the_time(schedules):
    order = schedules.put(QUARTERS).order
    assert (order.kind, order.owner, order.priority) == ("refresh", "ann", 2)
    assert order.payload == {"pool": 3, "scheduled_for": "2026-01-01T00:15:00+00:00"}
    assert order.unique == "schedule/refresh/2026-01-01T00:15:00+00:00"


def test_times_that_were_slept_through_become_one_job(schedules, clock):
    schedules.put(QUARTERS)
    clock.move(3600 * 5 + 60)
    (ripe,) = schedules.due()
    schedules.advance(ripe)
    assert schedules.due() == []
    assert schedules.schedules()[0].next_at == datetime(2026, 1, 1, 5, 15, tzinfo=UTC)


def test_who_is_slower_moves_nothing(schedules, clock):
    schedules.put(QUARTERS)
    clock.move(900)
    (ripe,) = schedules.due()
    schedules.advance(ripe)
    clock.move(900)
    schedules.advance(ripe)
    assert [one.next_at.minute for one in schedules.due()] == [30]


def test_the_same_schedule_put_again_keeps_its_next_time_and_another_one_does_not(schedules, clock):
    schedules.put(QUARTERS)
    clock.move(1200)
    assert schedules.put(QUARTERS).next_at.minute == 15
    changed = schedules.put(Schedule("refresh", "50 * * * *", "refresh"))
    assert (changed.next_at.minute, changed.payload) == (50, {})
    assert schedules.schedules() == [changed]


def test_the_hours_are_those_of_its_zone_in_summer_and_in_winter(schedules, clock):
    assert schedules.put(Schedule("a", "0 9 * * *", "x", zone="Europe/Berlin")).next_at.hour == 8
    clock.move(timedelta(days=180).total_seconds())
    assert schedules.put(Schedule("b", "0 9 * * *", "x", zone="Europe/Berlin")).next_at.hour == 7


@pytest.mark.parametrize(
    "cron,zone",
    [("* * *", "UTC"), ("61 * * * *", "UTC"), ("0 0 31 2 *", "UTC"), ("* * * * *", "Mars"), ("* * * * *", "../etc")],
)
def test_times_that_never_come_are_refused(schedules, cron, zone):
    with pytest.raises(BadRequest):
        schedules.put(Schedule("a", cron, "x", zone=zone))
    assert schedules.schedules() == []


def test_a_deleted_schedule_is_due_no_more_and_one_that_is_not_there_is_not_found(schedules, clock):
    schedules.put(QUARTERS)
    schedules.delete("refresh")
    clock.move(10_000)
    assert schedules.due() == []
    with pytest.raises(NotFound):
        schedules.delete("refresh")
