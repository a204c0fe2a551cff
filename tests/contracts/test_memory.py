"""What every memory of engines' answers promises."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from recto.stores.memory import SqlMemory
from recto.stores.sql import connect
from recto.stores.tables import MEMORIES


@pytest.fixture
def memory(database_url, clock):
    database = connect(database_url, clock)
    yield SqlMemory(database)
    database.close()


def test_an_answer_that_was_kept_is_recalled(memory):
    memory.keep("doc/1/rapidocr/3", {"words": [["é\0", [0.125, 1], None]]})
    assert memory.recall("doc/1/rapidocr/3") == {"words": [["é\0", [0.125, 1], None]]}


def test_what_was_never_kept_is_not_recalled(memory):
    assert memory.recall("doc/1/rapidocr/3") is None


def test_all_that_is_remembered_of_a_document_can_be_asked_for(memory):
    for key in ("a/1/e", "a/2/e", "ab/1/e"):
        memory.keep(key, {"key": key})
    assert [answer["key"] for answer in memory.about("a")] == ["a/1/e", "a/2/e"]


def test_an_answer_never_changes(memory):
    memory.keep("doc/1/e", {"first": True})
    memory.keep("doc/1/e", {"first": False})
    assert memory.recall("doc/1/e") == {"first": True}


def test_a_document_is_forgotten_whole_and_no_other(memory):
    for key in ("a/1/e", "a/2/e", "ab/1/e", "b/1/e"):
        memory.keep(key, {"key": key})
    memory.forget("a")
    assert [memory.recall(key) is None for key in ("a/1/e", "a/2/e", "ab/1/e", "b/1/e")] == [True, True, False, False]


def test_what_was_kept_too_long_ago_is_forgotten(memory, clock):
    memory.keep("a/1/e", {"x": 1})
    clock.move(3600)
    memory.keep("a/2/e", {"x": 2})
    assert memory.tidy(timedelta(hours=2), 1_000_000) == 0
    assert memory.tidy(timedelta(minutes=30), 1_000_000) == 1
    assert (memory.recall("a/1/e"), memory.recall("a/2/e")) == (None, {"x": 2})


def test_of_too_much_the_newest_answers_are_kept(memory, clock):
    for number in range(10):
        clock.move(1)
        memory.keep(f"a/{number}/e", {"noise": bytes(random.Random(number).randbytes(3000)).hex()})
    size = sum(len(stored) for stored in stored_in(memory))
    assert memory.tidy(timedelta(days=1), size) == 0
    assert memory.tidy(timedelta(days=1), size * 55 // 100) == 5
    assert [memory.recall(f"a/{number}/e") is None for number in range(10)] == [True] * 5 + [False] * 5


def stored_in(memory):
    with memory.database.reading() as connection:
        return list(connection.scalars(sa.select(MEMORIES.c.answer)))
