"""Databento Binary Encoding: the bytes of a file, its header, and its records in stream order.

A file is ``DBN``, a version byte, the length of the metadata, the metadata, then records to the end. Each
record begins with its length in 32-bit words and its type. All of it may be wrapped in Zstandard frames.

Two kinds of trouble are told apart. What makes a file unusable raises `SourceError`. What cuts it short
(an incomplete tail, damaged compression, a record of impossible length) ends the stream early, keeps every
record read so far, and is told by ``problem``.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import zstandard
from numpy.typing import NDArray

from vpdesk.core.events import MBO_DTYPE, MBO_RTYPE
from vpdesk.errors import SourceError
from vpdesk.figures import grouped

if TYPE_CHECKING:  # imported where it is used: decoding is not needed to list a folder
    from databento_dbn.metadata import MappingIntervalDict

CHUNK: Final = 1 << 20  # bytes of records handled at once: few enough to stay in the processor's cache
# Compressed bytes handled at once. A Zstandard block of four bytes can stand for 128 KiB, so this bounds what
# a hostile file can make us hold to 32 MiB at a time; larger pieces are hardly faster.
_COMPRESSED_PIECE: Final = 1 << 10
_MAX_METADATA: Final = 256 << 20  # bytes

_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE: Final = b"\x2a\x4d\x18"  # after one byte 0x50..0x5f

_SYMBOL_MAPPING: Final = 22
_DEFINITION: Final = 19
_RTYPES: Final = (0, 1, 10, 17, 18, 20, 21, 23, 24, 32, 33, 34, 35, 36)
_RTYPES_CONSOLIDATED: Final = (177, 192, 193, 194, 195, 196)

_DEFINITION_INCREMENT: Final = slice(24, 32)  # min_price_increment, int64, in every version
_MAPPING_V1: Final = (80, slice(16, 38), slice(38, 60))  # record bytes, stype_in_symbol, stype_out_symbol
_MAPPING_V2: Final = (176, slice(17, 88), slice(89, 160))


@dataclass(frozen=True)
class Mapping:
    """``symbol`` is ``instrument_id`` from ``first_day`` up to, not including, ``end_day`` (UTC)."""

    symbol: str
    instrument_id: int
    first_day: datetime.date
    end_day: datetime.date


@dataclass(frozen=True)
class Header:
    """The metadata of a DBN file. ``schema`` is "" where records of any kind may follow."""

    version: int
    dataset: str
    schema: str
    has_ts_out: bool
    n_bytes: int  # the first record begins here
    mappings: tuple[Mapping, ...]


class ByteStream:
    """The bytes of a file, decompressed where they are compressed.

    Raises
    ------
    SourceError
        The path is no readable file.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.problem = ""
        if not path.exists():
            raise SourceError(f"There is no file {path}.")
        if not path.is_file():
            raise SourceError(f"{self.name} is not a file.")
        try:
            self._n_bytes = path.stat().st_size
            self._file = path.open("rb")
        except OSError as error:
            raise SourceError(f"{self.name} cannot be read: {reason(error)}.") from None
        start = self._read_file(20)
        self._file.seek(0)
        is_skippable = start[:1] in {bytes([0x50 + i]) for i in range(16)} and start[1:4] == _ZSTD_SKIPPABLE
        self.is_old_dbz = is_skippable and start[8:11] == b"DBZ"
        self.is_compressed = is_skippable or start[:4] == _ZSTD_MAGIC
        self._frame: zstandard.ZstdDecompressionObj | None = None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def fraction(self) -> float:
        """How much of the file has been read, 0..1."""
        return min(1.0, self._file.tell() / self._n_bytes) if self._n_bytes else 1.0

    def read(self, n_bytes: int) -> bytes:
        """Return at least ``n_bytes``; fewer only at the end, after which `problem` is known."""
        if not self.is_compressed:
            return self._read_file(n_bytes)
        pieces = []
        n_missing = n_bytes
        while n_missing > 0 and not self.problem:
            compressed = self._read_file(_COMPRESSED_PIECE)
            if not compressed:
                if self._frame is not None:
                    self.problem = "the file is cut short"
                break
            for piece in self._decompress(compressed):
                pieces.append(piece)
                n_missing -= len(piece)
        return b"".join(pieces)

    def _decompress(self, compressed: bytes) -> Iterator[bytes]:
        # A file may hold many frames. Only an object per frame tells whether the last one is whole.
        while compressed:
            if self._frame is None:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            try:
                yield self._frame.decompress(compressed)
            except zstandard.ZstdError:
                self.problem = "the compressed data are damaged, the last records perhaps wrong"
                return
            if not self._frame.eof:
                return
            compressed = self._frame.unused_data
            self._frame = None

    def _read_file(self, n_bytes: int) -> bytes:
        try:
            return self._file.read(n_bytes)
        except (OSError, MemoryError) as error:
            raise SourceError(f"{self.name} cannot be read: {reason(error)}.") from None


class RecordStream:
    """The records of one DBN file, whatever its version, compression and mixture. A context manager.

    Parameters
    ----------
    path
        Any file.
    chunk_bytes
        How much is decoded at once.

    Attributes
    ----------
    header : Header
    n_records : int
        Market-by-order records given out so far.
    symbols : dict of int to str
        From the symbol mapping records passed so far: instrument_id to symbol.
    increments : dict of int to int
        From the definition records passed so far: instrument_id to min_price_increment, possibly undefined.
    problem : str
        Known after the last chunk: "" or a sentence without its full stop.

    Raises
    ------
    SourceError
        Not a DBN file, an unsupported version, or unreadable.
    """

    def __init__(self, path: Path, chunk_bytes: int = CHUNK) -> None:
        self.path = path
        self.n_records = 0
        self.symbols: dict[int, str] = {}
        self.increments: dict[int, int] = {}
        self.problem = ""
        self._chunk_bytes = chunk_bytes
        self._bytes = ByteStream(path)
        try:
            self.header, self._carry = _read_header(self._bytes)
        except BaseException:
            self._bytes.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bytes.close()

    @property
    def is_compressed(self) -> bool:
        """Whether the file is compressed, whatever its name."""
        return self._bytes.is_compressed

    @property
    def fraction(self) -> float:
        """How much of the file has been read, 0..1."""
        return self._bytes.fraction

    def chunks(self) -> Iterator[NDArray[np.void]]:
        """Yield the market-by-order records: (n,) arrays of `MBO_DTYPE`, valid until the next one.

        Raises
        ------
        SourceError
            The disk fails.
        """
        from vpdesk.sources import dbn_kernels as kernels

        kinds = self._kinds_of_rtypes()
        # Strict where the header promises plain records: such a file may be mapped as it is.
        is_plain = self.header.schema == "mbo" and not self.header.has_ts_out
        most_bytes = kernels.MBO_BYTES + (0 if is_plain else 8)
        mbo = np.empty(0, np.uint8)
        noted = np.empty(0, np.int64)
        damage = kernels.DAMAGE_NONE
        is_last = False
        while not is_last:
            fresh = self._bytes.read(self._chunk_bytes)
            is_last = not fresh
            raw = np.frombuffer(self._carry + fresh, np.uint8)
            n_used = kernels.plain_bytes(raw)
            if n_used > 0 and raw.size - n_used < kernels.MBO_BYTES:
                records = raw[:n_used].view(MBO_DTYPE)  # the usual chunk needs no copy
            else:
                if mbo.size < raw.size:
                    mbo = np.empty(raw.size, np.uint8)
                    noted = np.empty(raw.size // kernels.HEADER_BYTES + 1, np.int64)
                n_mbo, n_noted, n_used, damage = kernels.split(raw, kinds, most_bytes, mbo, noted)
                for at in noted[:n_noted]:
                    self._note(raw[at : at + 4 * int(raw[at])].tobytes())
                records = mbo[: n_mbo * kernels.MBO_BYTES].view(MBO_DTYPE)
                records.flags.writeable = False
            self._carry = raw[n_used:].tobytes()
            self.n_records += records.size
            if records.size:
                yield records
            if damage:
                self.problem = self._damage(damage == kernels.DAMAGE_RTYPE)
                return
        if trouble := self._bytes.problem or ("the file is cut short" if self._carry else ""):
            self.problem = f"{trouble}: {grouped(self.n_records)} records read"

    def _kinds_of_rtypes(self) -> NDArray[np.uint8]:
        """Return what to do with each record type, by number: (256,) uint8, codes ``KIND_*``."""
        from vpdesk.sources import dbn_kernels as kernels

        kinds = np.full(256, kernels.KIND_UNEXPECTED, np.uint8)
        if self.header.schema != "mbo":
            kinds[[*_RTYPES, *_RTYPES_CONSOLIDATED]] = kernels.KIND_SKIPPED
            kinds[[_DEFINITION, _SYMBOL_MAPPING]] = kernels.KIND_NOTED
        kinds[MBO_RTYPE] = kernels.KIND_MBO
        return kinds

    def _damage(self, is_type: bool) -> str:
        what = f"type {self._carry[1]}" if is_type else f"length {4 * self._carry[0]} bytes"
        read = grouped(self.n_records)
        return f"a record is damaged ({what}) and what follows it is lost: {read} records read"

    def _note(self, record: bytes) -> None:
        """Remember what a record says about an instrument's symbol or tick size."""
        instrument_id = int.from_bytes(record[4:8], "little")
        if record[1] == _DEFINITION and len(record) >= _DEFINITION_INCREMENT.stop:
            increment = int.from_bytes(record[_DEFINITION_INCREMENT], "little", signed=True)
            self.increments[instrument_id] = increment
        elif record[1] == _SYMBOL_MAPPING:
            for n_bytes, symbol_in, symbol_out in (_MAPPING_V1, _MAPPING_V2):
                if len(record) - 8 * self.header.has_ts_out == n_bytes:
                    # The outgoing one is the venue's symbol, unless ids were asked for.
                    names = _text(record[symbol_out]), _text(record[symbol_in])
                    symbol = next((name for name in names if name and not name.isdecimal()), "")
                    self.symbols[instrument_id] = symbol


def reason(error: BaseException) -> str:
    """Return why the system refused, in lower case, without numbers and paths."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text or type(error).__name__).lower()


def _text(field: bytes) -> str:
    return _printable(field.split(b"\0", 1)[0].decode("utf-8", "replace"))


def _printable(text: str) -> str:
    # What a file calls itself ends up on terminals: no control characters.
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _read_header(stream: ByteStream) -> tuple[Header, bytes]:
    """Return the header, and the bytes after it that were read along with it."""
    if stream.is_old_dbz:
        raise SourceError(
            f"{stream.name} is in the old DBZ format, which ended in 2023. Download it again, "
            "or convert it with Databento's dbn tool."
        )
    start = stream.read(8)
    if not start and not stream.problem:
        raise SourceError(f"{stream.name} is empty.")
    if not start.startswith(b"DBN"[: len(start)]) or (not start and "damaged" in stream.problem):
        raise SourceError(f"{stream.name} is not a DBN file.")
    cut_short = SourceError(f"{stream.name} is cut short before its first record.")
    if len(start) < 8:
        raise cut_short
    version = start[3]
    n_metadata = int.from_bytes(start[4:8], "little")
    if not 1 <= version <= 3:
        raise SourceError(f"{stream.name} is DBN version {version}; versions 1 to 3 can be read.")
    if n_metadata > _MAX_METADATA:
        raise SourceError(f"{stream.name} has a damaged header.")
    n_header = 8 + n_metadata
    data = start if len(start) >= n_header else start + stream.read(n_header - len(start))
    if len(data) < n_header:
        raise cut_short
    return _decode_metadata(stream.name, data[:n_header]), data[n_header:]


def _decode_metadata(name: str, data: bytes) -> Header:
    import databento_dbn

    try:
        metadata = databento_dbn.Metadata.decode(data)
        return Header(
            version=data[3],
            dataset=_printable(metadata.dataset),
            schema="" if metadata.schema is None else str(metadata.schema),
            has_ts_out=bool(metadata.ts_out),
            n_bytes=len(data),
            mappings=tuple(_mappings(metadata.mappings)),
        )
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - a panic of the decoder is not even an Exception
        raise SourceError(f"{name} has a damaged header.") from None


def _mappings(mappings: "dict[str, list[MappingIntervalDict]]") -> Iterator[Mapping]:
    for asked, intervals in mappings.items():
        for interval in intervals:
            given = interval["symbol"]
            # By default a symbol is asked for and the id given; the other way round is possible.
            symbol, number = (asked, given) if given.isdecimal() else (given, asked)
            if number.isdecimal() and int(number) < 1 << 32:
                yield Mapping(_printable(symbol), int(number), interval["start_date"], interval["end_date"])
