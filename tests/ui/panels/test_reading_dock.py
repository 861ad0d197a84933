"""The directional reading: which moment it shows, and that its numbers are the engine's."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from tests.ui.markets import MarketSession, simulated_records
from tests.ui.opening import make_window, open_window
from vpdesk.core.ring import COLUMN_GAP, H_FLAGS, H_START_NS
from vpdesk.display.k_profile import read_profile
from vpdesk.display.text import time_text
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.panels.drive_gauge import DriveGauge, drive_text, sum_text
from vpdesk.ui.preferences.settings import SettingsFile

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def market() -> NDArray[np.void]:
    return simulated_records(20.0)


@pytest.fixture
def session(market: NDArray[np.void]) -> MarketSession:
    return MarketSession(market[:-300])


@pytest.fixture
def desk(qtbot: QtBot, session: MarketSession, settings: SettingsFile) -> MainWindow:
    window = open_window(qtbot, settings, (1600, 900))
    window.draw_frames(False)
    window.set_session(session)
    window.direction.turn()
    qtbot.waitUntil(lambda: window.direction.plot.height() > 200)
    show(window)
    return window


def show(window: MainWindow, n: int = 2) -> None:
    for _ in range(n):
        window.direction._due_s = 0.0
        window.draw_frame()


def expect_column(window: MainWindow, session: MarketSession, seq: int) -> None:
    """The dock shows this column, with the drive that the engine wrote for it."""
    dock, columns = window.direction, session.ring.read(seq, seq)
    assert dock.profile is not None
    assert dock.profile.seq == seq
    assert dock.profile.drive == columns.drive[0]
    np.testing.assert_array_equal(dock.plot.profile.pressure, columns.pressure[0])
    np.testing.assert_array_equal(dock.plot.profile.vacuum, columns.vacuum[0])
    assert time_text(int(columns.headers[0, H_START_NS]), None, 3)[-6:] in dock.moment_label.text()
    assert f"Drive {drive_text(float(columns.drive[0]))}," in dock.gauge.words()


def field_at(window: MainWindow, seq: int) -> QPoint:
    """Return a point of the field's widget within a column."""
    place = window.chart.placement()
    return QPoint(round((place.viewport.x_px(seq) + 1.5) / place.density), 120)


def leave_field(window: MainWindow, qtbot: QtBot) -> None:
    """Move the pointer onto the price axis."""
    canvas = window.chart._canvas.viewport()
    qtbot.mouseMove(canvas, QPoint(canvas.width() - 5, 100))


def test_g_shows_the_dock_and_hides_it(desk: MainWindow, qtbot: QtBot) -> None:
    desk.activateWindow()
    desk.chart.setFocus()
    assert desk.direction.isVisible()
    qtbot.keyClick(desk.chart, Qt.Key.Key_G)
    assert not desk.direction.isVisible()
    qtbot.keyClick(desk.chart, Qt.Key.Key_G)
    assert desk.direction.isVisible()


def test_now_goes_with_the_market(desk: MainWindow, session: MarketSession, market: NDArray[np.void]) -> None:
    expect_column(desk, session, session.ring.published_seq)
    former = session.engine.drive
    assert desk.direction.profile.drive == former
    session.feed(market[-300:])
    show(desk)
    expect_column(desk, session, session.ring.published_seq)
    assert session.engine.drive != former
    assert desk.direction.profile.drive == session.engine.drive
    assert desk.direction.moment_label.text().startswith("Now  ·  ")


def test_the_pointer_chooses_the_moment_over_the_field_and_over_the_strips(
    desk: MainWindow, session: MarketSession, qtbot: QtBot
) -> None:
    newest = session.ring.published_seq
    canvas = desk.chart._canvas.viewport()
    for ago in (40, 90):
        qtbot.mouseMove(canvas, field_at(desk, newest - ago))
        show(desk)
        expect_column(desk, session, newest - ago)
        assert desk.direction.moment_label.text().endswith("pointer")
    strip = desk.panels.strips.strips["volume"]
    x = desk.chart.placement().left_pt + field_at(desk, newest - 20).x()
    leave_field(desk, qtbot)
    qtbot.mouseMove(strip, QPoint(x, 30))
    show(desk)
    expect_column(desk, session, newest - 20)
    strip.pointed.emit(None)
    show(desk)
    expect_column(desk, session, newest)


def test_the_pinned_cell_chooses_the_moment_while_the_pointer_is_away(
    desk: MainWindow, session: MarketSession, qtbot: QtBot
) -> None:
    newest = session.ring.published_seq
    qtbot.mouseClick(desk.chart._canvas.viewport(), LEFT, pos=field_at(desk, newest - 33))
    leave_field(desk, qtbot)
    show(desk)
    expect_column(desk, session, newest - 33)
    assert desk.direction.moment_label.text().endswith("pinned")
    desk.inspector.unpin()
    show(desk)
    expect_column(desk, session, newest)


def test_every_column_is_shown_with_parts_that_make_its_drive(
    desk: MainWindow, session: MarketSession, qtbot: QtBot
) -> None:
    for seq in range(session.ring.published_seq - 60, session.ring.published_seq, 7):
        qtbot.mouseMove(desk.chart._canvas.viewport(), field_at(desk, seq))
        show(desk)
        expect_column(desk, session, seq)
        parts = desk.direction.profile.parts
        assert parts.drive == pytest.approx(float(session.ring.read(seq, seq).drive[0]), abs=1e-12)
        assert desk.direction.gauge.equation().endswith(f"= {drive_text(parts.drive)}")


def test_parts_that_do_not_make_the_drive_are_not_shown(desk: MainWindow, session: MarketSession) -> None:
    session.params = replace(session.params, drive_reach=500.0, tau_s=900.0)
    show(desk)
    assert desk.direction.profile.parts is None
    assert "not known" in desk.direction.gauge.equation()
    assert drive_text(session.engine.drive) in desk.direction.gauge.words()
    assert not desk.direction.grab().isNull()


def test_a_gap_and_a_column_that_is_gone_are_told_in_words(desk: MainWindow, session: MarketSession) -> None:
    ring, seq = session.ring, session.ring.published_seq - 4
    ring.headers[seq & (ring.capacity - 1), H_FLAGS] |= COLUMN_GAP
    place = desk.chart.placement()
    desk.direction.point_at((place.viewport.x_px(seq) + 1) / place.density)
    show(desk)
    assert desk.direction.profile is None
    assert "feed was away" in desk.direction.readout_label.text()
    assert time_text(int(ring.headers[seq, H_START_NS]), None, 3)[-6:] in desk.direction.moment_label.text()
    desk.direction.point_at((place.viewport.x_px(-50) + 1) / place.density)
    show(desk)
    assert desk.direction.profile is None
    assert desk.direction.moment_label.text() == "There was no spot price at this time."
    assert desk.direction.gauge.words() == ""


def test_the_time_zone_is_the_windows(desk: MainWindow) -> None:
    assert desk.direction.moment_label.text().endswith("UTC")
    desk.choices.show_zone("exchange")
    assert not desk.direction.moment_label.text().endswith("UTC")


def test_a_bucket_under_the_pointer_is_read_out(
    desk: MainWindow, session: MarketSession, qtbot: QtBot
) -> None:
    dock, grid = desk.direction, session.engine.grid()
    i = session.params.half_width + 3
    qtbot.mouseMove(dock.plot, dock.plot.row_rect(i).center().toPoint())
    words = dock.readout_label.text()
    price = f"{grid.price[i] / 1e9:.2f}"
    assert words.startswith(f"+3  {price}: pressure ")
    assert f"depth {grid.bid_depth[i] + grid.ask_depth[i]}" in words
    weight = dock.profile.weight[i]
    assert f"{100 * weight:.3g}% of it counts" in words
    dock.plot.pointed.emit(None)
    assert dock.readout_label.text().startswith("Strong bars count")


def test_it_looks_fifteen_times_a_second_at_the_most_and_not_while_hidden(
    desk: MainWindow, session: MarketSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    monkeypatch.setattr(
        "vpdesk.ui.panels.reading_dock.read_profile", lambda *args: looks.append(1) or read_profile(*args)
    )
    now_s = [1e6]
    monkeypatch.setattr("vpdesk.ui.panels.reading_dock.perf_counter", lambda: now_s[0])
    for _ in range(63):
        desk.direction.pull()
        now_s[0] += 0.016
    assert 12 <= len(looks) <= 16
    desk.direction.turn()
    looks.clear()
    for _ in range(20):
        desk.direction.pull()
        now_s[0] += 0.016
    assert looks == []


def test_without_a_session_it_says_so(desk: MainWindow) -> None:
    desk.set_session(None)
    assert desk.direction.profile is None
    assert desk.direction.moment_label.text() == "No session is open."


def test_it_is_where_it_was_after_a_restart(desk: MainWindow, qtbot: QtBot, settings: SettingsFile) -> None:
    desk.close()
    window = make_window(qtbot, SettingsFile(settings.path))
    window.show()
    assert window.direction.isVisible()
    window.close()


@pytest.mark.parametrize("digits", [1.0, 8.88, 9.99])
def test_no_sum_beside_its_bar_is_wider_than_the_room_for_it(qtbot: QtBot, digits: float) -> None:
    gauge = DriveGauge()
    qtbot.addWidget(gauge)
    bold = QFontMetricsF(gauge._bold)
    for exponent in range(-12, 12):
        text = f"{sum_text(digits * 10.0**exponent)}/s"
        assert bold.horizontalAdvance(text) <= gauge._figures_pt(), text


def test_a_sum_too_small_for_its_bar_is_said_to_be_small() -> None:
    assert [sum_text(value) for value in (0, 1e-7, 0.00999, 0.01, 0.0735)] == [
        *("0", "<0.01", "<0.01", "0.01", "0.0735")
    ]
