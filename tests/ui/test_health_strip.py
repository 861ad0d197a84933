from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.live import HEALTH, LIVE_STATUS
from tests.fakes.session import LIVE, PLAYING, REPLAY
from vpdesk.runtime.commands import SelectInstrument
from vpdesk.runtime.status import SessionState
from vpdesk.ui.health_strip import HealthStrip
from vpdesk.ui.parts.words import BOOK_STATES


@pytest.fixture
def strip(qtbot: QtBot) -> HealthStrip:
    strip = HealthStrip()
    qtbot.addWidget(strip)
    strip.resize(1280, 24)
    strip.show()
    return strip


def test_a_status_is_shown_in_words_and_figures(strip: HealthStrip) -> None:
    strip.show_status(PLAYING, REPLAY)
    strip.show_frame_rate(59.7)
    assert strip.state_label.text() == "Replay, playing at 10x"
    assert strip.source_label.full_text == PLAYING.source
    assert strip.event_label.text().split() == ["event", "1", "234", "567", "of", "9", "876", "543"]
    assert strip.rate_label.text() == "12.3k/s"
    assert strip.frames_label.text() == "60 frames/s"


def test_figures_that_change_all_the_time_never_move_their_neighbours(strip: HealthStrip) -> None:
    strip.show_status(PLAYING, REPLAY)
    for per_s in (*range(100), 0.5, 999, 1060, 9999, 12_345, 999_499, 88_800_000):
        strip.show_frame_rate(min(per_s, 99))
        strip.show_status(replace(PLAYING, events_per_s=per_s), REPLAY)
        for label in (strip.frames_label, strip.rate_label):
            assert label.sizeHint().width() <= label.minimumWidth(), label.text()


def test_a_file_that_is_still_being_read_says_that_there_is_more(strip: HealthStrip) -> None:
    strip.show_status(replace(PLAYING, is_complete=False), REPLAY)
    assert strip.event_label.text().endswith("543+")
    strip.show_status(PLAYING, LIVE)
    assert "of" not in strip.event_label.text()


@pytest.mark.parametrize("book_state", BOOK_STATES)
def test_the_book_badge_tells_by_word_and_tone(strip: HealthStrip, book_state: str) -> None:
    strip.show_status(replace(PLAYING, book_state=book_state), REPLAY)
    assert strip.book_badge.text() == f"book {book_state}"
    assert (strip.book_badge.property("tone"), strip.book_badge.toolTip()) == BOOK_STATES[book_state]


def test_progress_is_shown_only_while_there_is_work(strip: HealthStrip, qtbot: QtBot) -> None:
    strip.show_status(replace(PLAYING, progress=0.25, state=SessionState.SEEKING), REPLAY)
    assert strip.progress_bar.isVisible()
    assert strip.progress_bar.value() == strip.progress_bar.maximum() // 4
    with qtbot.waitSignal(strip.cancel_requested, timeout=1000):
        qtbot.mouseClick(strip.cancel_button, Qt.MouseButton.LeftButton)
    strip.show_status(PLAYING, REPLAY)
    assert not strip.progress_bar.isVisible()
    assert not strip.cancel_button.isVisible()


def test_a_new_status_neither_hides_nor_shows_what_stays_as_it_was(strip: HealthStrip) -> None:
    strip.show_status(PLAYING, REPLAY)
    turned: list[QObject] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
                turned.append(watched)
            return False

    watch = Watch()
    for part in strip.findChildren(QWidget):
        part.installEventFilter(watch)
    strip.show_status(replace(PLAYING, event_id=PLAYING.event_id + 1), REPLAY)
    assert turned == []
    strip.show_status(replace(PLAYING, progress=0.25), REPLAY)
    assert set(turned) == {strip.progress_bar, strip.cancel_button}


def test_anomalies_are_counted_and_can_be_asked_for(strip: HealthStrip, qtbot: QtBot) -> None:
    strip.show_status(replace(PLAYING, anomalies=(("unknown_cancel", 2), ("crossed_book", 1))), REPLAY)
    assert strip.anomaly_button.text() == "3 anomalies"
    with qtbot.waitSignal(strip.anomalies_requested, timeout=1000):
        qtbot.mouseClick(strip.anomaly_button, Qt.MouseButton.LeftButton)


def test_without_a_session_there_are_no_figures(strip: HealthStrip) -> None:
    strip.show_status(PLAYING, REPLAY)
    strip.show_nothing()
    assert strip.state_label.text() == "No session"
    assert not strip.event_label.isVisible()


def test_a_long_source_gives_way_and_is_whole_in_its_tip(strip: HealthStrip) -> None:
    name = "/a/very/long/path/" * 30 + "day.dbn.zst"
    strip.show_status(replace(PLAYING, source=name), REPLAY)
    strip.resize(1280, 24)
    assert strip.minimumSizeHint().width() < 1280
    assert strip.source_label.text() != name
    assert strip.source_label.toolTip() == name


# --- a live feed -----------------------------------------------------------------------------------------


def test_a_live_feed_shows_its_state_its_lag_and_its_queue(strip: HealthStrip) -> None:
    strip.show_status(LIVE_STATUS, LIVE)
    assert strip.state_label.text() == "Live"
    assert strip.lag_label.text() == "lag 12 ms"
    assert not strip.recording_label.isVisible()
    behind = replace(
        HEALTH, text="behind by 3.2 s: exact, but late", is_well=False, lag_s=3.21, queued_records=12_345
    )
    strip.show_status(replace(LIVE_STATUS, live=behind), LIVE)
    assert strip.state_label.text() == "Behind by 3.2 s: exact, but late"
    assert strip.state_label.property("tone") == "caution"
    assert strip.lag_label.text().startswith("lag 3.2 s, 12")


@pytest.mark.parametrize(
    ("quiet_s", "words"), [(2.9, "lag 12 ms"), (8.2, "nothing for 8 s"), (720.0, "nothing for 12 min")]
)
def test_a_feed_from_which_nothing_comes_does_not_boast_of_its_lag(
    strip: HealthStrip, quiet_s: float, words: str
) -> None:
    strip.show_status(replace(LIVE_STATUS, live=replace(HEALTH, quiet_s=quiet_s)), LIVE)
    assert strip.lag_label.text() == words
    assert strip.state_label.text() == "Live"


def test_why_a_feed_is_interrupted_stands_beside_its_name(strip: HealthStrip) -> None:
    broken = replace(HEALTH, text="reconnecting in 4 s", reason="the connection was cut", is_well=False)
    strip.show_status(replace(LIVE_STATUS, live=broken, book_state="stale"), LIVE)
    assert strip.state_label.text() == "Reconnecting in 4 s"
    assert strip.source_label.full_text == "ES.FUT GLBX.MDP3 live: the connection was cut"
    assert strip.book_badge.property("tone") == "bad"


def test_a_recording_is_a_badge_with_the_particulars_in_its_tip(strip: HealthStrip) -> None:
    words = "recording 12 records, 0.1 MB to day.dbn; it starts mid-book"
    recording = replace(HEALTH, is_recording=True, recording=words, recorded_bytes=123_456)
    strip.show_status(replace(LIVE_STATUS, live=recording), LIVE)
    assert (strip.recording_label.text(), strip.recording_label.property("tone")) == (
        "recording 0.1 MB",
        "bad",
    )
    assert words in strip.recording_label.toolTip()
    strip.show_status(replace(LIVE_STATUS, live=replace(recording, is_recording=False)), LIVE)
    assert (strip.recording_label.text(), strip.recording_label.property("tone")) == ("recorded 0.1 MB", "")


def test_instruments_of_a_feed_can_be_chosen_and_the_one_shown_is_selected(
    strip: HealthStrip, qtbot: QtBot
) -> None:
    strip.show_status(LIVE_STATUS, LIVE)
    assert [strip.instrument_box.itemText(i) for i in range(3)] == ["ESZ5", "ESH6", "ESM6"]
    assert strip.instrument_box.currentText() == "ESZ5"
    with qtbot.waitSignal(strip.instrument_chosen, timeout=1000) as chosen:
        qtbot.keyClick(strip.instrument_box, Qt.Key.Key_Down)
    assert chosen.args == [SelectInstrument(1, 22)]
    one_only = replace(HEALTH, instruments=HEALTH.instruments[:1])
    strip.show_status(replace(LIVE_STATUS, live=one_only), LIVE)
    assert not strip.instrument_box.isVisible()


def test_after_a_live_feed_a_replay_shows_nothing_of_it(strip: HealthStrip) -> None:
    strip.show_status(replace(LIVE_STATUS, live=replace(HEALTH, recording="recorded")), LIVE)
    strip.show_status(PLAYING, REPLAY)
    for widget in (strip.lag_label, strip.recording_label, strip.instrument_box):
        assert not widget.isVisible()
    assert strip.state_label.text().startswith("Replay")
