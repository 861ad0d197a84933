"""A click pins a cell; what is shown of it is the session's own report, and it stays until it is let go."""

import re
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from pytestqt.qtbot import QtBot

from tests.fakes.chart import FakeChart
from tests.fakes.session import LIVE, FakeSession
from tests.ui.opening import open_window
from vpdesk.core.cell_report import CellReport, PriceEvent, cell_report
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.display.reading import CellReading, read_cell
from vpdesk.runtime.commands import CancelWork, Inspect, SeekEvent
from vpdesk.sources.simulator import simulate
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.panels.inspector import InspectorDock
from vpdesk.ui.preferences.settings import SettingsFile

PARAMS = EngineParams(tick_size=250_000_000, half_width=20)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def market() -> NDArray[np.void]:
    return np.concatenate(list(simulate(6.0, seed=5)))


class Market:
    """A session that stands still, and what it would report."""

    def __init__(self, records: NDArray[np.void]) -> None:
        self.engine = Engine(PARAMS)
        self.ring = GridRing(PARAMS.half_width, 8192)
        self.engine.feed(records, self.ring)
        self.session = FakeSession()
        self.session.params = PARAMS
        self.session.ring = self.ring

    @property
    def spot(self) -> int:
        assert self.engine.spot_tick is not None
        return self.engine.spot_tick

    def reading(self, k: int = 0, columns_ago: int = 0) -> CellReading:
        reading = read_cell(
            self.ring,
            self.ring.published_seq - columns_ago,
            k,
            is_relative=True,
            layer="net",
            unit="",
            zone=None,
        )
        assert reading is not None
        return reading

    def report(self, k: int = 0, **changes: object) -> CellReport:
        report = cell_report(self.engine.grid(), PARAMS, self.spot + k)
        assert report is not None
        events = (PriceEvent(41, 1, "add bid 5"), PriceEvent(42, None, "cancel ask 1", True))
        return replace(report, **{"events": events, **changes})


@pytest.fixture
def desk(market: NDArray[np.void]) -> Market:
    return Market(market)


@pytest.fixture
def dock(qtbot: QtBot, desk: Market, chart: FakeChart) -> InspectorDock:
    qtbot.addWidget(chart)
    dock = InspectorDock(chart)
    qtbot.addWidget(dock)
    dock.set_session(desk.session)
    dock.resize(420, 800)
    dock.show()
    return dock


@pytest.fixture
def real_window(qtbot: QtBot, desk: Market, settings: SettingsFile) -> MainWindow:
    window = open_window(qtbot, settings)
    window.set_session(desk.session)
    window.chart.tick()
    return window


def _click_chart(qtbot: QtBot, window: MainWindow) -> None:
    """Click on a column of the last seconds, near the spot."""
    canvas = window.chart._canvas
    at = QPoint(round(canvas.field_rect.right()) - 30, round(canvas.field_rect.center().y()) - 12)
    qtbot.mouseClick(canvas.viewport(), LEFT, pos=at)


def _pin_and_go_to_events(qtbot: QtBot, window: MainWindow, desk: Market) -> InspectorDock:
    """Pin a cell, wait for its report, and put the keyboard into the list of events."""
    window.activateWindow()
    _click_chart(qtbot, window)
    inspector = window.inspector
    reading = inspector.reading
    assert reading is not None
    desk.session.cell_report = desk.report(reading.k, event_id=reading.event_id)
    qtbot.waitUntil(lambda: inspector.report is not None)
    inspector.events.setFocus()
    qtbot.waitUntil(inspector.events.hasFocus)
    return inspector


def test_a_click_asks_for_the_cell_and_shows_its_report(
    real_window: MainWindow, desk: Market, qtbot: QtBot
) -> None:
    inspector = real_window.inspector
    assert not inspector.isVisible()
    _click_chart(qtbot, real_window)
    assert inspector.isVisible()
    reading = inspector.reading
    assert reading is not None
    assert desk.session.sent[-1] == Inspect(reading.event_id, reading.bucket)
    assert inspector.source_label.text() == "computing..."
    assert reading.k is not None
    report = desk.report(reading.k, event_id=reading.event_id)
    desk.session.cell_report = report
    qtbot.waitUntil(lambda: inspector.report is report)
    assert inspector.source_label.text() == "exact"
    assert not real_window.chart._canvas.pin.cell.isEmpty()


def test_the_swatch_has_the_very_colour_of_the_cell_in_every_layer(
    real_window: MainWindow, desk: Market, qtbot: QtBot
) -> None:
    chart, inspector = real_window.chart, real_window.inspector
    chart.set_overlays(frozenset())
    for layer in ("net", "pressure", "resistance", "depth"):
        real_window.actions_by_id[f"layer_{layer}"].trigger()
        chart.tick()
        canvas = chart._canvas
        at = QPoint(round(canvas.field_rect.right()) - 30, round(canvas.field_rect.center().y()) - 12)
        qtbot.mouseClick(canvas.viewport(), LEFT, pos=at)
        # device pixels are points on this screen
        painted = int(chart._window.pixels.assembled()[at.y(), at.x()]) & 0xFFFFFF
        assert inspector.swatch.styleSheet().startswith(f"background: #{painted:06x};")


def test_another_layer_gets_another_verdict(dock: InspectorDock, desk: Market, chart: FakeChart) -> None:
    dock.pin(desk.reading())
    desk.session.cell_report = desk.report()
    dock.pull()
    chart.layer = "depth"
    dock.refresh()
    assert dock.verdict_label.text().startswith(f"{desk.report().depth} contracts rest here")


def test_the_bars_and_the_table_show_the_values_of_the_report(dock: InspectorDock, desk: Market) -> None:
    dock.pin(desk.reading())
    desk.session.cell_report = desk.report()
    dock.pull()
    report = desk.report()
    shares = [sum(row.share for row in rows) for rows in dock.bars.rows]
    scale = max(report.pressure, report.vacuum)
    assert shares == pytest.approx([report.pressure / scale, report.vacuum / scale])
    assert [row.name for rows in dock.bars.rows for row in rows] == list(PARAMS.weights)
    assert dock._cells[1, 4].text().replace("\N{NARROW NO-BREAK SPACE}", "") == str(report.added)
    assert dock.verdict_label.text().startswith(("Building", "Draining"))
    assert not dock.grab().isNull()


def test_the_bars_end_before_the_sums_begin(dock: InspectorDock, desk: Market) -> None:
    dock.resize(360, 800)
    plain = tuple(replace(term, flow=0.0) for term in desk.report().vacuum_terms)
    dock.bars.show_report(desk.report(vacuum=123.0, vacuum_terms=plain, pressure_terms=plain), "contracts")
    left, width = dock.bars._bar_span()
    words_pt = QFontMetricsF(dock.bars._bold).horizontalAdvance("123 contracts/s")
    assert left + width < dock.bars.width() - words_pt


def test_a_report_of_another_cell_or_moment_or_field_is_not_taken(dock: InspectorDock, desk: Market) -> None:
    dock.pin(desk.reading())
    for changes in ({"bucket": 7}, {"event_id": 7}, {"params": replace(PARAMS, tau_s=9.0)}):
        desk.session.cell_report = desk.report(**changes)
        dock.pull()
        assert dock.report is None


def test_at_rest_the_newest_cell_needs_no_waiting(dock: InspectorDock, desk: Market) -> None:
    desk.session.grid = desk.engine.grid()
    dock.pin(desk.reading(2))
    assert dock.report == desk.report(2, events=())
    assert dock.source_label.text() == "exact"


def test_an_event_is_jumped_to_by_click_and_by_enter(dock: InspectorDock, desk: Market, qtbot: QtBot) -> None:
    sent: list[object] = []
    dock.requested.connect(sent.append)
    dock.pin(desk.reading())
    desk.session.cell_report = desk.report()
    dock.pull()
    newest, older = (dock.events.topLevelItem(row) for row in range(2))
    assert (newest.text(0), older.text(0)) == ("42", "41")
    assert newest.text(2).endswith("counted at k = 0")
    qtbot.waitUntil(lambda: dock.events.viewport().height() > 100)
    at = dock.events.visualItemRect(older).center()
    at.setX(10)
    qtbot.mouseClick(dock.events.viewport(), LEFT, pos=at)
    assert sent[-1] == SeekEvent(41)
    dock.events.setCurrentItem(newest)
    qtbot.keyClick(dock.events, Qt.Key.Key_Return)
    assert sent[-1] == SeekEvent(42)


def test_the_newest_event_of_another_cell_is_current_unless_another_was_chosen(
    dock: InspectorDock, desk: Market
) -> None:
    def current_after(event_ids: tuple[int, ...]) -> str:
        events = tuple(PriceEvent(event_id, 1, "add bid 5") for event_id in event_ids)
        dock.events.show_report(desk.report(events=events), None)
        return dock.events.currentItem().text(0)

    assert current_after((41, 42)) == "42"
    assert current_after((41, 42, 43)) == "43"
    dock.events.setCurrentItem(dock.events.topLevelItem(1))
    assert current_after((40, 41, 42, 43, 44)) == "42"


def test_a_live_session_lists_events_but_offers_no_jump(
    dock: InspectorDock, desk: Market, qtbot: QtBot
) -> None:
    desk.session.facts = LIVE
    dock.set_session(desk.session)
    sent: list[object] = []
    dock.requested.connect(sent.append)
    dock.pin(desk.reading())
    desk.session.cell_report = desk.report()
    dock.pull()
    qtbot.mouseClick(
        dock.events.viewport(), LEFT, pos=dock.events.visualItemRect(dock.events.topLevelItem(0)).center()
    )
    dock.events.itemActivated.emit(dock.events.topLevelItem(0), 0)
    assert sent == [Inspect(desk.engine.event_id, desk.spot)]


def test_live_an_old_cell_shows_what_the_chart_holds_and_says_so(dock: InspectorDock, desk: Market) -> None:
    desk.session.facts = LIVE
    desk.session.grid = desk.engine.grid()
    dock.pin(desk.reading(1, columns_ago=20))
    assert dock.report is None
    assert dock.source_label.text() == "from the chart's column"
    assert "pressure" in dock.verdict_label.text()
    assert "Pressure: " in dock.text()
    dock.pin(replace(desk.reading(1), event_id=desk.engine.event_id - 5))
    assert dock.report is not None
    assert dock.source_label.text() == "newest state"


def test_all_of_it_is_copied_as_text(dock: InspectorDock, desk: Market, qtbot: QtBot) -> None:
    dock.pin(desk.reading())
    desk.session.cell_report = desk.report()
    dock.pull()
    qtbot.mouseClick(dock.copy_button, LEFT)
    text = QGuiApplication.clipboard().text()
    report = desk.report()
    assert f"Pressure {report.pressure:.9g} contracts/s" in text
    shown = [float(value) for value in re.findall(r"^  .*= ([-+.e0-9]+)$", text, re.MULTILINE)]
    assert len(shown) == 9
    assert sum(shown) == pytest.approx(report.pressure + report.vacuum, rel=1e-8)
    assert text.splitlines()[-1].startswith("41\t")


def test_the_pin_survives_playing_on_and_other_parameters(
    real_window: MainWindow, desk: Market, qtbot: QtBot
) -> None:
    inspector = real_window.inspector
    _click_chart(qtbot, real_window)
    reading = inspector.reading
    assert reading is not None
    assert reading.k is not None
    desk.session.cell_report = desk.report(reading.k, event_id=reading.event_id)
    qtbot.waitUntil(lambda: inspector.report is not None)
    desk.session.report(event_id=9_000_000)
    other = GridRing(PARAMS.half_width, 64)
    other.tick_size, other.ticks_per_bucket = desk.ring.tick_size, desk.ring.ticks_per_bucket
    desk.session.ring = other
    qtbot.waitUntil(lambda: real_window._ring is other)
    assert inspector.reading is reading
    assert inspector.report is not None
    n_sent = len(desk.session.sent)
    desk.session.params = replace(PARAMS, ticks_per_bucket=2)
    qtbot.waitUntil(lambda: len(desk.session.sent) > n_sent)
    assert desk.session.sent[-1] == Inspect(reading.event_id, reading.tick // 2)
    # before the answer has come, once more
    desk.session.params = replace(PARAMS, ticks_per_bucket=4)
    qtbot.waitUntil(lambda: desk.session.sent[-1] == Inspect(reading.event_id, reading.tick // 4))
    assert inspector.reading is reading


def test_escape_lets_the_cell_go_once_no_work_is_under_way(
    real_window: MainWindow, desk: Market, qtbot: QtBot
) -> None:
    _click_chart(qtbot, real_window)
    desk.session.report(progress=0.5)
    real_window.draw_frame()
    real_window.actions_by_id["cancel"].trigger()
    assert desk.session.sent[-1] == CancelWork()
    assert real_window.inspector.reading is not None
    desk.session.report(progress=None)
    real_window.draw_frame()
    qtbot.keyClick(real_window.chart, Qt.Key.Key_Escape)
    assert real_window.inspector.reading is None
    assert not real_window.inspector.isVisible()
    real_window.chart.tick()
    assert real_window.chart._canvas.pin.cell.isEmpty()


def test_the_keyboard_goes_back_to_the_chart_with_the_pin(real_window: MainWindow, qtbot: QtBot) -> None:
    real_window.activateWindow()
    _click_chart(qtbot, real_window)
    real_window.inspector.copy_button.setFocus()
    qtbot.waitUntil(real_window.inspector.copy_button.hasFocus)
    qtbot.keyClick(real_window.inspector.copy_button, Qt.Key.Key_Escape)
    assert real_window.inspector.reading is None
    assert real_window.chart.hasFocus()


@pytest.mark.parametrize("column_ns", [10**8, 10**9])
def test_a_pin_stays_in_a_like_ring_and_goes_with_the_columns_it_counts_in(
    real_window: MainWindow, desk: Market, market: NDArray[np.void], qtbot: QtBot, column_ns: int
) -> None:
    _click_chart(qtbot, real_window)
    ring = GridRing(PARAMS.half_width, 8192, column_ns=column_ns)
    Engine(PARAMS).feed(market, ring)
    desk.session.ring = ring
    real_window.draw_frame()
    is_alike = column_ns == desk.ring.column_ns
    assert (real_window.inspector.reading is not None) == is_alike
    assert real_window.inspector.isVisible() == is_alike
    said = [notice.text for notice in real_window.notices.notices]
    assert any("pinned cell is no more" in text for text in said) != is_alike


def test_a_key_pins_the_newest_cell_at_the_spot(real_window: MainWindow, desk: Market, qtbot: QtBot) -> None:
    qtbot.keyClick(real_window.chart, Qt.Key.Key_I)
    reading = real_window.inspector.reading
    assert reading is not None
    assert (reading.k, reading.seq) == (0, desk.ring.published_seq)


def test_another_session_or_a_closed_dock_pins_nothing(dock: InspectorDock, desk: Market) -> None:
    dock.pin(desk.reading())
    dock.close()
    assert dock.reading is None
    dock.pin(desk.reading())
    dock.set_session(None)
    assert dock.reading is None
    assert dock.text() == ""
    assert not dock.copy_button.isEnabled()


def test_outside_the_band_it_says_why_there_is_nothing(dock: InspectorDock, desk: Market) -> None:
    sent: list[object] = []
    dock.requested.connect(sent.append)
    dock.pin(desk.reading(1000))
    assert dock.verdict_label.text() == "This price lay outside the band that is computed."
    assert sent == []


def test_before_the_first_spot_nothing_is_pinned_and_that_is_said(dock: InspectorDock, desk: Market) -> None:
    said: list[str] = []
    dock.noticed.connect(said.append)
    dock.pin(replace(desk.reading(), k=None))
    assert dock.price_label.text() == "No cell is pinned"
    assert said == ["There was no spot yet at that time, and so no cell to inspect."]
    dock.pin(desk.reading())
    pinned = dock.reading
    dock.pin(replace(desk.reading(2), k=None))
    assert dock.reading is pinned


@pytest.mark.parametrize("axis", ["price", "spot"])
@pytest.mark.parametrize(
    ("key", "modifier", "steps"),
    [
        (Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier, (0, 1)),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier, (0, -1)),
        (Qt.Key.Key_BracketLeft, Qt.KeyboardModifier.NoModifier, (-1, 0)),
        (Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier, (1, 0)),
    ],
)
def test_keys_step_the_pinned_cell(
    real_window: MainWindow,
    qtbot: QtBot,
    axis: str,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    steps: tuple[int, int],
) -> None:
    real_window.actions_by_id[f"axis_{axis}"].trigger()
    real_window.chart.tick()
    _click_chart(qtbot, real_window)
    inspector = real_window.inspector
    former = inspector.reading
    qtbot.keyClick(real_window.chart, key, modifier)
    reading = inspector.reading
    assert former is not None
    assert reading is not None
    assert reading.seq == former.seq + steps[0]
    if axis == "price":
        assert reading.bucket == former.bucket + steps[1]
    else:
        assert reading.k == former.k + steps[1]


def test_stepping_out_of_the_view_moves_the_view_and_follows_no_more(
    real_window: MainWindow, desk: Market, qtbot: QtBot
) -> None:
    chart, inspector = real_window.chart, real_window.inspector
    _click_chart(qtbot, real_window)
    for _ in range(5):
        qtbot.keyClick(chart, Qt.Key.Key_BracketLeft)
    assert chart.is_following
    chart.zoom(60.0)
    chart.tick()
    width = chart.viewport().width_px
    for _ in range(12):
        qtbot.keyClick(chart, Qt.Key.Key_BracketLeft)
        chart.tick()
        cell = chart._canvas.pin.cell
        assert cell.left() >= 0
        assert cell.right() <= width
    assert not chart.is_following
    for _ in range(2 * PARAMS.half_width):
        qtbot.keyClick(chart, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        chart.tick()
        assert chart._canvas.pin.cell.top() >= 0
    assert inspector.verdict_label.text() == "This price lay outside the band that is computed."


def test_stepping_ends_where_the_columns_end(real_window: MainWindow, desk: Market, qtbot: QtBot) -> None:
    qtbot.keyClick(real_window.chart, Qt.Key.Key_BracketLeft)  # nothing is pinned yet
    first = real_window.inspector.reading
    assert first is not None
    assert first.seq == desk.ring.published_seq
    qtbot.keyClick(real_window.chart, Qt.Key.Key_BracketRight)
    assert real_window.inspector.reading is first
    notice = real_window.notices.notices[-1]
    assert notice.text == "The pinned cell is in the newest column: there is none after it yet."
    assert notice.passing.isActive()
    oldest = desk.reading(columns_ago=desk.ring.published_seq - desk.ring.span().oldest)
    real_window.inspector.pin(oldest)
    qtbot.keyClick(real_window.chart, Qt.Key.Key_BracketLeft)
    assert real_window.inspector.reading is oldest
    assert "oldest column" in real_window.notices.notices[-1].text


@pytest.mark.parametrize(
    ("columns", "words"), [(900, "later than where the session stands"), (-9000, "no longer")]
)
def test_a_pin_out_of_the_columns_held_cannot_be_stepped_and_says_why(
    real_window: MainWindow, desk: Market, qtbot: QtBot, columns: int, words: str
) -> None:
    pinned = replace(desk.reading(), seq=desk.ring.published_seq + columns)
    real_window.inspector.pin(pinned)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(real_window.chart, key, Qt.KeyboardModifier.AltModifier)
    for key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
        qtbot.keyClick(real_window.chart, key)
    assert real_window.inspector.reading is pinned
    (notice,) = real_window.notices.notices
    assert words in notice.text
    assert notice.count == 4


def test_keys_move_in_the_list_of_events_and_not_the_chart(
    real_window: MainWindow, desk: Market, qtbot: QtBot
) -> None:
    inspector = _pin_and_go_to_events(qtbot, real_window, desk)
    view = real_window.chart.viewport()
    assert inspector.events.currentItem() is inspector.events.topLevelItem(0)
    qtbot.keyClick(inspector.events, Qt.Key.Key_Down)
    assert inspector.events.currentItem() is inspector.events.topLevelItem(1)
    qtbot.keyClick(inspector.events, Qt.Key.Key_Return)
    assert desk.session.sent[-1] == SeekEvent(41)
    qtbot.keyClick(inspector.events, Qt.Key.Key_Home)
    assert inspector.events.currentItem() is inspector.events.topLevelItem(0)
    assert desk.session.sent[-1] == SeekEvent(41)
    assert real_window.chart.viewport() == view


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_idle": True}, "No event fell into this column"),
        ({"is_after_break": True}, "A long silence was cut out before"),
        ({"book_state": "partial"}, "Book partial: The data began without a snapshot"),
    ],
)
def test_what_is_odd_about_a_column_is_said_and_copied(
    dock: InspectorDock, desk: Market, changes: dict[str, object], words: str
) -> None:
    desk.session.grid = desk.engine.grid()
    dock.pin(desk.reading())
    assert not dock.remark_label.isVisible()
    dock.pin(replace(desk.reading(), **changes))
    assert dock.report is not None
    assert dock.remark_label.isVisible()
    assert words in dock.remark_label.text()
    assert dock.text().splitlines()[:2] == [dock.verdict_label.text(), dock.remark_label.text()]


def test_a_gap_is_said_to_be_one(dock: InspectorDock, desk: Market) -> None:
    dock.pin(replace(desk.reading(), is_gap=True, is_in_band=False, book_state="partial"))
    assert dock.verdict_label.text() == "There was no feed here."
    assert not dock.remark_label.isVisible()


def test_live_without_an_exact_report_it_is_said_what_can_be_known(dock: InspectorDock, desk: Market) -> None:
    desk.session.facts = LIVE
    dock.pin(desk.reading(1, columns_ago=20))
    assert "while the records of this session are kept" in dock.remark_label.text()
    assert dock.remark_label.text() in dock.text()
    reading = dock.reading
    assert reading is not None
    assert reading.k is not None
    desk.session.cell_report = desk.report(event_id=reading.event_id, bucket=reading.bucket)
    dock.pull()
    assert dock.source_label.text() == "exact"
    assert not dock.remark_label.isVisible()


def test_stepping_keeps_the_former_values_dimmed_and_the_keyboard_where_it_is(
    real_window: MainWindow, desk: Market, qtbot: QtBot
) -> None:
    inspector = _pin_and_go_to_events(qtbot, real_window, desk)
    qtbot.keyClick(inspector.events, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert inspector.report is None
    assert inspector.bars.isVisible()
    assert not inspector.bars.isEnabled()
    assert inspector.events.hasFocus()
    assert inspector.source_label.text() == "computing..."
    again = inspector.reading
    assert again is not None
    desk.session.cell_report = desk.report(again.k, event_id=again.event_id)
    qtbot.waitUntil(lambda: inspector.report is not None)
    assert inspector.bars.isEnabled()
    inspector.pin(replace(again, is_in_band=False))  # of which there is nothing to tell
    assert not inspector.bars.isVisible()
    assert real_window.chart.hasFocus()
