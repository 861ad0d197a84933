from hypothesis import given
from hypothesis import strategies as st

from vpdesk.ui.parts.turns import DIRECTION, INTERVAL_S, LADDER, next_turn_s

FRAME_S = 1 / 60


@given(start_s=st.floats(0, 1e6))
def test_panels_are_drawn_often_and_never_in_one_frame(start_s: float) -> None:
    due_s = {turn: next_turn_s(turn, start_s) for turn in (LADDER, DIRECTION)}
    drawn = []
    for i in range(60):
        now_s = start_s + i * FRAME_S
        for turn in due_s:
            if now_s >= due_s[turn]:
                due_s[turn] = next_turn_s(turn, now_s)
                drawn.append((i, turn))
    frames = [i for i, _ in drawn]
    assert len(set(frames)) == len(frames)
    for turn in due_s:
        assert sum(one == turn for _, one in drawn) in (14, 15)


@given(turn=st.sampled_from([LADDER, DIRECTION]), now_s=st.floats(0, 1e6))
def test_a_turn_is_some_interval_away(turn: int, now_s: float) -> None:
    assert 0.49 * INTERVAL_S < next_turn_s(turn, now_s) - now_s < 1.51 * INTERVAL_S
