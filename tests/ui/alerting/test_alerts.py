"""Alerts in the window: made, seen, heard once, listed, gone to and remembered."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import (
    QApplication,
    QHeaderView,
    QPushButton,
    QStyle,
    QStyleOptionViewItem,
    QToolTip,
)
from pytestqt.qtbot import QtBot

from tests.fakes.session import LIVE, REPLAY, FakeSession
from tests.ui.opening import open_window
from vpdesk.core.ring import H_EVENT_ID
from vpdesk.display.alert_rules import MAX_RULES, AlertRule, AtPrice, NearSpot, Quantity
from vpdesk.display.alert_watch import Firing
from vpdesk.display.reading import CellReading
from vpdesk.display.synthetic import SyntheticWriter, synthetic_ring
from vpdesk.figures import grouped
from vpdesk.runtime.commands import Pause, SeekEvent
from vpdesk.ui.alerting.alert_dialog import AlertDialog
from vpdesk.ui.alerting.alert_log import MAX_ENTRIES, AlertLog, missed_entry
from vpdesk.ui.alerting.alerts import rule_of_cell
from vpdesk.ui.preferences.settings import SettingsFile

TICK_SIZE = 250_000_000
BUCKET = 20_400
WHAT = f"Vacuum at 5100.00 above {grouped(5000)} contracts/s"
WALL = AlertRule(Quantity.VACUUM, 5000, place=AtPrice(BUCKET * TICK_SIZE))


class Beeps:
    """Stands in for the sound: counts."""

    def __init__(self) -> None:
        self.is_muted = False
        self.n_played = 0

    def play(self) -> None:
        self.n_played += 1


class Desk:
    """A window with a chart of its own and a session of made-up columns."""

    def __init__(self, qtbot: QtBot, path: Path) -> None:
        self.window = open_window(qtbot, SettingsFile(path))
        self.window.activateWindow()
        self.alerts = self.window.alerts
        self.beeps = self.alerts.sound = Beeps()
        self.session = FakeSession()
        self.writer = self.show(self.session)

    def show(self, session: FakeSession) -> SyntheticWriter:
        self.session = session
        writer = synthetic_ring(300, 12, seed=1)
        session.ring = writer.ring
        self.window.set_session(session)
        self.pull()
        return writer

    def pull(self) -> None:
        """Look until everything closed has been checked, and draw."""
        for _ in range(40):
            self.alerts.pull()
        self.window.draw_frame()

    def drain(self, vacuum: float = 9000.0) -> int:
        """Have the wall pulled in the open column; return that column once it has closed."""
        self.writer.write(20)
        self.writer.touch(BUCKET, 0.0, vacuum)
        seq = self.writer.ring.published_seq
        self.writer.write(20)
        self.pull()
        return seq

    def dialog(self) -> AlertDialog:
        return next(one for one in self.window.findChildren(AlertDialog) if one.isVisible())


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path / "vpdesk.ini")


def _marked(desk: Desk) -> list[Firing]:
    """Return the alerts whose marks are in view."""
    markers = desk.alerts.markers
    return [one for mark in markers.marks for one in markers.firings_at(mark.at.x(), mark.at.y() - 3)]


def make(desk: Desk, rule: AlertRule) -> None:
    desk.alerts._ask(rule, None)
    desk.dialog().accept()


def test_an_alert_is_heard_listed_said_and_marked_once(desk: Desk) -> None:
    make(desk, WALL)
    desk.pull()
    assert desk.alerts.log.entries == []
    seq = desk.drain()
    (entry,) = desk.alerts.log.entries
    assert entry.firing is not None
    assert (entry.firing.seq, entry.short) == (seq, f"Vacuum {grouped(9000)} contracts/s at 5100.00")
    assert (entry.what, entry.where) == (WHAT, "5100.00")
    assert desk.beeps.n_played == 1
    assert desk.alerts.markers.words == f"{entry.what}: {entry.value}"
    (mark,) = desk.alerts.markers.marks
    cell_x = (seq + 0.5) * desk.window.chart.viewport().px_per_column - desk.window.chart.viewport().left_px
    assert mark.at.x() == pytest.approx(cell_x)
    assert mark.label == f"Vacuum {grouped(9000)}"
    desk.pull()
    assert desk.beeps.n_played == 1


def test_the_mark_is_painted_on_any_shade_and_tells_more_when_hovered(desk: Desk, qtbot: QtBot) -> None:
    make(desk, WALL)
    desk.drain()
    desk.alerts._say("")
    (mark,) = desk.alerts.markers.marks
    left = desk.window.chart.field_margins()[0]
    picture = desk.window.chart.grab().toImage()
    tone = picture.pixelColor(left + round(mark.at.x()), round(mark.at.y() - 7))
    assert tone.name() == "#ffe066"
    canvas = desk.window.chart._canvas
    for away_pt, told in ((0, f"{WHAT}: {grouped(9000)} contracts/s"), (40, "")):
        point = QPoint(round(mark.at.x()) - away_pt, round(mark.at.y() - 5))
        qtbot.mouseMove(canvas.viewport(), point)
        at = canvas.viewport().mapToGlobal(point)
        QApplication.sendEvent(canvas.viewport(), QHelpEvent(QEvent.Type.ToolTip, point, at))
        assert QToolTip.text() == told
        QToolTip.hideText()
        qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_marks_that_would_cover_each_other_are_one_with_their_number(desk: Desk) -> None:
    make(desk, replace(WALL, pause_s=0.0))
    for _ in range(3):
        desk.writer.touch(BUCKET, 0.0, 9000.0)
        desk.writer.write(2)
    desk.pull()
    (mark,) = desk.alerts.markers.marks
    assert mark.label == "\N{MULTIPLICATION SIGN}3"


def test_a_label_covers_neither_a_mark_nor_a_newer_label(desk: Desk) -> None:
    make(desk, replace(WALL, pause_s=0.0))
    for _ in range(3):
        desk.writer.touch(BUCKET, 0.0, 9000.0)
        desk.writer.write(10)  # fewer than a label is wide
    desk.writer.write(40)
    desk.pull()
    marks = desk.alerts.markers.marks
    # left of the oldest, right of the newest: the one between has no room
    assert [mark.label for mark in marks] == [f"Vacuum {grouped(9000)}", "", f"Vacuum {grouped(9000)}"]
    assert marks[0].label_at.x() < marks[0].at.x()
    assert marks[2].label_at.x() > marks[2].at.x()
    assert len(_marked(desk)) == 3


def test_the_newest_alert_has_its_label_at_the_edge_too_however_near_the_others(desk: Desk) -> None:
    make(desk, replace(WALL, pause_s=0.0))
    for _ in range(4):
        desk.writer.touch(BUCKET, 0.0, 9000.0)
        desk.writer.write(10)
    desk.pull()
    markers = desk.alerts.markers
    newest = markers.marks[-1]
    assert newest.label == f"Vacuum {grouped(9000)}"
    size = markers._picture(newest.label).deviceIndependentSize()
    label = QRectF(newest.label_at, size)
    assert label.right() < newest.at.x()
    assert QRectF(markers.boundingRect()).contains(label)
    assert not any(label.intersects(mark.rect) for mark in markers.marks)


def test_what_is_said_of_an_alert_is_said_whole_in_a_narrow_field(desk: Desk) -> None:
    markers = desk.alerts.markers
    markers.say("Depth pulled within 12 of the spot above 250000 contracts: 262144 contracts")
    wide = markers.words_rect()
    markers.set_rect(QRectF(0, 0, 240, 400))
    narrow = markers.words_rect()
    assert narrow.width() <= 240
    assert narrow.height() > 2.5 * (wide.height() - 8)
    assert markers.boundingRect().contains(narrow)


def test_marks_keep_to_their_price_on_the_axis_around_the_spot(desk: Desk) -> None:
    make(desk, WALL)
    seq = desk.drain()
    desk.window.choices.show_price_axis("spot")
    desk.pull()
    (mark,) = desk.alerts.markers.marks
    reading = desk.window.chart._read_at(mark.at)
    assert (reading.seq, reading.bucket) == (seq, BUCKET)


def test_after_a_jump_old_alerts_are_marked_but_make_no_sound(desk: Desk) -> None:
    make(desk, WALL)
    desk.drain()
    n_played = desk.beeps.n_played
    other = synthetic_ring(60, 12, seed=1)
    other.touch(BUCKET, 0.0, 9000.0)
    other.write(200)
    other.ring.passed_id = int(other.ring.headers[250, H_EVENT_ID])
    desk.session.ring = other.ring
    desk.pull()
    assert desk.beeps.n_played == n_played
    assert [one.seq for one in desk.alerts.watch.firings] == [59]
    assert len(desk.alerts.log.entries) == 1


def test_a_moment_that_is_played_again_is_heard_again_and_listed_once(desk: Desk) -> None:
    make(desk, WALL)
    desk.drain()
    (entry,) = desk.alerts.log.entries
    desk.alerts.log.add([missed_entry(2)])
    desk.alerts.log.add([entry])
    assert [one.short for one in desk.alerts.log.entries] == [
        entry.short,
        "2 columns passed too fast to check",
    ]


def test_columns_that_passed_too_fast_are_said(desk: Desk) -> None:
    make(desk, WALL)
    desk.pull()
    desk.writer.write(10_000)
    desk.pull()
    assert "passed too fast to check" in desk.alerts.log.entries[0].short
    assert desk.beeps.n_played == 0


def test_enter_on_an_entry_goes_to_its_moment(desk: Desk, qtbot: QtBot) -> None:
    make(desk, WALL)
    desk.drain()
    desk.session.sent.clear()
    log = desk.alerts.panel.log
    log.setFocus()
    qtbot.keyClick(log, Qt.Key.Key_Down)
    qtbot.keyClick(log, Qt.Key.Key_Return)
    event_id = desk.alerts.log.entries[0].firing.event_id
    assert desk.session.sent == [Pause(), SeekEvent(event_id + 1)]


def test_in_a_live_session_an_entry_scrolls_the_chart(desk: Desk) -> None:
    desk.writer = desk.show(FakeSession(LIVE))
    make(desk, WALL)
    seq = desk.drain()
    desk.writer.write(1000)
    desk.pull()
    desk.alerts.panel.entry_chosen.emit(desk.alerts.log.entries[0])
    desk.pull()
    first, last = desk.window.chart.visible_columns()
    assert first < seq < last
    assert not desk.window.chart.is_following
    assert not any(isinstance(one, SeekEvent) for one in desk.session.sent)


def test_ctrl_shift_h_makes_an_alert_of_the_cell_under_the_pointer(desk: Desk, qtbot: QtBot) -> None:
    chart = desk.window.chart
    qtbot.mouseMove(chart._canvas.viewport(), QPoint(300, 120))
    reading = chart.reading()
    qtbot.keyClick(
        desk.window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    rule = desk.dialog().rule()
    assert rule.place == AtPrice(reading.tick * TICK_SIZE)
    assert rule.quantity is Quantity.NET
    assert rule.threshold == pytest.approx(reading.net, rel=0.01)
    qtbot.keyClick(desk.dialog(), Qt.Key.Key_Return)
    assert desk.alerts.rules == (rule,)
    assert desk.alerts.dock.isVisible()


def test_the_layer_shown_decides_what_the_cells_alert_watches(desk: Desk) -> None:
    reading = desk.window.chart.reading()
    assert isinstance(reading, CellReading)
    for layer, quantity in (("vacuum", Quantity.VACUUM), ("depth", Quantity.DEPTH), ("age", Quantity.NET)):
        assert rule_of_cell(replace(reading, layer=layer)).quantity is quantity
    draining = rule_of_cell(replace(reading, layer="net", pressure=1.0, vacuum=20.0))
    assert (draining.threshold, draining.is_above) == (-19.0, False)
    unknown = rule_of_cell(replace(reading, layer="vacuum", vacuum=None))
    assert unknown.threshold == 0.0


def test_rules_are_remembered_of_each_instrument_and_may_be_few(desk: Desk, qtbot: QtBot) -> None:
    make(desk, WALL)
    desk.alerts.panel.rules.item(0, 0).setCheckState(Qt.CheckState.Unchecked)
    assert desk.alerts.rules == (replace(WALL, is_on=False),)
    desk.show(FakeSession(replace(REPLAY, symbol="CLM4")))
    assert desk.alerts.rules == ()
    make(desk, AlertRule(Quantity.DRIVE, 0.5))
    desk.window.close()
    again = Desk(qtbot, desk.window._settings.path)
    assert again.alerts.rules == (replace(WALL, is_on=False),)
    again.show(FakeSession(replace(REPLAY, symbol="CLM4")))
    assert again.alerts.rules == (AlertRule(Quantity.DRIVE, 0.5),)
    again.alerts._keep((WALL,) * MAX_RULES)
    again.alerts.make_rule()
    assert not any(one.isVisible() for one in again.window.findChildren(AlertDialog))
    again.window.close()


def test_delete_removes_the_rule_and_space_turns_it_off(desk: Desk, qtbot: QtBot) -> None:
    make(desk, WALL)
    make(desk, AlertRule(Quantity.DRIVE, 0.5))
    table = desk.alerts.panel.rules
    table.setFocus()
    table.setCurrentCell(1, 0)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert [rule.is_on for rule in desk.alerts.rules] == [True, False]
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert desk.alerts.rules == (WALL,)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert desk.dialog().rule() == WALL


def test_the_dock_halves_no_low_neighbour(desk: Desk) -> None:
    desk.window.inspect_cell()
    height = desk.window.inspector.height()
    desk.alerts.show_panel()
    assert desk.window.tabifiedDockWidgets(desk.alerts.dock) == [desk.window.inspector]
    assert desk.window.inspector.height() >= height - 40  # but for the tabs
    desk.alerts.show_panel()
    assert desk.alerts.dock.isHidden()


def test_the_inspector_halves_no_low_alerts(desk: Desk) -> None:
    desk.alerts.show_panel()
    desk.window.inspect_cell()
    assert desk.window.tabifiedDockWidgets(desk.alerts.dock) == [desk.window.inspector]
    assert not desk.window.inspector.visibleRegion().isEmpty()


def test_the_panel_shows_where_each_rule_stands(desk: Desk) -> None:
    far = AlertRule(Quantity.DEPTH, 5, place=AtPrice(1000 * TICK_SIZE))
    off = AlertRule(Quantity.DRIVE, 0.5, is_on=False)
    always = AlertRule(Quantity.DEPTH, 0, place=NearSpot(3))
    for rule in (far, off, always):
        make(desk, rule)
    desk.alerts._standings_due_s = 0.0
    desk.pull()
    desk.alerts._standings_due_s = 0.0
    desk.pull()
    shown = [desk.alerts.panel.rules.item(row, 1).text() for row in range(3)]
    assert shown[:2] == ["outside the band", "off"]
    assert shown[2].endswith("\N{BULLET}")


def test_no_row_shows_another_figure_after_a_rule_is_removed(desk: Desk) -> None:
    for rule in (AlertRule(Quantity.DRIVE, 0.5), AlertRule(Quantity.DEPTH, 1e6, place=NearSpot(3))):
        make(desk, rule)
    desk.pull()
    panel = desk.alerts.panel
    panel.show_standings(desk.alerts.watch.standings)
    figure = panel.rules.item(1, 1).text()
    panel.remove_wanted.emit(0)
    shown = {panel.rules.item(0, 1).text()}
    for _ in range(40):
        desk.alerts._standings_due_s = 0.0
        desk.alerts.pull()
        shown.add(panel.rules.item(0, 1).text())
    assert shown == {figure}
    assert figure.isdecimal()


def test_a_rule_is_read_whole_in_every_width(desk: Desk) -> None:
    desk.alerts.show_panel()
    make(desk, AlertRule(Quantity.VACUUM, 5000, place=NearSpot(3)))
    table = desk.alerts.panel.rules
    item = table.item(0, 0)
    index = table.indexFromItem(item)
    for width in range(150, 320, 10):
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        table.setColumnWidth(0, width)
        QApplication.processEvents()
        option = QStyleOptionViewItem()
        table.initViewItemOption(option)
        table.itemDelegateForIndex(index).initStyleOption(option, index)
        option.rect = table.visualItemRect(item)
        room = table.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, table)
        room.adjust(3, 0, -3, 0)  # Qt's own margins beside the text
        needed = option.fontMetrics.boundingRect(room, Qt.TextFlag.TextWordWrap, item.text())
        assert needed.height() <= room.height(), width


def test_muting_is_one_switch_everywhere_and_is_remembered(desk: Desk, qtbot: QtBot) -> None:
    action = desk.window.actions_by_id["mute_alerts"]
    action.trigger()
    assert desk.beeps.is_muted
    assert desk.alerts.panel.mute_box.isChecked()
    desk.alerts.panel.mute_box.setChecked(False)
    assert not desk.beeps.is_muted
    assert not action.isChecked()
    action.trigger()
    desk.window.close()
    again = Desk(qtbot, desk.window._settings.path)
    assert again.window.actions_by_id["mute_alerts"].isChecked()
    again.window.close()


def test_the_log_is_bounded_and_can_be_copied(desk: Desk) -> None:
    make(desk, WALL)
    desk.drain()
    copy = next(one for one in desk.alerts.panel.findChildren(QPushButton) if one.text() == "Copy")
    copy.click()
    head, line = QGuiApplication.clipboard().text().split("\n")
    assert head.split("\t") == ["time", "event", "alert", "value", "price"]
    assert line.split("\t")[2:] == [WHAT, f"{grouped(9000)} contracts/s", "5100.00"]
    log = AlertLog()
    log.add([missed_entry(n) for n in range(1, MAX_ENTRIES + 6)])
    assert log.rowCount() == MAX_ENTRIES
    assert log.entries[0] == missed_entry(MAX_ENTRIES + 5)


def test_another_session_starts_with_an_empty_log(desk: Desk) -> None:
    make(desk, WALL)
    desk.drain()
    desk.show(FakeSession())
    assert desk.alerts.log.entries == []
    assert desk.beeps.n_played == 1
    desk.window.set_session(None)
    desk.alerts.pull()
    assert desk.alerts.rules == ()


def test_a_rule_made_while_the_session_rests_marks_what_the_chart_shows(desk: Desk) -> None:
    seq = desk.drain()
    desk.window.draw_frame()
    make(desk, WALL)
    desk.pull()
    assert [one.seq for one in _marked(desk)] == [seq]
    assert desk.beeps.n_played == 0
    desk.alerts.panel.remove_wanted.emit(0)
    desk.pull()
    assert desk.alerts.markers.marks == []
