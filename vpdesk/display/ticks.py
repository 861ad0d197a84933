"""Where the axes carry labels, and what these say."""

from dataclasses import dataclass
from datetime import tzinfo
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.display.text import local_time, price_text, signed, time_text

_SECOND: Final = 1_000_000_000
_DAY: Final = 86_400 * _SECOND
_TIME_STEPS_NS: Final = (
    *(factor * 10**power for power in range(3, 9) for factor in (1, 2, 5)),
    *(seconds * _SECOND for seconds in (1, 2, 5, 10, 15, 30)),
    *(minutes * 60 * _SECOND for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * 3600 * _SECOND for hours in (1, 2, 3, 6, 12, 24)),
)


@dataclass(frozen=True)
class AxisTick:
    """A label at ``place`` (a column, or a height in buckets)."""

    place: float
    text: str


def price_ticks(
    y_range: tuple[float, float], n_most: int, tick_size: int, ticks_per_bucket: int
) -> list[AxisTick]:
    """Return round prices in the middle of their cells; at most about ``n_most``."""
    low, high = (edge * ticks_per_bucket for edge in y_range)
    step = _round_price_step((high - low) / max(n_most, 1), tick_size)
    first, last = ceil((low - 0.5) / step), floor((high - 0.5) / step)
    ticks = (number * step for number in range(first, last + 1))
    return [AxisTick((tick + 0.5) / ticks_per_bucket, price_text(tick, tick_size)) for tick in ticks]


def _round_price_step(least_ticks: float, tick_size: int) -> int:
    """Return the smallest round price step, in ticks, of at least ``least_ticks``.

    Round is 1, 2, 2.5 or 5 times a power of ten of the currency, if the tick divides it. Where that is
    far too coarse (ticks of 1/64) it is a power of two of ticks.
    """
    least: int = max(1, ceil(least_ticks))
    power_of_two = 1 << (least - 1).bit_length()
    for power in range(19):
        for quarters in (4, 8, 10, 20):
            step_raw, rest = divmod(quarters * 10**power, 4)
            if rest == 0 and step_raw % tick_size == 0 and step_raw // tick_size >= least:
                step = int(step_raw // tick_size)
                return step if step <= 2 * power_of_two else power_of_two
    return power_of_two


def relative_ticks(y_range: tuple[float, float], n_most: int) -> list[AxisTick]:
    """Return round distances from the centre, in buckets."""
    low, high = y_range
    least = max(1, ceil((high - low) / max(n_most, 1)))
    step = _round_count(least)
    numbers = range(ceil((low - 0.5) / step), floor((high - 0.5) / step) + 1)
    return [AxisTick(i * step + 0.5, signed(i * step)) for i in numbers]


def time_ticks(
    starts_ns: NDArray[np.int64], first_column: int, columns_per_bin: int, column_ns: int, gap_columns: float,
    zone: tzinfo | None,
) -> list[AxisTick]:  # fmt: skip
    """Return round times at the bins in which they begin, for columns of equal time.

    starts_ns : (n_bins,) int64, start of each bin, 0 where there is no data. Labels keep ``gap_columns``
    apart; where a silence was cut out, the later of two stays. A time that the silence swallowed gets no
    label: nothing stands there.
    """
    known = np.flatnonzero(starts_ns)
    if known.size == 0:
        return []
    offset = local_time(int(starts_ns[known[-1]]), zone).utcoffset()
    offset_ns = round(offset.total_seconds()) * _SECOND if offset is not None else 0
    least_ns = gap_columns * column_ns
    step = next((step for step in _TIME_STEPS_NS if step >= least_ns), ceil(least_ns / _DAY) * _DAY)
    local_ns = starts_ns[known] + offset_ns
    since_round = local_ns % step
    is_first = since_round < columns_per_bin * column_ns
    ticks: list[AxisTick] = []
    for i in known[is_first][::-1]:
        ts_ns = int(starts_ns[i])
        round_ns = ts_ns - (ts_ns + offset_ns) % step
        column = float(first_column + i * columns_per_bin)
        if not ticks or ticks[-1].place - column >= gap_columns - columns_per_bin:
            ticks.append(AxisTick(column, _clock_text(round_ns, zone, step)))
    return ticks[::-1]


def column_ticks(
    starts_ns: NDArray[np.int64],
    first_column: int,
    columns_per_bin: int,
    gap_columns: float,
    zone: tzinfo | None,
) -> list[AxisTick]:
    """Return round column numbers labelled with their times, for columns that cover events, not time."""
    least = max(gap_columns, columns_per_bin)
    step = _round_count(least)
    last_column = first_column + starts_ns.size * columns_per_bin
    ticks = []
    for column in range(ceil(first_column / step) * step, last_column, step):
        ts_ns = int(starts_ns[(column - first_column) // columns_per_bin])
        if ts_ns:
            ticks.append(AxisTick(float(column), time_text(ts_ns, zone, 3)))
    return ticks


def _round_count(least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20 .. that is at least ``least``."""
    step = 1
    while step < least:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def _clock_text(ts_ns: int, zone: tzinfo | None, step_ns: int) -> str:
    """Write a round time with as many digits as its step needs."""
    if step_ns >= 60 * _SECOND:
        return f"{local_time(ts_ns, zone):%H:%M}"
    decimals = 0
    while decimals < 9 and step_ns % 10 ** (9 - decimals):
        decimals += 1
    return time_text(ts_ns, zone, decimals)
