"""An untouched bucket keeps every bit, and belongs to its price: proved on the engine's own grids alone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from tests.factories import TICK, Records, add, cancel, modify, one_by_one, record, stream
from tests.reference.compare import assert_dense_and_finite, bits
from tests.strategies import cases
from vpdesk.core.engine import Engine
from vpdesk.core.events import F_LAST, F_MBP, F_SNAPSHOT, F_TOB
from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams

Case = tuple[EngineParams, Records]


class Witness:
    """Remembers the bits of every bucket it has seen for as long as the bucket must keep them."""

    def __init__(self, engine: Engine, params: EngineParams) -> None:
        self.engine = engine
        self.params = params
        self.kept: dict[int, bytes] = {}
        self.n_compared = 0
        self.n_compared_after_return = 0
        self.visible: set[int] = set()
        self.is_snapshot = False
        self.previous: Any = None

    def bucket(self, price_raw: int) -> int:
        tick_size = self.params.tick_size
        return (price_raw + tick_size // 2) // tick_size // self.params.ticks_per_bucket

    def may_touch(self, row: Any) -> set[int]:
        """Return the buckets that the record names: its own price's, and the resting order's."""
        named = {self.bucket(int(row["price"]))}
        order = self.engine.order(int(row["order_id"]))
        if order is not None:
            named.add(self.bucket(order[1]))
        return named

    def clears(self, row: Any) -> bool:
        """Tell whether the record drops every order: an R, or the first of a snapshot."""
        flags = int(row["flags"])
        if flags & (F_TOB | F_MBP):
            return False
        is_first = bool(flags & F_SNAPSHOT) and not self.is_snapshot
        self.is_snapshot = bool(flags & F_SNAPSHOT) and not flags & F_LAST
        return is_first or bytes(row["action"]) == b"R"

    def may_move_twice(self, row: Any) -> bool:
        """Tell whether spot can move before and after this record, so that a bucket may leave unseen."""
        was_open = self.previous is not None and not self.previous["flags"] & F_LAST
        return bool(was_open and row["flags"] & F_LAST and row["ts_event"] != self.previous["ts_event"])

    def feed(self, records: Records) -> None:
        """Feed one record, and compare what it had no right to change."""
        row = records[0]
        touched = self.may_touch(row)
        if self.clears(row) or self.may_move_twice(row):
            self.kept.clear()
        self.previous = row
        self.engine.feed(records)
        grid = self.engine.grid()
        if grid.spot_tick is None:
            return
        self._compare(grid, touched | {grid.spot_tick // self.params.ticks_per_bucket})

    def _compare(self, grid: Grid, touched: set[int]) -> None:
        assert grid.spot_tick is not None
        centre = grid.spot_tick // self.params.ticks_per_bucket
        reach = 2 * self.params.half_width
        self.kept = {
            bucket: kept
            for bucket, kept in self.kept.items()
            if abs(bucket - centre) <= reach and bucket not in touched
        }
        now_visible = set()
        for i, k in enumerate(grid.k.tolist()):
            bucket = centre + k
            now_visible.add(bucket)
            found = bits(grid, i)
            if bucket in self.kept:
                assert found == self.kept[bucket], f"bucket {bucket} was not touched by event {grid.event_id}"
                self.n_compared += 1
                self.n_compared_after_return += bucket not in self.visible
            self.kept[bucket] = found
        self.visible = now_visible


@pytest.mark.parametrize("hostile", [False, True], ids=["coherent", "hostile"])
def test_an_untouched_bucket_keeps_every_bit_through_moves_of_the_spot(hostile: bool) -> None:
    @given(cases(hostile=hostile))
    def check(case: Case) -> None:
        params, records = case
        witness = Witness(Engine(params), params)
        for row in one_by_one(records):
            witness.feed(row)

    check()


def walking_market(half_width: int, steps: np.ndarray) -> Records:
    """Return a bid and an ask that walk by ``steps`` ticks; at each step an order comes and goes."""
    rng = np.random.default_rng(5)
    rows = [add(1, "B", 999, 5), add(2, "A", 1001, 5)]
    mid, ts = 1000, int(rows[0]["ts_event"][0])
    for n, step in enumerate(steps.tolist()):
        mid, ts = mid + step, ts + 10_000_000
        order_id = 10 + n
        near = mid + int(rng.integers(2, half_width + 2))
        rows += [
            modify(1, "B", mid - 1, 5, ts=ts, flags=0),
            modify(2, "A", mid + 1, 5, ts=ts, flags=0),
            record("N", ts=ts),
            add(order_id, "A", near, 7, ts=ts),
            cancel(order_id, "A", near, int(rng.integers(1, 7)), ts=ts + 1),
            cancel(order_id, "A", near, 7, ts=ts + 2),
        ]
    return stream(*rows)


def test_buckets_that_leave_the_view_and_return_bring_their_own_bits_back() -> None:
    params = EngineParams(tick_size=TICK, half_width=4)
    witness = Witness(Engine(params), params)
    steps = np.random.default_rng(3).integers(-2, 3, 300)
    for row in one_by_one(walking_market(4, steps)):
        witness.feed(row)
    assert witness.n_compared > 5_000
    assert witness.n_compared_after_return > 100  # else this test has shown nothing about the margin


def test_jumps_far_beyond_the_grid_leave_it_dense_and_finite_and_owning_its_prices() -> None:
    params = EngineParams(tick_size=TICK, half_width=3, ticks_per_bucket=2)
    engine = Engine(params)
    steps = np.random.default_rng(4).choice([-5_000, -17, -7, -1, 0, 1, 6, 13, 40_000], 300)
    for row in one_by_one(walking_market(3, steps)):
        engine.feed(row)
        grid = engine.grid()
        assert_dense_and_finite(grid, 3)
        assert (grid.last_event_id == grid.event_id).any()
        if grid.spot_tick is not None:
            lowest_ticks = (grid.spot_tick // 2 + grid.k.astype(np.int64)) * 2
            np.testing.assert_array_equal(grid.price, lowest_ticks * TICK)
        sizes = {price: size for price, size, _ in engine.levels("B", 10_000)}
        shown = dict(zip(grid.price.tolist(), grid.bid_depth.tolist(), strict=True))
        for price, depth in shown.items():
            if grid.spot_tick is not None:
                assert depth == sizes.get(price, 0) + sizes.get(price + TICK, 0)
