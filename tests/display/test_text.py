from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from vpdesk.display.text import age_text, moment_text, number_text, price_text, rate_text, time_text

TS_NS = 1_715_000_400_123_456_789  # 2024-05-06 13:00:00.123456789 UTC


@pytest.mark.parametrize(
    ("tick", "tick_size", "text"),
    [
        (20_401, 250_000_000, "5100.25"),
        (-1, 10_000_000, "\N{MINUS SIGN}0.01"),
        (3, 1, "0.000000003"),
        (7, 1_000_000_000, "7"),
        (65, 15_625_000, "1.015625"),
        (-20_401, 250_000_000, "\N{MINUS SIGN}5100.25"),
    ],
)
def test_prices_are_written_exactly(tick: int, tick_size: int, text: str) -> None:
    assert price_text(tick, tick_size) == text


def test_times_keep_their_nanoseconds_and_their_zone() -> None:
    assert moment_text(TS_NS, UTC) == "2024-05-06 13:00:00.123456789 UTC"
    assert moment_text(TS_NS, ZoneInfo("America/Chicago")) == "2024-05-06 08:00:00.123456789 CDT"
    assert time_text(TS_NS, UTC, 3) == "13:00:00.123"
    assert time_text(TS_NS, UTC, 0) == "13:00:00"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.01234, "0.0123"),
        (-2e-9, "\N{MINUS SIGN}2e-09"),
        (5.5e-30, "\N{ALMOST EQUAL TO}0"),
        (-1.2e-19, "\N{ALMOST EQUAL TO}0"),
        (-42.5, "\N{MINUS SIGN}42.5"),
        (1234, "1\u202f234"),
        (12_345, "12.3k"),
        (999_999, "1M"),
        (9_999, "9\u202f999"),
        (2_500_000, "2.5M"),
        (float("nan"), "\N{EN DASH}"),
        (float("-inf"), "\N{MINUS SIGN}\N{INFINITY}"),
    ],
)
def test_numbers_have_three_digits_that_matter(value: float, text: str) -> None:
    assert number_text(value) == text


def test_rates_are_written_as_other_numbers_are() -> None:
    rates = [rate_text(rate) for rate in (0, 950, 1060, 12_340, 4_560_000)]
    assert rates == ["0/s", "950/s", "1\u202f060/s", "12.3k/s", "4.56M/s"]


def test_ages_are_written_in_the_unit_people_would_use() -> None:
    assert [age_text(age) for age in (None, 0.0305, 4.25, 200, 7260)] == [
        "never",
        "30 ms",
        "4.2 s",
        "3 min 20 s",
        "2 h 01 min",
    ]
