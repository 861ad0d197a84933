"""The colour bar: which colour means what, in the layer's unit, with handles for its two bounds."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from vpdesk.display.scale import Scale, scale_ticks
from vpdesk.display.text import number_text
from vpdesk.ui.axes import TIME_AXIS_HEIGHT
from vpdesk.ui.theme import DARK, Tones, tabular

_WIDTH: Final = 78
_BAR_WIDTH: Final = 14
_BAR_LEFT: Final = 8
_TOP: Final = 34  # room for the unit
_OVERHANG: Final = 0.06  # of the scale shown beyond each bound, so that handles can move out
_HANDLE_REACH: Final = 9
_LABEL_GAP: Final = 40


class ColorBar(QWidget):
    """Shows a `Scale` from bottom to top.

    Signals
    -------
    scale_dragged(Scale)
        A handle moved.
    fit_requested()
        Double click: fit the scale to what is visible.
    """

    scale_dragged = Signal(object)
    fit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setToolTip("Drag a triangle to change a bound; double-click to fit what is visible")
        self._tones = DARK
        self._scale: Scale | None = None
        self._shown: Scale | None = None  # what the axis is drawn for: stands still while a handle moves
        self._look_up: NDArray[np.uint32] = np.zeros(2, np.uint32)
        self._unit = ""
        self._title = ""
        self._dragged: str | None = None

    def sizeHint(self) -> QSize:
        """Return the width to keep."""
        return QSize(_WIDTH, 200)

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._tones = tones
        self.update()

    def set_layer(self, title: str, unit: str, look_up: NDArray[np.uint32]) -> None:
        """Show another layer's name, unit and colours."""
        self._title, self._unit, self._look_up = title, unit, look_up
        self.update()

    def set_scale(self, scale: Scale) -> None:
        """Show a scale. Emits nothing."""
        self._scale = scale
        if self._dragged is None:
            self._shown = scale
        self.update()

    def handle_y(self, bound: str) -> float:
        """Return where the handle of the "low" or "high" bound stands."""
        assert self._scale is not None
        assert self._shown is not None
        value = self._scale.low if bound == "low" else self._scale.high
        return self._y_of(float(self._shown.place(value)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar, its labels and its handles."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._tones.window))
        painter.setFont(tabular(self.font(), scale=0.9))
        painter.setPen(QColor(self._tones.text))
        painter.drawText(
            QRectF(_BAR_LEFT, 2, _WIDTH - _BAR_LEFT, 15), Qt.AlignmentFlag.AlignLeft, self._title
        )
        painter.setPen(QColor(self._tones.muted))
        painter.drawText(
            QRectF(_BAR_LEFT, 16, _WIDTH - _BAR_LEFT, 15), Qt.AlignmentFlag.AlignLeft, self._unit
        )
        if self._scale is None or self._shown is None or self._bar().height() < 8:
            return
        painter.drawImage(self._bar(), self._gradient(self._scale, self._shown))
        painter.setPen(QPen(QColor(self._tones.line)))
        painter.drawRect(self._bar().adjusted(-0.5, -0.5, 0.5, 0.5))
        self._paint_ticks(painter, self._shown)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for bound in ("low", "high"):
            self._paint_handle(painter, self.handle_y(bound))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a handle."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = self._handle_at(event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the handle held."""
        y = event.position().y()
        if self._dragged is None:
            is_over = self._handle_at(y) is not None
            self.setCursor(Qt.CursorShape.SizeVerCursor if is_over else Qt.CursorShape.ArrowCursor)
            return
        moved = self._moved_scale(self._dragged, y)
        if moved is not None and moved != self._scale:
            self.set_scale(moved)
            self.scale_dragged.emit(moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go, and draw the axis for the new bounds."""
        self._dragged = None
        self._shown = self._scale
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for a fit."""
        self._dragged = None
        self.fit_requested.emit()

    def _bar(self) -> QRectF:
        return QRectF(_BAR_LEFT, _TOP, _BAR_WIDTH, self.height() - _TOP - TIME_AXIS_HEIGHT)

    def _y_of(self, place: float) -> float:
        bar = self._bar()
        return bar.bottom() - bar.height() * (place + _OVERHANG) / (1 + 2 * _OVERHANG)

    def _place_at(self, y: float) -> float:
        bar = self._bar()
        share = (bar.bottom() - y) / max(bar.height(), 1.0)
        return min(max(share, 0.0), 1.0) * (1 + 2 * _OVERHANG) - _OVERHANG

    def _gradient(self, scale: Scale, shown: Scale) -> QImage:
        height = max(int(self._bar().height()), 1)
        places = np.linspace(1 + _OVERHANG, -_OVERHANG, height)
        indices = np.clip(scale.place(shown.value(places)), 0, 1) * (self._look_up.size - 1)
        colours = np.ascontiguousarray(self._look_up[np.rint(indices).astype(np.int64)])
        return QImage(colours.tobytes(), 1, height, 4, QImage.Format.Format_RGB32).copy()

    def _paint_ticks(self, painter: QPainter, shown: Scale) -> None:
        n_most = max(2, int(self._bar().height() / _LABEL_GAP))
        for value in scale_ticks(shown, 0.0, 1.0, n_most):
            y = round(self._y_of(float(shown.place(value)))) + 0.5
            right = self._bar().right()
            painter.setPen(QColor(self._tones.line))
            painter.drawLine(QPointF(right, y), QPointF(right + 3, y))
            painter.setPen(QColor(self._tones.text))
            place = QRectF(right + 12, y - 8, _WIDTH - right - 12, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, number_text(value))

    def _paint_handle(self, painter: QPainter, y: float) -> None:
        right = self._bar().right() + 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tones.accent))
        painter.drawPolygon(
            QPolygonF([QPointF(right, y), QPointF(right + 8, y - 4.5), QPointF(right + 8, y + 4.5)])
        )

    def _handle_at(self, y: float) -> str | None:
        if self._scale is None:
            return None
        distance, bound = min((abs(self.handle_y(bound) - y), bound) for bound in ("low", "high"))
        return bound if distance <= _HANDLE_REACH else None

    def _moved_scale(self, bound: str, y: float) -> Scale | None:
        """Return the scale with one bound under the pointer; None where that makes no scale.

        The two bounds of a signed scale move together: its colours are compared across zero.
        """
        assert self._scale is not None
        assert self._shown is not None
        value = float(self._shown.value(self._place_at(y)))
        low, high = (value, self._scale.high) if bound == "low" else (self._scale.low, value)
        if self._scale.is_signed:
            low, high = (value, -value) if bound == "low" else (-value, value)
        try:
            return self._scale.with_bounds(low, high)
        except ValueError:
            return None
