"""What must be right before Qt is imported, and what to say when it is not."""

import ctypes
import importlib
import logging
import os
import sys
from typing import Final

from vpdesk.errors import VpdeskError

# What Qt links to and no wheel carries, on Debian and Ubuntu.
QT_PACKAGES: Final = (
    "libegl1 libgl1 libdbus-1-3 libfontconfig1 libglib2.0-0 libxkbcommon0 "
    "libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
)


def has_display() -> bool:
    """Whether a window could be shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    if os.environ.get("QT_QPA_PLATFORM"):
        return True  # the user chose; Qt will say if it cannot
    if os.environ.get("WAYLAND_DISPLAY"):
        return True
    return bool(os.environ.get("DISPLAY")) and _x11_answers()


def _x11_answers() -> bool:
    """Whether the X server named by DISPLAY can be reached; where it cannot, Qt ends the process."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # check_qt says what is missing
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    has_failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not has_failed


def draw_off_screen() -> None:
    """Have Qt draw without a display; call before Qt is imported."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def log_qt_messages() -> None:
    """Have Qt talk to the log, but for its last words before it ends the process; call once Qt is there."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }

    def log(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        logging.getLogger("qt").log(levels.get(kind, logging.ERROR), "%s", message)
        if kind is QtMsgType.QtFatalMsg:
            sys.stderr.write(f"vpdesk: {message}\n")

    qInstallMessageHandler(log)


def check_qt() -> None:
    """Make sure that Qt's libraries are there.

    Raises
    ------
    VpdeskError
        Some are not; the message holds the line that installs them.
    """
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        raise VpdeskError(
            f"Qt cannot start, because a system library is missing ({error}). On Debian or Ubuntu: "
            f"sudo apt-get install -y {QT_PACKAGES}"
        ) from None
    if sys.platform == "linux" and not os.environ.get("QT_QPA_PLATFORM") and os.environ.get("DISPLAY"):
        _check_x11()


def _check_x11() -> None:
    """Qt ends the process, blaming one library, when any of those for X11 windows is missing."""
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    from pathlib import Path

    import PySide6

    plugin = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    if not plugin.exists():
        return
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        raise VpdeskError(
            f"Qt cannot open a window, because a system library is missing ({error}). On Debian or "
            f"Ubuntu: sudo apt-get install -y {QT_PACKAGES}"
        ) from None
