"""What other parts draw over the field: painted, and told of each frame."""

from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pytestqt.qtbot import QtBot

from vpdesk.display.synthetic import synthetic_ring
from vpdesk.ui.field.annotation import Annotation, FieldFrame
from vpdesk.ui.field.heatmap import HeatmapView


class _Blot(Annotation):
    def __init__(self) -> None:
        super().__init__()
        self.frames: list[FieldFrame] = []

    def show_frame(self, frame: FieldFrame) -> None:
        self.frames.append(frame)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.fillRect(self.boundingRect(), QColor("#ff00ff"))


def test_an_annotation_is_painted_and_told_of_every_frame_while_it_is_shown(qtbot: QtBot) -> None:
    writer = synthetic_ring(200, half_width=10)
    view = HeatmapView()
    qtbot.addWidget(view)
    view.resize(500, 300)
    blot = _Blot()
    view.add_annotation(blot)
    with qtbot.waitExposed(view):
        view.show()
    view.set_source(writer.ring)
    view.tick()
    assert blot.frames[-1].ring is writer.ring
    assert blot.frames[-1].viewport == view.viewport()
    assert view.grab().toImage().pixelColor(view.field_margins()[0] + 9, 290 - 40) == QColor("#ff00ff")
    blot.setVisible(False)
    n_frames = len(blot.frames)
    writer.write(1)
    view.tick()
    assert len(blot.frames) == n_frames
