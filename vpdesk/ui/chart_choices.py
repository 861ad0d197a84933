"""How the chart is looked at: applies the user's choices to it, and remembers them."""

from datetime import UTC, tzinfo
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication

from vpdesk.display.scale import Scale
from vpdesk.ui.heatmap import HeatmapView
from vpdesk.ui.settings import SettingsFile
from vpdesk.ui.times import resolve_zone
from vpdesk.ui.view_history import ViewHistory
from vpdesk.ui.words import quantity_unit

_MAX_SCALES: Final = 500  # remembered; the oldest are dropped


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
        self._symbol = ""
        self._dataset = ""
        self._restored: set[str] = set()
        self.zone: tzinfo | None = UTC
        self.history = ViewHistory(chart)
        chart.scale_changed.connect(self._on_chart_scale_changed)
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
        self._symbol, self._dataset = symbol, dataset
        self._restored.clear()
        self.history.clear()
        self._chart.set_quantity_unit(quantity_unit(dataset))
        self._restore_scale()
        self.show_zone(self._settings.preferences.time_zone)

    def show_layer(self, name: str) -> None:
        """Show another value of the field."""
        self._settings.prefer(layer=name)
        self._chart.set_layer(name)
        self._restore_scale()
        self._show_scale(self._chart.scale())

    def show_price_axis(self, name: str) -> None:
        """Show absolute prices, or distances from the spot."""
        self._settings.prefer(price_axis=name)
        self._chart.set_price_axis(name)

    def show_scale(self, kind: str) -> None:
        """Colour by another transform."""
        self._chart.set_scale(kind, None)
        self._remember_scale(self._chart.scale())

    def fit_scale(self) -> None:
        """Fit the colours to what is in view."""
        self._chart.fit_scale()
        self._remember_scale(self._chart.scale())

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

    def show_zone(self, name: str) -> None:
        """Show times in another zone."""
        self._settings.prefer(time_zone=name)
        self.zone = resolve_zone(name, self._dataset)
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

    def _restore_scale(self) -> None:
        """Take up the scale remembered for this instrument and layer, once per session."""
        layer = self._settings.preferences.layer
        remembered = self._settings.preferences.scales.get((self._symbol, layer))
        if remembered is not None and layer not in self._restored:
            self._chart.set_scale(remembered.kind, (remembered.low, remembered.high))
        self._restored.add(layer)

    def _remember_scale(self, scale: Scale) -> None:
        if self._symbol:
            key = (self._symbol, self._settings.preferences.layer)
            others = {k: v for k, v in self._settings.preferences.scales.items() if k != key}
            newest = list((others | {key: scale}).items())[-_MAX_SCALES:]
            self._settings.prefer(scales=dict(newest))

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
        # a hand on the colour bar; what the chart fits by itself is fitted anew next time
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._remember_scale(scale)
