"""The field on the screen as it is told to be shown: pulls columns from a ring, and paints them.

Every method is for the UI thread. Columns are the unit of the time axis (one unit each), buckets that of
the price axis.
"""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QHBoxLayout, QWidget

from vpdesk.core.ring import H_CENTRE, H_SPOT_TICK, NO_TICK, GridRing
from vpdesk.display.camera import Camera
from vpdesk.display.colours import DARK_SHADES, LIGHT_SHADES, Shades, colour_table, fade_table
from vpdesk.display.layers import LAYERS
from vpdesk.display.overlay_shapes import price_y_px
from vpdesk.display.reading import CellReading
from vpdesk.display.scale import Scale
from vpdesk.display.scale_book import ScaleBook
from vpdesk.display.viewport import Viewport
from vpdesk.display.window import FieldWindow, FrameRequest
from vpdesk.figures import grouped
from vpdesk.ui.field.annotation import Annotation, FieldFrame
from vpdesk.ui.field.color_bar import ColorBar
from vpdesk.ui.field.empty_hint import EmptyHint
from vpdesk.ui.field.field_axes import FieldAxes
from vpdesk.ui.field.field_canvas import FieldCanvas
from vpdesk.ui.field.field_marks import FieldMarks
from vpdesk.ui.parts.color_maps import look_up_table
from vpdesk.ui.parts.fitting import SEPARATOR
from vpdesk.ui.parts.theme import DARK, LIGHT, tabular

PRICE_AXES: Final = ("price", "spot")


class FieldView(QWidget):
    """The field with its axes, overlays and colour bar.

    Signals
    -------
    following_changed(bool)
    view_changed()
        Another range of columns or buckets is shown.
    scale_changed(Scale)
        The layer's colours mean something else from now on.
    scale_edit_requested()
        Exact numbers for the scale are wanted.
    columns_changed()
        Columns or buckets are cut in another way than before: those known by number are others now.
    """

    following_changed = Signal(bool)
    view_changed = Signal()
    scale_changed = Signal(object)
    scale_edit_requested = Signal()
    columns_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ring: GridRing | None = None
        self._layer = LAYERS["net"]
        self._has_fade = False
        self._quantity_unit = "contracts"
        self._shades: Shades = DARK_SHADES
        self._scales = ScaleBook()
        self._fade = fade_table()
        self._window = FieldWindow()
        self._canvas = FieldCanvas(DARK)
        self._marks = FieldMarks(self._canvas)
        self._axes = FieldAxes(self._canvas)
        self._empty_hint = EmptyHint(tabular(self.font()))
        self._canvas.add_annotation(self._empty_hint)
        self._bar = ColorBar()
        self._camera = Camera(self._canvas.field_size_px, self._canvas.density)
        self._told_view = self._camera.view
        self._is_stale = True  # something but the ring changed since the last frame
        self._mark: tuple[object, ...] = ()
        self._lay_out()
        self._show_layer()
        self._canvas.resized.connect(self.refresh)
        self._bar.scale_dragged.connect(self.set_scale)
        self._bar.edit_requested.connect(self.scale_edit_requested)

    # --- what is shown -------------------------------------------------------------------------------

    def set_source(self, ring: GridRing | None) -> None:
        """Paint from another ring, or from none. The view stays where it is, unless nothing is there."""
        former, self._ring = self._ring, ring
        self._is_stale = True
        if ring is None:
            self._camera.forget_place(self._camera.zoom_pt())
            self._forget_columns()
            return
        is_comparable = former is not None and _cut(former) == _cut(ring)
        self._camera.is_placed &= is_comparable
        if former is not None and not is_comparable:
            self._forget_columns()
            self.columns_changed.emit()

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
        if is_relative == self._camera.is_relative:
            return
        centre = self._newest_centre()
        self._camera.is_relative = is_relative
        shift = -centre if is_relative else centre
        view = self._camera.view
        self._set_view(view.moved(0, shift * view.px_per_row))

    def set_scales(self, scales: Mapping[str, Scale]) -> None:
        """Take the scales remembered of an instrument, by layer; the other layers are fitted anew."""
        self._scales = ScaleBook(scales)
        self._show_scale()
        self.scale_changed.emit(self.scale())

    def set_scale(self, scale: Scale) -> None:
        """Colour the layer shown by exactly this scale, until someone asks for another."""
        if scale.is_signed != self._layer.is_signed:
            raise ValueError(f"{self._layer.title} needs a scale of the other kind of sign")
        self._scales.choose(self._layer, scale)
        self._show_scale()
        self.scale_changed.emit(scale)

    def scale(self) -> Scale:
        """Return the scale of the layer shown."""
        return self._scales.scale_of(self._layer)

    def is_scale_settled(self) -> bool:
        """Return whether the scale shown stays until someone asks."""
        return self._scales.is_settled(self._layer)

    def fit_scale(self, kind: str | None = None) -> None:
        """Take the range from what is visible, then keep it; ``kind`` chooses another transform."""
        # the last frame may have shown another layer or another place
        self._window.paint(self._ring, self._request(), self._table, self._fade, self._shades)
        values = self._window.visible_values(self._request())
        self._scales.fit(self._layer, kind or self.scale().kind, values)
        self._marks.resize_dots()
        self._show_scale()
        self.scale_changed.emit(self.scale())

    def set_age_dimming(self, is_dimming: bool) -> None:
        """Fade cells by the time since their last touch, or show all alike."""
        self._has_fade = is_dimming
        self._is_stale = True

    def set_overlays(self, names: frozenset[str]) -> None:
        """Draw these of `OVERLAYS` and no others."""
        self._marks.overlays = names
        self._axes.shows_last = "last" in names
        self._is_stale = True
        self._show_state()

    @Slot(int)
    def set_least_dot_size(self, size: int) -> None:
        """Draw no trades below this size; 0 draws all."""
        self._marks.set_least_dot_size(size)
        self._is_stale = True
        self._show_state()

    def set_quantity_unit(self, unit: str) -> None:
        """Name the unit of quantity: "contracts", "shares"."""
        self._quantity_unit = unit
        self._show_layer()

    def set_theme(self, dark: bool) -> None:
        """Take dark or light chrome. The field stays dark in both."""
        tones, self._shades = (DARK, DARK_SHADES) if dark else (LIGHT, LIGHT_SHADES)
        self._axes.tones = tones
        self._canvas.set_tones(tones)
        self._bar.set_tones(tones)
        self._show_scale()

    def set_time_zone(self, zone: tzinfo | None) -> None:
        """Write times in this zone; None is the computer's own."""
        self._axes.zone = zone
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

    def set_way_back(self, words: str) -> None:
        """Say this, which names the keys that lead back, where the view shows no data."""
        self._empty_hint.text = f"No data here{SEPARATOR}{words}"
        self._is_stale = True

    def set_pin(self, reading: CellReading | None) -> None:
        """Mark the cell of a reading, or none; the mark stays on its column and price."""
        self._marks.pin = reading
        self._is_stale = True

    # --- where the view is ---------------------------------------------------------------------------

    @property
    def is_following(self) -> bool:
        """Whether the newest column stays at the right edge."""
        return self._camera.is_following

    def set_following(self, is_following: bool) -> None:
        """Keep the newest column at the right edge and the spot in view, or stay where we are."""
        if is_following != self._camera.is_following:
            self._camera.is_following = is_following
            self.following_changed.emit(is_following)
        if is_following:
            self._is_stale = True
        self._show_state()

    def viewport(self) -> Viewport:
        """Return where the view is, to come back to it later by `set_viewport`."""
        return self._camera.view

    def axes_meaning(self) -> tuple[object, ...]:
        """Return all that decides what a row and a column of `viewport` stand for."""
        return self._camera.is_relative, None if self._ring is None else _cut(self._ring)

    def set_viewport(self, view: Viewport) -> None:
        """Go where `viewport` once was; another size of the window is allowed for."""
        self._set_view(view.resized(*self._canvas.field_size_px))

    def zoom_pt(self) -> tuple[float, float] | None:
        """Return the points per column and per bucket; None while they are the usual ones."""
        return self._camera.zoom_pt()

    def set_zoom_pt(self, zoom_pt: tuple[float, float] | None) -> None:
        """Go to the market with this zoom, which `zoom_pt` once returned."""
        self._camera.forget_place(zoom_pt)
        self._is_stale = True

    def visible_columns(self) -> tuple[int, int]:
        """Return the first and last column in view; they need not exist."""
        return self._camera.view.columns

    def field_margins(self) -> tuple[int, int]:
        """Return the points left and right of the field, for strips that share its time axis."""
        left = self._bar.width() if self._bar.isVisibleTo(self) else 0
        return left, self.width() - left - round(self._canvas.field_rect.width())

    def price_y(self, tick: int) -> float:
        """Return where a price stands in this widget, in points from the top."""
        header = self._window.open_header if self._camera.is_relative else None
        per_bucket = self._ring.ticks_per_bucket if self._ring is not None else 1
        return price_y_px(self._camera.view, tick, per_bucket, header) / self._camera.density

    # --- frames --------------------------------------------------------------------------------------

    def tick(self) -> bool:
        """Pull what is new and repaint if anything changed; returns whether it did."""
        self._camera.take_size(self._canvas.field_size_px, self._canvas.density)
        self._tell_view()
        mark = self._window.peek(self._ring)
        if mark == self._mark and not self._is_stale and not self._camera.is_gliding:
            return False
        self._mark = mark
        self._camera.follow(self._ring, self._window.open_header)
        self._tell_view()
        self._is_stale = False
        self._paint()
        return True

    def frame(self) -> FieldFrame:
        """Return what the last frame showed."""
        camera, window = self._camera, self._window
        return FieldFrame(
            *(self._ring, camera.view, camera.density, camera.is_relative, self._base_bucket()),
            open_seq=window.open_seq,
            header=window.open_header.copy(),
        )

    @Slot()
    def refresh(self) -> None:
        """Paint a frame at the next `tick`, even if the ring holds nothing new."""
        self._is_stale = True

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
        self._canvas.image.show_pixels(pixels, rect, self._camera.density)
        self._canvas.overlay.set_rect(rect, self._camera.density)
        frame = self.frame()
        self._marks.show_frame(frame, self._window, request)
        for item in self._canvas.annotations:
            if item.isVisible():
                item.show_frame(frame)
        self._axes.show_frame(frame, self._window)

    def _base_bucket(self) -> int:
        return int(self._window.open_header[H_CENTRE]) if self._camera.is_relative else 0

    # --- inside --------------------------------------------------------------------------------------

    def _forget_columns(self) -> None:
        """Let go of what stood at a column: there are others now."""
        self._marks.pin = None

    def _set_view(self, view: Viewport) -> None:
        self._camera.view = view
        self._tell_view()

    def _tell_view(self) -> None:
        """Say so if the view is another one than it was; nobody looked at what was not yet placed."""
        if self._camera.view == self._told_view:
            return
        self._told_view = self._camera.view
        self._is_stale = True
        if self._camera.is_placed:
            self.view_changed.emit()

    def _has_spot(self) -> bool:
        """Return whether the newest column has a spot, and with it a band."""
        self._window.peek(self._ring)
        return self._ring is not None and int(self._window.open_header[H_SPOT_TICK]) != NO_TICK

    def _newest_centre(self) -> int:
        self._window.peek(self._ring)
        return int(self._window.open_header[H_CENTRE]) if self._ring is not None else 0

    def _show_layer(self) -> None:
        layer = self._layer
        self._bar.set_layer(layer, self._unit(), look_up_table(layer.name))
        self._show_scale()
        self._show_state()

    def _show_scale(self) -> None:
        """Colour by the layer's scale from the next frame on."""
        scale = self.scale()
        self._table = colour_table(scale, look_up_table(self._layer.name), self._shades)
        self._bar.set_scale(scale)
        self._is_stale = True

    def _fit_first_columns(self) -> bool:
        """Fit the scale of a layer of which little was seen so far; returns whether it changed."""
        if self._ring is None:
            return False
        former = self.scale()
        n_columns = self._window.open_seq - max(self._ring.span().oldest, 0) + 1
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
        camera = self._camera
        return FrameRequest(
            camera.view, self._layer.value_kind, camera.is_relative, self._has_fade, camera.density
        )

    def _unit(self) -> str:
        return self._layer.unit.format(quantity=self._quantity_unit)

    def _show_state(self) -> None:
        """Say in words what is shown."""
        words = [self._layer.title, self._layer.meaning]
        if "trades" in self._marks.overlays and self._marks.least_dot_size:
            words.append(f"trades ≥ {grouped(self._marks.least_dot_size)}")
        self._canvas.caption.set_text(SEPARATOR.join(words))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._bar)
        row.addWidget(self._canvas, 1)


def _cut(ring: GridRing) -> tuple[int, int, int, int]:
    """Return how a ring cuts prices into rows and time into columns."""
    return ring.tick_size, ring.ticks_per_bucket, ring.column_ns, ring.column_events
