"""Where alerts were raised, as small marks on the chart, and the newest one in words for a few seconds."""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vpdesk.core.ring import H_CENTRE, GridRing
from vpdesk.display.alert_rules import figure_text, short_name
from vpdesk.display.alert_watch import Firing
from vpdesk.ui.field.annotation import Annotation, FieldFrame
from vpdesk.ui.parts.fitting import unparted

_INK: Final = QColor("#ffe066")  # neither of the trades' nor of the field's hues
_RIM: Final = QColor("#0a0c10")
_PLATE: Final = QColor(10, 12, 16, 205)
_HALF_PT: Final = 6.0
_HEIGHT_PT: Final = 10.0
_POOL_PT: Final = 16.0  # marks nearer than this are one
_POOLS_HIGH: Final = 1 << 20  # more than a field is high
_MOST_LABELS: Final = 40
_MOST_PICTURES: Final = 200
_LABEL_GAP_PT: Final = 4.0
_WRAPPED: Final = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_WORDS_PADDING_PT: Final = 10.0
_NO_BUCKET: Final = -(2**62)


@dataclass(frozen=True, slots=True)
class Mark:
    """One triangle: its tip in points of the field, its label and where, and which alerts it stands for."""

    at: QPointF
    label: str
    numbers: tuple[int, ...]
    label_at: QPointF = field(default_factory=QPointF)  # its upper left corner

    @property
    def rect(self) -> QRectF:
        """What the triangle covers."""
        return QRectF(self.at.x() - _HALF_PT, self.at.y() - _HEIGHT_PT, 2 * _HALF_PT, _HEIGHT_PT + 2)


class AlertMarkers(Annotation):
    """A triangle whose tip points at the cell, at the lower edge for alerts of no single cell.

    Marks that would cover each other are one, with their number.
    """

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self.marks: list[Mark] = []
        self.words = ""
        self._density = 1.0
        self._pictures: dict[str, QPixmap] = {}  # of labels, and of the triangle under ""
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._firings: list[Firing] = []
        self._seqs: NDArray[np.int64] = np.zeros(0, np.int64)
        self._buckets: NDArray[np.int64] = np.zeros(0, np.int64)
        self._shown: object = None

    def set_firings(self, firings: list[Firing]) -> None:
        """Mark these from the next frame on, in the order of their columns."""
        self._firings = list(firings)
        self._seqs = np.array([one.seq for one in firings], np.int64)
        self._buckets = np.array(
            [_NO_BUCKET if one.bucket is None else one.bucket for one in firings], np.int64
        )
        self._shown = None

    def say(self, words: str) -> None:
        """Show words over the field; none hides them."""
        self.words = words
        self.update()

    def show_frame(self, frame: FieldFrame) -> None:
        """Place the marks of the columns in view."""
        key = (frame.viewport, frame.density, frame.is_relative, frame.ring)
        if key == self._shown:
            return
        self._shown = key
        if frame.density != self._density or len(self._pictures) > _MOST_PICTURES:
            self._density, self._pictures = frame.density, {}
        former, self.marks = self.marks, []
        if frame.ring is not None and self._seqs.size:
            self.marks = self._place(frame, frame.ring)
        if former or self.marks:
            self.update()

    def firings_at(self, x_pt: float, y_pt: float) -> list[Firing]:
        """Return the alerts of the mark under a point of the field; none where there is no mark."""
        mark = next((one for one in self.marks if one.rect.contains(x_pt, y_pt)), None)
        return [] if mark is None else [self._firings[number] for number in mark.numbers]

    def shape(self) -> QPainterPath:
        """Return the triangles: a tool tip belongs to them alone."""
        path = QPainterPath()
        for mark in self.marks:
            path.addRect(mark.rect)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint, in points of the scene."""
        if not self.marks and not self.words:
            return
        painter.save()
        painter.setClipRect(self.boundingRect())
        painter.translate(self.boundingRect().topLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        for mark in self.marks:
            triangle = self._picture("")
            painter.drawPixmap(QPointF(mark.at.x() - _HALF_PT - 1, mark.at.y() - _HEIGHT_PT - 1), triangle)
            if mark.label:
                painter.drawPixmap(mark.label_at, self._picture(mark.label))
        if self.words:
            self._paint_words(painter)
        painter.restore()

    def _place(self, frame: FieldFrame, ring: GridRing) -> list[Mark]:
        view, density = frame.viewport, frame.density
        first, last = view.columns
        begin, end = np.searchsorted(self._seqs, [first, last + 1])
        seqs, buckets = self._seqs[begin:end], self._buckets[begin:end]
        x = ((seqs + 0.5) * view.px_per_column - view.left_px) / density
        rows = buckets - ring.headers[seqs & (ring.capacity - 1), H_CENTRE] if frame.is_relative else buckets
        y = (view.height_px - ((rows + 0.5) * view.px_per_row - view.bottom_px)) / density
        height = view.height_px / density
        y = np.where(buckets == _NO_BUCKET, height - 2, np.clip(y, _HEIGHT_PT + 1, height - 2))
        # counted from where the grid of pixels begins, so that marks stay as they are when the view scrolls
        pools_x = np.floor((x + view.left_px / density) / _POOL_PT).astype(np.int64)
        pools_y = np.floor((y - view.bottom_px / density) / _POOL_PT).astype(np.int64)
        groups: dict[int, list[int]] = {}
        for i, pool in enumerate((pools_x * _POOLS_HIGH + pools_y).tolist()):
            groups.setdefault(pool, []).append(i)
        has_labels = len(groups) <= _MOST_LABELS
        marks = [
            Mark(
                QPointF(x[group[-1]], y[group[-1]]),
                self._label(begin + group[0], len(group)) if has_labels else "",
                tuple(begin + i for i in group),
            )
            for group in groups.values()
        ]
        return self._with_labels_placed(marks) if has_labels else marks

    def _with_labels_placed(self, marks: list[Mark]) -> list[Mark]:
        """Place labels where they cover no mark and no label of a newer one, or else leave them out.

        The newest one is never left out: it is what everybody looks for.
        """
        taken = [mark.rect for mark in marks]
        kept: list[Mark] = []
        for mark in reversed(marks):
            places = self._label_places(mark, rows=(0,) if kept else (0, -1, 1))
            free = [place for place in places if not any(place.intersects(rect) for rect in taken)]
            chosen = free[:1] or (places[:1] if not kept else [])
            taken += chosen
            kept.append(replace(mark, label_at=chosen[0].topLeft()) if chosen else replace(mark, label=""))
        return kept[::-1]

    def _label(self, number: int, n_firings: int) -> str:
        """Return what one alert measured, or how many there are."""
        if n_firings > 1:
            return f"\N{MULTIPLICATION SIGN}{n_firings}"
        firing = self._firings[number]
        return f"{short_name(firing.rule.quantity)} {figure_text(firing.rule.quantity, firing.value)}"

    def _label_places(self, mark: Mark, rows: tuple[int, ...]) -> list[QRectF]:
        """Return where a label may stand, the best first: right of its mark or left of it.

        ``rows`` are how many of its heights lower it may stand.
        """
        size = self._picture(mark.label).deviceIndependentSize()
        field = QRectF(QPointF(0, 0), self.boundingRect().size())
        away = _HALF_PT + _LABEL_GAP_PT
        lefts = mark.at.x() + away, mark.at.x() - away - size.width()
        top = min(max(mark.at.y() - _HEIGHT_PT - 2, 1.0), field.height() - size.height())
        places = [QRectF(QPointF(left, top + row * size.height()), size) for row in rows for left in lefts]
        return [place for place in places if field.contains(place)]

    def _picture(self, label: str) -> QPixmap:
        """Return a label on its plate, or the triangle for none; drawn once, because text takes long."""
        picture = self._pictures.get(label)
        if picture is None:
            size = QSizeF(2 * _HALF_PT + 2, _HEIGHT_PT + 2)
            if label:
                size = QSizeF(self._metrics.horizontalAdvance(label) + 6, self._metrics.height())
            picture = QPixmap((size * self._density).toSize())
            picture.setDevicePixelRatio(self._density)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._font)
            if label:
                _paint_plate(painter, QRectF(QPointF(0, 0), size), label)
            else:
                _paint_triangle(painter, QPointF(_HALF_PT + 1, _HEIGHT_PT + 1))
            painter.end()
            self._pictures[label] = picture
        return picture

    def _paint_words(self, painter: QPainter) -> None:
        plate = self.words_rect()
        _paint_plate(painter, plate, unparted(self.words), _WORDS_PADDING_PT)
        painter.setPen(QPen(_INK, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(plate, 3, 3)

    def words_rect(self) -> QRectF:
        """Return where the words stand, in points of the field: in as many lines as they need."""
        field = self.boundingRect()
        room = QRectF(0, 0, field.width() - 36, field.height())
        text = self._metrics.boundingRect(room, _WRAPPED, unparted(self.words))
        width = min(text.width(), room.width()) + 2 * _WORDS_PADDING_PT + 1
        return QRectF(round((field.width() - width) / 2), 36, round(width), round(text.height()) + 8)


def _paint_triangle(painter: QPainter, tip: QPointF) -> None:
    top = tip.y() - _HEIGHT_PT
    painter.setPen(QPen(_RIM, 1.5))
    painter.setBrush(_INK)
    painter.drawPolygon(QPolygonF([tip, QPointF(tip.x() - _HALF_PT, top), QPointF(tip.x() + _HALF_PT, top)]))


def _paint_plate(painter: QPainter, plate: QRectF, text: str, padding_pt: float = 0.0) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PLATE)
    painter.drawRoundedRect(plate, 3, 3)
    painter.setPen(_INK)
    painter.drawText(plate.adjusted(padding_pt, 0, -padding_pt, 0), _WRAPPED, text)
