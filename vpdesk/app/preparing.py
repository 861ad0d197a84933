"""The first start on a machine compiles kernels: the window says so as long as it lasts."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Slot

from vpdesk.app.jobs import Work
from vpdesk.display.warm_up import warm_up as warm_up_display
from vpdesk.ui.parts.notices import NoticeBar

SAID_AFTER_S: Final = 1.5  # a later start has its kernels long before
LOOK_MS: Final = 250
SENTENCE: Final = (
    "Preparing for the first start on this machine: about half a minute, once after each update."
)

is_display_ready: Final = threading.Event()


def after_display(work: Work) -> Work:
    """Return work that first sees to the display's kernels, so that no frame waits for a compiler."""

    def prepared(tell: Callable[[float], None], is_cancelled: Callable[[], bool]) -> Any:
        warm_up_display()
        is_display_ready.set()
        return work(tell, is_cancelled)

    return prepared


class PreparingNotice(QObject):
    """Says that kernels are compiled once it has taken a while, and takes the sentence back when it is over.

    Parameters
    ----------
    notices
        Where it says so.
    is_preparing
        Asked a few times a second after `watch`, until it returns False. Thread: UI.
    """

    def __init__(self, notices: NoticeBar, is_preparing: Callable[[], bool]) -> None:
        super().__init__(notices)
        self._notices = notices
        self._is_preparing = is_preparing
        self._since_s = 0.0
        self._is_said = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def watch(self) -> None:
        """Begin to look."""
        if not self._timer.isActive():
            self._since_s = monotonic()
            self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if not self._is_preparing():
            self._timer.stop()
            self._notices.withdraw(SENTENCE)
            self._is_said = False
        elif not self._is_said and monotonic() - self._since_s > SAID_AFTER_S:
            self._is_said = True  # once: who closes it has read it
            self._notices.show_notice(SENTENCE)
