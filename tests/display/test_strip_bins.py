"""Strip bins against plain sums over the columns that a ring hands out."""

import numpy as np
import pytest

from vpdesk.core.ring import (
    C_SEQ,
    COLUMN_GAP,
    H_BEST_ASK,
    H_BEST_BID,
    H_CLOCK_NS,
    H_FLAGS,
    H_N_EVENTS,
    H_START_NS,
    H_VOLUME_BUY,
    H_VOLUME_NONE,
    H_VOLUME_SELL,
    NO_TICK,
    GridRing,
)
from vpdesk.display.strip_bins import HeldRange, HeldSpan, StripBins, StripSource, round_up
from vpdesk.display.synthetic import SyntheticWriter, synthetic_ring, write_gap
from vpdesk.display.viewport import Viewport

FLOWS = [H_VOLUME_BUY, H_VOLUME_SELL, H_VOLUME_NONE, H_N_EVENTS]


def with_flows(writer: SyntheticWriter, n_columns: int, seed: int = 3) -> None:
    """Give the newest columns volumes, events, spreads and a drive."""
    ring, random = writer.ring, np.random.default_rng(seed)
    newest = int(ring.cursor[C_SEQ])
    slots = np.arange(newest - n_columns + 1, newest + 1) % ring.capacity
    ring.headers[slots[:, None], FLOWS] = random.integers(0, 50, (n_columns, len(FLOWS)))
    ring.headers[slots, H_BEST_ASK] = ring.headers[slots, H_BEST_BID] + random.integers(1, 6, n_columns)
    ring.headers[slots[::17], H_BEST_BID] = NO_TICK
    ring.drive[slots] = random.uniform(-1, 1, n_columns)
    ring.publish()


@pytest.fixture
def writer() -> SyntheticWriter:
    writer = synthetic_ring(500, 4, capacity=4096)
    write_gap(writer, 9)
    writer.write(91)
    with_flows(writer, 600)
    return writer


def expect_plain_sums(ring: GridRing, view: Viewport, bins: StripBins) -> None:
    columns = ring.read(0, 10**9)
    delta = np.cumsum(columns.headers[:, H_VOLUME_BUY] - columns.headers[:, H_VOLUME_SELL])
    is_gap = columns.headers[:, H_FLAGS] & COLUMN_GAP != 0
    for i in range(bins.n_columns.size):
        first = (bins.first_bin + i) * view.columns_per_bin
        mine = (columns.seq >= first) & (columns.seq < first + view.columns_per_bin)
        headers = columns.headers[mine]
        sums = (bins.bought[i], bins.sold[i], bins.unknown[i], bins.n_events[i])
        assert sums == tuple(headers[:, FLOWS].sum(axis=0))
        assert (bins.n_columns[i], bins.n_gaps[i]) == (mine.sum(), is_gap[mine].sum())
        with_book = headers[~is_gap[mine]]
        quoted = with_book[with_book[:, H_BEST_BID] != NO_TICK]
        tracks = {
            "drive": columns.drive[mine & ~is_gap],
            "spread": quoted[:, H_BEST_ASK] - quoted[:, H_BEST_BID],
            "delta": delta[mine],
        }
        for name, values in tracks.items():
            expected = (values.min(), values.max(), values[-1]) if values.size else [np.nan] * 3
            np.testing.assert_array_equal(getattr(bins, name)[:, i], expected)


@pytest.mark.parametrize("px_per_column", [7.0, 1.3, 0.4, 0.013])
def test_bins_are_the_plain_sums_of_their_columns(writer: SyntheticWriter, px_per_column: float) -> None:
    view = Viewport(300, 50, px_per_column, 8.0).ending_at(600)
    expect_plain_sums(writer.ring, view, StripSource().read(writer.ring, view))


def test_bins_stay_right_while_columns_come(writer: SyntheticWriter) -> None:
    source = StripSource()
    view = Viewport(200, 50, 0.5, 8.0)
    for n_columns in (1, 3, 40):
        source.read(writer.ring, view.ending_at(int(writer.ring.cursor[C_SEQ]) + 1))
        writer.write(n_columns)
        with_flows(writer, n_columns, seed=n_columns)
        end = int(writer.ring.cursor[C_SEQ]) + 1
        expect_plain_sums(writer.ring, view.ending_at(end), source.read(writer.ring, view.ending_at(end)))


def test_the_running_difference_goes_on_when_old_columns_leave_the_ring() -> None:
    writer = synthetic_ring(100, 4, capacity=128)
    with_flows(writer, 100)
    source, view = StripSource(), Viewport(40, 50, 1.0, 8.0)
    before = source.read(writer.ring, view.ending_at(100)).delta[2, -1]
    for _ in range(10):
        writer.write(20)
        source.read(writer.ring, view.ending_at(int(writer.ring.cursor[C_SEQ]) + 1))
    with_flows(writer, 1)
    header = writer.ring.read(299, 299).headers[0]
    after = source.read(writer.ring, view.ending_at(300)).delta[2, -1]
    assert after == before + header[H_VOLUME_BUY] - header[H_VOLUME_SELL]


def test_the_running_difference_says_when_it_began_and_begins_anew_where_columns_were_missed() -> None:
    writer = synthetic_ring(100, 4, capacity=128)
    with_flows(writer, 100)
    ring, source, view = writer.ring, StripSource(), Viewport(40, 50, 1.0, 8.0)
    bins = source.read(ring, view.ending_at(100))
    assert bins.delta_from_ns == ring.read(0, 0).headers[0, H_START_NS]
    ring.headers[0, H_START_NS] -= 6 * 3_600 * 10**9  # as where a snapshot of old orders comes first
    source = StripSource()
    after_snapshot = source.read(ring, view.ending_at(100))
    assert after_snapshot.delta_from_ns == ring.headers[0, H_CLOCK_NS]
    ring.headers[0, H_CLOCK_NS] += 10**9  # it was still under way when it was looked at first
    assert source.read(ring, view.ending_at(100)).delta_from_ns == ring.headers[0, H_CLOCK_NS]
    writer.write(300)
    with_flows(writer, 100)
    bins = source.read(ring, view.ending_at(int(ring.cursor[C_SEQ]) + 1))
    columns = ring.read(ring.span().oldest, ring.span().newest)
    assert bins.delta_from_ns == columns.headers[0, H_START_NS]
    assert bins.delta[2, -1] == (columns.headers[:, H_VOLUME_BUY] - columns.headers[:, H_VOLUME_SELL]).sum()


@pytest.mark.parametrize("px_per_column", [5.0, 1.7, 0.3])
@pytest.mark.parametrize("left_px", [0, 13])
def test_edges_are_where_the_field_changes_bins(
    writer: SyntheticWriter, px_per_column: float, left_px: int
) -> None:
    view = Viewport(211, 50, px_per_column, 8.0, left_px=left_px)
    bins = StripSource().read(writer.ring, view)
    bin_of_px = view.bins_of_px() - bins.first_bin
    for x_px, i in enumerate(bin_of_px):
        assert bins.edges_px[i] <= x_px < bins.edges_px[i + 1]


def test_bins_without_columns_are_empty_and_cannot_be_pointed_at(writer: SyntheticWriter) -> None:
    view = Viewport(100, 50, 1.0, 8.0, left_px=550)
    bins = StripSource().read(writer.ring, view)
    assert bins.newest == 49
    assert not bins.n_columns[50:].any()
    assert np.isnan(bins.drive[:, 50:]).all()
    assert (bins.bin_at(49.5), bins.bin_at(50.5), bins.bin_at(-1.0)) == (49, -1, -1)


def test_a_range_grows_at_once_and_shrinks_only_after_a_while() -> None:
    held = HeldRange()
    assert held.fit(np.array([3.0]), "zoom") == 5.0
    assert held.fit(np.array([5.1]), "zoom") == 10.0
    tops = [held.fit(np.array([1.9]), "zoom") for _ in range(300)]
    assert tops[:50] == [10.0] * 50
    assert tops[-1] == 2.0
    assert held.fit(np.array([0.02]), "another zoom") == 0.02


def test_a_single_outlier_does_not_flatten_the_rest() -> None:
    values = np.append(np.full(999, 8.0), 5000.0)
    assert HeldRange().fit(values, None) == 10.0


def test_a_span_moves_only_when_values_leave_it() -> None:
    held = HeldSpan()
    low, high = held.fit(np.array([-100.0, 220.0, np.nan]), "zoom")
    assert low <= -100 < 220 <= high
    assert held.fit(np.array([-90.0, 200.0]), "zoom") == (low, high)
    assert held.fit(np.array([-90.0, 500.0]), "zoom")[1] >= 500
    assert np.diff(held.fit(np.zeros(3), "another zoom")) > 0


@pytest.mark.parametrize("value", [0.0, 1.0, -250.0, 18_700.0])
def test_the_ends_around_one_value_are_different_whole_numbers(value: float) -> None:
    low, high = HeldSpan().fit(np.full(3, value), "zoom")
    assert round(low) < value < round(high)


@pytest.mark.parametrize(
    ("value", "rounded"), [(1.0, 1.0), (1.01, 2.0), (4.9, 5.0), (51.0, 100.0), (0.03, 0.05), (1e6, 1e6)]
)
def test_round_ends(value: float, rounded: float) -> None:
    assert round_up(value) == pytest.approx(rounded)
