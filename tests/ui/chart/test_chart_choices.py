"""Choices for one instrument are found again, and leave another one alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QSpinBox
from pytestqt.qtbot import QtBot

from tests.fakes.session import REPLAY, FakeSession
from tests.ui.opening import open_window
from vpdesk.core.ring import GridRing
from vpdesk.display.layers import LAYERS
from vpdesk.display.scale import Scale
from vpdesk.display.synthetic import synthetic_ring
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.preferences.settings import SettingsFile

ODD = Scale("asinh", -1 / 3, 71.234567891, 0.0123456789, is_signed=True)


@pytest.fixture(scope="module")
def ring() -> GridRing:
    return synthetic_ring(1200, half_width=20).ring


class _Windows:
    """Opens one window after the other on the same settings."""

    def __init__(self, qtbot: QtBot, path: Path, ring: GridRing) -> None:
        self._qtbot, self._path, self._ring = qtbot, path, ring
        self.window: MainWindow

    def open(self) -> MainWindow:
        self.window = open_window(self._qtbot, SettingsFile(self._path))
        self.show("ESM4")
        return self.window

    def show(self, symbol: str) -> None:
        session = FakeSession(replace(REPLAY, symbol=symbol))
        session.ring = self._ring
        self.window.set_session(session)
        self.window.chart.tick()


@pytest.fixture
def windows(qtbot: QtBot, tmp_path: Path, ring: GridRing) -> _Windows:
    return _Windows(qtbot, tmp_path / "vpdesk.ini", ring)


def _tables(window: MainWindow) -> dict[str, bytes]:
    """Return the colour of every value in every layer, byte by byte."""
    tables = {}
    for name in LAYERS:
        window.actions_by_id[f"layer_{name}"].trigger()
        window.chart.tick()
        tables[name] = window.chart._table.tobytes()
    return tables


def test_a_restart_restores_exactly_the_same_colours(windows: _Windows) -> None:
    window = windows.open()
    window.chart.set_scale(ODD)
    window.actions_by_id["layer_depth"].trigger()
    window.chart.fit_scale("log")
    before = _tables(window)
    window.close()
    again = windows.open()
    assert _tables(again) == before
    again.actions_by_id["layer_net"].trigger()
    assert again.chart.scale() == ODD


def test_a_range_the_chart_found_by_itself_is_held_too(windows: _Windows) -> None:
    before = _tables(windows.open())
    windows.window.close()
    window = windows.open()
    window.chart.pan(0.0, 0.5)  # something else is in view
    assert _tables(window) == before


def test_another_instrument_keeps_its_own_scale_and_zoom(windows: _Windows) -> None:
    window = windows.open()
    usual = window.chart.viewport()
    window.chart.set_scale(ODD)
    window.chart.zoom(2.5, 1.5)
    zoomed = window.chart.viewport()
    windows.show("NQM4")
    assert window.chart.scale() != ODD
    assert window.chart.viewport().px_per_column == usual.px_per_column
    windows.show("ESM4")
    assert window.chart.scale() == ODD
    again = window.chart.viewport()
    assert (again.px_per_column, again.px_per_row) == (zoomed.px_per_column, zoomed.px_per_row)


def test_the_zoom_survives_a_restart_and_a_double_click_on_an_axis_drops_it(windows: _Windows) -> None:
    window = windows.open()
    usual = window.chart.viewport()
    window.chart.zoom(3.0, 2.0)
    zoomed = window.chart.viewport()
    window.close()
    window = windows.open()
    again = window.chart.viewport()
    assert (again.px_per_column, again.px_per_row) == (zoomed.px_per_column, zoomed.px_per_row)
    window.chart.set_zoom_pt(None)
    window.chart.tick()
    assert window.chart.viewport().px_per_column == usual.px_per_column
    window.close()
    assert windows.open().chart.viewport().px_per_column == usual.px_per_column


def test_taste_is_the_same_for_every_instrument(windows: _Windows) -> None:
    window = windows.open()
    for name in ("layer_pressure", "axis_spot", "dim_by_age", "overlay_spot"):
        window.actions_by_id[name].trigger()
    windows.show("NQM4")
    chosen = window._settings.preferences
    assert (window.chart.layer, chosen.price_axis, chosen.dims_by_age) == ("pressure", "spot", True)
    assert "spot" in chosen.overlays


def test_the_range_typed_is_seen_at_once_kept_by_enter_and_dropped_by_escape(
    windows: _Windows, qtbot: QtBot
) -> None:
    window = windows.open()
    former, table = window.chart.scale(), window.chart._table.copy()
    window.actions_by_id["edit_scale"].trigger()
    editor = window.choices._scale_editor
    assert editor is not None
    qtbot.waitUntil(editor.isActiveWindow)
    editor.fields["high"].edit.setText("12.5")
    assert window.chart.scale().high == 12.5
    assert not np.array_equal(window.chart._table, table)
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert window.chart.scale() == former
    window.actions_by_id["edit_scale"].trigger()
    editor.fields["high"].edit.setText("12.5")
    qtbot.keyClick(editor.fields["high"].edit, Qt.Key.Key_Return)
    assert window._settings.preferences.instruments["GLBX.MDP3", "ESM4"].scales["net"].high == 12.5


def test_another_layer_closes_the_window_for_the_range(windows: _Windows) -> None:
    window = windows.open()
    window.actions_by_id["edit_scale"].trigger()
    window.actions_by_id["layer_depth"].trigger()
    assert window.choices._scale_editor is not None
    assert not window.choices._scale_editor.isVisible()


def test_the_arrow_keys_belong_to_the_colour_bar_while_it_has_the_focus(
    windows: _Windows, qtbot: QtBot
) -> None:
    window = windows.open()
    bar, former, view = window.chart._bar, window.chart.scale(), window.chart.viewport()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    bar.setFocus()
    qtbot.keyClick(bar, Qt.Key.Key_Up)
    assert window.chart.scale().high > former.high
    assert window.chart.viewport() == view
    qtbot.keyClick(bar, Qt.Key.Key_Return)
    assert window.choices._scale_editor is not None
    assert window.choices._scale_editor.isVisible()


def test_the_smallest_trade_drawn_belongs_to_the_instrument(windows: _Windows, qtbot: QtBot) -> None:
    window = windows.open()
    window.actions_by_id["least_dot_size"].trigger()
    dialog = window.findChild(QInputDialog)
    dialog.findChild(QSpinBox).setValue(25)
    assert window.chart._marks.least_dot_size == 25  # seen while it is typed
    dialog.accept()
    windows.show("NQM4")
    assert window.chart._marks.least_dot_size == 0
    windows.show("ESM4")
    assert window.chart._marks.least_dot_size == 25


def test_the_smallest_trade_drawn_is_as_before_after_escape(windows: _Windows, qtbot: QtBot) -> None:
    window = windows.open()
    window.choices._on_dot_size_selected(3)
    window.actions_by_id["least_dot_size"].trigger()
    dialog = window.findChild(QInputDialog)
    dialog.findChild(QSpinBox).setValue(25)
    dialog.reject()
    assert window.chart._marks.least_dot_size == 3
    assert window._settings.preferences.instruments["GLBX.MDP3", "ESM4"].least_dot_size == 3


def test_another_session_is_followed_whatever_was_looked_at_before(windows: _Windows) -> None:
    window = windows.open()
    window.chart.pan(-0.5)
    assert not window.chart.is_following
    windows.show("NQM4")
    assert window.chart.is_following
