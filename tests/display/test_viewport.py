import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from vpdesk.display.viewport import Viewport

views = st.builds(
    Viewport,
    width_px=st.integers(1, 900),
    height_px=st.integers(1, 700),
    px_per_column=st.floats(0.01, 60),
    px_per_row=st.floats(0.05, 60),
    left_px=st.integers(-100_000, 10_000_000),
    bottom_px=st.integers(-100_000, 10_000_000),
)


@given(views, st.integers(1, 50))
def test_scrolling_by_pixels_only_shifts_the_map_from_pixels_to_bins(view: Viewport, right_px: int) -> None:
    before, after = view.bins_of_px(), view.moved(right_px, 0).bins_of_px()
    assert np.array_equal(before[right_px:], after[: max(0, view.width_px - right_px)])


@given(views)
def test_every_bin_in_view_covers_at_least_a_pixel(view: Viewport) -> None:
    assert set(np.diff(view.bins_of_px()).tolist()) <= {0, 1}
    assert set(np.diff(view.rows_of_px()).tolist()) <= {0, -1}
    assert view.bins_of_px()[-1] - view.bins_of_px()[0] + 1 <= view.n_bins


@given(views, st.floats(0.2, 5), st.floats(0, 1))
def test_zooming_keeps_the_column_under_the_pointer(view: Viewport, factor: float, share: float) -> None:
    x_px = share * view.width_px
    column = (view.left_px + x_px) / view.px_per_column
    zoomed = view.zoomed(factor, 1, x_px, 0, max_columns=1e9)
    assert abs(zoomed.x_px(column) - x_px) <= 1


def test_zooming_out_stops_at_the_columns_there_can_be() -> None:
    view = Viewport(800, 600, 4, 8).zoomed(1e-9, 1, 0, 0, max_columns=8192)
    assert view.x_range[1] - view.x_range[0] <= 8192 + 1


@given(st.floats(0.01, 60), st.integers(1, 1_000_000))
def test_a_view_ending_at_a_column_shows_the_one_before_it_in_the_last_pixel(
    px_per_column: float, column: int
) -> None:
    view = Viewport(700, 500, px_per_column, 8).ending_at(column)
    assert view.bins_of_px()[-1] == (column - 1) // view.columns_per_bin


@given(views)
def test_the_columns_in_view_are_those_of_the_bins_in_view(view: Viewport) -> None:
    first, last = view.columns
    bins = view.bins_of_px()
    assert (first // view.columns_per_bin, last // view.columns_per_bin) == (bins[0], bins[-1])
    assert (first - 1) // view.columns_per_bin < bins[0]
    assert (last + 1) // view.columns_per_bin > bins[-1]


def test_showing_a_range_leaves_none_of_it_out() -> None:
    view = Viewport(1401, 803, 3, 8).showing((100, 400), (-40, 41))
    assert view.x_range[0] <= 100
    assert view.y_range[0] <= -40
    assert view.y_range[1] >= 41


def test_a_wider_window_keeps_the_right_edge_and_the_middle_height() -> None:
    view = Viewport(700, 500, 3, 8).ending_at(900).centred_on(20_400)
    wider = view.resized(1400, 1000)
    assert wider.column_at(1399) == 899
    assert abs(sum(wider.y_range) / 2 - 20_400) < 0.1


def test_twice_the_pixel_density_shows_the_same_columns_and_buckets() -> None:
    view = Viewport(700, 500, 3, 8).ending_at(900).centred_on(20_400)
    dense = view.resized(1400, 1000, density=2)
    assert np.allclose(dense.x_range, view.x_range, atol=0.5)
    assert np.allclose(dense.y_range, view.y_range, atol=0.1)


@given(views, st.integers(-10_000, 10_000), st.integers(-10_000, 10_000))
def test_a_window_that_holds_a_cell_shows_it_whole(view: Viewport, column: int, row: int) -> None:
    assume(view.px_per_column < 0.8 * view.width_px and view.px_per_row < 0.8 * view.height_px)
    holding = view.holding(column, row)
    left, top = holding.x_px(column), holding.y_px(row + 1)
    assert left >= -1
    assert left + view.px_per_column <= view.width_px + 1
    assert top >= -1
    assert top + view.px_per_row <= view.height_px + 1
    if view.width_px > 20 and view.height_px > 20:
        assert holding.holding(column, row) == holding, "it moves no more"
