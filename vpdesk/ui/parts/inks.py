"""Colours of the ladder and the strips, which stand on the window's ground and follow its theme."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Inks:
    """One set, as ``#rrggbb``. Pairs differ in lightness too, for eyes that see no hue."""

    bid: str  # bids and what was bought
    ask: str  # asks and what was sold
    neutral: str  # aggressor unknown
    pressure: str
    vacuum: str
    line: str  # drive, spread, event rate
    gap: str


DARK_INKS: Final = Inks(
    bid="#5fd3ae",
    ask="#e0639f",
    neutral="#8d97a5",
    pressure="#4f9fe6",
    vacuum="#e39a3b",
    line="#a9b6c6",
    gap="#3a404a",
)
LIGHT_INKS: Final = Inks(
    bid="#2fa583",
    ask="#c02a72",
    neutral="#7d8793",
    pressure="#2f7fcd",
    vacuum="#d07f1a",
    line="#4b5765",
    gap="#c9ced6",
)


def inks_for(is_dark: bool) -> Inks:
    """Return the set of a theme."""
    return DARK_INKS if is_dark else LIGHT_INKS
