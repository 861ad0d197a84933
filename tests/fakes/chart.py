"""A chart that only remembers what it was told."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from vpdesk.display.layers import LAYERS
from vpdesk.display.placement import FieldPlacement
from vpdesk.display.scale import Scale
from vpdesk.display.viewport import Viewport

REMEMBERED = frozenset(
    [
        "set_source",
        "set_price_axis",
        "set_age_dimming",
        "set_overlays",
        "set_least_dot_size",
        "set_quantity_unit",
        "set_theme",
        "set_time_zone",
        "fit",
        "zoom",
        "reset_zoom",
        "arm",
        "give_up",
        "look_for_pointer",
        "pan",
        "go_to_first",
        "go_to_newest",
        "mark_event",
        "set_pin",
        "set_way_back",
        "reading",
        "add_annotation",
        "refresh",
        "point_from_outside",
        "zoom_pt",
        "set_zoom_pt",
    ]
)


class FakeChart(QWidget):
    """Stands in for `vpdesk.ui.field.heatmap.HeatmapView`.

    ``told`` holds the last arguments by the names of `REMEMBERED`.
    """

    hovered = Signal(object)
    clicked = Signal(object)
    following_changed = Signal(bool)
    view_changed = Signal()
    scale_changed = Signal(object)
    tool_changed = Signal(object)
    menu_requested = Signal(object)
    scale_edit_requested = Signal()
    columns_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, tuple[object, ...]] = {}
        self.n_ticks = 0
        self.layer = "net"
        self.scales: dict[str, Scale] = {}
        self.is_settled = True
        self.is_following = True
        self.columns = (0, 99)
        self.view = Viewport(100, 100, 3.0, 8.0)
        self.axes: tuple[object, ...] = ("price",)

    def __getattr__(self, name: str) -> object:
        if name not in REMEMBERED:
            raise AttributeError(name)

        def remember(*args: object) -> None:
            self.told[name] = args

        return remember

    def set_layer(self, name: str) -> None:
        self.layer = name

    def colour_of(self, value: float) -> QColor:
        return QColor("red" if value < 0 else "blue")

    def set_scales(self, scales: Mapping[str, Scale]) -> None:
        self.scales = dict(scales)

    def set_scale(self, scale: Scale) -> None:
        self.scales[self.layer] = scale
        self.scale_changed.emit(scale)

    def fit_scale(self, kind: str | None = None) -> None:
        self.set_scale(Scale.of(kind or self.scale().kind, -7.0, 7.0, is_signed=True))

    def is_scale_settled(self) -> bool:
        return self.is_settled

    def scale(self) -> Scale:
        return self.scales.get(self.layer) or Scale.of(
            LAYERS[self.layer].transform, -1.0, 1.0, is_signed=True
        )

    def set_following(self, is_following: bool) -> None:
        if is_following != self.is_following:
            self.is_following = is_following
            self.following_changed.emit(is_following)

    def visible_columns(self) -> tuple[int, int]:
        return self.columns

    def axes_meaning(self) -> tuple[object, ...]:
        return self.axes

    def viewport(self) -> Viewport:
        return self.view

    def set_viewport(self, view: Viewport) -> None:
        self.view = view
        self.view_changed.emit()

    def placement(self) -> FieldPlacement:
        return FieldPlacement(self.view)

    def tick(self) -> bool:
        self.n_ticks += 1
        return True

    def picture(self, width_px: int, height_px: int) -> QImage:
        image = QImage(width_px, height_px, QImage.Format.Format_RGB32)
        image.fill(0)
        return image
