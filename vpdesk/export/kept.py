"""Writes the columns that a ring still holds: what was seen of a feed whose records are not at hand.

The ring is only read, a group of columns at a time, on the caller's thread; its writer is not waited for and
does not wait. Columns are taken oldest first, so that they are read before the writer comes round to them.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.params import EngineParams
from vpdesk.core.ring import H_CLOCK_NS, H_START_NS, Columns, GridRing
from vpdesk.errors import CancelledError
from vpdesk.export.schema import Provenance, record_batch, schema_for
from vpdesk.export.table_file import (
    WHOLE_SESSION,
    ColumnRange,
    Exported,
    ExportError,
    TableFile,
    rows_per_group,
)


def export_kept_columns(
    ring: GridRing,
    params: EngineParams,
    provenance: Provenance,
    path: Path,
    *,
    columns: ColumnRange = WHOLE_SESSION,
    progress: Callable[[float], None] = lambda _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Exported:
    """Write columns as they were computed live, as Parquet or Arrow by the suffix of `path`.

    What is written has no holes. The newest column is written as it stands when its turn comes. The time of a
    touch is as precise as the ring keeps it. Thread: any, a reader of the ring.

    Parameters
    ----------
    ring, params
        The writer may go on; `params` are those of its engine.
    columns
        What of it to write; columns that come after the call are left out.

    Raises
    ------
    ExportError
        The file cannot be written, or the ring holds no column of the range, or its writer came round to
        the columns while they were being read. The file's former content is still there.
    CancelledError
        `is_cancelled` said so. No file is left, or the former one.
    """
    grid_of = (params.half_width, params.tick_size, params.ticks_per_bucket)
    if ring.published_seq >= 0 and grid_of != (ring.half_width, ring.tick_size, ring.ticks_per_bucket):
        raise ExportError("The parameters have just changed, so nothing was written. Export again.")
    first, last, is_cut = _kept_within(ring, columns)
    with TableFile(path, schema_for(params, provenance)) as table:
        n_group = rows_per_group(ring.half_width)
        for begin in range(first, last + 1, n_group):
            if is_cancelled():
                raise CancelledError("The export was cancelled.")
            end = min(begin + n_group - 1, last)
            group = ring.read(begin, end)
            is_lapped = len(group.seq) < end - begin + 1
            if is_lapped and table.n_rows:
                raise ExportError(
                    "The feed overwrote columns before they could be written, so nothing was written. "
                    "Choose a shorter range."
                )
            is_cut = is_cut or is_lapped
            if len(group.seq):
                table.write(record_batch(table.schema, params, group, _touched_ns(ring, group)))
            progress((end - first + 1) / (last - first + 1))
        if table.n_rows == 0:
            raise ExportError("No column of that range is kept any more, so nothing was written.")
    problem = "the first columns of the range are no longer kept" if is_cut else ""
    return Exported(path, table.n_rows, path.stat().st_size, problem)


def _kept_within(ring: GridRing, columns: ColumnRange) -> tuple[int, int, bool]:
    """Return the first and last column of a range that are there, and whether earlier ones are gone."""
    span = ring.span()
    seqs = np.arange(span.oldest, span.newest + 1)
    starts_ns = ring.headers[seqs & (ring.capacity - 1), H_START_NS]
    is_within = (starts_ns >= columns.from_ns) & (starts_ns < columns.to_ns)
    found = seqs[is_within & (seqs >= columns.first_seq) & (seqs <= columns.last_seq)]
    if len(found) == 0:
        return 0, -1, False
    is_before = columns.first_seq < span.oldest and columns.from_ns < starts_ns[0]
    return int(found[0]), int(found[-1]), is_before and columns != WHOLE_SESSION


def _touched_ns(ring: GridRing, group: Columns) -> NDArray[np.int64]:
    """Return when each cell was last touched, (n, W) int64 ns; 0: never."""
    since_ns = np.rint(group.touched_s.astype(np.float64) * 1e9).astype(np.int64)
    no_later_than_ns = group.headers[:, H_CLOCK_NS, None]
    touched_ns = np.minimum(ring.epoch_ns + since_ns, no_later_than_ns)
    return np.where(group.last_event_id == 0, 0, touched_ns)
