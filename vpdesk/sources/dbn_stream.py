"""Cuts a DBN byte stream, in whatever pieces the socket gives it, into batches of records.

Market-by-order runs come out as arrays without touching a single record; everything else, one by one, as
bytes. Nothing is decoded here, and nothing is lost or reordered.
"""

from dataclasses import dataclass
from typing import Final

import databento_dbn
import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import MBO_DTYPE, MBO_LENGTH_WORDS, MBO_RTYPE
from vpdesk.sources.feed import InstrumentKey

_PREFIX_BYTES: Final = 8  # "DBN", version u1, length u4 of the metadata that follows
_HEADER_BYTES: Final = 16  # of every record
_MAX_METADATA_BYTES: Final = 64 * 2**20  # 65 000 symbols take 10 MB; more is not metadata
_KNOWN_RTYPES: Final = frozenset(int(rtype) for rtype in databento_dbn.RType.variants())
_FIRST_LOOK: Final = 64  # records; doubled while a run lasts, so that short runs stay cheap


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one push completed.

    ``whole`` holds every byte of ``pieces`` as received. A piece is an (n,) MBO_DTYPE array or the bytes
    of one other record. ``error`` says why the stream ends here ("" while it goes on).
    """

    metadata: bytes
    whole: memoryview
    pieces: list[NDArray[np.void] | bytes]
    error: str = ""


class StreamSplitter:
    """The unfinished end of one DBN stream. Not thread-safe."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._has_metadata = False

    def push(self, data: bytes | memoryview) -> Chunk:
        """Take the next bytes; return the records they complete. The arrays own their bytes."""
        buffer = self._rest
        buffer += data
        metadata = b""
        begin = 0
        if not self._has_metadata:
            end, error = _metadata_end(buffer)
            if end is None:
                return Chunk(b"", memoryview(b""), [], error)
            self._has_metadata = True
            metadata = bytes(buffer[:end])
            begin = end
        pieces, stop, error = _cut(buffer, begin)
        self._rest = buffer[stop:]
        return Chunk(metadata, memoryview(buffer)[begin:stop], pieces, error)


def split_by_instrument(records: NDArray[np.void]) -> list[tuple[InstrumentKey, NDArray[np.void]]]:
    """Part a run of records by instrument, each part in stream order."""
    publishers = records["publisher_id"]
    instruments = records["instrument_id"]
    first = InstrumentKey(int(publishers[0]), int(instruments[0]))
    if (instruments == first.instrument_id).all() and (publishers == first.publisher_id).all():
        return [(first, records)]
    keys = publishers.astype(np.uint64) << np.uint64(32) | instruments
    order = np.argsort(keys, kind="stable")
    bounds = np.flatnonzero(np.diff(keys[order])) + 1
    parts = [records[indices] for indices in np.split(order, bounds)]
    return [
        (InstrumentKey(int(part[0]["publisher_id"]), int(part[0]["instrument_id"])), part) for part in parts
    ]


def _metadata_end(buffer: bytearray) -> tuple[int | None, str]:
    if len(buffer) < _PREFIX_BYTES:
        return None, ""
    length = int.from_bytes(buffer[4:8], "little")
    if buffer[:3] != b"DBN" or length > _MAX_METADATA_BYTES:
        return None, "what came is not a DBN stream"
    end = _PREFIX_BYTES + length
    return (end if len(buffer) >= end else None), ""


def _cut(buffer: bytearray, begin: int) -> tuple[list[NDArray[np.void] | bytes], int, str]:
    """Return the pieces from ``begin`` on, where they stop, and what is wrong there."""
    pieces: list[NDArray[np.void] | bytes] = []
    position = begin
    while len(buffer) - position >= _HEADER_BYTES:
        n_run = _mbo_run(buffer, position)
        if n_run:
            pieces.append(np.frombuffer(buffer, MBO_DTYPE, n_run, position))
            position += n_run * MBO_DTYPE.itemsize
            continue
        n_bytes = buffer[position] * 4
        rtype = buffer[position + 1]
        if n_bytes < _HEADER_BYTES or rtype not in _KNOWN_RTYPES:
            return pieces, position, "bytes came that are no DBN record"
        if rtype == MBO_RTYPE and n_bytes != MBO_DTYPE.itemsize:
            return (
                pieces,
                position,
                f"an order record came with {n_bytes} bytes instead of {MBO_DTYPE.itemsize}",
            )
        if len(buffer) - position < n_bytes:
            break
        pieces.append(bytes(buffer[position : position + n_bytes]))
        position += n_bytes
    return pieces, position, ""


def _mbo_run(buffer: bytearray, position: int) -> int:
    """Count the complete market-by-order records that follow each other from ``position`` on."""
    n_left = (len(buffer) - position) // MBO_DTYPE.itemsize
    n_run = 0
    n_look = _FIRST_LOOK
    while n_run < n_left:
        n_look = min(2 * n_look, n_left - n_run)
        ahead = np.frombuffer(buffer, MBO_DTYPE, n_look, position + n_run * MBO_DTYPE.itemsize)
        is_mbo = (ahead["length"] == MBO_LENGTH_WORDS) & (ahead["rtype"] == MBO_RTYPE)
        if not is_mbo.all():
            return n_run + int(is_mbo.argmin())
        n_run += n_look
    return n_run
