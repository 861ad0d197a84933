from vpdesk.runtime.commands import Pause, Play, SeekEvent, SeekTime, ShowHistory, Step
from vpdesk.runtime.inbox import Inbox, without_overtaken


def test_of_seeks_in_a_row_the_last_one_wins() -> None:
    wishes = [SeekTime(1), SeekTime(2), SeekEvent(3), Play(), SeekTime(4), Pause(), SeekTime(5)]
    assert without_overtaken(wishes) == [SeekEvent(3), Play(), SeekTime(4), Pause(), SeekTime(5)]


def test_equal_steps_are_joined_and_others_stay_apart() -> None:
    steps = [Step("event", 1), Step("event", 1), Step("event", -1), Step("trade", -1), Step("trade", -2)]
    assert without_overtaken(steps) == [Step("event", 2), Step("event", -1), Step("trade", -3)]


def test_of_wishes_for_history_the_last_one_counts() -> None:
    assert without_overtaken([ShowHistory(5), ShowHistory(9)]) == [ShowHistory(9)]


def test_a_batch_holds_what_has_come_in_order() -> None:
    inbox = Inbox()
    assert inbox.take(0.0) == []
    inbox.put(Play())
    inbox.put(SeekEvent(7))
    inbox.put(SeekEvent(8))
    assert inbox.take(1.0) == [Play(), SeekEvent(8)]
    assert inbox.take(0.0) == []
