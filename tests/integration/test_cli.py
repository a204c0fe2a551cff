"""The command line as a person types it, in a process of its own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.papers import invoice_pdf, xrechnung

AGREES = "matches_attachment"
DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))


def recto(*arguments: object, stdin: bytes | None = None, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", "from recto.doors.cli import main; main()", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env={**os.environ, "COLUMNS": "160", **environment},
        timeout=300,
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "receipt.jpg"
    made = recto("sample", path, "--truth")
    assert made.returncode == 0, made.stderr
    return path


@pytest.fixture(scope="module")
def reading(sample) -> dict:
    done = recto("read", sample, "--json", "--words")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_sample_is_read_as_it_truly_is(sample, reading):
    truth = json.loads(sample.with_suffix(".json").read_text())["fields"]
    found = {field["name"]: field.get("value") for field in reading["fields"]}
    assert reading["kind"]["name"] == "receipt"
    assert {name: found.get(name) for name in ("transaction_date", "total")} == {
        name: truth[name] for name in ("transaction_date", "total")
    }


def test_every_value_shows_where_it_stands(reading):
    words = reading["words"]
    for field in reading["fields"]:
        for cell in field.get("rows", [{"": field}]):
            for value in cell.values():
                if value["grounding"] == "grounded" and value["boxes"]:
                    left, top, right, bottom = value["boxes"][0]
                    assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1
                    assert all(0 <= index < len(words) for index in value["words"])


def test_engines_stand_on_the_result_with_their_versions(reading):
    assert {"ocr", "classifier", "labeller"} <= set(reading["engines"])
    assert all(engine["version"] for engine in reading["engines"].values())


def test_standard_input_is_read_like_a_file(sample, reading):
    done = recto("read", "-", "--json", stdin=sample.read_bytes())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["document"]["id"] == reading["document"]["id"]


def test_one_bad_file_is_reported_and_the_others_are_read(sample, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff nothing that can be decoded")
    (tmp_path / "b.jpg").write_bytes(sample.read_bytes())
    done = recto("read", tmp_path, "--json", "--workers", 2)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [line["document"]["name"] for line in lines] == ["a.jpg", "b.jpg"]
    assert lines[0]["errors"][0]["code"] in ("damaged", "unsupported_media_type")
    assert lines[1]["kind"]["name"] == "receipt"


def test_the_overlay_is_a_picture_of_the_page(sample, tmp_path):
    done = recto("read", sample, "--overlay", tmp_path / "drawn")
    assert done.returncode == 0, done.stderr
    (drawn,) = (tmp_path / "drawn").iterdir()
    assert drawn.read_bytes().startswith(b"\x89PNG") and drawn.stat().st_size > 50_000


def test_an_e_invoice_beside_its_pdf_comes_before_the_page_and_is_held_against_it(tmp_path):
    for name, page, stated in (("same", "119.00", "119.00"), ("other", "119.00", "191.00")):
        (tmp_path / f"{name}.pdf").write_bytes(invoice_pdf(page))
        (tmp_path / f"{name}.xml").write_text(xrechnung(stated))
    done = recto("read", tmp_path, "--json", RECTO_LABELLER='["rules"]')
    assert done.returncode == 0, done.stderr
    other, same = map(json.loads, done.stdout.splitlines())
    assert (other["document"]["name"], same["document"]["name"]) == ("other.pdf", "same.pdf")
    total = {field["name"]: field for field in other["fields"]}["invoice_total"]
    assert (total["value"], total["grounding"]) == ("191.00", "not_found")
    assert [check["outcome"] for one in (other, same) for check in one["checks"] if check["name"] == AGREES] == [
        "fail",
        "pass",
    ]
    assert other["decision"]["outcome"] == "review"


@pytest.mark.parametrize(
    "arguments",
    [
        ["read"],
        ["read", "nowhere.pdf"],
        ["read", __file__, "--names", "french"],
        ["read", __file__, "--kind", "poem"],
        ["read", __file__, "--overlay", "/dev/null/drawn"],
        ["sample", "/dev/null/receipt.jpg"],
        ["dance"],
        ["schema", "poem"],
    ],
)
def test_a_wrong_command_ends_with_two_and_no_trace(arguments):
    done = recto(*arguments)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"RECTO_LABELLER": '["rules'}, b"labeller"),
        ({"RECTO_LABELLER": "clever"}, b"layoutlm"),
        ({"RECTO_LIMITS__PAGEZ": "3"}, b"limits.pagez: there is no such setting"),
        ({"RECTO_ENGINES": "rapidocr"}, b"engines"),
        ({"RECTO_CONFIG": "/nowhere/recto.toml"}, b"/nowhere/recto.toml"),
        ({"RECTO_CONFIG": __file__}, b"test_cli.py"),
    ],
)
def test_a_wrong_setting_is_named_and_ends_with_two_and_no_trace(sample, environment, named):
    done = recto("read", sample, **environment)
    assert done.returncode == 2
    assert named in done.stderr and b"Traceback" not in done.stderr


def test_a_chain_of_engines_may_be_written_as_names(sample):
    done = recto("read", sample, "--json", RECTO_LABELLER="rules")
    assert json.loads(done.stdout)["engines"]["labeller"]["name"] == "rules"


def test_a_port_that_is_taken_is_named_before_anything_is_loaded(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = recto("serve", "--port", port, RECTO_HOME=str(tmp_path))
    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr.decode() and b"Traceback" not in done.stderr


def test_with_the_model_gone_the_rules_take_over_and_say_so(sample):
    done = recto("read", sample, "--json", RECTO_ENGINES='{"layoutlm": {"bundle": "gone"}}')
    assert done.returncode == 0, done.stderr
    assert b"takes over" in done.stderr
    assert json.loads(done.stdout)["engines"]["labeller"]["name"] == "rules"


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the folder of public documents is not here")
def test_a_packet_is_read_as_its_documents():
    packet = DATA / "business_docs" / "multi_document_package" / "nilendu__bundle_w9_bankstatement_1040.pdf"
    done = recto("read", packet, "--json")
    pages = [[page["number"] for page in json.loads(line)["pages"]] for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [number for part in pages for number in part] == [1, 2, 3, 4, 5, 6]
    assert [1, 2] in pages and [5, 6] in pages
