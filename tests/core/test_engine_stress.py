"""A book of half a million orders, prices far apart, and what emptying and clearing it does."""

import numpy as np
import pytest

from tests.factories import T0, TICK, Records, add, clear, record, stream
from vpdesk.core.engine import Engine
from vpdesk.core.events import F_LAST, MBO_DTYPE, MBO_LENGTH_WORDS, MBO_RTYPE
from vpdesk.core.params import EngineParams

PARAMS = EngineParams(tick_size=TICK, half_width=5)


def orders(sides: np.ndarray, ticks: np.ndarray, sizes: np.ndarray, *, first_id: int = 1) -> Records:
    """Return one add per row; ``sides`` holds 0 for a bid and 1 for an ask."""
    records = np.zeros(len(ticks), MBO_DTYPE)
    records["length"], records["rtype"] = MBO_LENGTH_WORDS, MBO_RTYPE
    records["publisher_id"], records["instrument_id"] = (
        record("N")[name] for name in ("publisher_id", "instrument_id")
    )
    records["action"], records["flags"] = b"A", F_LAST
    records["side"] = np.where(sides == 0, b"B", b"A")
    records["price"] = ticks * TICK
    records["size"] = sizes
    records["order_id"] = np.arange(first_id, first_id + len(ticks))
    records["ts_event"] = T0 + np.arange(len(ticks))
    return records


def cancels(adds: Records) -> Records:
    records = adds.copy()
    records["action"] = b"C"
    return records


def expected_levels(adds: Records, side: bytes, n: int) -> list[tuple[int, int, int]]:
    mine = adds[adds["side"] == side]
    prices, index, counts = np.unique(mine["price"], return_inverse=True, return_counts=True)
    sizes = np.bincount(index, weights=mine["size"].astype(np.float64)).astype(np.int64)
    levels = list(zip(prices.tolist(), sizes.tolist(), counts.tolist(), strict=True))
    return levels[: -n - 1 : -1] if side == b"B" else levels[:n]


@pytest.mark.slow
def test_half_a_million_orders_from_one_cent_to_199999_leave_in_any_order_and_the_best_is_always_right() -> (
    None
):
    rng = np.random.default_rng(1)
    n, top = 500_000, 19_999_999
    sides = rng.integers(0, 2, n)
    ticks = np.where(sides == 0, rng.integers(1, top // 2, n), rng.integers(top // 2, top + 1, n))
    adds = orders(sides, ticks, rng.integers(1, 1_000, n))
    engine = Engine(PARAMS)
    engine.feed(clear())
    engine.feed(adds)
    leaving = rng.permutation(n)
    for cut in (0, 1, n // 3, n - 1_000, n - 3, n):
        gone, left = leaving[:cut], adds[leaving[cut:]]
        engine.feed(cancels(adds[gone]))  # those that left before are unknown now, and change nothing
        for side in (b"B", b"A"):
            assert engine.levels(side.decode(), 50) == expected_levels(left, side, 50)
    assert engine.grid().book_state == "empty"
    assert engine.grid().best_bid is None


def test_the_best_price_found_after_emptying_it_thousands_of_ticks_down_is_the_next_one() -> None:
    ticks = np.cumsum(np.random.default_rng(2).integers(1, 9_000, 3_000))
    adds = orders(np.zeros(len(ticks), np.int64), ticks, np.full(len(ticks), 3))
    engine = Engine(PARAMS)
    engine.feed(stream(clear(), add(10**9, "A", int(ticks[-1]) + 5, 1), adds))
    for position in range(len(ticks) - 1, 0, -1):
        engine.feed(cancels(adds[position : position + 1]))
        assert engine.levels("B", 1) == [(int(ticks[position - 1]) * TICK, 3, 1)]
    grid = engine.grid()
    assert grid.best_bid == int(ticks[0]) * TICK
    assert grid.spot_tick == (int(ticks[0]) + int(ticks[-1]) + 5 + 1) // 2


def test_a_market_of_negative_prices_is_a_market_like_any_other() -> None:
    """The same market 10 000 ticks lower: the same field under the same k."""
    rng = np.random.default_rng(3)
    sides = rng.integers(0, 2, 4_000)
    ticks = np.where(sides == 0, -rng.integers(1, 40, 4_000), rng.integers(1, 40, 4_000))
    adds = orders(sides, ticks, rng.integers(1, 90, 4_000))
    grids = {}
    for shift in (-10_000, 0, 10_000):
        engine = Engine(PARAMS)
        moved = stream(adds, cancels(adds[::3]))
        moved["price"] += shift * TICK
        engine.feed(moved)
        grids[shift] = engine.grid()
    for shift in (-10_000, 10_000):
        assert grids[shift].spot_tick == shift + grids[0].spot_tick
        np.testing.assert_array_equal(grids[shift].price, grids[0].price + shift * TICK)
        for name in (
            "bid_depth",
            "ask_depth",
            "added",
            "pulled",
            "pressure",
            "vacuum",
            "force",
            "last_event_id",
        ):
            np.testing.assert_array_equal(getattr(grids[shift], name), getattr(grids[0], name), err_msg=name)


def test_the_farthest_prices_that_count_are_held_exactly() -> None:
    engine = Engine(EngineParams(tick_size=1, half_width=2))
    lowest, highest = -(2**61) + 1, 2**61 - 1
    engine.feed(
        stream(
            record("A", side="B", price=lowest, size=2**32 - 1, order_id=2**64 - 1),
            record("A", side="A", price=highest, size=1, order_id=0),
        )
    )
    assert engine.levels("B", 9) == [(lowest, 2**32 - 1, 1)]
    assert engine.levels("A", 9) == [(highest, 1, 1)]
    assert engine.order(2**64 - 1) == ("B", lowest, 2**32 - 1)
    assert engine.order(0) == ("A", highest, 1)
    assert engine.grid().spot_tick == 0


def test_a_clear_of_a_large_book_leaves_nothing_behind() -> None:
    rng = np.random.default_rng(4)
    sides = rng.integers(0, 2, 50_000)
    adds = orders(sides, np.where(sides == 0, 500, 1_500) + rng.integers(0, 400, 50_000), np.full(50_000, 7))
    engine, fresh = Engine(PARAMS), Engine(PARAMS)
    for _ in range(3):
        engine.feed(adds)
        engine.feed(clear())
        assert engine.levels("B", 5) == engine.levels("A", 5) == []
        assert engine.order(int(adds["order_id"][0])) is None
    few = orders(np.array([0, 1]), np.array([99, 101]), np.array([5, 6]))
    engine.feed(few)
    fresh.feed(few)
    assert engine.levels("B", 5) == fresh.levels("B", 5)
    assert engine.levels("A", 5) == fresh.levels("A", 5)
