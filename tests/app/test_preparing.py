"""The sentence about the first start is there as long as it is true, and no longer."""

import pytest
from pytestqt.qtbot import QtBot

from vpdesk.app import preparing
from vpdesk.app.preparing import SENTENCE, PreparingNotice
from vpdesk.ui.parts.notices import NoticeBar


def texts(bar: NoticeBar) -> list[str]:
    return [notice.text for notice in bar.notices]


def test_it_is_said_after_a_while_and_taken_back_when_it_is_over(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "SAID_AFTER_S", 0.0)
    monkeypatch.setattr(preparing, "LOOK_MS", 1)
    bar = NoticeBar()
    qtbot.addWidget(bar)
    is_preparing = True
    notice = PreparingNotice(bar, lambda: is_preparing)
    bar.show_notice("The file is cut short.")
    notice.watch()
    qtbot.waitUntil(lambda: SENTENCE in texts(bar))
    notice.watch()  # another file is opened meanwhile
    is_preparing = False
    qtbot.waitUntil(lambda: texts(bar) == ["The file is cut short."])


def test_a_later_start_says_nothing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "LOOK_MS", 1)
    bar = NoticeBar()
    qtbot.addWidget(bar)
    looks: list[bool] = []
    PreparingNotice(bar, lambda: not looks and not looks.append(True)).watch()
    qtbot.waitUntil(lambda: bool(looks))
    qtbot.wait(20)
    assert not bar.notices
