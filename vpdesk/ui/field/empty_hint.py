"""The way back, said where the view shows nothing: it was moved past all prices, or the session left it."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vpdesk.display.emptiness import shows_nothing
from vpdesk.ui.field.annotation import Annotation, FieldFrame
from vpdesk.ui.parts.fitting import fitting

_PLATE: Final = QColor(10, 12, 16, 185)
_INK: Final = QColor("#aab4c0")
_PADDING_PT: Final = 12.0


class EmptyHint(Annotation):
    """A few words in the middle of a field that shows no data while there is some elsewhere.

    Attributes
    ----------
    text : str
        Parts between `fitting.SEPARATOR`; the first ones are shown where there is little room.
    is_shown : bool
    """

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self.text = "No data here"
        self.is_shown = False
        self._font = font
        self._metrics = QFontMetricsF(font)

    def show_frame(self, frame: FieldFrame) -> None:
        """Find out whether there is anything in view."""
        is_shown = frame.ring is not None and shows_nothing(
            frame.ring, frame.viewport, frame.header, is_relative=frame.is_relative
        )
        if is_shown != self.is_shown:
            self.is_shown = is_shown
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint, in points of the field."""
        if not self.is_shown:
            return
        text = fitting(self.text, self._metrics, self._rect.width() - 4 * _PADDING_PT)
        width = self._metrics.horizontalAdvance(text) + 2 * _PADDING_PT
        plate = QRectF(0, 0, round(width), round(self._metrics.height() + _PADDING_PT))
        plate.moveCenter(self._rect.center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PLATE)
        painter.drawRoundedRect(plate, 4, 4)
        painter.setFont(self._font)
        painter.setPen(_INK)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
