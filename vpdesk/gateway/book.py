"""A plain order book per instrument, kept only to send a snapshot of it."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import (
    F_BAD_TS_RECV,
    F_LAST,
    F_MBP,
    F_SNAPSHOT,
    F_TOB,
    MBO_DTYPE,
    MBO_LENGTH_WORDS,
    MBO_RTYPE,
    UNDEF_PRICE,
)
from vpdesk.sources.feed import InstrumentKey

_FIELDS: Final = {name: index for index, name in enumerate(MBO_DTYPE.names or ())}
_ORDER_ID: Final = _FIELDS["order_id"]
_PRICE: Final = _FIELDS["price"]
_SIZE: Final = _FIELDS["size"]
_FLAGS: Final = _FIELDS["flags"]
_ACTION: Final = _FIELDS["action"]
_SIDE: Final = _FIELDS["side"]

_Row = tuple[Any, ...]  # one record, in the order of MBO_DTYPE


class Books:
    """The resting orders of every instrument served. A dict keeps arrival order, and so queue priority."""

    def __init__(self) -> None:
        self._orders: dict[InstrumentKey, dict[int, _Row]] = {}

    def apply(self, records: NDArray[np.void]) -> None:
        """Apply records of any instruments, in stream order."""
        for row in records.tolist():
            orders = self._orders.setdefault(InstrumentKey(row[2], row[3]), {})
            if not row[_FLAGS] & (F_TOB | F_MBP):
                _apply_row(orders, row)

    def snapshot(self, instrument: InstrumentKey, ts_recv: int) -> NDArray[np.void]:
        """Return a clear and an add per order, (n,) MBO_DTYPE, as the live gateway sends them."""
        orders = list(self._orders.get(instrument, {}).values())
        records = np.zeros(1 + len(orders), MBO_DTYPE)
        if orders:
            records[1:] = np.array(orders, MBO_DTYPE)
        records["length"] = MBO_LENGTH_WORDS
        records["rtype"] = MBO_RTYPE
        records["publisher_id"], records["instrument_id"] = instrument
        records["action"] = b"A"
        records["flags"] = F_SNAPSHOT | F_BAD_TS_RECV
        records["ts_recv"] = ts_recv
        records["ts_in_delta"] = 0
        records[0]["action"], records[0]["side"] = b"R", b"N"
        records[0]["price"] = UNDEF_PRICE
        records[0]["ts_event"] = ts_recv
        records[-1]["flags"] |= F_LAST
        return records


def _apply_row(orders: dict[int, _Row], row: _Row) -> None:
    order_id = row[_ORDER_ID]
    match row[_ACTION]:
        case b"A":
            orders.pop(order_id, None)
            orders[order_id] = row
        case b"C":
            resting = orders.get(order_id)
            if resting is None:
                return
            left = resting[_SIZE] - row[_SIZE]
            if left > 0:
                orders[order_id] = _with_size(resting, left)
            else:
                del orders[order_id]
        case b"M":
            resting = orders.get(order_id)
            if row[_SIZE] == 0:
                orders.pop(order_id, None)
                return
            if resting is not None and row[_SIDE] == b"N":
                row = (*row[:_SIDE], resting[_SIDE], *row[_SIDE + 1 :])
            if resting is None or row[_PRICE] != resting[_PRICE] or row[_SIZE] > resting[_SIZE]:
                orders.pop(order_id, None)  # to the back of the queue
            orders[order_id] = row
        case b"R":
            orders.clear()


def _with_size(row: _Row, size: int) -> _Row:
    return (*row[:_SIZE], size, *row[_SIZE + 1 :])
