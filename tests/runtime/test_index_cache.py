"""An index comes back from disk as it was, or not at all, and then a sentence says why."""

import logging
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.tape import ArrayTape
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.runtime import index_cache
from vpdesk.runtime.index_cache import Index, IndexCache, IndexKey
from vpdesk.runtime.indexer import Indexer
from vpdesk.runtime.keyframes import Keyframes
from vpdesk.runtime.player import Cadence
from vpdesk.sources.simulator import simulate

PARAMS = EngineParams(tick_size=250_000_000, half_width=10)
KEY = IndexKey("content-1", "a.dbn", PARAMS, Cadence(100_000_000), "/data/a.dbn")


@pytest.fixture(scope="module")
def index() -> Index:
    records = np.concatenate(list(simulate(3.0, seed=5)))
    keyframes = Keyframes(1 << 28, 4000)
    last_ns = int(records["ts_event"].max())
    indexer = Indexer(ArrayTape(records), PARAMS, KEY.cadence, keyframes, last_ns - 3 * 10**9, last_ns)
    while not indexer.is_done:
        indexer.step()
    assert len(keyframes) > 1
    return Index(len(records), keyframes.frames(), indexer.overview())


def test_an_index_comes_back_as_it_was(tmp_path: Path, index: Index) -> None:
    cache = IndexCache(tmp_path / "new folder")
    assert cache.save(KEY, index) == ""
    loaded, why_not = cache.load(KEY)
    assert why_not == ""
    assert loaded is not None
    assert loaded.n_records == index.n_records
    for one, other in zip(loaded.frames, index.frames, strict=True):
        assert (one.event_id, one.clock_ns, one.seq, one.state) == (
            other.event_id,
            other.clock_ns,
            other.seq,
            other.state,
        )
        np.testing.assert_array_equal(one.checkpoint, other.checkpoint)
        assert Engine.restore(one.state).event_id == one.event_id
    for name in ("spot_tick", "n_events", "volume", "book_state"):
        np.testing.assert_array_equal(getattr(loaded.overview, name), getattr(index.overview, name))
    assert loaded.overview.n_done == index.overview.n_done


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, content="content-2", title="b.dbn", place="/data/b.dbn"),
        replace(KEY, content="content-2", place="/elsewhere/a.dbn"),
        replace(KEY, content="content-2", place=""),
        replace(KEY, params=replace(PARAMS, tau_s=1.0)),
        replace(KEY, params=replace(PARAMS, weights={"v_add": 2.0})),
        replace(KEY, cadence=Cadence(50_000_000)),
        replace(KEY, cadence=Cadence(100_000_000, 10)),
    ],
    ids=["another file", "another place", "no place", "tau", "weights", "column_ns", "column_events"],
)
def test_an_index_of_something_else_is_not_taken(tmp_path: Path, index: Index, other: IndexKey) -> None:
    cache = IndexCache(tmp_path)
    cache.save(KEY, index)
    assert cache.load(other) == (None, "")


def test_the_name_of_the_file_does_not_matter(tmp_path: Path, index: Index) -> None:
    cache = IndexCache(tmp_path)
    cache.save(KEY, index)
    assert cache.load(replace(KEY, title="renamed.dbn", place="/data/renamed.dbn"))[0] is not None


def test_a_file_written_anew_is_said_to_be_once(tmp_path: Path, index: Index) -> None:
    cache = IndexCache(tmp_path)
    cache.save(KEY, index)
    changed = replace(KEY, content="content-2")
    loaded, why_not = cache.load(changed)
    assert loaded is None
    assert why_not == "a.dbn was written anew since it was indexed; it is indexed again."
    cache.save(changed, index)
    assert cache.load(replace(changed, cadence=Cadence(50_000_000))) == (None, ""), "told already"
    assert cache.load(KEY)[1] == "", "and changed back"


@pytest.mark.parametrize("place", [0, 9, 40, -1, -5000])
def test_a_flipped_bit_anywhere_is_damage(tmp_path: Path, index: Index, place: int) -> None:
    cache = IndexCache(tmp_path)
    cache.save(KEY, index)
    path = tmp_path / KEY.name
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert cache.load(KEY) == (None, "The index of a.dbn is damaged; it is built again.")


@pytest.mark.parametrize("n_bytes", [0, 5, 16, 200, 100_000])
def test_a_cut_file_is_damage(tmp_path: Path, index: Index, n_bytes: int) -> None:
    cache = IndexCache(tmp_path)
    cache.save(KEY, index)
    path = tmp_path / KEY.name
    path.write_bytes(path.read_bytes()[:n_bytes])
    assert cache.load(KEY) == (None, "The index of a.dbn is damaged; it is built again.")


def test_an_index_of_another_version_is_built_again_and_only_the_log_tells(
    tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cache = IndexCache(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(index_cache, "_version", lambda: "of yesterday")
        cache.save(KEY, index)
    with caplog.at_level(logging.INFO):
        assert cache.load(KEY) == (None, "")
    assert "the index of a.dbn is of another version" in caplog.text
    assert cache.save(KEY, index) == ""
    assert cache.load(KEY)[0] is not None


def test_a_folder_that_cannot_be_written_costs_one_sentence(tmp_path: Path, index: Index) -> None:
    (tmp_path / "file").write_text("in the way")
    sentence = IndexCache(tmp_path / "file" / "index").save(KEY, index)
    assert sentence.startswith("The index of a.dbn cannot be kept in ")
    assert "not a directory" in sentence
    assert IndexCache(tmp_path / "file" / "index").load(KEY)[0] is None


def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_up(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(index_cache, "_pack", fill_up)
    assert "no space left on device" in IndexCache(tmp_path).save(KEY, index)
    assert list(tmp_path.iterdir()) == []


def test_the_longest_unused_goes_first_when_there_is_too_much(tmp_path: Path, index: Index) -> None:
    cache = IndexCache(tmp_path)
    keys = [replace(KEY, content=f"content-{n}", title=f"{n}.dbn") for n in range(3)]
    for age_s, key in zip((300, 200), keys[:2], strict=True):
        cache.save(key, index)
        os.utime(tmp_path / key.name, (1e9 - age_s, 1e9 - age_s))
    one_bytes = (tmp_path / keys[0].name).stat().st_size
    cache.load(keys[0])  # used, so the other is the oldest now
    cache.max_bytes = int(2.5 * one_bytes)
    cache.save(keys[2], index)
    assert [cache.load(key)[0] is not None for key in keys] == [True, False, True]
    cache.clear()
    assert cache.n_bytes() == 0
