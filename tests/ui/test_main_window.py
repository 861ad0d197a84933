from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QToolBar, QToolButton
from pytestqt.qtbot import QtBot

from tests.fakes.chart import FakeChart
from tests.fakes.session import LIVE, SIMULATED, FakeSession
from tests.ui.densities import check_at_density
from tests.ui.opening import make_window, open_window
from vpdesk.core.ring import GridRing
from vpdesk.display.synthetic import synthetic_ring
from vpdesk.runtime.commands import MAX_SPEED, CancelWork, SetSpeed, ShowHistory
from vpdesk.runtime.session import SessionFacts
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.panels.readout import reading_pairs
from vpdesk.ui.parts.recent_files import RecentFile
from vpdesk.ui.preferences.settings import Preferences, SettingsFile

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
COPY, MOVE, LINK = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction, Qt.DropAction.LinkAction


@pytest.fixture
def real_window(qtbot: QtBot, settings: SettingsFile) -> MainWindow:
    return open_window(qtbot, settings)


def _reopened(qtbot: QtBot, settings: SettingsFile) -> tuple[MainWindow, FakeChart]:
    chart = FakeChart()
    return make_window(qtbot, settings, chart), chart


def _drop(window: MainWindow, urls: list[QUrl], possible: Qt.DropAction = COPY) -> Qt.DropAction | None:
    """Drag over the window and drop; what was agreed on with the program that it comes from."""
    data = QMimeData()
    data.setUrls(urls)
    at, nothing = QPoint(400, 300), Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, possible, data, Qt.MouseButton.LeftButton, nothing)
    enter.setAccepted(False)
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return None
    drop = QDropEvent(QPointF(at), possible, data, Qt.MouseButton.LeftButton, nothing)
    QApplication.sendEvent(window, drop)
    assert drop.isAccepted()
    assert drop.dropAction() == enter.dropAction()
    return drop.dropAction()


def _show_columns(window: MainWindow) -> None:
    session = FakeSession()
    session.ring = synthetic_ring(300).ring
    window.set_session(session)
    assert window.chart.visible_columns()[1] == 299


# --- the session ---------------------------------------------------------------------------------


def test_the_fake_chart_is_no_more_than_the_real_one() -> None:
    names = {name for name in dir(FakeChart) if not name.startswith("_")} - {"n_ticks", "told"}
    assert names <= set(dir(HeatmapView))


def test_without_a_session_the_ways_to_open_one_are_shown(window: MainWindow, qtbot: QtBot) -> None:
    assert window.welcome.isVisible()
    assert not window.transport.isVisible()
    assert not window.actions_by_id["go_to"].isEnabled()
    with qtbot.waitSignals([window.live_requested, window.demo_requested], timeout=1000):
        qtbot.mouseClick(window.welcome.buttons[1], LEFT)
        qtbot.mouseClick(window.welcome.buttons[2], LEFT)


def test_a_session_brings_its_ring_title_and_status(
    window: MainWindow, session: FakeSession, chart: FakeChart
) -> None:
    assert window.windowTitle() == "ES.c.0 2024-03-15 - vpdesk"
    assert chart.told["set_source"] == (session.ring,)
    assert chart.isVisible()
    assert window.health.state_label.text() == "Replay, playing at 10x"


def test_a_ring_that_is_replaced_is_painted_from_then_on(
    window: MainWindow, session: FakeSession, chart: FakeChart, qtbot: QtBot
) -> None:
    session.ring = GridRing(8, 64)
    qtbot.waitUntil(lambda: chart.told["set_source"] == (session.ring,))
    ticks = chart.n_ticks
    qtbot.waitUntil(lambda: chart.n_ticks > ticks + 3)


def test_the_frame_rate_is_measured(window: MainWindow, session: FakeSession, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.health.frames_label.text().startswith(tuple("123456789")), timeout=3000)


def test_a_simulated_session_says_so(window: MainWindow) -> None:
    window.set_session(FakeSession(SIMULATED))
    assert window.simulated_line.isVisible()
    assert window.simulated_line.text() == (
        "This session is simulated. Open a file with Ctrl+O or connect with Ctrl+L."
    )
    window.shortcuts.assign("open", ("F4",))
    window.shortcuts.assign("live", ())
    assert window.simulated_line.text().endswith("Open a file with F4 or connect with the menu File.")
    window.set_session(FakeSession())
    assert not window.simulated_line.isVisible()


def test_messages_become_notices_once_per_message(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    for message in ("Cut short.", "Cut short.", "", "Cut short.", "Cut short.\nOther.", "Other."):
        session.report(message=message)
        qtbot.waitUntil(lambda: window._status is session.status)
    assert [(notice.text, notice.count) for notice in window.notices.notices] == [
        ("Cut short.", 2),
        ("Other.", 1),
    ]
    window.show_notice("The picture was saved.")
    window.set_session(FakeSession())  # what is wrong with one file is not said of the next
    assert [notice.text for notice in window.notices.notices] == ["The picture was saved."]


def test_the_anomaly_count_opens_a_table_that_stays_up_to_date(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    session.report(
        anomalies=(("locked_book", 1), ("unknown_cancel", 12), ("crossed_book", 0), ("new_one", 3))
    )
    qtbot.waitUntil(lambda: window.health.anomaly_button.text() == "16 anomalies")
    qtbot.mouseClick(window.health.anomaly_button, LEFT)
    table = window.anomalies.table
    assert window.anomalies.isVisible()
    assert [table.item(row, 0).text() for row in range(table.rowCount())] == [
        "unknown cancel",
        "new one",
        "locked book",
    ]
    assert all(table.item(row, 2).text().endswith(".") for row in range(table.rowCount()))
    session.report(anomalies=(("unknown_cancel", 13),))
    qtbot.waitUntil(lambda: table.item(0, 1).text() == "13")


def test_work_under_way_can_be_cancelled_by_button_and_by_key(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    qtbot.keyClick(window.chart, Qt.Key.Key_Escape)
    assert session.sent == []
    session.report(progress=0.5)
    qtbot.waitUntil(window.health.cancel_button.isVisible)
    qtbot.mouseClick(window.health.cancel_button, LEFT)
    qtbot.keyClick(window.chart, Qt.Key.Key_Escape)
    assert session.sent == [CancelWork(), CancelWork()]


def test_a_session_may_go_at_any_time(
    window: MainWindow, session: FakeSession, chart: FakeChart, qtbot: QtBot
) -> None:
    window.set_session(None)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert session.sent == []
    assert window.health.state_label.text() == "No session"
    assert chart.told["set_source"] == (None,)


def test_columns_in_view_that_the_ring_lacks_are_asked_for_once(
    window: MainWindow, session: FakeSession, chart: FakeChart, qtbot: QtBot
) -> None:
    writer = synthetic_ring(100, capacity=64)
    session.ring = writer.ring
    span = writer.ring.span()
    for first, n_asked in ((span.oldest, 0), (span.oldest - 30, 1), (span.oldest - 31, 1)):
        chart.columns = (first, span.newest)
        session.report(event_id=first)
        qtbot.waitUntil(lambda: window._status is session.status)
        assert len(session.sent) == n_asked
    command = session.sent[0]
    assert isinstance(command, ShowHistory)
    assert command.n_columns >= span.newest - span.oldest + 30


def test_the_last_event_is_told_in_words(window: MainWindow, session: FakeSession, qtbot: QtBot) -> None:
    session.report(last_event="cancel bid 3 at 5100.25")
    qtbot.waitUntil(lambda: window.readout.hint == "Last event: cancel bid 3 at 5100.25")


# --- files ---------------------------------------------------------------------------------------


def test_dropped_files_are_asked_for(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    paths = [tmp_path / "a b.dbn", tmp_path / "ü.dbn.zst"]
    with qtbot.waitSignal(window.open_requested, timeout=1000) as asked:
        assert _drop(window, [QUrl.fromLocalFile(str(path)) for path in paths]) == COPY
    assert asked.args == [paths]


def test_what_is_no_file_cannot_be_dropped(window: MainWindow) -> None:
    assert _drop(window, [QUrl("https://example.org/day.dbn")]) is None
    assert _drop(window, []) is None


@pytest.mark.parametrize(
    ("possible", "agreed"),
    [(COPY | MOVE | LINK, COPY), (MOVE | COPY, COPY), (MOVE | LINK, LINK), (LINK, LINK), (MOVE, None)],
)
def test_a_dropped_file_is_never_agreed_to_be_moved_away(
    window: MainWindow, possible: Qt.DropAction, agreed: Qt.DropAction | None
) -> None:
    assert _drop(window, [QUrl.fromLocalFile("/data/day.dbn")], possible) == agreed


def test_recent_files_are_kept_newest_first_and_can_be_opened(window: MainWindow, qtbot: QtBot) -> None:
    for name in ("one", "two", "one"):
        window.remember_files((RecentFile(f"/data/{name}.dbn"),))
    assert [action.text() for action in window.files.recent_menu.actions()[:2]] == [
        "/data/one.dbn",
        "/data/two.dbn",
    ]
    with qtbot.waitSignal(window.open_requested, timeout=1000) as asked:
        window.files.recent_menu.actions()[1].trigger()
    assert asked.args == [[Path("/data/two.dbn")]]


# --- looking at the chart ------------------------------------------------------------------------


def test_keys_choose_layer_axis_and_dimming(window: MainWindow, chart: FakeChart, qtbot: QtBot) -> None:
    qtbot.keyClick(chart, Qt.Key.Key_6)
    qtbot.keyClick(chart, Qt.Key.Key_S)
    qtbot.keyClick(chart, Qt.Key.Key_A)
    assert chart.layer == "depth"
    assert chart.told["set_price_axis"] == ("spot",)
    assert chart.told["set_age_dimming"] == (True,)
    assert window.actions_by_id["layer_depth"].isChecked()
    assert not window.actions_by_id["layer_net"].isChecked()


def test_the_follow_button_shows_what_the_chart_does(
    window: MainWindow, chart: FakeChart, qtbot: QtBot
) -> None:
    action = window.actions_by_id["follow"]
    button = window.findChild(QToolBar, "toolbar").widgetForAction(action)
    assert isinstance(button, QToolButton)
    assert (button.text(), button.isChecked()) == ("Following", True)
    chart.set_following(False)  # the user drags the chart
    assert (button.text(), button.isChecked()) == ("Free", False)
    qtbot.mouseClick(button, LEFT)
    assert chart.is_following
    assert button.text() == "Following"


def test_each_layer_shows_its_own_scale(window: MainWindow, chart: FakeChart) -> None:
    window.actions_by_id["scale_linear"].trigger()
    window.actions_by_id["layer_depth"].trigger()
    window.actions_by_id["scale_log"].trigger()
    window.actions_by_id["layer_net"].trigger()
    assert chart.scale().kind == "linear"
    assert window.actions_by_id["scale_linear"].isChecked()


def test_a_scale_is_remembered_once_it_is_settled(
    window: MainWindow, session: FakeSession, chart: FakeChart
) -> None:
    chart.is_settled = False  # the chart fits itself to the first columns
    chart.fit_scale("log")
    assert window._settings.preferences.instruments == {}
    chart.is_settled = True
    window.actions_by_id["scale_linear"].trigger()
    instrument = window._settings.preferences.instruments[session.facts.dataset, "ESM4"]
    assert instrument.scales == {"net": chart.scale()}


def test_the_zone_reaches_the_chart_and_the_clock(
    window: MainWindow, session: FakeSession, chart: FakeChart
) -> None:
    window.actions_by_id["zone_exchange"].trigger()
    assert str(chart.told["set_time_zone"][0]) == "America/Chicago"
    assert window.transport.clock_label.text().endswith("CDT")


def test_the_theme_can_be_swapped(window: MainWindow, chart: FakeChart, qtbot: QtBot) -> None:
    assert chart.told["set_theme"] == (True,)
    qtbot.keyClick(chart, Qt.Key.Key_T, CTRL)
    assert chart.told["set_theme"] == (False,)
    assert window.palette().window().color().lightness() > 200
    assert window.actions_by_id["theme_light"].isChecked()


def test_zooms_and_moves_are_undone_one_by_one(real_window: MainWindow, qtbot: QtBot) -> None:
    _show_columns(real_window)
    chart, history = real_window.chart, real_window.choices.history
    start = chart.viewport()
    for key in (Qt.Key.Key_Equal, Qt.Key.Key_Up):
        qtbot.keyClick(chart, key, CTRL)
        history._settle()  # as when the hand has rested for a moment
    qtbot.keyClick(chart, Qt.Key.Key_PageUp)
    assert not chart.is_following
    for _ in range(3):
        qtbot.keyClick(chart, Qt.Key.Key_Z, CTRL)
    assert chart.is_following
    view = chart.viewport()
    assert (view.px_per_column, view.px_per_row) == (start.px_per_column, start.px_per_row)


def test_the_cell_under_the_pointer_is_read_out_and_copied(real_window: MainWindow, qtbot: QtBot) -> None:
    _show_columns(real_window)
    real_window.chart._point(QPointF(600, 200))
    shown = dict(real_window.readout.pairs)
    assert shown["Net"].endswith("contracts/s")
    assert shown["Time"].endswith("UTC")
    qtbot.keyClick(real_window.chart, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == real_window.readout.text()
    assert reading_pairs(None) == ()


def test_a_picture_is_copied_by_its_key(real_window: MainWindow, qtbot: QtBot) -> None:
    _show_columns(real_window)
    QGuiApplication.clipboard().clear()
    with qtbot.waitSignal(real_window.pictures.done, timeout=10_000):
        qtbot.keyClick(real_window.chart, Qt.Key.Key_C, CTRL | Qt.KeyboardModifier.AltModifier)
    assert QGuiApplication.clipboard().mimeData().hasImage()
    assert "clipboard" in real_window.notices.notices[-1].text


# --- what lasts ----------------------------------------------------------------------------------


def test_choices_survive_a_restart(qtbot: QtBot, settings: SettingsFile) -> None:
    window, _ = _reopened(qtbot, settings)
    window.set_session(FakeSession())
    for name in ("layer_depth", "axis_spot", "zone_exchange", "theme_light", "dim_by_age", "overlay_spot"):
        window.actions_by_id[name].trigger()
    window.actions_by_id["scale_linear"].trigger()
    window.remember_files((RecentFile("/data/day.dbn"),))
    window.close()
    window, chart = _reopened(qtbot, SettingsFile(settings.path))
    window.set_session(FakeSession())
    assert chart.layer == "depth"
    assert chart.scale().kind == "linear"
    assert chart.told["set_price_axis"] == ("spot",)
    assert chart.told["set_age_dimming"] == (True,)
    assert chart.told["set_theme"] == (False,)
    assert "spot" in chart.told["set_overlays"][0]
    assert str(chart.told["set_time_zone"][0]) == "America/Chicago"
    assert window.actions_by_id["zone_exchange"].isChecked()
    assert [file.path for file in window.files.recent()] == ["/data/day.dbn"]
    window.close()


def test_the_speed_is_taken_up_by_the_next_file_but_not_by_a_simulation(
    qtbot: QtBot, settings: SettingsFile
) -> None:
    settings.preferences = Preferences(speed=MAX_SPEED)
    settings.save()
    window, _ = _reopened(qtbot, settings)
    for facts, sent in ((SIMULATED, []), (LIVE, [])):
        session = FakeSession(facts)
        window.set_session(session)
        assert session.sent == sent
    replay = FakeSession()
    window.set_session(replay)
    assert replay.sent == [SetSpeed(MAX_SPEED)]
    window.close()


def test_a_speed_chosen_by_hand_is_remembered(window: MainWindow, session: FakeSession, qtbot: QtBot) -> None:
    qtbot.keyClick(window.chart, Qt.Key.Key_Period)
    window.close()
    kept = SettingsFile(window._settings.path)
    kept.load()
    assert kept.preferences.speed == 20.0


def test_damaged_settings_are_said_in_a_notice(qtbot: QtBot, settings: SettingsFile) -> None:
    settings.path.write_bytes(b"\xff\xfe\x00")
    window, chart = _reopened(qtbot, settings)
    assert "set aside" in window.notices.notices[0].text
    assert chart.layer == "net"
    window.close()


@pytest.mark.parametrize("place", [(), (90_000, -90_000, 100_000, 1), (-5000, 0, 1, 1), (0, 0, 1, 1)])
def test_a_place_that_is_nowhere_gives_a_window_on_the_screen(
    qtbot: QtBot, settings: SettingsFile, place: tuple[int, ...]
) -> None:
    settings.preferences = Preferences(place_pt=place, window_state=b"garbage")
    settings.save()
    window, _ = _reopened(qtbot, settings)
    screen = QGuiApplication.primaryScreen().geometry()
    assert screen.contains(window.geometry().topLeft())
    assert screen.width() >= 640
    window.close()


@pytest.mark.parametrize("frame", [(), (0, 0, 0, 0)])
def test_a_window_whose_frame_is_not_known_leaves_room_for_a_title_bar(
    qtbot: QtBot, settings: SettingsFile, frame: tuple[int, ...]
) -> None:
    settings.preferences = Preferences(place_pt=(0, 0, 700, 500), frame_pt=frame)
    settings.save()
    window = MainWindow(FakeChart(), settings)
    qtbot.addWidget(window)
    assert window.geometry().top() >= 15
    window.close()


def test_closing_stops_the_pull_and_says_so(window: MainWindow, session: FakeSession, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closed, timeout=1000):
        qtbot.keyClick(window.chart, Qt.Key.Key_Q, CTRL)
    assert not window._frame_timer.isActive()
    assert not session.is_closed  # the application closes it


# --- sizes ---------------------------------------------------------------------------------------


def _assert_nothing_is_lost(window: MainWindow) -> None:
    toolbar = window.findChild(QToolBar, "toolbar")
    assert all(toolbar.widgetForAction(action).isVisible() for action in toolbar.actions())
    strip = window.health
    for widget in (*strip._session_part(), strip.state_label):
        assert widget.isVisible()
        assert widget.width() >= widget.sizeHint().width()
    assert window.chart.height() > 300  # with ladder and strips


@pytest.mark.parametrize("size", [(1280, 720), (1600, 900), (3840, 2160)])
@pytest.mark.parametrize("facts", [SIMULATED, LIVE], ids=["simulated", "live"])
def test_no_screen_loses_anything(
    real_window: MainWindow, facts: SessionFacts, size: tuple[int, int]
) -> None:
    session = FakeSession(facts)
    anomalies = (("zero_size", 123_456),)
    session.report(progress=0.5, event_id=987_654_321, n_records=999_999_999, anomalies=anomalies)
    real_window.set_session(session)
    real_window.show_notice("A sentence that is as long as they come. " * 6)
    real_window.resize(*size)
    QApplication.processEvents()
    assert (real_window.width(), real_window.height()) == size
    _assert_nothing_is_lost(real_window)


def check_nothing_is_lost_at_work(window: MainWindow) -> None:
    session = FakeSession()
    session.report(progress=0.5)
    window.set_session(session)
    QApplication.processEvents()
    _assert_nothing_is_lost(window)
    picture, density = window.grab(), window.devicePixelRatioF()
    assert (picture.width(), picture.height()) == (density * window.width(), density * window.height())


@pytest.mark.slow
@pytest.mark.parametrize("density", ["1.5", "2"])
def test_high_pixel_densities_lose_nothing(tmp_path: Path, density: str) -> None:
    check_at_density(density, check_nothing_is_lost_at_work, (1280, 720), tmp_path)


def test_the_way_back_to_the_data_names_the_keys_in_force(window: MainWindow) -> None:
    (words,) = window.chart.told["set_way_back"]
    assert words == "Ctrl+End follows the market  ·  F shows everything"
    window.shortcuts.assign("fit_view", ("F4",))
    assert window.chart.told["set_way_back"][0].endswith("F4 shows everything")
