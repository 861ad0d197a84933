import logging

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from vpdesk.ui.parts.notices import MAX_NOTICES, DetailsDialog, NoticeBar


def _bar(qtbot: QtBot) -> NoticeBar:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    return bar


def test_a_repeated_sentence_is_counted_not_stacked(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    for _ in range(3):
        bar.show_notice("The file is cut short.")
    assert [(notice.text, notice.count) for notice in bar.notices] == [("The file is cut short.", 3)]
    assert bar.notices[0].times.text() == "3 times"


def test_a_passing_sentence_goes_by_itself_counted_from_its_last_time(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    bar.show_notice("The file is cut short.")
    bar.show_passing("The picture was saved.")
    passing = bar.notices[1].passing
    bar.show_passing("The picture was saved.")
    assert (bar.notices[1].count, bar.notices[1].passing) == (2, passing)
    assert not bar.notices[0].passing.isActive()
    passing.start(0)
    qtbot.waitUntil(lambda: [notice.text for notice in bar.notices] == ["The file is cut short."])


def test_the_trouble_of_a_session_is_one_sentence_and_goes_with_the_trouble(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    bar.show_notice("Cut short.")
    for trouble in ("The connection ended: a.", "The connection ended: a.", "The connection ended: b."):
        bar.follow_trouble(trouble)
    assert [(one.text, one.count) for one in bar.notices] == [
        ("Cut short.", 1),
        ("The connection ended: b.", 1),
    ]
    qtbot.mouseClick(bar.notices[1].close_button, Qt.MouseButton.LeftButton)
    bar.follow_trouble("The connection ended: b.")
    assert [one.text for one in bar.notices] == ["Cut short."], "closed is closed, while it lasts"
    bar.follow_trouble("")
    bar.follow_trouble("The connection ended: b.")
    bar.forget_session()
    assert [one.text for one in bar.notices] == ["Cut short."]
    bar.follow_trouble("The connection ended: b.")
    assert len(bar.notices) == 2


def test_only_the_newest_few_stay(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    for number in range(10):
        bar.show_notice(f"Notice {number}.")
    assert [notice.text for notice in bar.notices] == [f"Notice {number}." for number in range(10)][
        -MAX_NOTICES:
    ]


def test_the_button_closes_its_own_notice(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    bar.show_notice("One.")
    bar.show_notice("Two.")
    qtbot.mouseClick(bar.notices[0].close_button, Qt.MouseButton.LeftButton)
    assert [notice.text for notice in bar.notices] == ["Two."]
    bar.show_notice("One.")
    assert [(notice.text, notice.count) for notice in bar.notices] == [("Two.", 1), ("One.", 1)]


def test_details_are_shown_on_demand_where_there_are_any(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    bar.show()
    bar.show_notice("Saved.")
    bar.show_notice("The file cannot be read.", "builtins.OSError: [Errno 5] (in read, files.py:12)")
    plain, told = bar.notices
    assert not plain.details_button.isVisible()
    qtbot.mouseClick(told.details_button, Qt.MouseButton.LeftButton)
    dialog = bar.findChild(DetailsDialog)
    assert dialog.isVisible()
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == (
        "The file cannot be read.\n\nbuiltins.OSError: [Errno 5] (in read, files.py:12)"
    )


def test_the_details_of_a_repeated_notice_are_those_of_the_last_time(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    bar.show()
    for details in ("first", "second"):
        bar.show_notice("No connection.", details)
    (notice,) = bar.notices
    assert (notice.count, notice.details) == (2, "second")


def test_a_notice_is_logged_once(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    bar = _bar(qtbot)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            bar.show_notice("The file is cut short.")
    assert [record.getMessage() for record in caplog.records] == ["notice: The file is cut short."]
