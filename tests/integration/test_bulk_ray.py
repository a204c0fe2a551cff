"""`recto bulk --engine ray` on a real cluster: a head and a second node, on this machine."""

import os
import subprocess
import sys

import pytest
from tests.support.debug import debug_engine
from tests.support.jobs import until
from tests.support.papers import text_pdf

parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `bulk` is not installed")
cluster_utils = pytest.importorskip("ray.cluster_utils", reason="the extra `ray` is not installed")

NODE = {"num_cpus": 1, "object_store_memory": 80 * 1024 * 1024}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two nodes of one processor each; actors inherit the nodes' environment."""
    folder = tmp_path_factory.mktemp("gate")
    before = dict(os.environ)
    os.environ.update(debug_engine(gate=str(folder / "open"), notes=str(folder)), RAY_USAGE_STATS_ENABLED="0")
    it = cluster_utils.Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    it.folder = folder
    it.second = it.add_node(**NODE)
    yield it
    it.shutdown()
    os.environ.clear()
    os.environ.update(before)


def paper(number, *more):
    return text_pdf([f"STORE NUMBER {number}", "Receipt 2024-05-06", *more, f"Total {number + 1}.00"])


def started(cluster, source, out, tmp_path, *arguments):
    code = "from recto.doors.cli import main; main()"
    command = [sys.executable, "-c", code, "bulk", str(source), str(out), "--engine", "ray", "--part-size", "1"]
    environment = {**os.environ, "RAY_ADDRESS": cluster.address, "RECTO_HOME": str(tmp_path / "home")}
    return subprocess.Popen(
        [*command, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def readings(out):
    return {row["source"]: row for row in parquet.read_table(out / "readings").to_pylist()}


def test_all_machines_read_and_a_document_that_kills_its_process_takes_nothing_with_it(cluster, tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(8):
        (tmp_path / "in" / f"{number}.pdf").write_bytes(paper(number, *(["SEGFAULT"] if number == 3 else [])))
    process = started(cluster, tmp_path / "in", tmp_path / "out", tmp_path)
    said, _ = process.communicate()
    assert process.returncode == 1, said
    assert "8 documents, 7 pages" in said
    assert "on 2 machines; 1 not read, 0 parts failed" in said
    rows = readings(tmp_path / "out")
    assert {name: row["errors"] for name, row in rows.items() if row["errors"]} == {"3.pdf": ["worker_died"]}
    assert sorted(rows) == [f"{number}.pdf" for number in range(8)]


def test_actors_keep_their_models_warm_from_part_to_part(cluster, tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(100, 110):
        (tmp_path / "in" / f"{number}.pdf").write_bytes(paper(number))
    process = started(cluster, tmp_path / "in", tmp_path / "out", tmp_path)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    processes = {note.suffixes[0] for note in cluster.folder.glob("STORE-NUMBER-1??.*")}
    assert 1 <= len(processes) <= 2, processes


def test_a_machine_that_is_lost_takes_no_document_with_it(cluster, tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(200, 206):
        (tmp_path / "in" / f"{number}.pdf").write_bytes(paper(number, "WAIT"))
    process = started(cluster, tmp_path / "in", tmp_path / "out", tmp_path)
    until(lambda: len(list(cluster.folder.glob("STORE-NUMBER-20?.*"))) == 2, 120)
    cluster.remove_node(cluster.second, allow_graceful=False)
    (cluster.folder / "open").touch()
    said, _ = process.communicate()
    assert process.returncode == 0, said
    assert sorted(readings(tmp_path / "out")) == [f"{number}.pdf" for number in range(200, 206)]
