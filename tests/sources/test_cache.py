"""The cache folder: valid only when whole, bounded, and never in the way when the disk refuses."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from tests.sources import dbn_bytes
from vpdesk.errors import SourceError
from vpdesk.sources import cache as cache_module
from vpdesk.sources.cache import Cache, Spool

RECORDS = dbn_bytes.orders(1000)


class FullDisk:
    """A file on a disk that takes so many bytes and no more."""

    def __init__(self, file: object, n_bytes: int) -> None:
        self._file = file
        self._n_left = n_bytes

    def write(self, data: memoryview) -> int:
        if self._n_left == 0:
            raise OSError(28, "No space left on device")
        n = self._file.write(data[: self._n_left])
        self._n_left -= n
        return n

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def full_after(spool: Spool, n_bytes: int) -> Spool:
    spool._file = FullDisk(spool._file, n_bytes)
    return spool


def sealed(cache: Cache, key: str, n: int = RECORDS.size) -> None:
    spool = cache.spool(key)
    spool.append(RECORDS[:n])
    spool.seal()


def test_sealed_records_are_found_again_and_unsealed_ones_are_not(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    spool = cache.spool("k")
    for at in range(0, 1000, 300):
        spool.append(RECORDS[at : at + 300])
    assert cache.find("k") is None
    spool.seal()
    found = Cache(tmp_path).find("k")
    assert found is not None
    assert found.tobytes() == RECORDS.tobytes()
    assert not found.flags.writeable


def test_records_can_be_read_while_they_grow_and_old_views_stay_valid(tmp_path: Path) -> None:
    spool = Cache(tmp_path).spool("k")
    spool.append(RECORDS[:10])
    early = spool.read(0, 10)
    spool.append(RECORDS[10:])
    assert spool.read(5, 15).tobytes() == RECORDS[5:15].tobytes()
    assert early.tobytes() == RECORDS[:10].tobytes()
    assert spool.read(990, 2000).size == 10
    assert spool.read(1000, 2000).size == 0
    spool.discard()
    assert list(tmp_path.iterdir()) == []
    assert spool.read(0, 1000).tobytes() == RECORDS.tobytes()


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "note", "escape"])
def test_damaged_records_are_not_used(tmp_path: Path, damage: str) -> None:
    cache = Cache(tmp_path)
    sealed(cache, "k")
    (path,) = tmp_path.glob("*.records")
    note = tmp_path / "k.json"
    if damage == "cut":
        os.truncate(path, 999 * 56)
    elif damage == "changed":
        data = bytearray(path.read_bytes())
        data[5000] ^= 1
        path.write_bytes(data)
    elif damage == "gone":
        path.unlink()
    elif damage == "note":
        note.write_text("[1]")
    else:
        outside = tmp_path.parent / "outside.records"
        path.rename(outside)
        note.write_text(json.dumps(json.loads(note.read_text()) | {"file": "../outside.records"}))
    assert cache.find("k") is None


def test_a_full_disk_continues_in_memory_without_losing_a_record(tmp_path: Path) -> None:
    for n_bytes in (0, 56, 300 * 56 + 17, 999 * 56):
        spool = full_after(Cache(tmp_path).spool("k"), n_bytes)
        for at in range(0, 1000, 130):
            spool.append(RECORDS[at : at + 130])
        assert spool.n_records == 1000
        assert spool.read(0, 1000).tobytes() == RECORDS.tobytes()
        for start, stop in [(0, 1), (298, 303), (299, 300), (300, 301), (640, 900), (999, 1000)]:
            part = spool.read(start, stop)
            assert part.tobytes() == RECORDS[start:stop].tobytes()
            assert not part.flags.writeable
        spool.seal()
        assert spool.disk_problem == "no space left on device"
        assert list(tmp_path.iterdir()) == []
        assert spool.read(0, 1000).tobytes() == RECORDS.tobytes()


def test_neither_disk_nor_memory_is_said_in_one_sentence_and_keeps_what_was_read(tmp_path: Path) -> None:
    spool = full_after(Cache(tmp_path, max_memory_bytes=500 * 56).spool("k"), 100 * 56)
    spool.append(RECORDS[:600])
    with pytest.raises(SourceError, match=r"cannot be written \(no space left on device\).*fit in memory"):
        spool.append(RECORDS[600:])
    assert spool.read(0, 1000).tobytes() == RECORDS[:600].tobytes()


def test_a_folder_that_cannot_be_made_is_replaced_by_memory(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    cache = Cache(in_the_way / "cache")
    spool = cache.spool("k")
    spool.append(RECORDS)
    spool.seal()
    cache.write_text("t", "text")
    assert spool.read(0, 1000).tobytes() == RECORDS.tobytes()
    assert spool.disk_problem != ""
    assert (cache.find("k"), cache.read_text("t"), cache.n_bytes()) == (None, None, 0)
    cache.clear()


def test_a_note_that_cannot_be_written_leaves_the_records_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise OSError(30, "Read-only file system")

    spool = Cache(tmp_path).spool("k")
    spool.append(RECORDS)
    monkeypatch.setattr(Cache, "_replace", refuse)
    spool.seal()
    assert spool.disk_problem == "read-only file system"
    assert spool.read(0, 1000).tobytes() == RECORDS.tobytes()


def test_what_was_used_longest_ago_is_dropped_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, max_bytes=3 * 1000 * 56)
    for age, key in enumerate("cba"):
        sealed(cache, key)
        os.utime(tmp_path / f"{key}.json", (1000 - age, 1000 - age))
    assert cache.find("a") is not None  # used just now, so no longer the oldest
    sealed(cache, "d")
    kept = {key for key in "abcd" if cache.find(key) is not None}
    assert kept == {"a", "d"}  # the notes take room too
    assert cache.n_bytes() <= cache.max_bytes


def test_the_newest_records_stay_even_if_they_alone_are_too_much(tmp_path: Path) -> None:
    cache = Cache(tmp_path, max_bytes=10)
    sealed(cache, "a")
    assert cache.find("a") is not None


def test_abandoned_files_are_swept_up_after_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    abandoned = [tmp_path / "x.records", tmp_path / "y.part"]
    for path in abandoned:
        path.write_bytes(b"")
    sealed(cache, "a")
    assert all(path.exists() for path in abandoned)
    monkeypatch.setattr(cache_module, "_ABANDONED_S", -1.0)
    sealed(cache, "b")
    assert not any(path.exists() for path in abandoned)
    assert cache.find("a") is not None


def test_clearing_removes_what_is_ours_and_nothing_else(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    sealed(cache, "a")
    cache.write_text("t", "text")
    assert cache.n_bytes() > RECORDS.nbytes
    assert cache.read_text("t") == "text"
    (tmp_path / "notes.txt").write_text("mine")
    cache.clear()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert cache.n_bytes() == 0


def test_two_writers_of_one_key_do_not_disturb_each_other(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    one, two = cache.spool("k"), cache.spool("k")
    one.append(RECORDS)
    two.append(RECORDS)
    one.seal()
    two.seal()
    assert np.array_equal(one.read(0, 1000), two.read(0, 1000))
    found = cache.find("k")
    assert found is not None
    assert found.tobytes() == RECORDS.tobytes()
