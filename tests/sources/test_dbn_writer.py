import datetime as dt
import errno
import io
from pathlib import Path

import databento
import numpy as np
import pytest
import zstandard
from databento_dbn import Metadata

from vpdesk.core.events import F_LAST, MBO_DTYPE, MBO_LENGTH_WORDS, MBO_RTYPE, PRICE_SCALE
from vpdesk.errors import SourceError
from vpdesk.sources.dbn_writer import DbnWriter

DAY_NS = 86_400 * 10**9
START_NS = 20_000 * DAY_NS + DAY_NS // 2  # noon of 2024-10-04


def some_records(n=5, instrument_id=7):
    records = np.zeros(n, MBO_DTYPE)
    records["length"] = MBO_LENGTH_WORDS
    records["rtype"] = MBO_RTYPE
    records["publisher_id"] = 65_000
    records["instrument_id"] = instrument_id
    records["ts_event"] = records["ts_recv"] = START_NS + np.arange(n)
    records["order_id"] = np.arange(n) + 1
    records["price"] = 5_000 * PRICE_SCALE
    records["size"] = np.arange(n) + 1
    records["flags"] = F_LAST
    records["action"], records["side"] = b"A", b"B"
    return records


def writer_at(path, **changes):
    header = {
        "dataset": "VPDESK.SIM",
        "symbol": "VPSIM",
        "instrument_id": 7,
        "publisher_id": 65_000,
        "start_ns": START_NS,
        "end_ns": START_NS + DAY_NS,
    }
    return DbnWriter(path, **(header | changes))


def raw_bytes(path):
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    return path.read_bytes()


@pytest.fixture(params=["a.mbo.dbn", "a.mbo.dbn.zst"])
def path(request, tmp_path):
    return tmp_path / request.param


def test_the_records_come_back_byte_for_byte(path):
    records = some_records()
    with writer_at(path) as writer:
        writer.write(records[:2])
        writer.write(records[:0])
        writer.write(records[2:])
    raw = raw_bytes(path)
    header_end = 8 + int.from_bytes(raw[4:8], "little")
    assert raw[:4] == b"DBN\x03"
    assert raw[header_end:] == records.tobytes()


def test_a_slice_with_gaps_is_written_as_records_without_gaps(path):
    records = some_records(6)
    with writer_at(path) as writer:
        writer.write(records[::2])
    assert raw_bytes(path).endswith(records[::2].copy().tobytes())


def test_the_header_maps_the_symbol_for_every_day_touched(path):
    with writer_at(path):
        pass
    metadata = Metadata.decode(raw_bytes(path))
    assert (metadata.version, metadata.dataset, metadata.schema) == (3, "VPDESK.SIM", "mbo")
    assert (metadata.start, metadata.end) == (START_NS, START_NS + DAY_NS)
    assert metadata.symbols == ["VPSIM"]
    (interval,) = metadata.mappings["VPSIM"]
    assert interval["symbol"] == "7"
    # noon to noon: two days, and the end of an interval is exclusive
    assert (interval["start_date"], interval["end_date"]) == (dt.date(2024, 10, 4), dt.date(2024, 10, 6))


def test_a_session_that_ends_at_midnight_does_not_claim_the_next_day(path):
    with writer_at(path, end_ns=20_001 * DAY_NS):
        pass
    (interval,) = Metadata.decode(raw_bytes(path)).mappings["VPSIM"]
    assert interval["end_date"] == dt.date(2024, 10, 5)


def test_the_databento_client_reads_it(path):
    with writer_at(path) as writer:
        writer.write(some_records())
    store = databento.DBNStore.from_bytes(path.read_bytes())
    read = list(store)
    assert (store.dataset, str(store.schema), store.symbols) == ("VPDESK.SIM", "mbo", ["VPSIM"])
    assert [(r.order_id, r.price, r.size, r.action, r.side) for r in read] == [
        (n, 5_000 * PRICE_SCALE, n, "A", "B") for n in range(1, 6)
    ]


def test_no_file_has_the_name_before_it_is_whole(path):
    with writer_at(path) as writer:
        writer.write(some_records())
        assert not path.exists()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_failure_leaves_the_older_file_and_nothing_else(path):
    path.write_bytes(b"older")

    def fail_in_the_middle():
        with writer_at(path) as writer:
            writer.write(some_records())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_in_the_middle()
    assert path.read_bytes() == b"older"
    assert [file.name for file in path.parent.iterdir()] == [path.name]


class FullDisk(io.FileIO):
    def write(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_one_sentence_and_leaves_no_file(path, monkeypatch):
    monkeypatch.setattr(Path, "open", lambda self, mode: FullDisk(self, mode))

    def write_all():
        with writer_at(path) as writer:
            writer.write(some_records())

    with pytest.raises(SourceError, match=r"^a\.mbo\.dbn.* cannot be written: No space left on device\.$"):
        write_all()
    assert list(path.parent.iterdir()) == []


def test_an_absent_folder_is_one_sentence(path):
    with pytest.raises(SourceError, match="cannot be written: No such file or directory"):
        writer_at(path.parent / "absent" / path.name).__enter__()


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"must end in \.dbn or \.dbn\.zst"):
        writer_at(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset": "LONGER.THAN.A.DATASET.CAN.BE"},
        {"symbol": "é"},
        {"start_ns": -1},
        {"end_ns": 2**64},
        {"end_ns": START_NS},
    ],
)
def test_a_header_that_dbn_cannot_hold_is_refused(path, changes):
    with pytest.raises(SourceError):
        writer_at(path, **changes)
    assert not path.exists()


@pytest.mark.parametrize("records", [some_records(instrument_id=8), np.zeros(3, np.int64)])
def test_foreign_records_are_refused_and_spoil_the_file(path, records):
    def write_both():
        with writer_at(path) as writer:
            writer.write(some_records())
            writer.write(records)

    with pytest.raises(SourceError, match="takes"):
        write_both()
    assert not path.exists()


def test_writing_after_the_end_is_refused(path):
    with writer_at(path) as writer:
        pass
    with pytest.raises(SourceError, match="not open"):
        writer.write(some_records())
