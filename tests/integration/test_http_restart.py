"""`recto serve` is killed or stopped in the middle of its work, and nothing that it accepted is lost or done twice."""

import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx2 as httpx
import pytest
from tests.support import receipts
from tests.support.recto import Served, recto_serve, until

from recto.app import Installation, settings

COUNT = 20
READ_SECONDS = 600
# Most carry their text, so that the test is short; some need OCR, so that the kill finds work that takes its time.
FILES = {
    f"receipt-{number}.{'png' if number % 10 == 4 else 'pdf'}": receipts.image(number)
    if number % 10 == 4
    else receipts.paper(number)
    for number in range(COUNT)
}


def bring(served: Served, name: str) -> str:
    """The id of the document, once the server has said 202."""
    answer = httpx.post(f"{served.url}/v1/documents", files={"file": (name, FILES[name])}, timeout=60)
    assert answer.status_code == 202, answer.text
    return answer.json()["documents"][0]["id"]


def counted(served: Served, state: str) -> int:
    return httpx.get(f"{served.url}/v1/documents", params={"state": state, "limit": 1}, timeout=60).json()["total"]


def all_read(served: Served, count: int = COUNT) -> bool:
    failed = httpx.get(f"{served.url}/v1/documents", params={"state": "failed"}, timeout=60).json()
    assert [one["errors"] for one in failed["documents"]] == []
    return counted(served, "read") == count


def test_twenty_receipts_are_all_read_once_though_the_server_is_killed_while_it_reads_them(tmp_path):
    with recto_serve(tmp_path) as served:
        ids = [bring(served, name) for name in FILES]
        until(lambda: counted(served, "read") >= 2 and counted(served, "reading") >= 1, READ_SECONDS, served.log)
        served.kill()
    app = Installation(settings(home=tmp_path))
    assert 0 < len(app.jobs.jobs("read", "done")) < COUNT
    with recto_serve(tmp_path) as served:
        until(lambda: all_read(served), READ_SECONDS, served.log)
        documents = httpx.get(f"{served.url}/v1/documents", params={"limit": 200}, timeout=60).json()["documents"]
    assert sorted(one["document"]["id"] for one in documents) == sorted(ids)
    totals = {one["document"]["name"]: total_of(one) for one in documents}
    assert totals == {name: receipts.lines_of(number)[-2].split()[-1] for number, name in enumerate(FILES)}
    jobs = app.jobs.jobs("read", limit=1000)
    assert [job.state for job in jobs] == ["done"] * COUNT
    # Only what was begun at the kill is done again.
    assert sorted(job.attempts for job in jobs)[:-1] == [1] * (COUNT - 1)


def total_of(document: dict) -> str | None:
    return next((field["value"] for field in document["fields"] if field["name"] == "total"), None)


def test_an_upload_that_was_answered_outlives_a_kill_in_the_midst_of_uploads(tmp_path):
    answered = []
    with recto_serve(tmp_path) as served, ThreadPoolExecutor(4) as many:

        def send(name: str) -> None:
            try:
                answered.append(bring(served, name))
            except httpx.TransportError:
                return
            if len(answered) >= COUNT // 2:  # two may come at once
                served.kill()

        list(many.map(send, FILES))
    assert COUNT // 2 <= len(answered) < COUNT
    with recto_serve(tmp_path) as served:
        for document_id in answered:
            assert httpx.get(f"{served.url}/v1/documents/{document_id}", timeout=60).status_code == 200
        again = {bring(served, name) for name in FILES}
        assert set(answered) <= again
        until(lambda: all_read(served), READ_SECONDS, served.log)
    jobs = Installation(settings(home=tmp_path)).jobs.jobs("read", limit=1000)
    assert [job.state for job in jobs] == ["done"] * COUNT


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_takes_in_what_is_half_sent_and_ends_with_status_0(tmp_path, stop):
    with recto_serve(tmp_path, LOG_LEVEL="INFO") as served:
        address = httpx.URL(served.url)
        body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + FILES["receipt-0.pdf"]
        body += b"\r\n--x--\r\n"
        head = f"Host: {address.netloc.decode()}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        head += "Content-Type: multipart/form-data; boundary=x\r\nExpect: 100-continue\r\n"
        with socket.create_connection((address.host, address.port), 60) as line:
            line.sendall(f"POST /v1/documents HTTP/1.1\r\n{head}\r\n".encode())
            assert b"100 Continue" in line.recv(1000), "it has begun"
            served.process.send_signal(stop)
            until(lambda: "Shutting down" in served.log.read_text(), 60, served.log)
            line.sendall(body)
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        assert b" 202 " in answer.partition(b"\r\n")[0]
        assert served.process.wait(60) == 0
    assert Installation(settings(home=tmp_path)).jobs.jobs("read")


def test_an_idle_server_ends_with_status_0_when_it_is_terminated(tmp_path):
    with recto_serve(tmp_path) as served:
        served.process.terminate()
        assert served.process.wait(60) == 0
