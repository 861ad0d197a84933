"""Arrangements of the window under names: those that come with the program, and the user's own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu

from vpdesk.ui.chart.chart_panels import ChartPanels
from vpdesk.ui.parts.name_dialog import name_dialog
from vpdesk.ui.preferences.arrangement import MAX_ARRANGEMENTS, MAX_NAME, Arrangement
from vpdesk.ui.preferences.settings import SettingsFile
from vpdesk.ui.preferences.window_place import bring_docks_into_view

_TWO_SIDES_PT: Final = 1500  # a window this wide has room for docks at either side of the chart


@dataclass(frozen=True)
class BuiltIn:
    """An arrangement that comes with the program: what it shows beside the chart."""

    title: str
    tip: str
    has_ladder: bool = False
    has_strips: bool = False
    docks: tuple[str, ...] = ()


BUILT_IN: Final[Mapping[str, BuiltIn]] = {
    "everything": BuiltIn(
        "Everything",
        "Chart, ladder, strips, inspector and direction",
        has_ladder=True,
        has_strips=True,
        docks=("inspector_dock", "direction_dock"),
    ),
    "chart": BuiltIn("Chart only", "The chart and nothing beside it"),
    "chart_ladder": BuiltIn("Chart and ladder", "The chart with the price ladder", has_ladder=True),
    "study": BuiltIn(
        "Study",
        "The chart with strips, inspector and direction",
        has_strips=True,
        docks=("inspector_dock", "direction_dock"),
    ),
}


class Layouts(QObject):
    """Arranges the window, and keeps arrangements under names.

    Parameters
    ----------
    window
        Its docks and toolbar are arranged.
    panels
        Ladder and strips.
    menu
        Offers the user's own arrangements at its end.

    Signals
    -------
    noticed(str)
        A sentence for the user.
    done(str)
        A sentence on what was done; it need not stay.
    changed()
        There are other names to choose from.
    """

    noticed = Signal(str)
    done = Signal(str)
    changed = Signal()

    def __init__(self, window: QMainWindow, panels: ChartPanels, settings: SettingsFile, menu: QMenu) -> None:
        super().__init__(window)
        self._window = window
        self._panels = panels
        self._settings = settings
        self._menu = menu
        self._separator = menu.addSeparator()
        self.own_actions: list[QAction] = []
        self._list_own()

    def names(self) -> tuple[str, ...]:
        """Return the names of the user's own arrangements."""
        return tuple(self._settings.preferences.arrangements)

    def show_built_in(self, name: str) -> None:
        """Arrange the window as one of `BUILT_IN`."""
        plan = BUILT_IN[name]
        self._arrange(
            Arrangement(ladder="yes" if plan.has_ladder else "no", strips="yes" if plan.has_strips else "no")
        )
        for dock in self._window.findChildren(QDockWidget):
            dock.setFloating(False)
            dock.setVisible(dock.objectName() in plan.docks)
        self._place_docks([self._dock(name) for name in plan.docks])

    def show_own(self, name: str) -> None:
        """Arrange the window as it was when the user gave that a name."""
        arrangement = self._settings.preferences.arrangements[name]
        self._arrange(arrangement)
        if not self._window.restoreState(QByteArray(arrangement.window_state)):
            self.noticed.emit(f"Of the layout {name} only ladder and strips could be read.")
        bring_docks_into_view(self._window)

    def save(self, name: str) -> None:
        """Keep the arrangement as it is now, in place of one of this name."""
        name = name.strip()
        own = dict(self._settings.preferences.arrangements)
        trouble = self._trouble_with(name)
        if trouble:
            self.noticed.emit(trouble)
            return
        former = own.get(name)
        own[name] = self._current()
        self._keep(own)
        if former is None:
            self.done.emit(f"The layout was saved as {name}; it is in the menu Window, Layouts.")
        else:
            self.done.emit(f"The layout {name} was replaced by the arrangement as it is now.")

    def rename(self, former: str, name: str) -> str:
        """Give an arrangement another name; return a sentence if that cannot be, else ""."""
        name = name.strip()
        own = self._settings.preferences.arrangements
        if name == former:
            return ""
        trouble = f"There is a layout {name} already." if name in own else self._trouble_with(name)
        if not trouble:
            self._keep({name if one == former else one: its for one, its in own.items()})
        return trouble

    def delete(self, name: str) -> None:
        """Forget an arrangement."""
        self._keep({one: its for one, its in self._settings.preferences.arrangements.items() if one != name})

    def ask_for_name(self) -> None:
        """Let the user name the arrangement as it is now; does not wait."""
        dialog = name_dialog("Save this layout", "Name (one of your own is replaced):", self._window)
        if self.names():
            dialog.setComboBoxItems(list(self.names()))
            dialog.setComboBoxEditable(True)
        dialog.textValueSelected.connect(self.save)
        dialog.open()

    # --- inside ------------------------------------------------------------------------------------

    def _dock(self, name: str) -> QDockWidget:
        dock = self._window.findChild(QDockWidget, name)
        assert dock is not None
        return dock

    def _place_docks(self, docks: list[QDockWidget]) -> None:
        """Put the first at the right, others at the left where there is room, or else behind the first."""
        if not docks:
            return
        right, *others = docks
        self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, right)
        for dock in others:
            if self._window.width() >= _TWO_SIDES_PT:
                self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
            else:
                self._window.tabifyDockWidget(right, dock)
        right.raise_()

    def _arrange(self, arrangement: Arrangement) -> None:
        """Arrange all but the docks."""
        changes = arrangement.as_dict()
        del changes["window_state"]
        self._settings.prefer(**changes)
        self._panels.apply()

    def _current(self) -> Arrangement:
        return replace(
            self._settings.preferences.arrangement(),
            window_state=bytes(self._window.saveState().data()),
            ladder="no" if self._panels.ladder.isHidden() else "yes",  # not "auto": as it is seen
            strips="no" if self._panels.strips.isHidden() else "yes",
        )

    def _trouble_with(self, name: str) -> str:
        """Return a sentence if an arrangement cannot be kept under this name, else ""."""
        own = self._settings.preferences.arrangements
        if not 0 < len(name) <= MAX_NAME:
            return f"A layout's name has 1 to {MAX_NAME} letters."
        if name.lower() in {plan.title.lower() for plan in BUILT_IN.values()}:
            return f"{name} comes with the program; choose another name."
        if name not in own and len(own) >= MAX_ARRANGEMENTS:
            return f"There are {MAX_ARRANGEMENTS} layouts already; delete one first."
        return ""

    def _keep(self, own: Mapping[str, Arrangement]) -> None:
        self._settings.prefer(arrangements=own)
        self._list_own()
        self.changed.emit()

    def _list_own(self) -> None:
        for action in self.own_actions:
            self._menu.removeAction(action)
            action.deleteLater()
        self.own_actions = []
        for name in self.names():
            action = QAction(name.replace("&", "&&"), self._window)
            action.setData(name)
            action.setToolTip("Arrange the window as it was when this was saved")
            action.triggered.connect(partial(self.show_own, name))
            self._menu.addAction(action)
            self.own_actions.append(action)
        self._separator.setVisible(bool(self.own_actions))
