"""The rules one by one, with numbers worked out by hand: cents, buckets of one tick, tau of 2 s."""

import math

import numpy as np
import pytest

from tests.factories import T0, TICK, Records, add, cancel, clear, fill, modify, record, stream, trade
from vpdesk.core.engine import Engine
from vpdesk.core.events import (
    F_LAST,
    F_MAYBE_BAD_BOOK,
    F_MBP,
    F_SNAPSHOT,
    F_TOB,
    UNDEF_PRICE,
    UNDEF_TIMESTAMP,
)
from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams

PARAMS = EngineParams(tick_size=TICK, half_width=5)
SECOND = 1_000_000_000


def market() -> Records:
    """Return a clear, a bid of 10 at 99 (order 1) and an ask of 20 at 101 (order 2): spot 100."""
    return stream(clear(), add(1, "B", 99, 10), add(2, "A", 101, 20))


def after(*rows: Records, params: EngineParams = PARAMS) -> Grid:
    engine = Engine(params)
    engine.feed(stream(market(), *rows))
    return engine.grid()


def at(grid: Grid, tick: int) -> int:
    """Return the index of the bucket that holds ``tick``."""
    return int(np.flatnonzero(grid.price == tick * TICK)[0])


def ledger(grid: Grid, tick: int) -> tuple[int, int, int]:
    i = at(grid, tick)
    return int(grid.added[i]), int(grid.pulled[i]), int(grid.filled[i])


def depth(grid: Grid, tick: int) -> tuple[int, int]:
    i = at(grid, tick)
    return int(grid.bid_depth[i]), int(grid.ask_depth[i])


@pytest.mark.parametrize(
    ("rows", "expected_ledger", "expected_ask"),
    [
        pytest.param([add(3, "A", 101, 4)], (4, 0, 0), 24, id="an add is an add"),
        pytest.param(
            [cancel(2, "A", 101, 5)], (0, 5, 0), 15, id="a cancel takes its size off, not down to it"
        ),
        pytest.param([cancel(2, "A", 101, 99)], (0, 20, 0), 0, id="an oversize cancel takes what there is"),
        pytest.param([cancel(9, "A", 101, 5)], (0, 0, 0), 20, id="a cancel of nothing"),
        pytest.param([cancel(2, "B", 50, 5)], (0, 5, 0), 15, id="a cancel goes by its id alone"),
        pytest.param([modify(2, "A", 101, 25)], (5, 0, 0), 25, id="growth is added"),
        pytest.param([modify(2, "A", 101, 14)], (0, 6, 0), 14, id="shrinkage is pulled"),
        pytest.param([modify(2, "A", 101, 0)], (0, 20, 0), 0, id="a modify to 0 removes"),
        pytest.param([modify(2, "A", 103, 20)], (0, 20, 0), 0, id="moving away pulls all"),
        pytest.param([modify(9, "A", 101, 3)], (3, 0, 0), 23, id="an unknown modify is an add"),
        pytest.param([add(2, "A", 101, 25)], (5, 0, 0), 25, id="a known add is a modify"),
        pytest.param([modify(2, "N", 101, 25)], (5, 0, 0), 25, id="no side: the resting order's"),
        pytest.param([modify(9, "N", 101, 3)], (0, 0, 0), 20, id="no side, unknown order: nothing"),
        pytest.param([add(3, "A", 101, 0)], (0, 0, 0), 20, id="an add of 0 is nothing"),
        pytest.param([fill(2, "A", 101, 5)], (0, 0, 5), 20, id="a fill leaves the book alone"),
        pytest.param([fill(2, "N", 100, 5)], (0, 0, 5), 20, id="a fill counts at the resting price"),
        pytest.param([fill(9, "A", 101, 5)], (0, 0, 5), 20, id="an unknown order's fill, at its own price"),
        pytest.param([fill(2, "A", 101, 5), cancel(2, "A", 101, 5)], (0, 0, 5), 15, id="fill then cancel"),
        pytest.param([fill(2, "A", 101, 5), modify(2, "A", 101, 15)], (0, 0, 5), 15, id="fill then modify"),
        pytest.param(
            [fill(2, "A", 101, 5), cancel(2, "A", 101, 8)], (0, 3, 5), 12, id="more than was filled"
        ),
        pytest.param(
            [fill(2, "A", 101, 5), fill(2, "A", 101, 4), cancel(2, "A", 101, 9)],
            (0, 0, 9),
            11,
            id="two fills",
        ),
        pytest.param(
            [fill(2, "A", 101, 5), cancel(2, "A", 101, 3), cancel(2, "A", 101, 3)],
            (0, 1, 5),
            14,
            id="in pieces",
        ),
        pytest.param([fill(2, "A", 101, 5), modify(2, "A", 103, 15)], (0, 15, 5), 0, id="fill then move"),
        pytest.param(
            [fill(2, "A", 101, 5), cancel(2, "A", 101, 5, ts=T0 + 1)],
            (0, 5, 5),
            15,
            id="a later time forgets",
        ),
        pytest.param(
            [fill(2, "A", 101, 5), clear(), add(2, "A", 101, 20), cancel(2, "A", 101, 5)],
            (20, 5, 0),
            15,
            id="a clear forgets the fills",
        ),
        pytest.param([trade("B", 101, 5)], (0, 0, 0), 20, id="a trade is no flow"),
        pytest.param([modify(2, "B", 98, 20)], (0, 20, 0), 0, id="a change of side pulls"),
    ],
)
def test_what_an_event_does_to_the_book_and_to_the_ledger(
    rows: list[Records], expected_ledger: tuple[int, int, int], expected_ask: int
) -> None:
    grid = after(*rows)
    assert ledger(grid, 101) == expected_ledger
    assert depth(grid, 101) == (0, expected_ask)


def test_a_change_of_side_at_one_price_pulls_all_and_adds_all() -> None:
    grid = after(modify(1, "A", 99, 4))
    assert ledger(grid, 99) == (4, 10, 0)
    assert depth(grid, 99) == (0, 4)


@pytest.mark.parametrize(
    ("price", "tick"),
    [(101 * TICK + TICK // 2 - 1, 101), (101 * TICK + TICK // 2, 102), (101 * TICK - TICK // 2, 101)],
)
def test_an_off_tick_price_goes_to_the_nearest_tick(price: int, tick: int) -> None:
    grid = after(record("A", side="A", price=price, size=3, order_id=9))
    assert ledger(grid, tick) == (3, 0, 0)


def test_the_anomalies_of_a_bad_feed_are_counted_by_name() -> None:
    engine = Engine(PARAMS)
    engine.feed(
        stream(
            market(),
            cancel(9, "A", 101, 1),
            cancel(2, "A", 101, 99),
            add(1, "B", 99, 10),
            modify(8, "A", 103, 1),
            record("A", side="B", price=UNDEF_PRICE, size=1, order_id=7),
            record("A", side="B", price=2**61, size=1, order_id=7),
            add(7, "B", 98, 0),
            record("A", side="B", price=98 * TICK + 1, size=1, order_id=6),
            modify(6, "A", 103, 1),
            add(5, "B", 200, 1),
            record("N", ts=T0 - 1),
            record("N", ts=UNDEF_TIMESTAMP),
            record("A", side="B", price=TICK, size=1, order_id=4, flags=F_LAST | F_TOB),
        )
    )
    expected = {
        "unknown_cancel",
        "oversize_cancel",
        "duplicate_add",
        "unknown_modify",
        "undefined_price",
        "price_out_of_range",
        "zero_size",
        "off_tick_price",
        "side_change",
        "crossed_book",
        "time_backwards",
        "undefined_time",
        "not_market_by_order",
    }
    assert {name: engine.anomalies.get(name, 0) > 0 for name in expected} == dict.fromkeys(expected, True)


def test_an_orderly_feed_has_no_anomalies() -> None:
    engine = Engine(PARAMS)
    engine.feed(stream(market(), trade("B", 101, 3), fill(2, "A", 101, 3), cancel(2, "A", 101, 3)))
    engine.feed(stream(modify(1, "B", 98, 5, ts=T0 + 1), record("N", ts=T0 + 2), clear(ts=T0 + 3)))
    assert engine.anomalies == {}


# --- spot and frame --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bid", "ask", "spot"),
    [
        (99, 101, 100),
        (99, 102, 100),
        (98, 101, 100),
        (100, 102, 101),
        (98, 100, 99),
        (97, 100, 99),
        (10, 90, 50),
    ],
)
def test_the_centre_stays_while_the_mid_moves_by_half_a_tick(bid: int, ask: int, spot: int) -> None:
    moves = [modify(1, "B", bid, 10, flags=0), modify(2, "A", ask, 20)]
    assert after(*moves).spot_tick == spot


def test_spot_waits_for_the_end_of_the_event() -> None:
    moves = [modify(2, "A", 111, 20, flags=0), modify(1, "B", 109, 10, flags=0)]
    assert after(*moves).spot_tick == 100
    assert after(*moves, record("N", flags=0)).spot_tick == 100
    assert after(*moves, record("N", ts=T0 + 1, flags=0)).spot_tick == 110
    assert after(*moves, record("N")).spot_tick == 110


@pytest.mark.parametrize("bid", [101, 105], ids=["locked", "crossed"])
def test_spot_stays_while_the_book_is_locked_or_crossed(bid: int) -> None:
    grid = after(modify(1, "B", bid, 10))
    assert grid.spot_tick == 100
    assert grid.best_bid == bid * TICK


def test_spot_stays_while_a_side_is_missing_and_there_is_no_mid() -> None:
    grid = after(add(3, "B", 95, 1), cancel(2, "A", 101, 20))
    assert (grid.spot_tick, grid.best_ask, grid.mid) == (100, None, None)


def test_before_the_first_spot_there_are_no_prices_and_the_middle_carries_the_id() -> None:
    engine = Engine(PARAMS)
    engine.feed(stream(add(1, "B", 99, 10), add(3, "B", 98, 10, ts=T0 + 5)))
    grid = engine.grid()
    assert grid.spot_tick is None
    assert not grid.price.any()
    assert not grid.bid_depth.any()
    assert grid.last_event_id.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]
    assert grid.last_ts[5] == T0 + 5
    assert grid.best_bid == 99 * TICK


def test_a_clear_resets_and_touches_every_bucket_and_keeps_the_frame() -> None:
    grid = after(add(3, "B", 98, 5), clear(ts=T0 + 9))
    assert grid.spot_tick == 100
    assert (grid.last_event_id == 5).all()
    assert (grid.last_ts == T0 + 9).all()
    for name in ("bid_depth", "ask_depth", "added", "pulled", "v_add", "pressure", "resistance", "force"):
        assert not getattr(grid, name).any(), name


def test_a_modify_without_a_price_changes_nothing_and_does_not_touch_the_resting_order() -> None:
    grid = after(record("M", side="A", size=5, order_id=2))
    assert depth(grid, 101) == (0, 20)
    assert grid.last_event_id[at(grid, 101)] == 0
    assert grid.last_event_id[at(grid, 100)] == 4


def test_an_event_out_of_view_touches_the_middle_without_flow() -> None:
    grid = after(add(3, "B", 100, 8), add(9, "B", 50, 7, ts=T0 + 2 * SECOND))
    i = at(grid, 100)
    assert grid.last_event_id[i] == 5
    assert ledger(grid, 100) == (8, 0, 0)
    assert grid.v_add[i] == pytest.approx(8 / 2 * math.exp(-1), rel=1e-12)


def test_a_bucket_out_of_view_is_tracked_and_beyond_that_it_starts_anew() -> None:
    """With K = 5 the view reaches to 105 and the tracked band to 110."""
    hidden = [add(3, "A", 106, 8), add(4, "A", 111, 8)]
    moves = [modify(1, "B", 105, 10, flags=0), cancel(2, "A", 101, 20)]
    grid = after(*hidden, *moves)
    assert grid.spot_tick == 106
    assert (ledger(grid, 106), depth(grid, 106)) == ((8, 0, 0), (0, 8))
    assert (ledger(grid, 111), depth(grid, 111)) == ((0, 0, 0), (0, 8))
    assert grid.last_event_id[at(grid, 111)] == 0


# --- snapshots, flags, states ----------------------------------------------------------------------


def snapshot(*, is_closed: bool = True) -> Records:
    old = T0 - 3_600 * SECOND
    last = F_SNAPSHOT | (F_LAST if is_closed else 0)
    return stream(
        clear(flags=F_SNAPSHOT),
        add(11, "B", 95, 3, ts=old, flags=F_SNAPSHOT),
        add(12, "A", 97, 4, ts=old + 1, flags=last),
    )


def test_a_snapshot_rebuilds_the_book_without_flow_and_then_moves_the_spot() -> None:
    engine = Engine(PARAMS)
    engine.feed(market())
    for row in np.split(snapshot(), 3)[:2]:
        engine.feed(row)
        assert engine.grid().book_state == "snapshot"
        assert engine.grid().spot_tick == 100
    engine.feed(snapshot()[2:])
    grid = engine.grid()
    assert (grid.book_state, grid.spot_tick, grid.ts_event) == ("valid", 96, T0)
    assert engine.levels("B", 9) == [(95 * TICK, 3, 1)]
    assert not grid.added.any()


def test_a_snapshot_left_open_ends_at_the_first_live_record() -> None:
    grid = after(snapshot(is_closed=False))
    assert (grid.book_state, grid.spot_tick) == ("snapshot", 100)
    grid = after(snapshot(is_closed=False), add(3, "B", 95, 1, ts=T0 + 1, flags=0))
    assert (grid.book_state, grid.spot_tick) == ("valid", 100)
    grid = after(snapshot(is_closed=False), add(3, "B", 95, 1, ts=T0 + 1))
    assert (grid.book_state, grid.spot_tick) == ("valid", 96)
    assert ledger(grid, 95) == (1, 0, 0)


def test_an_old_snapshot_without_a_clear_clears_at_its_first_add() -> None:
    engine = Engine(PARAMS)
    engine.feed(stream(market(), snapshot()[1:]))
    assert engine.levels("B", 9) == [(95 * TICK, 3, 1)]
    assert engine.levels("A", 9) == [(97 * TICK, 4, 1)]
    assert engine.anomalies.get("duplicate_add", 0) == 0


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([], "empty"),
        ([add(1, "B", 99, 1)], "partial"),
        ([record("N")], "partial"),
        ([add(1, "B", 99, 1), clear()], "empty"),
        ([clear(), add(1, "B", 99, 1)], "valid"),
        ([clear(), add(1, "B", 99, 1, flags=F_MAYBE_BAD_BOOK)], "suspect"),
        ([clear(), record("N", flags=F_MAYBE_BAD_BOOK), add(1, "B", 99, 1)], "suspect"),
        ([record("N", flags=F_MAYBE_BAD_BOOK), clear(), add(1, "B", 99, 1)], "valid"),
        ([clear(flags=F_LAST | F_MAYBE_BAD_BOOK), add(1, "B", 99, 1)], "suspect"),
        ([record("N", flags=F_MAYBE_BAD_BOOK | F_TOB), add(1, "B", 99, 1)], "partial"),
        ([snapshot()], "valid"),
        ([snapshot(is_closed=False)], "snapshot"),
        ([snapshot(is_closed=False), record("N", flags=F_MBP | F_LAST)], "snapshot"),
        ([clear(flags=F_SNAPSHOT | F_LAST)], "empty"),
    ],
)
def test_the_state_of_the_book_is_named(rows: list[Records], state: str) -> None:
    engine = Engine(PARAMS)
    engine.feed(stream(*rows))
    assert engine.grid().book_state == state


@pytest.mark.parametrize("flag", [F_TOB, F_MBP])
def test_records_that_are_not_market_by_order_only_touch_their_price(flag: int) -> None:
    grid = after(add(3, "B", 98, 5, ts=T0 + SECOND, flags=F_LAST | flag))
    assert depth(grid, 98) == (0, 0)
    assert ledger(grid, 98) == (0, 0, 0)
    assert grid.last_event_id[at(grid, 98)] == 4
    assert grid.ts_event == T0 + SECOND


def test_the_clock_never_goes_back_and_ignores_undefined_times() -> None:
    engine = Engine(PARAMS)
    clocks = []
    for ts in (T0, T0 - SECOND, UNDEF_TIMESTAMP, 2**63, T0 + 1, 0):
        engine.feed(record("N", ts=ts))
        clocks.append(engine.grid().ts_event)
    assert clocks == [T0, T0, T0, T0, T0 + 1, T0 + 1]


# --- the chain and the forces ----------------------------------------------------------------------


def test_the_chain_is_the_exact_response_of_three_filters() -> None:
    """After one impulse q the filters hold q/tau e^-x, q/tau x e^-x and q/tau x^2/2 e^-x."""
    x = 0.7
    grid = after(add(3, "B", 98, 6), record("N", price=98 * TICK, ts=T0 + int(x * 2 * SECOND)))
    i, fade = at(grid, 98), 6 / 2 * math.exp(-x)
    assert grid.v_add[i] == pytest.approx(fade, rel=1e-12)
    assert grid.a_add[i] == pytest.approx(fade * (1 - x) / 2, rel=1e-12)
    assert grid.j_add[i] == pytest.approx(fade * (1 - 2 * x + x * x / 2) / 4, rel=1e-12)


@pytest.mark.parametrize("x", [1e-9, 1e-3, 0.35, 1.0, 7.7, 40.0, 300.0, 700.0])
def test_the_fading_is_the_exponential_to_the_last_digits_however_long_it_takes(x: float) -> None:
    dt_ns = round(x * 2 * SECOND)
    grid = after(add(3, "B", 98, 6), record("N", price=98 * TICK, ts=T0 + dt_ns))
    assert grid.v_add[at(grid, 98)] == pytest.approx(3 * math.exp(-dt_ns / (2 * SECOND)), rel=4e-15)


@pytest.mark.parametrize("size", [1, 2, 3, 1_000, 2**31, 2**32 - 1])
def test_resistance_is_the_logarithm_to_the_last_digits(size: int) -> None:
    grid = after(add(3, "B", 98, size), record("N", price=98 * TICK, ts=T0 + 3_000 * SECOND))
    assert grid.resistance[at(grid, 98)] == pytest.approx(math.log(1 + size), rel=4e-15)


def test_how_time_is_cut_between_two_impulses_does_not_matter() -> None:
    end = T0 + 3 * SECOND
    touches = [record("N", price=98 * TICK, ts=T0 + n * SECOND // 100) for n in range(1, 300)]
    whole = after(add(3, "B", 98, 6), cancel(3, "B", 98, 2, ts=end))
    pieces = after(add(3, "B", 98, 6), *touches, cancel(3, "B", 98, 2, ts=end))
    for name in ("v_add", "a_add", "j_add", "v_pull", "a_pull", "j_pull", "pressure", "vacuum", "force"):
        i, j = at(whole, 98), at(pieces, 98)
        assert getattr(pieces, name)[j] == pytest.approx(getattr(whole, name)[i], rel=1e-10), name


def test_events_of_one_instant_lose_nothing() -> None:
    at_once = after(*(add(10 + n, "B", 98, 2) for n in range(50)))
    together = after(add(3, "B", 98, 100))
    i = at(at_once, 98)
    assert at_once.v_add[i] == pytest.approx(together.v_add[at(together, 98)], rel=1e-12)
    assert at_once.v_add[i] == pytest.approx(50)


def test_the_forces_are_the_documented_functions_of_the_chain() -> None:
    """One add of 6 into 10 resting, at once: v = 3, a = 3/2, j = 3/4, in tau and tau squared 3 each."""
    grid = after(add(3, "B", 99, 6))
    i = at(grid, 99)
    pressure = 1.0 * 3 + 0.5 * 3 + 0.3 * 3 + 0.1 * 3
    assert grid.pressure[i] == pytest.approx(pressure)
    assert grid.vacuum[i] == 0
    assert grid.resistance[i] == pytest.approx(math.log(17) * (1 + 3 * 2 / (16 + 3 * 2 + 1)))
    assert grid.force[i] == pytest.approx(pressure / (pressure + 1))
    drained = after(fill(1, "B", 99, 6), cancel(1, "B", 99, 8))
    i = at(drained, 99)
    vacuum = 1.0 * 1 + 1.5 * 3 + 0.5 * 4 + 0.3 * 4 + 0.1 * 4
    assert drained.vacuum[i] == pytest.approx(vacuum)
    assert drained.pressure[i] == 0
    assert drained.force[i] == pytest.approx(-vacuum / (vacuum + 1))


def test_weights_floor_and_tau_are_obeyed() -> None:
    params = EngineParams(
        tick_size=TICK,
        half_width=5,
        tau_s=0.5,
        force_floor=4.0,
        weights={"v_add": 2, "v_build": 0, "j_add": 0},
    )
    grid = after(add(3, "B", 99, 6), params=params)
    i = at(grid, 99)
    assert grid.pressure[i] == pytest.approx(2 * 12 + 0.3 * 12)
    assert grid.force[i] == pytest.approx(27.6 / (27.6 + 4))


def test_ticks_pool_into_buckets_by_floor_division() -> None:
    params = EngineParams(tick_size=TICK, half_width=5, ticks_per_bucket=3)
    grid = after(add(3, "B", 96, 1), add(4, "B", 97, 2), add(5, "B", 98, 4), params=params)
    assert grid.price[5] == 99 * TICK  # 100 // 3 * 3
    assert depth(grid, 96) == (7, 0)
    assert depth(grid, 99) == (10, 20)
