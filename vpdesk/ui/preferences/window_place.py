"""Where the window and its docks are: put back where they were, and always where they can be seen."""

from typing import Final

from PySide6.QtCore import QByteArray, QRect, QSize
from PySide6.QtGui import QGuiApplication, QRegion
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStyle, QWidget

from vpdesk.ui.preferences.settings import SettingsFile

DEFAULT_SIZE: Final = QSize(1600, 940)


def restore_place(window: QMainWindow, settings: SettingsFile) -> None:
    """Put the window and its docks where they were. Thread: UI."""
    chosen = settings.preferences
    if chosen.geometry and window.restoreGeometry(QByteArray(chosen.geometry)):
        bring_into_view(window)
    else:
        # no position is asked for: only the desktop can choose one whose title bar is on the screen
        window.resize(DEFAULT_SIZE.boundedTo(screen_areas()[0].size()))
    if chosen.window_state:
        window.restoreState(QByteArray(chosen.window_state))
    bring_docks_into_view(window)


def show_in_place(window: QMainWindow, settings: SettingsFile) -> None:
    """Show the window where it was; the first time where the desktop puts it, and all of it. Thread: UI."""
    needed = DEFAULT_SIZE + _border(window)
    if settings.preferences.geometry or needed == needed.boundedTo(screen_areas()[0].size()):
        window.show()
    else:
        window.showMaximized()
    for dock in window.findChildren(QDockWidget):
        if dock.isFloating() and dock.isVisible():
            dock.raise_()  # it was shown first, and some desktops put the window over it


def remember_place(window: QMainWindow, settings: SettingsFile) -> None:
    """Keep where the window and its docks are. Thread: UI."""
    settings.prefer(
        geometry=bytes(window.saveGeometry().data()), window_state=bytes(window.saveState().data())
    )


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


def bring_into_view(window: QWidget) -> None:
    """Move a window of its own, and shrink it if need be, until the screens show it whole. Thread: UI."""
    if window.isMaximized() or window.isFullScreen():
        return
    border = _border(window)
    frame = QRect(window.pos(), window.size() + border)
    place = fitted(frame, screen_areas())
    if place != frame:
        window.resize(place.size() - border)
        window.move(place.topLeft())


def bring_docks_into_view(window: QMainWindow) -> None:
    """Bring docks that float where no screen is back into view. Thread: UI."""
    for dock in window.findChildren(QDockWidget):
        if dock.isFloating():
            bring_into_view(dock)


def _border(window: QWidget) -> QSize:
    if not window.isVisible():  # it has no frame yet: count on one as the style would draw it
        return QSize(2, window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight))
    return window.frameGeometry().size() - window.size()


def _union(areas: list[QRect]) -> QRegion:
    region = QRegion()
    for area in areas:
        region = region.united(area)
    return region


def _n_points(rect: QRect) -> int:
    return max(rect.width(), 0) * max(rect.height(), 0)
