"""The slider over a whole session: exact nanoseconds, whatever the width in pixels."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vpdesk.core.ring import BOOK_STATES
from vpdesk.display.text import time_text, zone_text
from vpdesk.ui.parts.theme import DARK, LIGHT, Tones

_MARGIN_PX: Final = 8  # so that the handle fits at both ends
_HANDLE_PX: Final = 6  # radius
_HEIGHT_PX: Final = 40  # the overview above, the track below
_TRACK_UP_PX: Final = 10  # from the lower edge to the middle of the track


_EDGE_PX: Final = 4  # how near an edge of the range in view is held
_LEAST_RANGE_PX: Final = 14  # however short the range is, it can be held
_CURSORS: Final = {
    "": Qt.CursorShape.ArrowCursor,
    "start": Qt.CursorShape.SizeHorCursor,
    "end": Qt.CursorShape.SizeHorCursor,
    "middle": Qt.CursorShape.OpenHandCursor,
}


@dataclass(frozen=True)
class _Hold:
    """Where the range in view was when a part of it was taken at ``x``."""

    part: str
    x: float
    start_ns: int
    end_ns: int


class SessionOverview(Protocol):
    """A session at a glance, in bins of equal time.

    ``spot_tick`` : (n,) float64, NaN where there is none or not yet read.   ``n_events`` : (n,) int64.
    ``book_state`` : (n,) int64, indexes into `BOOK_STATES`.
    """

    start_ns: int
    end_ns: int
    spot_tick: NDArray[np.float64]
    n_events: NDArray[np.int64]
    book_state: NDArray[np.int64]


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
    range_dragged(start_ns: int, end_ns: int)
        The part in view was moved or stretched on the overview; may come often.
    """

    pressed = Signal()
    dragged = Signal(object)  # nanoseconds exceed Qt's int
    released = Signal(object)
    range_dragged = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo | None = UTC
        self._start_ns = 0
        self._end_ns = 0
        self._clock_ns = 0
        self._drag_ns: int | None = None
        self._hover_x: float | None = None
        self._range_ns: tuple[int, int] | None = None  # what the chart shows
        self._hold: _Hold | None = None  # of the range
        self._overview: SessionOverview | None = None
        self._picture: QPixmap | None = None  # of the overview; drawn anew only when it or the size changes
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Position in the session")

    def set_span(self, start_ns: int, end_ns: int) -> None:
        """Set the time span from the left end to the right one."""
        if (start_ns, end_ns) != (self._start_ns, self._end_ns):
            self._start_ns, self._end_ns = start_ns, end_ns
            self._picture = None
            self.update()

    def set_clock(self, clock_ns: int) -> None:
        """Move the handle, unless the user holds it."""
        if clock_ns != self._clock_ns:
            moved = round(self._x_from_ns(clock_ns)) != round(self._x_from_ns(self._clock_ns))
            self._clock_ns = clock_ns
            if moved and self._drag_ns is None:
                self.update()

    def set_visible_range(self, range_ns: tuple[int, int] | None) -> None:
        """Draw which part of the session the chart shows, unless the user holds it."""
        if range_ns == self._range_ns or self._hold is not None:
            return
        former, self._range_ns = self._range_px(), range_ns
        if former != self._range_px():
            self.update()

    def set_overview(self, overview: SessionOverview | None) -> None:
        """Draw a session at a glance above the track."""
        if overview is not self._overview:
            self._overview = overview
            self._picture = None
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
        return QSize(240, _HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Stay usable on a small screen."""
        return QSize(120, _HEIGHT_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the pointer and start to drag."""
        if event.button() == Qt.MouseButton.LeftButton and self._end_ns > self._start_ns:
            part = self._range_part(event.position())
            if part and self._range_ns is not None:
                self._hold = _Hold(part, event.position().x(), *self._range_ns)
                return
            self.pressed.emit()
            self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or show the time under the pointer."""
        self._hover_x = event.position().x()
        if self._hold is not None:
            self._drag_range(self._hold, event.position().x())
        part = self._hold.part if self._hold is not None else self._range_part(event.position())
        self.setCursor(_CURSORS[part])
        if self._drag_ns is not None:
            self._drag_to(event.position().x())
        self._show_time(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Say which moment is meant."""
        self._hold = None
        if event.button() == Qt.MouseButton.LeftButton and self._drag_ns is not None:
            meant_ns = self._ns_from_x(event.position().x())
            self._drag_ns = None
            self._clock_ns = meant_ns  # stay there until the session has followed
            self.update()
            self.released.emit(meant_ns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the overview at its new size."""
        self._picture = None

    def changeEvent(self, event: QEvent) -> None:
        """Draw the overview in new colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._picture = None

    def leaveEvent(self, event: object) -> None:
        """Forget the pointer."""
        self._hover_x = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track, what lies behind, the pointer's mark and the handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        middle = self.height() - _TRACK_UP_PX
        left, right = float(_MARGIN_PX), float(self.width() - _MARGIN_PX)
        if self._picture is None:
            self._picture = self._draw_overview()
        painter.drawPixmap(0, 0, self._picture)
        self._paint_range(painter)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.mid())
        painter.drawRoundedRect(QRectF(left, middle - 2, right - left, 4), 2, 2)
        if self._end_ns <= self._start_ns:
            return
        x = self._x_from_ns(self.shown_ns)
        painter.setBrush(palette.accent())
        painter.drawRoundedRect(QRectF(left, middle - 2, x - left, 4), 2, 2)
        if self._hover_x is not None:
            painter.setPen(QPen(palette.placeholderText().color(), 1))
            painter.drawLine(QPointF(self._hover_x, 2), QPointF(self._hover_x, middle + 6))
        painter.setPen(QPen(palette.accent().color(), 1))
        painter.drawLine(QPointF(x, 2), QPointF(x, middle))
        painter.setPen(QPen(palette.window().color(), 2))
        painter.drawEllipse(QPointF(x, middle), _HANDLE_PX + 1, _HANDLE_PX + 1)

    def _draw_overview(self) -> QPixmap:
        """Draw how many events came when, and over them the spot."""
        density = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * density), round(self.height() * density))
        picture.setDevicePixelRatio(density)
        picture.fill(Qt.GlobalColor.transparent)
        overview = self._overview
        if overview is None or self._end_ns <= self._start_ns:
            return picture
        n_bins = overview.n_events.size
        width_ns = (overview.end_ns - overview.start_ns) / n_bins
        edges_px = [self._x_from_ns(overview.start_ns + round(i * width_ns)) for i in range(n_bins + 1)]
        foot = self._foot_px
        painter = QPainter(picture)
        rates = np.sqrt(overview.n_events)  # a burst at the open must not hide the rest of the day
        heights_px = rates / max(1.0, float(rates.max())) * (foot - 3)
        bar = self.palette().mid().color()
        for i in np.flatnonzero(heights_px):
            height_px = float(heights_px[i])
            painter.fillRect(
                QRectF(edges_px[i], foot - height_px, edges_px[i + 1] - edges_px[i], height_px), bar
            )
        self._draw_book_states(painter, overview, edges_px, foot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().placeholderText().color(), 1.2))
        painter.drawPolyline(_spot_line(overview.spot_tick, edges_px, foot))
        painter.end()
        return picture

    def _paint_range(self, painter: QPainter) -> None:
        range_px = self._range_px()
        if range_px is None:
            return
        left, right = range_px
        rect = QRectF(left, 1.0, right - left, self._foot_px - 1.0)
        shade = self.palette().accent().color()
        shade.setAlpha(45)
        painter.fillRect(rect, shade)
        painter.setPen(QPen(self.palette().accent().color(), 1.5))
        for x in (left, right):
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))

    @property
    def _foot_px(self) -> float:
        """Lower edge of the overview."""
        return self.height() - _TRACK_UP_PX - 9.0

    def _range_px(self) -> tuple[int, int] | None:
        """Return the edges of the part in view: far enough apart to be held."""
        if self._range_ns is None or self._end_ns <= self._start_ns:
            return None
        left, right = (round(self._x_from_ns(ns)) for ns in self._range_ns)
        return min(left, right - _LEAST_RANGE_PX), right

    def _range_part(self, at: QPointF) -> str:
        """Return which part of the range in view lies under a point: "", "start", "end" or "middle"."""
        range_px = self._range_px()
        if range_px is None or at.y() > self._foot_px:
            return ""
        left, right = range_px
        if abs(at.x() - left) <= _EDGE_PX:
            return "start"
        if abs(at.x() - right) <= _EDGE_PX:
            return "end"
        return "middle" if left < at.x() < right else ""

    def _draw_book_states(
        self, painter: QPainter, overview: SessionOverview, edges_px: list[float], foot: float
    ) -> None:
        """Underline where the book is not whole: from before a snapshot, or after a gap of the feed."""
        tones = _tones_of(self.palette())
        for state, colour in (
            ("snapshot", tones.caution),
            ("partial", tones.caution),
            ("suspect", tones.bad),
        ):
            for i in np.flatnonzero(overview.book_state == BOOK_STATES.index(state)):
                painter.fillRect(
                    QRectF(edges_px[i], foot, edges_px[i + 1] - edges_px[i], 3.0), QColor(colour)
                )

    def _drag_range(self, hold: "_Hold", x: float) -> None:
        track_px = max(1, self.width() - 2 * _MARGIN_PX)
        by_ns = round((x - hold.x) * 1000) * (self._end_ns - self._start_ns) // (track_px * 1000)
        start_ns, end_ns = hold.start_ns, hold.end_ns
        least_ns = max(1, (self._end_ns - self._start_ns) // (10 * track_px))
        if hold.part == "start":
            start_ns = min(start_ns + by_ns, end_ns - least_ns)
        elif hold.part == "end":
            end_ns = max(end_ns + by_ns, start_ns + least_ns)
        else:
            by_ns = min(max(by_ns, self._start_ns - end_ns + least_ns), self._end_ns - end_ns)
            start_ns, end_ns = start_ns + by_ns, end_ns + by_ns
        self._range_ns = (start_ns, min(end_ns, self._end_ns))
        self.range_dragged.emit(*self._range_ns)
        self.update()

    def _drag_to(self, x: float) -> None:
        self._drag_ns = self._ns_from_x(x)
        self.update()
        self.dragged.emit(self._drag_ns)

    def _show_time(self, event: QMouseEvent) -> None:
        if self._end_ns > self._start_ns:
            ts_ns = self._ns_from_x(event.position().x())
            text = f"{time_text(ts_ns, self.zone, 3)} {zone_text(ts_ns, self.zone)}{self._book_words(ts_ns)}"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def _book_words(self, ts_ns: int) -> str:
        """Say in words what the underline says in colour."""
        overview = self._overview
        if overview is None or not overview.start_ns <= ts_ns <= overview.end_ns:
            return ""
        n_bins = overview.book_state.size
        at = min(n_bins - 1, (ts_ns - overview.start_ns) * n_bins // (overview.end_ns - overview.start_ns))
        name = BOOK_STATES[overview.book_state[at]]
        return "" if name in ("valid", "empty") else f"  book {name}"

    def _ns_from_x(self, x: float) -> int:
        track_px = max(1, self.width() - 2 * _MARGIN_PX)
        along_px = min(max(x - _MARGIN_PX, 0.0), float(track_px))
        # whole-number arithmetic: a float cannot hold today's nanoseconds
        return self._start_ns + (self._end_ns - self._start_ns) * round(along_px * 1000) // (track_px * 1000)

    def _x_from_ns(self, ts_ns: int) -> float:
        span_ns = self._end_ns - self._start_ns
        fraction = (ts_ns - self._start_ns) / span_ns if span_ns > 0 else 0.0
        return _MARGIN_PX + min(max(fraction, 0.0), 1.0) * max(1, self.width() - 2 * _MARGIN_PX)


def _tones_of(palette: QPalette) -> Tones:
    return DARK if palette.window().color().lightness() < 128 else LIGHT


def _spot_line(spot_tick: NDArray[np.float64], edges_px: list[float], foot: float) -> list[QPointF]:
    known = np.flatnonzero(np.isfinite(spot_tick))
    if known.size < 2:
        return []
    low, high = float(spot_tick[known].min()), float(spot_tick[known].max())
    per_tick = (foot - 4) / (high - low) if high > low else 0.0
    return [QPointF(edges_px[i + 1], foot - 1 - (float(spot_tick[i]) - low) * per_tick) for i in known]
