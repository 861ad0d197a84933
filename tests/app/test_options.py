import pytest

from vpdesk.app.options import NS_PER_DAY, read_size, read_tick_size, read_time
from vpdesk.errors import OptionError

DAY_NS = 20_000 * NS_PER_DAY
START_NS = DAY_NS + 13 * 3600 * 10**9 + 250_000_000


def test_a_tick_size_is_read_exactly() -> None:
    assert [read_tick_size(text) for text in (None, "0.25", "1e-9", "1")] == [None, 250_000_000, 1, 10**9]


@pytest.mark.parametrize("text", ["", "x", "0", "-0.25", "nan", "inf", "1e-10", "0.0000000001"])
def test_what_is_no_tick_size_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="is no tick size"):
        read_tick_size(text)


@pytest.mark.parametrize(
    ("text", "since_day_ns"),
    [
        ("13:00:00.25", 13 * 3600 * 10**9 + 250_000_000),
        ("13:00", 13 * 3600 * 10**9),  # the second in which the session starts
        ("12:59:59", NS_PER_DAY + (13 * 3600 - 1) * 10**9),
        ("2024-10-04T01:00", 3600 * 10**9),
        ("2024-10-04T01:00+01:00", 0),
    ],
)
def test_a_time_alone_is_the_first_of_its_kind_in_the_session(text: str, since_day_ns: int) -> None:
    assert read_time(text, START_NS) == DAY_NS + since_day_ns


def test_what_is_no_time_is_refused() -> None:
    for text in ("", "noon", "25:00", "2024-13-01"):
        with pytest.raises(OptionError, match="is no time"):
            read_time(text, START_NS)


@pytest.mark.parametrize("text", ["320x200", "8192x8192", " 1600x900 "])
def test_a_size_is_width_and_height(text: str) -> None:
    width, height = text.strip().split("x")
    assert read_size(text) == (int(width), int(height))


@pytest.mark.parametrize(
    "text", ["", "1600", "319x200", "320x199", "8193x900", "-320x200", "\u0663\u0662\u0660x200"]
)
def test_what_is_no_size_of_a_picture_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="is no size of a picture"):
        read_size(text)
