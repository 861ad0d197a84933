"""How the chart is looked at: applies the user's choices to it, and remembers them."""

from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Final

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction

from vpdesk.display.layers import LAYERS
from vpdesk.display.scale import Scale
from vpdesk.ui.field.dot_size_dialog import DotSizeDialog
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.field.scale_editor import ScaleEditor
from vpdesk.ui.field.view_history import ViewHistory
from vpdesk.ui.parts.times import resolve_zone
from vpdesk.ui.parts.words import quantity_unit
from vpdesk.ui.preferences.instrument_settings import InstrumentKey, InstrumentSettings, with_instrument
from vpdesk.ui.preferences.settings import SettingsFile

_NO_INSTRUMENT: Final[InstrumentKey] = ("", "")
_EDITOR_GAP: Final = 32  # points from the corner of the field


class ChartChoices(QObject):
    """Carries choices from the actions to the chart and the settings.

    Signals
    -------
    zone_changed(tzinfo or None)
    scale_shown(str)
        The kind of the colour scale now in force.
    """

    zone_changed = Signal(object)
    scale_shown = Signal(str)

    def __init__(
        self, chart: HeatmapView, settings: SettingsFile, actions: dict[str, QAction], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._chart = chart
        self._settings = settings
        self._actions = actions
        self._instrument = _NO_INSTRUMENT
        self._scale_editor: ScaleEditor | None = None  # made when first asked for
        self.zone: tzinfo | None = UTC
        self.history = ViewHistory(chart)
        chart.scale_changed.connect(self._on_chart_scale_changed)
        chart.scale_edit_requested.connect(self.edit_scale)
        chart.following_changed.connect(self._show_following)

    def apply(self) -> None:
        """Bring the chart and the actions to what the settings say."""
        chosen = self._settings.preferences
        for name in (f"layer_{chosen.layer}", f"axis_{chosen.price_axis}", f"zone_{chosen.time_zone}"):
            self._actions[name].trigger()
        self._actions["dim_by_age"].setChecked(chosen.dims_by_age)
        self._chart.set_age_dimming(chosen.dims_by_age)
        for name in ("bid_ask", "spot", "last", "trades"):
            self._actions[f"overlay_{name}"].setChecked(name in chosen.overlays)
        self._chart.set_overlays(chosen.overlays)
        self.follow(True)

    def set_instrument(self, symbol: str, dataset: str) -> None:
        """Take up what is remembered of an instrument."""
        self.remember_zoom()
        self._close_scale_editor()
        former, self._instrument = self._instrument, (dataset, symbol)
        self.history.clear()
        self._chart.set_quantity_unit(quantity_unit(dataset))
        its = self._its_settings()
        self._chart.set_scales(its.scales)
        self._chart.set_least_dot_size(its.least_dot_size)
        if self._instrument != former:
            self._chart.set_zoom_pt(its.zoom_pt)
        self.follow(True)
        self.show_zone(self._settings.preferences.time_zone)

    def remember_zoom(self) -> None:
        """Keep the zoom for the instrument shown."""
        self._remember(zoom_pt=self._chart.zoom_pt())

    def show_layer(self, name: str) -> None:
        """Show another value of the field."""
        self._close_scale_editor()
        self._settings.prefer(layer=name)
        self._chart.set_layer(name)
        self._show_scale(self._chart.scale())

    def show_price_axis(self, name: str) -> None:
        """Show absolute prices, or distances from the spot."""
        self._settings.prefer(price_axis=name)
        self._chart.set_price_axis(name)

    def show_scale(self, kind: str) -> None:
        """Colour by another transform, fitted to what is in view."""
        self._chart.fit_scale(kind)

    def fit_scale(self) -> None:
        """Fit the colours to what is in view."""
        self._chart.fit_scale()

    @Slot()
    def edit_scale(self) -> None:
        """Ask for the colour range in numbers, beside the colour bar."""
        if self._scale_editor is None:
            self._scale_editor = ScaleEditor(self._chart.window())
            self._scale_editor.scale_edited.connect(self._chart.set_scale)
            self._scale_editor.fit_requested.connect(self._on_fit_requested)
        layer = LAYERS[self._settings.preferences.layer]
        unit = layer.unit.format(quantity=quantity_unit(self._instrument[0]))
        # over the oldest columns: what is new stays in sight
        corner = QPoint(self._chart.field_margins()[0] + _EDITOR_GAP, _EDITOR_GAP)
        self._scale_editor.move(self._chart.mapToGlobal(corner))
        self._scale_editor.edit(layer, unit, self._chart.scale())

    def dim_by_age(self, is_dimming: bool) -> None:
        """Dim what has not been touched for long."""
        self._settings.prefer(dims_by_age=is_dimming)
        self._chart.set_age_dimming(is_dimming)

    def show_overlay(self, name: str, is_shown: bool) -> None:
        """Draw an overlay, or not."""
        overlays = self._settings.preferences.overlays
        overlays = overlays | {name} if is_shown else overlays - {name}
        self._settings.prefer(overlays=overlays)
        self._chart.set_overlays(overlays)

    def ask_for_dot_size(self) -> None:
        """Ask for the smallest trade that is drawn, and show at once what it would mean."""
        former = self._its_settings().least_dot_size
        dialog = DotSizeDialog(former, quantity_unit(self._instrument[0]), self._chart.window())
        dialog.intValueChanged.connect(self._chart.set_least_dot_size)
        dialog.intValueSelected.connect(self._on_dot_size_selected)
        dialog.rejected.connect(lambda: self._chart.set_least_dot_size(former))
        dialog.open()

    def show_zone(self, name: str) -> None:
        """Show times in another zone."""
        self._settings.prefer(time_zone=name)
        self.zone = resolve_zone(name, self._instrument[0])
        self._chart.set_time_zone(self.zone)
        self.zone_changed.emit(self.zone)

    def follow(self, is_following: bool) -> None:
        """Keep the newest column in view, or stay."""
        self._chart.set_following(is_following)
        self._show_following(is_following)

    def zoom(self, factors: tuple[float, float]) -> None:
        """Enlarge by factors along time and price."""
        self._chart.zoom(*factors)

    def pan(self, shares: tuple[float, float]) -> None:
        """Look further right and up, by shares of the view."""
        self._chart.pan(*shares)

    def _its_settings(self) -> InstrumentSettings:
        return self._settings.preferences.instruments.get(self._instrument, InstrumentSettings())

    def _remember(self, **changes: object) -> None:
        """Keep something of the instrument shown, unless there is none."""
        if self._instrument != _NO_INSTRUMENT:
            its = replace(self._its_settings(), **changes)  # type: ignore[arg-type]
            known = self._settings.preferences.instruments
            self._settings.prefer(instruments=with_instrument(known, self._instrument, its))

    def _close_scale_editor(self) -> None:
        if self._scale_editor is not None and self._scale_editor.isVisible():
            self._scale_editor.accept()

    def _show_scale(self, scale: Scale) -> None:
        self._actions[f"scale_{scale.kind}"].setChecked(True)
        self.scale_shown.emit(scale.kind)

    @Slot(bool)
    def _show_following(self, is_following: bool) -> None:
        action = self._actions["follow"]
        action.setChecked(is_following)
        action.setIconText("Following" if is_following else "Free")

    @Slot(object)
    def _on_chart_scale_changed(self, scale: Scale) -> None:
        self._show_scale(scale)
        if self._chart.is_scale_settled():
            self._remember(scales={**self._its_settings().scales, self._settings.preferences.layer: scale})

    @Slot(int)
    def _on_dot_size_selected(self, size: int) -> None:
        self._chart.set_least_dot_size(size)
        self._remember(least_dot_size=size)

    @Slot()
    def _on_fit_requested(self) -> None:
        self._chart.fit_scale()
        if self._scale_editor is not None:
            self._scale_editor.show_scale(self._chart.scale())
