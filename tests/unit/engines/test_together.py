"""Work of several threads done together."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from recto.document.errors import Damaged
from recto.engines.together import Together


def asked_together(work, parts, size, delay=60.0):
    """What each of so many threads gets that ask at one time."""
    together = Together(work, size, delay)
    start = threading.Barrier(len(parts))

    def ask(part):
        start.wait(60)
        try:
            return together(part)
        except Damaged as error:
            return error

    with ThreadPoolExecutor(len(parts)) as pool:
        return list(pool.map(ask, parts))


def test_each_caller_gets_the_results_of_his_own_items_in_order():
    batches = []

    def doubled(items):
        batches.append(len(items))
        return [item * 2 for item in items]

    assert asked_together(doubled, [[1, 2], [3], [4, 5, 6]], size=6) == [[2, 4], [6], [8, 10, 12]]
    assert batches == [6]


def test_a_caller_alone_waits_no_longer_than_the_delay():
    assert Together(lambda items: list(items), size=100, delay=0.01)([7]) == [7]


def test_enough_items_need_no_other_caller():
    assert Together(lambda items: list(items), size=2, delay=60.0)([1, 2]) == [1, 2]


def test_an_item_that_cannot_be_worked_on_harms_nobody_else():
    def picky(items):
        if "bad" in items:
            raise Damaged("bad")
        return [item.upper() for item in items]

    good, bad, also = asked_together(picky, [["a"], ["bad"], ["b"]], size=3)
    assert (good, also) == (["A"], ["B"]) and isinstance(bad, Damaged)


def test_the_work_goes_on_after_a_batch_that_broke_off():
    def broken(items):
        if items == (1,) or 1 in items:
            raise ZeroDivisionError
        return list(items)

    together = Together(broken, size=1, delay=0.0)
    with pytest.raises(ZeroDivisionError):
        together([1])
    assert together([2]) == [2]
