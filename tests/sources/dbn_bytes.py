"""DBN files put together by hand for the tests, so that what reads them is not what wrote them."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import zstandard
from databento_dbn import Metadata, Schema, SType
from numpy.typing import NDArray

from vpdesk.core.events import F_LAST, F_SNAPSHOT, MBO_DTYPE

DAY_NS = 86_400_000_000_000
START_NS = 20_000 * DAY_NS  # 2024-10-04


@dataclass
class Interval:
    """What the library asks of a mapping interval."""

    start_date: dt.date
    end_date: dt.date
    symbol: str


@dataclass
class SymbolMapping:
    """What the library asks of a symbol mapping."""

    raw_symbol: str
    intervals: list[Interval]


def header(
    *,
    schema: str | None = "mbo",
    dataset: str = "GLBX.MDP3",
    symbols: dict[str, list[tuple[int, int, int]]] | None = None,
    ts_out: bool = False,
    version: int = 3,
) -> bytes:
    """Return DBN metadata; ``symbols``: {symbol: [(first day, end day, instrument_id), ...]}, days from 0."""
    zero = dt.date(2024, 10, 4)
    mappings = [
        SymbolMapping(
            symbol,
            [Interval(zero + dt.timedelta(a), zero + dt.timedelta(b), str(i)) for a, b, i in spans],
        )
        for symbol, spans in (symbols or {}).items()
    ]
    return Metadata(
        dataset=dataset,
        start=START_NS,
        stype_in=SType.RAW_SYMBOL if schema else None,
        stype_out=SType.INSTRUMENT_ID,
        schema=Schema.from_str(schema) if schema else None,
        symbols=list(symbols or {}),
        mappings=mappings,
        ts_out=ts_out,
        version=version,
    ).encode()


def orders(
    n: int,
    *,
    instrument_id: int = 7,
    publisher_id: int = 1,
    start_ns: int = START_NS,
    tick: int = 250_000_000,
    seed: int = 1,
    clears: bool = True,
) -> NDArray[np.void]:
    """Return ``n`` plausible records, a millisecond apart: (n,) `MBO_DTYPE`; a clear first by default."""
    random = np.random.default_rng(seed)
    records = np.zeros(n, MBO_DTYPE)
    records["length"], records["rtype"] = 14, 160
    records["publisher_id"], records["instrument_id"] = publisher_id, instrument_id
    records["ts_event"] = start_ns + np.arange(n, dtype=np.uint64) * np.uint64(1_000_000)
    records["ts_recv"] = records["ts_event"] + np.uint64(1_000)
    records["order_id"] = np.arange(1, n + 1)
    records["price"] = 5_000_000_000_000 + tick * random.integers(-40, 40, n)
    records["size"] = random.integers(1, 50, n)
    records["flags"] = F_LAST
    records["action"] = random.choice([b"A", b"A", b"C", b"M"], n)
    records["side"] = random.choice([b"A", b"B"], n)
    records["sequence"] = np.arange(n)
    if clears and n:
        records["action"][0], records["side"][0] = b"R", b"N"
    return records


def snapshot(n: int, **kwargs: int) -> NDArray[np.void]:
    """Return a snapshot of a clear and ``n - 1`` orders that are days old."""
    records = orders(n, **kwargs)
    records["flags"] = F_SNAPSHOT
    records["flags"][-1] |= F_LAST
    records["action"][1:] = b"A"
    records["ts_event"] -= np.uint64(3 * DAY_NS)
    return records


def with_ts_out(records: NDArray[np.void]) -> bytes:
    """Return records as a gateway sends them with ``ts_out``: 64 bytes each."""
    longer = np.zeros((records.size, 64), np.uint8)
    longer[:, :56] = records.view(np.uint8).reshape(-1, 56)
    longer[:, 0] = 16
    longer[:, 56:] = 0xEE
    return longer.tobytes()


def heartbeat() -> bytes:
    """Return a system record."""
    return bytes([80, 23]) + bytes(4 * 80 - 2)


def definition(instrument_id: int, increment: int, n_bytes: int = 520) -> bytes:
    """Return a definition record; 360, 400 and 520 bytes are versions 1, 2 and 3."""
    record = bytearray(n_bytes)
    record[0], record[1] = n_bytes // 4, 19
    record[4:8] = instrument_id.to_bytes(4, "little")
    record[24:32] = increment.to_bytes(8, "little")
    return bytes(record)


def mapping(instrument_id: int, asked: str, given: str, *, version: int = 3) -> bytes:
    """Return a symbol mapping record of a live session."""
    record = bytearray(80 if version == 1 else 176)
    record[0], record[1] = len(record) // 4, 22
    record[4:8] = instrument_id.to_bytes(4, "little")
    for at, symbol in zip((16, 38) if version == 1 else (17, 89), (asked, given), strict=True):
        record[at : at + len(symbol)] = symbol.encode()
    return bytes(record)


def compressed(data: bytes, *, frames: int = 1) -> bytes:
    """Return Zstandard frames that hold ``data`` together."""
    step = -(-len(data) // frames)
    parts = [data[at : at + step] for at in range(0, len(data), step)]
    return b"".join(zstandard.ZstdCompressor(write_checksum=True).compress(part) for part in parts)
