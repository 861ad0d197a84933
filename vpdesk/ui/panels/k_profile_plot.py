"""Pressure and vacuum of one column by k, as mirrored bars around a middle line.

A bar's faint part is the cell's value, as the field shows it; its strong part is what of it counts in the
drive, where only near and fresh buckets count. Bars are as long as the root of their value, for values span
decades. The wheel shows fewer or more buckets on both sides of the spot; a double click shows the whole
band, or goes back.
"""

from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vpdesk.display.k_profile import ABOVE, BELOW, KProfile
from vpdesk.display.strip_bins import HeldRange, round_up
from vpdesk.display.text import number_text, price_text, signed
from vpdesk.ui.parts.inks import inks_for
from vpdesk.ui.parts.theme import DARK, Tones, tabular

_HEAD_PT: Final = 18
_LEAST_LABEL_PT: Final = 14  # between two labels
_LABEL_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_GRID_FROM_PT: Final = 4.0  # higher rows keep a point free
_SPACE_PT: Final = 6
_FAINT: Final = 95  # opacity of what does not count, of 255
_TINT: Final = 26
_USUAL_SHARE: Final = 0.99  # of the bars fit; a longer one ends in a notch
_NOTCH_PT: Final = 3
_LEAST_ROW_PT: Final = 2.5  # of a row that can be told from the next
_LEAST_REACH: Final = 5  # buckets shown on each side
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ZOOM_STEP: Final = 1.25  # per notch of the wheel


class KProfilePlot(QWidget):
    """The profile. Every method is for the UI thread.

    Signals
    -------
    pointed(int or None)
        Index of the bucket under the pointer.
    """

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAccessibleName("Pressure and vacuum by distance from the spot")
        self._font = tabular(self.font(), scale=0.85)
        self._metrics = QFontMetricsF(self._font)
        self._tones: Tones = DARK
        self._range = HeldRange(_USUAL_SHARE)
        self._held_top: float | None = None  # of a scale that the user fitted
        self._hovered = -1
        self._reach_k: int | None = None  # buckets shown on each side of k = 0; None: as many as can be seen
        self.profile: KProfile | None = None

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._tones = tones
        self.update()

    def show_profile(self, profile: KProfile | None, key: object) -> None:
        """Show a column, or none. Another ``key`` (an instrument, parameters) starts the scale afresh."""
        self.profile = profile
        if profile is not None:
            shown = self._shown(profile)
            values = np.concatenate([profile.pressure[shown], profile.vacuum[shown]])
            self._range.fit(values, (key, self._reach_k))
            if self._hovered >= profile.k.size:
                self._point(-1)
        self.update()

    @property
    def reach_k(self) -> int:
        """How many buckets are shown on each side of k = 0."""
        usual = int((self.height() - _HEAD_PT) / _LEAST_ROW_PT - 1) // 2
        return min(max(usual, _LEAST_REACH) if self._reach_k is None else self._reach_k, self._band_k)

    @property
    def _band_k(self) -> int:
        return _LEAST_REACH if self.profile is None else int(self.profile.k[-1])

    def show_reach(self, reach_k: int | None) -> None:
        """Show so many buckets on each side, or as many as can be told apart."""
        self._reach_k = None if reach_k is None else max(reach_k, _LEAST_REACH)
        self._point(-1)
        self.update()

    @property
    def top(self) -> float:
        """The value at both ends of the scale, quantity / s."""
        return self._range.top if self._held_top is None else self._held_top

    @property
    def is_held(self) -> bool:
        """Whether the scale stays as the user fitted it."""
        return self._held_top is not None

    def hold_scale(self, is_held: bool) -> None:
        """Fit the scale to the column shown and keep it so, or let it follow again."""
        self._held_top = None
        if is_held and self.profile is not None:
            shown = self._shown(self.profile)
            most = float(max(self.profile.pressure[shown].max(), self.profile.vacuum[shown].max()))
            self._held_top = round_up(most) if most > 0 else self._range.top
        self.update()

    def sizeHint(self) -> QSize:
        """Give every bucket of a usual band some points."""
        return QSize(300, 420)

    def minimumSizeHint(self) -> QSize:
        """Keep a few labels readable."""
        return QSize(230, 120)

    # --- where things stand ------------------------------------------------------------------------

    def row_rect(self, i: int) -> QRectF:
        """Return the row of the i-th bucket, in points; the highest k is at the top."""
        k = i if self.profile is None else int(self.profile.k[i])
        return QRectF(0, self._y_pt(k + 1), self.width(), self._row_pt())

    def _row_pt(self) -> float:
        return (self.height() - _HEAD_PT) / (2 * self.reach_k + 1)

    def _y_pt(self, k: float) -> float:
        """Return where the lower edge of bucket k is."""
        return _HEAD_PT + (self.reach_k + 1 - k) * self._row_pt()

    def _shown(self, profile: KProfile) -> NDArray[np.int64]:
        """Return the indices of the buckets in view."""
        return np.flatnonzero(np.abs(profile.k) <= self.reach_k)

    def middle_pt(self) -> float:
        """Return where both bars begin: vacuum to the left, pressure to the right."""
        left = self._label_width() + 2 * _SPACE_PT
        return float(round((left + self.width()) / 2))

    def bars_pt(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how long the bars of these values, all >= 0, are."""
        lengths: NDArray[np.float64] = np.minimum(np.sqrt(values / self.top), 1.0) * self._reach_pt()
        return lengths

    def _reach_pt(self) -> float:
        return max(1.0, self.width() - self.middle_pt() - _SPACE_PT)

    def _label_width(self) -> float:
        """Return the width of a label: both ends of the band have the longest ones."""
        profile = self.profile
        if profile is None:
            return 40.0
        return max(self._metrics.horizontalAdvance(_label(profile, i)) for i in (0, profile.k.size - 1))

    def bucket_at(self, y_pt: float) -> int:
        """Return the index of the bucket at a height; -1 if there is none."""
        if self.profile is None or not _HEAD_PT <= y_pt < self.height():
            return -1
        k = self.reach_k - int((y_pt - _HEAD_PT) / self._row_pt())
        return k - int(self.profile.k[0])

    # --- Qt ----------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the bucket under the pointer."""
        self._point(self.bucket_at(event.position().y()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Show fewer buckets, or more."""
        steps = event.angleDelta().y() / 120
        if steps:
            reach = self.reach_k / _ZOOM_STEP**steps
            self.show_reach(min(floor(reach) if steps > 0 else ceil(reach), self._band_k))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole band, or go back."""
        self.show_reach(None if self.reach_k == self._band_k else self._band_k)

    def leaveEvent(self, event: QEvent) -> None:
        """Read no bucket."""
        self._point(-1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint everything."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._tones.field))
        painter.setFont(self._font)
        profile = self.profile
        if profile is not None:
            self._paint_sides(painter, profile)
            self._paint_bars(painter, profile)
            self._paint_labels(painter, profile)
            self._paint_spot(painter, profile)
        self._paint_head(painter)

    def _point(self, i: int) -> None:
        if i != self._hovered:
            self._hovered = i
            self.pointed.emit(i if i >= 0 else None)
            self.update()

    # --- painting ----------------------------------------------------------------------------------

    def _paint_head(self, painter: QPainter) -> None:
        """Name both sides and the end of their scales."""
        painter.fillRect(QRectF(0, 0, self.width(), _HEAD_PT), QColor(self._tones.window))
        inks = inks_for(self._tones.is_dark)
        middle, reach = self.middle_pt(), self._reach_pt()
        end = f"to {number_text(self.top)}/s" if self.profile is not None else ""
        left = QRectF(middle - reach, 0, reach - _SPACE_PT, _HEAD_PT)
        right = QRectF(middle + _SPACE_PT, 0, reach - _SPACE_PT, _HEAD_PT)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(inks.vacuum))
        painter.drawText(left, Qt.AlignmentFlag.AlignRight | centre, "vacuum")
        painter.setPen(QColor(inks.pressure))
        painter.drawText(right, Qt.AlignmentFlag.AlignLeft | centre, "pressure")
        painter.setPen(QColor(self._tones.muted))
        painter.drawText(QRectF(_SPACE_PT, 0, self._label_width(), _HEAD_PT), _RIGHT, end)

    def _paint_sides(self, painter: QPainter, profile: KProfile) -> None:
        """Tint the rows below and above the spot."""
        inks, shown = inks_for(self._tones.is_dark), self._shown(profile)
        for side, ink, words in ((BELOW, inks.bid, "below the spot"), (ABOVE, inks.ask, "above the spot")):
            rows = shown[profile.side[shown] == side]
            if rows.size == 0:
                continue
            area = self.row_rect(int(rows[-1])).united(self.row_rect(int(rows[0])))
            painter.fillRect(area, _translucent(ink, _TINT))
            painter.setPen(QColor(self._tones.muted))
            at = Qt.AlignmentFlag.AlignTop if side == ABOVE else Qt.AlignmentFlag.AlignBottom
            painter.drawText(area.adjusted(0, 1, -_SPACE_PT, -1), Qt.AlignmentFlag.AlignRight | at, words)
        if self._hovered >= 0:
            painter.fillRect(self.row_rect(self._hovered), _translucent(self._tones.text, _TINT))

    def _paint_bars(self, painter: QPainter, profile: KProfile) -> None:
        inks, shown = inks_for(self._tones.is_dark), self._shown(profile)
        middle, weight = self.middle_pt(), profile.weight[shown]
        painter.setPen(Qt.PenStyle.NoPen)
        for values, ink, direction in (
            (profile.vacuum[shown], inks.vacuum, -1),
            (profile.pressure[shown], inks.pressure, 1),
        ):
            for part, colour in ((values, _translucent(ink, _FAINT)), (weight * values, QColor(ink))):
                painter.setBrush(colour)
                painter.drawRects(self._bars(profile.k[shown], direction * self.bars_pt(part)))
            self._paint_notches(painter, profile.k[shown[values > self.top]], direction)
        painter.fillRect(QRectF(middle, _HEAD_PT, 1, self.height()), QColor(self._tones.muted))

    def _bars(self, k: NDArray[np.int32], lengths: NDArray[np.float64]) -> list[QRectF]:
        """Return bars from the middle line, to the left where the length is negative."""
        row_pt, middle, top = self._row_pt(), self.middle_pt(), self._y_pt(0)
        height = row_pt - (1 if row_pt >= _GRID_FROM_PT else 0)
        return [
            QRectF(min(middle, middle + length), top - (number + 1) * row_pt, abs(length), height)
            for number, length in zip(k.tolist(), lengths.tolist(), strict=True)
            if length
        ]

    def _paint_notches(self, painter: QPainter, k: NDArray[np.int32], direction: int) -> None:
        """Cut the ends of bars that are longer than the scale."""
        x = self.middle_pt() + direction * (self._reach_pt() - _NOTCH_PT)
        for number in k.tolist():
            notch = QRectF(x, self._y_pt(number + 1), _NOTCH_PT / 2, self._row_pt())
            painter.fillRect(notch, QColor(self._tones.field))

    def _paint_labels(self, painter: QPainter, profile: KProfile) -> None:
        """Write k and price beside every so many buckets."""
        row_pt = self._row_pt()
        step = next((step for step in _LABEL_STEPS if step * row_pt >= _LEAST_LABEL_PT), _LABEL_STEPS[-1])
        width, shown = self._label_width(), self._shown(profile)
        for i in shown[profile.k[shown] % step == 0].tolist():
            centre = self.row_rect(i).center().y()
            if not _HEAD_PT + 6 <= centre <= self.height() - 6:
                continue
            is_spot = int(profile.k[i]) == 0
            painter.setPen(QColor(self._tones.text if is_spot else self._tones.muted))
            painter.drawText(QRectF(_SPACE_PT, centre - 8, width, 16), _RIGHT, _label(profile, i))

    def _paint_spot(self, painter: QPainter, profile: KProfile) -> None:
        """Draw the mid price, where the sides part."""
        painter.setPen(QPen(QColor(self._tones.text), 1, Qt.PenStyle.DashLine))
        y = round(self._y_pt(profile.mid_k)) + 0.5
        painter.drawLine(QPointF(self._label_width() + 2 * _SPACE_PT, y), QPointF(self.width(), y))


def reading_words(profile: KProfile, i: int, unit: str) -> tuple[str, str]:
    """Return what one bucket holds, and how it counts in the drive."""
    pressure, vacuum, depth = (
        number_text(float(values[i])) for values in (profile.pressure, profile.vacuum, profile.depth)
    )
    holds = f"{_label(profile, i)}: pressure {pressure}, vacuum {vacuum} {unit}/s, depth {depth}"
    if profile.side[i] == 0:
        return holds, "Astride the spot: it counts on neither side."
    near, fresh, weight = (
        f"{100 * share:.3g}%" for share in (profile.nearness[i], profile.freshness[i], profile.weight[i])
    )
    return holds, f"{weight} of it counts in the drive: near {near}, fresh {fresh}."


def _label(profile: KProfile, i: int) -> str:
    return f"{signed(int(profile.k[i]))}  {price_text(profile.tick_of(i), profile.tick_size)}"


def _translucent(ink: str, alpha: int) -> QColor:
    colour = QColor(ink)
    colour.setAlpha(alpha)
    return colour
