"""`recto bulk`: folders and buckets to Parquet, to the end whoever is killed meanwhile."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from tests.support import aws
from tests.support.debug import debug_engine
from tests.support.jobs import until
from tests.support.papers import text_pdf

from recto.app import App, Settings
from recto.document.errors import NotFound
from recto.document.job import Job
from recto.document.reading import Fault
from recto.doors.bulk import Bulk, PartHandler
from recto.stores.blobs import blobs_at

pyarrow = pytest.importorskip("pyarrow.parquet", reason="the extra `bulk` is not installed")

COUNT = 10


def paper(number):
    return text_pdf([f"STORE NUMBER {number}", "Receipt 2024-05-06", f"Tea {number + 1}.00", f"Total {number + 1}.00"])


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    for number in range(COUNT):
        (folder / "deep" / f"{number:02}.pdf").write_bytes(paper(number))
    (folder / "notes.txt").write_text("no document")
    (folder / ".hidden").write_text("nothing")
    return folder


def command(*arguments):
    return [sys.executable, "-c", "from recto.doors.cli import main; main()", "bulk", *map(str, arguments)]


def bulk(tmp_path, *arguments, **environment):
    """What it prints, and its status."""
    environment = {**os.environ, "RECTO_HOME": str(tmp_path / "home"), **environment}
    done = subprocess.run(command(*arguments), env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def rows(folder, table):
    """All parts of a table as one."""
    return pyarrow.read_table(folder / table).to_pylist()


def whole(folder):
    """Every document of the source once in the readings, with its fields and words."""
    readings = rows(folder, "readings")
    assert sorted(row["source"] for row in readings) == [f"deep/{n:02}.pdf" for n in range(COUNT)] + ["notes.txt"]
    by_source = {row["source"]: row for row in readings}
    assert by_source["notes.txt"]["errors"] == ["unsupported_media_type"]
    assert [row["pages"] for name, row in sorted(by_source.items())] == [1] * COUNT + [0]
    totals = {row["source"]: row["value"] for row in rows(folder, "fields") if row["name"] == "total"}
    assert totals == {f"deep/{n:02}.pdf": f"{n + 1}.00" for n in range(COUNT)}
    words = rows(folder, "words")
    assert sum(row["text"] == "STORE" for row in words) == COUNT
    assert {row["source"] for row in words} == {f"deep/{n:02}.pdf" for n in range(COUNT)}


def test_a_folder_becomes_three_tables_that_read_as_one(source, tmp_path):
    status, said = bulk(tmp_path, source, tmp_path / "out", "--part-size", "4", "--workers", "2")
    assert status == 1, said
    assert "11 documents, 10 pages" in said
    assert "1 not read, 0 parts failed" in said
    whole(tmp_path / "out")


def test_a_killed_bulk_goes_on_with_what_is_not_there_yet(source, tmp_path):
    out = tmp_path / "out"
    environment = {**os.environ, "RECTO_HOME": str(tmp_path / "home")}
    process = subprocess.Popen(command(source, out, "--part-size", "1", "--workers", "1"), env=environment)
    until(lambda: len(list(out.glob("readings/*.parquet"))) >= 2, 120)
    process.kill()
    process.wait()
    before = {path: path.stat().st_mtime_ns for path in out.glob("readings/*.parquet")}
    assert len(before) < COUNT
    status, said = bulk(tmp_path, source, out, "--part-size", "1")
    assert status in (0, 1), said
    assert {path: path.stat().st_mtime_ns for path in before} == before
    whole(out)


def test_a_finished_bulk_has_nothing_more_to_do(source, tmp_path):
    bulk(tmp_path, source, tmp_path / "out")
    (source / "later.pdf").write_bytes(paper(99))
    status, said = bulk(tmp_path, source, tmp_path / "out")
    assert (status, said.splitlines()[-1].split(" in ")[0]) == (0, "0 documents, 0 pages")


def test_a_bucket_becomes_tables_in_another(tmp_path, moto):
    pytest.importorskip("obstore", reason="the extra `cloud` is not installed")
    name = aws.bucket(moto)
    amazon = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": moto,
        "AWS_ALLOW_HTTP": "true",
    }
    client = aws.client("s3", moto)
    for number in range(3):
        client.put_object(Bucket=name, Key=f"in/{number}.pdf", Body=paper(number))
    status, said = bulk(tmp_path, f"s3://{name}/in", f"s3://{name}/out", "--no-words", **amazon)
    assert status == 0, said
    keys = [item["Key"] for item in client.list_objects_v2(Bucket=name, Prefix="out/")["Contents"]]
    assert keys == [
        "out/fields/000000.parquet",
        "out/manifest.complete",
        "out/manifest/000000.json",
        "out/readings/000000.parquet",
    ]


def test_a_document_that_killed_its_process_is_left_out_the_next_time_and_said_to_be(source, tmp_path):
    work = Bulk(App(Settings(home=tmp_path)), source.as_uri(), (tmp_path / "out").as_uri())
    assert list(work.parts()) == [0]
    died = Job(
        "1",
        "part",
        {"part": 0},
        attempts=2,
        progress={"key": "deep/03.pdf", "killers": ["deep/01.pdf"]},
        error=Fault("worker_died", "", ""),
    )
    counts = PartHandler(work).work(died, lambda said: None)
    assert counts == {"documents": COUNT + 1, "failed": 3, "pages": COUNT - 2}
    errors = {row["source"]: row["errors"] for row in rows(tmp_path / "out", "readings") if row["errors"]}
    assert errors == {
        "deep/01.pdf": ["worker_died"],
        "deep/03.pdf": ["worker_died"],
        "notes.txt": ["unsupported_media_type"],
    }


def test_a_document_that_crashes_its_process_takes_nothing_with_it(source, tmp_path):
    (source / "bad.pdf").write_bytes(text_pdf(["SEGFAULT"]))
    status, said = bulk(tmp_path, source, tmp_path / "out", "--part-size", "20", **debug_engine())
    assert status == 1, said
    assert "12 documents, 10 pages" in said
    errors = {row["source"]: row["errors"] for row in rows(tmp_path / "out", "readings") if row["errors"]}
    assert errors == {"bad.pdf": ["worker_died"], "notes.txt": ["unsupported_media_type"]}


def test_where_the_tables_cannot_be_written_the_run_ends_and_the_next_one_goes_on(source, tmp_path):
    out = tmp_path / "out"
    (out / "manifest").mkdir(parents=True)
    (out / "readings").touch()  # a file stands where a folder must be
    status, said = bulk(tmp_path, source, out)
    assert status == 1, said
    assert "0 documents" in said and "1 parts failed" in said
    (out / "readings").unlink()
    status, said = bulk(tmp_path, source, out)
    assert "11 documents, 10 pages" in said
    whole(out)


def test_a_retry_after_another_error_leaves_nothing_out(source, tmp_path):
    work = Bulk(App(Settings(home=tmp_path)), source.as_uri(), (tmp_path / "out").as_uri(), words=False)
    list(work.parts())
    job = Job("1", "part", {"part": 0}, progress={"key": "deep/03.pdf"}, error=Fault("store_unavailable", "", ""))
    assert PartHandler(work).work(job, lambda said: None)["failed"] == 1


def test_the_manifest_is_listed_on_where_a_killed_run_stopped(source, tmp_path):
    work = Bulk(App(Settings(home=tmp_path)), source.as_uri(), (tmp_path / "out").as_uri(), size=4)
    first = work.parts()
    assert next(first) == 0
    del first
    again = replace(work, size=3)
    assert list(again.parts()) == [0, 1, 2, 3]
    listed = [key for number in range(4) for key in again.manifest(number)]
    assert listed == [f"deep/{n:02}.pdf" for n in range(COUNT)] + ["notes.txt"]


def test_numbers_that_identify_a_person_are_masked_unless_asked_for(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(text_pdf(["Receipt 2024-05-06", "SSN 123-45-6789", "Total 3.00"]))
    bulk(tmp_path, folder, tmp_path / "out")
    bulk(tmp_path, folder, tmp_path / "revealed", "--reveal")
    assert "123-45-6789" not in [row["text"] for row in rows(tmp_path / "out", "words")]
    assert "123-45-6789" in [row["text"] for row in rows(tmp_path / "revealed", "words")]


def test_an_input_that_is_not_there_is_an_error_in_one_sentence(tmp_path):
    status, said = bulk(tmp_path, tmp_path / "nothing", tmp_path / "out")
    assert (status, "Traceback" in said) == (2, False), said
    with pytest.raises(NotFound):
        blobs_at((tmp_path / "out").as_uri()).get("readings/000000.parquet")
