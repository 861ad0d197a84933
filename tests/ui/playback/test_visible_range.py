"""The part in view on the overview: drawn there, moved and stretched by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.fakes.chart import FakeChart
from tests.fakes.session import PLAYING, FakeSession
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import BOOK_STATES, GridRing
from vpdesk.display.column_times import time_of_column
from vpdesk.runtime.commands import SeekTime
from vpdesk.sources.simulator import simulate
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.playback.time_slider import TimeSlider

LEFT = Qt.MouseButton.LeftButton
SPAN_NS = (1_000 * 10**9, 2_000 * 10**9)


@pytest.fixture
def slider(qtbot: QtBot) -> TimeSlider:
    slider = TimeSlider()
    qtbot.addWidget(slider)
    slider.resize(1016, 40)  # a pixel for a second
    slider.set_span(*SPAN_NS)
    slider.set_visible_range((1_200 * 10**9, 1_500 * 10**9))
    slider.show()
    return slider


def drag(qtbot: QtBot, slider: TimeSlider, from_x: int, to_x: int, y: int = 8) -> list[tuple[float, float]]:
    """Drag by hand; return the ranges asked for, in seconds."""
    asked: list[tuple[float, float]] = []
    slider.range_dragged.connect(lambda start_ns, end_ns: asked.append((start_ns / 1e9, end_ns / 1e9)))
    qtbot.mousePress(slider, LEFT, pos=QPoint(from_x, y))
    qtbot.mouseMove(slider, QPoint(to_x, y))
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(to_x, y))
    return asked


@pytest.mark.parametrize(
    ("from_x", "to_x", "asked"),
    [
        (358, 458, (1_300, 1_600)),  # the middle moves it
        (358, 58, (900, 1_200)),
        (208, 108, (1_100, 1_500)),  # the left edge stretches it
        (508, 608, (1_200, 1_600)),  # and the right one
        (358, 1_500, (1_700, 2_000)),  # no further than the session
    ],
)
def test_a_hand_on_the_range_moves_or_stretches_it(
    qtbot: QtBot, slider: TimeSlider, from_x: int, to_x: int, asked: tuple[float, float]
) -> None:
    with qtbot.assertNotEmitted(slider.pressed), qtbot.assertNotEmitted(slider.released):
        assert drag(qtbot, slider, from_x, to_x)[-1] == pytest.approx(asked, abs=0.2)


@pytest.mark.parametrize("to_x", [900, 508])
def test_an_edge_never_passes_the_other(qtbot: QtBot, slider: TimeSlider, to_x: int) -> None:
    start_s, end_s = drag(qtbot, slider, 208, to_x)[-1]
    assert start_s < end_s


@pytest.mark.parametrize(("x", "y"), [(700, 8), (358, 30)])
def test_elsewhere_a_press_is_a_jump(qtbot: QtBot, slider: TimeSlider, x: int, y: int) -> None:
    with qtbot.waitSignal(slider.released, timeout=1000):
        assert drag(qtbot, slider, x, x, y) == []


def test_the_range_is_painted(slider: TimeSlider) -> None:
    def column(x: int) -> int:
        return slider.grab().toImage().pixel(x, 8)

    inside, outside = column(358), column(700)
    assert inside != outside
    slider.set_visible_range(None)
    assert column(358) == outside


def test_where_the_book_is_not_whole_the_overview_is_underlined_and_says_so(slider: TimeSlider) -> None:
    def overview(state: str) -> SimpleNamespace:
        book_state = np.full(100, BOOK_STATES.index("valid"))
        book_state[50:60] = BOOK_STATES.index(state)
        return SimpleNamespace(
            start_ns=SPAN_NS[0],
            end_ns=SPAN_NS[1],
            spot_tick=np.full(100, np.nan),
            n_events=np.ones(100, np.int64),
            book_state=book_state,
        )

    def foot(x: int) -> int:
        return slider.grab().toImage().pixel(x, round(slider._foot_px) + 1)

    slider.set_visible_range(None)
    seen = set()
    for state in ("valid", "partial", "suspect"):
        slider.set_overview(overview(state))
        seen.add(foot(8 + 550))
        assert (foot(8 + 550) == foot(8 + 700)) == (state == "valid")
        words = slider._book_words(SPAN_NS[0] + 550 * 10**9)
        assert words == ("" if state == "valid" else f"  book {state}")
    assert len(seen) == 3


def filled_ring(column_ns: int = 10_000_000, ticks_per_bucket: int = 1) -> GridRing:
    ring = GridRing(8, 1024, column_ns=column_ns)
    params = EngineParams(250_000_000, half_width=8, ticks_per_bucket=ticks_per_bucket)
    Engine(params).feed(np.concatenate(list(simulate(3.0, seed=3))), ring)
    return ring


@pytest.fixture
def replayed(window: MainWindow, qtbot: QtBot) -> FakeSession:
    session = FakeSession()
    session.ring = filled_ring()
    newest_ns = time_of_column(session.ring, session.ring.span().newest)
    assert newest_ns is not None
    session.status = replace(
        PLAYING, start_ns=newest_ns - 100 * 10**9, end_ns=newest_ns + 100 * 10**9, clock_ns=newest_ns
    )
    window.set_session(session)
    qtbot.waitUntil(lambda: window.transport._status is session.status)
    return session


def test_within_the_columns_the_view_goes_there_and_stops_following(
    window: MainWindow, replayed: FakeSession, chart: FakeChart
) -> None:
    span = replayed.ring.span()
    times = [time_of_column(replayed.ring, span.newest - back) for back in (150, 50)]
    window.transport.slider.range_dragged.emit(*times)
    left, right = chart.view.x_range
    assert right == pytest.approx(span.newest - 50, abs=1)
    assert right - left == pytest.approx(100, abs=3)
    assert not chart.is_following
    assert not any(isinstance(one, SeekTime) for one in replayed.sent)


def test_beyond_the_columns_the_session_goes_there_and_is_followed(
    window: MainWindow, replayed: FakeSession, chart: FakeChart
) -> None:
    chart.set_following(False)
    start_ns = replayed.status.start_ns
    window.transport.slider.range_dragged.emit(start_ns, start_ns + 10**9)
    assert replayed.sent[-1] == SeekTime(start_ns + 10**9)
    assert chart.is_following


def test_other_columns_and_buckets_show_the_same_times_and_prices(
    window: MainWindow, replayed: FakeSession, chart: FakeChart, qtbot: QtBot
) -> None:
    span = replayed.ring.span()
    chart.set_following(False)
    chart.set_viewport(chart.view.showing((span.newest - 100, span.newest), (0.0, 60.0)))
    qtbot.waitUntil(lambda: chart.n_ticks > 3)
    first_ns, last_ns = (time_of_column(replayed.ring, column) for column in chart.view.x_range)
    low, high = chart.view.y_range
    replayed.ring = filled_ring(column_ns=20_000_000, ticks_per_bucket=3)
    qtbot.waitUntil(lambda: chart.view.y_range[1] < high / 2)
    columns = chart.view.x_range
    assert time_of_column(replayed.ring, columns[0]) == pytest.approx(first_ns, abs=60_000_000)
    assert time_of_column(replayed.ring, columns[1]) == pytest.approx(last_ns, abs=60_000_000)
    assert sum(chart.view.y_range) / 2 * 3 == pytest.approx((low + high) / 2, abs=3)


def test_a_skipped_silence_and_the_index_are_said(
    window: MainWindow, replayed: FakeSession, qtbot: QtBot
) -> None:
    note = window.transport.note_label
    replayed.report(index_progress=0.4)
    qtbot.waitUntil(lambda: note.text() == "indexing 40%")
    replayed.report(n_silences=1, silence_s=3725.0)
    qtbot.waitUntil(lambda: note.text() == "skipped 1 h 02 min without events")
    replayed.report(index_progress=None)
    qtbot.waitUntil(lambda: window.transport._status is replayed.status)
    assert note.text().startswith("skipped")
    window.transport._silence_timer.stop()
    window.transport._silence_timer.timeout.emit()
    assert note.text() == ""
