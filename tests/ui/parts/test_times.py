from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.session import END_NS, PLAYING, START_NS
from vpdesk.figures import grouped
from vpdesk.runtime.commands import SeekEvent, SeekTime
from vpdesk.ui.parts.times import GoToError, parse_go_to, resolve_zone, time_text

UTC_ZONE = resolve_zone("UTC", "")
CHICAGO = ZoneInfo("America/Chicago")


def test_a_time_is_shown_to_the_nanosecond_with_its_zone() -> None:
    assert time_text(START_NS + 1, UTC_ZONE) == "2024-03-15 13:30:00.000000001 UTC"
    assert time_text(START_NS + 1, CHICAGO) == "2024-03-15 08:30:00.000000001 CDT"


def test_before_the_first_event_there_is_no_time() -> None:
    assert time_text(0, UTC_ZONE) == "-"


@pytest.mark.parametrize(
    ("dataset", "name"),
    [
        ("GLBX.MDP3", "America/Chicago"),
        ("XNAS.ITCH", "America/New_York"),
        ("XEUR.EOBI", "Europe/Berlin"),
        ("IFUS.IMPACT", "America/New_York"),
    ],
)
def test_a_venue_keeps_its_own_day(dataset: str, name: str) -> None:
    assert resolve_zone("exchange", dataset) == ZoneInfo(name)


def test_a_venue_that_is_not_known_gets_utc() -> None:
    assert resolve_zone("exchange", "???") is UTC_ZONE


@pytest.mark.parametrize(
    ("text", "ts_ns"),
    [
        ("14:00", START_NS + 1800 * 10**9),
        ("14:00:00.000000007", START_NS + 1800 * 10**9 + 7),
        ("2024-03-15 14:00:05.25", START_NS + 1805 * 10**9 + 250_000_000),
        ("2024-03-15T14:00:05 utc", START_NS + 1805 * 10**9),
        ("+30s", PLAYING.clock_ns + 30 * 10**9),
        ("-1.5m", PLAYING.clock_ns - 90 * 10**9),
        ("+1ns", PLAYING.clock_ns + 1),
    ],
)
def test_a_moment_is_read_exactly(text: str, ts_ns: int) -> None:
    assert parse_go_to(text, PLAYING, UTC_ZONE) == SeekTime(ts_ns)


def test_a_time_is_meant_in_the_zone_that_is_shown() -> None:
    assert parse_go_to("09:00", PLAYING, CHICAGO) == SeekTime(START_NS + 1800 * 10**9)


@pytest.mark.parametrize("text", ["1234567", "#1234567", "1,234,567", "1 234 567", grouped(1234567)])
def test_an_event_is_read_with_or_without_groups(text: str) -> None:
    assert parse_go_to(text, PLAYING, UTC_ZONE) == SeekEvent(1_234_567)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "12,5",
        "25:00",
        "13:61",
        "2024-02-30 13:30",
        "2024-03-15 13:30 CDT",
        "12:00",
        "99:99",
        "2024-03-16 13:30",
        "-100h",
        "9876544",
        "9" * 40,
    ],
)
def test_what_names_no_moment_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(GoToError, match=r"\.$"):
        parse_go_to(text, PLAYING, UTC_ZONE)


def test_both_ends_of_the_session_can_be_reached() -> None:
    start = replace(PLAYING, clock_ns=START_NS)
    assert parse_go_to("+0s", start, UTC_ZONE) == SeekTime(START_NS)
    end = replace(PLAYING, clock_ns=END_NS)
    assert parse_go_to("+0s", end, UTC_ZONE) == SeekTime(END_NS)
