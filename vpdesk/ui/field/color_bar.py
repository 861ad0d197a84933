"""The colour bar: which colour means what, in the layer's unit, with handles for its two bounds."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vpdesk.display.colours import DARK_SHADES, LIGHT_SHADES, Shades
from vpdesk.display.layers import LAYERS, Layer
from vpdesk.display.scale import Scale, scale_ticks
from vpdesk.display.text import number_text
from vpdesk.ui.field.axes import TIME_AXIS_HEIGHT
from vpdesk.ui.parts.theme import DARK, Tones, tabular

_MARGIN: Final = 8
_BAR_WIDTH: Final = 14
_LABEL_LEFT: Final = 12  # from the bar to its numbers: room for a handle
_OVERHANG: Final = 0.06  # of the scale shown beyond each bound, so that handles can move out
_HANDLE_REACH: Final = 9
_LABEL_GAP: Final = 40
_LEAST_BAR: Final = 90  # points; below that the words around the bar make room for it
_KEY_STEP: Final = 0.02  # of the scale, for one press of an arrow
_LEGEND_GAP: Final = 3  # points between two rows
_HATCH: Final = 3  # points of a stripe

_BAR_TIP: Final = (
    "Drag a triangle to change a bound; double-click for exact numbers.\n"
    "With the keyboard: Up and Down move a bound, Left and Right choose it, Enter asks for numbers."
)
_LEGEND: Final = (
    ("gap", "data gap", "Hatched: the feed was interrupted, nothing is known of this time."),
    ("outside", "outside", "Further from the spot than the grid reaches: nothing is measured there."),
    ("empty", "no data", "There are no columns here, or not yet."),
)
_NEVER: Final = ("never", "untouched", "No event has touched this price since the session began.")
_KEYS: Final = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter}
)


class ColorBar(QWidget):
    """Shows a `Scale` from bottom to top.

    Signals
    -------
    scale_dragged(Scale)
        A handle moved.
    edit_requested()
        Double click or Enter: exact numbers are wanted.
    """

    scale_dragged = Signal(object)
    edit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Colour scale")
        self.setMouseTracking(True)
        self.setToolTip(_BAR_TIP)
        self._tones = DARK
        self._shades: Shades = DARK_SHADES
        self._scale: Scale | None = None
        self._shown: Scale | None = None  # what the axis is drawn for: stands still while a handle moves
        self._look_up: NDArray[np.uint32] = np.zeros(2, np.uint32)
        self._layer = LAYERS["net"]
        self._unit = ""
        self._chosen = "high"  # the bound that the arrow keys move
        self._dragged: str | None = None

    def sizeHint(self) -> QSize:
        """Return the width to keep: every word and number fits."""
        metrics = self._metrics()
        words = ["contracts/s", *(layer.title for layer in LAYERS.values())]
        words += [end for layer in LAYERS.values() for end in layer.ends]
        swatched = [word for _, word, _ in (*_LEGEND, _NEVER)]
        widest = max(
            max(map(metrics.horizontalAdvance, words)),
            max(map(metrics.horizontalAdvance, swatched)) + _BAR_WIDTH + 5,
            metrics.horizontalAdvance(number_text(-88.8e3)) + _BAR_WIDTH + _LABEL_LEFT,
        )
        return QSize(_MARGIN + math.ceil(widest) + 2, 200)

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._tones = tones
        self._shades = DARK_SHADES if tones.is_dark else LIGHT_SHADES
        self.update()

    def set_layer(self, layer: Layer, unit: str, look_up: NDArray[np.uint32]) -> None:
        """Show another layer's name, unit, ends and colours."""
        self._layer, self._unit, self._look_up = layer, unit, look_up
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

    # --- painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar, its labels and its handles."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._tones.window))
        painter.setFont(tabular(self.font(), scale=0.9))
        bar = self._bar()
        self._write(painter, self._tones.text, 2, self._layer.title)
        self._write(painter, self._tones.muted, 2 + self._row_height(), self._unit or "no unit")
        if self._scale is None or self._shown is None or bar.height() < 8:
            return
        if self._has_words():
            low, high = self._layer.ends
            self._write(painter, self._tones.muted, bar.top() - self._row_height() - 1, high)
            self._write(painter, self._tones.muted, bar.bottom() + 2, low)
            self._paint_legend(painter)
        painter.drawImage(bar, self._gradient(self._scale, self._shown))
        painter.setPen(QPen(QColor(self._tones.accent if self.hasFocus() else self._tones.line)))
        painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._paint_ticks(painter, self._shown)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for bound in ("low", "high"):
            self._paint_handle(painter, bound)

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(tabular(self.font(), scale=0.9))

    def _row_height(self) -> int:
        return math.ceil(self._metrics().height())

    def _write(self, painter: QPainter, colour: str, top: float, text: str, left: float = _MARGIN) -> None:
        painter.setPen(QColor(colour))
        place = QRectF(left, top, self.width() - left, self._row_height())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _legend(self) -> tuple[tuple[str, str, str], ...]:
        return (*_LEGEND, _NEVER) if self._layer.name == "age" else _LEGEND

    def _words_height(self) -> float:
        """Return the room that the words of the ends and the legend take."""
        return 2 * self._row_height() + (self._row_height() + _LEGEND_GAP) * len(self._legend()) + 10

    def _has_words(self) -> bool:
        free = self.height() - 2 * self._row_height() - TIME_AXIS_HEIGHT
        return free - self._words_height() >= _LEAST_BAR

    def _bar(self) -> QRectF:
        top, bottom = 2.0 * self._row_height() + 4, float(self.height() - TIME_AXIS_HEIGHT)
        if self._has_words():
            top += self._row_height() + 2
            bottom -= self._words_height() - self._row_height()
        return QRectF(_MARGIN, top, _BAR_WIDTH, bottom - top)

    def _legend_rect(self, index: int) -> QRectF:
        row = self._row_height() + _LEGEND_GAP
        top = self.height() - TIME_AXIS_HEIGHT - row * (len(self._legend()) - index)
        return QRectF(0, top, self.width(), row)

    def _paint_legend(self, painter: QPainter) -> None:
        for index, (shade, word, _) in enumerate(self._legend()):
            row = self._legend_rect(index)
            swatch = QRectF(_MARGIN, round(row.center().y()) - 5, _BAR_WIDTH, 10)
            if shade == "gap":
                painter.drawImage(swatch, self._hatch())
            else:
                painter.fillRect(swatch, QColor(getattr(self._shades, shade)))
            painter.setPen(QPen(QColor(self._tones.line)))
            painter.drawRect(swatch.adjusted(-0.5, -0.5, 0.5, 0.5))
            self._write(painter, self._tones.muted, row.top() + 1, word, swatch.right() + 5)

    def _hatch(self) -> QImage:
        """Return a swatch of the stripes that the field shows in a gap."""
        stripes = np.add.outer(np.arange(10), np.arange(_BAR_WIDTH)) // _HATCH % 3 == 0
        pixels = np.where(stripes, np.uint32(self._shades.hatch_light), np.uint32(self._shades.hatch_dark))
        height, width = pixels.shape
        return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()

    def _gradient(self, scale: Scale, shown: Scale) -> QImage:
        height = max(round(self._bar().height() * self.devicePixelRatioF()), 1)
        places = np.linspace(1 + _OVERHANG, -_OVERHANG, height)
        indices = np.clip(scale.place(shown.value(places)), 0, 1) * (self._look_up.size - 1)
        colours = np.ascontiguousarray(self._look_up[np.rint(indices).astype(np.int64)])
        return QImage(colours.tobytes(), 1, height, 4, QImage.Format.Format_RGB32).copy()

    def _paint_ticks(self, painter: QPainter, shown: Scale) -> None:
        n_most = max(2, int(self._bar().height() / _LABEL_GAP))
        right = self._bar().right()
        for value in scale_ticks(shown, 0.0, 1.0, n_most):
            y = round(self._y_of(float(shown.place(value)))) + 0.5
            painter.setPen(QColor(self._tones.line))
            painter.drawLine(QPointF(right, y), QPointF(right + 3, y))
            top = y - self._row_height() / 2
            self._write(painter, self._tones.text, top, number_text(value), right + _LABEL_LEFT)

    def _paint_handle(self, painter: QPainter, bound: str) -> None:
        left, y = self._bar().right() + 1, self.handle_y(bound)
        is_chosen = self.hasFocus() and bound == self._chosen
        painter.setPen(QPen(QColor(self._tones.text), 1.5) if is_chosen else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tones.accent))
        painter.drawPolygon(
            QPolygonF([QPointF(left, y), QPointF(left + 8, y - 4.5), QPointF(left + 8, y + 4.5)])
        )

    # --- mouse and keys ----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the keys of this bar from being taken as shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the chosen bound, choose the other one, or ask for numbers."""
        if not _is_own(event) or self._scale is None:
            super().keyPressEvent(event)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_requested.emit()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._chosen = "low" if self._chosen == "high" else "high"
            self.update()
        else:
            step = _KEY_STEP if event.key() == Qt.Key.Key_Up else -_KEY_STEP
            bound = self._scale.low if self._chosen == "low" else self._scale.high
            self._move(self._chosen, float(self._scale.value(self._scale.place(bound) + step)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a handle."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = self._handle_at(event.position().y())
            self._chosen = self._dragged or self._chosen

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the handle held."""
        y = event.position().y()
        if self._dragged is None:
            is_over = self._handle_at(y) is not None
            self.setCursor(Qt.CursorShape.SizeVerCursor if is_over else Qt.CursorShape.ArrowCursor)
            self.setToolTip(self._tip_at(event.position()))
        elif self._shown is not None:
            self._move(self._dragged, float(self._shown.value(self._place_at(y))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go, and draw the axis for the new bounds."""
        self._dragged = None
        self._shown = self._scale
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for exact numbers."""
        self._dragged = None
        self.edit_requested.emit()

    def _y_of(self, place: float) -> float:
        bar = self._bar()
        return bar.bottom() - bar.height() * (place + _OVERHANG) / (1 + 2 * _OVERHANG)

    def _place_at(self, y: float) -> float:
        bar = self._bar()
        share = (bar.bottom() - y) / max(bar.height(), 1.0)
        return min(max(share, 0.0), 1.0) * (1 + 2 * _OVERHANG) - _OVERHANG

    def _tip_at(self, at: QPointF) -> str:
        if self._has_words():
            for index, (_, _, meaning) in enumerate(self._legend()):
                if self._legend_rect(index).contains(at):
                    return meaning
        bound = self._handle_at(at.y())
        if bound is not None and self._scale is not None:
            value = self._scale.low if bound == "low" else self._scale.high
            return f"{bound.capitalize()}: {number_text(value)} {self._unit}".rstrip()
        return _BAR_TIP

    def _handle_at(self, y: float) -> str | None:
        if self._scale is None:
            return None
        distance, bound = min((abs(self.handle_y(bound) - y), bound) for bound in ("low", "high"))
        return bound if distance <= _HANDLE_REACH else None

    def _move(self, bound: str, value: float) -> None:
        """Put a bound at a value, unless that makes no scale."""
        moved = self._moved_scale(bound, value)
        if moved is not None and moved != self._scale:
            self.set_scale(moved)
            self.scale_dragged.emit(moved)

    def _moved_scale(self, bound: str, value: float) -> Scale | None:
        """Return the scale with one bound moved; None where that makes no scale.

        Bounds that lie evenly around zero stay so: the colours of both signs are compared.
        """
        assert self._scale is not None
        low, high = (value, self._scale.high) if bound == "low" else (self._scale.low, value)
        if self._scale.is_symmetric:
            low, high = (value, -value) if bound == "low" else (-value, value)
        try:
            return self._scale.with_bounds(low, high)
        except ValueError:
            return None


def _is_own(event: QKeyEvent) -> bool:
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
    return plain and event.key() in _KEYS
