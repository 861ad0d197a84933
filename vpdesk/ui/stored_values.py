"""Values read from the settings file: whatever makes no sense becomes the default. Thread: UI."""

import math
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

MAX_POINTS: Final = 10_000  # of a panel's size


def read_choice(store: QSettings, name: str, allowed: tuple[str, ...], default: str) -> str:
    """Return one of the words allowed."""
    value = store.value(f"window/{name}")
    return value if isinstance(value, str) and value in allowed else default


def read_names(
    store: QSettings, name: str, allowed: tuple[str, ...], default: frozenset[str]
) -> frozenset[str]:
    """Return those of the words that are allowed."""
    value = store.value(f"window/{name}")
    return frozenset(value.split()) & frozenset(allowed) if isinstance(value, str) and value else default


def read_bytes(store: QSettings, name: str) -> bytes:
    """Return raw bytes."""
    value = store.value(f"window/{name}")
    return bytes(value.data()) if isinstance(value, QByteArray) else b""


def read_number(store: QSettings, name: str) -> float:
    """Return a number, NaN for anything else."""
    return number(store.value(f"window/{name}"))


def number(text: object) -> float:
    """Return the number that a text is, NaN if none."""
    try:
        return float(str(text))
    except ValueError:
        return math.nan


def points(text: object) -> int:
    """Return a size in points, 0 if it makes no sense."""
    size = number(text)
    return int(size) if 0 <= size <= MAX_POINTS else 0
