"""The strips below the field, one above the other: which, in what order, how high."""

from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from vpdesk.core.ring import GridRing
from vpdesk.display.placement import FieldPlacement
from vpdesk.display.strip_bins import StripBins, StripSource
from vpdesk.ui.panels.strip_kinds import STRIPS
from vpdesk.ui.panels.strip_plot import COLLAPSED_PT, LEAST_PT, StripPlot, StripUnits
from vpdesk.ui.parts.theme import Tones

_DROP_LINE_PT: Final = 3

STRIP_TITLES: Final = {strip.name: strip.title for strip in STRIPS}
STRIP_NAMES: Final = tuple(STRIP_TITLES)


@dataclass(frozen=True)
class StripLayout:
    """Which strips there are, top to bottom.

    ``heights`` are in points, by name; a strip that has none gets its usual one.
    """

    order: tuple[str, ...] = STRIP_NAMES
    hidden: frozenset[str] = frozenset()
    collapsed: frozenset[str] = frozenset({"spread"})
    heights: tuple[tuple[str, int], ...] = ()


class StripPanel(QWidget):
    """All strips. Every method is for the UI thread.

    Signals
    -------
    layout_changed()
        The user arranged the strips anew.
    pointed(float or None)
        The pointer is over this x, in points of the field.
    """

    layout_changed = Signal()
    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.strips: dict[str, StripPlot] = {strip.name: strip() for strip in STRIPS}
        self.bins: StripBins | None = None
        self._source = StripSource()
        self._units = StripUnits()
        self._turn = 0
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)  # Qt lets so thin a one be taken hold of beside it
        for strip in self.strips.values():
            self._splitter.addWidget(strip)
            strip.menu_requested.connect(self._on_strip_menu_requested)
            strip.collapse_requested.connect(self._on_strip_collapse_requested)
            strip.pointed.connect(self.pointed)
            strip.title_dragged.connect(self._on_strip_title_dragged)
            strip.title_dropped.connect(self._on_strip_title_dropped)
        self._drop_line = QFrame(self)
        self._drop_line.hide()
        self._splitter.splitterMoved.connect(self._on_splitter_moved)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._splitter)
        self._layout = StripLayout()
        self.set_layout(self._layout)

    # --- arrangement -------------------------------------------------------------------------------

    def strip_layout(self) -> StripLayout:
        """Return the arrangement, to come back to it by `set_layout`."""
        return self._layout

    def set_layout(self, layout: StripLayout) -> None:
        """Arrange the strips. Names that are not known are left out; those that miss come last."""
        known = [name for name in dict.fromkeys(layout.order) if name in self.strips]
        order = (*known, *(name for name in STRIP_NAMES if name not in known))
        self._layout = StripLayout(order, layout.hidden, layout.collapsed, layout.heights)
        heights = dict(layout.heights)
        for place, name in enumerate(order):
            strip = self.strips[name]
            self._splitter.insertWidget(place, strip)
            strip.setVisible(name not in layout.hidden)
            strip.set_collapsed(name in layout.collapsed)
            self._splitter.setStretchFactor(place, 0 if name in layout.collapsed else 1)
        self._splitter.setSizes(
            [
                COLLAPSED_PT if name in layout.collapsed else heights.get(name) or self.strips[name].height_pt
                for name in order
            ]
        )
        self.updateGeometry()

    def show_strip(self, name: str, is_shown: bool) -> None:
        """Show a strip, or hide it."""
        hidden = self._layout.hidden - {name} if is_shown else self._layout.hidden | {name}
        self._arrange(hidden=hidden)

    def collapse_strip(self, name: str, is_collapsed: bool) -> None:
        """Leave only a line of a strip, or unfold it."""
        collapsed = self._layout.collapsed | {name} if is_collapsed else self._layout.collapsed - {name}
        self._arrange(collapsed=collapsed)

    def move_strip(self, name: str, steps: int) -> None:
        """Move a strip past so many shown ones: up if negative."""
        order = [other for other in self._layout.order if other != name]
        shown = [other for other in self._layout.order if other not in self._layout.hidden]
        target = shown.index(name) + steps
        if steps and 0 <= target < len(shown):
            neighbour = shown[target]
            order.insert(order.index(neighbour) + (1 if steps > 0 else 0), name)
            self._arrange(order=tuple(order))

    def place_at(self, y_pt: float) -> int:
        """Return how many of the shown strips lie above the border nearest to a height of the panel."""
        return sum(y_pt > strip.geometry().center().y() for strip in self._shown())

    def drop_strip(self, name: str, place: int) -> None:
        """Move a strip below so many of the shown ones, itself counted where it was."""
        names = [strip.name for strip in self._shown()]
        was = names.index(name)
        self.move_strip(name, place - was - (1 if place > was else 0))

    def _shown(self) -> list[StripPlot]:
        """Return the strips that are shown, top to bottom."""
        return [self.strips[name] for name in self._layout.order if name not in self._layout.hidden]

    def _arrange(
        self,
        *,
        order: tuple[str, ...] | None = None,
        hidden: frozenset[str] | None = None,
        collapsed: frozenset[str] | None = None,
    ) -> None:
        former = self._layout
        self.set_layout(
            StripLayout(
                former.order if order is None else order,
                former.hidden if hidden is None else hidden,
                former.collapsed if collapsed is None else collapsed,
                self._heights(),
            )
        )
        self.layout_changed.emit()

    def _heights(self) -> tuple[tuple[str, int], ...]:
        """Return the heights of unfolded strips; hidden and collapsed ones keep what they had."""
        heights = dict(self._layout.heights)
        for name, strip in self.strips.items():
            if not strip.isHidden() and not strip.is_collapsed and strip.height() >= LEAST_PT:
                heights[name] = strip.height()
        return tuple(heights.items())

    # --- what is shown -----------------------------------------------------------------------------

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._drop_line.setStyleSheet(f"background: {tones.accent};")
        for strip in self.strips.values():
            strip.set_tones(tones)

    def set_quantity_unit(self, unit: str) -> None:
        """Name the unit of quantity: "contracts", "shares"."""
        self._units = replace(self._units, quantity=unit)

    def set_zone(self, zone: tzinfo | None) -> None:
        """Write times in this zone; None is the computer's own."""
        self._units = replace(self._units, zone=zone)

    def show_ring(self, ring: GridRing | None, place: FieldPlacement, *, only_next: bool = False) -> None:
        """Show the columns in view; in all strips, or only in the one whose turn it is."""
        self.bins = None
        if ring is not None and ring.published_seq >= 0:
            self.bins = self._source.read(ring, place.viewport)
            self._units = replace(self._units, column_ns=ring.column_ns, column_events=ring.column_events)
        strips = [strip for strip in self.strips.values() if not strip.isHidden()]
        if only_next and strips:
            self._turn = (self._turn + 1) % len(strips)
            strips = [strips[self._turn]]
        for strip in strips:
            strip.show_bins(self.bins, self._units, place)

    def set_cursor(self, x_pt: float | None) -> None:
        """Mark a time in every strip by its place in the field, in points."""
        for strip in self.strips.values():
            strip.set_cursor(x_pt)

    def sizeHint(self) -> QSize:
        """Return the sum of the usual heights."""
        shown = [strip for strip in self.strips.values() if not strip.isHidden()]
        return QSize(400, sum(strip.sizeHint().height() + 2 for strip in shown))

    # --- the menu ----------------------------------------------------------------------------------

    def menu_for(self, name: str) -> QMenu:
        """Return the menu of a strip; it deletes itself when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = [other for other in self._layout.order if other not in self._layout.hidden]
        is_collapsed = name in self._layout.collapsed
        for text, call, is_possible in (
            ("Move up", lambda: self.move_strip(name, -1), shown.index(name) > 0),
            ("Move down", lambda: self.move_strip(name, 1), shown.index(name) < len(shown) - 1),
            (
                "Unfold" if is_collapsed else "Collapse",
                lambda: self.collapse_strip(name, not is_collapsed),
                True,
            ),
            (f"Hide {STRIP_TITLES[name].lower()}", lambda: self.show_strip(name, False), len(shown) > 1),
        ):
            action = menu.addAction(text)
            action.triggered.connect(call)
            action.setEnabled(is_possible)
        menu.addSeparator()
        for other in STRIP_NAMES:
            action = menu.addAction(STRIP_TITLES[other])
            action.setCheckable(True)
            action.setChecked(other in shown)
            action.setEnabled(other not in shown or len(shown) > 1)
            action.toggled.connect(lambda is_shown, other=other: self.show_strip(other, is_shown))
        return menu

    @Slot(object)
    def _on_strip_menu_requested(self, at: QPoint) -> None:
        self.menu_for(self._strip_sent().name).popup(at)

    @Slot()
    def _on_strip_collapse_requested(self) -> None:
        strip = self._strip_sent()
        self.collapse_strip(strip.name, not strip.is_collapsed)

    @Slot(float)
    def _on_strip_title_dragged(self, y_pt: float) -> None:
        """Show a line where the strip would go."""
        shown = self._shown()
        place = self.place_at(self._strip_sent().y() + y_pt)
        y = shown[place].y() if place < len(shown) else self.height()
        top = min(max(0, y - _DROP_LINE_PT // 2), self.height() - _DROP_LINE_PT)
        self._drop_line.setGeometry(0, top, self.width(), _DROP_LINE_PT)
        self._drop_line.show()
        self._drop_line.raise_()

    @Slot(float)
    def _on_strip_title_dropped(self, y_pt: float) -> None:
        self._drop_line.hide()
        strip = self._strip_sent()
        self.drop_strip(strip.name, self.place_at(strip.y() + y_pt))

    def _strip_sent(self) -> StripPlot:
        strip = self.sender()
        assert isinstance(strip, StripPlot)
        return strip

    @Slot()
    def _on_splitter_moved(self) -> None:
        former = self._layout
        self._layout = StripLayout(former.order, former.hidden, former.collapsed, self._heights())
        self.layout_changed.emit()
