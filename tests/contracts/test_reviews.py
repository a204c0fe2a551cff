"""What every store of reviews promises. A stranger's store passes when the fixture `reviews` gives it."""

from dataclasses import replace

import pytest

from recto.document.errors import Conflict
from recto.document.review import Review
from recto.stores.reviews import SqlReviews
from recto.stores.sql import connect

DOCUMENT = "a" * 64
FIRST = Review(DOCUMENT, "ann", version=1, seconds=2.5, corrections=1, by="key", past=({"words": ["1-a"]},))


@pytest.fixture
def reviews(database_url):
    database = connect(database_url)
    yield SqlReviews(database)
    database.close()


def test_nobody_has_begun_what_is_not_there(reviews):
    assert reviews.review(DOCUMENT, "ann") == Review(DOCUMENT, "ann")


def test_a_review_comes_back_as_it_was_written(reviews):
    reviews.write(FIRST)
    assert replace(reviews.review(DOCUMENT, "ann"), at=None) == FIRST
    assert reviews.review(DOCUMENT, "bob").version == 0


def test_who_saw_an_older_version_is_in_conflict_and_changes_nothing(reviews):
    reviews.write(FIRST)
    reviews.write(replace(FIRST, version=2, state="accepted"))
    for late in (FIRST, replace(FIRST, version=2), replace(FIRST, version=4)):
        with pytest.raises(Conflict):
            reviews.write(late)
    assert reviews.review(DOCUMENT, "ann").state == "accepted"


def test_reviews_are_listed_by_owner_and_state_without_what_can_be_undone(reviews):
    reviews.write(FIRST)
    reviews.write(replace(FIRST, document_id="b" * 64, state="accepted"))
    reviews.write(replace(FIRST, owner="bob"))
    assert {one.document_id[0] for one in reviews.reviews("ann")} == {"a", "b"}
    assert [one.document_id[0] for one in reviews.reviews("ann", "accepted")] == ["b"]
    assert all(one.past == () for one in reviews.reviews())


def test_what_is_forgotten_is_as_if_nobody_had_begun(reviews):
    reviews.write(FIRST)
    reviews.forget(DOCUMENT, "ann")
    assert reviews.review(DOCUMENT, "ann").version == 0
