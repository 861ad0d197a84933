"""An item of the field's scene that is given its place from outside."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsItem


class PlacedItem(QGraphicsItem):
    """Paints within a rectangle of the scene, in points. Thread: UI."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()

    def set_rect(self, rect: QRectF) -> None:
        """Take a place in the scene."""
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect

    def boundingRect(self) -> QRectF:
        """Return what this item may paint on, in points of the scene."""
        return self._rect
