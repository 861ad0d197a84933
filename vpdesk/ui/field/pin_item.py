"""The mark of the pinned cell."""

from typing import Final

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

_INK: Final = "#ffffff"
_RIM: Final = "#0a0c10"  # keeps the ink apart from a bright field
_LEAST_PT: Final = 7.0  # a smaller cell is framed with room around it
_WHISKER_PT: Final = 9.0


class PinItem(QGraphicsItem):
    """A frame around a cell with whiskers on its four sides, so that a small one is found again."""

    def __init__(self) -> None:
        super().__init__()
        self._field = QRectF()
        self.cell = QRectF()

    def set_rect(self, rect: QRectF) -> None:
        """Take the field's place in the scene."""
        if rect != self._field:
            self.prepareGeometryChange()
            self._field = rect

    def set_cell(self, cell: QRectF) -> None:
        """Mark a cell, in points of the field; an empty one marks nothing."""
        if cell != self.cell:
            self.cell = cell
            self.update()

    def boundingRect(self) -> QRectF:
        """Return what this item may paint on, in points of the scene."""
        return self._field

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint, in points of the scene."""
        if self.cell.isEmpty():
            return
        centre = self.cell.center()
        frame = QRectF(0, 0, max(self.cell.width(), _LEAST_PT), max(self.cell.height(), _LEAST_PT))
        frame.moveCenter(centre)
        whiskers = [
            QLineF(frame.left() - _WHISKER_PT, centre.y(), frame.left(), centre.y()),
            QLineF(frame.right(), centre.y(), frame.right() + _WHISKER_PT, centre.y()),
            QLineF(centre.x(), frame.top() - _WHISKER_PT, centre.x(), frame.top()),
            QLineF(centre.x(), frame.bottom(), centre.x(), frame.bottom() + _WHISKER_PT),
        ]
        painter.save()
        painter.setClipRect(self._field)
        painter.translate(self._field.topLeft())
        for colour, width_pt in ((_RIM, 4.0), (_INK, 1.5)):
            painter.setPen(QPen(QColor(colour), width_pt))
            painter.drawRect(frame)
            painter.drawLines(whiskers)
        painter.restore()
