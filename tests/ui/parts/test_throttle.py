from pytestqt.qtbot import QtBot

from vpdesk.ui.parts.throttle import Throttle


def test_the_first_wish_passes_at_once_and_the_last_one_wins(qtbot: QtBot) -> None:
    throttle = Throttle(20)
    seen: list[object] = []
    throttle.due.connect(seen.append)
    for wish in range(1, 100):
        throttle.wish(wish)
    assert seen == [1]
    qtbot.waitUntil(lambda: seen == [1, 99])


def test_a_cancelled_wish_is_never_passed_on(qtbot: QtBot) -> None:
    throttle = Throttle(10)
    seen: list[object] = []
    throttle.due.connect(seen.append)
    throttle.wish("first")
    throttle.wish("dropped")
    throttle.cancel()
    throttle.wish("last")
    throttle.wish("waits")
    qtbot.waitUntil(lambda: "waits" in seen)
    assert seen == ["first", "last", "waits"]
