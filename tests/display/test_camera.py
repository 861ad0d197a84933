"""Where a ring is looked at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpdesk.core.ring import N_HEADERS, GridRing
from vpdesk.display.camera import Camera
from vpdesk.display.synthetic import synthetic_ring

RING = synthetic_ring(500, half_width=20).ring


def placed(size_px: tuple[int, int] = (800, 600), density: float = 1.0, ring: GridRing = RING) -> Camera:
    camera = Camera(size_px, density)
    header = np.zeros(N_HEADERS, np.int64)
    ring.read_open(np.zeros((6, ring.width), np.float32), np.zeros(ring.width, np.int64), header)
    camera.follow(ring, header)
    return camera


def middle(camera: Camera) -> tuple[float, float]:
    (left, right), (low, high) = camera.view.x_range, camera.view.y_range
    return (left + right) / 2, (low + high) / 2


@pytest.mark.parametrize("density", [1.0, 1.5, 2.0])
def test_the_usual_zoom_is_what_the_view_starts_with(density: float) -> None:
    camera = placed((round(800 * density), round(600 * density)), density)
    start = camera.view.px_per_column, camera.view.px_per_row
    camera.is_following = False
    camera.zoom(3.1, 0.4, 100, 100, RING)
    former = middle(camera)
    camera.reset_zoom(RING)
    assert (camera.view.px_per_column, camera.view.px_per_row) == start
    assert middle(camera) == pytest.approx(former, abs=0.5)


def test_the_usual_zoom_is_not_the_one_that_was_remembered() -> None:
    camera = Camera((800, 600), 1.0)
    camera.forget_place((9.0, 30.0))
    header = np.zeros(N_HEADERS, np.int64)
    RING.read_open(np.zeros((6, RING.width), np.float32), np.zeros(RING.width, np.int64), header)
    camera.follow(RING, header)
    assert camera.view.px_per_column == 9
    camera.reset_zoom(RING)
    usual = placed().view
    assert (camera.view.px_per_column, camera.view.px_per_row) == (usual.px_per_column, usual.px_per_row)
    assert camera.zoom_pt() is None


@given(
    sides=st.tuples(st.floats(0, 700), st.floats(0, 500), st.floats(20, 800), st.floats(20, 600)),
    zoom=st.tuples(st.floats(0.1, 8), st.floats(0.2, 4)),
)
def test_a_box_is_shown_whole_and_in_the_middle(
    sides: tuple[float, float, float, float], zoom: tuple[float, float]
) -> None:
    left, top, width, height = sides
    right, bottom = min(left + width, 800), min(top + height, 600)
    camera = placed()
    camera.is_following = False
    camera.zoom(*zoom, 400, 300, RING)
    former = camera.view
    columns = [(former.left_px + side) / former.px_per_column for side in (left, right)]
    rows = [(former.bottom_px + 600 - side) / former.px_per_row for side in (bottom, top)]
    camera.show_box(left, top, right, bottom, None)  # columns or none
    view = camera.view
    # as far as a cell may be enlarged at all
    if view.px_per_column < 400:
        assert view.x_range[0] <= columns[0] + 1 / view.px_per_column
        assert view.x_range[1] >= columns[1] - 1 / view.px_per_column
    if view.px_per_row < 120:
        assert view.y_range[0] <= rows[0] + 1 / view.px_per_row
        assert view.y_range[1] >= rows[1] - 1 / view.px_per_row
    assert middle(camera)[0] == pytest.approx(sum(columns) / 2, abs=1 / view.px_per_column)
    assert middle(camera)[1] == pytest.approx(sum(rows) / 2, abs=1 / view.px_per_row)


@given(st.lists(st.floats(0.95, 1.06), min_size=2, max_size=60))
def test_many_small_zooms_get_as_far_as_one(factors: list[float]) -> None:
    small, large = placed(), placed()
    for factor in factors:
        small.zoom(factor, factor, 400, 300, RING)
    large.zoom(float(np.prod(factors)), float(np.prod(factors)), 400, 300, RING)
    assert small.view.px_per_column == pytest.approx(large.view.px_per_column, abs=1e-6)
    assert small.view.px_per_row == pytest.approx(large.view.px_per_row, abs=1e-6)


def test_a_zoom_that_went_against_a_limit_comes_back_at_once() -> None:
    camera = placed()
    for _ in range(50):
        camera.zoom(2.0, 2.0, 400, 300, RING)
    most = camera.view
    camera.zoom(0.5, 0.5, 400, 300, RING)
    assert camera.view.px_per_column == most.px_per_column / 2
    assert camera.view.px_per_row == most.px_per_row / 2


def columns_in_view(camera: Camera, ring: GridRing = RING) -> int:
    span, (left, right) = ring.span(), camera.view.x_range
    return int(min(right, span.newest + 1) - max(left, span.oldest))


@pytest.mark.parametrize("direction", [1, -1])
def test_no_way_leads_past_all_columns(direction: int) -> None:
    camera = placed()
    camera.is_following = False
    for _ in range(20):
        camera.move(direction * 700, 30, RING)
    assert columns_in_view(camera) * camera.view.px_per_column == pytest.approx(80, abs=3)
    empty_side_px = 790 if direction > 0 else 10
    for _ in range(20):
        camera.zoom(1.7, 1.0, empty_side_px, 300, RING)
    assert camera.view.x_px(RING.span().oldest) < 721
    assert camera.view.x_px(RING.span().newest + 1) > 79
    camera.show_box(empty_side_px - 5, 0, empty_side_px + 5, 600, RING)
    camera.reset_zoom(RING)
    assert columns_in_view(camera) > 0
    bottom = camera.view.bottom_px
    camera.move(0, 100_000, RING)  # prices are another matter
    assert camera.view.bottom_px == bottom + 100_000


def test_a_few_columns_stay_in_view_whole() -> None:
    ring = synthetic_ring(3, half_width=20).ring
    for right_px in (5000, -5000):
        camera = placed(ring=ring)
        camera.move(right_px, 0, ring)
        assert columns_in_view(camera, ring) == 3


def test_a_view_that_the_session_left_behind_is_not_dragged_along_but_goes_no_further() -> None:
    camera = placed()
    camera.is_following = False
    earlier = synthetic_ring(100, half_width=20).ring
    view = camera.view
    assert columns_in_view(camera, earlier) < 0
    camera.move(40, 10, earlier)
    assert (camera.view.left_px, camera.view.bottom_px) == (view.left_px, view.bottom_px + 10)
    camera.move(-40, 0, earlier)
    assert camera.view.left_px == view.left_px - 40


def test_without_columns_the_view_goes_anywhere() -> None:
    for ring in (None, GridRing(20, 64)):
        camera = placed()
        view = camera.view
        camera.move(1e6, 0, ring)
        assert camera.view.left_px == view.left_px + 1_000_000
