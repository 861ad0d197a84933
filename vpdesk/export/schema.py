"""The stored form of a column: one Arrow schema for Parquet and Arrow files.

A row is a column of the ring. What a bucket holds stands in fixed-size lists of 2K+1 values that cannot be
null, lowest price first, so a sparse grid cannot be written. All that is needed to make the rows again
stands in the schema's metadata, as JSON under the key ``vpdesk``; each field's metadata says what it
means and in which unit.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vpdesk import __version__
from vpdesk.core.events import PRICE_SCALE
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import (
    BOOK_STATE_SHIFT,
    BOOK_STATES,
    COLUMN_BREAK,
    COLUMN_GAP,
    COLUMN_IDLE,
    H_BEST_ASK,
    H_BEST_BID,
    H_CENTRE,
    H_CLOCK_NS,
    H_EVENT_ID,
    H_FLAGS,
    H_LAST_TRADE,
    H_N_EVENTS,
    H_SPOT_TICK,
    H_START_NS,
    H_VOLUME_BUY,
    H_VOLUME_NONE,
    H_VOLUME_SELL,
    NO_TICK,
    Columns,
)

SCHEMA_VERSION: Final = 1
METADATA_KEY: Final = b"vpdesk"

_TIME: Final = pa.timestamp("ns", "UTC")
_BOOK_STATE: Final = pa.dictionary(pa.int8(), pa.string())

# Per column: name, type, whether it may be null, meaning.
_OF_COLUMN: Final = (
    ("seq", pa.int64(), False, "number of the column since the session's start"),
    ("start_ns", _TIME, False, "first instant of the column"),
    ("clock_ns", _TIME, False, "clock at the last event applied: the running maximum of ts_event"),
    ("event_id", pa.int64(), False, "last event applied; the first record is 1"),
    ("spot_price", pa.int64(), True, "price at the centre, 1e-9; null before the first spot"),
    ("centre", pa.int64(), False, "bucket at k = 0: its lowest tick // ticks_per_bucket; 0 before the spot"),
    ("best_bid", pa.int64(), True, "price, 1e-9; null where there is none"),
    ("best_ask", pa.int64(), True, "price, 1e-9; null where there is none"),
    ("mid", pa.float64(), True, "price in currency units; null unless both sides are there"),
    ("last_trade", pa.int64(), True, "price of the newest trade so far, 1e-9; null before the first"),
    ("volume_buy", pa.int64(), False, "traded in the column, aggressor bought"),
    ("volume_sell", pa.int64(), False, "traded in the column, aggressor sold"),
    ("volume_none", pa.int64(), False, "traded in the column, aggressor unknown"),
    ("n_events", pa.int64(), False, "events applied in the column"),
    ("drive", pa.float64(), False, "direction of the field near the spot, in (-1, 1)"),
    ("is_gap", pa.bool_(), False, "the feed was not there, or the book not yet rebuilt"),
    ("is_idle", pa.bool_(), False, "no event fell into the column: a persisted copy"),
    ("is_break", pa.bool_(), False, "time was cut out before the column"),
    ("book_state", _BOOK_STATE, False, "empty, snapshot, partial, valid or suspect"),
)
# Per bucket: name, type of a value, meaning.
_OF_BUCKET: Final = (
    ("price", pa.int64(), "price of the bucket's lowest tick, 1e-9; 0 before the first spot"),
    ("pressure", pa.float32(), "liquidity building, quantity / s"),
    ("vacuum", pa.float32(), "liquidity draining, quantity / s"),
    ("resistance", pa.float32(), "depth and what becomes of it, logarithmic"),
    ("force", pa.float32(), "balance of pressure and vacuum, in (-1, 1)"),
    ("depth", pa.float32(), "resting quantity, both sides"),
    ("last_event_id", pa.int64(), "event that last touched the bucket; 0: never"),
    ("touched_ns", pa.int64(), "clock at that event, UNIX ns; 0: never"),
)
_LIVE_TOUCH: Final = (
    "clock at that event, UNIX ns, rounded to 24 binary digits of the time since the first event; 0: never"
)


@dataclass(frozen=True)
class Provenance:
    """Where columns come from and how they were cut; see `GridRing` for the cadence.

    ``content_id`` stands for the records of a file, "" for a live feed. ``recording`` is the file into which
    that feed was being recorded, "" if it was not.
    """

    dataset: str
    symbol: str
    content_id: str
    column_ns: int
    column_events: int
    is_live: bool = False
    recording: str = ""


def schema_for(params: EngineParams, provenance: Provenance) -> pa.Schema:
    """Return the schema of a session's columns, with all that makes them in its metadata."""
    width = 2 * params.half_width + 1
    fields = [pa.field(name, kind, null, {"meaning": words}) for name, kind, null, words in _OF_COLUMN]
    for name, kind, words in _OF_BUCKET:
        values = pa.list_(pa.field("item", kind, nullable=False), width)
        is_rounded = provenance.is_live and name == "touched_ns"
        fields.append(pa.field(name, values, False, {"meaning": _LIVE_TOUCH if is_rounded else words}))
    facts = {
        "schema_version": SCHEMA_VERSION,
        "program": f"vpdesk {__version__}",
        "dataset": provenance.dataset,
        "symbol": provenance.symbol,
        "source": "live" if provenance.is_live else "file",
        "source_content_id": provenance.content_id,
        "recording": provenance.recording,
        "column_ns": 0 if provenance.column_events else provenance.column_ns,
        "column_events": provenance.column_events,
        "K": params.half_width,
        "params": params.as_dict(),  # for `EngineParams.from_dict`
    }
    return pa.schema(fields, {METADATA_KEY: json.dumps(facts).encode()})


def record_batch(
    schema: pa.Schema, params: EngineParams, columns: Columns, touched_ns: NDArray[np.int64]
) -> pa.RecordBatch:
    """Return columns as rows of a schema made by `schema_for`.

    Parameters
    ----------
    columns
        (n) columns of W = 2K + 1 buckets, as read from a ring.
    touched_ns : (n, W) int64
        Clock at the last touch of each cell, UNIX ns; 0: never.
    """
    headers = columns.headers
    flags = headers[:, H_FLAGS]
    has_spot = headers[:, H_SPOT_TICK] != NO_TICK
    bucket_price = params.ticks_per_bucket * params.tick_size
    arrays: dict[str, Any] = {
        "seq": columns.seq,
        "start_ns": headers[:, H_START_NS],
        "clock_ns": headers[:, H_CLOCK_NS],
        "event_id": headers[:, H_EVENT_ID],
        "spot_price": _price(headers[:, H_SPOT_TICK], params.tick_size),
        "centre": headers[:, H_CENTRE],
        "best_bid": _price(headers[:, H_BEST_BID], params.tick_size),
        "best_ask": _price(headers[:, H_BEST_ASK], params.tick_size),
        "mid": _mid(headers, params.tick_size),
        "last_trade": _price(headers[:, H_LAST_TRADE], params.tick_size),
        "volume_buy": headers[:, H_VOLUME_BUY],
        "volume_sell": headers[:, H_VOLUME_SELL],
        "volume_none": headers[:, H_VOLUME_NONE],
        "n_events": headers[:, H_N_EVENTS],
        "drive": columns.drive,
        "is_gap": flags & COLUMN_GAP != 0,
        "is_idle": flags & COLUMN_IDLE != 0,
        "is_break": flags & COLUMN_BREAK != 0,
        "book_state": pa.DictionaryArray.from_arrays(
            (flags >> BOOK_STATE_SHIFT).astype(np.int8), list(BOOK_STATES)
        ),
        "price": (headers[:, H_CENTRE, None] + columns.k) * bucket_price * has_spot[:, None],
        "pressure": columns.pressure,
        "vacuum": columns.vacuum,
        "resistance": columns.resistance,
        "force": columns.force,
        "depth": columns.depth,
        "last_event_id": columns.last_event_id,
        "touched_ns": touched_ns,
    }
    return pa.record_batch([_as_arrow(arrays[field.name], field.type) for field in schema], schema=schema)


def _as_arrow(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if pa.types.is_fixed_size_list(kind):
        flat = pa.array(np.ascontiguousarray(values).reshape(-1), kind.value_type)
        return pa.FixedSizeListArray.from_arrays(flat, type=kind)
    return pa.array(np.ascontiguousarray(values), kind)


def _price(ticks: NDArray[np.int64], tick_size: int) -> pa.Array:
    """Return raw prices, null where there is no tick."""
    is_none = ticks == NO_TICK
    return pa.array(np.where(is_none, 0, ticks) * tick_size, pa.int64(), mask=is_none)


def _mid(headers: NDArray[np.int64], tick_size: int) -> pa.Array:
    bid, ask = headers[:, H_BEST_BID], headers[:, H_BEST_ASK]
    m2 = bid.astype(np.float64) + ask  # floats, for the sum of two prices may be beyond int64
    return pa.array(m2 * tick_size / 2 / PRICE_SCALE, pa.float64(), mask=(bid == NO_TICK) | (ask == NO_TICK))
