"""The file that columns are written to, and which of them: what every export shares.

A file appears under its name when it is complete, or not at all.
"""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vpdesk.core.ring import H_START_NS, Columns
from vpdesk.errors import VpdeskError

SUFFIXES: Final = (".parquet", ".arrow")
MAX_GROUP_ROWS: Final = 512
MAX_GROUP_BYTES: Final = 16 << 20
MIN_GROUP_ROWS: Final = 8  # the smallest ring holds twice as many
BYTES_PER_CELL: Final = 44
COMPRESSION: Final = "zstd"  # columns resemble one another: a thirteenth of the size, at the speed of others
COMPRESSION_LEVEL: Final = 1
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
    """What was written; ``problem`` is what is wrong with it, words without a full stop, or ""."""

    path: Path
    n_columns: int
    n_bytes: int
    problem: str


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


def rows_per_group(half_width: int) -> int:
    """Return a power of two: rows written at a time, fewer where a row is large."""
    row_bytes = (2 * half_width + 1) * BYTES_PER_CELL
    n_rows = MAX_GROUP_ROWS
    while n_rows > MIN_GROUP_ROWS and n_rows * row_bytes > MAX_GROUP_BYTES:
        n_rows //= 2
    return n_rows


def rows_within(columns: ColumnRange, group: Columns) -> tuple[int, int]:
    """Return the rows of a group, begin and end, that lie within a range: both numbers and starts rise."""
    starts_ns = group.headers[:, H_START_NS]
    by_time = (starts_ns >= columns.from_ns) & (starts_ns < columns.to_ns)
    rows = np.flatnonzero(by_time & (group.seq >= columns.first_seq) & (group.seq <= columns.last_seq))
    return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)


class TableFile:
    """A Parquet or Arrow file, a context: complete at its end, discarded if that is an exception.

    Raises
    ------
    ExportError
        The file cannot be written. Its former content is still there.
    """

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
