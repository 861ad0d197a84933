"""Limit how often a stream of wishes is acted upon; the last wish always wins."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot


class Throttle(QObject):
    """Pass the first wish on at once, then at most one per interval, always the newest.

    Signals
    -------
    due(object)
        The wish to act upon now.
    """

    due = Signal(object)

    def __init__(self, interval_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wish: object = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._on_timer_timeout)

    def wish(self, wish: object) -> None:
        """Ask for `wish` (anything but None); it replaces one that still waits."""
        self._wish = wish
        if not self._timer.isActive():
            self._on_timer_timeout()

    def cancel(self) -> None:
        """Forget a wish that still waits."""
        self._timer.stop()
        self._wish = None

    @Slot()
    def _on_timer_timeout(self) -> None:
        wish, self._wish = self._wish, None
        if wish is not None:
            self._timer.start()
            self.due.emit(wish)
