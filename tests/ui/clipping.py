"""Finds text that its widget has no room for, in every state of the window worth looking at.

Run as a program it says so for one pixel density, which the environment sets before Qt starts.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QDockWidget,
    QLabel,
    QScrollArea,
    QTabBar,
    QToolBar,
    QToolButton,
    QWidget,
)

from tests.fakes.session import LIVE, PLAYING, REPLAY, FakeSession
from vpdesk.display.synthetic import synthetic_ring
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.parts.recent_files import RecentFile
from vpdesk.ui.preferences.settings import SettingsFile

DIALOGS = (
    *("edit_scale", "alert_new", "layout_save", "layout_manage"),
    *("explain", "shortcuts", "change_shortcuts", "anomalies", "about"),
)
LOOKS = (("dark", (1280, 720)), ("light", (3840, 2160)))
LONG = "A name of a file or an instrument that goes on for much longer than anyone would expect.mbo.dbn.zst"


def clipped(window: QWidget) -> list[str]:
    """Return what in a window is cut off, each as the widget's class and text."""
    found = []
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QLabel | QAbstractButton | QTabBar) and widget.isVisible() and _text(widget):
            if widget.visibleRegion().isEmpty() or _scrolls(widget, window):
                continue  # behind another tab, or to be scrolled to
            trouble = _lack_of_room(widget) or _beyond_the_edge(widget, window)
            if trouble:
                found.append(f"{type(widget).__name__} {_text(widget)[:50]!r}: {trouble}")
    found += [
        f"{type(area).__name__}: {area.widget().width()} wide in {area.viewport().width()}"
        for area in window.findChildren(QScrollArea)
        if area.isVisible() and area.widget().width() > area.viewport().width()
    ]
    for bar in window.findChildren(QToolBar):
        overflow = bar.findChild(QToolButton, "qt_toolbar_ext_button")
        if overflow is not None and overflow.isVisible():
            found.append(f"{bar.objectName()}: not everything fits")
    return found


def _text(widget: QWidget) -> str:
    if isinstance(widget, QTabBar):
        return " | ".join(widget.tabText(index) for index in range(widget.count()))
    return widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""


def _scrolls(widget: QWidget, window: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def _lack_of_room(widget: QWidget) -> str:
    wanted, given = widget.sizeHint(), widget.size()
    if isinstance(widget, QLabel) and widget.wordWrap():
        height = widget.heightForWidth(given.width())
        return f"{height} high in {given.height()}" if height > given.height() else ""
    if wanted.width() > given.width():
        return f"{wanted.width()} wide in {given.width()}"
    return f"{wanted.height()} high in {given.height()}" if wanted.height() > given.height() + 2 else ""


def _beyond_the_edge(widget: QWidget, window: QWidget) -> str:
    corner = widget.mapTo(window, QPoint(0, 0))
    is_inside = window.rect().contains(widget.rect().translated(corner))
    return "" if is_inside else f"at {corner.x()}, {corner.y()}, beyond the edge"


def _states(window: MainWindow) -> Iterator[tuple[str, Callable[[], object]]]:
    """Return what to look at, in order, each with how to get there."""
    long = replace(REPLAY, title=LONG, symbol=LONG, notice=f"{LONG} {LONG} {LONG}")
    yield "welcome", lambda: _welcome(window)
    yield "replay", lambda: _show(window, FakeSession())
    yield "long names", lambda: _show(window, FakeSession(long, replace(PLAYING, source=LONG, message=LONG)))
    yield "live", lambda: _show(window, FakeSession(LIVE))
    yield "replay again", lambda: _show(window, FakeSession())
    yield "with a cell pinned", lambda: _inspect(window)
    for name in ("with the palette", "without the palette"):
        yield name, window.actions_by_id["palette"].trigger
    for dock in window.findChildren(QDockWidget):
        yield f"with {dock.windowTitle()}", dock.show
    for dock in window.findChildren(QDockWidget):
        yield f"with all, {dock.windowTitle()} in front", dock.raise_


def _welcome(window: MainWindow) -> None:
    files = (RecentFile(__file__, "ESM4", "2024-05-08"), RecentFile(f"/missing/{LONG}", LONG, LONG))
    window._settings.prefer(recent_files=files)
    window.set_session(None)


def _inspect(window: MainWindow) -> None:
    window.chart.refresh()
    window.inspect_cell()


def _show(window: MainWindow, session: FakeSession) -> None:
    session.ring = synthetic_ring(300).ring
    window.set_session(session)


def _settle(app: QApplication) -> None:
    for _ in range(4):
        app.processEvents()


def _look(app: QApplication, window: MainWindow, size: tuple[int, int]) -> Iterator[str]:
    """Go through every state; return what is cut off."""
    for name, enter in _states(window):
        enter()
        _settle(app)
        if (window.width(), window.height()) != size:
            yield f"{name}: grew to {window.width()}x{window.height()}"
            window.resize(*size)
        yield from (f"{name}: {line}" for line in clipped(window))
    for name in DIALOGS:
        window.actions_by_id[name].trigger()
        _settle(app)
        for dialog in app.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                yield from (f"{name}: {line}" for line in clipped(dialog))
                least = dialog.minimumSizeHint().expandedTo(dialog.minimumSize())
                if least.width() > size[0] or least.height() > size[1]:
                    yield f"{name}: needs {least.width()}x{least.height()}"
                dialog.close()
        _settle(app)


def main() -> None:
    """Print what is cut off, one line each."""
    app = QApplication([])
    with TemporaryDirectory() as folder:
        for theme, size in LOOKS:
            window = MainWindow(HeatmapView(), SettingsFile(Path(folder) / f"{theme}{size[0]}.ini"))
            window.actions_by_id[f"theme_{theme}"].trigger()
            window.resize(*size)
            window.show()
            for line in _look(app, window, size):
                print(f"{size[0]}x{size[1]} {theme} {line}")  # noqa: T201 - read by test_clipping.py
            window.close()


if __name__ == "__main__":
    main()
