import numpy as np
import pytest

from vpdesk.core.ring import H_BEST_BID, T_SEQ, T_SIDE, T_SIZE, GridRing
from vpdesk.display.colours import DARK_SHADES, colour_table, fade_table
from vpdesk.display.overlay_shapes import step_line, trade_dots
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
    x, y = step_line(window.bins, TRACK_BID, request, 1)
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
    x, y = step_line(window.bins, TRACK_BID, request, 1)
    gap = np.isnan(y)
    assert gap.any()
    assert (x[gap] >= 150).all()
    assert (x[gap & (x < 300)] <= 180).all()  # beyond the right edge there are no columns


@pytest.mark.parametrize("px_per_column", [0.1, 1.0, 9.0])
def test_dots_hold_every_visible_trade_once(px_per_column: float) -> None:
    ring = synthetic_ring(2000, half_width=30).ring
    view = Viewport(200, 2000, px_per_column, 8).ending_at(2000).centred_on(20_400)
    window, request = painted(ring, view)
    dots = trade_dots(ring, request, window.open_seq, window.open_header)
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
    dots = trade_dots(ring, request, window.open_seq, window.open_header)
    trades = ring.read_trades(262, 299)
    for trade in trades:
        x_px = view.x_px(int(trade[T_SEQ]) + 0.5)
        side = 0 if trade[T_SIDE] > 0 else 1
        assert ((np.abs(dots.x_px - x_px) < 1) & (dots.sides == side)).any()
