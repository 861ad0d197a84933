from datetime import UTC
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from vpdesk.display.ticks import column_ticks, price_ticks, relative_ticks, time_ticks

START_NS = 1_715_000_400_000_000_000  # 2024-05-06 13:00:00 UTC
SECOND = 1_000_000_000


def test_price_labels_are_round_and_stand_in_the_middle_of_their_cells() -> None:
    ticks = price_ticks((20_380.0, 20_420.0), 8, 250_000_000, 1)
    assert [tick.text for tick in ticks][:3] == ["5095.00", "5097.00", "5099.00"] or len(ticks) <= 8
    assert all((tick.place - 0.5) == round(tick.place - 0.5) for tick in ticks)
    steps = np.diff([float(tick.text) for tick in ticks])
    assert len(set(steps.tolist())) == 1
    assert steps[0] in (1.0, 2.0, 2.5, 5.0)


@pytest.mark.parametrize("tick_size", [1, 250_000_000, 10_000_000, 15_625_000, 31_250_000, 7])
@pytest.mark.parametrize("ticks_per_bucket", [1, 4])
def test_price_labels_fit_for_every_tick_size(tick_size: int, ticks_per_bucket: int) -> None:
    for height in (3.0, 40.0, 900.0):
        ticks = price_ticks((5000.0, 5000.0 + height), 10, tick_size, ticks_per_bucket)
        assert 1 <= len(ticks) <= 11
        assert all(5000 <= tick.place <= 5000 + height for tick in ticks)


def test_distances_from_the_spot_carry_a_sign() -> None:
    assert [tick.text for tick in relative_ticks((-10.0, 11.0), 5)] == [
        "\N{MINUS SIGN}10",
        "\N{MINUS SIGN}5",
        "0",
        "+5",
        "+10",
    ]


def test_times_are_labelled_where_they_begin() -> None:
    starts = START_NS + np.arange(1000) * (SECOND // 10)
    ticks = time_ticks(starts, 5000, 1, SECOND // 10, 100, UTC)
    assert [(tick.place, tick.text) for tick in ticks[:2]] == [(5000.0, "13:00:00"), (5100.0, "13:00:10")]


def test_scrolling_keeps_every_time_label_at_its_column() -> None:
    starts = START_NS + np.arange(3000) * (SECOND // 10)
    labels: dict[float, str] = {}
    for first in range(0, 900, 37):
        for tick in time_ticks(starts[first : first + 700], first, 1, SECOND // 10, 96, UTC):
            assert labels.setdefault(tick.place, tick.text) == tick.text
    assert sorted(labels) == [float(column) for column in range(0, 1600, 100)]


def test_a_time_that_was_cut_out_has_no_label() -> None:
    starts = START_NS + np.arange(200) * (SECOND // 10)
    starts[95:] += 3600 * SECOND + SECOND * 3 // 10
    texts = [tick.text for tick in time_ticks(starts, 0, 1, SECOND // 10, 45, UTC)]
    assert texts == ["13:00:00", "13:00:05", "14:00:10", "14:00:15", "14:00:20"]


def test_labels_around_a_cut_silence_keep_apart_and_the_later_one_stays() -> None:
    starts = START_NS + np.arange(200) * (SECOND // 10)
    starts[3:] += 6 * 3600 * SECOND - 3 * SECOND // 10  # a snapshot's columns, then the session's
    texts = [tick.text for tick in time_ticks(starts, 0, 1, SECOND // 10, 45, UTC)]
    assert texts[:2] == ["19:00:00", "19:00:05"]


def test_whole_hours_are_those_of_the_zone_shown() -> None:
    zone = ZoneInfo("Asia/Kolkata")  # half an hour off
    starts = START_NS + np.arange(600) * (60 * SECOND)
    texts = [tick.text for tick in time_ticks(starts, 0, 1, 60 * SECOND, 60, zone)]
    assert texts[:3] == ["19:00", "20:00", "21:00"]


def test_columns_of_events_are_labelled_at_round_column_numbers() -> None:
    starts = START_NS + np.cumsum(np.random.default_rng(1).integers(1, 10**8, 400))
    ticks = column_ticks(starts, 1230, 1, 90, UTC)
    assert [tick.place for tick in ticks] == [1300.0, 1400.0, 1500.0, 1600.0]
    assert all(tick.text.startswith("13:00:") for tick in ticks)


def test_no_columns_means_no_labels() -> None:
    assert time_ticks(np.zeros(50, np.int64), 0, 1, SECOND, 10, UTC) == []
