"""Words that make do with the room there is."""

from typing import Final

from PySide6.QtGui import QFontMetricsF

SEPARATOR: Final = "  ·  "


def fitting(text: str, metrics: QFontMetricsF, room_pt: float) -> str:
    """Return as many of the parts between `SEPARATOR` as have room; the first one always."""
    while SEPARATOR in text and metrics.horizontalAdvance(text) > room_pt:
        text = text.rpartition(SEPARATOR)[0]
    return text


def unparted(text: str) -> str:
    """Return a text to be wrapped in which no line ends within a unit such as ``contracts/s``."""
    return text.replace("/", "/\N{WORD JOINER}")
