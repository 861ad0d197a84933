"""Reading DBN bytes: official files, files cut and damaged anywhere, and files that are something else."""

from pathlib import Path

import databento_dbn
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.realdata import DATA, needs_data
from tests.sources import dbn_bytes
from vpdesk.core.events import MBO_DTYPE
from vpdesk.errors import SourceError
from vpdesk.figures import grouped
from vpdesk.sources.dbn import ByteStream, RecordStream

RECORDS = dbn_bytes.orders(9)
HEADER = dbn_bytes.header(symbols={"ESZ4": [(0, 1, 7)]})


def read(path: Path, chunk_bytes: int = 1000) -> tuple[NDArray[np.void], RecordStream]:
    """Read a whole file; a small chunk makes records straddle chunks."""
    with RecordStream(path, chunk_bytes) as stream:
        parts = [chunk.copy() for chunk in stream.chunks()]
    return np.concatenate(parts) if parts else np.empty(0, MBO_DTYPE), stream


def written(folder: Path, data: bytes, name: str = "some.dbn") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


OFFICIAL = sorted((DATA / "dbn_versions").glob("*.dbn*")) if DATA is not None else []


@needs_data
@pytest.mark.parametrize("path", OFFICIAL, ids=lambda path: path.name)
def test_official_files_give_the_same_records_as_the_vendors_decoder(path: Path) -> None:
    bytes_stream = ByteStream(path)
    data = bytes_stream.read(1 << 20)
    bytes_stream.close()
    decoder = databento_dbn.DBNDecoder()
    decoder.write(data)
    expected = [bytes(record) for record in decoder.decode() if isinstance(record, databento_dbn.MBOMsg)]

    records, stream = read(path)

    assert [record.tobytes() for record in records] == expected
    assert stream.problem == ""
    assert ("mbo." in path.name or "LIVE" in path.name) == bool(expected)


@needs_data
def test_a_live_recording_tells_symbols_and_tick_sizes() -> None:
    assert DATA is not None
    _, stream = read(DATA / "dbn_versions" / "py.LIVE.test_data.live.dbn.zst")
    assert stream.symbols == {183748: "ESZ4"}
    assert stream.increments == {183748: 250_000_000}


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("frames", [0, 1, 3])
def test_every_version_reads_alike_plain_or_in_any_number_of_frames(
    tmp_path: Path, version: int, frames: int
) -> None:
    data = dbn_bytes.header(version=version, symbols={"ESZ4": [(0, 1, 7)]}) + RECORDS.tobytes()
    path = written(tmp_path, dbn_bytes.compressed(data, frames=frames) if frames else data)

    records, stream = read(path)

    assert records.tobytes() == RECORDS.tobytes()
    assert (stream.header.version, stream.header.dataset, stream.header.schema) == (
        version,
        "GLBX.MDP3",
        "mbo",
    )
    assert [(one.symbol, one.instrument_id) for one in stream.header.mappings] == [("ESZ4", 7)]
    assert stream.problem == ""
    assert stream.n_records == RECORDS.size


def test_a_skippable_frame_is_passed_over(tmp_path: Path) -> None:
    skippable = b"\x5a\x2a\x4d\x18\x03\0\0\0abc"
    frame = dbn_bytes.compressed(HEADER + RECORDS.tobytes())
    records, stream = read(written(tmp_path, skippable + frame + skippable))
    assert records.size == RECORDS.size
    assert stream.problem == ""


def test_a_plain_file_cut_at_any_byte_keeps_the_whole_records_before_the_cut(tmp_path: Path) -> None:
    data = HEADER + RECORDS.tobytes()
    for cut in range(len(data)):
        path = written(tmp_path, data[:cut])
        if cut < len(HEADER):
            with pytest.raises(SourceError, match="is empty" if cut == 0 else "cut short before its first"):
                read(path)
            continue
        records, stream = read(path)
        n_whole, n_left = divmod(cut - len(HEADER), 56)
        assert records.tobytes() == RECORDS[:n_whole].tobytes()
        expected = f"the file is cut short: {n_whole} records read" if n_left else ""
        assert stream.problem == expected


def test_a_compressed_file_cut_at_any_byte_says_so_and_keeps_what_was_decoded(tmp_path: Path) -> None:
    data = dbn_bytes.compressed(HEADER + RECORDS.tobytes(), frames=2)
    most = 0
    for cut in range(len(data)):
        path = written(tmp_path, data[:cut], "some.dbn.zst")
        try:
            records, stream = read(path)
        except SourceError:
            continue
        assert records.tobytes() == RECORDS[: records.size].tobytes()
        assert records.size >= most
        most = records.size
        # at the border of two frames the cut shows only as an incomplete record, if at all
        assert stream.problem == f"the file is cut short: {records.size} records read"
    assert most >= RECORDS.size - 1


def test_damaged_compression_anywhere_keeps_a_prefix_or_refuses_in_words(tmp_path: Path) -> None:
    data = dbn_bytes.compressed(HEADER + dbn_bytes.orders(200).tobytes(), frames=8)
    n_damaged = 0
    for at in range(4, len(data), 3):
        broken = bytearray(data)
        broken[at] ^= 0x55
        try:
            _, stream = read(written(tmp_path, bytes(broken)))
        except SourceError:
            continue
        n_damaged += "damaged" in stream.problem or "cut short" in stream.problem
    assert n_damaged > 100


def test_records_before_damaged_compression_are_kept(tmp_path: Path) -> None:
    many = dbn_bytes.orders(20_000)
    data = bytearray(dbn_bytes.compressed(HEADER + many.tobytes()))
    data[len(data) // 2] ^= 0xFF
    records, stream = read(written(tmp_path, bytes(data)))
    n_before = 9_000  # nothing tells where in the damaged block the damage begins
    assert n_before < records.size <= many.size
    assert records[:n_before].tobytes() == many[:n_before].tobytes()
    damage = "the compressed data are damaged, the last records perhaps wrong"
    assert stream.problem == f"{damage}: {grouped(records.size)} records read"


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (0, 0, "length 0 bytes"),
        (0, 3, "length 12 bytes"),
        (0, 15, "length 60 bytes"),
        (0, 16, "length 64 bytes"),  # right only where the header announces send times
        (0, 255, "length 1020 bytes"),
        (1, 77, "type 77"),
    ],
)
def test_a_damaged_record_ends_the_stream_and_keeps_what_came_before(
    tmp_path: Path, at: int, value: int, words: str
) -> None:
    data = bytearray(HEADER + RECORDS.tobytes())
    data[len(HEADER) + 5 * 56 + at] = value
    records, stream = read(written(tmp_path, bytes(data)))
    assert records.tobytes() == RECORDS[:5].tobytes()
    assert words in stream.problem
    assert "5 records read" in stream.problem


def test_another_record_type_in_a_file_of_schema_mbo_is_damage(tmp_path: Path) -> None:
    data = HEADER + RECORDS[:3].tobytes() + dbn_bytes.heartbeat() + RECORDS[3:].tobytes()
    records, stream = read(written(tmp_path, data))
    assert records.size == 3
    assert "type 23" in stream.problem


def test_records_with_a_send_time_are_read_as_plain_ones(tmp_path: Path) -> None:
    data = dbn_bytes.header(ts_out=True) + dbn_bytes.with_ts_out(RECORDS)
    records, stream = read(written(tmp_path, data))
    assert stream.header.has_ts_out
    assert records.tobytes() == RECORDS.tobytes()


@pytest.mark.parametrize(("version", "n_definition"), [(1, 360), (2, 400), (3, 520)])
def test_a_mixed_file_gives_its_orders_and_what_the_others_say(
    tmp_path: Path, version: int, n_definition: int
) -> None:
    parts = [
        dbn_bytes.header(schema=None, version=version),
        dbn_bytes.mapping(7, "ES.c.0", "ESZ4", version=version),
        dbn_bytes.definition(7, 1_000_000_000, n_definition),
        RECORDS[:4].tobytes(),
        dbn_bytes.heartbeat(),
        dbn_bytes.definition(7, 250_000_000, n_definition),
        dbn_bytes.mapping(8, "NQZ4", "8", version=version),
        RECORDS[4:].tobytes(),
    ]
    records, stream = read(written(tmp_path, b"".join(parts)), chunk_bytes=100)
    assert records.tobytes() == RECORDS.tobytes()
    assert stream.symbols == {7: "ESZ4", 8: "NQZ4"}
    assert stream.increments == {7: 250_000_000}  # the last one holds


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"symbol,price\nESZ4,5000\n", "is not a DBN file"),
        (b"\x28\xb5\x2f\xfdgarbage garbage", "is not a DBN file"),
        (dbn_bytes.compressed(b"plain text"), "is not a DBN file"),
        (b"DBN\x09" + bytes(100), "DBN version 9"),
        (b"DBN\x03\xff\xff\xff\xff" + bytes(100), "damaged header"),
        (b"DBN\x03\x40\0\0\0" + b"\xff" * 100, "damaged header"),
        (b"DBN\x03\xff\xff\0\0" + bytes(100), "cut short before its first record"),
    ],
)
def test_what_is_no_dbn_file_is_refused_by_name(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words) as refusal:
        RecordStream(written(tmp_path, data))
    assert str(refusal.value).startswith("some.dbn ")


@needs_data
def test_the_old_format_is_refused_with_a_way_out() -> None:
    assert DATA is not None
    with pytest.raises(SourceError, match=r"old DBZ format.*Download it again"):
        RecordStream(DATA / "dbn_versions" / "test_data.mbo.dbz")


def test_a_missing_path_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        RecordStream(tmp_path / "absent.dbn")
    with pytest.raises(SourceError, match="is not a file"):
        RecordStream(tmp_path)


@given(st.binary(max_size=80), st.integers(0, len(HEADER) - 1))
def test_a_header_overwritten_at_random_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    data = bytearray(HEADER + RECORDS.tobytes())
    data[at : at + len(noise)] = noise
    path = written(tmp_path_factory.getbasetemp(), bytes(data), "noise.dbn")
    try:
        records, _ = read(path)
    except SourceError as error:
        assert "noise.dbn" in str(error)  # noqa: PT017 - being refused is one of two right answers
    else:
        assert records.size <= RECORDS.size


def test_a_name_with_control_characters_is_made_printable(tmp_path: Path) -> None:
    data = dbn_bytes.header(symbols={"ES\x1b[2J": [(0, 1, 7)]}) + RECORDS.tobytes()
    _, stream = read(written(tmp_path, data))
    assert stream.header.mappings[0].symbol == "ES?[2J"


def test_a_file_that_cannot_be_opened_is_refused_with_the_systems_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, HEADER)

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"^some\.dbn cannot be read: permission denied\.$"):
        RecordStream(path)
