"""The one event engine: every record advances the book and the field exactly once.

Replay, live and simulation call `Engine.feed`; nothing else changes an engine. It reads no file and no
clock, and holds no lock: one thread uses it at a time. The rules are in ``engine_kernels``; this module
owns the arrays, grows the tables, and turns the state into grids, digests and saved states.
"""

import hashlib
import operator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core import book_kernels, column_kernels, engine_kernels, field_kernels, layout
from vpdesk.core.engine_kernels import BookArrays, FieldArrays, RingArrays
from vpdesk.core.events import MBO_DTYPE, MBO_LENGTH_WORDS, MBO_RTYPE, PRICE_SCALE
from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import BOOK_STATES, C_IS_STARTED, C_SEQ, C_SYNCED_ID, TRADES_PER_BATCH, GridRing
from vpdesk.core.state import pack_state, unpack_state
from vpdesk.errors import EngineError, StateError

_FADE_SPAN_TAUS: Final = 64  # e^64 and its square stay far inside float64
_UNALIGNED_CHUNK: Final = 1 << 16  # records copied at a time from a map that is not 8-byte aligned
_WATCHES: Final = {
    "": layout.WATCH_NOTHING,
    "best": layout.WATCH_BEST,
    "spot": layout.WATCH_SPOT,
    "column": layout.WATCH_COLUMN,
}
_INT64_END: Final = 2**63 - 1

_NO_RING: Final = RingArrays(
    np.zeros((1, 1, 1), np.float32),
    np.zeros((1, 1), np.int64),
    np.zeros((1, 1), np.int64),
    np.zeros(1, np.float64),
    np.zeros((1, 1), np.int64),
    np.zeros(1, np.int64),
    np.zeros(4, np.int64),
)


class Engine:
    """The state of one instrument's book and field.

    Parameters
    ----------
    params
        Immutable; another parameter set needs another engine.
    """

    def __init__(self, params: EngineParams) -> None:
        self.params = params
        n_tracked = 4 * params.half_width + 1
        tau_ns = params.tau_s * 1e9
        constants = np.zeros(layout.N_CONSTANTS)
        constants[[layout.TAU_S, layout.TAU_NS, layout.FLOOR]] = params.tau_s, tau_ns, params.force_floor
        constants[layout.W_FIRST :] = list(params.weights.values())
        config = np.zeros(layout.N_CONFIG, np.int64)
        config[layout.TICK_SIZE] = params.tick_size
        config[layout.HALF_WIDTH] = params.half_width
        config[layout.TICKS_PER_BUCKET] = params.ticks_per_bucket
        config[layout.FADE_SPAN_NS] = int(_FADE_SPAN_TAUS * tau_ns)
        reach_weights = np.array(
            [
                field_kernels.exp_of(-abs(k) / params.drive_reach)
                for k in range(-params.half_width, params.half_width + 1)
            ]
        )
        self._field = FieldArrays(
            cells=np.zeros((n_tracked, layout.N_CELLS), np.int64),
            chains=np.zeros((n_tracked, layout.N_CHAINS)),
            forces=np.zeros((4, n_tracked)),
            fresh=np.zeros((2, 2 * n_tracked)),
            dirty=np.zeros(n_tracked, np.int64),
            reach_weights=reach_weights,
            config=config,
            constants=constants,
        )
        self._book = BookArrays(
            orders=np.zeros((layout.FIRST_ORDERS, 4), np.int64),
            levels=np.zeros((layout.FIRST_LEVELS, 4), np.int64),
            nodes=np.zeros((layout.FIRST_NODES, 4), np.int64),
            fills=np.zeros((layout.FIRST_FILLS, 4), np.int64),
            anomalies=np.zeros(len(layout.ANOMALIES), np.int64),
        )
        self._scalars = np.zeros(layout.N_SCALARS, np.int64)
        self._scalars[layout.BEST_BID] = layout.NO_BID
        self._scalars[layout.BEST_ASK] = layout.NO_ASK
        self._scalars[layout.LAST_TRADE] = layout.NO_BID
        self._scalars[layout.FILL_EPOCH] = 1
        self._scalars[layout.ORDER_MASK] = layout.FIRST_ORDERS - 1
        self._scalars[layout.LEVEL_MASK] = layout.FIRST_LEVELS - 1
        self._scalars[layout.NODE_MASK] = layout.FIRST_NODES - 1
        self._scalars[layout.FILL_MASK] = layout.FIRST_FILLS - 1
        self._scalars[layout.RING_BASE] = -params.half_width % (2 * params.half_width + 1)
        self._instrument: int | None = None  # publisher_id + (instrument_id << 16)

    # --- records in --------------------------------------------------------------------------------

    def feed(
        self,
        records: NDArray[np.void],
        ring: GridRing | None = None,
        *,
        until_ns: int | None = None,
        watch: str = "",
    ) -> int:
        """Apply records in order; the one way in for every source.

        Parameters
        ----------
        records : (n,) MBO_DTYPE
            Any n >= 0, all of one (publisher_id, instrument_id). Read only; not kept.
        ring
            Receives the columns; its half width must be the engine's.
        until_ns
            Stop before the first record that would set the clock beyond this.
        watch
            Stop after the first event that changes the "best" bid or ask, the "spot", or opens a "column"
            of `ring`; `is_watch_hit` tells whether one did.

        Returns
        -------
        int
            Records applied: n, unless `until_ns` or `watch` came first.

        Raises
        ------
        EngineError
            The array is not of MBO_DTYPE, the batch holds another instrument than the engine's, or the
            ring does not fit. Nothing has been applied then.

        Notes
        -----
        Releases the GIL while it computes. The result does not depend on how records are batched.
        """
        words = self._checked_words(records)
        if watch not in _WATCHES:
            raise EngineError(f"the engine watches {', '.join(filter(None, _WATCHES))}, not {watch!r}")
        if ring is not None and ring.half_width != self.params.half_width:
            raise EngineError(
                f"the ring holds {ring.half_width} buckets a side, the engine {self.params.half_width}"
            )
        self._instrument = self._checked_instrument(words)
        if len(words) == 0 and self.event_id == 0:
            return 0  # nothing to show yet
        ring_arrays = _NO_RING if ring is None else self._attach(ring, words)
        limit_ns = np.int64(-1 if until_ns is None else max(0, min(until_ns, _INT64_END)))
        position, n = 0, len(words)
        while position < n:
            chunk, offset = words, position
            stop = n if ring is None else min(n, position + TRADES_PER_BATCH)
            if not words.flags.aligned:
                stop = min(stop, position + _UNALIGNED_CHUNK)
                chunk, offset = _read_only(words[position:stop].copy()), 0
            if ring is not None:
                ring.announce(ring.most_columns(words[position:stop, 1]))
            budget = np.int64(0 if ring is None else ring.columns_per_batch)
            applied_to = engine_kernels.advance(
                self._book, self._field, self._scalars, ring_arrays,
                chunk, offset, offset + stop - position, limit_ns, budget, _WATCHES[watch],
            )  # fmt: skip
            position += applied_to - offset
            if ring is not None:
                self._publish(ring, ring_arrays)
            reason = self._scalars[layout.STOP_REASON]
            if reason == layout.GROW:
                self._grow()
            elif reason in (layout.UNTIL, layout.WATCHED):
                break
        if ring is None:
            self._settle()
        elif n == 0:
            self._publish(ring, ring_arrays)
        return position

    def update(
        self, ts_event: int, action: str, side: str, price: int, size: int, order_id: int, flags: int
    ) -> Grid:
        """Apply one event; the same kernel, a batch of one.

        Parameters
        ----------
        ts_event
            UNIX ns.
        action, side
            One letter each.
        price
            Raw, 1e-9.
        size, order_id, flags
            As in the record.

        Returns
        -------
        Grid
            The full dense grid after the event.
        """
        if not all(isinstance(letter, str) and len(letter) == 1 for letter in (action, side)):
            raise EngineError(f"action and side are one letter each, not {action!r} and {side!r}")
        record = np.zeros(1, MBO_DTYPE)
        record["length"], record["rtype"] = MBO_LENGTH_WORDS, MBO_RTYPE
        if self._instrument is not None:
            record["publisher_id"], record["instrument_id"] = self.instrument or (0, 0)
        try:
            numbers = {
                "ts_event": ts_event,
                "order_id": order_id,
                "price": price,
                "size": size,
                "flags": flags,
            }
            for name, number in numbers.items():
                record[name] = operator.index(number)
            record["action"], record["side"] = action.encode("latin-1"), side.encode("latin-1")
        except (OverflowError, UnicodeEncodeError, TypeError, ValueError) as error:
            raise EngineError(f"this is not a market-by-order event: {error}") from None
        was_unbound = self._instrument is None
        self.feed(record)
        if was_unbound:
            self._instrument = None  # a bare event names no instrument
        return self.grid()

    def _checked_words(self, records: NDArray[np.void]) -> NDArray[np.int64]:
        if not isinstance(records, np.ndarray) or records.dtype != MBO_DTYPE or records.ndim != 1:
            raise EngineError("the engine takes a one-dimensional array of MBO_DTYPE records")
        words = np.ascontiguousarray(records).view(np.int64).reshape(len(records), 7)
        return _read_only(words)

    def _checked_instrument(self, words: NDArray[np.int64]) -> int | None:
        if len(words) == 0:
            return self._instrument
        instrument = int(words[0, 0] >> 16) if self._instrument is None else self._instrument
        aligned = words if words.flags.aligned else _read_only(words.copy())
        foreign = engine_kernels.first_foreign(aligned, np.int64(instrument))
        if foreign >= 0:
            ours, other = _split_instrument(instrument), _split_instrument(int(words[foreign, 0] >> 16))
            raise EngineError(
                f"this engine follows instrument {ours[1]} of publisher {ours[0]}, but record {foreign} of "
                f"the batch is of instrument {other[1]}, publisher {other[0]}; nothing was applied"
            )
        return instrument

    def _grow(self, *, every_table: bool = False) -> None:
        """Double every table that cannot take one more event."""
        scalars, book = self._scalars, self._book
        new: dict[str, NDArray[np.int64]] = {}
        for name, count, mask_at, room in (
            ("orders", layout.N_ORDERS, layout.ORDER_MASK, 1),
            ("levels", layout.N_LEVELS, layout.LEVEL_MASK, 1),
            ("nodes", layout.N_NODES, layout.NODE_MASK, layout.NODES_PER_EVENT),
            ("fills", layout.N_FILLS, layout.FILL_MASK, 1),
        ):
            mask = int(scalars[mask_at])
            if 2 * (int(scalars[count]) + room) <= mask and not every_table:
                continue
            old = getattr(book, name)
            new_mask = 2 * mask + 1
            table = np.zeros((new_mask + 1, 4), np.int64)
            if name == "orders":
                book_kernels.move_orders(old, mask, table, new_mask)
            elif name == "fills":
                book_kernels.move_fills(old, mask, scalars[layout.FILL_EPOCH], table, new_mask)
            else:
                book_kernels.move_pairs(old, mask, table, new_mask)
            new[name] = table
            scalars[mask_at] = new_mask
        self._book = book._replace(**new)

    # --- columns out -------------------------------------------------------------------------------

    def _attach(self, ring: GridRing, words: NDArray[np.int64]) -> RingArrays:
        """Make sure that the ring's open column shows this engine's state."""
        config = np.array([1, ring.column_ns, ring.column_events, ring.max_idle_columns], np.int64)
        arrays = RingArrays(
            ring.cells, ring.last_event_ids, ring.headers, ring.drive, ring.trades, ring.cursor, config
        )
        seq = int(ring.cursor[C_SEQ])
        is_same_moment = seq >= 0 and ring.cursor[C_SYNCED_ID] == self.event_id
        if is_same_moment and ring.writer is self:
            return arrays
        ring.writer = self
        ring.tick_size, ring.ticks_per_bucket = self.params.tick_size, self.params.ticks_per_bucket
        if not is_same_moment:  # else the open column goes on: the ring was resumed at this event
            first_ns = self.clock_ns
            if self.event_id == 0 and len(words):
                first_ns = max(first_ns, int(words[0, 1]))
            seq += 1
            ring.begin(seq, first_ns)
            ring.cursor[C_IS_STARTED] = self.event_id > 0
        ring.cursor[C_SEQ] = seq
        column_kernels.finish_column(self._field, self._scalars, arrays)
        slot, n = np.int64(seq & (ring.capacity - 1)), np.int64(self.params.half_width)
        field_kernels.show_offsets(self._field, self._scalars, arrays, slot, n, 3 * n)
        return arrays

    def _publish(self, ring: GridRing, arrays: RingArrays) -> None:
        column_kernels.finish_column(self._field, self._scalars, arrays)
        ring.cursor[C_SYNCED_ID] = self.event_id
        ring.epoch_ns = int(self._scalars[layout.EPOCH_NS])
        ring.publish()

    def _settle(self) -> None:
        field_kernels.settle(self._field, self._scalars, _NO_RING, np.int64(-1))

    # --- state out ---------------------------------------------------------------------------------

    @property
    def event_id(self) -> int:
        """Records fed so far."""
        return int(self._scalars[layout.EVENT_ID])

    @property
    def clock_ns(self) -> int:
        """Running maximum of ``ts_event``, ns; 0 before the first."""
        return int(self._scalars[layout.CLOCK_NS])

    @property
    def is_watch_hit(self) -> bool:
        """Whether the last `feed` stopped because what it watched changed."""
        return bool(self._scalars[layout.STOP_REASON] == layout.WATCHED)

    @property
    def instrument(self) -> tuple[int, int] | None:
        """(publisher_id, instrument_id) of the records fed; None before the first."""
        return None if self._instrument is None else _split_instrument(self._instrument)

    @property
    def book_state(self) -> str:
        """One of "empty", "snapshot", "partial", "valid", "suspect"."""
        return BOOK_STATES[column_kernels.book_state(self._scalars)]

    @property
    def spot_tick(self) -> int | None:
        """The centre of the grid in ticks; None before the first spot."""
        return int(self._scalars[layout.CENTRE_TICK]) if self._scalars[layout.HAS_SPOT] else None

    @property
    def best_ticks(self) -> tuple[int | None, int | None]:
        """Best bid and best ask in ticks; None where a side is empty."""
        bid, ask = self._scalars[layout.BEST_BID], self._scalars[layout.BEST_ASK]
        return None if bid == layout.NO_BID else int(bid), None if ask == layout.NO_ASK else int(ask)

    @property
    def n_orders(self) -> int:
        """Live orders in the book."""
        return int(self._scalars[layout.N_ORDERS])

    @property
    def anomalies(self) -> dict[str, int]:
        """How often the feed did what a feed should not do, by name; only what happened."""
        return {name: int(n) for name, n in zip(layout.ANOMALIES, self._book.anomalies, strict=True) if n}

    @property
    def drive(self) -> float:
        """Direction of the field near the spot now, in (-1, 1)."""
        return float(field_kernels.drive_now(self._field, self._scalars))

    def grid(self) -> Grid:
        """Return the full dense grid after the last event; a copy that the caller owns."""
        field, params = self._field, self.params
        n, width = params.half_width, 2 * params.half_width + 1
        slots = (int(self._scalars[layout.LOW_SLOT]) + n + np.arange(width)) % len(field.cells)
        cells = field.cells[slots].T.copy()
        e = field.chains[slots].T.reshape(3, 3, width)
        v = e[:, 0].copy()
        a = (e[:, 0] - e[:, 1]) / params.tau_s
        j = (e[:, 0] - 2.0 * e[:, 1] + e[:, 2]) / params.tau_s**2
        pressure, vacuum, resistance, force = field.forces[:, slots]
        bid, ask = self.best_ticks
        return Grid(
            k=np.arange(-n, n + 1, dtype=np.int32),
            price=self._bucket_prices(),
            bid_depth=cells[layout.BID],
            ask_depth=cells[layout.ASK],
            added=cells[layout.ADDED],
            pulled=cells[layout.PULLED],
            filled=cells[layout.FILLED],
            last_event_id=cells[layout.LAST_ID],
            last_ts=cells[layout.LAST_TS],
            pressure=pressure,
            vacuum=vacuum,
            resistance=resistance,
            force=force,
            v_add=v[0],
            a_add=a[0],
            j_add=j[0],
            v_pull=v[1],
            a_pull=a[1],
            j_pull=j[1],
            v_fill=v[2],
            a_fill=a[2],
            j_fill=j[2],
            event_id=self.event_id,
            ts_event=self.clock_ns,
            spot_tick=self.spot_tick,
            best_bid=None if bid is None else bid * params.tick_size,
            best_ask=None if ask is None else ask * params.tick_size,
            mid=None if bid is None or ask is None else (bid + ask) * params.tick_size / 2 / PRICE_SCALE,
            book_state=self.book_state,
        )

    def _bucket_prices(self) -> NDArray[np.int64]:
        width = 2 * self.params.half_width + 1
        if self.spot_tick is None:
            return np.zeros(width, np.int64)
        step = self.params.ticks_per_bucket * self.params.tick_size
        lowest = int(self._scalars[layout.CENTRE_BUCKET]) - self.params.half_width
        return (lowest + np.arange(width, dtype=np.int64)) * step

    def levels(self, side: str, n: int) -> list[tuple[int, int, int]]:
        """Return up to `n` levels of side "B" or "A", best first: raw price, quantity, orders."""
        if side not in "BA" or len(side) != 1:
            raise EngineError(f"a side is 'B' or 'A', not {side!r}")
        out = np.zeros((max(0, n), 3), np.int64)
        side_code = 0 if side == "B" else 1
        found = book_kernels.best_levels(self._book.levels, self._book.nodes, self._scalars, side_code, out)
        return [
            (int(tick) * self.params.tick_size, int(quantity), int(orders))
            for tick, quantity, orders in out[:found]
        ]

    def order(self, order_id: int) -> tuple[str, int, int] | None:
        """Return side, raw price and remaining size of a live order; None if there is none."""
        if not 0 <= order_id < 2**64:
            return None
        key = np.uint64(order_id).astype(np.int64)
        row = book_kernels.find_order(self._book.orders, self._scalars[layout.ORDER_MASK], key)
        if row < 0:
            return None
        _, tick, word, _ = self._book.orders[row].tolist()
        return "BA"[word & 1], tick * self.params.tick_size, word >> 1

    # --- digest, save, restore ---------------------------------------------------------------------

    def _state_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the complete state; orders and fills stand in the order of their tables."""
        scalars, book, field = self._scalars, self._book, self._field
        orders = np.zeros((self.n_orders, 3), np.int64)
        book_kernels.list_orders(book.orders, scalars[layout.ORDER_MASK], orders)
        live = book.fills[:, 2] == scalars[layout.FILL_EPOCH]
        fills = book.fills[live, :2] if scalars[layout.N_FILLS] else np.zeros((0, 2), np.int64)
        slots = (int(scalars[layout.LOW_SLOT]) + np.arange(len(field.cells))) % len(field.cells)
        return {
            "scalars": scalars[: layout.N_STATE].copy(),
            "orders": orders,
            "fills": fills,
            "cells": field.cells[slots, : layout.IS_DIRTY],
            "chains": field.chains[slots],
            "anomalies": book.anomalies.copy(),
        }

    def digest(self) -> str:
        """Return 32 hex digits that stand for the complete state: book, field, clock, spot.

        Equal states give equal digests, whatever the batching, however the state was reached.
        """
        state = hashlib.blake2b(digest_size=16)
        arrays = self._state_arrays()
        for name in ("orders", "fills"):  # by id, whatever the layout of the tables
            arrays[name] = arrays[name][np.argsort(arrays[name][:, 0])]
        for name, part in arrays.items():
            state.update(f"{name}{part.shape}".encode())
            state.update(np.ascontiguousarray(part).tobytes())
        return state.hexdigest()

    def save(self) -> bytes:
        """Return the complete state; `restore` continues from it byte for byte."""
        return pack_state(self.params.as_dict(), self._instrument, self._state_arrays())

    @classmethod
    def restore(cls, state: bytes) -> "Engine":
        """Build an engine from a saved state.

        Raises
        ------
        StateError
            The bytes are damaged, cut short, or of another version.
        """
        flat_params, instrument, arrays = unpack_state(state)
        try:
            engine = cls(EngineParams.from_dict(flat_params))
            engine._load(arrays)
        except (EngineError, KeyError, ValueError, IndexError) as error:
            raise StateError(f"the saved state does not fit together: {error}") from None
        engine._instrument = instrument
        return engine

    def _load(self, arrays: dict[str, NDArray[Any]]) -> None:
        scalars, field = self._scalars, self._field
        scalars[: layout.N_STATE] = arrays["scalars"]
        orders, fills = arrays["orders"], arrays["fills"]
        ticks = np.unique(orders[:, 1])
        tables = {
            "orders": _table_for(len(orders), layout.FIRST_ORDERS),
            "levels": _table_for(len(ticks), layout.FIRST_LEVELS),
            "nodes": _table_for(_n_nodes(ticks), layout.FIRST_NODES),
            "fills": _table_for(len(fills), layout.FIRST_FILLS),
        }
        for name, mask_at in (
            ("orders", layout.ORDER_MASK),
            ("levels", layout.LEVEL_MASK),
            ("nodes", layout.NODE_MASK),
            ("fills", layout.FILL_MASK),
        ):
            scalars[mask_at] = len(tables[name]) - 1
        self._book = self._book._replace(**tables)
        book = self._book
        best = scalars[[layout.BEST_BID, layout.BEST_ASK]].copy()
        scalars[[layout.BEST_BID, layout.BEST_ASK]] = layout.NO_BID, layout.NO_ASK
        if not book_kernels.insert_orders(book.orders, book.levels, book.nodes, scalars, orders):
            raise ValueError("an order is listed twice or has no size")
        if not np.array_equal(best, scalars[[layout.BEST_BID, layout.BEST_ASK]]):
            raise ValueError("the best prices are not those of the orders")
        for order_id, quantity in fills:
            book_kernels.remember_fill(book.fills, scalars, order_id, quantity)
        book.anomalies[:] = arrays["anomalies"]
        field.cells[:, : layout.IS_DIRTY] = arrays["cells"]
        field.chains[:] = arrays["chains"]
        width = 2 * self.params.half_width + 1
        scalars[layout.CENTRE_BUCKET] = (
            scalars[layout.CENTRE_TICK] // self.params.ticks_per_bucket if scalars[layout.HAS_SPOT] else 0
        )
        scalars[layout.LOW_SLOT] = 0
        scalars[layout.RING_BASE] = (scalars[layout.CENTRE_BUCKET] - self.params.half_width) % width
        clock_ns = scalars[layout.CLOCK_NS]
        scalars[layout.FADE_REF_NS] = clock_ns - clock_ns % field.config[layout.FADE_SPAN_NS]
        engine_kernels.mark_touched_dirty(field, scalars)
        self._settle()


def _read_only(words: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a read-only view: one array type, so one compiled kernel, for maps and plain arrays alike."""
    view = words.view()
    view.setflags(write=False)
    return view


def _split_instrument(instrument: int) -> tuple[int, int]:
    return instrument & 0xFFFF, (instrument >> 16) & 0xFFFFFFFF


def _table_for(n_rows: int, least: int) -> NDArray[np.int64]:
    capacity = least
    while 2 * (n_rows + layout.NODES_PER_EVENT) > capacity - 1:
        capacity *= 2
    return np.zeros((capacity, 4), np.int64)


def _n_nodes(ticks: NDArray[np.int64]) -> int:
    """Count the nodes of the tree that these ticks, in order, need."""
    n_nodes = 1
    for _ in range(book_kernels.TOP_LEVEL):
        prefixes = ticks >> 6
        ticks = prefixes[np.flatnonzero(np.diff(prefixes, prepend=prefixes[:1] - 1))]
        n_nodes += len(ticks)
    return n_nodes


def warm_up() -> None:
    """Compile every kernel, or load it from the cache, by running a small engine."""
    engine = Engine(EngineParams(tick_size=1, half_width=1))
    ring = GridRing(1, 16)
    engine.feed(np.zeros(1, MBO_DTYPE), ring)
    engine.feed(np.zeros(0, MBO_DTYPE))
    Engine.restore(engine.save()).digest()
    engine.levels("B", 1)
    engine.order(0)
    float(engine.drive)
    engine._grow(every_table=True)
