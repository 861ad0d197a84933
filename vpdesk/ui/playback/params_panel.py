"""The engine's parameters, editable while the session plays or rests; presets; two sets compared."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vpdesk.core.params import EngineParams
from vpdesk.errors import EngineError, VpdeskError
from vpdesk.runtime.bookmarks import differences
from vpdesk.runtime.commands import SetParams
from vpdesk.runtime.presets import MAX_NAME, MAX_PRESETS, Preset, PresetFile, built_in
from vpdesk.runtime.status import SessionStatus
from vpdesk.ui.parts.cadences import cadence_text, parse_cadence
from vpdesk.ui.parts.fields import CheckedField
from vpdesk.ui.parts.name_dialog import name_dialog
from vpdesk.ui.parts.vertical_scroll import VerticalScroll

_LEAST_HEIGHT: Final = 150  # points: a few fields, whatever else shares the side of the window
COLUMN: Final = "column"
_FIELDS: Final = {
    "tau_s": ("Time constant (tau), s", "How long a flow is remembered"),
    "half_width": ("Buckets each side (K)", "The grid holds the buckets -K to K around the spot"),
    "ticks_per_bucket": ("Ticks per bucket", "Ticks pooled into one row"),
    COLUMN: ("Column", "A time such as 100 ms, or a number such as 50 events"),
    "force_floor": ("Floor of balance, 1/s", "Flow that counts as nothing in balance and drive"),
    "drive_reach": ("Reach of drive, buckets", "Distance over which a bucket's weight in drive falls by 1/e"),
}
_WEIGHTS: Final = {
    "weight_v_add": ("Pressure: adding", "Speed of adding"),
    "weight_v_build": ("Pressure: building up", "Adding beyond what is taken away"),
    "weight_a_add": ("Pressure: adding, rising", "Acceleration of adding"),
    "weight_j_add": ("Pressure: adding, jerk", "Change of that acceleration"),
    "weight_v_pull": ("Vacuum: pulling", "Speed of cancels"),
    "weight_v_fill": ("Vacuum: filling", "Speed of fills"),
    "weight_v_erode": ("Vacuum: eroding", "Taking away beyond what is added"),
    "weight_a_drain": ("Vacuum: draining, rising", "Acceleration of what is taken away"),
    "weight_j_drain": ("Vacuum: draining, jerk", "Change of that acceleration"),
}
_WHOLE: Final = ("half_width", "ticks_per_bucket")


class ParamsPanel(QWidget):
    """Shows the parameters in force and asks for others.

    Signals
    -------
    requested(Command)
        What to send to the session.
    noticed(str)
        A sentence for the user.
    focus_returned()
        Typing is over.
    """

    requested = Signal(object)
    noticed = Signal(str)
    focus_returned = Signal()

    def __init__(self, file: PresetFile | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file = file or PresetFile()
        self._own: dict[str, Preset] | None = None  # read when first shown
        self._in_force: tuple[EngineParams, int, int] | None = None
        self._before: tuple[EngineParams, int, int] | None = None
        self.preset_box = QComboBox()
        self.preset_box.setToolTip("Fills the fields; Apply puts them in force")
        self.preset_box.activated.connect(self._on_preset_activated)
        self.apply_button = QPushButton("Apply")
        self.apply_button.setToolTip("Recompute this very moment with these parameters  (Enter)")
        self.apply_button.clicked.connect(self.apply)
        self.revert_button = QPushButton("Revert")
        self.revert_button.setToolTip("Show the parameters in force again")
        self.revert_button.clicked.connect(self._show_in_force)
        self.swap_button = QPushButton("Swap")
        self.swap_button.clicked.connect(self.swap)
        self.fields = {name: self._make_field(name) for name in _FIELDS | _WEIGHTS}
        self.comparison = QLabel()
        self.comparison.setObjectName("muted")
        self.comparison.setWordWrap(True)
        self.comparison.setMinimumHeight(2 * self.comparison.fontMetrics().lineSpacing())
        self._lay_out()
        self._show_comparison()
        self._on_text_changed()

    # --- for the window ----------------------------------------------------------------------------

    def set_session(self) -> None:
        """Forget the parameters of the former session."""
        self._in_force = self._before = None
        self._show_comparison()
        self._on_text_changed()

    def show_status(self, status: SessionStatus) -> None:
        """Show the parameters of a new status, unless others are being typed."""
        if status.params is None:
            return
        in_force = (status.params, status.column_ns, status.column_events)
        if in_force == self._in_force:
            return
        is_edited = self._in_force is not None and self.is_changed()
        if self._in_force is not None:
            self._before = self._in_force
        self._in_force = in_force
        if not is_edited or self._typed() == in_force:
            self._show_in_force()
        self._show_comparison()
        self._on_text_changed()

    def is_changed(self) -> bool:
        """Whether the fields say something else than what is in force."""
        return self._typed() != self._in_force

    def presets(self) -> dict[str, Preset]:
        """Return every preset by its name, those that come with the program first."""
        if self._own is None:
            self._own, trouble = self._file.load()
            if trouble:
                self.noticed.emit(trouble)
        return built_in() | self._own

    def list_presets(self) -> None:
        """Fill the list of presets."""
        self.preset_box.clear()
        self.preset_box.addItem("Presets")
        self.preset_box.addItems(list(self.presets()))

    def apply(self) -> None:
        """Ask for the parameters in the fields."""
        typed = self._typed()
        if typed is not None and typed != self._in_force:
            self.requested.emit(SetParams(*typed))
        self.focus_returned.emit()

    def swap(self) -> None:
        """Compare: go back to the parameters that were in force before, at the same moment."""
        if self._before is None:
            self.noticed.emit("There is nothing to compare with yet: change a parameter first.")
            return
        self._show_values(*self._before)
        self.requested.emit(SetParams(*self._before))

    def show_preset(self, name: str) -> None:
        """Fill the fields with a preset."""
        if self._in_force is None:
            return
        one = self.presets()[name]
        try:
            params = one.params(self._in_force[0].tick_size)
        except EngineError as error:
            self.noticed.emit(f"The preset {name} does not suit this instrument: {error}.")
            return
        self._show_values(params, one.column_ns, one.column_events)

    def save_preset(self, name: str) -> None:
        """Keep what is in the fields under a name."""
        typed, name = self._typed(), name.strip()
        presets = self.presets()
        own = self._own or {}
        if typed is None or not name:
            self.noticed.emit("Nothing was saved: a preset needs a name, and every field a sound value.")
        elif name in built_in():
            self.noticed.emit(f"{name} comes with the program; choose another name.")
        elif len(name) > MAX_NAME or not name.isprintable():
            self.noticed.emit(f"A name has up to {MAX_NAME} letters.")
        elif name not in presets and len(own) >= MAX_PRESETS:
            self.noticed.emit(f"There are {MAX_PRESETS} presets already; delete one first.")
        else:
            self._own = own | {name: Preset.of(*typed)}
            self._keep()
            self.preset_box.setCurrentText(name)

    def delete_preset(self) -> None:
        """Drop the preset that is chosen."""
        name = self.preset_box.currentText()
        if self._own and name in self._own:
            del self._own[name]
            self._keep()

    # --- inside ------------------------------------------------------------------------------------

    def _make_field(self, name: str) -> CheckedField:
        read: Callable[[str], object] = parse_cadence if name == COLUMN else partial(self._read, name)
        field = CheckedField(read)
        field.setAccessibleName((_FIELDS | _WEIGHTS)[name][0])
        field.setToolTip((_FIELDS | _WEIGHTS)[name][1])
        field.textChanged.connect(self._on_text_changed)
        field.committed.connect(self.apply)
        field.left.connect(self.focus_returned)
        return field

    def _read(self, name: str, text: str) -> float | int:
        """Return the number in a field.

        Raises
        ------
        EngineError
            It is none, or out of range.
        """
        try:
            number = int(text) if name in _WHOLE else float(text)
        except ValueError:
            kind = "a whole number" if name in _WHOLE else "a number"
            raise EngineError(f"This needs {kind}.") from None
        base = EngineParams(1) if self._in_force is None else self._in_force[0]
        EngineParams.from_dict(base.as_dict() | {name: number})
        return number

    def _typed(self) -> tuple[EngineParams, int, int] | None:
        """Return what the fields say together, None where that makes no sense."""
        if self._in_force is None:
            return None
        try:
            column_ns, column_events = parse_cadence(self.fields[COLUMN].text())
            values = {
                name: self._read(name, field.text()) for name, field in self.fields.items() if name != COLUMN
            }
            return EngineParams.from_dict(self._in_force[0].as_dict() | values), column_ns, column_events
        except VpdeskError:
            return None

    def _show_values(self, params: EngineParams, column_ns: int, column_events: int) -> None:
        for name, value in params.as_dict().items():
            if name in self.fields:
                self.fields[name].setText(f"{value:.12g}")
        self.fields[COLUMN].setText(cadence_text(column_ns, column_events))

    @Slot()
    def _show_in_force(self) -> None:
        if self._in_force is not None:
            self._show_values(*self._in_force)

    def _show_comparison(self) -> None:
        text = "Apply other parameters, then swap between the two on the same moment."
        if self._before is not None and self._in_force is not None:
            how = differences(self._in_force[0], self._before[0]).replace("weight_", "")
            cadences = [cadence_text(*one[1:]) for one in (self._in_force, self._before)]
            if cadences[0] != cadences[1]:
                how = ", ".join(filter(None, (how, f"column {cadences[0]} -> {cadences[1]}")))
            text = f"Swap (X): {how}"
        self.comparison.setText(text)
        self.swap_button.setEnabled(self._before is not None)

    def _keep(self) -> None:
        trouble = self._file.save(self._own or {})
        if trouble:
            self.noticed.emit(trouble)
        self.list_presets()

    def _lay_out(self) -> None:
        form = QFormLayout()
        for name, (label, _) in (_FIELDS | _WEIGHTS).items():
            form.addRow(label, self.fields[name])
        page = QWidget()
        page.setLayout(form)
        scroll = VerticalScroll(page)
        scroll.setMinimumHeight(_LEAST_HEIGHT)
        presets = QHBoxLayout()
        presets.addWidget(self.preset_box, 1)
        for text, slot in (("Save as...", self.ask_for_name), ("Delete", self.delete_preset)):
            button = QPushButton(text)
            button.clicked.connect(slot)
            presets.addWidget(button)
        buttons = QHBoxLayout()
        for button in (self.apply_button, self.revert_button, self.swap_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(presets)
        column.addWidget(scroll, 1)
        column.addWidget(self.comparison)
        column.addLayout(buttons)

    def ask_for_name(self) -> None:
        """Let the user name a preset; does not wait."""
        dialog = name_dialog("Save a preset", "Name of the preset:", self)
        dialog.textValueSelected.connect(self.save_preset)
        dialog.open()

    @Slot(int)
    def _on_preset_activated(self, index: int) -> None:
        if index > 0:
            self.show_preset(self.preset_box.currentText())

    @Slot()
    def _on_text_changed(self) -> None:
        typed = self._typed()
        self.apply_button.setEnabled(typed is not None and typed != self._in_force)
        self.revert_button.setEnabled(self._in_force is not None and typed != self._in_force)
