"""The slow plain twin of the engine: the rules one after another, dictionaries and floats, no cleverness.

It is written from the rules alone and shares nothing with the compiled kernels but the record's layout, the
parameters and the `Grid` it returns.
"""

from collections import Counter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.reference.book import Order, ReferenceBook
from tests.reference.field import Bucket
from vpdesk.core.events import (
    F_LAST,
    F_MAYBE_BAD_BOOK,
    F_MBP,
    F_SNAPSHOT,
    F_TOB,
    MBO_DTYPE,
    PRICE_SCALE,
)
from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams

MAX_PRICE_RAW: Final = 2**61  # from here on a price counts as undefined
FIRST_UNDEFINED_TS: Final = 2**63


class Event(NamedTuple):
    """The fields of a record that mean something to the engine."""

    ts_event: int
    action: str
    side: str  # "B", "A" or "N"
    price_raw: int
    size: int
    order_id: int
    flags: int


class Trade(NamedTuple):
    """What the trade overlay learns from a T record; ``tick`` is None where the price is undefined."""

    side: str
    size: int
    tick: int | None


def events_from(records: NDArray[np.void]) -> list[Event]:
    """Turn an (n,) ``MBO_DTYPE`` array into events."""
    names = MBO_DTYPE.names
    assert names is not None
    rows = [dict(zip(names, row, strict=True)) for row in records.tolist()]
    return [
        Event(
            row["ts_event"],
            row["action"].decode("latin-1"),
            {b"B": "B", b"A": "A"}.get(row["side"], "N"),
            row["price"],
            row["size"],
            row["order_id"],
            row["flags"],
        )
        for row in rows
    ]


class ReferenceEngine:
    """Feed it event by event; ask `grid` whenever you like."""

    def __init__(self, params: EngineParams) -> None:
        self.params = params
        self.book = ReferenceBook()
        self.anomalies: Counter[str] = Counter()
        self.event_id = 0
        self.clock_ns = 0
        self.centre_tick: int | None = None
        self.m2: int | None = None  # twice the mid, in ticks, at the last spot evaluation
        self.trade: Trade | None = None  # of the last event
        self.is_suspect = False
        self.has_snapshot_begun = False
        self.is_ever_cleared = False
        self._is_spot_due = False
        self._previous_ts: int | None = None
        self._fill_memory: dict[int, int] = {}
        # Before the first spot the grid has no prices: its buckets are kept by k. Afterwards the tracked
        # band is kept by bucket number.
        self._frameless = {k: Bucket() for k in range(-params.half_width, params.half_width + 1)}
        self._band: dict[int, Bucket] = {}

    # --- one event ---------------------------------------------------------------------------------

    def feed(self, records: NDArray[np.void]) -> None:
        for event in events_from(records):
            self.feed_event(event)

    def feed_event(self, event: Event) -> None:
        self.event_id += 1
        self.trade = None
        self._settle_previous(event)
        self._advance_clock(event)
        self._touch_price(event.price_raw)
        is_order = not event.flags & (F_TOB | F_MBP)
        if is_order:
            self._begin_or_end_snapshot(event)
            self._apply(event)
            if event.flags & F_MAYBE_BAD_BOOK:
                self.is_suspect = True
            if event.flags & F_LAST:
                self.has_snapshot_begun = False
        else:
            self.anomalies["not_market_by_order"] += 1
        if event.flags & F_LAST:
            self._evaluate_spot()
        self._is_spot_due = not event.flags & F_LAST
        self._touch_centre_if_nothing_in_view_was()

    def _settle_previous(self, event: Event) -> None:
        """Do what had to wait for the time to change: the spot of a feed without F_LAST, the fill memory."""
        if self._previous_ts is not None and event.ts_event != self._previous_ts:
            self._fill_memory.clear()
            if self._is_spot_due:
                self._evaluate_spot()
        self._previous_ts = event.ts_event

    def _advance_clock(self, event: Event) -> None:
        if event.ts_event < FIRST_UNDEFINED_TS:
            self.clock_ns = max(self.clock_ns, event.ts_event)

    def _begin_or_end_snapshot(self, event: Event) -> None:
        if not event.flags & F_SNAPSHOT:
            self.has_snapshot_begun = False
        elif not self.has_snapshot_begun:
            if event.action != "R":
                self._clear()
            self.has_snapshot_begun = True

    def _apply(self, event: Event) -> None:
        rule = {
            "A": self._apply_add,
            "C": self._apply_cancel,
            "M": self._apply_modify,
            "F": self._apply_fill,
            "T": self._apply_trade,
            "R": self._apply_clear,
        }.get(event.action)
        if rule is not None:
            rule(event)

    # --- one rule per action -----------------------------------------------------------------------

    def _apply_add(self, event: Event) -> None:
        if self._tick_from(event.price_raw) is None:
            return
        if event.order_id in self.book.orders:
            self.anomalies["duplicate_add"] += 1
            self._change_order(event)
        else:
            self._insert_order(event)

    def _apply_modify(self, event: Event) -> None:
        if self._tick_from(event.price_raw) is None:
            return
        if event.order_id in self.book.orders:
            self._change_order(event)
        else:
            self.anomalies["unknown_modify"] += 1
            self._insert_order(event)

    def _insert_order(self, event: Event) -> None:
        if event.size == 0 or event.side == "N":
            return
        tick = self._tick(event.price_raw)
        self.book.insert(event.order_id, event.side, tick, event.size)
        self._flow(event, tick, add=event.size)

    def _change_order(self, event: Event) -> None:
        tick = self._tick(event.price_raw)
        order = self.book.orders[event.order_id]
        old = Order(order.side, order.tick, order.size)
        side = old.side if event.side == "N" else event.side
        self.book.replace(event.order_id, side, tick, event.size)
        if side == old.side and tick == old.tick:
            growth = event.size - old.size
            self._flow(event, tick, add=max(growth, 0), pull=self._less_fills(event, max(-growth, 0)))
        else:
            self._flow(event, old.tick, pull=self._less_fills(event, old.size))
            self._flow(event, tick, add=event.size)

    def _apply_cancel(self, event: Event) -> None:
        order = self.book.orders.get(event.order_id)
        if order is None:
            self.anomalies["unknown_cancel"] += 1
            return
        if event.size > order.size:
            self.anomalies["oversize_cancel"] += 1
        reduction = min(event.size, order.size)
        self.book.reduce(event.order_id, reduction)
        self._flow(event, order.tick, pull=self._less_fills(event, reduction))

    def _apply_fill(self, event: Event) -> None:
        order = self.book.orders.get(event.order_id)
        tick = self._tick_from(event.price_raw) if order is None else order.tick
        if not event.flags & F_SNAPSHOT:
            remembered = self._fill_memory.get(event.order_id, 0)
            self._fill_memory[event.order_id] = remembered + event.size
        if tick is not None:
            self._flow(event, tick, fill=event.size)

    def _apply_trade(self, event: Event) -> None:
        self.trade = Trade(event.side, event.size, self._tick_from(event.price_raw))

    def _apply_clear(self, event: Event) -> None:
        self._clear()

    def _clear(self) -> None:
        self.book.clear()
        self._fill_memory.clear()
        self.is_suspect = False
        self.is_ever_cleared = True
        for buckets in (self._frameless, self._band):
            for key in buckets:
                buckets[key] = Bucket(last_event_id=self.event_id, last_ts=self.clock_ns)

    # --- flow and touch ----------------------------------------------------------------------------

    def _less_fills(self, event: Event, reduction: int) -> int:
        """Return the part of ``reduction`` that no fill of this moment accounts for."""
        if event.flags & F_SNAPSHOT:
            return reduction
        accounted = min(self._fill_memory.get(event.order_id, 0), reduction)
        if accounted:
            self._fill_memory[event.order_id] -= accounted
        return reduction - accounted

    def _flow(self, event: Event, tick: int, add: int = 0, pull: int = 0, fill: int = 0) -> None:
        if event.flags & F_SNAPSHOT:
            add = pull = fill = 0
        bucket = tick // self.params.ticks_per_bucket
        if bucket in self._band:
            self._touch(self._band[bucket], bucket, add, pull, fill)

    def _touch_price(self, price_raw: int) -> None:
        tick = self._tick_from(price_raw)
        if tick is not None:
            bucket = tick // self.params.ticks_per_bucket
            if bucket in self._band:
                self._touch(self._band[bucket], bucket)

    def _touch(self, state: Bucket, bucket: int, add: int = 0, pull: int = 0, fill: int = 0) -> None:
        state.advance(self.clock_ns, self.params.tau_s)
        state.add.impulse(add, self.params.tau_s)
        state.pull.impulse(pull, self.params.tau_s)
        state.fill.impulse(fill, self.params.tau_s)
        self._read_depth(state, bucket)
        state.recompute_forces(self.params)
        state.last_event_id = self.event_id

    def _touch_centre_if_nothing_in_view_was(self) -> None:
        if any(state.last_event_id == self.event_id for state in self._view().values()):
            return
        if self.centre_tick is None:
            self._frameless[0].last_event_id = self.event_id
            self._frameless[0].last_ts = self.clock_ns
        else:
            self._touch(self._view()[0], self.centre_tick // self.params.ticks_per_bucket)

    def _tick_from(self, price_raw: int) -> int | None:
        return None if abs(price_raw) >= MAX_PRICE_RAW else self._tick(price_raw)

    def _tick(self, price_raw: int) -> int:
        return (price_raw + self.params.tick_size // 2) // self.params.tick_size

    # --- spot and frame ----------------------------------------------------------------------------

    def _evaluate_spot(self) -> None:
        bid, ask = self.book.best_bid(), self.book.best_ask()
        if self.has_snapshot_begun or bid is None or ask is None or bid >= ask:
            return
        self.m2 = bid + ask
        if self.centre_tick is None or abs(self.m2 - 2 * self.centre_tick) > 1:
            self.centre_tick = (self.m2 + 1) // 2
            self._remap(self.centre_tick // self.params.ticks_per_bucket)

    def _remap(self, centre: int) -> None:
        reach = 2 * self.params.half_width
        band = {}
        for bucket in range(centre - reach, centre + reach + 1):
            if bucket in self._band:
                band[bucket] = self._band[bucket]
            else:
                band[bucket] = Bucket()
                self._read_depth(band[bucket], bucket)
        self._band = band

    def _read_depth(self, state: Bucket, bucket: int) -> None:
        n = self.params.ticks_per_bucket
        state.bid_depth = self.book.depth("B", bucket * n, n)
        state.ask_depth = self.book.depth("A", bucket * n, n)

    # --- what is shown -----------------------------------------------------------------------------

    def _view(self) -> dict[int, Bucket]:
        """Return the emitted buckets by k."""
        if self.centre_tick is None:
            return self._frameless
        centre = self.centre_tick // self.params.ticks_per_bucket
        half_width = self.params.half_width
        return {k: self._band[centre + k] for k in range(-half_width, half_width + 1)}

    def book_state(self) -> str:
        if self.has_snapshot_begun:
            return "snapshot"
        if self.is_suspect:
            return "suspect"
        if self.event_id > 0 and not self.is_ever_cleared:
            return "partial"
        return "valid" if self.book.orders else "empty"

    def grid(self) -> Grid:
        params, tau = self.params, self.params.tau_s
        view = self._view()
        states = list(view.values())
        n = params.ticks_per_bucket
        if self.centre_tick is None:
            prices, bid_depths, ask_depths = [0] * len(view), [0] * len(view), [0] * len(view)
        else:  # depth is asked of the book itself: what a bucket keeps must always equal it
            lowest_ticks = [(self.centre_tick // n + k) * n for k in view]
            prices = [tick * params.tick_size for tick in lowest_ticks]
            bid_depths = [self.book.depth("B", tick, n) for tick in lowest_ticks]
            ask_depths = [self.book.depth("A", tick, n) for tick in lowest_ticks]
        bid, ask = self.book.best_bid(), self.book.best_ask()
        has_mid = bid is not None and ask is not None

        def ints(values: list[int]) -> NDArray[np.int64]:
            return np.array(values, np.int64)

        def floats(values: list[float]) -> NDArray[np.float64]:
            return np.array(values, np.float64)

        flows: dict[str, Any] = {}
        for name in ("add", "pull", "fill"):
            chains = [getattr(state, name) for state in states]
            flows[f"v_{name}"] = floats([chain.velocity() for chain in chains])
            flows[f"a_{name}"] = floats([chain.acceleration(tau) for chain in chains])
            flows[f"j_{name}"] = floats([chain.jerk(tau) for chain in chains])
        return Grid(
            k=np.array(list(view), np.int32),
            price=ints(prices),
            bid_depth=ints(bid_depths),
            ask_depth=ints(ask_depths),
            added=ints([state.add.total for state in states]),
            pulled=ints([state.pull.total for state in states]),
            filled=ints([state.fill.total for state in states]),
            last_event_id=ints([state.last_event_id for state in states]),
            last_ts=ints([state.last_ts for state in states]),
            pressure=floats([state.pressure for state in states]),
            vacuum=floats([state.vacuum for state in states]),
            resistance=floats([state.resistance for state in states]),
            force=floats([state.force for state in states]),
            **flows,
            event_id=self.event_id,
            ts_event=self.clock_ns,
            spot_tick=self.centre_tick,
            best_bid=None if bid is None else bid * params.tick_size,
            best_ask=None if ask is None else ask * params.tick_size,
            mid=(bid + ask) * params.tick_size / (2 * PRICE_SCALE) if has_mid else None,  # type: ignore[operator]
            book_state=self.book_state(),
        )

    def levels(self, side: str, n: int) -> list[tuple[int, int, int]]:
        """Return the best levels as the engine does: (price_raw, size, count)."""
        return [(tick * self.params.tick_size, size, count) for tick, size, count in self.book.top(side, n)]

    def order(self, order_id: int) -> tuple[str, int, int] | None:
        order = self.book.orders.get(order_id)
        return None if order is None else (order.side, order.tick * self.params.tick_size, order.size)
