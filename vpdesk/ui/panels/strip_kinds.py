"""The strips there are: drive, traded volume, event rate, spread."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from vpdesk.display.strip_bins import HeldRange, HeldSpan, StripBins
from vpdesk.display.text import MINUS, number_text, rate_text, time_text
from vpdesk.figures import grouped
from vpdesk.ui.panels.strip_plot import Plot, Reading, StripPlot, StripUnits
from vpdesk.ui.parts.fitting import SEPARATOR

_FILL_ALPHA: Final = 150


class DriveStrip(StripPlot):
    """Direction of the field near the spot, from -1 to 1."""

    name, title, height_pt = "drive", "Drive", 62

    def unit(self) -> str:
        """Return the range."""
        return f"{MINUS}1 down\n+1 up"

    def values_at(self, bins: StripBins, i: int) -> Reading:
        """Return the newest of the bin."""
        value = float(bins.drive[2, i])
        if value != value:
            return ()
        ink = self.inks.bid if value > 0 else self.inks.ask
        return (("", _signed(value, 2), ink if round(value, 2) else ""),)

    def scale_labels(self) -> tuple[tuple[float, str], ...]:
        """Return both ends and the middle."""
        return ((1.0, "+1"), (0.5, "0"), (0.0, f"{MINUS}1"))

    def paint_plot(self, painter: QPainter, bins: StripBins, plot: Plot) -> None:
        """Paint an area to each side of zero."""
        low, high, newest = (bins.drive + 1) / 2
        painter.fillPath(plot.area(0.5, np.maximum(high, 0.5)), _filled(self.inks.bid))
        painter.fillPath(plot.area(0.5, np.minimum(low, 0.5)), _filled(self.inks.ask))
        _zero_line(painter, plot, 0.5, self.tones.line)
        _draw(painter, plot.line(newest), self.inks.line, plot.point_px)


class VolumeStrip(StripPlot):
    """Traded quantity by aggressor, with the running difference."""

    name, title, height_pt = "volume", "Volume", 92

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._range, self._span = HeldRange(), HeldSpan()

    def fit(self, bins: StripBins) -> None:
        """Fit the bars and the line, each to its own."""
        key = bins.columns_per_bin
        self._range.fit(np.maximum(bins.bought + bins.unknown, bins.sold), key)
        self._span.fit(bins.delta[:2], key)

    def unit(self) -> str:
        """Return the quantity's unit and the time that a bar stands for."""
        return f"{self.units.quantity}\nper {_bin_words(self.bins, self.units)}"

    def values_at(self, bins: StripBins, i: int) -> Reading:
        """Return both sides, and the running difference with when it began."""
        unknown = (("no side", number_text(bins.unknown[i]), self.inks.neutral),) if bins.unknown[i] else ()
        return (
            ("bought", number_text(bins.bought[i]), self.inks.bid),
            ("sold", number_text(bins.sold[i]), self.inks.ask),
            *unknown,
            ("delta", _signed(float(bins.delta[2, i]), 0), self.tones.text),
            ("since", time_text(bins.delta_from_ns, self.units.zone, 0), self.tones.muted),
        )

    def scale_labels(self) -> tuple[tuple[float, str], ...]:
        """Return the ends of the bars, and beside them, where there is room, those of the line."""
        top = number_text(self._range.top)
        return (
            (1.0, f"{top}{SEPARATOR}\N{GREEK CAPITAL LETTER DELTA} {_signed(self._span.high, 0)}"),
            (0.5, "0"),
            (0.0, f"{top}{SEPARATOR}\N{GREEK CAPITAL LETTER DELTA} {_signed(self._span.low, 0)}"),
        )

    def paint_plot(self, painter: QPainter, bins: StripBins, plot: Plot) -> None:
        """Paint what was bought upwards, what was sold downwards, and the line over both."""
        half = 2 * self._range.top
        bought = 0.5 + bins.bought / half
        painter.fillPath(plot.area(0.5, bought), _filled(self.inks.bid))
        if bins.unknown.any():
            painter.fillPath(plot.area(bought, bought + bins.unknown / half), _filled(self.inks.neutral))
        painter.fillPath(plot.area(0.5, 0.5 - bins.sold / half), _filled(self.inks.ask))
        _zero_line(painter, plot, 0.5, self.tones.line)
        share = (bins.delta[2] - self._span.low) / (self._span.high - self._span.low)
        _draw(painter, plot.line(share), self.tones.text, plot.point_px)


class EventStrip(StripPlot):
    """How fast the feed is."""

    name, title, height_pt = "events", "Event rate", 48

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._range = HeldRange()

    def fit(self, bins: StripBins) -> None:
        """Fit the rate."""
        self._range.fit(self._rate(bins), bins.columns_per_bin)

    def unit(self) -> str:
        """Return the unit."""
        return "events per column" if self.units.column_events else "events/s"

    def values_at(self, bins: StripBins, i: int) -> Reading:
        """Return the rate."""
        return (("", self._written(float(self._rate(bins)[i])), ""),)

    def scale_labels(self) -> tuple[tuple[float, str], ...]:
        """Return both ends."""
        return ((1.0, self._written(self._range.top)), (0.0, "0"))

    def paint_plot(self, painter: QPainter, bins: StripBins, plot: Plot) -> None:
        """Paint an area."""
        painter.fillPath(plot.area(0.0, self._rate(bins) / self._range.top), _filled(self.inks.line))

    def _rate(self, bins: StripBins) -> NDArray[np.float64]:
        column_s = 1.0 if self.units.column_events else self.units.column_ns * 1e-9
        rate: NDArray[np.float64] = bins.n_events / np.maximum(bins.n_columns * column_s, 1e-9)
        return rate

    def _written(self, rate: float) -> str:
        return number_text(rate) if self.units.column_events else rate_text(rate)


class SpreadStrip(StripPlot):
    """Best ask minus best bid."""

    name, title, height_pt = "spread", "Spread", 44

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._range = HeldRange()

    def fit(self, bins: StripBins) -> None:
        """Fit the widest."""
        self._range.fit(np.maximum(bins.spread[1], 2.0), bins.columns_per_bin)

    def unit(self) -> str:
        """Return the unit."""
        return "ticks"

    def values_at(self, bins: StripBins, i: int) -> Reading:
        """Return the newest of the bin, and the widest if that is another."""
        newest, widest = float(bins.spread[2, i]), float(bins.spread[1, i])
        if newest != newest:
            return ()
        words = (("", f"{newest:.0f} {'tick' if newest == 1 else 'ticks'}".replace("-", MINUS), ""),)
        return words if widest == newest else (*words, ("widest", f"{widest:.0f}", ""))

    def scale_labels(self) -> tuple[tuple[float, str], ...]:
        """Return both ends."""
        return ((1.0, number_text(self._range.top)), (0.0, "0"))

    def paint_plot(self, painter: QPainter, bins: StripBins, plot: Plot) -> None:
        """Paint an area up to the widest, and a line at the newest."""
        _, high, newest = bins.spread / self._range.top
        painter.fillPath(plot.area(0.0, high), _filled(self.inks.line, 70))
        _draw(painter, plot.line(newest), self.inks.line, plot.point_px)


STRIPS: Final[tuple[type[StripPlot], ...]] = (DriveStrip, VolumeStrip, EventStrip, SpreadStrip)


def _filled(colour: str, alpha: int = _FILL_ALPHA) -> QColor:
    fill = QColor(colour)
    fill.setAlpha(alpha)
    return fill


def _draw(painter: QPainter, path: QPainterPath, colour: str, thickness_px: int) -> None:
    """Draw level and upright lines; again a pixel further, because a wide pen costs ten times more."""
    painter.setPen(QPen(QColor(colour), 0))  # cosmetic: one device pixel
    for _ in range(thickness_px):
        painter.drawPath(path)
        painter.translate(1, 1)
    painter.translate(-thickness_px, -thickness_px)


def _zero_line(painter: QPainter, plot: Plot, share: float, colour: str) -> None:
    painter.fillRect(QRectF(0, float(plot.y_px(share)), plot.width_px, plot.point_px), QColor(colour))


def _signed(value: float, decimals: int) -> str:
    if not decimals and abs(value) >= 10_000:
        return ("+" if value > 0 else "") + number_text(value)
    rounded = round(value, decimals)
    return grouped(rounded, f"+,.{decimals}f").replace("-", MINUS) if rounded else "0"


def _bin_words(bins: StripBins | None, units: StripUnits) -> str:
    """Return how much a bin covers, in words."""
    n_columns = 1 if bins is None else bins.columns_per_bin
    if units.column_events:
        return "column" if n_columns == 1 else f"{n_columns} columns"
    seconds = n_columns * units.column_ns * 1e-9
    return f"{seconds * 1000:.4g} ms" if seconds < 1 else f"{seconds:.4g} s"
