"""Writes the columns of a session to a file, from its records, in constant memory.

An engine of its own replays the tape from the start, so the columns are those of a straight run, bit for
bit, for whatever part of the session is asked. Its ring is small: the columns are handed out as they are
closed, in groups of rows, before the engine comes round to their slots.
"""

import contextlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import DEFAULT_COLUMN_NS, H_START_NS, Columns, GridRing
from vpdesk.errors import CancelledError, VpdeskError
from vpdesk.export.clocks import EventClocks
from vpdesk.export.schema import Provenance, record_batch, schema_for
from vpdesk.sources.tape import Tape

SUFFIXES: Final = (".parquet", ".arrow")
SLICE_EVENTS: Final = 1 << 15  # at most, between two looks at the wish to cancel: some 4 ms
MAX_GROUP_ROWS: Final = 512
MAX_GROUP_BYTES: Final = 16 << 20
MIN_GROUP_ROWS: Final = 8  # the smallest ring holds twice as many
BYTES_PER_CELL: Final = 44
COMPRESSION: Final = "zstd"  # columns resemble one another: a thirteenth of the size, at the speed of others
COMPRESSION_LEVEL: Final = 1
GROWTH_WAIT_S: Final = 0.05  # between looks at a tape that is still being decoded
TIME_END_NS: Final = 2**63


class ExportError(VpdeskError):
    """The columns cannot be written, or there are none."""


@dataclass(frozen=True)
class ColumnRange:
    """The columns numbered ``first_seq .. last_seq`` that begin in ``from_ns <= start < to_ns``."""

    from_ns: int = 0
    to_ns: int = TIME_END_NS
    first_seq: int = 0
    last_seq: int = 2**63 - 1


WHOLE_SESSION: Final = ColumnRange()


@dataclass(frozen=True)
class Exported:
    """What was written; ``problem`` is what is wrong with the source, as in `Tape.problem`."""

    path: Path
    n_columns: int
    n_bytes: int
    problem: str


def export_columns(
    tape: Tape,
    params: EngineParams,
    path: Path,
    *,
    column_ns: int = DEFAULT_COLUMN_NS,
    column_events: int = 0,
    columns: ColumnRange = WHOLE_SESSION,
    progress: Callable[[float], None] = lambda _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Exported:
    """Write columns of a session as Parquet or Arrow, by the suffix of `path`.

    Parameters
    ----------
    tape
        May still grow; read to its end, or to the last column asked for.
    column_ns, column_events
        The cadence; see `GridRing`.
    progress
        Called with the share done, 0 to 1, on this thread.
    is_cancelled
        Asked now and then, on this thread.

    Raises
    ------
    ExportError
        The file cannot be written, or no column lies in the range. The file's former content is still there.
    CancelledError
        `is_cancelled` said so. No file is left, or the former one.
    """
    one = tape.instrument
    provenance = Provenance(tape.facts.dataset, one.name, tape.facts.content_id, column_ns, column_events)
    with _TableFile(path, schema_for(params, provenance)) as table:
        clocks = EventClocks(tape.read)

        def write(group: Columns) -> None:
            if is_cancelled():
                raise CancelledError("The export was cancelled.")
            begin, end = _rows_within(columns, group)
            if begin < end:
                rows = record_batch(table.schema, params, group, clocks.at(group.last_event_id))
                table.write(rows.slice(begin, end - begin))

        engine = Engine(params)
        ring = _DrainedRing(params.half_width, column_ns, column_events, write)
        slice_events = min(SLICE_EVENTS, column_events * ring.n_group or SLICE_EVENTS)
        while not ring.is_past(columns):
            if is_cancelled():
                raise CancelledError("The export was cancelled.")
            is_complete = tape.is_complete  # before the read, so that its last records are not missed
            records = tape.read(engine.event_id, engine.event_id + slice_events)
            if len(records) == 0:
                if is_complete:
                    break
                tape.wait_complete(GROWTH_WAIT_S)
                continue
            clocks.note(records)
            engine.feed(records, ring)
            progress(_share_done(columns, engine, ring, tape))
        ring.drain()
        if table.n_rows == 0:
            raise ExportError("No column of the session begins in that range, so nothing was written.")
    progress(1.0)
    return Exported(path, table.n_rows, path.stat().st_size, tape.problem)


def check_path(path: Path) -> None:
    """Refuse a path that names no file of a kind that can be written.

    Raises
    ------
    ExportError
        Its suffix is another, or there is no such folder, or it is a folder itself.
    """
    if path.suffix not in SUFFIXES:
        raise ExportError(f'"{path.name}" must end in {" or ".join(SUFFIXES)}.')
    try:
        if path.is_dir():
            raise ExportError(f"{path} is a folder, not a file.")
        if not path.parent.is_dir():
            raise ExportError(f"There is no folder {path.parent}.")
    except OSError as error:  # a name too long for the system
        raise _refusal(path, error) from None


class _DrainedRing(GridRing):
    """A ring that hands out every column once, closed, in groups of `n_group` rows.

    It holds two groups. The engine publishes at least every half group, and then less than a group and a
    half is waiting: no column is overwritten before it is handed out, however many one event closes.
    """

    def __init__(
        self, half_width: int, column_ns: int, column_events: int, take: Callable[[Columns], None]
    ) -> None:
        self.n_group = _rows_per_group(half_width)
        super().__init__(half_width, 2 * self.n_group, column_ns=column_ns, column_events=column_events)
        self._take = take
        self._next_seq = 0

    def publish(self) -> None:
        """Make what was written visible, and hand out the groups that are complete."""
        super().publish()
        while self._next_seq + self.n_group <= self.published_seq:
            self._hand_out(self._next_seq + self.n_group - 1)

    def drain(self) -> None:
        """Hand out what is left, the open column as well."""
        if self._next_seq <= self.published_seq:
            self._hand_out(self.published_seq)

    def is_past(self, columns: ColumnRange) -> bool:
        """Whether the open column, and so all to come, lie behind a range."""
        if self.published_seq < 0:
            return False
        start_ns = int(self.headers[self.published_seq & (self.capacity - 1), H_START_NS])
        return start_ns >= columns.to_ns or self.published_seq > columns.last_seq

    def _hand_out(self, last_seq: int) -> None:
        group = self.read(self._next_seq, last_seq)
        assert len(group.seq) == last_seq - self._next_seq + 1, "a column was overwritten before it was read"
        self._next_seq = last_seq + 1
        self._take(group)


class _TableFile:
    """A Parquet or Arrow file that appears under its name when it is complete, or not at all."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        check_path(path)
        self.schema = schema
        self.n_rows = 0
        self._path = path
        self._part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        self._file: BinaryIO | None = None
        self._writer: Any = None

    def __enter__(self) -> Self:
        try:
            self._file = self._part.open("xb")
            self._writer = _writer_for(self._path.suffix, self._file, self.schema)
        except OSError as error:
            self._discard()
            raise _refusal(self._path, error) from error
        return self

    def write(self, rows: pa.RecordBatch) -> None:
        """Append rows, as a row group of their own."""
        try:
            self._writer.write_batch(rows)
        except OSError as error:
            raise _refusal(self._path, error) from error
        self.n_rows += rows.num_rows

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()
            return
        assert self._file is not None
        try:
            self._writer.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.replace(self._path)
        except OSError as failure:
            self._discard()
            raise _refusal(self._path, failure) from failure

    def _discard(self) -> None:
        """Remove what was written. A second failure here would only hide the first."""
        if self._writer is not None:
            self._writer.is_open = False  # or a Parquet writer would write its footer when it is freed
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)


def _refusal(path: Path, error: OSError) -> ExportError:
    return ExportError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.")


def _writer_for(suffix: str, file: BinaryIO, schema: pa.Schema) -> Any:
    if suffix == ".parquet":
        return pq.ParquetWriter(
            file,
            schema,
            compression=COMPRESSION,
            compression_level=COMPRESSION_LEVEL,
            use_dictionary=["book_state"],  # of numbers that hardly repeat it costs time and room
            # to skip row groups by time; nobody asks for a range of pressures, and all are kept to the end
            write_statistics=[field.name for field in schema if not pa.types.is_nested(field.type)],
        )
    return pa.ipc.new_file(file, schema, options=pa.ipc.IpcWriteOptions(compression=COMPRESSION))


def _rows_per_group(half_width: int) -> int:
    """Return a power of two: rows written at a time, fewer where a row is large."""
    row_bytes = (2 * half_width + 1) * BYTES_PER_CELL
    n_rows = MAX_GROUP_ROWS
    while n_rows > MIN_GROUP_ROWS and n_rows * row_bytes > MAX_GROUP_BYTES:
        n_rows //= 2
    return n_rows


def _rows_within(columns: ColumnRange, group: Columns) -> tuple[int, int]:
    """Return the rows of a group, begin and end, that lie within a range: both numbers and starts rise."""
    starts_ns = group.headers[:, H_START_NS]
    by_time = (starts_ns >= columns.from_ns) & (starts_ns < columns.to_ns)
    rows = np.flatnonzero(by_time & (group.seq >= columns.first_seq) & (group.seq <= columns.last_seq))
    return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)


def _share_done(columns: ColumnRange, engine: Engine, ring: GridRing, tape: Tape) -> float:
    """Return how near the end is that comes first: of the tape, of the time, of the columns."""
    first_ns = tape.instrument.first_ts_ns
    shares = (
        engine.event_id / max(1, tape.instrument.n_records),
        (engine.clock_ns - first_ns) / max(1, columns.to_ns - first_ns),
        ring.published_seq / (columns.last_seq + 1),
    )
    return min(1.0, max(shares))
