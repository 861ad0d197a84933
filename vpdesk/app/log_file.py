"""The log of the running program: a file that stays small, for whoever looks into a fault later.

It holds what was opened, how feeds fared, warnings, errors and crash reports. It never holds a key, nor
the values of variables. A program that cannot write it runs all the same. None of it goes to the terminal:
what users are told, they are told in sentences.
"""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile

from vpdesk import __version__
from vpdesk.errors import hide_keys
from vpdesk.paths import log_dir

MAX_BYTES: Final = 1_000_000
N_FORMER: Final = 3  # files kept beside the one in use
MAX_INSTANCES: Final = 8  # programs at a time that get a log

_log = logging.getLogger(__name__)


def start_log(folder: Path | None = None) -> Path | None:
    """Begin to write the log; return its path, None where none can be written.

    Every running program has a file of its own, for two of them cannot take turns at one: vpdesk.log, the
    next one vpdesk-2.log, and so on. Thread: UI, once.
    """
    folder = folder or log_dir()
    handler = _open_first_free(folder)
    if handler is None:
        _log.warning("no log can be written in %s", folder)
        return None
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_is_wanted)
    logging.getLogger().addHandler(handler)
    logging.getLogger("vpdesk").setLevel(logging.INFO)
    _log.info("vpdesk %s starts", __version__)
    return Path(handler.baseFilename)


class _LogFile(RotatingFileHandler):
    """Owns its file while the program runs; a full disk costs lines and nothing else."""

    def __init__(self, path: Path, lock: QLockFile) -> None:
        super().__init__(path, maxBytes=MAX_BYTES, backupCount=N_FORMER, encoding="utf-8", errors="replace")
        self._lock_file = lock

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's own name
        """Do without the line."""

    def close(self) -> None:
        """Close the file and leave it to others."""
        super().close()
        self._lock_file.unlock()


class _Formatter(logging.Formatter):
    """Leaves out anything that looks like a key, wherever in a message or a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        return hide_keys(super().format(record))


def _is_wanted(record: logging.LogRecord) -> bool:
    """Return whether a record belongs into the log: all of ours, and what troubles a library."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == "vpdesk"


def _open_first_free(folder: Path) -> _LogFile | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    for number in range(1, MAX_INSTANCES + 1):
        path = folder / ("vpdesk.log" if number == 1 else f"vpdesk-{number}.log")
        lock = QLockFile(f"{path}.lock")
        lock.setStaleLockTime(0)  # it is stale when its program is gone, however old
        if lock.tryLock(0):
            try:
                return _LogFile(path, lock)
            except OSError:
                lock.unlock()
    return None
