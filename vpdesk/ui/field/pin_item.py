"""The mark of the pinned cell."""

from typing import Final

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vpdesk.ui.field.placed_item import PlacedItem

_INK: Final = "#ffffff"
_RIM: Final = "#0a0c10"  # keeps the ink apart from a bright field
_LEAST_PT: Final = 7.0  # a smaller cell is framed with room around it
_WHISKER_PT: Final = 9.0


class PinItem(PlacedItem):
    """A frame around a cell with whiskers on its four sides, so that a small one is found again."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = QRectF()

    def set_cell(self, cell: QRectF) -> None:
        """Mark a cell, in points of the field; an empty one marks nothing."""
        if cell != self.cell:
            self.cell = cell
            self.update()

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
        painter.setClipRect(self._rect)
        painter.translate(self._rect.topLeft())
        for colour, width_pt in ((_RIM, 4.0), (_INK, 1.5)):
            painter.setPen(QPen(QColor(colour), width_pt))
            painter.drawRect(frame)
            painter.drawLines(whiskers)
        painter.restore()
