"""`recto webhooks`: on the machine itself what `/v1/webhooks` does over HTTP."""

import pytest
from tests.support.jobs import QUICK
from tests.support.receiver import receiving
from typer.testing import CliRunner

from recto.app import install
from recto.document.errors import BadRequest, Conflict, ForbiddenUrl
from recto.document.event import ping_event
from recto.document.signature import verify
from recto.document.webhook import DELIVER
from recto.doors.cli.main import program
from recto.doors.worker import Worker
from recto.doors.worker_deliver import DeliverHandler


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


@pytest.fixture
def recto(tmp_path, monkeypatch, receiver):
    monkeypatch.setenv("RECTO_HOME", str(tmp_path))
    monkeypatch.setenv("RECTO_WEBHOOKS__PRIVATE", "true")
    monkeypatch.setenv("RECTO_WEBHOOKS__PORTS", f"[{receiver.port}]")
    monkeypatch.setenv("COLUMNS", "240")

    def run(*arguments):
        done = CliRunner().invoke(program, ["webhooks", *arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.stdout

    return run


def work():
    app = install()
    Worker(app.queue, {DELIVER: DeliverHandler(app)}, QUICK).run(once=True)


def test_a_webhook_is_made_looked_at_replayed_and_deleted(recto, receiver):
    webhook_id, secret = recto("create", receiver.url("/cli"), "--owner", "shop", "--events", "document.read").split()
    listed = recto("list")
    assert webhook_id in listed and "document.read" in listed and secret not in listed
    assert webhook_id not in recto("list", "--owner", "other")
    app = install()
    delivery = app.deliveries.send(app.webhooks.webhook(webhook_id), ping_event("shop"))
    work()
    assert "delivered" in recto("deliveries", webhook_id, "--owner", "shop")
    assert recto("replay", webhook_id, delivery.id, "--owner", "shop").split() == [delivery.id, "pending"]
    work()
    first, second = receiver.at("/cli")
    assert first.id == second.id == delivery.event_id
    verify(secret, second.headers, second.body)
    recto("delete", webhook_id, "--owner", "shop")
    assert webhook_id not in recto("list")


def test_what_is_refused_over_http_is_refused_here(recto, receiver):
    with pytest.raises(ForbiddenUrl):
        recto("create", "http://127.0.0.1:1/")
    with pytest.raises(BadRequest, match=r"document\.burnt"):
        recto("create", receiver.url("/x"), "--events", "document.burnt")
    with pytest.raises(BadRequest, match="at least one"):
        recto("create", receiver.url("/x"), "--events", ",")
    webhook_id, _ = recto("create", receiver.url("/x")).split()
    app = install()
    app.webhooks.change(webhook_id, "", enabled=False, reason="Why not.")
    with pytest.raises(Conflict, match="Why not"):
        recto("replay", webhook_id, "0" * 32)
