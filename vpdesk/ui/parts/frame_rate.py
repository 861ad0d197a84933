"""How many pictures were painted in the last second."""

from typing import Final

from PySide6.QtCore import QElapsedTimer

_PERIOD_MS: Final = 1000


class FrameRate:
    """Counts pictures against the clock."""

    def __init__(self) -> None:
        self._n_frames = 0
        self._since = QElapsedTimer()
        self._since.start()

    def count(self) -> None:
        """Count one picture."""
        self._n_frames += 1

    def take(self) -> float | None:
        """Return pictures per second once per period, else None."""
        elapsed_ms = self._since.restart() if self._since.hasExpired(_PERIOD_MS) else 0
        if not elapsed_ms:
            return None
        rate = 1000 * self._n_frames / elapsed_ms
        self._n_frames = 0
        return rate
