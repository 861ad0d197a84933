"""Draws a lesson with what draws the field: the same kernels, colours, lines, dots, axes and colour bar."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem

from vpdesk.display.colours import DARK_SHADES, LIGHT_SHADES, colour_table, fade_table
from vpdesk.display.layers import LAYERS
from vpdesk.display.lesson import Callout, Lesson
from vpdesk.display.overlay_shapes import DotPool, step_line
from vpdesk.display.scale import Scale, scale_ticks
from vpdesk.display.text import MINUS, number_text
from vpdesk.display.viewport import Viewport
from vpdesk.display.window import TRACK_ASK, TRACK_BID, FieldWindow, FrameRequest
from vpdesk.ui.axes import TIME_AXIS_HEIGHT, AxisLabel, PriceAxis, TimeAxis
from vpdesk.ui.axis_labels import price_labels
from vpdesk.ui.color_maps import look_up_table
from vpdesk.ui.field_canvas import FieldImage
from vpdesk.ui.inks import inks_for
from vpdesk.ui.overlays import ASK_COLOUR, BID_COLOUR, OverlayItem, StyledLine
from vpdesk.ui.theme import Tones, tabular

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
    field = QRectF(BAR_PT, 0, FIELD_WIDTH_PT, ROW_PT * _n_rows(lesson))
    drive_pt = DRIVE_PT if lesson.has_drive else 0
    height = round(field.height()) + drive_pt + TIME_AXIS_HEIGHT
    picture = QImage(round(WIDTH_PT * density), round(height * density), QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(density)
    picture.fill(QColor(tones.window))
    view = _view_of(lesson, density)
    scale = _scale_of(lesson)
    painter = QPainter(picture)
    _paint_field(painter, lesson, view, scale, tones, field, density)
    _paint_bar(painter, lesson, scale, tones, field.height())
    _paint_axes(painter, lesson, view, tones, field, drive_pt, density)
    if lesson.has_drive:
        _paint_drive(painter, lesson, tones, QRectF(BAR_PT, field.bottom(), FIELD_WIDTH_PT, drive_pt))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for callout in lesson.callouts:
        _paint_callout(painter, callout, view, field, density)
    painter.end()
    return picture


def _n_rows(lesson: Lesson) -> int:
    return lesson.ticks[1] - lesson.ticks[0] + 1


def _view_of(lesson: Lesson, density: float) -> Viewport:
    """Return a view of exactly the lesson's columns and prices: whole pixels for each."""
    width_px, height_px = round(FIELD_WIDTH_PT * density), round(ROW_PT * _n_rows(lesson) * density)
    px_per_row = height_px / _n_rows(lesson)
    return Viewport(
        width_px,
        height_px,
        width_px / lesson.n_columns,
        px_per_row,
        bottom_px=round(lesson.ticks[0] * px_per_row),
    )


def _scale_of(lesson: Lesson) -> Scale:
    """Return the layer's usual transform between the lesson's bounds, bent no more than a fitted one is."""
    layer, (low, high) = LAYERS[lesson.layer], lesson.bounds
    return Scale(layer.transform, low, high, high * _KNEE_SHARE, layer.is_signed)


def _paint_field(
    painter: QPainter,
    lesson: Lesson,
    view: Viewport,
    scale: Scale,
    tones: Tones,
    field: QRectF,
    density: float,
) -> None:
    layer, window = LAYERS[lesson.layer], FieldWindow()
    shades = DARK_SHADES if tones.is_dark else LIGHT_SHADES
    request = FrameRequest(view, layer.value_kind, False, lesson.is_dimmed, density)
    table = colour_table(scale, look_up_table(layer.name), shades)
    pixels = window.paint(lesson.ring, request, table, fade_table(), shades)
    image, overlay, option = FieldImage(), OverlayItem(), QStyleOptionGraphicsItem()
    image.show_pixels(pixels, field, density)
    image.paint(painter, option)
    lines = [
        StyledLine(step_line(window.bins, track, request, lesson.ring.ticks_per_bucket), colour)
        for track, colour in ((TRACK_BID, BID_COLOUR), (TRACK_ASK, ASK_COLOUR))
    ]
    overlay.set_rect(field, density)
    dots = DotPool().dots(lesson.ring, request, window.open_seq, window.open_header)
    overlay.set_shapes(lines, dots, _USUAL_TRADE)
    overlay.paint(painter, option)


def _paint_axes(
    painter: QPainter,
    lesson: Lesson,
    view: Viewport,
    tones: Tones,
    field: QRectF,
    drive_pt: float,
    density: float,
) -> None:
    font, option = _small_font(), QStyleOptionGraphicsItem()
    prices, times = PriceAxis(tones, font), TimeAxis(tones, font)
    prices.set_rect(QRectF(field.right(), 0, PRICES_PT, field.height() + drive_pt))
    prices.set_labels(price_labels(view, density, lesson.ring, is_relative=False))
    times.set_rect(QRectF(BAR_PT, field.bottom() + drive_pt, FIELD_WIDTH_PT, TIME_AXIS_HEIGHT))
    times.set_labels(_second_labels(lesson))
    prices.paint(painter, option)
    times.paint(painter, option)


def _second_labels(lesson: Lesson) -> list[AxisLabel]:
    """Return the seconds since the scene began."""
    end_s = round(lesson.n_columns * lesson.ring.column_ns * 1e-9)
    step_s = max(1, round(end_s / 6))
    return [
        AxisLabel(BAR_PT + FIELD_WIDTH_PT * second / end_s, f"{second} s")
        for second in range(0, end_s + 1, step_s)
    ]


def _paint_drive(painter: QPainter, lesson: Lesson, tones: Tones, strip: QRectF) -> None:
    """Paint the drive, from -1 to +1, as columns that rise and hang from its zero."""
    inks = inks_for(tones.is_dark)
    drive = lesson.ring.read(0, lesson.n_columns - 1).drive
    middle, reach = strip.center().y(), strip.height() / 2 - 4
    width = strip.width() / drive.size
    painter.fillRect(strip, QColor(tones.panel))
    for column, value in enumerate(drive):
        ink = QColor(inks.bid if value >= 0 else inks.ask)
        painter.fillRect(QRectF(strip.left() + column * width, middle, width, -reach * value), ink)
    painter.setPen(QColor(tones.line))
    painter.drawLine(QPointF(strip.left(), middle), QPointF(strip.right(), middle))
    painter.setFont(_small_font())
    painter.setPen(QColor(tones.muted))
    painter.drawText(strip.adjusted(6, 3, 0, 0), Qt.AlignmentFlag.AlignLeft, "Drive")
    for value, text in ((1, "+1 up"), (-1, f"{MINUS}1 down")):
        label = QRectF(strip.right() + 7, middle - reach * value - 8, PRICES_PT, 16)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, text)


def _paint_callout(
    painter: QPainter, callout: Callout, view: Viewport, field: QRectF, density: float
) -> None:
    """Paint the words on a plate, and a line to what they are about."""
    metrics = QFontMetricsF(_small_font())

    def place(column: float, tick: float) -> QPointF:
        x_pt = view.x_px(column) / density
        return QPointF(field.left() + x_pt, field.top() + view.y_px(tick + 0.5) / density)

    width, height = metrics.horizontalAdvance(callout.words) + 14, metrics.height() + 5
    target, words = place(callout.column, callout.tick), place(callout.words_column, callout.words_tick)
    left = min(words.x(), field.right() - width - 4)
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
    painter.setFont(_small_font())
    painter.setPen(_WORDS)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, callout.words)


def _paint_bar(painter: QPainter, lesson: Lesson, scale: Scale, tones: Tones, height: float) -> None:
    """Paint what the colours mean."""
    layer = LAYERS[lesson.layer]
    painter.setFont(_small_font())
    painter.setPen(QColor(tones.text))
    painter.drawText(QRectF(8, 2, BAR_PT - 8, 15), Qt.AlignmentFlag.AlignLeft, layer.title)
    painter.setPen(QColor(tones.muted))
    unit = layer.unit.format(quantity="contracts")
    painter.drawText(QRectF(8, 17, BAR_PT - 8, 15), Qt.AlignmentFlag.AlignLeft, unit)
    bar = QRectF(8, 38, 14, height - 42)
    look_up = np.ascontiguousarray(look_up_table(layer.name)[::-1])
    gradient = QImage(look_up.data, 1, look_up.size, 4, QImage.Format.Format_RGB32)  # wraps, copies nothing
    painter.drawImage(bar, gradient)
    for value in scale_ticks(scale, 0.0, 1.0, round(bar.height() / 36)):
        y_pt = bar.bottom() - bar.height() * float(scale.place(value))
        painter.setPen(QColor(tones.line))
        painter.drawLine(QPointF(bar.right(), y_pt), QPointF(bar.right() + 3, y_pt))
        painter.setPen(QColor(tones.text))
        label = QRectF(bar.right() + 7, min(y_pt, height - 8) - 8, BAR_PT - bar.right() - 7, 16)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, number_text(value))


def _small_font() -> QFont:
    return tabular(QApplication.font(), scale=0.9)
