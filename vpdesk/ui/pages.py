"""What fills the window: the session, or the start page."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from vpdesk.ui.dialogs.file_choices import FileChoices
from vpdesk.ui.preferences.settings import SettingsFile
from vpdesk.ui.welcome import WelcomePage


class Pages(QStackedWidget):
    """Shows one of the two. Every method is for the UI thread.

    Signals
    -------
    turned(bool)
        Whether the session is shown now.
    """

    turned = Signal(bool)

    def __init__(
        self, welcome: WelcomePage, session_page: QWidget, files: FileChoices, settings: SettingsFile
    ) -> None:
        super().__init__()
        self._welcome = welcome
        self._session_page = session_page
        self._files = files
        self._settings = settings
        self._has_session = False
        self.addWidget(welcome)
        self.addWidget(session_page)
        files.recent_changed.connect(self._show_recent)
        welcome.recent_chosen.connect(files.open_recent)
        welcome.recent_unwanted.connect(files.forget)
        welcome.back_requested.connect(self.show_session)

    @property
    def is_session_shown(self) -> bool:
        """Whether the session is shown, not the start page."""
        return self.currentWidget() is self._session_page

    def set_has_session(self, has_session: bool) -> None:
        """Show the session that came, or the start page where there is none."""
        self._has_session = has_session
        if has_session:
            self._turn(self._session_page)
        else:
            self.show_start()

    def show_start(self) -> None:
        """Show the ways to open something; the session goes on."""
        self._files.look_for_missing()
        self._show_recent()
        self._welcome.show_last_live(self._settings.preferences.live)
        self._turn(self._welcome)
        self._welcome.buttons[0].setFocus()

    @Slot()
    def show_session(self) -> None:
        """Show the session again, if there is one."""
        if self._has_session:
            self._turn(self._session_page)

    def choose_start(self, name: str) -> None:
        """Show one of `STARTS` when the program starts the next time."""
        self._settings.prefer(at_start=name)

    def _turn(self, page: QWidget) -> None:
        self._welcome.show_way_back(self._has_session)
        self.setCurrentWidget(page)
        self.turned.emit(self.is_session_shown)

    @Slot()
    def _show_recent(self) -> None:
        self._welcome.show_recent(self._files.recent(), self._files.missing)
