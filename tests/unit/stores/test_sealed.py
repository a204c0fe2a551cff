"""Blobs under seal: what lies in the store, and what is made of it with other keys or after somebody was at it."""

import tracemalloc

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from recto.document.errors import BadSettings, Damaged
from recto.stores.files import FileBlobs
from recto.stores.seal import UNSEALED, seal_of
from recto.stores.sealed import PIECE, SealedBlobs, blobs_under, opened, pieces, shut

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
SECRET = b"ssn 536-22-8714 " * 200_000  # some pieces


@pytest.fixture
def files(tmp_path):
    return FileBlobs(tmp_path)


def under(files, *keys):
    return blobs_under(seal_of(keys), files)


def test_what_lies_in_the_store_does_not_tell_the_text(files):
    under(files, NEW).put("documents/a", SECRET)
    under(files, NEW).put_stream("documents/b", (SECRET[start : start + 999] for start in range(0, len(SECRET), 999)))
    assert b"536-22" not in files.get("documents/a") + files.get("documents/b")
    assert under(files, NEW).get("documents/a") == SECRET == under(files, NEW).get("documents/b")


def test_sealed_a_blob_is_hardly_longer(files):
    under(files, NEW).put("documents/a", SECRET)
    assert len(SECRET) < len(files.get("documents/a")) < len(SECRET) * 1.001


def test_a_blob_that_was_put_before_there_were_keys_is_read_as_it_is(files):
    under(files).put("documents/a", SECRET)
    assert files.get("documents/a") == SECRET
    assert under(files, NEW).get("documents/a") == SECRET


def test_with_a_new_key_before_the_old_one_both_open(files):
    under(files, OLD).put("documents/old", b"old")
    both = under(files, NEW, OLD)
    both.put("documents/new", b"new")
    assert (both.get("documents/old"), both.get("documents/new")) == (b"old", b"new")
    assert under(files, NEW).get("documents/new") == b"new"
    for keys in ((NEW,), ()):
        with pytest.raises(BadSettings, match="encryption_keys"):
            under(files, *keys).get("documents/old")


def test_a_blob_cannot_be_put_in_the_place_of_another(files):
    under(files, NEW).put("documents/a", b"mine")
    files.put("documents/b", files.get("documents/a"))
    with pytest.raises(Damaged):
        under(files, NEW).get("documents/b")


def test_a_piece_that_is_missing_moved_or_cut_is_noticed(files):
    under(files, NEW).put("documents/a", SECRET)
    whole = list(shut(seal_of([NEW]), "documents/a", (SECRET,)))
    assert len(whole) == 5
    magic, first, second, *_, last = whole
    changed = [whole[:-1], [magic, second, first, *whole[3:]], [magic, first, last], [*whole[:-1], last[:-9]], [magic]]
    for number, parts in enumerate(changed):
        files.put(f"documents/{number}", b"".join(parts))
        (files.folder / "documents" / "a").write_bytes(b"".join(parts))
        with pytest.raises((Damaged, BadSettings)):
            under(files, NEW).get("documents/a")


def test_memory_does_not_grow_with_what_is_streamed():
    seal = seal_of([NEW])
    tracemalloc.start()
    for _ in shut(seal, "documents/long", (bytes(100_000) for _ in range(400))):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * PIECE


@given(st.lists(st.integers(0, 3 * PIECE), max_size=4))
def test_pieces_are_of_one_size_and_lose_nothing(sizes):
    chunks = [bytes([number % 256]) * size for number, size in enumerate(sizes)]
    cut = list(pieces(chunks))
    assert b"".join(cut) == b"".join(chunks)
    assert all(len(piece) == PIECE for piece in cut[:-1])


def test_without_keys_nothing_is_wrapped_in_a_seal(files):
    assert not isinstance(blobs_under(UNSEALED, files), SealedBlobs)


def test_what_was_sealed_is_opened_a_piece_at_a_time(files, tmp_path):
    under(files, NEW).put("documents/a", SECRET)
    with files.path("documents/a").open("rb") as kept:
        assert [len(piece) for piece in opened(seal_of([NEW]), "documents/a", kept)] == [PIECE, PIECE, PIECE, 54272]
