"""Strips are arranged with the mouse and the keyboard alone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vpdesk.core.ring import GridRing
from vpdesk.display.placement import FieldPlacement
from vpdesk.display.synthetic import synthetic_ring
from vpdesk.display.viewport import Viewport
from vpdesk.ui.panels.strip_plot import COLLAPSED_PT, StripPlot
from vpdesk.ui.panels.strips import STRIP_NAMES, StripPanel

LEFT = Qt.MouseButton.LeftButton
PLACE = FieldPlacement(Viewport(600, 300, 3.0, 8.0), 1.0, left_pt=90)


@pytest.fixture
def panel(qtbot: QtBot) -> StripPanel:
    panel = StripPanel()
    qtbot.addWidget(panel)
    panel.resize(900, 320)
    panel.show_ring(GridRing(8, 64), PLACE)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def order_seen(panel: StripPanel) -> list[str]:
    QApplication.processEvents()
    shown = [strip for strip in panel.strips.values() if strip.isVisible()]
    return [strip.name for strip in sorted(shown, key=lambda strip: strip.y())]


def drag_title(qtbot: QtBot, panel: StripPanel, name: str, to_y: int, *, drop: bool = True) -> None:
    strip = panel.strips[name]
    start = QPoint(50, 10)
    qtbot.mousePress(strip, LEFT, pos=start)
    end = QPoint(50, to_y - strip.y())
    qtbot.mouseMove(strip, (start + end) / 2)
    qtbot.mouseMove(strip, end)
    if drop:
        qtbot.mouseRelease(strip, LEFT, pos=end)


def middle(panel: StripPanel, name: str) -> int:
    return panel.strips[name].geometry().center().y()


@pytest.mark.parametrize(
    ("name", "over", "by", "expected"),
    [
        ("drive", "volume", 5, ["volume", "drive", "events", "spread"]),
        ("drive", "volume", -5, ["drive", "volume", "events", "spread"]),
        ("drive", "spread", 8, ["volume", "events", "spread", "drive"]),
        ("events", "drive", -5, ["events", "drive", "volume", "spread"]),
        ("events", "drive", 5, ["drive", "events", "volume", "spread"]),
        ("spread", "volume", 5, ["drive", "volume", "spread", "events"]),
    ],
)
def test_a_strip_dragged_by_its_title_goes_where_it_is_dropped(
    qtbot: QtBot, panel: StripPanel, name: str, over: str, by: int, expected: list[str]
) -> None:
    drag_title(qtbot, panel, name, middle(panel, over) + by)
    assert order_seen(panel) == expected


def test_a_line_shows_where_a_dragged_strip_would_go(qtbot: QtBot, panel: StripPanel) -> None:
    line = panel._drop_line
    assert not line.isVisible()
    for over, by, below in (("volume", 5, "events"), ("volume", -5, "volume")):
        drag_title(qtbot, panel, "drive", middle(panel, over) + by, drop=False)
        assert line.isVisible()
        assert abs(line.geometry().center().y() - panel.strips[below].y()) <= 2
        qtbot.mouseRelease(panel.strips["drive"], LEFT, pos=QPoint(50, 10))
    drag_title(qtbot, panel, "drive", panel.height() + 50, drop=False)
    assert panel.rect().contains(line.geometry())
    qtbot.mouseRelease(panel.strips["drive"], LEFT, pos=QPoint(50, 10))
    assert not line.isVisible()
    assert order_seen(panel) == list(STRIP_NAMES)


def test_hidden_strips_stay_where_they_were_among_the_others(qtbot: QtBot, panel: StripPanel) -> None:
    panel.show_strip("volume", False)
    assert order_seen(panel) == ["drive", "events", "spread"]
    drag_title(qtbot, panel, "spread", middle(panel, "drive") - 5)
    assert order_seen(panel) == ["spread", "drive", "events"]
    panel.show_strip("volume", True)
    assert order_seen(panel) == ["spread", "drive", "volume", "events"]


def test_a_click_on_the_plot_drags_nothing(qtbot: QtBot, panel: StripPanel) -> None:
    strip = panel.strips["drive"]
    qtbot.mousePress(strip, LEFT, pos=QPoint(300, 10))
    qtbot.mouseMove(strip, QPoint(300, 200))
    assert not panel._drop_line.isVisible()
    qtbot.mouseRelease(strip, LEFT, pos=QPoint(300, 200))
    assert order_seen(panel) == list(STRIP_NAMES)


@pytest.mark.parametrize("way", ["triangle", "double click", "key"])
def test_a_strip_collapses_and_unfolds(qtbot: QtBot, panel: StripPanel, way: str) -> None:
    strip = panel.strips["volume"]
    for is_collapsed in (True, False):
        if way == "triangle":
            qtbot.mouseClick(strip, LEFT, pos=QPoint(9, 11))
        elif way == "key":
            strip.setFocus(Qt.FocusReason.TabFocusReason)
            qtbot.keyClick(strip, Qt.Key.Key_Return)
        else:
            qtbot.mouseDClick(strip, LEFT, pos=QPoint(300, 11))
        assert strip.is_collapsed is is_collapsed
        QApplication.processEvents()
        assert (strip.height() == COLLAPSED_PT) is is_collapsed


def test_tab_reaches_every_strip_and_the_menu_key_its_menu(qtbot: QtBot, panel: StripPanel) -> None:
    panel.activateWindow()
    reached: list[str] = []
    panel.strips["drive"].setFocus(Qt.FocusReason.TabFocusReason)
    for _ in STRIP_NAMES:
        focused = QApplication.focusWidget()
        assert isinstance(focused, StripPlot)
        reached.append(focused.name)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert sorted(reached) == sorted(STRIP_NAMES)
    strip = panel.strips["events"]
    strip.menu_requested.disconnect()  # a menu would grab the keyboard
    with qtbot.waitSignal(strip.menu_requested, timeout=1000):
        centre = strip.rect().center()
        keyed = QContextMenuEvent(
            QContextMenuEvent.Reason.Keyboard,
            centre,
            strip.mapToGlobal(centre),
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(strip, keyed)


def test_a_border_can_be_dragged_a_few_points_beside_it(qtbot: QtBot, panel: StripPanel) -> None:
    panel.collapse_strip("spread", False)
    QApplication.processEvents()
    handle = panel._splitter.handle(2)
    assert handle.height() >= 4
    before = panel.strips["volume"].height()
    edge = QPoint(200, handle.height() - 1)
    qtbot.mousePress(handle, LEFT, pos=edge)
    qtbot.mouseMove(handle, edge + QPoint(0, 12))
    with qtbot.waitSignal(panel.layout_changed, timeout=1000):
        qtbot.mouseMove(handle, edge + QPoint(0, 13))
    qtbot.mouseRelease(handle, LEFT, pos=edge + QPoint(0, 13))
    assert panel.strips["volume"].height() > before


@pytest.mark.parametrize(
    ("drive", "text", "is_coloured"),
    [(0.26, "+0.26", True), (-0.5, "\N{MINUS SIGN}0.50", True), (-0.001, "0", False)],
)
def test_a_drive_is_said_with_its_sign_unless_it_rounds_to_none(
    panel: StripPanel, drive: float, text: str, is_coloured: bool
) -> None:
    strip = panel.strips["drive"]
    bins = panel._source.read(GridRing(8, 64), PLACE.viewport)
    bins.drive[:, 0] = drive
    ((_, shown, colour),) = strip.values_at(bins, 0)
    assert (shown, bool(colour)) == (text, is_coloured)


def test_a_running_difference_is_said_with_its_sign_and_since_when(panel: StripPanel) -> None:
    strip = panel.strips["volume"]
    bins = replace(panel._source.read(GridRing(8, 64), PLACE.viewport), delta_from_ns=3_723 * 10**9)
    bins.delta[:, 0] = 12_345
    said = {name: text for name, text, _ in strip.values_at(bins, 0)}
    assert (said["delta"], said["since"]) == ("+12.3k", "01:02:03")
    bins.delta[:, 0] = -4_321
    said = {name: value for name, value, _ in panel.strips["volume"].values_at(bins, 0)}
    assert said["delta"] == "\N{MINUS SIGN}4\N{NARROW NO-BREAK SPACE}321"


def test_scales_leave_out_what_would_be_cut(panel: StripPanel, qtbot: QtBot) -> None:
    panel.show_ring(synthetic_ring(300).ring, PLACE)
    volume = panel.strips["volume"]
    volume._span.high = 5000.0  # type: ignore[attr-defined]
    labels = [text for _, text in volume.scale_labels()]
    assert labels[0].endswith("Δ +5\N{NARROW NO-BREAK SPACE}000")
    panel.resize(90 + 600 + 64, 320)
    QApplication.processEvents()
    picture = volume.grab().toImage()
    density = picture.devicePixelRatio()
    shades = {
        picture.pixel(x, y)
        for x in range(picture.width() - round(3 * density), picture.width())
        for y in range(picture.height())
    }
    assert len(shades) == 1
