"""The short form of `bench.soak`: two servers, many callers, a restart in the middle."""

import shutil

import pytest
from bench import soak
from tests.support.loops import run_apart

LIMIT = 60


def test_nothing_accepted_is_lost_no_answer_is_a_5xx_and_a_limit_is_exact_though_a_server_is_restarted(tmp_path):
    if not shutil.which("redis-server"):
        pytest.skip("there is no redis-server here")
    pytest.importorskip("redis", reason="the extra `redis` is not installed")
    with soak.redis(tmp_path) as url:
        found = run_apart(soak.soaked(tmp_path, url, clients=30, seconds=8, limit=LIMIT))
    assert found.failures == 0, found.statuses
    assert found.granted == LIMIT and found.refused > 0
    assert found.accepted and found.lost == 0
    assert found.statuses[200] > 100
