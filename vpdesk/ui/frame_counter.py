"""How many pictures a widget really painted, measured at its paint events."""

from PySide6.QtCore import QElapsedTimer, QEvent, QObject
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

_PERIOD_MS = 1000


class FrameCounter(QObject):
    """Counts the paint events of a widget (of its viewport, if it has one)."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._n_frames = 0
        self._since = QElapsedTimer()
        self._since.start()
        painted = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        painted.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count a paint event; let every event pass."""
        if event.type() == QEvent.Type.Paint:
            self._n_frames += 1
        return False

    def take_rate(self) -> float | None:
        """Return frames per second once per period, else None."""
        elapsed_ms = self._since.elapsed()
        if elapsed_ms < _PERIOD_MS:
            return None
        rate = 1000 * self._n_frames / elapsed_ms
        self._n_frames = 0
        self._since.restart()
        return rate
