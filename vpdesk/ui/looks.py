"""Dark or light: dresses the application, and follows the system while the user wants that."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from vpdesk.ui.commands.action_table import ACTIONS
from vpdesk.ui.parts.icons import icon
from vpdesk.ui.parts.theme import Tones, apply_tones, resolve_tones
from vpdesk.ui.preferences.settings import SettingsFile


class Looks(QObject):
    """The theme in force.

    Signals
    -------
    tones_changed(Tones)
        What is drawn by hand must take these colours; widgets and the actions' icons have them.
    """

    tones_changed = Signal(object)

    def __init__(self, window: QWidget, settings: SettingsFile, actions: dict[str, QAction]) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._actions = actions
        system = QApplication.styleHints()
        self._following = system.colorSchemeChanged.connect(self._on_color_scheme_changed)

    def show_theme(self, name: str) -> None:
        """Dress the window in another of `THEMES`."""
        self._settings.prefer(theme=name)
        self._actions[f"theme_{name}"].setChecked(True)
        self._apply()

    def stop_following(self) -> None:
        """Leave the application as it is, whatever the system does: the window is closed."""
        QObject.disconnect(self._following)  # a window may be closed twice: that leaves nothing to do

    def swap_theme(self) -> None:
        """Swap dark and light."""
        self.show_theme("light" if self.tones().is_dark else "dark")

    def tones(self) -> Tones:
        """Return the colours in force."""
        return resolve_tones(self._settings.preferences.theme)

    def _apply(self) -> None:
        tones = self.tones()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_tones(app, tones)
        self._window.setWindowIcon(icon("app", tones.accent, tones.muted))
        for spec in ACTIONS:
            if spec.icon:
                self._actions[spec.id].setIcon(icon(spec.icon, tones.text, tones.line))
        self.tones_changed.emit(tones)

    @Slot()
    def _on_color_scheme_changed(self) -> None:
        if self._settings.preferences.theme == "system":
            self._apply()
