"""What every memory of engines' answers promises."""

import pytest

from recto.stores.memory import SqlMemory
from recto.stores.sql import connect


@pytest.fixture
def memory(database_url):
    database = connect(database_url)
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
