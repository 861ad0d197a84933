import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from vpdesk.ui.dialogs import crash
from vpdesk.ui.dialogs.crash import CrashHooks, install_hooks


def _fail() -> None:
    raise ValueError("the cat walked over the keys")


def _raise_on_ui_thread() -> None:
    try:
        _fail()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)  # what Qt does for an exception in a slot


@pytest.fixture
def hooks(qtbot: QtBot) -> Iterator[CrashHooks]:
    window = QWidget()
    qtbot.addWidget(window)
    hooks = install_hooks(window)
    yield hooks
    hooks.uninstall()


def test_an_exception_is_shown_with_a_report_to_copy(hooks: CrashHooks, qtbot: QtBot) -> None:
    _raise_on_ui_thread()
    qtbot.waitUntil(hooks.dialog.isVisible)
    assert "ValueError: the cat walked over the keys" in hooks.dialog.summary.text()
    qtbot.mouseClick(hooks.dialog.copy_button, Qt.MouseButton.LeftButton)
    report = QGuiApplication.clipboard().text()
    assert "in _fail" in report
    assert "vpdesk" in report
    assert not hooks.dialog.isModal()


def test_an_exception_in_another_thread_is_shown_too(hooks: CrashHooks, qtbot: QtBot) -> None:
    thread = threading.Thread(target=_fail, name="engine")
    thread.start()
    thread.join()
    qtbot.waitUntil(hooks.dialog.isVisible)
    assert "thread: engine" in hooks.dialog.report.toPlainText()


def test_many_exceptions_make_one_dialog_with_a_count(hooks: CrashHooks, qtbot: QtBot) -> None:
    for _ in range(60):
        _raise_on_ui_thread()
    qtbot.waitUntil(lambda: hooks.dialog.n_faults == 60)
    assert "60 faults" in hooks.dialog.summary.text()


def test_a_fault_that_goes_on_is_not_shown_again_once_its_dialog_is_closed(
    hooks: CrashHooks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr(crash.time, "monotonic", lambda: now_s)
    dialog = hooks.dialog
    dialog.add("One", "report one")
    dialog.close()
    for _ in range(100):
        now_s += 0.9 * crash.GOES_ON_S
        dialog.add("One", "report one")
        assert not dialog.isVisible()
    dialog.add("Two", "report two")
    assert dialog.isVisible()  # another one is news
    assert "report one" not in dialog.report.toPlainText()
    dialog.close()
    now_s += 1.1 * crash.GOES_ON_S
    dialog.add("One", "report one")
    assert (dialog.isVisible(), dialog.n_faults) == (True, 1)  # it had ceased


def test_another_fault_adds_its_report_and_a_repeated_one_is_logged_once(
    hooks: CrashHooks, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        _raise_on_ui_thread()
    sys.excepthook(KeyError, KeyError("other"), None)
    qtbot.waitUntil(lambda: hooks.dialog.n_faults == 4)
    report = hooks.dialog.report.toPlainText()
    assert report.count("walked over the keys") == 2  # the line of code and the message, of one report
    assert "KeyError: 'other'" in report
    assert len(caplog.records) == 2


def test_an_interrupt_is_left_to_the_former_hook(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: seen.append(kind))
    window = QWidget()
    qtbot.addWidget(window)
    hooks = install_hooks(window)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    hooks.uninstall()
    assert seen == [KeyboardInterrupt]


def test_uninstalling_puts_the_former_hooks_back(qtbot: QtBot) -> None:
    former = (sys.excepthook, threading.excepthook)
    window = QWidget()
    qtbot.addWidget(window)
    hooks = install_hooks(window)
    assert sys.excepthook is not former[0]
    hooks.uninstall()
    assert (sys.excepthook, threading.excepthook) == former


def test_a_report_holds_no_value_that_a_function_had_in_hand(hooks: CrashHooks, qtbot: QtBot) -> None:
    def log_in(key: str) -> None:
        raise ConnectionError(f"refused after {len(key)} characters")

    try:
        log_in("db-ThisKeyMustNotBeShownAnywhere")
    except ConnectionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(hooks.dialog.isVisible)
    report = hooks.dialog.report.toPlainText()
    assert "refused after 32 characters" in report
    assert "in log_in" in report
    lines = [line for line in report.splitlines() if "log_in(" not in line]  # the test's own source line
    assert not any("MustNotBeShown" in line for line in lines)


def test_a_report_holds_no_key_even_where_a_message_does(hooks: CrashHooks, qtbot: QtBot) -> None:
    key = "db-" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O"
    sys.excepthook(ConnectionError, ConnectionError(f"refused {key}"), None)
    qtbot.waitUntil(hooks.dialog.isVisible)
    for text in (hooks.dialog.report.toPlainText(), hooks.dialog.summary.text()):
        assert "refused db-(hidden)" in text
        assert key not in text
