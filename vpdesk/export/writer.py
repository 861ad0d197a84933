"""Writes the columns of a session to a file, from its records, in constant memory.

An engine of its own replays the tape from the start, so the columns are those of a straight run, bit for
bit, for whatever part of the session is asked. Its ring is small: the columns are handed out as they are
closed, in groups of rows, before the engine comes round to their slots.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import DEFAULT_COLUMN_NS, H_START_NS, Columns, GridRing
from vpdesk.errors import CancelledError
from vpdesk.export.clocks import EventClocks
from vpdesk.export.schema import Provenance, record_batch, schema_for
from vpdesk.export.table_file import (
    WHOLE_SESSION,
    ColumnRange,
    Exported,
    ExportError,
    TableFile,
    rows_per_group,
    rows_within,
)
from vpdesk.sources.tape import Tape

SLICE_EVENTS: Final = 1 << 15  # at most, between two looks at the wish to cancel: some 4 ms
GROWTH_WAIT_S: Final = 0.05  # between looks at a tape that is still being decoded


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
    with TableFile(path, schema_for(params, provenance)) as table:
        clocks = EventClocks(tape.read)

        def write(group: Columns) -> None:
            if is_cancelled():
                raise CancelledError("The export was cancelled.")
            begin, end = rows_within(columns, group)
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


class _DrainedRing(GridRing):
    """A ring that hands out every column once, closed, in groups of `n_group` rows.

    It holds two groups. The engine publishes at least every half group, and then less than a group and a
    half is waiting: no column is overwritten before it is handed out, however many one event closes.
    """

    def __init__(
        self, half_width: int, column_ns: int, column_events: int, take: Callable[[Columns], None]
    ) -> None:
        self.n_group = rows_per_group(half_width)
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


def _share_done(columns: ColumnRange, engine: Engine, ring: GridRing, tape: Tape) -> float:
    """Return how near the end is that comes first: of the tape, of the time, of the columns."""
    first_ns = tape.instrument.first_ts_ns
    shares = (
        engine.event_id / max(1, tape.instrument.n_records),
        (engine.clock_ns - first_ns) / max(1, columns.to_ns - first_ns),
        ring.published_seq / (columns.last_seq + 1),
    )
    return min(1.0, max(shares))
