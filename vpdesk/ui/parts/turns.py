"""When panels that only follow the data are drawn: often enough for the eye, and never two in one frame."""

from typing import Final

INTERVAL_S: Final = 1 / 15

LADDER: Final = 0
DIRECTION: Final = 1
_N_TURNS: Final = 2


def next_turn_s(turn: int, now_s: float) -> float:
    """Return when the panel with this turn is due again: the turn nearest to one interval from now.

    Everybody's turns lie equally far from each other, so that a frame pays for one panel and not for all.
    """
    offset_s = turn * INTERVAL_S / _N_TURNS
    return round((now_s + INTERVAL_S - offset_s) / INTERVAL_S) * INTERVAL_S + offset_s
