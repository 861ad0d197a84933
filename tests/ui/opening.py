"""Windows and charts for a test, of settings and a size of its own."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.chart import FakeChart
from vpdesk.core.ring import GridRing
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.preferences.settings import SettingsFile


def make_window(
    qtbot: QtBot, settings: SettingsFile, chart: HeatmapView | FakeChart | None = None
) -> MainWindow:
    """Return a window as the program makes it, not shown yet, around a real chart unless given another.

    It is closed at the end of the test, if it is still open.
    """
    window = MainWindow(HeatmapView() if chart is None else chart, settings)
    qtbot.addWidget(window)
    return window


def open_window(
    qtbot: QtBot,
    settings: SettingsFile,
    size: tuple[int, int] = (1280, 720),
    chart: HeatmapView | FakeChart | None = None,
) -> MainWindow:
    """Return a window of this size in points, on the screen."""
    window = make_window(qtbot, settings, chart)
    _show(qtbot, window, size)
    return window


def open_chart(qtbot: QtBot, ring: GridRing, size: tuple[int, int] = (640, 400)) -> HeatmapView:
    """Return a chart of this size in points, on the screen, with two frames of a ring painted.

    The second frame is the first one after the price axis has found its width.
    """
    view = HeatmapView()
    qtbot.addWidget(view)
    _show(qtbot, view, size)
    view.set_source(ring)
    view.tick()
    view.tick()
    return view


def _show(qtbot: QtBot, widget: QWidget, size: tuple[int, int]) -> None:
    widget.resize(*size)
    with qtbot.waitExposed(widget):
        widget.show()
