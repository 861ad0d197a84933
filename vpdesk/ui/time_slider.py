"""The slider over a whole session: exact nanoseconds, whatever the width in pixels."""

from datetime import UTC, tzinfo
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vpdesk.display.text import time_text

_MARGIN_PX: Final = 8  # so that the handle fits at both ends
_HANDLE_PX: Final = 6  # radius


class TimeSlider(QWidget):
    """Shows where a session stands and lets the user drag to another moment.

    Signals
    -------
    pressed()
        The user took the handle.
    dragged(ts_ns: int)
        The handle moved under the mouse; may come often.
    released(ts_ns: int)
        The user let go: the moment that is meant.
    """

    pressed = Signal()
    dragged = Signal(object)  # nanoseconds exceed Qt's int
    released = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo | None = UTC
        self._start_ns = 0
        self._end_ns = 0
        self._clock_ns = 0
        self._drag_ns: int | None = None
        self._hover_x: float | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Position in the session")

    def set_span(self, start_ns: int, end_ns: int) -> None:
        """Set the time span from the left end to the right one."""
        if (start_ns, end_ns) != (self._start_ns, self._end_ns):
            self._start_ns, self._end_ns = start_ns, end_ns
            self.update()

    def set_clock(self, clock_ns: int) -> None:
        """Move the handle, unless the user holds it."""
        if clock_ns != self._clock_ns:
            moved = round(self._x_from_ns(clock_ns)) != round(self._x_from_ns(self._clock_ns))
            self._clock_ns = clock_ns
            if moved and self._drag_ns is None:
                self.update()

    @property
    def is_dragging(self) -> bool:
        """Whether the user holds the handle."""
        return self._drag_ns is not None

    @property
    def shown_ns(self) -> int:
        """Where the handle stands."""
        return self._clock_ns if self._drag_ns is None else self._drag_ns

    def sizeHint(self) -> QSize:
        """Prefer all the width there is."""
        return QSize(240, 26)

    def minimumSizeHint(self) -> QSize:
        """Stay usable on a small screen."""
        return QSize(120, 26)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the pointer and start to drag."""
        if event.button() == Qt.MouseButton.LeftButton and self._end_ns > self._start_ns:
            self.pressed.emit()
            self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or show the time under the pointer."""
        self._hover_x = event.position().x()
        if self._drag_ns is not None:
            self._drag_to(event.position().x())
        self._show_time(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Say which moment is meant."""
        if event.button() == Qt.MouseButton.LeftButton and self._drag_ns is not None:
            meant_ns = self._ns_from_x(event.position().x())
            self._drag_ns = None
            self._clock_ns = meant_ns  # stay there until the session has followed
            self.update()
            self.released.emit(meant_ns)

    def leaveEvent(self, event: object) -> None:
        """Forget the pointer."""
        self._hover_x = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track, what lies behind, the pointer's mark and the handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        middle = self.height() / 2
        left, right = float(_MARGIN_PX), float(self.width() - _MARGIN_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.mid())
        painter.drawRoundedRect(QRectF(left, middle - 2, right - left, 4), 2, 2)
        if self._end_ns <= self._start_ns:
            return
        accent = palette.accent().color()
        x = self._x_from_ns(self.shown_ns)
        painter.setBrush(accent)
        painter.drawRoundedRect(QRectF(left, middle - 2, x - left, 4), 2, 2)
        if self._hover_x is not None:
            painter.setPen(QPen(QColor(palette.placeholderText().color()), 1))
            painter.drawLine(QPointF(self._hover_x, middle - 7), QPointF(self._hover_x, middle + 7))
        painter.setPen(QPen(palette.window().color(), 2))
        painter.drawEllipse(QPointF(x, middle), _HANDLE_PX + 1, _HANDLE_PX + 1)

    def _drag_to(self, x: float) -> None:
        self._drag_ns = self._ns_from_x(x)
        self.update()
        self.dragged.emit(self._drag_ns)

    def _show_time(self, event: QMouseEvent) -> None:
        if self._end_ns > self._start_ns:
            text = time_text(self._ns_from_x(event.position().x()), self.zone, 3)
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def _ns_from_x(self, x: float) -> int:
        track_px = max(1, self.width() - 2 * _MARGIN_PX)
        along_px = min(max(x - _MARGIN_PX, 0.0), float(track_px))
        # whole-number arithmetic: a float cannot hold today's nanoseconds
        return self._start_ns + (self._end_ns - self._start_ns) * round(along_px * 1000) // (track_px * 1000)

    def _x_from_ns(self, ts_ns: int) -> float:
        span_ns = self._end_ns - self._start_ns
        fraction = (ts_ns - self._start_ns) / span_ns if span_ns > 0 else 0.0
        return _MARGIN_PX + min(max(fraction, 0.0), 1.0) * max(1, self.width() - 2 * _MARGIN_PX)
