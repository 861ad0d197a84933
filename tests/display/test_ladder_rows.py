"""Ladder rows against the engine's own grid, and against the rows that the field paints."""

import numpy as np
import pytest

from tests.factories import T0, TICK, add, cancel, fill, record
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import T_SIDE, T_SIZE, T_TICK, GridRing
from vpdesk.display import ladder_rows as rows_of
from vpdesk.display.ladder_rows import LadderSource
from vpdesk.display.placement import FieldPlacement
from vpdesk.display.viewport import Viewport

SPOT = 5000
SECOND = 10**9


def market(half_width: int = 30, ticks_per_bucket: int = 1) -> tuple[Engine, GridRing]:
    """Return an engine with a two-sided book, some history and trades of every side, and its ring."""
    engine = Engine(EngineParams(tick_size=TICK, half_width=half_width, ticks_per_bucket=ticks_per_bucket))
    ring = GridRing(half_width, 256)
    random = np.random.default_rng(5)
    records = []
    for i in range(40):
        records.append(add(100 + i, "B", SPOT - 1 - i, int(random.integers(1, 90)), ts=T0 + i))
        records.append(add(200 + i, "A", SPOT + 1 + i, int(random.integers(1, 90)), ts=T0 + i))
    records += [cancel(102 + i, "B", SPOT - 3 - i, 1, ts=T0 + SECOND + i) for i in range(0, 30, 3)]
    for i, side in enumerate("BBANBA"):
        ts = T0 + (2 + i) * SECOND
        tick = SPOT + 1 if side == "B" else SPOT - 1
        records.append(record("T", side=side, price=tick * TICK, size=3 + i, ts=ts))
        if side == "B":
            records.append(fill(200, "A", SPOT + 1, 1, ts=ts))
            records.append(cancel(200, "A", SPOT + 1, 1, ts=ts))
    engine.feed(np.concatenate(records), ring)
    return engine, ring


def place(px_per_row: float, *, base_bucket: int = 0, centre: float = SPOT) -> FieldPlacement:
    view = Viewport(400, 333, 2.0, px_per_row).ending_at(120).centred_on(centre - base_bucket)
    return FieldPlacement(view, base_bucket=base_bucket)


@pytest.mark.parametrize("base_bucket", [0, SPOT])
@pytest.mark.parametrize("px_per_row", [12.0, 5.0, 3.3, 1.0])
def test_every_row_shows_what_the_grid_holds(px_per_row: float, base_bucket: int) -> None:
    engine, ring = market()
    grid = engine.grid()
    rows = LadderSource().rows(ring, grid, place(px_per_row, base_bucket=base_bucket))
    index_of = {int(price) // TICK: i for i, price in enumerate(grid.price)}
    assert set(rows.buckets) & set(index_of)
    for row, bucket in enumerate(rows.buckets):
        i = index_of.get(int(bucket))
        assert rows.is_in_band[row] == (i is not None)
        for which, plane in (
            (rows_of.BID, grid.bid_depth),
            (rows_of.ASK, grid.ask_depth),
            (rows_of.ADDED, grid.added),
            (rows_of.PULLED, grid.pulled),
            (rows_of.FILLED, grid.filled),
            (rows_of.PRESSURE, grid.pressure),
            (rows_of.VACUUM, grid.vacuum),
        ):
            assert rows.values[which, row] == (0 if i is None else plane[i])
    for name in ("bid_depth", "ask_depth", "added", "pulled", "filled", "pressure", "vacuum"):
        assert getattr(grid, name).any(), f"nothing was proven for {name}"


@pytest.mark.parametrize("px_per_row", [0.5, 0.21])
def test_rows_of_several_buckets_hold_their_sums(px_per_row: float) -> None:
    engine, ring = market()
    grid = engine.grid()
    rows = LadderSource().rows(ring, grid, place(px_per_row))
    assert rows.buckets_per_row > 1
    assert rows.values[rows_of.ADDED].sum() == grid.added.sum()
    buckets = grid.price // TICK
    for row, bucket in enumerate(rows.buckets):
        mine = (buckets >= bucket) & (buckets < bucket + rows.buckets_per_row)
        assert rows.values[rows_of.BID, row] == grid.bid_depth[mine].sum()


def test_buckets_of_several_ticks_stand_at_their_prices() -> None:
    engine, ring = market(half_width=10, ticks_per_bucket=4)
    grid = engine.grid()
    rows = LadderSource().rows(ring, grid, place(12.0, centre=SPOT / 4))
    row = int(np.flatnonzero(rows.buckets == (SPOT + 1) // 4)[0])
    i = int(np.flatnonzero(grid.price == (SPOT + 1) // 4 * 4 * TICK)[0])
    assert rows.values[rows_of.ASK, row] == grid.ask_depth[i] > 0
    assert rows.ask_row == row


def test_the_best_prices_the_spot_and_the_last_trade_are_marked() -> None:
    engine, ring = market()
    rows = LadderSource().rows(ring, engine.grid(), place(12.0))
    bid, ask = engine.best_ticks
    assert rows.buckets[rows.bid_row] == bid
    assert rows.buckets[rows.ask_row] == ask
    assert rows.buckets[rows.spot_row] == engine.spot_tick
    assert rows.buckets[rows.last_row] == ring.trades[5, T_TICK]
    far = LadderSource().rows(ring, engine.grid(), place(12.0, centre=SPOT + 500))
    assert (far.bid_row, far.ask_row, far.spot_row, far.last_row) == (-1, -1, -1, -1)
    assert not far.values.any()
    assert not far.is_in_band.any()


@pytest.mark.parametrize("px_per_column", [0.55, 0.38, 0.28, 0.17])
def test_traded_counts_the_newest_trade_however_many_columns_share_a_pixel(px_per_column: float) -> None:
    engine, ring = market()
    newest = ring.published_seq
    assert ring.read_trades(newest, newest).size
    view = Viewport(400, 333, px_per_column, 12.0).ending_at(newest + 1).centred_on(SPOT)
    rows = LadderSource().rows(ring, engine.grid(), FieldPlacement(view))
    traded = rows.values[rows_of.BOUGHT : rows_of.UNKNOWN + 1].sum()
    assert traded == ring.read_trades(0, newest)[:, T_SIZE].sum()


def test_traded_counts_the_trades_of_the_columns_in_view() -> None:
    engine, ring = market()
    everything = place(12.0)
    rows = LadderSource().rows(ring, engine.grid(), everything)
    trades = ring.read_trades(0, 10**6)
    assert len(trades) == 6
    for which, side in ((rows_of.BOUGHT, 1), (rows_of.SOLD, -1), (rows_of.UNKNOWN, 0)):
        for row, bucket in enumerate(rows.buckets):
            mine = (trades[:, T_TICK] == bucket) & (trades[:, T_SIDE] == side)
            assert rows.values[which, row] == trades[mine, T_SIZE].sum()
        assert rows.values[which].any()
    newest = ring.published_seq
    view = Viewport(40, 333, 2.0, 12.0).ending_at(newest + 1).centred_on(SPOT)
    late = LadderSource().rows(ring, engine.grid(), FieldPlacement(view))
    in_view = ring.read_trades(newest - 19, newest)
    assert 0 < len(in_view) < len(trades)
    assert late.values[rows_of.BOUGHT : rows_of.UNKNOWN + 1].sum() == in_view[:, T_SIZE].sum()


@pytest.mark.parametrize("px_per_row", [17.0, 4.0, 2.7, 0.6, 0.09])
@pytest.mark.parametrize("bottom_px", [0, 7, -1201])
def test_edges_are_where_the_field_changes_rows(px_per_row: float, bottom_px: int) -> None:
    engine, ring = market()
    view = Viewport(100, 257, 2.0, px_per_row, bottom_px=bottom_px)
    rows = LadderSource().rows(ring, engine.grid(), FieldPlacement(view))
    for y_px, pooled in enumerate(view.rows_of_px()):
        row = rows.row_at(y_px)
        assert rows.tops_px[row] <= y_px < rows.tops_px[row + 1]
        assert rows.buckets[row] == pooled * view.rows_per_bin
    assert (rows.row_at(-1), rows.row_at(257)) == (-1, -1)
