"""Writes market-by-order records as a DBN file, version 3.

The file appears under its name only when it is whole: it is written beside it under a temporary
name and renamed at the end, so a crash or a full disk leaves nothing that looks like a session.
"""

import datetime as dt
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import numpy as np
import zstandard
from databento_dbn import DBNError, Metadata, Schema, SType
from databento_dbn.metadata import MappingInterval
from numpy.typing import NDArray

from vpdesk.core.events import MBO_DTYPE
from vpdesk.errors import SourceError

DBN_VERSION: Final = 3
NS_PER_S: Final = 1_000_000_000
ZSTD_LEVEL: Final = 6  # some 16 bytes a record; level 12 saves 2 % and takes four times as long


@dataclass
class _Interval:
    """The shape that ``databento_dbn`` asks of a mapping interval; the end date is exclusive."""

    start_date: dt.date
    end_date: dt.date
    symbol: str


@dataclass
class _Mapping:
    """The shape that ``databento_dbn`` asks of a symbol mapping."""

    raw_symbol: str
    intervals: Sequence[MappingInterval]


class DbnWriter:
    """A DBN file of one instrument's order events, being written.

    Use it as a context manager. Leaving it normally gives the file its name; leaving it through an
    exception leaves no file, and an older file of that name as it was.

    Parameters
    ----------
    path
        Ends in ``.dbn``, or in ``.dbn.zst`` for a zstd stream.
    dataset
        At most 16 ASCII characters.
    symbol, instrument_id
        Mapped to each other for every UTC day from ``start_ns`` to ``end_ns``.
    publisher_id
        Every record must carry it, and ``instrument_id``.
    start_ns, end_ns
        ns since the UNIX epoch, of the session; the end is exclusive.

    Raises
    ------
    SourceError
        The name has another ending, the metadata cannot be encoded, the file cannot be written
        (folder absent, disk full), or a record belongs to another instrument.

    Notes
    -----
    Thread: any one thread.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        dataset: str,
        symbol: str,
        instrument_id: int,
        publisher_id: int,
        start_ns: int,
        end_ns: int,
    ) -> None:
        self._path = Path(path)
        if not self._path.name.endswith((".dbn", ".dbn.zst")):
            raise SourceError(f'"{self._path.name}" must end in .dbn or .dbn.zst.')
        self._part = self._path.with_name(f".{self._path.name}.part")
        self._publisher_id = publisher_id
        self._instrument_id = instrument_id
        self._metadata = _encode_metadata(dataset, symbol, instrument_id, start_ns, end_ns)
        self._open_files = ExitStack()
        self._stream: IO[bytes] | zstandard.ZstdCompressionWriter | None = None

    def __enter__(self) -> Self:
        try:
            file = self._open_files.enter_context(self._part.open("wb"))
            self._stream = file
            if self._path.suffix == ".zst":
                compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL, write_checksum=True)
                self._stream = self._open_files.enter_context(compressor.stream_writer(file, closefd=False))
            self._stream.write(self._metadata)
        except OSError as error:
            self._discard()
            raise self._refusal(error) from error
        return self

    def write(self, records: NDArray[np.void]) -> None:
        """Append ``records``, (n,) ``MBO_DTYPE``, in order.

        Raises
        ------
        SourceError
            See the class; nothing of this call counts as written then.
        """
        if self._stream is None:
            raise SourceError(f"{self._path.name} is not open for writing.")
        if records.dtype != MBO_DTYPE:
            raise SourceError(f"{self._path.name} takes market-by-order records only.")
        foreign = (records["publisher_id"] != self._publisher_id) | (
            records["instrument_id"] != self._instrument_id
        )
        if foreign.any():
            raise SourceError(f"{self._path.name} takes records of one instrument only.")
        try:
            self._stream.write(records.tobytes())
        except OSError as error:
            raise self._refusal(error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()
            return
        self._stream = None
        try:
            self._open_files.close()  # the last buffers go to disk here, so a full disk may show only now
            self._part.replace(self._path)
        except OSError as failure:
            self._discard()
            raise self._refusal(failure) from failure

    def _discard(self) -> None:
        """Remove what was written. A second failure here would only hide the first."""
        self._stream = None
        with suppress(OSError):
            self._open_files.close()
        with suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _refusal(self, error: OSError) -> SourceError:
        return SourceError(f"{self._path.name} cannot be written: {error.strerror or error}.")


def _encode_metadata(dataset: str, symbol: str, instrument_id: int, start_ns: int, end_ns: int) -> bytes:
    """Encode the DBN header: magic, version, length and metadata."""
    if not start_ns < end_ns:
        raise SourceError("A DBN file must end after it starts.")
    first_day = dt.datetime.fromtimestamp(start_ns // NS_PER_S, dt.UTC).date()
    last_day = dt.datetime.fromtimestamp((end_ns - 1) // NS_PER_S, dt.UTC).date()
    interval = _Interval(first_day, last_day + dt.timedelta(days=1), str(instrument_id))
    try:
        return bytes(
            Metadata(
                dataset=dataset,
                start=start_ns,
                end=end_ns,
                stype_in=SType.from_str("raw_symbol"),
                stype_out=SType.from_str("instrument_id"),
                schema=Schema.from_str("mbo"),
                symbols=[symbol],
                partial=[],
                not_found=[],
                mappings=[_Mapping(symbol, [interval])],
                version=DBN_VERSION,
            )
        )
    except (DBNError, OverflowError) as error:
        raise SourceError(f"The DBN header cannot be written: {error}.") from error
