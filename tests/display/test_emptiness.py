"""Is there anything to see in a view?"""

import numpy as np
import pytest

from vpdesk.core.ring import H_CENTRE, H_SPOT_TICK, N_HEADERS, NO_TICK, GridRing
from vpdesk.display.emptiness import shows_nothing
from vpdesk.display.synthetic import synthetic_ring, write_gap
from vpdesk.display.viewport import Viewport

HALF_WIDTH = 20


def open_header(ring: GridRing) -> np.ndarray:
    header = np.zeros(N_HEADERS, np.int64)
    ring.read_open(np.zeros((6, ring.width), np.float32), np.zeros(ring.width, np.int64), header)
    return header


def view_of(ring: GridRing, *, is_relative: bool = False) -> Viewport:
    """Return a view of the last 100 columns that ends with the newest one, the spot in the middle."""
    centre = 0 if is_relative else int(open_header(ring)[H_CENTRE])
    return Viewport(400, 100, 4.0, 10.0).ending_at(ring.published_seq + 1).centred_on(centre + 0.5)


@pytest.mark.parametrize("is_relative", [False, True])
def test_a_view_is_empty_once_the_band_or_the_columns_are_out_of_it(is_relative: bool) -> None:
    ring = synthetic_ring(300, HALF_WIDTH).ring
    header, view = open_header(ring), view_of(ring, is_relative=is_relative)

    def is_empty(right_px: float, up_px: float) -> bool:
        return shows_nothing(ring, view.moved(right_px, up_px), header, is_relative=is_relative)

    assert not is_empty(0, 0)
    assert not is_empty(399, 0)
    assert is_empty(400, 0)
    assert not is_empty(-800 - 399, 0)
    assert is_empty(-800 - 400, 0)
    for far_px in (5000, -5000):
        assert is_empty(0, far_px)
    if is_relative:  # the band is as high in every column
        assert not is_empty(0, 10 * HALF_WIDTH + 50)
        assert is_empty(0, 10 * HALF_WIDTH + 60)


def test_each_columns_own_band_counts() -> None:
    """A band that the newest column has left may still be seen in older ones, with them or without."""
    ring = synthetic_ring(300, HALF_WIDTH).ring
    header = open_header(ring)
    header[H_CENTRE] += 1000
    view = view_of(ring)
    assert not shows_nothing(ring, view, header, is_relative=False)
    assert not shows_nothing(ring, view.moved(-40, 0), header, is_relative=False)
    only_newest = view.moved(396, 0)
    assert shows_nothing(ring, only_newest, header, is_relative=False)
    assert not shows_nothing(ring, only_newest.moved(0, 10_000), header, is_relative=False)


def test_a_gap_is_something_to_see_and_before_the_first_spot_there_is_no_elsewhere() -> None:
    writer = synthetic_ring(300, HALF_WIDTH)
    write_gap(writer, 30)
    writer.write(50)
    header, view = open_header(writer.ring), view_of(writer.ring).moved(0, 9000)
    assert not shows_nothing(writer.ring, view, header, is_relative=False)
    assert shows_nothing(writer.ring, view.moved(300, 0), header, is_relative=False)
    nothing_yet = GridRing(HALF_WIDTH, 64)
    assert not shows_nothing(nothing_yet, view, np.zeros(N_HEADERS, np.int64), is_relative=False)
    header[H_SPOT_TICK] = NO_TICK
    assert not shows_nothing(writer.ring, view.moved(300, 0), header, is_relative=False)
