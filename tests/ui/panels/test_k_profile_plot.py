"""Bars by k on grabbed pixels: their lengths, their sides, and a scale that keeps still."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.markets import MarketSession, simulated_records
from vpdesk.display.k_profile import DriveParts, KProfile, read_profile
from vpdesk.ui.panels.drive_gauge import DriveGauge, drive_text
from vpdesk.ui.panels.k_profile_plot import KProfilePlot
from vpdesk.ui.parts.inks import inks_for
from vpdesk.ui.parts.theme import DARK, LIGHT, Tones

K = 20


@pytest.fixture(scope="module")
def profile() -> KProfile:
    session = MarketSession(simulated_records(8.0))
    profile = read_profile(session.ring, session.params, session.ring.published_seq)
    assert profile is not None
    return profile


@pytest.fixture
def plot(qtbot: QtBot, profile: KProfile) -> KProfilePlot:
    plot = KProfilePlot()
    qtbot.addWidget(plot)
    plot.resize(360, 18 + 41 * 10)
    plot.show_profile(profile, "a")
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def row_of_pixels(plot: KProfilePlot, i: int) -> list[QColor]:
    image: QImage = plot.grab().toImage()
    y = round(plot.row_rect(i).top()) + 2
    return [image.pixelColor(x, y) for x in range(image.width())]


def length_of(pixels: list[QColor], ink: str) -> int:
    return sum(pixel == QColor(ink) for pixel in pixels)


@pytest.mark.parametrize("tones", [DARK, LIGHT], ids=["dark", "light"])
def test_bars_are_as_long_as_what_counts_in_the_drive(
    plot: KProfilePlot, profile: KProfile, tones: Tones
) -> None:
    plot.set_tones(tones)
    inks = inks_for(tones.is_dark)
    for k in (-7, -3, 2, 5):
        i = K + k
        pixels = row_of_pixels(plot, i)
        middle = round(plot.middle_pt())
        for values, ink, part in (
            (profile.vacuum, inks.vacuum, pixels[:middle]),
            (profile.pressure, inks.pressure, pixels[middle + 1 :]),
        ):
            expected = plot.bars_pt(profile.weight * values)[i]
            assert length_of(part, ink) == pytest.approx(expected, abs=2)
        assert length_of(pixels[:middle], inks.pressure) == 0
        assert length_of(pixels[middle + 1 :], inks.vacuum) == 0


def test_a_bar_is_as_long_as_the_root_of_its_value(plot: KProfilePlot) -> None:
    whole, quarter, nothing, beyond = plot.bars_pt(plot.top * np.array([1.0, 0.25, 0.0, 9.0]))
    assert whole == pytest.approx(2 * quarter)
    assert (nothing, beyond) == (0.0, whole)


def test_both_sides_of_the_spot_are_tinted_apart(plot: KProfilePlot) -> None:
    above, below = (row_of_pixels(plot, K + k)[2] for k in (15, -15))
    assert above != below
    assert above.red() > below.red()
    assert below.green() > above.green()


def test_the_highest_k_is_at_the_top_and_every_row_is_found_again(plot: KProfilePlot) -> None:
    assert plot.row_rect(2 * K).top() == 18
    assert plot.row_rect(0).bottom() == plot.height()
    for i in range(2 * K + 1):
        assert plot.bucket_at(plot.row_rect(i).center().y()) == i
    assert plot.bucket_at(3.0) == -1


def test_the_scale_grows_at_once_and_shrinks_late_unless_it_is_held(
    plot: KProfilePlot, profile: KProfile
) -> None:
    top = plot.top
    larger, smaller = (
        replace(profile, pressure=factor * profile.pressure, vacuum=factor * profile.vacuum)
        for factor in (10.0, 0.1)
    )
    plot.show_profile(smaller, "a")
    assert plot.top == top
    plot.show_profile(larger, "a")
    assert plot.top == pytest.approx(10 * top)
    plot.hold_scale(True)
    held = plot.top
    assert held >= larger.pressure.max()
    for _ in range(200):
        plot.show_profile(smaller, "a")
    assert plot.top == held
    plot.hold_scale(False)
    assert plot.top < 10 * top
    plot.show_profile(smaller, "another instrument")
    assert plot.top == pytest.approx(0.1 * top)


def wheel(plot: KProfilePlot, notches: int) -> None:
    at = QPointF(100, 100)
    turn = QWheelEvent(
        at, at, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot, turn)


def test_the_wheel_shows_fewer_buckets_and_a_double_click_the_whole_band(
    plot: KProfilePlot, qtbot: QtBot
) -> None:
    assert plot.reach_k == K
    reaches = []
    for _ in range(12):
        wheel(plot, 1)
        reaches.append(plot.reach_k)
        assert plot.bucket_at(plot.row_rect(K).center().y()) == K
    assert reaches == sorted(reaches, reverse=True)
    assert reaches[-1] == 5
    assert not plot.grab().isNull()
    wheel(plot, -1)
    assert plot.reach_k == 7
    qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert plot.reach_k == K
    wheel(plot, -3)
    assert plot.reach_k == K


def test_a_band_too_wide_for_its_height_shows_what_can_be_told_apart(plot: KProfilePlot) -> None:
    plot.resize(360, 18 + 50)
    assert 5 <= plot.reach_k < K
    assert plot.row_rect(K).height() >= 2.5


def test_nothing_is_drawn_of_no_profile(plot: KProfilePlot) -> None:
    plot.show_profile(None, "a")
    assert plot.bucket_at(100.0) == -1
    assert not plot.grab().isNull()


@pytest.mark.parametrize("drive", [0.62, -0.31, 0.0])
@pytest.mark.parametrize("tones", [DARK, LIGHT], ids=["dark", "light"])
def test_the_gauge_fills_from_the_middle_to_the_drive(
    qtbot: QtBot, profile: KProfile, drive: float, tones: Tones
) -> None:
    gauge = DriveGauge()
    qtbot.addWidget(gauge)
    gauge.resize(401, gauge.sizeHint().height())
    gauge.set_tones(tones)
    gauge.show_profile(replace(profile, drive=drive), "contracts")
    image, place = gauge.grab().toImage(), gauge.gauge_rect()
    inks = inks_for(tones.is_dark)
    y = round(place.center().y())
    pixels = [image.pixelColor(x, y).name() for x in range(image.width())]
    middle = round(place.center().x())
    assert pixels[middle + 2 :].count(inks.bid) == pytest.approx(max(drive, 0) * 200, abs=3)
    assert pixels[: middle - 2].count(inks.ask) == pytest.approx(max(-drive, 0) * 200, abs=3)


def test_the_gauge_writes_an_equation_that_holds(qtbot: QtBot, profile: KProfile) -> None:
    gauge = DriveGauge()
    qtbot.addWidget(gauge)
    parts = DriveParts(30.0, 12.5, 8.0, 2.5, floor=1.0)
    gauge.show_profile(replace(profile, drive=parts.drive, parts=parts), "contracts")
    minus = "\N{MINUS SIGN}"
    assert gauge.equation() == f"(42.5 {minus} 10.5) / (42.5 + 10.5 + 1) = +0.59"
    assert gauge.words().startswith("Drive +0.59, up. ")
    assert gauge.accessibleName() == gauge.words()
    gauge.show_profile(None, "")
    assert (gauge.words(), gauge.equation()) == ("", "")


def test_a_drive_is_written_with_a_true_minus_and_no_negative_zero() -> None:
    assert [drive_text(drive) for drive in (0.004, -0.004, -0.5, 0.999)] == [
        "0.00", "0.00", "\N{MINUS SIGN}0.50", "+1.00",
    ]  # fmt: skip
