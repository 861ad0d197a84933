"""Replay speeds as people type and read them."""

from typing import Final

from vpdesk.errors import VpdeskError
from vpdesk.runtime.commands import MAX_SPEED

MIN_SPEED: Final = 0.1
MAX_FINITE_SPEED: Final = 1000.0
SPEED_LADDER: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, MAX_SPEED)


class SpeedError(VpdeskError):
    """What was typed is not a speed."""


def speed_text(speed: float) -> str:
    """Return ``10x``, ``0.5x`` or ``max``."""
    return "max" if speed == MAX_SPEED else f"{speed:g}x"


def parse_speed(text: str) -> float:
    """Read ``10``, ``10x``, ``0.5 x`` or ``max``.

    Raises
    ------
    SpeedError
        Not a number, or out of range.
    """
    plain = text.strip().lower().removesuffix("x").strip().replace(",", ".")
    if text.strip().lower() == "max":
        return MAX_SPEED
    try:
        speed = float(plain)
    except ValueError:
        raise SpeedError("Type a speed such as 0.5, 10x or max.") from None
    if not MIN_SPEED <= speed <= MAX_FINITE_SPEED:
        raise SpeedError("The speed goes from 0.1x to 1000x, or max.")
    return speed


def next_speed(speed: float, direction: int) -> float:
    """Return the nearest speed of the ladder above (+1) or below (-1); the ends stay where they are."""
    if direction > 0:
        return next((rung for rung in SPEED_LADDER if rung > speed), MAX_SPEED)
    return next((rung for rung in reversed(SPEED_LADDER) if rung < speed), MIN_SPEED)
