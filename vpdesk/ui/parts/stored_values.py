"""Values in the settings file: whatever makes no sense becomes the default. Thread: UI."""

import hashlib
import math
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

MAX_POINTS: Final = 10_000  # of a panel's size
MAX_PLACE: Final = 100_000  # of a place on all screens side by side
_CHECKSUM_BYTES: Final = 8


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


def write_bytes(store: QSettings, name: str, data: bytes) -> None:
    """Write bytes that only Qt understands, with a checksum: damaged ones make Qt crash."""
    store.setValue(f"window/{name}", QByteArray(_checksum(data) + data))


def read_bytes(store: QSettings, name: str) -> bytes:
    """Return what `write_bytes` wrote, nothing if it was damaged."""
    value = store.value(f"window/{name}")
    stored = bytes(value.data()) if isinstance(value, QByteArray) else b""
    data = stored[_CHECKSUM_BYTES:]
    return data if stored[:_CHECKSUM_BYTES] == _checksum(data) else b""


def read_number(store: QSettings, name: str) -> float:
    """Return a number, NaN for anything else."""
    return number(store.value(f"window/{name}"))


def read_integers(store: QSettings, name: str, least: tuple[int, ...]) -> tuple[int, ...]:
    """Return points, as many as their lower bounds and none below its own; () if they make no sense."""
    numbers = [number(text) for text in str(store.value(f"window/{name}")).split()]
    if len(numbers) != len(least):
        return ()
    is_sound = all(low <= one <= MAX_PLACE for low, one in zip(least, numbers, strict=True))
    return tuple(map(int, numbers)) if is_sound else ()


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


def _checksum(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_CHECKSUM_BYTES).digest()
