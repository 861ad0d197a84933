"""Why has this cell its colour? A dock that shows a pinned cell whole, also one of the past.

A click pins a cell. What the chart's column knows of it is shown at once; the exact report, which the
session computes beside its playback, takes its place when it comes.
"""

from datetime import UTC, tzinfo
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vpdesk.core.cell_report import CellReport, cell_report
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.display.reading import CellReading
from vpdesk.display.terms import layer_value, remarks, report_text, verdict
from vpdesk.display.text import age_text, moment_text, number_text, price_text, signed
from vpdesk.figures import grouped
from vpdesk.runtime.commands import Inspect, SeekEvent
from vpdesk.runtime.session import Session
from vpdesk.ui.explain.explain_text import SECTION_OF_LAYER
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.panels.event_list import EventList
from vpdesk.ui.panels.readout import reading_pairs
from vpdesk.ui.panels.term_bars import TermBars
from vpdesk.ui.parts.dock_places import bring_forward
from vpdesk.ui.parts.theme import DARK, Tones, tabular
from vpdesk.ui.parts.vertical_scroll import VerticalScroll
from vpdesk.ui.parts.words import BOOK_STATES, quantity_unit

_WIDTH_PX: Final = 360
_FLOW_TITLES: Final = {"add": "added", "pull": "pulled", "fill": "filled"}
_HINT: Final = "Click a cell of the chart to see why it has its colour."
_NO_SPOT: Final = "There is no spot yet, and so no cell to inspect."
_NO_SPOT_THEN: Final = "There was no spot yet at that time, and so no cell to inspect."
_NOT_KEPT: Final = (
    "Its terms and events can be told while the records of this session are kept; a recording keeps them."
)
_SWATCH_PX: Final = 20
_LIST_PX: Final = 210  # of the events, unless that leaves the values less than half


class InspectorDock(QDockWidget):
    """One pinned cell. Every method is for the UI thread.

    Parameters
    ----------
    chart
        Its clicks pin a cell, and it shows the mark of the pinned one.

    Signals
    -------
    requested(Command)
        What to send to the session.
    noticed(str)
        A sentence for the user, which need not stay: why nothing was pinned.
    explanation_requested(str)
        Explain this section of `explain_text.SECTIONS`.
    """

    requested = Signal(object)
    noticed = Signal(str)
    explanation_requested = Signal(str)

    def __init__(self, chart: HeatmapView, parent: QWidget | None = None) -> None:
        super().__init__("Inspector", parent)
        self.setObjectName("inspector_dock")
        self._chart = chart
        self._session: Session | None = None
        self._zone: tzinfo | None = UTC
        self._tones: Tones = DARK
        self._unit = ""
        self._wish: Inspect | None = None
        self._asked_params: EngineParams | None = None  # in force when it was asked for
        self.reading: CellReading | None = None
        self.report: CellReport | None = None
        self._sized_for: CellReading | None = None
        self._make_widgets()
        self._lay_out()
        chart.clicked.connect(self.pin)
        chart.scale_changed.connect(self.refresh)
        chart.columns_changed.connect(self._on_chart_columns_changed)
        self.events.chosen.connect(self._on_event_chosen)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self.unpin_button.clicked.connect(self._on_unpin_clicked)
        self.explain_button.clicked.connect(self._on_explain_clicked)
        self.hide()  # until a cell is pinned, or a layout shows it
        self._show()

    # --- for the window ----------------------------------------------------------------------------

    def set_session(self, session: Session | None) -> None:
        """Take up another session, or none; nothing is pinned in it yet."""
        self._session = session
        self._unit = quantity_unit(session.facts.dataset) if session is not None else ""
        self.events.can_jump = session is not None and not session.facts.is_live
        self._let_go()

    def set_zone(self, zone: tzinfo | None) -> None:
        """Write times in this zone; None is the computer's own."""
        self._zone = zone
        self._show()

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._tones = tones
        self.bars.set_tones(tones)
        self.events.tones = tones
        self._show()

    @Slot()
    def refresh(self) -> None:
        """Show the same cell anew: another layer is shown, or in other colours."""
        self._show()

    @Slot(object)
    def pin(self, reading: CellReading) -> None:
        """Show a cell until another one is pinned, or none; before the first spot there are no cells."""
        if reading.k is None:
            self.noticed.emit(_NO_SPOT_THEN)
            return
        self.reading = reading
        self._ask()
        bring_forward(self)
        self._show()
        self._chart.set_pin(reading)

    def pin_pointed(self) -> None:
        """Pin the cell under the pointer, or else the newest one at the spot."""
        reading = self._chart.reading()
        if reading is not None:
            self.pin(reading)
        else:
            self.noticed.emit(_NO_SPOT)

    def step(self, steps: tuple[int, int]) -> None:
        """Pin the cell so many columns later and rows higher, and have the chart show it.

        Without a pinned cell it is the one under the pointer, or else the newest at the spot.
        """
        former = self.reading
        if former is None:
            self.pin_pointed()
        elif (reading := self._chart.cell_beside(former, *steps)) is not None:
            self.pin(reading)
        elif self._session is not None:
            self.noticed.emit(_why_no_cell(former, steps[0], self._session.ring))
        if self.reading is not None and self.reading is not former:
            self._chart.bring_into_view(self.reading)

    def unpin(self) -> None:
        """Let the cell go and hide."""
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self._chart.setFocus()  # else Qt gives it to any other widget
        self.hide()
        self._let_go()

    def pull(self) -> None:
        """Show what is new; call it with every frame."""
        session, wish = self._session, self._wish
        if session is None or wish is None:
            return
        report = session.cell_report
        if report is not None and report is not self.report and _answers(report, wish, session):
            self.report = report
            self._show()
        elif session.params != self._asked_params:
            self._ask()  # another field was computed for the same moment
            self._show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the cell go with the dock."""
        self.unpin()
        super().closeEvent(event)

    def text(self) -> str:
        """Return all that is shown, to be copied; "" if nothing is pinned."""
        if self.report is not None:
            body = report_text(self.report, self._unit, self._zone)
            return "\n".join(filter(None, (self.verdict_label.text(), self.remark_label.text(), body)))
        values = [f"{name}: {value}" for name, value in reading_pairs(self.reading)]
        return "\n".join(filter(None, (*values, self.remark_label.text())))

    # --- asking ------------------------------------------------------------------------------------

    def _let_go(self) -> None:
        self.reading = self.report = self._wish = None
        self._show()
        self._chart.set_pin(None)

    def _ask(self) -> None:
        """Ask for the exact report; the newest grid has it already when the session rests there."""
        reading, session = self.reading, self._session
        self.report = self._wish = None
        if reading is None or session is None or not reading.is_in_band:
            return
        self._asked_params = session.params
        self._wish = Inspect(reading.event_id, reading.tick // session.params.ticks_per_bucket)
        grid = session.grid
        is_newest = session.facts.is_live and reading.is_open  # its records may not be kept
        if grid is not None and (grid.event_id == reading.event_id or is_newest):
            self.report = cell_report(grid, session.params, self._wish.bucket)
        self.requested.emit(self._wish)

    # --- showing -----------------------------------------------------------------------------------

    def _show(self) -> None:
        reading, report = self.reading, self.report
        self.copy_button.setEnabled(reading is not None)
        self.unpin_button.setEnabled(reading is not None)
        self._show_parts(report)
        self._show_swatch()
        if reading is None:
            self.price_label.setText("No cell is pinned")
            self.moment_label.setText(_HINT)
            for label in (self.source_label, self.verdict_label, self.remark_label):
                label.setText("")
            return
        self.price_label.setText(_place(reading, report))
        self._show_remarks(reading)
        if report is None:
            self.moment_label.setText(reading.time)
            self.verdict_label.setText(_words_of(reading))
            self.source_label.setText(self._source_words(reading))
            return
        after = f"{moment_text(report.clock_ns, self._zone)}\nafter event {grouped(report.event_id)}"
        self.moment_label.setText(after)
        self.verdict_label.setText(verdict(report, self._chart.layer, self._unit))
        self.source_label.setText("exact" if report.event_id == reading.event_id else "newest state")
        if self._sized_for is not reading:
            self._sized_for = reading
            QTimer.singleShot(0, self, self._share_height)  # once the layout knows its width

    def _show_parts(self, report: CellReport | None) -> None:
        """Show what a report tells; the former one stays, dimmed, while a replay computes the next."""
        is_awaited = report is None and self._wish is not None and not self._is_live and bool(self.bars.rows)
        is_shown = report is not None or is_awaited
        if not is_shown and self.events.hasFocus():
            self._chart.setFocus()  # else Qt gives it to any other widget
        for part in (self.bars, self.table, self.facts_label):
            part.setVisible(is_shown)
            part.setEnabled(report is not None)
        for part in (self.events_label, self.events):
            part.setVisible(is_shown)
        if report is not None:
            self._show_table(report)
            self._show_facts(report)
            self.events_label.setText(_events_title(report))
            self.events.show_report(report, self._zone)
        if not is_awaited:
            self.bars.show_report(report, self._unit)

    def _show_remarks(self, reading: CellReading) -> None:
        """Say what to bear in mind of the column, and what a feed cannot tell any more."""
        said = [remarks(reading)]
        if reading.book_state != "valid" and not reading.is_gap:
            said.append(f"Book {reading.book_state}: {BOOK_STATES[reading.book_state][1]}")
        if self._wish is not None and self.report is None and self._is_live:
            said.append(_NOT_KEPT)
        text = " ".join(filter(None, said))
        self.remark_label.setText(text)
        self.remark_label.setVisible(bool(text))

    def _show_swatch(self) -> None:
        """Show the colour of the cell in the layer shown."""
        reading, report, layer = self.reading, self.report, self._chart.layer
        value = None
        if report is not None:
            value = layer_value(report, layer)
        elif reading is not None and reading.layer == layer:
            value = reading.value
        self.swatch.setVisible(value is not None)
        if value is not None:
            colour = self._chart.colour_of(value).name()
            self.swatch.setStyleSheet(f"background: {colour}; border: 1px solid {self._tones.muted};")

    def _share_height(self) -> None:
        """Give the values the height they need, but leave a list of some events."""
        height = self.parts.height() - self.parts.handleWidth()
        hints = (self._values.sizeHint(), self._values.minimumSizeHint())
        wanted = max(hint.height() for hint in hints) + 2
        values = min(wanted, max(height // 2, height - _LIST_PX))
        self.parts.setSizes([values, height - values])

    def _source_words(self, reading: CellReading) -> str:
        if self._wish is None:
            return ""
        return "from the chart's column" if self._is_live else "computing..."

    @property
    def _is_live(self) -> bool:
        return self._session is not None and self._session.facts.is_live

    def _show_table(self, report: CellReport) -> None:
        totals = (report.added, report.pulled, report.filled)
        for row, (flow, total) in enumerate(zip(report.flows, totals, strict=True), 1):
            texts = (number_text(flow.v), number_text(flow.a), number_text(flow.j), grouped(total))
            for column, text in enumerate(texts, 1):
                self._cells[row, column].setText(text)

    def _show_facts(self, report: CellReport) -> None:
        times = "\N{MULTIPLICATION SIGN}"
        touched = (
            f"{age_text(report.age_s)} before, by event {grouped(report.last_event_id)}"
            if report.last_event_id
            else "never"
        )
        facts = (
            ("Depth", f"{grouped(report.bid_depth)} bid, {grouped(report.ask_depth)} ask"),
            (
                "Resistance",
                f"{number_text(report.resistance)} = {number_text(report.depth_factor)} for depth {times} "
                f"{number_text(report.flow_factor)} for flow",
            ),
            ("Net", f"{number_text(report.net)} {self._unit}/s"),
            (
                "Balance",
                f"{number_text(report.force)} = net / (pressure + vacuum + {report.params.force_floor:g})",
            ),
            ("Touched", touched),
        )
        rows = "".join(
            f"<tr><td style='color:{self._tones.muted}; padding-right:12px'>{name}</td><td>{value}</td></tr>"
            for name, value in facts
        )
        self.facts_label.setText(f"<table cellspacing='2'>{rows}</table>")

    # --- wiring ------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.swatch = QLabel()
        self.swatch.setFixedSize(_SWATCH_PX, _SWATCH_PX)
        self.swatch.setToolTip("The colour of the cell, before any dimming by age")
        self.price_label = QLabel()
        self.price_label.setFont(tabular(self.font(), scale=1.35, bold=True))
        self.source_label = QLabel()
        self.source_label.setObjectName("muted")
        self.moment_label = QLabel()
        self.moment_label.setObjectName("muted")
        self.moment_label.setFont(tabular(self.font()))
        self.verdict_label = QLabel()
        self.verdict_label.setObjectName("heading")
        self.remark_label = QLabel()
        self.remark_label.setObjectName("muted")
        self.remark_label.hide()
        for label in (self.moment_label, self.verdict_label, self.remark_label):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.bars = TermBars()
        self.bars.setAccessibleName("Terms of pressure and vacuum")
        self.table = self._make_table()
        self.facts_label = QLabel()
        self.facts_label.setFont(tabular(self.font()))
        self.facts_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.explain_button = _button("?", "What does it mean?")
        self.copy_button = _button("Copy", "Copy all of it as text")
        self.unpin_button = _button("Unpin", "Let the cell go (Esc)")
        self.events_label = QLabel()
        self.events_label.setObjectName("muted")
        self.events = EventList()

    def _make_table(self) -> QWidget:
        """Make the flows as rows, their derivatives and totals as columns."""
        table = QWidget()
        table.setFont(tabular(self.font()))
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(3)
        self._cells: dict[tuple[int, int], QLabel] = {}
        heads = ("", "v  /s", "a  /s²", "j  /s³", "since in view")
        rows = (heads, *((title, "", "", "", "") for title in _FLOW_TITLES.values()))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                label = QLabel(text)
                if row == 0 or column == 0:
                    label.setObjectName("muted")
                side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                grid.addWidget(label, row, column, side)
                self._cells[row, column] = label
        for column in range(1, 5):
            grid.setColumnStretch(column, 1)
        return table

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.swatch)
        head.addWidget(self.price_label)
        head.addStretch(1)
        head.addWidget(self.explain_button)
        head.addWidget(self.copy_button)
        head.addWidget(self.unpin_button)
        values = QWidget()
        column = QVBoxLayout(values)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(6)
        column.addLayout(head)
        moment = QHBoxLayout()
        moment.addWidget(self.moment_label, 1)
        moment.addWidget(self.source_label, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(moment)
        for part in (self.verdict_label, self.remark_label, self.bars, self.table, self.facts_label):
            column.addWidget(part)
        column.addStretch(1)
        below = QWidget()
        rest = QVBoxLayout(below)
        rest.setContentsMargins(8, 4, 8, 8)
        rest.addWidget(self.events_label)
        rest.addWidget(self.events)
        self.parts = QSplitter(Qt.Orientation.Vertical)
        self.parts.addWidget(VerticalScroll(values))
        self.parts.addWidget(below)
        self.parts.setChildrenCollapsible(False)
        below.setMinimumWidth(_WIDTH_PX)
        self._values = values
        self.setWidget(self.parts)

    @Slot()
    def _on_chart_columns_changed(self) -> None:
        if self.reading is not None:
            self.unpin()
            self.noticed.emit("The pinned cell is no more: the field is cut into other cells now.")

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    @Slot()
    def _on_explain_clicked(self) -> None:
        self.explanation_requested.emit(SECTION_OF_LAYER[self._chart.layer])

    @Slot()
    def _on_unpin_clicked(self) -> None:
        self.unpin()

    @Slot(object)
    def _on_event_chosen(self, event_id: int) -> None:
        self.requested.emit(SeekEvent(event_id))


def _answers(report: CellReport, wish: Inspect, session: Session) -> bool:
    is_same_cell = (report.event_id, report.bucket) == (wish.event_id, wish.bucket)
    return is_same_cell and report.params == session.params


def _place(reading: CellReading, report: CellReport | None) -> str:
    n_ticks = reading.ticks_per_bucket
    price = price_text(reading.tick, reading.tick_size)
    if n_ticks > 1:
        price += f" to {price_text(reading.tick + n_ticks - 1, reading.tick_size)}"
    k = reading.k if report is None else report.k
    return price if k is None else f"{price}   k {signed(k)}"


def _words_of(reading: CellReading) -> str:
    """Return what the chart's column says of the cell."""
    if reading.is_gap:
        return "There was no feed here."
    if not reading.is_in_band:
        return "This price lay outside the band that is computed."
    return ", ".join(f"{name.lower()} {value}" for name, value in reading_pairs(reading)[1:6])


def _why_no_cell(pinned: CellReading, columns_later: int, ring: GridRing) -> str:
    """Return why there is no cell beside a pinned one, a sentence."""
    span = ring.span()
    if pinned.seq > span.newest:
        return "The pinned cell is later than where the session stands: play on, or pin another one."
    if pinned.seq < span.oldest:
        return "The chart no longer holds the column of the pinned cell."
    if columns_later > 0:
        return "The pinned cell is in the newest column: there is none after it yet."
    return "The pinned cell is in the oldest column that the chart holds."


def _events_title(report: CellReport) -> str:
    if not report.events:
        return "Searching for events at this price..." if report.is_searching else "No event at this price"
    n_events = len(report.events)
    words = f"The last {n_events} events at this price" if n_events > 1 else "The last event at this price"
    if report.is_searching:
        return f"{words}, searching for more..."
    return words


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setObjectName("close")
    button.setToolTip(tip)
    return button
