"""The field on the screen: pulls columns from a ring, paints them, and lets people move around in them.

The widget knows no session: it gets a ring and values, and says what the pointer did. Every method is for
the UI thread. Columns are the unit of the time axis (one unit each), buckets that of the price axis.
"""

from datetime import UTC, tzinfo
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QHBoxLayout, QWidget

from vpdesk.core.ring import H_CENTRE, H_LAST_TRADE, H_SPOT_TICK, NO_TICK, GridRing
from vpdesk.display.colours import DARK_SHADES, LIGHT_SHADES, Shades, colour_table, fade_table
from vpdesk.display.follow import SpotFollower
from vpdesk.display.layers import LAYERS
from vpdesk.display.overlay_shapes import price_y_px
from vpdesk.display.placement import FieldPlacement
from vpdesk.display.reading import CellReading, read_cell
from vpdesk.display.scale import Scale
from vpdesk.display.scale_book import ScaleBook
from vpdesk.display.text import price_text, time_text
from vpdesk.display.viewport import Viewport
from vpdesk.display.window import FieldWindow, FrameRequest, centre_range
from vpdesk.ui.annotation import Annotation, FieldFrame
from vpdesk.ui.axes import AxisLabel
from vpdesk.ui.axis_labels import corner_text, price_labels, row_text, time_labels
from vpdesk.ui.color_bar import ColorBar
from vpdesk.ui.color_maps import look_up_table
from vpdesk.ui.field_canvas import FieldCanvas
from vpdesk.ui.field_marks import OVERLAYS as OVERLAYS
from vpdesk.ui.field_marks import FieldMarks
from vpdesk.ui.pointer_gestures import Part
from vpdesk.ui.theme import DARK, LIGHT, Tones

PRICE_AXES: Final = ("price", "spot")

_COLUMN_PT: Final = 3.0  # width of a column at the start
_ROW_PT: Final = 12.0  # height of a bucket at the start, unless the band fits with taller ones


class HeatmapView(QWidget):
    """The field with its axes, overlays and colour bar.

    Signals
    -------
    hovered(CellReading or None), clicked(CellReading)
    following_changed(bool)
    view_changed()
        Another range of columns or buckets is shown.
    scale_changed(Scale)
        The layer's colours mean something else from now on.
    """

    hovered = Signal(object)
    clicked = Signal(object)
    following_changed = Signal(bool)
    view_changed = Signal()
    scale_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ring: GridRing | None = None
        self._layer = LAYERS["net"]
        self._is_relative = False
        self._has_fade = False
        self._is_following = True
        self._quantity_unit = "contracts"
        self._zone: tzinfo | None = UTC
        self._tones: Tones = DARK
        self._shades: Shades = DARK_SHADES
        self._scales = ScaleBook()
        self._fade = fade_table()
        self._window = FieldWindow()
        self._follower = SpotFollower()
        self._canvas = FieldCanvas(self._tones)
        self._marks = FieldMarks(self._canvas)
        self._bar = ColorBar()
        self._density = self._canvas.density
        self._view = Viewport(
            *self._canvas.field_size_px, _COLUMN_PT * self._density, _ROW_PT * self._density
        )
        self._is_placed = False  # whether the view was ever put where the data is
        self._is_stale = True  # something but the ring changed since the last frame
        self._mark: tuple[object, ...] = ()
        self._pointer: QPointF | None = None
        self._reading: CellReading | None = None
        self._lay_out()
        self._connect()
        self._show_layer()

    # --- what is shown -----------------------------------------------------------------------------

    def set_source(self, ring: GridRing | None) -> None:
        """Paint from another ring, or from none. The view stays where it is, unless nothing is there."""
        former, self._ring = self._ring, ring
        self._is_stale = True
        if ring is None:
            self._is_placed = False
            self._show_reading(None)
            return
        is_comparable = former is not None and (
            (former.tick_size, former.ticks_per_bucket, former.column_ns, former.column_events)
            == (ring.tick_size, ring.ticks_per_bucket, ring.column_ns, ring.column_events)
        )
        self._is_placed = self._is_placed and is_comparable
        if former is not None and not is_comparable:
            self._marks.pin = None  # its column is another one now

    def set_layer(self, name: str) -> None:
        """Show one of `layers.LAYERS`. Each layer keeps its own scale."""
        if name not in LAYERS:
            raise ValueError(f"a layer is one of {', '.join(LAYERS)}, not {name!r}")
        self._layer = LAYERS[name]
        self._show_layer()

    @property
    def layer(self) -> str:
        """The layer shown, one of `layers.LAYERS`."""
        return self._layer.name

    def colour_of(self, value: float) -> QColor:
        """Return the colour in which the layer shows a value, were it fresh."""
        upper_half = int(np.float32(value).view(np.uint32)) >> 16
        return QColor.fromRgb(int(self._table[upper_half]))

    def set_price_axis(self, name: str) -> None:
        """Show absolute prices ("price") or distances from the spot ("spot")."""
        if name not in PRICE_AXES:
            raise ValueError(f"a price axis is one of {', '.join(PRICE_AXES)}, not {name!r}")
        is_relative = name == "spot"
        if is_relative == self._is_relative:
            return
        centre = self._newest_centre()
        self._is_relative = is_relative
        shift = -centre if is_relative else centre
        self._set_view(self._view.moved(0, shift * self._view.px_per_row))

    def set_scale(self, kind: str, bounds: tuple[float, float] | None = None) -> None:
        """Choose the transform ("asinh", "log", "linear"); no bounds: from what is visible, once."""
        if bounds is None:
            self._fit_scale(kind)
            return
        self._choose_scale(Scale.of(kind, bounds[0], bounds[1], self._layer.is_signed))

    def scale(self) -> Scale:
        """Return the scale of the layer shown."""
        return self._scales.scale_of(self._layer)

    def fit_scale(self) -> None:
        """Take the range from what is visible, then keep it."""
        self._fit_scale(self.scale().kind)

    def set_age_dimming(self, is_dimming: bool) -> None:
        """Fade cells by the time since their last touch, or show all alike."""
        self._has_fade = is_dimming
        self._is_stale = True

    def set_overlays(self, names: frozenset[str]) -> None:
        """Draw these of `OVERLAYS` and no others."""
        self._marks.overlays = names
        self._is_stale = True

    def set_quantity_unit(self, unit: str) -> None:
        """Name the unit of quantity: "contracts", "shares"."""
        self._quantity_unit = unit
        self._show_layer()

    def set_theme(self, dark: bool) -> None:
        """Take dark or light chrome. The field stays dark in both."""
        self._tones, self._shades = (DARK, DARK_SHADES) if dark else (LIGHT, LIGHT_SHADES)
        self._canvas.set_tones(self._tones)
        self._bar.set_tones(self._tones)
        self._show_scale()

    def set_time_zone(self, zone: tzinfo | None) -> None:
        """Write times in this zone; None is the computer's own."""
        self._zone = zone
        self._is_stale = True

    def mark_event(self, tick: int | None) -> None:
        """Frame the newest column's cell at a price: where the event just applied was; None frames none."""
        if tick != self._marks.marked_tick:
            self._marks.marked_tick = tick
            self._is_stale = True

    def add_annotation(self, item: Annotation) -> None:
        """Draw something over the field from now on; it is told of every frame while it is visible."""
        self._canvas.add_annotation(item)
        self._is_stale = True

    def reading(self) -> CellReading | None:
        """Return the cell under the pointer, or else the newest one at the spot; None where there is none."""
        if self._reading is not None or self._ring is None:
            return self._reading
        row = 0 if self._is_relative else self._newest_centre()
        return self._read_cell(self._ring.published_seq, row)

    def set_pin(self, reading: CellReading | None) -> None:
        """Mark the cell of a reading, or none; the mark stays on its column and price."""
        self._marks.pin = reading
        self._is_stale = True

    # --- where the view is -------------------------------------------------------------------------

    @property
    def is_following(self) -> bool:
        """Whether the newest column stays at the right edge."""
        return self._is_following

    def set_following(self, is_following: bool) -> None:
        """Keep the newest column at the right edge and the spot in view, or stay where we are."""
        if is_following != self._is_following:
            self._is_following = is_following
            self.following_changed.emit(is_following)
        if is_following:
            self._is_stale = True
        self._show_state()

    def viewport(self) -> Viewport:
        """Return where the view is, to come back to it later by `set_viewport`."""
        return self._view

    def set_viewport(self, view: Viewport) -> None:
        """Go where `viewport` once was; another size of the window is allowed for."""
        self._set_view(view.resized(*self._canvas.field_size_px))

    def visible_columns(self) -> tuple[int, int]:
        """Return the first and last column in view; they need not exist."""
        return self._view.column_at(0), self._view.column_at(self._view.width_px - 1)

    def field_margins(self) -> tuple[int, int]:
        """Return the points left and right of the field, for strips that share its time axis."""
        left = self._bar.width() if self._bar.isVisibleTo(self) else 0
        return left, self.width() - left - round(self._canvas.field_rect.width())

    def placement(self) -> FieldPlacement:
        """Return where the field stood at its last frame, for what is lined up with it."""
        base = int(self._window.open_header[H_CENTRE]) if self._is_relative else 0
        at = None if self._pointer is None else (self._pointer.x(), self._pointer.y())
        return FieldPlacement(self._view, self._density, self.field_margins()[0], base, at)

    def price_y(self, tick: int) -> float:
        """Return where a price stands in this widget, in points from the top."""
        header = self._window.open_header if self._is_relative else None
        per_bucket = self._ring.ticks_per_bucket if self._ring is not None else 1
        return price_y_px(self._view, tick, per_bucket, header) / self._density

    def fit(self) -> None:
        """Show every column there is, and every bucket in them."""
        if self._ring is None:
            return
        span = self._ring.span()
        if span.newest < span.oldest:
            return
        low, high = (0, 0) if self._is_relative else centre_range(self._ring, span)
        reach = self._ring.half_width
        columns = (float(span.oldest), float(span.newest + 1))
        self._set_view(self._view.showing(columns, (low - reach, high + reach + 1)))

    def zoom(self, x_factor: float, y_factor: float = 1.0, at: QPointF | None = None) -> None:
        """Enlarge around a point of the field, or around the middle; factors below 1 show more.

        While the view follows the market the newest column keeps its place.
        """
        rect = self._canvas.field_rect
        at = rect.center() if at is None else at
        x_pt = rect.right() if self._is_following else at.x()
        zoomed = self._view.zoomed(
            x_factor,
            y_factor,
            x_pt * self._density,
            at.y() * self._density,
            max_columns=self._ring.capacity if self._ring is not None else 8192,
        )
        self._set_view(zoomed)

    def pan(self, x_share: float, y_share: float = 0.0) -> None:
        """Look further right and up by shares of the view; the market is no longer followed."""
        self.set_following(False)
        self._set_view(self._view.moved(x_share * self._view.width_px, y_share * self._view.height_px))

    def go_to_first(self) -> None:
        """Show the oldest column there is at the left edge."""
        if self._ring is not None:
            self.set_following(False)
            oldest = self._ring.span().oldest
            self._set_view(self._view.ending_at(oldest).moved(self._view.width_px, 0))

    def go_to_newest(self) -> None:
        """Follow the market again."""
        self.set_following(True)

    # --- frames ------------------------------------------------------------------------------------

    def tick(self) -> bool:
        """Pull what is new and repaint if anything changed; returns whether it did."""
        self._take_size()
        mark = self._window.peek(self._ring)
        if mark == self._mark and not self._is_stale and not self._follower.is_gliding:
            return False
        self._mark = mark
        self._is_stale = False
        self._follow()
        self._paint()
        return True

    def repaint_now(self) -> None:
        """Paint the last frame before returning, for measurements."""
        self._canvas.viewport().repaint()

    def picture(self, width: int, height: int) -> QImage:
        """Return the widget as it looks, scaled to this size in points."""
        self._is_stale = True
        self.tick()
        picture = self.grab().toImage()
        density = picture.devicePixelRatio()
        size_px = (round(width * density), round(height * density))
        if (picture.width(), picture.height()) != size_px:
            picture = picture.scaled(
                *size_px, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            picture.setDevicePixelRatio(density)
        return picture

    def _paint(self) -> None:
        request = self._request()
        pixels = self._window.paint(self._ring, request, self._table, self._fade, self._shades)
        if self._fit_first_columns():
            pixels = self._window.paint(self._ring, request, self._table, self._fade, self._shades)
            self._is_stale = False
        rect = self._canvas.field_rect
        self._canvas.image.show_pixels(pixels, rect, self._density)
        self._canvas.overlay.set_rect(rect, self._density)
        frame = self._frame()
        self._marks.show_frame(frame, self._window, request)
        for item in self._canvas.annotations:
            if item.isVisible():
                item.show_frame(frame)
        self._paint_axes()
        self._point(self._pointer)

    def _frame(self) -> FieldFrame:
        base = int(self._window.open_header[H_CENTRE]) if self._is_relative else 0
        return FieldFrame(
            self._ring, self._view, self._density, self._is_relative, base, self._window.open_seq
        )

    def _paint_axes(self) -> None:
        ring = self._ring
        if ring is None or ring.published_seq < 0:
            self._canvas.prices.set_labels(())
            self._canvas.times.set_labels(())
            self._canvas.prices.set_badges(())
            self._canvas.corner.set_text("")
            return
        view, bins = self._view, self._window.bins
        prices = price_labels(view, self._density, ring, is_relative=self._is_relative)
        self._canvas.fit_price_width(max((label.text for label in prices), key=len, default=""))
        self._canvas.prices.set_labels(prices)
        self._canvas.times.set_labels(time_labels(view, self._density, ring, bins, self._zone))
        self._canvas.corner.set_text(corner_text(bins, self._zone))
        self._canvas.prices.set_badges(self._price_badges(ring))

    def _price_badges(self, ring: GridRing) -> list[AxisLabel]:
        """Return the last price, and the price under the pointer on top of it."""
        badges = []
        header = self._window.open_header
        last = int(header[H_LAST_TRADE])
        if "last" in self._marks.overlays and last != NO_TICK:
            text = price_text(last, ring.tick_size)
            badges.append(AxisLabel(self.price_y(last), text, self._tones.accent, self._tones.on_accent))
        if self._pointer is not None:
            row = self._view.row_at(self._pointer.y() * self._density)
            text = row_text(row, ring, is_relative=self._is_relative)
            badges.append(AxisLabel(self._pointer.y(), text, self._tones.text, self._tones.window))
        return badges

    # --- the view ----------------------------------------------------------------------------------

    def _set_view(self, view: Viewport) -> None:
        if view != self._view:
            self._view = view
            self._is_stale = True
            self.view_changed.emit()

    def _take_size(self) -> None:
        """Fit the view to the widget's size and pixel density."""
        density, size = self._canvas.density, self._canvas.field_size_px
        if density != self._density or size != (self._view.width_px, self._view.height_px):
            view = self._view.resized(*size, density / self._density)
            self._density = density
            self._set_view(view)

    def _follow(self) -> None:
        """Bring the view to where the market is."""
        ring = self._ring
        if ring is None or ring.published_seq < 0:
            return
        newest = ring.published_seq
        header = self._window.open_header
        has_spot = int(header[H_SPOT_TICK]) != NO_TICK
        spot_row = 0.5 if self._is_relative else float(header[H_CENTRE]) + 0.5
        if not self._is_placed and has_spot:
            self._is_placed = True
            row_px = max(self._view.height_px // ring.width, round(_ROW_PT * self._density))
            rows = self._view.height_px / row_px / 2
            columns = self._view.width_px / (_COLUMN_PT * self._density)
            self._view = self._view.showing(
                (newest + 1 - columns, newest + 1.0), (spot_row - rows, spot_row + rows)
            )
            self.view_changed.emit()
        if not self._is_following:
            return
        view = self._view.ending_at(newest + 1)
        if has_spot:
            view = self._follower.follow(view, spot_row)
        if view != self._view:
            self._view = view
            self.view_changed.emit()

    def _newest_centre(self) -> int:
        self._window.peek(self._ring)
        return int(self._window.open_header[H_CENTRE]) if self._ring is not None else 0

    # --- the scale ---------------------------------------------------------------------------------

    def _show_layer(self) -> None:
        layer = self._layer
        self._bar.set_layer(layer.title, self._unit(), look_up_table(layer.name))
        self._show_scale()
        self._show_state()

    def _show_scale(self) -> None:
        """Colour by the layer's scale from the next frame on."""
        scale = self.scale()
        self._table = colour_table(scale, look_up_table(self._layer.name), self._shades)
        self._bar.set_scale(scale)
        self._is_stale = True

    def _choose_scale(self, scale: Scale) -> None:
        self._scales.choose(self._layer, scale)
        self._show_scale()
        self.scale_changed.emit(scale)

    def _fit_scale(self, kind: str) -> None:
        # the last frame may have shown another layer or another place
        self._window.paint(self._ring, self._request(), self._table, self._fade, self._shades)
        self._scales.fit(self._layer, kind, self._window.visible_values(self._request()))
        self._marks.resize_dots()
        self._show_scale()
        self.scale_changed.emit(self.scale())

    def _fit_first_columns(self) -> bool:
        """Fit the scale of a layer of which little was seen so far; returns whether it changed."""
        former = self.scale()
        n_columns = int(np.count_nonzero(self._window.bins.states)) * self._view.columns_per_bin
        if not self._scales.wants_fit(self._layer, n_columns):
            return False
        values = self._window.visible_values(self._request())
        self._scales.fit_first(self._layer, values, n_columns)
        if self.scale() == former:
            return False
        self._show_scale()
        self.scale_changed.emit(self.scale())
        return True

    def _request(self) -> FrameRequest:
        layer = self._layer
        return FrameRequest(self._view, layer.value_kind, self._is_relative, self._has_fade, self._density)

    # --- the pointer -------------------------------------------------------------------------------

    def _point(self, at: QPointF | None) -> None:
        """Show the crosshair and the reading of the cell under it."""
        self._pointer = at
        self._canvas.crosshair.set_position(at)
        ring = self._ring
        reading = self._read_at(at) if at is not None else None
        badges = []
        if at is not None and reading is not None:
            text = time_text(reading.start_ns, self._zone, 3)
            badges.append(AxisLabel(at.x(), text, self._tones.text, self._tones.window))
        self._canvas.times.set_badges(badges)
        if ring is not None and ring.published_seq >= 0:
            self._canvas.prices.set_badges(self._price_badges(ring))
        self._show_reading(reading)

    def _read_at(self, at: QPointF) -> CellReading | None:
        column = self._view.column_at(at.x() * self._density)
        return self._read_cell(column, self._view.row_at(at.y() * self._density))

    def _read_cell(self, column: int, row: int) -> CellReading | None:
        if self._ring is None:
            return None
        return read_cell(
            self._ring,
            column,
            row,
            is_relative=self._is_relative,
            layer=self._layer.name,
            unit=self._unit(),
            zone=self._zone,
        )

    def _show_reading(self, reading: CellReading | None) -> None:
        if reading != self._reading:
            self._reading = reading
            self.hovered.emit(reading)

    def _unit(self) -> str:
        return self._layer.unit.format(quantity=self._quantity_unit)

    def _show_state(self) -> None:
        self._canvas.caption.set_text(f"{self._layer.title}  ·  {self._layer.meaning}")
        self._canvas.notice.set_text("" if self._is_following else "Free view  ·  double-click to follow")

    # --- wiring ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._bar)
        row.addWidget(self._canvas, 1)

    def _connect(self) -> None:
        canvas = self._canvas
        canvas.gestures.moved.connect(self._on_gestures_moved)
        canvas.gestures.zoomed.connect(self._on_gestures_zoomed)
        canvas.gestures.double_clicked.connect(self._on_gestures_double_clicked)
        canvas.gestures.clicked.connect(self._on_gestures_clicked)
        canvas.gestures.pointed.connect(self._on_gestures_pointed)
        canvas.resized.connect(self._on_canvas_resized)
        self._bar.scale_dragged.connect(self._on_bar_scale_dragged)
        self._bar.fit_requested.connect(self._on_bar_fit_requested)

    @Slot(float, float)
    def _on_gestures_moved(self, right_pt: float, down_pt: float) -> None:
        self.set_following(False)
        self._set_view(self._view.moved(-right_pt * self._density, down_pt * self._density))

    @Slot(float, float, object)
    def _on_gestures_zoomed(self, x_factor: float, y_factor: float, at: QPointF | None) -> None:
        self.zoom(x_factor, y_factor, at)

    @Slot(object)
    def _on_gestures_double_clicked(self, part: Part) -> None:
        self._is_placed = self._is_placed and part is Part.FIELD
        self.set_following(True)

    @Slot(object)
    def _on_gestures_clicked(self, at: QPointF) -> None:
        reading = self._read_at(at)
        if reading is not None:
            self.clicked.emit(reading)

    @Slot(object)
    def _on_gestures_pointed(self, at: QPointF | None) -> None:
        self._point(at)

    @Slot()
    def _on_canvas_resized(self) -> None:
        self._is_stale = True

    @Slot(object)
    def _on_bar_scale_dragged(self, scale: Scale) -> None:
        self._choose_scale(scale)

    @Slot()
    def _on_bar_fit_requested(self) -> None:
        self.fit_scale()
