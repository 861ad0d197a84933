import pytest

from vpdesk.runtime.commands import MAX_SPEED
from vpdesk.ui.parts.speeds import SPEED_LADDER, SpeedError, next_speed, parse_speed, speed_text


@pytest.mark.parametrize(
    ("text", "speed"),
    [("10", 10.0), ("10x", 10.0), (" 0.5 x ", 0.5), ("0,5", 0.5), ("MAX", MAX_SPEED), ("1e3", 1000.0)],
)
def test_a_speed_is_read_as_people_type_it(text: str, speed: float) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["", "x", "fast", "0", "-1", "0.09", "1001", "nan", "inf", "1e400", "maxx"])
def test_what_is_no_speed_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(SpeedError, match=r"\.$"):
        parse_speed(text)


@pytest.mark.parametrize("speed", SPEED_LADDER)
def test_every_rung_reads_back_as_it_is_written(speed: float) -> None:
    assert parse_speed(speed_text(speed)) == speed


def test_the_ladder_goes_both_ways_and_stops_at_its_ends() -> None:
    speed = 0.1
    climbed = [speed := next_speed(speed, 1) for _ in SPEED_LADDER]
    assert climbed == [*SPEED_LADDER[1:], MAX_SPEED]
    assert next_speed(7.0, -1) == 5.0
    assert next_speed(0.1, -1) == 0.1
