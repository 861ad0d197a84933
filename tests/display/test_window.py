"""The window kernel against a slow, plain twin, and what a frame must never do."""

import numpy as np
import pytest

from vpdesk.core.ring import (
    COLUMN_GAP,
    H_BEST_BID,
    H_CENTRE,
    H_CLOCK_NS,
    H_FLAGS,
    NO_TICK,
    PRESSURE,
    GridRing,
)
from vpdesk.display import window_kernels as kernels
from vpdesk.display.colours import DARK_SHADES, colour_table, fade_table
from vpdesk.display.layers import LAYERS
from vpdesk.display.scale import Scale
from vpdesk.display.synthetic import SyntheticWriter, synthetic_ring, write_after_break, write_gap
from vpdesk.display.viewport import Viewport
from vpdesk.display.warm_up import warm_up
from vpdesk.display.window import TRACK_BID, FieldWindow, FrameRequest

LOOK_UP = np.random.default_rng(5).integers(0, 1 << 24, 1024).astype(np.uint32) | np.uint32(0xFF000000)
TABLE = colour_table(Scale.of("asinh", -30.0, 30.0, True), LOOK_UP, DARK_SHADES)
FADE = fade_table()


def paint(window: FieldWindow, ring: GridRing | None, request: FrameRequest) -> np.ndarray:
    return window.paint(ring, request, TABLE, FADE, DARK_SHADES).assembled()


def request_for(view: Viewport, layer: str = "net", **changes: object) -> FrameRequest:
    options = {"is_relative": False, "has_fade": False} | changes
    return FrameRequest(view, LAYERS[layer].value_kind, **options)  # type: ignore[arg-type]


def plain_value(ring: GridRing, layer: str, seq: int, row: int, is_relative: bool) -> float:
    """Read one cell the slow way; NaN outside the band."""
    columns = ring.read(seq, seq)
    if columns.seq.size == 0 or columns.headers[0, H_FLAGS] & COLUMN_GAP:
        return np.nan
    k = row if is_relative else row - int(columns.headers[0, H_CENTRE])
    if abs(k) > ring.half_width:
        return np.nan
    i = k + ring.half_width
    if layer == "net":
        return float(columns.pressure[0, i] - columns.vacuum[0, i])
    if layer == "age":
        if columns.last_event_id[0, i] == 0:
            return np.inf
        now_s = (int(columns.headers[0, H_CLOCK_NS]) - ring.epoch_ns) * 1e-9
        return max(0.0, now_s - float(columns.touched_s[0, i]))
    return float(getattr(columns, "force" if layer == "balance" else layer)[0, i])


def plain_pixel(ring: GridRing, request: FrameRequest, layer: str, x: int, y: int) -> float:
    """Pool what shares a pixel, cell by cell."""
    view = request.viewport
    first_column = int(view.bins_of_px()[x]) * view.columns_per_bin
    first_row = int(view.rows_of_px()[y]) * view.rows_per_bin
    values = [
        plain_value(ring, layer, seq, row, request.is_relative)
        for seq in range(first_column, first_column + view.columns_per_bin)
        for row in range(first_row, first_row + view.rows_per_bin)
    ]
    known = [value for value in values if not np.isnan(value)]
    if not known:
        return np.nan
    return min(known) if layer == "age" else max(known, key=abs)


@pytest.fixture(scope="module")
def writer() -> SyntheticWriter:
    return synthetic_ring(700, half_width=12, capacity=512)  # has wrapped round


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(("px_per_column", "px_per_row"), [(3.0, 9.0), (0.4, 9.0), (1.5, 0.7), (0.21, 0.3)])
@pytest.mark.parametrize("is_relative", [False, True])
def test_every_pixel_shows_what_the_plain_twin_reads(
    writer: SyntheticWriter, layer: str, px_per_column: float, px_per_row: float, is_relative: bool
) -> None:
    ring = writer.ring
    centre = 0 if is_relative else int(ring.read(699, 699).headers[0, H_CENTRE])
    view = Viewport(60, 80, px_per_column, px_per_row).ending_at(700).centred_on(centre)
    request = request_for(view, layer, is_relative=is_relative)
    window = FieldWindow()
    pixels = paint(window, ring, request)
    rng = np.random.default_rng(11)
    for x, y in zip(rng.integers(0, 60, 60).tolist(), rng.integers(0, 80, 60).tolist(), strict=True):
        value = np.float32(plain_pixel(ring, request, layer, x, y))
        assert pixels[y, x] == TABLE[value.view(np.uint32) >> 16]


@pytest.mark.parametrize("density", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("px_per_column", [0.7, 1.0, 2.5, 7.0])
@pytest.mark.parametrize("has_fade", [False, True])
def test_frames_one_after_another_equal_frames_painted_afresh(
    has_fade: bool, px_per_column: float, density: float
) -> None:
    writer = synthetic_ring(40, half_width=10, capacity=128)  # columns are lost under way
    kept = FieldWindow()
    rng = np.random.default_rng(2)
    view = Viewport(120, 90, px_per_column, 5.0).ending_at(41).centred_on(20_400)
    for _ in range(120):
        match rng.integers(0, 7):
            case 0:
                write_gap(writer, 2)
            case 1:
                write_after_break(writer)
            case 2:
                up_px = int(rng.integers(-9, 9)) * int(rng.integers(0, 2))
                view = view.moved(int(rng.integers(-60, 60)), up_px)
            case 3:
                writer.touch(20_400 + int(rng.integers(-5, 5)), float(rng.random() * 30))
            case 4:
                writer.ring.announce(writer.ring.columns_per_batch)  # the oldest may be lost from now on
            case _:
                writer.write(int(rng.integers(1, 5)))
                view = view.ending_at(writer.ring.published_seq + 1)
        request = request_for(view, has_fade=has_fade, density=density)
        fresh = FieldWindow()
        assert np.array_equal(paint(kept, writer.ring, request), paint(fresh, writer.ring, request))
        assert np.array_equal(kept.bins.tracks, fresh.bins.tracks)
        assert np.array_equal(kept.bins.starts_ns, fresh.bins.starts_ns)


@pytest.mark.parametrize("px_per_column", [0.13, 0.77, 1.0, 2.6, 6.0])
def test_scrolling_moves_finished_pixels_and_changes_none_of_their_bits(px_per_column: float) -> None:
    writer = synthetic_ring(900, half_width=20)
    window = FieldWindow()
    view = Viewport(300, 160, px_per_column, 4.0).ending_at(901).centred_on(20_400)
    before = paint(window, writer.ring, request_for(view))
    open_from = int(view.x_px(899 // view.columns_per_bin * view.columns_per_bin)) - 1
    for _ in range(25):
        writer.write(1)
        moved = view.ending_at(writer.ring.published_seq + 2)
        after = paint(window, writer.ring, request_for(moved))
        shift = moved.left_px - view.left_px
        assert np.array_equal(after[:, : open_from - shift], before[:, shift:open_from])


def test_pooling_keeps_the_largest_magnitude_of_a_single_column_among_thousands() -> None:
    writer = synthetic_ring(5000, half_width=8)
    centre = int(writer.ring.read(4999, 4999).headers[0, H_CENTRE])
    writer.touch(centre + 2, 0.0, 1e6)
    writer.write(60)
    window = FieldWindow()
    view = Viewport(100, 50, 0.02, 2.0).ending_at(5060).centred_on(centre)
    paint(window, writer.ring, request_for(view))
    assert (window.bins.values <= -1e6).any()


def test_the_area_without_columns_the_band_and_a_gap_are_three_different_things() -> None:
    writer = synthetic_ring(20, half_width=5)
    write_gap(writer, 20)
    writer.write(20)
    view = Viewport(90 * 4, 200, 4, 4).ending_at(75).centred_on(20_400)
    pixels = paint(FieldWindow(), writer.ring, request_for(view))

    def column(seq: int) -> set[int]:
        return set(pixels[:, int(view.x_px(seq)) + 2].tolist())

    assert column(-5) == {DARK_SHADES.empty}
    assert column(70) == {DARK_SHADES.empty}
    assert column(30) == {DARK_SHADES.hatch_dark, DARK_SHADES.hatch_light}
    assert DARK_SHADES.outside in column(10)
    assert not column(10) & {DARK_SHADES.empty, DARK_SHADES.hatch_light}


def test_one_gap_column_shows_however_many_columns_share_its_pixel() -> None:
    writer = synthetic_ring(500, half_width=5)
    write_gap(writer, 1)
    writer.write(500)
    view = Viewport(50, 40, 0.05, 4).ending_at(1001).centred_on(20_400)
    pixels = paint(FieldWindow(), writer.ring, request_for(view))
    assert DARK_SHADES.hatch_light in pixels[:, int(view.x_px(500))]


def test_a_cut_silence_is_a_thin_line_where_time_goes_on() -> None:
    writer = synthetic_ring(30, half_width=5)
    write_after_break(writer)
    writer.write(9)
    view = Viewport(160, 40, 4, 4).ending_at(40).centred_on(20_400)
    pixels = paint(FieldWindow(), writer.ring, request_for(view))
    lines = np.flatnonzero((pixels == DARK_SHADES.divider).all(axis=0))
    assert lines.tolist() == [30 * 4]


def test_columns_that_the_writer_may_be_overwriting_are_not_shown() -> None:
    writer = synthetic_ring(200, half_width=5, capacity=128)
    window = FieldWindow()
    view = Viewport(200, 40, 1, 4).ending_at(200).centred_on(20_400)
    paint(window, writer.ring, request_for(view))
    # the next batch may overwrite the oldest slots from now on
    writer.ring.announce(writer.ring.columns_per_batch)
    pixels = paint(window, writer.ring, request_for(view))
    first_intact = writer.ring.first_intact()
    assert (pixels[:, :first_intact] == DARK_SHADES.empty).all()
    assert (pixels[:, first_intact] != DARK_SHADES.empty).all()


def test_the_open_column_is_read_from_its_published_copy() -> None:
    writer = synthetic_ring(50, half_width=5)
    ring = writer.ring
    view = Viewport(50, 40, 1, 4).ending_at(50).centred_on(20_400)
    before = paint(FieldWindow(), ring, request_for(view))
    ring.cells[49, PRESSURE] += 1000  # the writer is in the middle of a batch
    assert np.array_equal(paint(FieldWindow(), ring, request_for(view)), before)


def test_nothing_to_show_is_painted_as_nothing() -> None:
    view = Viewport(30, 20, 3, 4)
    assert (paint(FieldWindow(), None, request_for(view)) == DARK_SHADES.empty).all()
    assert (paint(FieldWindow(), GridRing(5, 64), request_for(view)) == DARK_SHADES.empty).all()


def test_fading_dims_old_cells_and_leaves_the_rest_of_the_picture() -> None:
    writer = synthetic_ring(300, half_width=10)
    view = Viewport(300, 120, 1, 4).ending_at(301).centred_on(20_400)
    bright = paint(FieldWindow(), writer.ring, request_for(view))
    dim = paint(FieldWindow(), writer.ring, request_for(view, has_fade=True))
    for shade in (DARK_SHADES.outside, DARK_SHADES.empty):
        assert np.array_equal(bright == shade, dim == shade)
    assert (bright != dim).any()


def test_tracks_hold_the_lowest_highest_and_newest_tick_of_each_bin(writer: SyntheticWriter) -> None:
    view = Viewport(20, 80, 0.2, 4).ending_at(700).centred_on(20_400)
    window = FieldWindow()
    paint(window, writer.ring, request_for(view))
    bins = window.bins
    for i in range(bins.states.size):
        columns = writer.ring.read((bins.first_bin + i) * 5, (bins.first_bin + i) * 5 + 4)
        if columns.seq.size:
            bids = columns.headers[:, H_BEST_BID]
            assert bins.tracks[i, TRACK_BID].tolist() == [bids.min(), bids.max(), bids[-1]]
        else:
            assert bins.tracks[i, TRACK_BID].tolist() == [NO_TICK] * 3


def test_the_kernels_number_the_planes_as_the_ring_does() -> None:
    assert kernels.VALUE_NET not in range(6)
    assert {LAYERS[name].value_kind for name in ("pressure", "vacuum", "depth")} == {0, 1, 4}


def test_warming_up_compiles_every_kernel_that_a_frame_needs() -> None:
    warm_up()
    for name in ("pool_columns", "pool_tracks", "pool_trades", "paint_pixels"):
        assert getattr(kernels, name).signatures
