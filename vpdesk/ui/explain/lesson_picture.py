"""Draws a lesson with what draws the field: the same kernels, colours, lines, dots and axes."""

from functools import cached_property
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem

from vpdesk.display.colours import DARK_SHADES, LIGHT_SHADES, colour_table, fade_table
from vpdesk.display.layers import LAYERS
from vpdesk.display.lesson import Callout, Lesson
from vpdesk.display.overlay_shapes import DotPool, step_line
from vpdesk.display.scale import Scale, scale_ticks
from vpdesk.display.text import MINUS, number_text
from vpdesk.display.viewport import Viewport
from vpdesk.display.window import TRACK_ASK, TRACK_BID, FieldWindow, FrameRequest
from vpdesk.ui.field.axes import TIME_AXIS_HEIGHT, AxisLabel, PriceAxis, TimeAxis
from vpdesk.ui.field.axis_labels import price_labels
from vpdesk.ui.field.field_canvas import FieldImage
from vpdesk.ui.field.overlays import ASK_COLOUR, BID_COLOUR, OverlayItem, StyledLine
from vpdesk.ui.parts.color_maps import look_up_table
from vpdesk.ui.parts.inks import inks_for
from vpdesk.ui.parts.theme import Tones, tabular

FIELD_WIDTH_PT: Final = 600
ROW_PT: Final = 17
BAR_PT: Final = 78
PRICES_PT: Final = 62
DRIVE_PT: Final = 54
WIDTH_PT: Final = BAR_PT + FIELD_WIDTH_PT + PRICES_PT

_PLATE: Final = QColor(10, 12, 16, 215)
_WORDS: Final = QColor("#eef2f7")
_KNEE_SHARE: Final = 0.12
_USUAL_TRADE: Final = 20.0  # contracts that get a dot of the usual size


def draw_lesson(lesson: Lesson, tones: Tones, density: float) -> QImage:
    """Return the picture, `WIDTH_PT` wide at `density` device pixels per point. Thread: UI."""
    return _Drawing(lesson, tones, density).draw()


class _Drawing:
    """One picture in the making; all places are points of it unless they end in _px."""

    def __init__(self, lesson: Lesson, tones: Tones, density: float) -> None:
        self.lesson, self.tones, self.density = lesson, tones, density
        self.layer = LAYERS[lesson.layer]
        self.n_rows = lesson.ticks[1] - lesson.ticks[0] + 1
        self.field = QRectF(BAR_PT, 0, FIELD_WIDTH_PT, ROW_PT * self.n_rows)
        self.strip = QRectF(BAR_PT, self.field.bottom(), FIELD_WIDTH_PT, DRIVE_PT if lesson.has_drive else 0)
        self.font = tabular(QApplication.font(), scale=0.9)
        self.option = QStyleOptionGraphicsItem()

    @cached_property
    def view(self) -> Viewport:
        """The lesson's columns and prices from edge to edge."""
        width_px, height_px = round(FIELD_WIDTH_PT * self.density), round(self.field.height() * self.density)
        px_per_row = height_px / self.n_rows
        return Viewport(
            width_px,
            height_px,
            width_px / self.lesson.n_columns,
            px_per_row,
            bottom_px=round(self.lesson.ticks[0] * px_per_row),
        )

    @cached_property
    def scale(self) -> Scale:
        """The layer's usual transform between the lesson's bounds."""
        low, high = self.lesson.bounds
        return Scale(self.layer.transform, low, high, high * _KNEE_SHARE, self.layer.is_signed)

    def draw(self) -> QImage:
        """Draw everything."""
        height = self.strip.bottom() + TIME_AXIS_HEIGHT
        size_px = (round(WIDTH_PT * self.density), round(height * self.density))
        picture = QImage(*size_px, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(self.density)
        picture.fill(QColor(self.tones.window))
        painter = QPainter(picture)
        self._paint_field(painter)
        self._paint_bar(painter)
        self._paint_axes(painter)
        if self.lesson.has_drive:
            self._paint_drive(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for callout in self.lesson.callouts:
            self._paint_callout(painter, callout)
        painter.end()
        return picture

    def _paint_field(self, painter: QPainter) -> None:
        ring, window = self.lesson.ring, FieldWindow()
        shades = DARK_SHADES if self.tones.is_dark else LIGHT_SHADES
        request = FrameRequest(self.view, self.layer.value_kind, False, self.lesson.is_dimmed, self.density)
        table = colour_table(self.scale, look_up_table(self.layer.name), shades)
        image, overlay = FieldImage(), OverlayItem()
        image.show_pixels(window.paint(ring, request, table, fade_table(), shades), self.field, self.density)
        image.paint(painter, self.option)
        lines = [
            StyledLine(step_line(window.bins, track, request, ring.ticks_per_bucket), colour)
            for track, colour in ((TRACK_BID, BID_COLOUR), (TRACK_ASK, ASK_COLOUR))
        ]
        dots = DotPool().dots(ring, request, window.open_seq, window.open_header)
        overlay.set_rect(self.field, self.density)
        overlay.set_shapes(lines, dots, _USUAL_TRADE)
        overlay.paint(painter, self.option)

    def _paint_bar(self, painter: QPainter) -> None:
        """Paint what the colours mean."""
        height = self.field.height()
        painter.setFont(self.font)
        painter.setPen(QColor(self.tones.text))
        painter.drawText(QRectF(8, 2, BAR_PT - 8, 15), Qt.AlignmentFlag.AlignLeft, self.layer.title)
        painter.setPen(QColor(self.tones.muted))
        unit = self.layer.unit.format(quantity="contracts")
        painter.drawText(QRectF(8, 17, BAR_PT - 8, 15), Qt.AlignmentFlag.AlignLeft, unit)
        bar = QRectF(8, 38, 14, height - 42)
        look_up = np.ascontiguousarray(look_up_table(self.layer.name)[::-1])
        gradient = QImage(look_up.data, 1, look_up.size, 4, QImage.Format.Format_RGB32)  # wraps it
        painter.drawImage(bar, gradient)
        for value in scale_ticks(self.scale, 0.0, 1.0, round(bar.height() / 36)):
            y_pt = bar.bottom() - bar.height() * float(self.scale.place(value))
            painter.setPen(QColor(self.tones.line))
            painter.drawLine(QPointF(bar.right(), y_pt), QPointF(bar.right() + 3, y_pt))
            painter.setPen(QColor(self.tones.text))
            label = QRectF(bar.right() + 7, min(y_pt, height - 8) - 8, BAR_PT - bar.right() - 7, 16)
            painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, number_text(value))

    def _paint_axes(self, painter: QPainter) -> None:
        prices, times = PriceAxis(self.tones, self.font), TimeAxis(self.tones, self.font)
        prices.set_rect(QRectF(self.field.right(), 0, PRICES_PT, self.strip.bottom()))
        prices.set_labels(price_labels(self.view, self.density, self.lesson.ring, is_relative=False))
        times.set_rect(QRectF(BAR_PT, self.strip.bottom(), FIELD_WIDTH_PT, TIME_AXIS_HEIGHT))
        times.set_labels(self._second_labels())
        prices.paint(painter, self.option)
        times.paint(painter, self.option)

    def _second_labels(self) -> list[AxisLabel]:
        """Return the seconds since the scene began."""
        end_s = round(self.lesson.n_columns * self.lesson.ring.column_ns * 1e-9)
        seconds = range(0, end_s + 1, max(1, round(end_s / 6)))
        return [AxisLabel(BAR_PT + FIELD_WIDTH_PT * second / end_s, f"{second} s") for second in seconds]

    def _paint_drive(self, painter: QPainter) -> None:
        """Paint the drive, from -1 to +1, as columns that rise and hang from its zero."""
        inks, strip = inks_for(self.tones.is_dark), self.strip
        drive = self.lesson.ring.read(0, self.lesson.n_columns - 1).drive
        middle, reach = strip.center().y(), strip.height() / 2 - 4
        width = strip.width() / drive.size
        painter.fillRect(strip, QColor(self.tones.panel))
        for column, value in enumerate(drive):
            ink = QColor(inks.bid if value >= 0 else inks.ask)
            painter.fillRect(QRectF(strip.left() + column * width, middle, width, -reach * value), ink)
        painter.setPen(QColor(self.tones.line))
        painter.drawLine(QPointF(strip.left(), middle), QPointF(strip.right(), middle))
        painter.setFont(self.font)
        painter.setPen(QColor(self.tones.muted))
        painter.drawText(strip.adjusted(6, 3, 0, 0), Qt.AlignmentFlag.AlignLeft, "Drive")
        for value, text in ((1, "+1 up"), (-1, f"{MINUS}1 down")):
            label = QRectF(strip.right() + 7, middle - reach * value - 8, PRICES_PT, 16)
            painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_callout(self, painter: QPainter, callout: Callout) -> None:
        """Paint the words on a plate, and a line to what they are about."""
        metrics = QFontMetricsF(self.font)
        width, height = metrics.horizontalAdvance(callout.words) + 14, metrics.height() + 5
        target = self._place(callout.column, callout.tick)
        words = self._place(callout.words_column, callout.words_tick)
        left = min(words.x(), self.field.right() - width - 4)
        plate = QRectF(left, words.y() - height / 2, width, height)
        foot = QPointF(
            min(max(target.x(), plate.left() + 8), plate.right() - 8),
            plate.bottom() if target.y() > plate.bottom() else plate.top(),
        )
        painter.setPen(QPen(_WORDS, 1.4))
        painter.drawLine(foot, target)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_WORDS)
        painter.drawEllipse(target, 2.6, 2.6)
        painter.setBrush(_PLATE)
        painter.drawRoundedRect(plate, 4, 4)
        painter.setFont(self.font)
        painter.setPen(_WORDS)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, callout.words)

    def _place(self, column: float, tick: float) -> QPointF:
        """Return the left edge of a column at the middle of a price."""
        view = self.view
        return QPointF(
            self.field.left() + view.x_px(column) / self.density, view.y_px(tick + 0.5) / self.density
        )
