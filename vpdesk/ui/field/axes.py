"""The price axis to the right of the field and the time axis below it.

They are painted by hand: pyqtgraph's AxisItem costs more per scrolled frame than the whole field.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vpdesk.ui.field.placed_item import PlacedItem
from vpdesk.ui.parts.theme import Tones

TIME_AXIS_HEIGHT: Final = 28
_TICK_LENGTH: Final = 4
_PADDING: Final = 7


@dataclass(frozen=True)
class AxisLabel:
    """A text at ``place_px``, in points along the axis; ``fill`` makes it a badge of that colour."""

    place_px: float
    text: str
    fill: str = ""
    ink: str = ""


class _Axis(PlacedItem):
    """Labels along one edge of the field, and badges above them."""

    def __init__(self, tones: Tones, font: QFont) -> None:
        super().__init__()
        self._labels: tuple[AxisLabel, ...] = ()
        self._badges: tuple[AxisLabel, ...] = ()
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._widths: dict[str, float] = {}
        self.set_tones(tones)

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._ink = QColor(tones.text)
        self._line = QColor(tones.line)
        self._panel = QColor(tones.window)
        self.update()

    def set_labels(self, labels: Sequence[AxisLabel]) -> None:
        """Replace the tick labels; repaints only if they differ."""
        if tuple(labels) != self._labels:
            self._labels = tuple(labels)
            self.update()

    def set_badges(self, badges: Sequence[AxisLabel]) -> None:
        """Replace the badges, the last one on top; repaints only if they differ."""
        if tuple(badges) != self._badges:
            self._badges = tuple(badges)
            self.update()

    def text_width(self, text: str) -> float:
        """Return how wide a label is."""
        if len(self._widths) > 1000:
            self._widths.clear()
        if text not in self._widths:
            self._widths[text] = self._metrics.horizontalAdvance(text)
        return self._widths[text]

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint, in points of the scene."""
        painter.setFont(self._font)
        painter.fillRect(self._rect, self._panel)
        self._paint_line(painter)
        for label in self._labels:
            self._paint_tick(painter, label)
        painter.setPen(self._ink)
        covered = [self._badge_rect(badge) for badge in self._badges]
        for label in self._labels:
            # half a figure beside a badge would be read as part of it
            if not any(self._badge_rect(label).intersects(rect) for rect in covered):
                painter.drawText(self._text_at(label), label.text)
        for badge in self._badges:
            self._paint_badge(painter, badge)

    def _paint_badge(self, painter: QPainter, badge: AxisLabel) -> None:
        painter.fillRect(self._badge_rect(badge), QColor(badge.fill))
        painter.setPen(QColor(badge.ink))
        painter.drawText(self._text_at(badge), badge.text)

    def _paint_line(self, painter: QPainter) -> None:
        raise NotImplementedError

    def _paint_tick(self, painter: QPainter, label: AxisLabel) -> None:
        raise NotImplementedError

    def _text_at(self, label: AxisLabel) -> QPointF:
        raise NotImplementedError

    def _badge_rect(self, badge: AxisLabel) -> QRectF:
        raise NotImplementedError


class PriceAxis(_Axis):
    """Prices to the right of the field."""

    def _paint_line(self, painter: QPainter) -> None:
        painter.fillRect(QRectF(self._rect.topLeft(), QSizeF(1, self._rect.height())), self._line)

    def _paint_tick(self, painter: QPainter, label: AxisLabel) -> None:
        painter.fillRect(QRectF(self._rect.left(), round(label.place_px), _TICK_LENGTH, 1), self._line)

    def _text_at(self, label: AxisLabel) -> QPointF:
        middle = label.place_px + (self._metrics.ascent() - self._metrics.descent()) / 2
        least = self._rect.top() + self._metrics.ascent()
        most = self._rect.bottom() - self._metrics.descent()
        return QPointF(self._rect.left() + _PADDING, round(min(max(middle, least), most)))

    def _badge_rect(self, badge: AxisLabel) -> QRectF:
        height = round(self._metrics.height()) + 2
        baseline = self._text_at(badge).y()
        top = round(baseline - self._metrics.ascent() - 1)
        return QRectF(self._rect.left(), top, self._rect.width(), height)


class TimeAxis(_Axis):
    """Times below the field."""

    def set_labels(self, labels: Sequence[AxisLabel]) -> None:
        """Replace the tick labels; one that is kept from the edge by moving it must not run into the next."""
        apart = list(labels)
        if len(apart) > 1 and self._badge_rect(apart[0]).intersects(self._badge_rect(apart[1])):
            del apart[0]
        if len(apart) > 1 and self._badge_rect(apart[-1]).intersects(self._badge_rect(apart[-2])):
            del apart[-1]
        super().set_labels(apart)

    def _paint_line(self, painter: QPainter) -> None:
        painter.fillRect(QRectF(self._rect.topLeft(), QSizeF(self._rect.width(), 1)), self._line)

    def _paint_tick(self, painter: QPainter, label: AxisLabel) -> None:
        painter.fillRect(QRectF(round(label.place_px), self._rect.top(), 1, _TICK_LENGTH), self._line)

    def _text_at(self, label: AxisLabel) -> QPointF:
        width = self.text_width(label.text)
        left = min(max(label.place_px - width / 2, self._rect.left() + 2), self._rect.right() - width - 2)
        baseline = (
            self._rect.top() + (self._rect.height() + self._metrics.ascent() - self._metrics.descent()) / 2
        )
        return QPointF(round(left), round(baseline) + 1)

    def _badge_rect(self, badge: AxisLabel) -> QRectF:
        text = self._text_at(badge)
        width = self.text_width(badge.text) + 2 * _PADDING
        return QRectF(text.x() - _PADDING, self._rect.top() + 1, width, self._rect.height() - 2)


class CornerItem(PlacedItem):
    """The date and the zone of the times, where the two axes meet."""

    def __init__(self, tones: Tones, font: QFont) -> None:
        super().__init__()
        self._text = ""
        self._font = font
        self.set_tones(tones)

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._ink = QColor(tones.muted)
        self._panel = QColor(tones.window)
        self._line = QColor(tones.line)
        self.update()

    def set_text(self, text: str) -> None:
        """Say this; repaints only if it differs."""
        if text != self._text:
            self._text = text
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint, in points of the scene."""
        painter.fillRect(self._rect, self._panel)
        painter.fillRect(QRectF(self._rect.topLeft(), QSizeF(self._rect.width(), 1)), self._line)
        painter.setFont(self._font)
        painter.setPen(self._ink)
        painter.drawText(self._rect, Qt.AlignmentFlag.AlignCenter, self._text)
