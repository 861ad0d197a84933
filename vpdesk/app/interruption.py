"""Ctrl+C, and being told to terminate, end a command in order: what it was writing is given up."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
AGAIN_S: Final = 1.0
_SENTENCE: Final = "vpdesk: The command was interrupted."


@contextlib.contextmanager
def ending_in_order() -> Iterator[None]:
    """End the block by an exception when a signal comes, then the process with a sentence and exit code 1.

    A part of the program that handles signals in another way does so from then on. Thread: main.
    """
    is_asked = threading.Event()

    def give_up(number: int, _: object) -> None:
        is_asked.set()
        # where a library called us, the exception may be lost: then there is another
        again = threading.Timer(AGAIN_S, _send_to_main, (number,))
        again.daemon = True
        again.start()
        sys.exit(_SENTENCE)

    for number in SIGNALS:
        signal.signal(number, give_up)
    try:
        yield
    except BaseException:
        if not is_asked.is_set():
            raise
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        sys.exit(_SENTENCE)  # whatever a library made of the exception


def _send_to_main(number: int) -> None:
    """Send a signal to the main thread, so that it is heard also where that waits for the system."""
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        signal.raise_signal(number)
    else:
        signal.pthread_kill(main, number)
