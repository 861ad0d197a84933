from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vpdesk.ui.notices import MAX_NOTICES, NoticeBar


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
