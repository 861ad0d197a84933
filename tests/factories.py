"""Records by hand: one function per action, prices in ticks of one cent unless said otherwise."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import F_LAST, MBO_DTYPE, MBO_LENGTH_WORDS, MBO_RTYPE, UNDEF_PRICE

TICK: Final = 10_000_000  # one cent, in raw price units
T0: Final = 1_750_000_000_000_000_000  # ns
PUBLISHER_ID: Final = 2
INSTRUMENT_ID: Final = 1108

Records = NDArray[np.void]


def record(
    action: str | bytes,
    *,
    side: str | bytes = "N",
    price: int = UNDEF_PRICE,
    size: int = 0,
    order_id: int = 0,
    ts: int = T0,
    flags: int = F_LAST,
    instrument_id: int = INSTRUMENT_ID,
) -> Records:
    """Return one record as an array of length 1; ``price`` is raw."""
    row = np.zeros(1, MBO_DTYPE)
    row["length"] = MBO_LENGTH_WORDS
    row["rtype"] = MBO_RTYPE
    row["publisher_id"] = PUBLISHER_ID
    row["instrument_id"] = instrument_id
    row["ts_event"] = row["ts_recv"] = ts
    row["order_id"] = order_id
    row["price"] = price
    row["size"] = size
    row["flags"] = flags
    row["action"] = action
    row["side"] = side
    return row


def add(order_id: int, side: str, tick: int, size: int, *, ts: int = T0, flags: int = F_LAST) -> Records:
    return record("A", side=side, price=tick * TICK, size=size, order_id=order_id, ts=ts, flags=flags)


def cancel(order_id: int, side: str, tick: int, size: int, *, ts: int = T0, flags: int = F_LAST) -> Records:
    return record("C", side=side, price=tick * TICK, size=size, order_id=order_id, ts=ts, flags=flags)


def modify(order_id: int, side: str, tick: int, size: int, *, ts: int = T0, flags: int = F_LAST) -> Records:
    return record("M", side=side, price=tick * TICK, size=size, order_id=order_id, ts=ts, flags=flags)


def fill(order_id: int, side: str, tick: int, size: int, *, ts: int = T0, flags: int = F_LAST) -> Records:
    return record("F", side=side, price=tick * TICK, size=size, order_id=order_id, ts=ts, flags=flags)


def trade(side: str, tick: int, size: int, *, ts: int = T0, flags: int = F_LAST) -> Records:
    return record("T", side=side, price=tick * TICK, size=size, ts=ts, flags=flags)


def clear(*, ts: int = T0, flags: int = F_LAST) -> Records:
    return record("R", ts=ts, flags=flags)


def stream(*rows: Records) -> Records:
    """Join records into one array."""
    return np.concatenate([np.zeros(0, MBO_DTYPE), *rows])


def one_by_one(records: Records) -> Iterator[Records]:
    """Yield each record as an array of length 1."""
    for i in range(len(records)):
        yield records[i : i + 1]
