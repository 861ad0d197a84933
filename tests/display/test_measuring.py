"""Measurements against sums done by hand over the ring's own columns and trades."""

from dataclasses import dataclass
from datetime import UTC

import numpy as np
import pytest

from vpdesk.core.ring import (
    COLUMN_GAP,
    H_CENTRE,
    H_CLOCK_NS,
    H_FLAGS,
    H_START_NS,
    T_SEQ,
    T_SIDE,
    T_SIZE,
    T_TICK,
    TRADE_CAPACITY,
    GridRing,
)
from vpdesk.display.measuring import Box, Measurement, Measurer, duration_text, measurement_lines
from vpdesk.display.synthetic import SyntheticWriter, synthetic_ring, write_gap
from vpdesk.display.text import MINUS

HALF_WIDTH = 12


@dataclass
class Sums:
    bought: float = 0.0
    sold: float = 0.0
    before: float = 0.0
    after: float = 0.0
    grew: float = 0.0
    shrank: float = 0.0
    n_gaps: int = 0
    is_partly_outside: bool = False


def by_hand(ring: GridRing, box: Box) -> Sums:
    """Add up what lies in a box, cell by cell."""
    sums = Sums()
    (first, last), (low, high) = box.columns, box.rows
    columns = ring.read(max(first - 1, 0), last)
    former: dict[int, float] | None = None
    is_first = True
    for i, seq in enumerate(columns.seq):
        is_inside = seq >= first
        header = columns.headers[i]
        if header[H_FLAGS] & COLUMN_GAP:
            sums.n_gaps += is_inside
            former = None
            continue
        centre = int(header[H_CENTRE])
        depth = {centre + int(k): float(columns.depth[i, j]) for j, k in enumerate(columns.k)}
        base = centre if box.is_relative else 0
        rows = range(base + low, base + high + 1)
        total = sum(depth[bucket] for bucket in rows if bucket in depth)
        if is_first:
            sums.before, is_first = total, False
        if is_inside:
            sums.after = total
            sums.is_partly_outside |= any(bucket not in depth for bucket in rows)
            if former is not None:
                changes = [depth[b] - former[b] for b in rows if b in depth and b in former]
                sums.grew += sum(change for change in changes if change > 0)
                sums.shrank -= sum(change for change in changes if change < 0)
        former = depth
    centres = {
        int(seq): int(header[H_CENTRE]) for seq, header in zip(columns.seq, columns.headers, strict=True)
    }
    for trade in ring.read_trades(first, last):
        row = int(trade[T_TICK]) // ring.ticks_per_bucket - (
            centres[int(trade[T_SEQ])] if box.is_relative else 0
        )
        if low <= row <= high:
            sums.bought += trade[T_SIZE] * (trade[T_SIDE] > 0)
            sums.sold += trade[T_SIZE] * (trade[T_SIDE] < 0)
    return sums


def centre_of(ring: GridRing, seq: int) -> int:
    return int(ring.read(seq, seq).headers[0, H_CENTRE])


def measured(ring: GridRing, box: Box) -> Measurement:
    measurement = Measurer().measure(ring, box)
    assert measurement is not None
    return measurement


def assert_sums(measurement: Measurement, sums: Sums) -> None:
    assert (measurement.bought, measurement.sold) == (sums.bought, sums.sold)
    for name in ("before", "after", "grew", "shrank"):
        assert getattr(measurement, name) == pytest.approx(getattr(sums, name), rel=1e-5), name
    assert measurement.n_gaps == sums.n_gaps
    assert measurement.is_partly_outside == sums.is_partly_outside


@pytest.fixture
def writer() -> SyntheticWriter:
    writer = synthetic_ring(300, HALF_WIDTH)
    write_gap(writer, 7)
    writer.write(200)
    return writer


@pytest.mark.parametrize(
    "columns", [(60, 160), (160, 60), (0, 506), (250, 400), (290, 305), (506, 506), (303, 303)]
)
@pytest.mark.parametrize("rows", [(-3, 5), (4, 4), (-40, 40)])
@pytest.mark.parametrize("is_relative", [False, True])
def test_a_box_holds_what_its_cells_and_trades_add_up_to(
    writer: SyntheticWriter, columns: tuple[int, int], rows: tuple[int, int], is_relative: bool
) -> None:
    base = 0 if is_relative else centre_of(writer.ring, 200)
    box = Box(*columns, base + rows[0], base + rows[1], is_relative)
    measurement = measured(writer.ring, box)
    assert_sums(measurement, by_hand(writer.ring, box))
    assert not measurement.is_cut
    assert measurement.is_running == (max(columns) >= 506)


def test_where_the_band_covers_the_box_its_depth_changes_by_what_grew_and_shrank(
    writer: SyntheticWriter,
) -> None:
    centre = centre_of(writer.ring, 100)
    measurement = measured(writer.ring, Box(100, 140, centre - 3, centre + 3, is_relative=False))
    assert not measurement.is_partly_outside
    assert measurement.grew > 0
    change = measurement.after - measurement.before
    assert change == pytest.approx(measurement.grew - measurement.shrank, abs=0.1)


@pytest.mark.parametrize("is_relative", [False, True])
def test_measuring_while_columns_come_gives_what_measuring_at_the_end_gives(is_relative: bool) -> None:
    writer = synthetic_ring(100, HALF_WIDTH)
    base = 0 if is_relative else centre_of(writer.ring, 99)
    box = Box(80, 140, base - 4, base + 6, is_relative)
    measurer = Measurer()
    for n_columns in (0, 1, 1, 5, 1, 20, 30, 10):
        writer.write(n_columns)
        writer.touch(base, 3.0)  # the open column changes within itself
        assert measurer.measure(writer.ring, box) == measured(writer.ring, box)
    final = measurer.measure(writer.ring, box)
    assert final is not None
    assert not final.is_running
    assert_sums(final, by_hand(writer.ring, box))


def test_what_was_counted_stays_counted_when_the_ring_lets_it_go() -> None:
    writer = synthetic_ring(100, HALF_WIDTH, capacity=128)
    box = Box(90, 110, -5, 5, is_relative=True)
    measurer = Measurer()
    measurer.measure(writer.ring, box)
    writer.write(20)
    final = measurer.measure(writer.ring, box)
    writer.write(500)
    assert writer.ring.span().oldest > 110
    assert measurer.measure(writer.ring, box) == final


def test_columns_that_are_not_kept_are_said_and_not_counted_as_nothing() -> None:
    writer = synthetic_ring(400, HALF_WIDTH, capacity=128)
    ring = writer.ring
    oldest = ring.span().oldest
    measurement = measured(ring, Box(oldest - 50, oldest + 20, -5, 5, is_relative=True))
    assert measurement.is_cut
    assert measurement.counted_from == oldest
    assert measurement.n_counted == 21
    assert_sums(measurement, by_hand(ring, Box(oldest, oldest + 20, -5, 5, is_relative=True)))
    lines = measurement_lines(measurement, ring, "contracts", UTC)
    assert lines[-1].startswith("quantities from 13:0")
    assert lines[-1].endswith(" on")
    gone = measured(ring, Box(10, 20, -5, 5, is_relative=True))
    assert gone.n_counted == 0
    assert measurement_lines(gone, ring, "contracts", UTC)[-1] == "no longer kept"


def test_trades_that_are_not_kept_bound_what_is_counted() -> None:
    writer = synthetic_ring(200, HALF_WIDTH)
    ring = writer.ring
    n_trades = TRADE_CAPACITY + 5000
    trades = np.zeros((n_trades, ring.trades.shape[1]), np.int64)
    trades[:, T_SEQ] = np.arange(n_trades) * 200 // n_trades
    trades[:, T_TICK], trades[:, T_SIZE], trades[:, T_SIDE] = 20_400, 1, 1
    ring.trades[np.arange(n_trades) % TRADE_CAPACITY] = trades
    ring.published_trades = n_trades
    measurement = measured(ring, Box(0, 199, -100, 100, is_relative=True))
    oldest_kept = int(trades[n_trades - TRADE_CAPACITY * 7 // 8, T_SEQ])
    assert measurement.counted_from == oldest_kept + 1
    assert measurement.is_cut
    assert measurement.bought == np.count_nonzero(trades[:, T_SEQ] > oldest_kept)


def test_the_way_from_corner_to_corner_is_told_in_price_ticks_share_and_time(writer: SyntheticWriter) -> None:
    ring = writer.ring
    measurement = measured(ring, Box(100, 131, 20_404, 20_400, is_relative=False))
    assert (measurement.start_tick, measurement.end_tick) == (20_404, 20_400)
    assert measurement.duration_ns == 3_200_000_000
    lines = measurement_lines(measurement, ring, "contracts", UTC)
    assert lines[0] == f"{MINUS}1.00  ({MINUS}4 ticks, {MINUS}0.020 %)"
    assert lines[1] == "5101.00 → 5100.00"
    assert lines[2] == "3.200 s  ·  32 columns"
    assert lines[3].startswith(f"Traded {measurement.bought + measurement.sold:,.0f} contracts: ")
    assert lines[4].startswith("Resting ")


def test_by_the_spot_axis_the_distances_are_told_and_the_prices_they_were_then(
    writer: SyntheticWriter,
) -> None:
    ring = writer.ring
    measurement = measured(ring, Box(60, 250, -3, 5, is_relative=True))
    start, end = (centre_of(ring, seq) + k for seq, k in ((60, -3), (250, 5)))
    assert (measurement.start_tick, measurement.end_tick) == (start, end)
    assert measurement_lines(measurement, ring, "contracts", UTC)[0] == f"k {MINUS}3 → +5  (+8)"


def test_a_box_that_reaches_beyond_now_goes_on(writer: SyntheticWriter) -> None:
    ring = writer.ring
    measurement = measured(ring, Box(500, 600, -5, 5, is_relative=True))
    header = ring.read(506, 506).headers[0]
    start_ns = int(ring.read(500, 500).headers[0, H_START_NS])
    assert measurement.is_running
    assert measurement.duration_ns == int(header[H_CLOCK_NS]) - start_ns
    assert measurement_lines(measurement, ring, "contracts", UTC)[-1].startswith("still running")
    future = measured(ring, Box(700, 800, -5, 5, is_relative=True))
    assert future.n_counted == 0
    assert measurement_lines(future, ring, "contracts", UTC)[-1] == "no columns here yet"


def test_gaps_and_prices_beyond_the_band_are_said(writer: SyntheticWriter) -> None:
    measurement = measured(writer.ring, Box(250, 400, -40, 40, is_relative=True))
    lines = measurement_lines(measurement, writer.ring, "contracts", UTC)
    assert lines[-1] == "7 columns in a gap, prices beyond the band not counted"


def test_nothing_is_measured_before_the_first_column() -> None:
    assert Measurer().measure(GridRing(5, 64), Box(0, 5, 0, 5, is_relative=False)) is None


@pytest.mark.parametrize(
    ("duration_ns", "words"),
    [
        (0, "0.000 s"),
        (119_999_000_000, "119.999 s"),
        (150_500_000_000, "2 min 30.500 s"),
        (3_725_000_000_000, "1 h 2 min 05.000 s"),
    ],
)
def test_long_times_are_told_in_minutes_and_hours(duration_ns: int, words: str) -> None:
    assert duration_text(duration_ns) == words
