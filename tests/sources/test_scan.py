"""The one pass over the data: instruments, times, states, tick sizes, and what is wrong."""

import os
from pathlib import Path

import numpy as np
import pytest

from tests.realdata import DATA, needs_data
from tests.sources import dbn_bytes
from tests.sources.dbn_bytes import DAY_NS, START_NS
from vpdesk.errors import CancelledError, SourceError
from vpdesk.sources import scan
from vpdesk.sources.cache import Cache
from vpdesk.sources.facts import TickSize
from vpdesk.sources.scan import probe


def written(folder: Path, name: str, *parts: bytes) -> Path:
    path = folder / name
    path.write_bytes(b"".join(parts))
    return path


def test_instruments_come_busiest_first_with_their_own_counts_and_times(tmp_path: Path) -> None:
    quiet = dbn_bytes.orders(100, instrument_id=8, start_ns=START_NS + 50_000)
    busy = dbn_bytes.orders(300, instrument_id=7)
    both = np.concatenate([quiet, busy])
    both = both[np.argsort(both["ts_event"], kind="stable")]
    head = dbn_bytes.header(symbols={"ESZ4": [(0, 1, 7)], "NQZ4": [(0, 1, 8)]})

    facts = probe(written(tmp_path, "a.dbn", head, both.tobytes()))

    assert [(one.symbol, one.instrument_id, one.n_records) for one in facts.instruments] == [
        ("ESZ4", 7, 300),
        ("NQZ4", 8, 100),
    ]
    assert facts.n_records == 400
    assert (facts.dataset, facts.dbn_versions, facts.problem) == ("GLBX.MDP3", (3,), "")
    # the clear at the very start has a time, but nothing lives yet
    assert facts.instruments[1].first_ts_ns == START_NS + 50_000 + 1_000_000
    assert facts.instruments[1].last_ts_ns == START_NS + 50_000 + 99_000_000
    assert facts.instruments[0].tick == TickSize(250_000_000, "inferred", True)


@pytest.mark.parametrize(
    ("first", "has_snapshot", "starts_mid_book"),
    [("snapshot", True, False), ("clear", False, False), ("order", False, True)],
)
def test_how_the_book_starts_is_seen(
    tmp_path: Path, first: str, has_snapshot: bool, starts_mid_book: bool
) -> None:
    live = dbn_bytes.orders(50, clears=first == "clear")
    parts = [dbn_bytes.snapshot(20), live] if first == "snapshot" else [live]
    facts = probe(written(tmp_path, "a.dbn", dbn_bytes.header(), *(part.tobytes() for part in parts)))
    (one,) = facts.instruments
    assert (one.has_snapshot, one.starts_mid_book) == (has_snapshot, starts_mid_book)
    assert one.first_ts_ns >= START_NS  # not the age of the snapshot's orders


def test_days_of_one_symbol_are_one_instrument_though_the_id_changes(tmp_path: Path) -> None:
    for day, instrument_id in enumerate((32, 33, 32)):
        symbols = {"AAPL": [(day, day + 1, instrument_id)], "MSFT": [(day, day + 1, 65 - instrument_id)]}
        records = dbn_bytes.orders(50, instrument_id=instrument_id, start_ns=START_NS + day * DAY_NS)
        other = dbn_bytes.orders(20, instrument_id=65 - instrument_id, start_ns=START_NS + day * DAY_NS)
        head = dbn_bytes.header(symbols=symbols, dataset="XNAS.ITCH")
        written(tmp_path, f"{day}.dbn", head, records.tobytes(), other.tobytes())

    facts = probe(tmp_path)

    assert [(one.symbol, one.n_records) for one in facts.instruments] == [("AAPL", 150), ("MSFT", 60)]
    assert facts.instruments[0].ids_by_file == ((32,), (33,), (32,))
    assert facts.instruments[0].tick == TickSize(10_000_000, "rule", True)


def test_the_same_data_twice_are_refused(tmp_path: Path) -> None:
    data = dbn_bytes.header() + dbn_bytes.orders(3000).tobytes()
    written(tmp_path, "a.dbn", data)
    written(tmp_path, "b.dbn.zst", dbn_bytes.compressed(data))
    with pytest.raises(SourceError, match="repeats a time of instrument 7 that another file covers"):
        probe(tmp_path)


def test_the_tick_size_comes_from_a_definition_in_the_capture_or_beside_it(tmp_path: Path) -> None:
    records = dbn_bytes.orders(50).tobytes()
    mixed = written(
        tmp_path, "mixed.dbn", dbn_bytes.header(schema=None), dbn_bytes.definition(7, 125_000_000), records
    )
    assert probe(mixed).instruments[0].tick == TickSize(125_000_000, "definition", True)
    assert probe(mixed).is_mixed

    plain = written(tmp_path, "x.mbo.dbn", dbn_bytes.header(symbols={"ESZ4": [(0, 1, 7)]}), records)
    assert probe(plain).instruments[0].tick.origin == "inferred"
    beside = tmp_path / "x.definition.dbn"
    for dataset, symbol, expected in [
        ("XNAS.ITCH", "ESZ4", "inferred"),  # another venue's
        ("GLBX.MDP3", "NQZ4", "inferred"),  # another instrument's, though the id is the same
        ("GLBX.MDP3", "ESZ4", "definition"),
    ]:
        head = dbn_bytes.header(schema="definition", symbols={symbol: [(0, 1, 7)]}, dataset=dataset)
        beside.write_bytes(head + dbn_bytes.definition(7, 500_000_000))
        assert probe(plain).instruments[0].tick.origin == expected
    beside.write_bytes(b"damaged")
    assert probe(plain).instruments[0].tick.origin == "inferred"


@needs_data
def test_real_files_give_their_known_tick_sizes_and_states() -> None:
    assert DATA is not None
    seen = {
        name: probe(DATA / f"{name}.mbo.{ending}").instruments[0]
        for name, ending in [
            ("es-esm4-2s-snapshot", "dbn.zst"),
            ("cl-clx5-2h30-no-snapshot", "dbn"),
            ("xnas-arl-day", "dbn.zst"),
        ]
    }
    assert [one.symbol for one in seen.values()] == ["ESM4", "CLX5", "ARL"]
    assert [one.n_records for one in seen.values()] == [13_796, 38_212, 5_886]
    ticks = [(one.tick.raw, one.tick.origin) for one in seen.values()]
    assert ticks == [(250_000_000, "definition"), (10_000_000, "inferred"), (10_000_000, "rule")]
    assert [one.has_snapshot for one in seen.values()] == [True, False, False]
    assert [one.starts_mid_book for one in seen.values()] == [False, True, False]


@needs_data
def test_the_tick_size_of_a_real_future_is_inferred_right_without_its_definition(tmp_path: Path) -> None:
    assert DATA is not None
    alone = tmp_path / "es.dbn.zst"
    alone.write_bytes((DATA / "es-esm4-2s-snapshot.mbo.dbn.zst").read_bytes())
    assert probe(alone).instruments[0].tick == TickSize(250_000_000, "inferred", True)


def test_a_cut_file_among_several_is_named(tmp_path: Path) -> None:
    whole = dbn_bytes.header() + dbn_bytes.orders(10).tobytes()
    later = dbn_bytes.header() + dbn_bytes.orders(10, start_ns=START_NS + DAY_NS).tobytes()
    written(tmp_path, "a.dbn", whole[:-1])
    written(tmp_path, "b.dbn", later)
    facts = probe(tmp_path)
    assert facts.n_records == 19
    assert facts.problem == "a.dbn: the file is cut short: 9 records read"


def test_an_id_that_changes_hands_within_a_file_is_told(tmp_path: Path) -> None:
    head = dbn_bytes.header(symbols={"AAPL": [(0, 1, 7)], "MSFT": [(1, 2, 7)]})
    facts = probe(written(tmp_path, "a.dbn", head, dbn_bytes.orders(10).tobytes()))
    assert "AAPL and MSFT on different days" in facts.problem


@pytest.mark.parametrize(
    ("schema", "data", "words"),
    [
        ("mbo", b"", "holds no market-by-order records"),
        (None, dbn_bytes.heartbeat(), "holds no market-by-order records"),
        ("mbo", bytes(56), "cannot be used: a record is damaged"),
        ("mbo", b"\x0e\xa0", "cannot be used: the file is cut short: 0 records read"),
    ],
)
def test_a_file_without_a_single_order_is_refused(
    tmp_path: Path, schema: str | None, data: bytes, words: str
) -> None:
    with pytest.raises(SourceError, match=f"^a\\.dbn {words}"):
        probe(written(tmp_path, "a.dbn", dbn_bytes.header(schema=schema), data))


def test_too_many_instruments_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_MAX_INSTRUMENTS", 64)
    records = dbn_bytes.orders(65)
    records["instrument_id"] = np.arange(65)
    enough = written(tmp_path, "a.dbn", dbn_bytes.header(), records[:64].tobytes())
    assert len(probe(enough).instruments) == 64
    too_many = written(tmp_path, "b.dbn", dbn_bytes.header(), records.tobytes())
    with pytest.raises(SourceError, match=r"b\.dbn holds more than 64 instruments"):
        probe(too_many)


def test_progress_reaches_the_end_and_never_falls(tmp_path: Path) -> None:
    for day in range(3):
        records = dbn_bytes.orders(1000, start_ns=START_NS + day * DAY_NS)
        written(tmp_path, f"{day}.dbn", dbn_bytes.header(), records.tobytes())
    seen: list[float] = []
    probe(tmp_path, progress=seen.append)
    assert seen == sorted(seen)
    assert len(seen) > 3
    assert seen[-1] == 1.0


def test_a_pass_can_be_cancelled(tmp_path: Path) -> None:
    path = written(tmp_path, "a.dbn", dbn_bytes.header(), dbn_bytes.orders(10).tobytes())
    with pytest.raises(CancelledError):
        probe(path, cancel=lambda: True)


def test_facts_are_remembered_by_content_and_forgotten_when_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path / "cache")
    path = written(tmp_path, "a.dbn", dbn_bytes.header(), dbn_bytes.orders(10).tobytes())
    facts = probe(path, cache=cache)
    moved = path.rename(tmp_path / "b.dbn")
    scans = []
    original = scan._scan
    monkeypatch.setattr(scan, "_scan", lambda *args: scans.append(1) or original(*args))

    again = probe(moved, cache=cache)
    assert (again.instruments, again.paths, len(scans)) == (facts.instruments, (moved,), 0)

    written_at_ns = moved.stat().st_mtime_ns
    os.utime(moved, ns=(written_at_ns, written_at_ns + 1))
    probe(moved, cache=cache)
    assert len(scans) == 1  # it may have been changed in place, where the content id does not look

    for kept in cache.folder.glob("*.facts"):
        kept.write_text("{")
    assert probe(moved, cache=cache) == again
    assert len(scans) == 2

    moved.write_bytes(moved.read_bytes() + dbn_bytes.orders(1).tobytes())
    assert probe(moved, cache=cache).n_records == 11
