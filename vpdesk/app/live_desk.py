"""The live side of the running program: from the live dialog to a session in the window."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Slot

from vpdesk.app import live
from vpdesk.app.jobs import Job, Work
from vpdesk.errors import VpdeskError
from vpdesk.runtime.live_session import LiveSession
from vpdesk.sources.api_key import ENVIRONMENT_VARIABLE, ApiKey, ApiKeyError, find_api_key, store_api_key
from vpdesk.sources.feed import LiveRequest
from vpdesk.ui.dialogs.live_dialog import LiveChoice, LiveDialog, PracticeChoice
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.preferences.settings import SettingsFile

Open = Callable[[Work, Any], None]
Show = Callable[[LiveSession, live.PracticeGateway | None], None]


class LiveDesk(QObject):
    """Opens the live dialog and does what it asks for, each wait on a thread of its own.

    Parameters
    ----------
    window, settings
        The window that asks, and where the dialog's last contents are kept.
    open_with
        Does work that ends in a session, and calls a slot with it.
    show_session
        Takes the running session and what it listens to, to be closed after it.
    """

    def __init__(
        self, window: MainWindow, settings: SettingsFile, open_with: Open, show_session: Show
    ) -> None:
        super().__init__()
        self._window = window
        self._settings = settings
        self._open_with = open_with
        self._show_session = show_session
        self._job: Job | None = None
        self.dialog: LiveDialog | None = None
        window.live_requested.connect(self.open_dialog)

    @Slot()
    def open_dialog(self) -> None:
        """Ask what to connect to."""
        dialog = LiveDialog(self._settings.preferences.live, ApiKey, live.read_start, self._window)
        self.dialog = dialog
        dialog.connect_requested.connect(self._on_connect_requested)
        dialog.practice_requested.connect(self._on_practice_requested)
        dialog.test_requested.connect(self._on_test_requested)
        dialog.finished.connect(self._on_dialog_finished)
        self._start(lambda *_: _key_origin(), self._on_key_origin)
        dialog.open()

    def connect_to(self, wish: live.LiveWish) -> None:
        """Connect without asking, with the key that is found."""
        self._open_with(
            lambda *_: _Started(live.start_session(wish, live.key_for(wish.request))), self._on_connected
        )

    def cancel(self) -> None:
        """Give up what the dialog is waiting for."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _start(self, work: Work, done: Any) -> None:
        self.cancel()
        self._job = Job(work, "vpdesk-live-dialog", self)
        self._job.done.connect(done)
        self._job.failed.connect(self._on_test_failed)
        self._job.start()

    @Slot(object)
    def _on_key_origin(self, origin: str) -> None:
        if self.dialog is not None:
            self.dialog.show_key_origin(origin)

    @Slot(object)
    def _on_test_requested(self, choice: LiveChoice) -> None:
        request = request_for(choice)
        self._start(
            lambda _tell, is_cancelled: live.try_login(request, _key_of(choice, request), is_cancelled),
            self._on_test_passed,
        )

    @Slot(object)
    def _on_test_passed(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.show_test_result(True, sentence)

    @Slot(str)
    def _on_test_failed(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.show_test_result(False, sentence)

    @Slot(object)
    def _on_connect_requested(self, choice: LiveChoice) -> None:
        self._open_with(lambda *_: _connect(choice), self._on_connected)

    @Slot(object)
    def _on_connected(self, started: "_Started") -> None:
        self._show_session(started.session, None)
        if started.remark:
            self._window.show_notice(started.remark)

    @Slot(object)
    def _on_practice_requested(self, choice: PracticeChoice) -> None:
        self._open_with(lambda *_: live.PracticeGateway(choice.path, choice.speed), self._on_practice_ready)

    @Slot(object)
    def _on_practice_ready(self, gateway: live.PracticeGateway) -> None:
        self._show_session(gateway.start_session(), gateway)

    @Slot()
    def _on_dialog_finished(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            self.cancel()
            self._settings.prefer(live=dialog.last_used())
            dialog.deleteLater()


@dataclass(frozen=True)
class _Started:
    """A session that runs, and what the user should know of how it came about."""

    session: LiveSession
    remark: str = ""

    def close(self) -> None:
        """End the session: nobody wanted to see it any more."""
        self.session.close()


def request_for(choice: LiveChoice) -> LiveRequest:
    """Return the subscription that the dialog describes."""
    return LiveRequest(
        choice.dataset,
        choice.symbols,
        choice.stype_in,
        snapshot=choice.start == "snapshot",
        start_ns=choice.start_ns,
    )


def _key_origin() -> str:
    """Return where a key is, a key of `KEY_ORIGINS`. May wait for the system's key store."""
    try:
        find_api_key()
    except ApiKeyError:
        return ""
    return "environment" if os.environ.get(ENVIRONMENT_VARIABLE) else "key store"


def _key_of(choice: LiveChoice, request: LiveRequest) -> ApiKey:
    return ApiKey(choice.key) if choice.key else live.key_for(request)


def _connect(choice: LiveChoice) -> _Started:
    """Keep the key if that is wished, and start; a key store that refuses is no reason not to connect."""
    request = request_for(choice)
    key = _key_of(choice, request)
    remark = ""
    if choice.is_key_kept:
        try:
            store_api_key(key)
        except VpdeskError as error:
            remark = str(error)
    return _Started(live.start_session(live.LiveWish(request, choice.tick_size), key), remark)
