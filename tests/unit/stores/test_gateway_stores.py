"""Keys, answers and counts, on every database."""

from datetime import UTC, datetime, timedelta

import pytest

from recto.document.errors import Conflict, InFlight, KeyReused, NotFound
from recto.document.job import Order
from recto.document.key import minted
from recto.document.replay import Ask, Said
from recto.stores.jobs import SqlJobs
from recto.stores.keys import SqlKeys
from recto.stores.replays import SqlReplays
from recto.stores.sql import connect
from recto.stores.usage import SqlUsage

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
SAID = Said(200, {"content-type": "application/json"}, b"{}")


@pytest.fixture
def database(database_url, clock):
    opened = connect(database_url, clock)
    yield opened
    opened.close()


def test_a_key_comes_back_as_it_was_made(database):
    keys = SqlKeys(database)
    key, _ = minted("shop", ("read", "see-sensitive"), NOW, timedelta(days=1))
    assert not keys.any()
    keys.add(key)
    assert keys.any() and keys.find(key.id) == key and keys.keys() == [key]
    with pytest.raises(NotFound):
        keys.find("another")


def test_a_revoked_key_takes_its_sessions_with_it(database):
    keys = SqlKeys(database)
    key, _ = minted("shop", ("read",), NOW)
    session, _ = minted("shop", ("read",), NOW, timedelta(hours=1), parent=key.id)
    keys.add(key)
    keys.add(session)
    assert keys.keys() == [key]
    keys.revoke(key.id, NOW)
    assert not keys.find(key.id).opens_at(NOW) and not keys.find(session.id).opens_at(NOW)
    with pytest.raises(NotFound):
        keys.revoke(key.id, NOW)
    keys.sweep(NOW + timedelta(hours=2))
    with pytest.raises(NotFound):
        keys.find(session.id)
    assert keys.any()


def test_of_one_owner_s_keys_only_so_many_live_at_once(database):
    keys = SqlKeys(database)
    made = [minted("shop", ("read",), NOW)[0] for _ in range(4)]
    expired, _ = minted("shop", ("read",), NOW - timedelta(days=2), timedelta(days=1))
    keys.add(expired)
    keys.add_one_of(made[0], 2)
    keys.add_one_of(made[1], 2)
    with pytest.raises(Conflict):
        keys.add_one_of(made[2], 2)
    keys.revoke(made[0].id, NOW)
    keys.add_one_of(made[3], 2)


def test_the_first_asks_the_second_waits_the_third_hears_the_answer(database):
    replays = SqlReplays(database)
    first, second = Ask("shop", "k", "d", "one"), Ask("shop", "k", "d", "two")
    assert replays.begin(first) is None
    assert replays.begin(second) == "one"
    replays.answer(first, SAID)
    assert replays.begin(second) == SAID
    with pytest.raises(KeyReused):
        replays.begin(Ask("shop", "k", "another", "two"))
    assert replays.begin(Ask("other", "k", "another", "two")) is None


def test_what_the_dead_had_begun_one_of_the_living_takes_over(database):
    replays = SqlReplays(database)
    replays.begin(Ask("shop", "k", "d", "dead"))
    replays.take_over(Ask("shop", "k", "d", "one"), "dead")
    with pytest.raises(InFlight):
        replays.take_over(Ask("shop", "k", "d", "two"), "dead")
    replays.answer(Ask("shop", "k", "d", "dead"), SAID)
    assert replays.begin(Ask("shop", "k", "d", "two")) == "one"


def test_an_answer_is_kept_for_a_day_and_a_request_without_one_for_a_quarter_of_an_hour(database, clock):
    replays = SqlReplays(database)
    ask = Ask("shop", "k", "d", "one")
    replays.begin(ask)
    clock.move(16 * 60)
    assert replays.begin(ask) is None
    replays.answer(ask, SAID)
    clock.move(23 * 3600)
    assert replays.begin(ask) == SAID
    clock.move(2 * 3600)
    assert replays.begin(ask) is None


def test_pages_are_counted_by_owner_and_day(database):
    usage = SqlUsage(database)
    usage.add_pages("shop", 3, NOW)
    usage.add_pages("shop", 4, NOW)
    usage.add_pages("other", 1, NOW)
    assert usage.pages("shop", NOW) == 7
    assert usage.pages("shop", NOW + timedelta(days=1)) == 0


def test_jobs_are_open_until_they_are_over(database):
    usage, jobs = SqlUsage(database), SqlJobs(database)
    first = jobs.order(Order("read", {}, "shop"))
    jobs.order(Order("read", {}, "shop"))
    jobs.order(Order("read", {}, "other"))
    assert usage.open_jobs("shop") == 2
    jobs.cancel(first.id)
    assert usage.open_jobs("shop") == 1
