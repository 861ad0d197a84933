from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vpdesk.core.ring import C_N_TRADES, H_BEST_BID, T_SEQ, T_SIDE, T_SIZE, T_TICK, GridRing
from vpdesk.display.colours import DARK_SHADES, colour_table, fade_table
from vpdesk.display.overlay_shapes import DotPool, StepLine, TradeDots, step_line
from vpdesk.display.scale import Scale
from vpdesk.display.synthetic import synthetic_ring, write_gap
from vpdesk.display.viewport import Viewport
from vpdesk.display.window import TRACK_BID, FieldWindow, FrameRequest
from vpdesk.display.window_kernels import VALUE_NET

TABLE = colour_table(Scale.of("asinh", -1, 1, True), np.zeros(4, np.uint32), DARK_SHADES)


def painted(ring: GridRing, view: Viewport) -> tuple[FieldWindow, FrameRequest]:
    request = FrameRequest(view, VALUE_NET, False, False)
    window = FieldWindow()
    window.paint(ring, request, TABLE, fade_table(), DARK_SHADES)
    return window, request


def test_a_line_over_many_columns_keeps_every_extreme_with_few_points() -> None:
    ring = synthetic_ring(6000, half_width=6).ring
    window, request = painted(ring, Viewport(200, 400, 200 / 6000, 4).ending_at(6000).centred_on(20_400))
    x, y = step_line(window.bins, TRACK_BID, request, 1).points()
    bids = ring.read(0, 5999).headers[:, H_BEST_BID]
    assert x.size <= 4 * window.bins.states.size
    view = request.viewport
    assert np.nanmin(y) == np.floor(view.y_px(bids.max() + 0.5)) + 0.5
    assert np.nanmax(y) == np.floor(view.y_px(bids.min() + 0.5)) + 0.5


def test_a_line_is_interrupted_where_the_feed_was() -> None:
    writer = synthetic_ring(50, half_width=6)
    write_gap(writer, 10)
    writer.write(40)
    window, request = painted(writer.ring, Viewport(300, 100, 3, 4).ending_at(100).centred_on(20_400))
    x, y = step_line(window.bins, TRACK_BID, request, 1).points()
    gap = np.isnan(y)
    assert gap.any()
    assert (x[gap] >= 150).all()
    assert (x[gap & (x < 300)] <= 180).all()  # beyond the right edge there are no columns


@pytest.mark.parametrize("px_per_column", [0.1, 1.0, 9.0])
def test_dots_hold_every_visible_trade_once(px_per_column: float) -> None:
    ring = synthetic_ring(2000, half_width=30).ring
    view = Viewport(200, 2000, px_per_column, 8).ending_at(2000).centred_on(20_400)
    window, request = painted(ring, view)
    dots = DotPool().dots(ring, request, window.open_seq, window.open_header)
    first = int(view.x_range[0])
    trades = ring.read_trades(first + 200, 1999)
    assert dots.sizes.sum() >= trades[:, T_SIZE].sum()
    everything = ring.read_trades(max(0, first - 200), 1999)
    assert dots.sizes.sum() <= everything[:, T_SIZE].sum()
    assert set(dots.sides.tolist()) == {0, 1}
    assert (np.diff(dots.sizes) <= 0).all()


def test_a_lone_trade_is_a_dot_at_its_column_and_price() -> None:
    ring = synthetic_ring(300, half_width=30).ring
    view = Viewport(1200, 2000, 30, 40).ending_at(300).centred_on(20_400)
    window, request = painted(ring, view)
    dots = DotPool().dots(ring, request, window.open_seq, window.open_header)
    trades = ring.read_trades(262, 299)
    for trade in trades:
        x_px = view.x_px(int(trade[T_SEQ]) + 0.5)
        side = 0 if trade[T_SIDE] > 0 else 1
        assert ((np.abs(dots.x_px - x_px) < 1) & (dots.sides == side)).any()


N_COLUMNS = 4000
_RING = synthetic_ring(N_COLUMNS, half_width=10, capacity=2 * N_COLUMNS).ring


def crowded(n_trades: int) -> GridRing:
    """Return a ring with trades of every side and size all over a broad range of prices."""
    ring, random = _RING, np.random.default_rng(3)
    trades = np.zeros((n_trades, ring.trades.shape[1]), np.int64)
    trades[:, T_SEQ] = np.sort(random.integers(0, N_COLUMNS, n_trades))
    trades[:, T_TICK] = random.integers(20_350, 20_450, n_trades)
    trades[:, T_SIZE] = np.ceil(random.lognormal(1.5, 1.5, n_trades))
    trades[:, T_SIDE] = random.integers(-1, 2, n_trades)
    ring.trades[:n_trades] = trades
    ring.cursor[C_N_TRADES] = n_trades
    ring.publish()
    return ring


def sums_by_side(sides: np.ndarray, sizes: np.ndarray) -> list[float]:
    return np.bincount(sides, weights=sizes, minlength=3).tolist()


@settings(max_examples=15, deadline=None)
@given(
    n_trades=st.integers(0, 20_000),
    width_px=st.integers(300, 3000),
    px_per_row=st.sampled_from([2.0, 7.0, 12.0]),
    least_size=st.sampled_from([0, 1, 4, 30]),
)
def test_however_many_trades_there_are_their_dots_hold_all_that_traded(
    n_trades: int, width_px: int, px_per_row: float, least_size: int
) -> None:
    ring = crowded(n_trades)
    # the view shows every column and every price, so nothing is cut off at its edges
    view = Viewport(width_px, 2000, width_px / 4000, px_per_row).ending_at(4000).centred_on(20_400)
    window, request = painted(ring, view)
    pool = DotPool()
    pool.least_size = least_size
    trades = ring.trades[:n_trades]
    trades = trades[trades[:, T_SIZE] >= least_size]
    sides = np.choose(trades[:, T_SIDE] + 1, [1, 2, 0])
    for _ in range(2):  # once fresh, once with the degree of pooling it has come to
        dots = pool.dots(ring, request, window.open_seq, window.open_header)
        assert dots.sizes.size <= 800
        assert sums_by_side(dots.sides, dots.sizes) == sums_by_side(sides, trades[:, T_SIZE])


def test_dots_that_were_pooled_coarsely_do_not_jump_to_and_fro_at_the_limit() -> None:
    ring = crowded(20_000)
    view = Viewport(900, 2000, 900 / 4000, 12.0).ending_at(4000).centred_on(20_400)
    window, request = painted(ring, view)
    pool = DotPool()
    coarse = pool.dots(ring, request, window.open_seq, window.open_header).coarseness
    assert coarse > 53  # as fine as the pixels allow
    crossing = 0
    for n_trades in range(1500, 500, -20):
        ring.cursor[C_N_TRADES] = n_trades
        ring.publish()
        finer = pool.dots(ring, request, window.open_seq, window.open_header).coarseness
        ring.cursor[C_N_TRADES] = n_trades + 20  # a few more trades bring back nothing
        ring.publish()
        again = pool.dots(ring, request, window.open_seq, window.open_header).coarseness
        crossing += again > finer
    assert crossing == 0
    assert finer < coarse


def test_a_coarse_dot_stays_where_its_trades_are_while_the_view_scrolls() -> None:
    ring = crowded(20_000)
    view = Viewport(600, 2000, 0.5, 12.0).ending_at(3000).centred_on(20_400)
    pool = DotPool()
    window, request = painted(ring, view)
    for _ in range(3):
        dots = pool.dots(ring, request, window.open_seq, window.open_header)
    moved = FrameRequest(view.moved(1, 0), VALUE_NET, False, False)
    after = pool.dots(ring, moved, window.open_seq, window.open_header)
    inside = (dots.x_px > 300) & (dots.x_px < 590)
    assert np.count_nonzero(inside) > 50
    assert placed(dots, inside, -1) <= placed(after, np.ones_like(after.sides, bool), 0)


def placed(dots: TradeDots, chosen: np.ndarray, right_px: float) -> set[tuple[float, float, float]]:
    x_px, y_px, sizes = dots.x_px[chosen] + right_px, dots.y_px[chosen], dots.sizes[chosen]
    return set(zip(x_px.round(6).tolist(), y_px.round(6).tolist(), sizes.tolist(), strict=True))


def test_a_line_is_made_of_rectangles_that_meet_at_its_corners_and_leave_its_gaps_open() -> None:
    edges_px = np.array([10.0, 20.0, 30.0, 50.0, 60.0, 70.0])
    heights_px = np.array([[5.0] * 3, [5.0] * 3, [9.0] * 3, [np.nan] * 3, [8.0, 1.0, 2.0]])
    rects = StepLine(edges_px, heights_px).rects(4)
    assert rects.tolist() == [[8, 3, 24, 4], [28, 3, 4, 8], [28, 7, 24, 4], [58, -1, 4, 11], [58, 0, 14, 4]]
    assert StepLine(np.zeros(1), np.zeros((0, 3))).rects(2).shape == (0, 4)


heights = st.tuples(*[st.integers(0, 12)] * 3).map(lambda three: (max(three), min(three), three[1]))


@settings(deadline=None)
@given(bins=st.lists(st.none() | heights, min_size=1, max_size=30), thickness_px=st.integers(1, 4))
def test_rectangles_of_a_line_cover_the_pixels_of_its_path_and_no_others(
    bins: list[tuple[int, int, int] | None], thickness_px: int
) -> None:
    edges_px = np.arange(len(bins) + 1) * 3.0
    heights_px = np.array([[np.nan] * 3 if three is None else three for three in bins], np.float64)
    line = StepLine(edges_px, heights_px)
    rects = line.rects(thickness_px)
    assert len(rects) <= 2 * len(bins)
    path = [
        (min(x_0, x_1), min(y_0, y_1) - 0.5, abs(x_1 - x_0), abs(y_1 - y_0))
        for (x_0, y_0), (x_1, y_1) in pairwise(zip(*line.points(), strict=True))
        if not np.isnan(y_0 + y_1)
    ]
    thick = np.array(path).reshape(-1, 4) + np.array([-(thickness_px // 2)] * 2 + [thickness_px] * 2)
    assert (covered(rects) == covered(thick)).all()


def covered(rects: np.ndarray) -> np.ndarray:
    pixels = np.zeros((32, 120), bool)
    for left, top, width, height in rects.astype(int) + 8 * np.array([1, 1, 0, 0]):
        pixels[top : top + height, left : left + width] = True
    return pixels
