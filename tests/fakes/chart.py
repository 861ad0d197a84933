"""A chart that only remembers what it was told."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget


class FakeChart(QWidget):
    """Stands in for `vpdesk.ui.heatmap.HeatmapView`; ``told`` holds the last arguments by method name."""

    hovered = Signal(object)
    clicked = Signal(object)
    following_changed = Signal(bool)
    view_changed = Signal()
    scale_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, tuple[object, ...]] = {}
        self.n_ticks = 0

    def __getattr__(self, name: str) -> object:
        if not name.startswith("set_") and name not in ("fit", "fit_scale"):
            raise AttributeError(name)

        def remember(*args: object) -> None:
            self.told[name] = args

        return remember

    def tick(self) -> None:
        self.n_ticks += 1
        self.update()

    def picture(self, width_px: int, height_px: int) -> QImage:
        image = QImage(width_px, height_px, QImage.Format.Format_RGB32)
        image.fill(0)
        return image
