"""The chart with the ladder at its right and the strips below it, lined up with its pixels."""

from time import perf_counter
from typing import Final

from PySide6.QtCore import QPointF, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from vpdesk.core.grid import Grid
from vpdesk.core.ring import GridRing
from vpdesk.display.placement import FieldPlacement
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.panels.ladder import LadderView
from vpdesk.ui.panels.strips import STRIP_NAMES, StripPanel
from vpdesk.ui.parts import turns
from vpdesk.ui.parts.theme import Tones
from vpdesk.ui.preferences.settings import SettingsFile

# A window this wide shows ladder and strips unless the user chose otherwise: the field keeps most of it.
ROOMY_PT: Final = 1200
_LADDER_NEEDS_PT: Final = 800  # that docks leave: with less, ladder and field would both be too narrow
STRIP_INTERVAL_S: Final = 0.012  # one strip a frame, so that no frame paints them all

ZOOM_STEP: Final = 1.15  # per notch of the wheel over the ladder, as over the field

_LADDER_SHARE: Final = 0.3  # of the width at most, at first
_STRIPS_SHARE: Final = 0.32  # of the height at most, at first
_HANDLE_PT: Final = 3


class ChartPanels(QWidget):
    """Chart, ladder and strips. Every method is for the UI thread.

    Parameters
    ----------
    chart
        The field; taken over.
    settings, actions
        Where the choices are kept, and the actions that show them.
    """

    def __init__(
        self,
        chart: HeatmapView,
        settings: SettingsFile,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._chart = chart
        self._settings = settings
        self._actions = actions
        self.ladder = LadderView()
        self.strips = StripPanel()
        self._place = FieldPlacement(chart.viewport())
        self._grid: Grid | None = None
        self._ladder_due_s = 0.0
        self._strips_due_s = 0.0
        self._strips_pointer_pt: float | None = None
        self._beside = _splitter(Qt.Orientation.Horizontal, chart, self.ladder)
        self._below = _splitter(Qt.Orientation.Vertical, self._beside, self.strips)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._below)
        self.ladder.wheeled.connect(self._on_ladder_wheeled)
        self.ladder.dragged.connect(self._on_ladder_dragged)
        self.ladder.pointed.connect(self._on_ladder_pointed)
        self.ladder.columns_changed.connect(self._on_ladder_columns_changed)
        self.ladder.double_clicked.connect(self._on_ladder_double_clicked)
        self.strips.layout_changed.connect(self._on_strips_layout_changed)
        self.strips.pointed.connect(self._on_strips_pointed)
        self._beside.splitterMoved.connect(self._on_beside_moved)
        self._below.splitterMoved.connect(self._on_below_moved)

    # --- choices -----------------------------------------------------------------------------------

    def apply(self) -> None:
        """Arrange everything as the settings say."""
        self.strips.set_layout(self._settings.preferences.strip_layout)
        self.ladder.set_hidden(self._settings.preferences.ladder_hidden)
        self._show_panels()
        self._show_layout()

    def show_ladder(self, is_shown: bool) -> None:
        """Show the ladder, or hide it, whatever the window's width."""
        self._settings.prefer(ladder="yes" if is_shown else "no")
        self._show_panels()

    def show_strips(self, is_shown: bool) -> None:
        """Show the strips, or hide them, whatever the window's width."""
        self._settings.prefer(strips="yes" if is_shown else "no")
        self._show_panels()

    def show_strip(self, name: str, is_shown: bool) -> None:
        """Show one strip, or hide it; hiding the last one hides them all."""
        hidden = self.strips.strip_layout().hidden
        if not is_shown and hidden | {name} >= set(STRIP_NAMES):
            self.show_strips(False)
            self._show_layout()
            return
        self.strips.show_strip(name, is_shown)
        if is_shown:
            self.show_strips(True)

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self.ladder.set_tones(tones)
        self.strips.set_tones(tones)

    def set_quantity_unit(self, unit: str) -> None:
        """Name the unit of quantity: "contracts", "shares"."""
        self.strips.set_quantity_unit(unit)

    # --- frames ------------------------------------------------------------------------------------

    def refresh(self, ring: GridRing | None, grid: Grid | None) -> None:
        """Show what is new beside the field; call it after every frame of the field.

        What only follows the data is shown some 15 times a second; what must keep its place beside the
        field follows the view in the same frame.
        """
        former, place = self._place, self._chart.placement()
        self._place = place
        now_s = perf_counter()
        if self.ladder.isVisible() or ring is None:
            self._refresh_ladder(ring, grid, _heights(former) != _heights(place), now_s)
        if self.strips.isVisible() or ring is None:
            self._refresh_strips(ring, _columns(former) != _columns(place), now_s)

    def _refresh_ladder(self, ring: GridRing | None, grid: Grid | None, is_moved: bool, now_s: float) -> None:
        if ring is None or grid is None:
            if self.ladder.rows is not None:
                self.ladder.show_nothing()
            return
        if is_moved or now_s >= self._ladder_due_s:
            self._ladder_due_s = turns.next_turn_s(turns.LADDER, now_s)
            self.ladder.show_grid(ring, grid, self._place)
        if self._place.pointer_pt is not None or not self.ladder.underMouse():
            at = self._place.pointer_pt
            self.ladder.point_at(None if at is None else at[1])

    def _refresh_strips(self, ring: GridRing | None, is_moved: bool, now_s: float) -> None:
        if is_moved or ring is None:
            self.strips.show_ring(ring, self._place)
        elif now_s >= self._strips_due_s:
            self._strips_due_s = now_s + STRIP_INTERVAL_S
            self.strips.show_ring(ring, self._place, only_next=True)
        at = self._place.pointer_pt
        self.strips.set_cursor(self._strips_pointer_pt if at is None else at[0])

    # --- inside ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        self._show_panels()

    def _show_panels(self) -> None:
        chosen = self._settings.preferences
        is_roomy = self.window().width() >= ROOMY_PT
        for panel, choice, action, has_room in (
            (self.ladder, chosen.ladder, "show_ladder", is_roomy and self.width() >= _LADDER_NEEDS_PT),
            (self.strips, chosen.strips, "show_strips", is_roomy),
        ):
            is_shown = choice == "yes" or (choice == "auto" and has_room)
            self._actions[action].setChecked(is_shown)
            if panel.isHidden() == is_shown:
                panel.setVisible(is_shown)
        self._size_panels()

    def _size_panels(self) -> None:
        """Give ladder and strips what the user gave them, or their usual sizes, if that leaves room."""
        chosen = self._settings.preferences
        width, height = self._below.width(), self._below.height()
        ladder = chosen.ladder_width or min(self.ladder.sizeHint().width(), round(width * _LADDER_SHARE))
        strips = chosen.strips_height or min(self.strips.sizeHint().height(), round(height * _STRIPS_SHARE))
        ladder, strips = min(ladder, width // 2), min(strips, round(height * 0.6))
        self._beside.setSizes([width - ladder - _HANDLE_PT, ladder])
        self._below.setSizes([height - strips - _HANDLE_PT, strips])

    def _show_layout(self) -> None:
        hidden = self.strips.strip_layout().hidden
        for name in STRIP_NAMES:
            self._actions[f"strip_{name}"].setChecked(name not in hidden)

    @Slot(float, float)
    def _on_ladder_wheeled(self, y_pt: float, steps: float) -> None:
        self._chart.zoom(1.0, ZOOM_STEP**steps, QPointF(0.0, y_pt))

    @Slot(float)
    def _on_ladder_dragged(self, y_pt: float) -> None:
        place = self._place
        self._chart.pan(0.0, y_pt * place.density / place.viewport.height_px)

    @Slot()
    def _on_ladder_double_clicked(self) -> None:
        self._chart.set_following(True)

    @Slot()
    def _on_ladder_columns_changed(self) -> None:
        self._settings.prefer(ladder_hidden=self.ladder.hidden)

    @Slot()
    def _on_strips_layout_changed(self) -> None:
        self._settings.prefer(strip_layout=self.strips.strip_layout())
        self._show_layout()

    @Slot(object)
    def _on_strips_pointed(self, x_pt: float | None) -> None:
        self._strips_pointer_pt = x_pt
        self.strips.set_cursor(x_pt)
        self._chart.point_from_outside(x_pt, None)

    @Slot(object)
    def _on_ladder_pointed(self, y_pt: float | None) -> None:
        self._chart.point_from_outside(None, y_pt)

    @Slot()
    def _on_beside_moved(self) -> None:
        self._settings.prefer(ladder_width=self.ladder.width())

    @Slot()
    def _on_below_moved(self) -> None:
        self._settings.prefer(strips_height=self.strips.height())


def _splitter(orientation: Qt.Orientation, main: QWidget, extra: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(_HANDLE_PT)
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(main)
    splitter.addWidget(extra)
    splitter.setStretchFactor(0, 1)
    splitter.setStretchFactor(1, 0)
    return splitter


def _heights(place: FieldPlacement) -> tuple[object, ...]:
    """Return all that decides where a row of the field is."""
    view = place.viewport
    return view.px_per_row, view.bottom_px, view.height_px, place.density, place.base_bucket


def _columns(place: FieldPlacement) -> tuple[object, ...]:
    """Return all that decides where a column of the field is, but for the scrolling."""
    view = place.viewport
    return view.px_per_column, view.width_px, place.density, place.left_pt
