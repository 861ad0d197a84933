"""The volume profile over a real field: in the field's pixels, in the right colours, on demand."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.ui.densities import check_at_density
from tests.ui.grabbing import channels, field_pixels
from tests.ui.markets import MarketSession, simulated_records
from tests.ui.opening import make_window, open_window
from vpdesk.core.ring import H_CENTRE, T_SEQ, T_SIDE, T_SIZE, T_TICK
from vpdesk.display.volume_profile import VolumeSource
from vpdesk.figures import grouped
from vpdesk.ui.field.trade_dots import DOT_COLOURS
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.preferences.settings import SettingsFile


@pytest.fixture(scope="module")
def market() -> NDArray[np.void]:
    return simulated_records(30.0)


@pytest.fixture
def desk(qtbot: QtBot, settings: SettingsFile, market: NDArray[np.void]) -> MainWindow:
    window = open_window(qtbot, settings)
    prepare(window, market)
    return window


def prepare(window: MainWindow, market: NDArray[np.void]) -> None:
    """Show the session, with frames that come by hand."""
    window.draw_frames(False)
    window.set_session(MarketSession(market[:-200]))
    window.chart.set_overlays(frozenset())
    for _ in range(3):
        window.draw_frame()


def traded_rows(window: MainWindow) -> dict[int, NDArray[np.int64]]:
    """Return bought, sold and unknown by pooled row, from the trades one by one."""
    session = window._session
    assert session is not None
    ring, place = session.ring, window.chart.placement()
    view = place.viewport
    first, last = view.columns
    columns = ring.read(first, last)
    centre_of = dict(zip(columns.seq.tolist(), columns.headers[:, H_CENTRE].tolist(), strict=True))
    rows: dict[int, NDArray[np.int64]] = {}
    for trade in ring.read_trades(first, last):
        row = int(trade[T_TICK])
        if place.base_bucket:  # heights are relative to the spot
            row -= centre_of[int(trade[T_SEQ])]
        volumes = rows.setdefault(row // view.rows_per_bin, np.zeros(3, np.int64))
        volumes[(1, -1, 0).index(int(trade[T_SIDE]))] += trade[T_SIZE]
    return rows


def assert_bars_stand_in_the_fields_rows(window: MainWindow) -> None:
    """The last column of pixels shows what is nearest to the edge in each row, and nothing between rows."""
    profile = window.volume_profile
    profile.show(False)
    window.draw_frame()
    without = channels(field_pixels(window.chart))
    profile.show(True)
    window.draw_frame()
    shown = channels(field_pixels(window.chart))
    traded = traded_rows(window)
    of_px = window.chart.viewport().rows_of_px()
    heights = dict(zip(*np.unique(of_px, return_counts=True), strict=True))
    control = max(traded, key=lambda row: traded[row].sum() if row in heights else -1)
    assert sum(row in traded for row in heights) >= 2
    for y, row in enumerate(of_px.tolist()):
        if row == control:
            assert (shown[y, -1] != without[y, -1]).any()  # framed
            continue
        is_last_px = y + 1 == of_px.size or of_px[y + 1] != row
        volumes = traded.get(row, np.zeros(3))
        if not volumes.any() or (is_last_px and max(heights.values()) >= 4):
            assert (shown[y, -1] == without[y, -1]).all()
            continue
        ink = QColor(DOT_COLOURS[int(np.flatnonzero(volumes)[0])])
        bar = np.array([ink.blue(), ink.green(), ink.red()])
        expected = 165 / 255 * bar + 90 / 255 * without[y, -1]
        assert np.abs(shown[y, -1] - expected).max() <= 2


@pytest.mark.parametrize("axis", ["price", "spot"])
@pytest.mark.parametrize("zoom", [1.0, 1.7, 0.3, 0.12, 0.03])
def test_bars_stand_in_the_fields_rows_at_every_zoom(desk: MainWindow, zoom: float, axis: str) -> None:
    desk.chart.set_price_axis(axis)
    desk.chart.zoom(1.0, zoom)
    desk.draw_frame()
    for up in (0.0, 0.013):
        desk.chart.pan(0.0, up)
        desk.draw_frame()
        assert_bars_stand_in_the_fields_rows(desk)


def test_the_words_name_all_that_traded_and_where_most_did(desk: MainWindow) -> None:
    desk.volume_profile.show(True)
    desk.draw_frame()
    item = desk.volume_profile.item
    traded = traded_rows(desk)
    bought, sold, unknown = sum(traded.values())
    assert unknown == 0
    assert item.words.startswith(
        f"{grouped(bought + sold)} contracts in view  ·  {grouped(bought)} bought, {grouped(sold)} sold"
    )
    control = max(traded, key=lambda row: traded[row].sum())
    price = f"{control * 0.25:.2f}"
    assert item.control_words == f"most: {grouped(traded[control].sum())} at {price}"
    desk.chart.set_price_axis("spot")
    desk.draw_frame()
    assert " at k " in item.control_words


def test_prices_out_of_view_are_told(desk: MainWindow) -> None:
    desk.volume_profile.show(True)
    desk.chart.pan(0.0, 3.0)
    desk.draw_frame()
    profile = desk.volume_profile.item.profile
    assert profile is not None
    assert profile.volumes.sum() == 0
    assert profile.elsewhere == sum(volumes.sum() for volumes in traded_rows(desk).values())
    assert desk.volume_profile.item.words.startswith("0 contracts in view")
    assert "at prices out of view" in desk.volume_profile.item.words
    assert not desk.chart.grab().isNull()


def test_v_shows_and_hides_it_and_the_choice_is_remembered(
    desk: MainWindow, settings: SettingsFile, qtbot: QtBot
) -> None:
    item, action = desk.volume_profile.item, desk.actions_by_id["volume_profile"]
    assert not item.isVisible()
    desk.activateWindow()
    desk.chart.setFocus()
    qtbot.keyClick(desk.chart, Qt.Key.Key_V)
    assert item.isVisible()
    assert action.isChecked()
    desk.close()
    again = SettingsFile(settings.path)
    again.load()
    assert again.preferences.has_volume_profile
    window = make_window(qtbot, again)
    assert window.volume_profile.item.isVisible()
    assert window.actions_by_id["volume_profile"].isChecked()
    window.volume_profile.show(False)
    window.close()
    again.load()
    assert not again.preferences.has_volume_profile


def test_time_that_passes_costs_few_looks_and_the_last_trade_is_not_missed(
    desk: MainWindow, market: NDArray[np.void], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.volume_profile.show(True)
    desk.draw_frame()
    looks = []
    real_read = VolumeSource.read

    def read(self: VolumeSource, *args: object, **kwargs: object) -> object:
        looks.append(1)
        return real_read(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(VolumeSource, "read", read)
    session = desk._session
    assert isinstance(session, MarketSession)
    for part in np.array_split(market[-200:], 20):
        session.feed(part)
        desk.draw_frame()
    assert 1 <= len(looks) < 10
    expected = sum(volumes.sum() for volumes in traded_rows(desk).values())
    item = desk.volume_profile.item

    def is_up_to_date() -> bool:
        assert item.profile is not None
        return bool(item.profile.volumes.sum() + item.profile.elsewhere == expected)

    qtbot.waitUntil(is_up_to_date)
    desk.volume_profile.item.look_again()
    n_looks = len(looks)
    for up in (0.01, 0.02):  # rows that move are followed in the same frame
        desk.chart.pan(0.0, up)
        desk.draw_frame()
    assert len(looks) == n_looks + 2


def test_without_a_session_nothing_is_drawn(desk: MainWindow) -> None:
    desk.volume_profile.show(True)
    desk.set_session(None)
    desk.draw_frame()
    desk.chart.tick()
    assert desk.volume_profile.item.profile is None
    assert not desk.chart.grab().isNull()


def check_rows_of_a_market(window: MainWindow) -> None:
    prepare(window, simulated_records(20.0))
    for zoom in (1.0, 1.6, 0.4, 0.1):
        window.chart.zoom(1.0, zoom)
        window.draw_frame()
        assert_bars_stand_in_the_fields_rows(window)


@pytest.mark.slow
@pytest.mark.parametrize("density", ["1.5", "2"])
def test_bars_stand_in_the_fields_rows_at_every_pixel_density(tmp_path: Path, density: str) -> None:
    check_at_density(density, check_rows_of_a_market, (1280, 720), tmp_path)
