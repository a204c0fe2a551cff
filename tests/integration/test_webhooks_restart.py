"""`recto serve` is killed by SIGKILL between what happened and the telling of it, and every message still arrives."""

import json

import httpx2 as httpx
import pytest
from tests.support.papers import text_pdf
from tests.support.receiver import receiving
from tests.support.recto import recto_serve, until

from recto.document.signature import verify
from recto.doors.http.sample import LINES

SECONDS = 120
COUNT = 6


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


def serve(home, receiver, database):
    settings = {
        "RECTO_DATABASE": database,
        "RECTO_LABELLER": '["rules"]',
        "RECTO_CLASSIFIER": '["rules"]',
        "RECTO_WEBHOOKS__PRIVATE": "true",
        "RECTO_WEBHOOKS__PORTS": f"[{receiver.port}]",
        "RECTO_WEBHOOKS__FIRST": "0.1",
    }
    return recto_serve(home, **settings)


def made(served, url):
    answer = httpx.post(f"{served.url}/v1/webhooks", json={"url": url}, timeout=30)
    assert answer.status_code == 201, answer.text
    return answer.json()


def bring(served, number):
    files = {"file": (f"{number}.pdf", text_pdf([*LINES, f"No. {number}"]))}
    answer = httpx.post(f"{served.url}/v1/documents", files=files, timeout=30)
    assert answer.status_code == 202, answer.text
    return answer.json()["documents"][0]["id"]


def told(receiver, path):
    """The documents that the messages are about, by the message's id."""
    return {message.id: json.loads(message.body)["data"]["document_id"] for message in receiver.at(path)}


def test_a_server_killed_amid_deliveries_owes_nobody_a_message_after_its_restart(tmp_path, receiver, database_url):
    receiver.open.clear()
    with serve(tmp_path, receiver, database_url) as served:
        webhooks = {path: made(served, receiver.url(path)) for path in ("/one", "/two")}
        ids = [bring(served, number) for number in range(COUNT)]
        # The worker waits for an answer to the first message; the others are written down and nowhere else.
        until(lambda: len(receiver.came) == 1, SECONDS, served.log)
        served.kill()
    held = receiver.came[0]
    receiver.open.set()
    with serve(tmp_path, receiver, database_url) as served:
        until(lambda: all(len(told(receiver, path)) == COUNT for path in webhooks), SECONDS, served.log)
        every = receiver.at("/one") + receiver.at("/two")
        assert [message.id for message in receiver.at(held.path)].count(held.id) == 2
        for path, webhook in webhooks.items():
            assert sorted(told(receiver, path).values()) == sorted(ids), "one event a document"
            until(lambda w=webhook: delivered(served, w) == COUNT, SECONDS, served.log)
            for message in receiver.at(path):
                verify(webhook["secret"], message.headers, message.body)
        assert len(every) == 2 * COUNT + 1, "only what was on its way when the server died came twice"
    assert not any(webhook["secret"] in served.log.read_text() for webhook in webhooks.values())


def delivered(served, webhook):
    url = f"{served.url}/v1/webhooks/{webhook['id']}/deliveries"
    return httpx.get(url, params={"state": "delivered"}, timeout=30).json()["total"]


def test_a_server_killed_while_it_reads_tells_of_each_document_once(tmp_path, receiver, database_url):
    with serve(tmp_path, receiver, database_url) as served:
        made(served, receiver.url("/read"))
        ids = [bring(served, number) for number in range(COUNT)]
        until(lambda: len(receiver.came) >= 1, SECONDS, served.log)
        served.kill()
    with serve(tmp_path, receiver, database_url) as served:
        until(lambda: len(told(receiver, "/read")) == COUNT, SECONDS, served.log)
    assert sorted(told(receiver, "/read").values()) == sorted(ids)
