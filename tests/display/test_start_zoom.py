import pytest

from vpdesk.display.start_zoom import StartZoom
from vpdesk.display.viewport import Viewport


def _view(width_px: int = 1200, height_px: int = 600) -> Viewport:
    return Viewport(width_px, height_px, 1.0, 1.0)


@pytest.mark.parametrize("density", [1.0, 1.5, 2.0])
def test_the_usual_zoom_is_nobodys_choice_and_any_other_is(density: float) -> None:
    start = StartZoom()
    view = start.of(_view(), density, 41)
    assert start.chosen_pt(view, density) is None
    zoomed = view.zoomed(2.0, 1.0, 0.0, 0.0, max_columns=1000)
    chosen = start.chosen_pt(zoomed, density)
    assert chosen is not None
    assert chosen[0] > 1.5 * view.px_per_column / density


@pytest.mark.parametrize("density", [1.0, 2.0])
def test_a_chosen_zoom_comes_back_on_another_size_of_window(density: float) -> None:
    start = StartZoom()
    view = start.of(_view(), density, 41).zoomed(3.0, 2.0, 0.0, 0.0, max_columns=1000)
    again = StartZoom()
    again.remembered_pt = start.chosen_pt(view, density)
    other = again.of(_view(2500, 1300), density, 41)
    assert (other.px_per_column, other.px_per_row) == (view.px_per_column, view.px_per_row)
    assert again.chosen_pt(other, density) == again.remembered_pt


def test_a_band_that_fits_fills_the_field() -> None:
    view = StartZoom().of(_view(height_px=1800), 1.0, 41)
    assert view.px_per_row * 41 > 0.9 * 1800
