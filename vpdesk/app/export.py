"""``vpdesk export``: columns of a session as a Parquet or Arrow file."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vpdesk.app.options import read_tick_size, read_time
from vpdesk.app.progress import progress_bar
from vpdesk.errors import OptionError, SourceError

MAX_COLUMN_NS: Final = 86_400 * 10**9
MAX_COLUMN_EVENTS: Final = 10**9

_UNITS_NS: Final = {"us": 1_000, "ms": 1_000_000, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_CADENCE: Final = re.compile(r"(\d{1,12}) ?(us|ms|s|m|h|events?)")


@dataclass(frozen=True)
class ExportWish:
    """What to write; the words of the command line, not yet checked."""

    files: tuple[Path, ...]
    output: Path
    from_time: str | None
    to_time: str | None
    column: str
    half_width: int
    tau_s: float
    ticks_per_bucket: int
    instrument: str | None
    tick_size: str | None
    may_replace: bool


def export(wish: ExportWish) -> str:
    """Write a file; return one line about it.

    Raises
    ------
    VpdeskError
        The wish makes no sense, or the files cannot be used, or the file cannot be written. If the data
        are damaged, what could be read of them has been written.
    """
    from vpdesk.app.output_file import check_output
    from vpdesk.core.params import EngineParams
    from vpdesk.export.table_file import TIME_END_NS, ColumnRange, check_path
    from vpdesk.export.writer import export_columns
    from vpdesk.figures import bytes_text, grouped
    from vpdesk.sources.tape import open_tape

    check_path(wish.output)
    check_output(wish.output, may_replace=wish.may_replace)
    column_ns, column_events = read_cadence(wish.column)
    tick_size = read_tick_size(wish.tick_size)
    with progress_bar("reading") as tell:
        tape = open_tape(
            list(wish.files), instrument=wish.instrument, tick_size=tick_size, progress=tell, wait=True
        )
    params = EngineParams(
        tape.instrument.tick.raw,
        half_width=wish.half_width,
        tau_s=wish.tau_s,
        ticks_per_bucket=wish.ticks_per_bucket,
    )
    start_ns = tape.instrument.first_ts_ns
    columns = ColumnRange(
        0 if wish.from_time is None else read_time(wish.from_time, start_ns),
        TIME_END_NS if wish.to_time is None else read_time(wish.to_time, start_ns),
    )
    if columns.from_ns >= columns.to_ns:
        raise OptionError("The range to export ends before it begins.")
    with progress_bar("exporting") as tell:
        done = export_columns(
            tape,
            params,
            wish.output,
            column_ns=column_ns,
            column_events=column_events,
            columns=columns,
            progress=tell,
        )
    tape.close()
    if done.problem:
        raise SourceError(f"{done.problem}; {grouped(done.n_columns)} columns were written.")
    return f"{done.path}: {grouped(done.n_columns)} columns, {bytes_text(done.n_bytes)}"


def read_cadence(text: str) -> tuple[int, int]:
    """Return what a column covers, of ``100ms`` or ``50 events``: its time in ns, its events (0: by time)."""
    found = _CADENCE.fullmatch(text.strip().lower())
    if found is None:
        raise OptionError(f"{text!r} is no width of a column; give a time such as 100ms, or 50 events.")
    number, unit = int(found[1]), found[2]
    if unit.startswith("event"):
        if not 1 <= number <= MAX_COLUMN_EVENTS:
            raise OptionError(f"A column covers from 1 to {MAX_COLUMN_EVENTS} events.")
        return MAX_COLUMN_NS, number
    column_ns = number * _UNITS_NS[unit]
    if not 1_000 <= column_ns <= MAX_COLUMN_NS:
        raise OptionError("A column covers from 1us to 24h.")
    return column_ns, 0
