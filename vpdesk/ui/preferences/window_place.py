"""Where the window and its docks are: put back where they were, and always where they can be seen."""

from typing import Final

from PySide6.QtCore import QByteArray, QMargins, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QRegion
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStyle, QWidget

from vpdesk.ui.preferences.settings import SettingsFile

DEFAULT_SIZE: Final = QSize(1600, 940)

_STATES: Final = {
    "normal": Qt.WindowState.WindowNoState,
    "maximized": Qt.WindowState.WindowMaximized,
    "full_screen": Qt.WindowState.WindowFullScreen,
}


def restore_place(window: QMainWindow, settings: SettingsFile) -> None:
    """Put the window and its docks where they were. Thread: UI.

    Qt's own way would move a window at the top of a screen down by the height of a title bar.
    """
    chosen = settings.preferences
    # no frame at all is what Wayland tells; a title bar at the next desktop must have room
    margins = QMargins(*chosen.frame_pt) if any(chosen.frame_pt) else _frame(window)
    if chosen.place_pt:
        window.setGeometry(QRect(*chosen.place_pt))
        bring_into_view(window, margins if chosen.extent == "normal" else QMargins())
        window.setWindowState(_STATES[chosen.extent])
    else:
        # no position is asked for: only the desktop can choose one whose title bar is on the screen
        window.resize(DEFAULT_SIZE.boundedTo(screen_areas()[0].size()))
    if chosen.window_state:
        window.restoreState(QByteArray(chosen.window_state))
    bring_docks_into_view(window, margins)


def show_in_place(window: QMainWindow, settings: SettingsFile) -> None:
    """Show the window where it was; the first time where the desktop puts it, and all of it. Thread: UI."""
    needed = DEFAULT_SIZE.grownBy(_frame(window))
    if settings.preferences.place_pt or needed == needed.boundedTo(screen_areas()[0].size()):
        window.show()
    else:
        window.showMaximized()
    for dock in window.findChildren(QDockWidget):
        if dock.isFloating() and dock.isVisible():
            # it was shown before the window, and some desktops put that over it; on Wayland it stays below
            # as long as it does not belong to the window, which it only does when shown after it
            dock.hide()
            dock.show()
            dock.raise_()
    window.activateWindow()  # a dock that was shown last may have taken the keys


def remember_place(window: QMainWindow, settings: SettingsFile, normal: QRect) -> None:
    """Keep where the window and its docks are; ``normal`` is its place while not maximized. Thread: UI."""
    settings.prefer(
        place_pt=(normal.x(), normal.y(), normal.width(), normal.height()),
        extent=_extent(window),
        window_state=bytes(window.saveState().data()),
    )
    if window.isVisible() and not _fills_screen(window):
        frame = _frame(window)
        settings.prefer(frame_pt=(frame.left(), frame.top(), frame.right(), frame.bottom()))


def screen_areas() -> list[QRect]:
    """Return the part of each screen that windows may use, the main screen's first. Thread: UI."""
    main = QGuiApplication.primaryScreen()
    others = [screen for screen in QGuiApplication.screens() if screen is not main]
    return [screen.availableGeometry() for screen in (main, *others)]


def fitted(place: QRect, areas: list[QRect]) -> QRect:
    """Return the nearest place that the screens show whole.

    A place that is seen whole stays, also across screens. Any other goes to the screen that shows most of
    it, as large as it was, or as that screen allows.
    """
    if QRegion(place).subtracted(_union(areas)).isEmpty():
        return place
    area = max(areas, key=lambda one: _n_points(one.intersected(place)))
    size = place.size().boundedTo(area.size())
    left = min(max(place.left(), area.left()), area.right() + 1 - size.width())
    top = min(max(place.top(), area.top()), area.bottom() + 1 - size.height())
    return QRect(left, top, size.width(), size.height())


def bring_into_view(window: QWidget, margins: QMargins) -> None:
    """Move a window of its own, and shrink it if need be, until the screens show it whole. Thread: UI.

    ``margins`` is the frame that the desktop will draw around it, which is not known before it is shown.
    """
    if _fills_screen(window):
        return
    if window.isVisible():
        margins = _frame(window)
    frame = window.geometry().marginsAdded(margins)
    place = fitted(frame, screen_areas())
    if place != frame:
        window.setGeometry(place.marginsRemoved(margins))


def bring_docks_into_view(window: QMainWindow, margins: QMargins | None = None) -> None:
    """Bring docks that float where no screen is back into view; ``margins`` as above. Thread: UI."""
    for dock in window.findChildren(QDockWidget):
        if dock.isFloating():
            bring_into_view(dock, margins or _frame(window))


def _extent(window: QWidget) -> str:
    if window.isFullScreen():
        return "full_screen"
    return "maximized" if window.isMaximized() else "normal"


def _fills_screen(window: QWidget) -> bool:
    return _extent(window) != "normal"


def _frame(window: QWidget) -> QMargins:
    """Return the frame that is drawn around a window; while it is not shown, as the style would draw it."""
    if not window.isVisible():
        return QMargins(1, window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight), 1, 1)
    inner, outer = window.geometry(), window.frameGeometry()
    return QMargins(
        inner.left() - outer.left(),
        inner.top() - outer.top(),
        outer.right() - inner.right(),
        outer.bottom() - inner.bottom(),
    )


def _union(areas: list[QRect]) -> QRegion:
    region = QRegion()
    for area in areas:
        region = region.united(area)
    return region


def _n_points(rect: QRect) -> int:
    return max(rect.width(), 0) * max(rect.height(), 0)
