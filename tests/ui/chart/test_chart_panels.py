"""Ladder and strips beside a real field: lined up to the pixel, and remembered as they were arranged."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.factories import T0, TICK, add
from tests.fakes.chart import FakeChart
from tests.fakes.session import FakeSession
from tests.ui.densities import check_at_density
from tests.ui.grabbing import channels, grabbed
from tests.ui.opening import make_window, open_window
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import H_START_NS, GridRing
from vpdesk.display.scale import Scale
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.panels.strips import STRIP_NAMES
from vpdesk.ui.preferences.settings import SettingsFile

SPOT = 5000
HALF_WIDTH = 60
LEFT = Qt.MouseButton.LeftButton


class RealSession(FakeSession):
    """A session with an engine whose book has orders at every third price only, so that rows stand out."""

    def __init__(self) -> None:
        super().__init__()
        self.params = EngineParams(tick_size=TICK, half_width=HALF_WIDTH)
        self.engine = Engine(self.params)
        self.ring = GridRing(HALF_WIDTH, 256)
        records = [
            order
            for i in range(0, HALF_WIDTH, 3)
            for order in (
                add(100 + i, "B", SPOT - 1 - i, 80, ts=T0 + i),
                add(300 + i, "A", SPOT + 2 + i, 80, ts=T0 + i),
            )
        ]
        records += [
            add(1000 + i, "B", SPOT - 1 - i % 20 * 3, 1, ts=T0 + i // 20 * 10**8) for i in range(20, 1200)
        ]
        self.engine.feed(np.concatenate(records), self.ring)
        self.grid = self.engine.grid()


@pytest.fixture
def desk(qtbot: QtBot, settings: SettingsFile) -> MainWindow:
    window = open_window(qtbot, settings, (1600, 1200))
    prepare(window)
    return window


def prepare(window: MainWindow) -> None:
    """Show the session, with frames that come by hand."""
    window.draw_frames(False)
    window.set_session(RealSession())
    window.chart.set_layer("depth")
    window.chart.set_overlays(frozenset())
    window.chart.set_scale(Scale.of("linear", 0.0, 80.0, is_signed=False))
    frames(window, 3)


def frames(window: MainWindow, n: int = 2) -> None:
    for _ in range(n):
        window.panels._ladder_due_s = window.panels._strips_due_s = 0.0
        window.draw_frame()


def lit_in_field(window: MainWindow) -> np.ndarray:
    """Return which rows of pixels of the newest column hold orders."""
    place = window.chart.placement()
    view = place.viewport
    bins = window.panels.strips.bins
    x = round(place.left_pt * place.density) + int(bins.edges_px[bins.newest])
    column = channels(grabbed(window.chart))[: view.height_px, x].sum(axis=1)
    # prices far from both the dark of no orders and the shade outside the band
    return column > 0.6 * column.max()


def lit_in_ladder(window: MainWindow) -> np.ndarray:
    """Return which rows of pixels of the ladder have a bid or ask bar."""
    ladder, height = window.panels.ladder, window.chart.viewport().height_px
    density = window.chart.placement().density
    shown = channels(grabbed(ladder))[:height]
    lit = np.zeros(height, bool)
    for name, side in (("bid", -3), ("ask", 3)):
        left, right = ladder.column_rect(name)
        ink = shown[:, round(((right if side < 0 else left) + side) * density)]
        spread = ink.max(axis=1) - ink.min(axis=1)  # a bar has a hue, the ground has none
        lit |= spread > 35
    return lit


def begins(lit: np.ndarray) -> list[int]:
    return [int(y) for y in np.flatnonzero(np.diff(lit.astype(np.int8), prepend=0) == 1)]


def assert_rows_line_up(window: MainWindow) -> None:
    field, ladder = begins(lit_in_field(window)), begins(lit_in_ladder(window))
    assert len(field) > 8
    assert ladder == field


@pytest.mark.parametrize("axis", ["price", "spot"])
@pytest.mark.parametrize("zoom", [1.0, 1.6, 0.5, 0.21])
def test_ladder_rows_begin_on_the_pixels_of_the_fields_rows(desk: MainWindow, zoom: float, axis: str) -> None:
    desk.chart.set_price_axis(axis)
    desk.chart.zoom(1.0, zoom)
    frames(desk)
    assert_rows_line_up(desk)


def test_the_ladder_stays_with_the_field_when_it_is_dragged(desk: MainWindow) -> None:
    before = begins(lit_in_ladder(desk))
    desk.panels._ladder_due_s = float("inf")  # no new data is due: the move alone must do
    desk.chart.pan(0.0, 0.037)
    desk.draw_frame()
    after = begins(lit_in_ladder(desk))
    assert after == begins(lit_in_field(desk))
    assert after != before


def test_the_ladder_fades_while_the_book_is_stale(desk: MainWindow) -> None:
    ladder, session = desk.panels.ladder, desk._session

    def contrast() -> float:
        return float(np.ptp(channels(grabbed(ladder))[: desk.chart.viewport().height_px]))

    fresh = contrast()
    for book_state, is_faded in (("stale", True), ("valid", False)):
        session.report(book_state=book_state)
        frames(desk)
        assert contrast() < 0.6 * fresh if is_faded else contrast() == fresh


def test_the_ladder_zooms_and_moves_the_fields_prices(desk: MainWindow, qtbot: QtBot) -> None:
    ladder, view = desk.panels.ladder, desk.chart.viewport()
    at = QPoint(30, 120)
    qtbot.mousePress(ladder, LEFT, pos=at)
    qtbot.mouseMove(ladder, at + QPoint(0, 24))
    qtbot.mouseRelease(ladder, LEFT, pos=at + QPoint(0, 24))
    assert not desk.chart.is_following
    assert desk.chart.viewport().bottom_px == view.bottom_px + 24
    frames(desk)
    assert begins(lit_in_ladder(desk)) == begins(lit_in_field(desk))
    before = desk.chart.viewport()
    ladder.wheeled.emit(120.0, 3.0)
    after = desk.chart.viewport()
    assert after.px_per_row > before.px_per_row
    assert after.px_per_column == before.px_per_column
    assert after.row_at(120) == before.row_at(120)
    qtbot.mouseDClick(ladder, LEFT, pos=at)
    assert desk.chart.is_following


def test_the_ladder_shows_the_numbers_of_the_grid(desk: MainWindow) -> None:
    rows, grid = desk.panels.ladder.rows, desk._session.grid
    buckets = (grid.price // TICK).tolist()
    for row, bucket in enumerate(rows.buckets.tolist()):
        bid, ask, added = rows.values[:3, row]
        if bucket in buckets:
            i = buckets.index(bucket)
            assert (bid, ask, added) == (grid.bid_depth[i], grid.ask_depth[i], grid.added[i])
    assert desk.panels.ladder.has_digits


def test_low_rows_keep_bars_and_lose_digits(desk: MainWindow) -> None:
    desk.chart.zoom(1.0, 0.5)
    frames(desk)
    assert not desk.panels.ladder.has_digits
    assert lit_in_ladder(desk).any()


def test_only_rows_that_changed_are_painted_again(desk: MainWindow) -> None:
    session, ladder = desk._session, desk.panels.ladder
    for _ in range(5):  # until the layout has come to rest
        frames(desk)
        QApplication.processEvents()
    painted: list[QRect] = []

    class Watch(QObject):
        def eventFilter(self, _: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                painted.append(event.region().boundingRect())
            return False

    watch = Watch()
    ladder.installEventFilter(watch)
    ladder.show_grid(session.ring, session.grid, desk.panels._place)
    QApplication.processEvents()
    assert painted == []
    session.engine.feed(add(5000, "B", SPOT - 4, 7, ts=T0 + 60 * 10**8), session.ring)
    session.engine.feed(add(5001, "B", SPOT - 5, 7, ts=T0 + 60 * 10**8), session.ring)
    grid = replace(session.grid, added=session.engine.grid().added)
    ladder.show_grid(session.ring, grid, desk.panels._place)
    QApplication.processEvents()
    row_pt = np.diff(ladder.rows.tops_px).max()
    assert len(painted) == 1
    assert painted[0].height() <= 3 * row_pt


def test_strips_stand_in_the_fields_pixel_columns(desk: MainWindow) -> None:
    """The newest column ends where the field's picture of it ends."""
    strips = desk.panels.strips
    place = desk.chart.placement()
    volume = strips.strips["events"]
    across = slice(place.left_pt, place.left_pt + place.viewport.width_px)
    shown = channels(grabbed(volume))[volume.height() - 5, across]
    field = channels(grabbed(desk.chart))[5, across]
    ground = shown[0]
    lit = (np.abs(shown - ground) > 30).any(axis=1)
    has_column = (np.abs(field - field[0]) > 3).any(axis=1)
    assert begins(lit)[0] == begins(has_column)[0]
    assert lit.sum() == has_column.sum() == strips.bins.n_columns.sum() * place.viewport.px_per_column


def test_the_crosshair_marks_the_same_time_and_price_everywhere(desk: MainWindow, qtbot: QtBot) -> None:
    canvas = desk.chart._canvas.viewport()
    qtbot.mouseMove(canvas, QPoint(canvas.width() // 2, 111))
    frames(desk)
    at = desk.chart.placement().pointer_pt
    assert at is not None
    assert {strip._cursor_pt for strip in desk.panels.strips.strips.values()} == {at[0]}
    assert desk.panels.ladder._pointer_row == desk.panels.ladder.rows.row_at(at[1])


@pytest.mark.parametrize("axis", ["price", "spot"])
def test_the_pointer_over_a_strip_or_the_ladder_draws_its_line_in_the_field(
    desk: MainWindow, qtbot: QtBot, axis: str
) -> None:
    desk.chart.set_price_axis(axis)
    frames(desk)
    canvas, place = desk.chart._canvas, desk.chart.placement()
    strip = desk.panels.strips.strips["volume"]
    x = place.viewport.width_px - 40
    qtbot.mouseMove(strip, QPoint(place.left_pt + x, 20))
    assert (canvas.crosshair.x_pt, canvas.crosshair.y_pt) == (x, None)
    assert [badge.place_px for badge in canvas.times._badges] == [x]
    assert len(canvas.prices._badges) == 0
    frames(desk)  # the line stays
    assert canvas.crosshair.x_pt == x
    qtbot.mouseMove(desk.panels.ladder, QPoint(30, 120))
    assert (canvas.crosshair.x_pt, canvas.crosshair.y_pt) == (None, 120)
    assert [badge.place_px for badge in canvas.prices._badges] == [120]
    assert len(canvas.times._badges) == 0
    desk.panels.ladder.leaveEvent(QEvent(QEvent.Type.Leave))
    assert (canvas.crosshair.x_pt, canvas.crosshair.y_pt) == (None, None)
    assert desk.readout.pairs == ()


def test_a_field_that_shrinks_away_from_the_pointer_forgets_it(desk: MainWindow, qtbot: QtBot) -> None:
    canvas = desk.chart._canvas.viewport()
    qtbot.mouseMove(canvas, QPoint(desk.chart.placement().viewport.width_px - 5, 111))
    frames(desk)
    assert desk.chart.placement().pointer_pt is not None
    desk.panels._beside.moveSplitter(700, 1)
    frames(desk)
    assert desk.chart.placement().pointer_pt is None
    assert desk.panels.strips.strips["spread"].reading() == (("", "3 ticks", ""),)


# --- choices -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "is_shown"), [(1100, False), (1280, True), (1600, True)])
def test_panels_show_where_there_is_room(desk: MainWindow, width: int, is_shown: bool) -> None:
    desk.resize(width, 720)
    assert desk.panels.ladder.isVisible() is is_shown
    assert desk.panels.strips.isVisible() is is_shown
    assert desk.actions_by_id["show_ladder"].isChecked() is is_shown
    frames(desk)
    field_pt = desk.chart.placement().viewport.width_px / desk.devicePixelRatioF()
    assert field_pt >= 0.575 * width


def test_docks_at_both_sides_of_a_small_window_leave_no_room_for_the_ladder_unless_it_was_chosen(
    desk: MainWindow, qtbot: QtBot
) -> None:
    desk.resize(1280, 720)
    desk.inspector.show()
    qtbot.waitUntil(lambda: desk.panels.width() < 1000)
    assert desk.panels.ladder.isVisible()
    desk.direction.show()
    qtbot.waitUntil(lambda: not desk.panels.ladder.isVisible())
    assert desk.panels.strips.isVisible()
    assert not desk.actions_by_id["show_ladder"].isChecked()
    desk.actions_by_id["show_ladder"].trigger()
    assert desk.panels.ladder.isVisible()


def test_what_was_chosen_holds_whatever_the_room(desk: MainWindow) -> None:
    desk.actions_by_id["show_ladder"].trigger()
    assert not desk.panels.ladder.isVisible()
    desk.resize(1100, 720)
    desk.actions_by_id["show_strips"].trigger()
    assert desk.panels.strips.isVisible()
    desk.resize(1700, 900)
    assert (desk.panels.ladder.isVisible(), desk.panels.strips.isVisible()) == (False, True)


def test_at_1280_by_720_everything_still_fits(desk: MainWindow) -> None:
    desk.resize(1280, 720)
    assert desk.panels.ladder.isVisible()
    assert desk.panels.strips.isVisible()
    frames(desk)
    assert (desk.width(), desk.height()) == (1280, 720)
    assert desk.chart.width() > 700
    assert desk.chart.height() > 250
    assert all(strip.height() >= strip.minimumHeight() for strip in desk.panels.strips.strips.values())


def test_the_ladder_writes_every_digit_where_there_is_room(desk: MainWindow) -> None:
    ladder = desk.panels.ladder
    ladder.resize(700, 400)
    assert [ladder.figures.text("bid", number) for number in (7.0, 26_767.0, 136_725.0)] == [
        "7",
        "26767",
        "137k",
    ]
    ladder.resize(340, 400)
    quantities = (26_767.0, 27_000.0, 99_949.0, 99_951.0, 4_000_000.0)
    shortened = [ladder.figures.text("filled", quantity) for quantity in quantities]
    assert shortened == ["26.8k", "27.0k", "99.9k", "100k", "4M"]


def test_no_title_of_the_ladder_is_cut_at_the_edge_of_the_window(desk: MainWindow) -> None:
    ladder = desk.panels.ladder
    for width in range(210, 400, 5):
        ladder.resize(width, 400)
        foot = channels(grabbed(ladder))[-15:, -1]
        assert len(np.unique(foot, axis=0)) == 1, width  # nothing is written on the last pixels


def test_columns_that_are_compared_write_like_quantities_alike_in_every_width(desk: MainWindow) -> None:
    ladder = desk.panels.ladder
    names, ways = ("added", "pulled", "filled"), set()
    for width in range(330, 520):
        ladder.resize(width, 400)
        (text,) = {ladder.figures.text(name, 16_535.0) for name in names}
        narrowest = min(right - left for left, right in map(ladder.column_rect, names))
        is_whole = QFontMetricsF(ladder.figures.font).horizontalAdvance("16535") <= narrowest - 5
        assert text == ("16535" if is_whole else "16.5k"), width
        ways.add(text)
    assert len(ways) == 2


def _order_seen(window: MainWindow) -> list[str]:
    shown = [strip for strip in window.panels.strips.strips.values() if strip.isVisible()]
    return [strip.name for strip in sorted(shown, key=lambda strip: strip.y())]


def test_strips_move_hide_collapse_and_come_back_from_the_settings(
    desk: MainWindow, settings: SettingsFile, qtbot: QtBot
) -> None:
    assert _order_seen(desk) == list(STRIP_NAMES)
    menu = desk.panels.strips.menu_for("volume")
    next(action for action in menu.actions() if action.text() == "Move up").trigger()
    desk.panels.strips.move_strip("events", 1)
    desk.actions_by_id["strip_drive"].trigger()
    qtbot.mouseDClick(desk.panels.strips.strips["spread"], LEFT)
    desk.panels.strips.collapse_strip("events", True)
    QApplication.processEvents()
    expected = ["volume", "spread", "events"]
    assert _order_seen(desk) == expected
    desk.close()
    reopened = open_window(qtbot, SettingsFile(settings.path), (1600, 900), FakeChart())
    reopened.set_session(FakeSession())
    assert _order_seen(reopened) == expected
    assert not reopened.actions_by_id["strip_drive"].isChecked()
    strips = reopened.panels.strips.strips
    assert (strips["events"].is_collapsed, strips["spread"].is_collapsed) == (True, False)
    reopened.close()


def test_hiding_the_last_strip_hides_them_all_and_showing_one_brings_it_back(desk: MainWindow) -> None:
    for name in STRIP_NAMES:
        desk.actions_by_id[f"strip_{name}"].trigger()
    assert not desk.panels.strips.isVisible()
    desk.actions_by_id["strip_drive"].trigger()
    assert desk.panels.strips.isVisible()
    assert "drive" in _order_seen(desk)


def test_heights_and_widths_are_remembered(desk: MainWindow, settings: SettingsFile) -> None:
    desk.panels._beside.moveSplitter(1100, 1)
    desk.panels._below.moveSplitter(450, 1)
    width, height = desk.panels.ladder.width(), desk.panels.strips.height()
    desk.close()
    again = SettingsFile(settings.path)
    assert again.load() == ""
    assert (again.preferences.ladder_width, again.preferences.strips_height) == (width, height)


def test_without_a_grid_the_ladder_is_empty(desk: MainWindow) -> None:
    desk._session.grid = None
    frames(desk)
    assert desk.panels.ladder.rows is None
    desk.set_session(None)
    assert desk.panels.strips.bins is None


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_readings_name_what_is_under_the_pointer(desk: MainWindow, theme: str) -> None:
    desk.looks.show_theme(theme)
    strips = desk.panels.strips
    values = {name: [pair[:2] for pair in strips.strips[name].reading()] for name in STRIP_NAMES}
    assert values["spread"] == [("", "3 ticks")]
    began_s = int(desk._session.ring.read(0, 0).headers[0, H_START_NS]) // 10**9
    assert values["volume"] == [
        ("bought", "0"),
        ("sold", "0"),
        ("delta", "0"),
        ("since", f"{datetime.fromtimestamp(began_s, UTC):%H:%M:%S}"),
    ]
    strips.set_cursor(-50.0)
    assert strips.strips["spread"].reading() == ()


def test_columns_of_the_ladder_are_chosen_from_its_menu_and_remembered(
    desk: MainWindow, settings: SettingsFile, qtbot: QtBot
) -> None:
    ladder = desk.panels.ladder
    menu = ladder.menu()
    titles = {action.text(): action for action in menu.actions()}
    assert "Price" not in titles
    assert all(action.toolTip() and action.isChecked() for action in titles.values())
    for title in ("Pulled", "Filled"):
        titles[title].trigger()
    assert [ladder.column_rect(name) for name in ("pulled", "filled")] == [(0.0, 0.0)] * 2
    left = 0.0
    for name in ("bid", "price", "ask", "added", "traded", "flow"):
        assert ladder.column_rect(name)[0] == left
        left = ladder.column_rect(name)[1]
    assert left == ladder.width()
    desk.close()
    reopened = make_window(qtbot, SettingsFile(settings.path), FakeChart())
    assert reopened.panels.ladder.hidden == {"pulled", "filled"}
    reopened.close()


def check_rows_while_the_view_moves(window: MainWindow) -> None:
    prepare(window)
    for zoom in (1.0, 1.6, 0.4, 0.6):
        window.chart.zoom(1.0, zoom)
        frames(window)
        assert_rows_line_up(window)
        for _ in range(3):  # as the market scrolls by
            window.chart.pan(0.0, 0.0137)
            frames(window)
            assert_rows_line_up(window)


@pytest.mark.slow
@pytest.mark.parametrize("density", ["1.5", "2"])
def test_rows_line_up_at_every_pixel_density(tmp_path: Path, density: str) -> None:
    check_at_density(density, check_rows_while_the_view_moves, (1600, 1200), tmp_path)
