"""How much traded at each price in view, drawn over the field from its right edge, row by row."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QAction, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vpdesk.display.text import number_text
from vpdesk.display.volume_profile import VolumeProfile, VolumeSource, profile_pixels
from vpdesk.ui.field.annotation import Annotation, FieldFrame
from vpdesk.ui.field.axis_labels import row_text
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.field.trade_dots import DOT_COLOURS
from vpdesk.ui.parts.fitting import SEPARATOR, fitting
from vpdesk.ui.parts.theme import tabular
from vpdesk.ui.parts.throttle import Throttle
from vpdesk.ui.preferences.settings import SettingsFile

_INTERVAL_MS: Final = 100  # between two looks at the trades while nothing but time moves
_SHARE: Final = 0.22  # of the field's width
_MOST_PT: Final = 260
_ALPHA: Final = 165  # of 255: the field shines through
_PLATE: Final = QColor(10, 12, 16, 185)
_INK: Final = QColor("#dbe1e8")
_PADDING_PT: Final = 6
_FRAME_FROM_PENS: Final = 4  # height of a row that can be framed


class VolumeProfileItem(Annotation):
    """The drawing. It looks at the trades again when the rows of the field move, and else now and then."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._source = VolumeSource()
        self._throttle = Throttle(_INTERVAL_MS)
        self._throttle.due.connect(self._read)
        self._palette = _palette()
        self._unit = ""
        self._rows: tuple[object, ...] = ()  # all that decides where a row is
        self._trades: tuple[object, ...] = ()  # all that decides what traded in view
        self._density = 1.0
        self._pixels: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)
        self._left_px = 0
        self.profile: VolumeProfile | None = None
        self.words = ""
        self.control_words = ""

    def set_quantity_unit(self, unit: str) -> None:
        """Name the unit of quantity: "contracts", "shares"."""
        self._unit = unit
        self.look_again()

    def look_again(self) -> None:
        """Look at the trades with the next frame, whatever it shows."""
        self._rows = self._trades = ()

    def show_frame(self, frame: FieldFrame) -> None:
        """Follow the rows at once, and what traded soon."""
        rows, trades = _rows_of(frame), _trades_of(frame)
        if rows != self._rows:
            self._throttle.cancel()
            self._read(frame)
        elif trades != self._trades:
            self._throttle.wish(frame)
        self._rows, self._trades = rows, trades

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint bars and words, in points of the scene."""
        profile = self.profile
        if profile is None:
            return
        painter.save()
        painter.setClipRect(self._rect)
        painter.translate(self._rect.topLeft())
        if profile.control_row >= 0:
            self._paint_bars(painter, profile)
        painter.setFont(self._font)
        self._paint_plate(painter, self._rect.height() - self._metrics.height() / 2 - 12, self.words)
        painter.restore()

    # --- inside ------------------------------------------------------------------------------------

    def _read(self, frame: FieldFrame) -> None:
        """Take what traded in the columns and rows of a frame."""
        ring, view = frame.ring, frame.viewport
        self.profile = None
        if ring is not None and frame.open_seq >= 0:
            profile = self._source.read(ring, view, is_relative=frame.is_relative)
            width_px = max(1, round(min(_SHARE * view.width_px, _MOST_PT * frame.density)))
            self._pixels = profile_pixels(profile, width_px, self._palette)
            self._left_px = view.width_px - width_px
            self._density = frame.density
            self.words = total_words(profile, self._unit)
            self.control_words = _control_words(profile, frame)
            self.profile = profile
        self.update()

    def _paint_bars(self, painter: QPainter, profile: VolumeProfile) -> None:
        """Blit the bars one to one onto the device, and mark the point of control."""
        height, width = self._pixels.shape
        # wrapped anew for every paint: a QImage keeps what it painted before under the same cache key
        wrapped = QImage(
            self._pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        )
        painter.save()
        painter.scale(1 / self._density, 1 / self._density)
        painter.drawImage(self._left_px, 0, wrapped)
        top, bottom = profile.tops_px[profile.control_row : profile.control_row + 2].tolist()
        self._mark_row(painter, QRectF(self._left_px, top, width, bottom - top))
        painter.restore()
        painter.setFont(self._font)
        centre = (top + bottom) / 2 / self._density
        self._paint_plate(painter, centre, self.control_words, self._left_px / self._density)

    def _mark_row(self, painter: QPainter, row_px: QRectF) -> None:
        """Frame a row within its own pixels; one too low for that becomes a line."""
        pen_px = max(1, round(self._density))
        if row_px.height() < _FRAME_FROM_PENS * pen_px:
            painter.fillRect(row_px, _INK)
            return
        painter.setPen(QPen(_INK, pen_px))
        half_px = pen_px / 2  # the right edge lies beyond the field
        painter.drawRect(row_px.adjusted(-half_px, half_px, half_px, -half_px))

    def _paint_plate(self, painter: QPainter, centre: float, text: str, right: float | None = None) -> None:
        """Write on a translucent plate that ends at this x, or at the field's edge."""
        right = self._rect.width() - 8 if right is None else right - 4
        text = fitting(text, self._metrics, right - 2 * _PADDING_PT)
        width = self._metrics.horizontalAdvance(text) + 2 * _PADDING_PT
        height = self._metrics.height() + 4
        top = min(max(centre - height / 2, 0.0), self._rect.height() - height)
        plate = QRectF(max(0.0, right - width), top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PLATE)
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(_INK)
        baseline = top + (height + self._metrics.ascent() - self._metrics.descent()) / 2
        painter.drawText(QPointF(plate.left() + _PADDING_PT, round(baseline)), text)


class VolumeProfileChoice(QObject):
    """Shows the profile on the chart or hides it, and remembers that. Thread: UI.

    Parameters
    ----------
    action
        Shows whether it is shown.
    """

    def __init__(
        self, chart: HeatmapView, settings: SettingsFile, action: QAction, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._chart = chart
        self._settings = settings
        self._action = action
        self.item = VolumeProfileItem(tabular(chart.font(), scale=0.9))
        self.item.setVisible(False)
        chart.add_annotation(self.item)

    def apply(self) -> None:
        """Show or hide it as the settings say."""
        self.show(self._settings.preferences.has_volume_profile)

    def show(self, is_shown: bool) -> None:
        """Show the profile, or hide it."""
        self._settings.prefer(has_volume_profile=is_shown)
        self._action.setChecked(is_shown)
        self.item.setVisible(is_shown)
        self.item.look_again()
        self._chart.refresh()

    @Slot(str)
    def set_quantity_unit(self, unit: str) -> None:
        """Name the unit of quantity: "contracts", "shares"."""
        self.item.set_quantity_unit(unit)


def total_words(profile: VolumeProfile, unit: str) -> str:
    """Return what traded in view, by aggressor, and what of it the bars do not show."""
    bought, sold, unknown = profile.volumes.sum(axis=1)
    words = f"{number_text(bought + sold + unknown)} {unit} in view"
    words += f"{SEPARATOR}{number_text(bought)} bought, {number_text(sold)} sold"
    if unknown:
        words += f", {number_text(unknown)} of unknown side"
    if profile.elsewhere:
        words += f"{SEPARATOR}{number_text(profile.elsewhere)} at prices out of view"
    if profile.unlisted:
        words += f"{SEPARATOR}{number_text(profile.unlisted)} earlier, trades no longer kept"
    return words


def _control_words(profile: VolumeProfile, frame: FieldFrame) -> str:
    """Return where most traded, and how much."""
    i = profile.control_row
    if i < 0 or frame.ring is None:
        return ""
    first = int(profile.rows[i])
    ends = sorted({first, first + profile.buckets_per_row - 1})
    rows = " to ".join(row_text(row, frame.ring, is_relative=frame.is_relative) for row in ends)
    return f"most: {number_text(float(profile.totals[i]))} at {'k ' if frame.is_relative else ''}{rows}"


def _rows_of(frame: FieldFrame) -> tuple[object, ...]:
    view = frame.viewport
    size = view.width_px, view.height_px, view.px_per_row, view.bottom_px, frame.density
    return frame.ring, frame.is_relative, *size


def _trades_of(frame: FieldFrame) -> tuple[object, ...]:
    view, ring = frame.viewport, frame.ring
    written = (ring.generation, ring.published_trades, ring.published_seq) if ring is not None else ()
    return view.left_px, view.px_per_column, *written


def _palette() -> NDArray[np.uint32]:
    """Return the colours of `profile_pixels`: those of the trade dots, translucent."""
    return np.array([*(_premultiplied(QColor(name)) for name in DOT_COLOURS), 0], np.uint32)


def _premultiplied(colour: QColor) -> int:
    red, green, blue = (
        round(channel * _ALPHA / 255) for channel in (colour.red(), colour.green(), colour.blue())
    )
    return _ALPHA << 24 | red << 16 | green << 8 | blue
