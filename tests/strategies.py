"""Hypothesis: parameters, and streams of records.

`coherent_streams` are what a venue sends: a live book, groups that end with F_LAST, trades whose fills are
followed by their reductions, snapshots, clears, sweeps and jumps of the price far beyond the band.
`hostile_streams` are anything at all: every field is drawn on its own, from its worst values.
Both are drawn as short lists of small commands, so that a failure shrinks to a few records.
"""

from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from tests.factories import T0, Records, record, stream
from vpdesk.core.events import F_LAST, F_MAYBE_BAD_BOOK, F_SNAPSHOT, F_TOB, UNDEF_PRICE, UNDEF_TIMESTAMP
from vpdesk.core.params import DEFAULT_WEIGHTS, EngineParams

TICK_SIZES: Final = (1, 7, 10_000_000, 250_000_000)

params = st.builds(
    EngineParams,
    tick_size=st.sampled_from(TICK_SIZES),
    half_width=st.integers(1, 12),
    ticks_per_bucket=st.integers(1, 5),
    tau_s=st.sampled_from([0.01, 0.5, 2.0, 30.0]),
    force_floor=st.sampled_from([1e-6, 1.0, 50.0]),
    drive_reach=st.sampled_from([0.5, 3.0, 20.0]),
    weights=st.dictionaries(st.sampled_from(sorted(DEFAULT_WEIGHTS)), st.floats(0, 5), max_size=4),
)

# Pauses between groups: none, inside a packet, around tau, overnight.
_PAUSES_NS: Final = (0, 0, 1, 40_000, 30_000_000, 700_000_000, 5_000_000_000, 50_000_000_000_000)

_COHERENT_ACTIONS: Final = (
    *("add",) * 8,
    *("cancel",) * 3,
    "cut",
    "resize",
    "reprice",
    *("trade",) * 4,
    "sweep",
    "print",
    "jump",
    "snapshot",
    "clear",
    "heartbeat",
)


class _Venue:
    """A live book that turns commands into the records a venue would send."""

    def __init__(self, tick_size: int, mid_tick: int) -> None:
        self.tick_size = tick_size
        self.mid_tick = mid_tick  # where the book is rebuilt when a side is empty
        self.orders: dict[int, tuple[str, int, int]] = {}
        self.next_id = 1
        self.ts = T0
        self.groups: list[list[Records]] = []

    def emit(self, *rows: Records) -> None:
        """End a group: every record of one time, F_LAST on the last."""
        for row in rows:
            row["ts_event"] = row["ts_recv"] = self.ts
            row["flags"] &= 255 - F_LAST
        rows[-1]["flags"] |= F_LAST
        self.groups.append(list(rows))

    def row(self, action: str, order_id: int, size: int, *, flags: int = 0) -> Records:
        side, tick, _ = self.orders[order_id]
        return record(
            action, side=side, price=tick * self.tick_size, size=size, order_id=order_id, flags=flags
        )

    def best(self, side: str) -> int:
        ticks = [tick for order_side, tick, _ in self.orders.values() if order_side == side]
        if side == "B":
            return max(ticks, default=self.mid_tick - 1)
        return min(ticks, default=self.mid_tick + 1)

    def new_order(self, side: str, tick: int, size: int) -> Records:
        order_id, self.next_id = self.next_id, self.next_id + 1
        self.orders[order_id] = (side, tick, size)
        return self.row("A", order_id, size)

    def nth_order(self, n: int) -> int | None:
        return sorted(self.orders)[n % len(self.orders)] if self.orders else None

    def passive_tick(self, side: str, distance: int) -> int:
        """Return a tick for ``side`` that does not cross; distance 0 improves the best by one if it can."""
        if side == "B":
            return min(self.best("B") + 1 - distance, self.best("A") - 1)
        return max(self.best("A") - 1 + distance, self.best("B") + 1)

    def reduction(self, order_id: int, size: int) -> Records:
        """Return the record that follows a fill: C for all of the order, else C or M by its id."""
        side, tick, resting = self.orders[order_id]
        if size == resting:
            row = self.row("C", order_id, size)
            del self.orders[order_id]
            return row
        row = self.row("M", order_id, resting - size) if order_id % 2 else self.row("C", order_id, size)
        self.orders[order_id] = (side, tick, resting - size)
        return row

    def take(self, side: str, size: int, *, is_itch: bool) -> None:
        """Trade ``size`` against the best resting orders of ``side``, in the manner of one of two venues."""
        fills: list[tuple[int, int]] = []
        ranked = sorted(
            (tick if side == "A" else -tick, order_id)
            for order_id, (order_side, tick, _) in self.orders.items()
            if order_side == side
        )
        for _, order_id in ranked:
            quantity = min(size, self.orders[order_id][2])
            if quantity == 0:
                break
            fills.append((order_id, quantity))
            size -= quantity
        if not fills:
            return
        aggressor = "B" if side == "A" else "A"
        if is_itch:  # T, F and C of each execution carry F_LAST
            for order_id, quantity in fills:
                price = self.orders[order_id][1] * self.tick_size
                self.emit(record("T", side=aggressor, price=price, size=quantity))
                self.emit(self.row("F", order_id, quantity))
                self.emit(self.reduction(order_id, quantity))
            return
        price = self.orders[fills[0][0]][1] * self.tick_size
        rows = [record("T", side=aggressor, price=price, size=sum(quantity for _, quantity in fills))]
        rows += [self.row("F", order_id, quantity) for order_id, quantity in fills]
        rows += [self.reduction(order_id, quantity) for order_id, quantity in fills]
        self.emit(*rows)

    def obey(self, action: str, n: int, side: str, distance: int, size: int) -> None:
        """Carry out one drawn command."""
        order_id = self.nth_order(n)
        if action == "add":
            self.emit(self.new_order(side, self.passive_tick(side, distance), size))
        elif action in ("trade", "sweep"):
            self.take(side, size * (20 if action == "sweep" else 1), is_itch=bool(n % 2))
        elif action == "print":
            price = self.best(side) * self.tick_size
            self.emit(record("T", side="N", price=price, size=size))
        elif action == "jump":
            self.jump(distance * (7 if side == "B" else -7))
        elif action == "snapshot":
            self.snapshot(is_closed=bool(n % 2))
        elif action == "clear":
            self.orders.clear()
            self.emit(record("R"))
        elif action == "heartbeat" or order_id is None:
            self.emit(record("N"))
        else:
            self.change(action, order_id, distance, size)

    def change(self, action: str, order_id: int, distance: int, size: int) -> None:
        side, tick, resting = self.orders[order_id]
        if action == "cancel":
            self.emit(self.row("C", order_id, resting))
            del self.orders[order_id]
        elif action == "cut":
            quantity = min(size, resting)
            row = self.row("C", order_id, quantity)
            del self.orders[order_id]
            if quantity < resting:
                self.orders[order_id] = (side, tick, resting - quantity)
            self.emit(row)
        elif action == "resize":
            self.orders[order_id] = (side, tick, size)
            self.emit(self.row("M", order_id, size))
        else:
            self.orders[order_id] = (side, self.passive_tick(side, distance), size)
            self.emit(self.row("M", order_id, size))

    def jump(self, shift: int) -> None:
        """Move every order by ``shift`` ticks in one group."""
        rows = []
        for order_id, (side, tick, size) in self.orders.items():
            self.orders[order_id] = (side, tick + shift, size)
            rows.append(self.row("M", order_id, size))
        self.mid_tick += shift
        if rows:
            self.emit(*rows)

    def snapshot(self, *, is_closed: bool) -> None:
        """Send the live book anew, as it was hours ago; without F_LAST the next record ends it."""
        rows = [record("R", flags=F_SNAPSHOT)]
        rows += [
            self.row("A", order_id, order[2], flags=F_SNAPSHOT) for order_id, order in self.orders.items()
        ]
        self.emit(*rows)
        for age, row in enumerate(reversed(rows[1:])):
            row["ts_event"] = T0 - 3_600_000_000_000 - age
        if not is_closed:
            rows[-1]["flags"] &= 255 - F_LAST
            self.ts += 1
            self.emit(record("N"))


_commands = st.tuples(
    st.sampled_from(_COHERENT_ACTIONS),
    st.integers(0, 30),  # which order
    st.sampled_from("BA"),
    st.integers(0, 14),  # distance, in ticks
    st.integers(1, 40),  # size
    st.sampled_from(_PAUSES_NS),
)


def _many(elements: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Draw lists that are really long as often as short: left alone, Hypothesis draws a handful."""
    return st.integers(1, 70).flatmap(lambda n: st.lists(elements, min_size=n, max_size=n))


@st.composite
def coherent_groups(draw: st.DrawFn, tick_size: int = TICK_SIZES[2]) -> list[list[Records]]:
    """Draw a venue's stream as groups; each ends with F_LAST (except a snapshot left open)."""
    venue = _Venue(tick_size, draw(st.sampled_from([20_000, 5, 0, -300])))
    for action, n, side, distance, size, pause_ns in draw(_many(_commands)):
        venue.ts += pause_ns
        venue.obey(action, n, side, distance, size)
    return venue.groups


def joined(groups: list[list[Records]]) -> Records:
    return stream(*(row for group in groups for row in group))


def coherent_streams(tick_size: int = TICK_SIZES[2]) -> st.SearchStrategy[Records]:
    return coherent_groups(tick_size).map(joined)


_HOSTILE_PRICES: Final = (
    UNDEF_PRICE,
    UNDEF_PRICE - 1,
    -(2**63),
    -(2**63) + 1,
    2**61,
    2**61 - 1,
    -(2**61),
    -(2**61) + 1,
    2**40,
    -(2**40),
    0,
    1,
    -1,
)
_HOSTILE_SIZES: Final = (0, 1, 1, 2, 3, 5, 8, 100, 2**31, 2**32 - 1)
_HOSTILE_IDS: Final = (*range(8), *range(8), 2**32, 2**63, 2**64 - 1)
_HOSTILE_TIMES: Final = (
    0,
    1,
    T0 - 86_400_000_000_000,
    2**63 - 1,
    2**63,
    UNDEF_TIMESTAMP - 1,
    UNDEF_TIMESTAMP,
)
_HOSTILE_ACTIONS: Final = tuple(bytes([letter]) for letter in b"AAAAAACCCCMMMMFFFTTRN\x00x")
_HOSTILE_SIDES: Final = (b"B", b"A", b"N", b"\x00", b"b")
_HOSTILE_FLAGS: Final = (*(0,) * 6, *(F_LAST,) * 8, F_LAST | 2, F_SNAPSHOT, 168, F_MAYBE_BAD_BOOK, F_TOB, 16)


@st.composite
def _hostile_rows(draw: st.DrawFn, tick_size: int) -> Records:
    """Draw one record: most near a market around 0, so that there is a spot to be hostile to."""
    half_ticks = draw(st.integers(-40, 40))
    price = half_ticks * tick_size // 2
    side = b"B" if half_ticks < 0 else b"A"
    ts = T0 + draw(st.sampled_from([0, 1, 2, 400_000_000, 800_000_000, 1_600_000_000]))
    flags = draw(st.sampled_from(_HOSTILE_FLAGS))
    spoiled = draw(st.sampled_from(["", "", "", "", "price", "price", "side", "ts", "flags"]))
    if spoiled == "price":
        price = draw(st.one_of(st.sampled_from(_HOSTILE_PRICES), st.integers(-(2**63), 2**63 - 1)))
    elif spoiled == "side":
        side = draw(st.sampled_from(_HOSTILE_SIDES))
    elif spoiled == "ts":
        ts = draw(st.sampled_from(_HOSTILE_TIMES))
    elif spoiled == "flags":
        flags = draw(st.integers(0, 255))
    return record(
        draw(st.sampled_from(_HOSTILE_ACTIONS)),
        side=side,
        price=price,
        size=draw(st.sampled_from(_HOSTILE_SIZES)),
        order_id=draw(st.sampled_from(_HOSTILE_IDS)),
        ts=ts,
        flags=flags,
    )


def hostile_streams(tick_size: int = TICK_SIZES[2]) -> st.SearchStrategy[Records]:
    return _many(_hostile_rows(tick_size)).map(lambda rows: stream(*rows))


@st.composite
def cases(draw: st.DrawFn, *, hostile: bool) -> tuple[EngineParams, Records]:
    """Draw parameters and a stream in their tick size."""
    chosen = draw(params)
    streams = hostile_streams if hostile else coherent_streams
    return chosen, draw(streams(chosen.tick_size))


any_cases = st.one_of(cases(hostile=False), cases(hostile=True))


def cuts(n: int) -> st.SearchStrategy[list[int]]:
    """Draw the sorted positions at which a stream of ``n`` records is cut into batches."""
    return st.lists(st.integers(0, n), max_size=8).map(sorted)


def batches(records: Records, positions: list[int]) -> list[Records]:
    return np.split(records, positions)
