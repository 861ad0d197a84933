"""The colour range in numbers: a small window beside the colour bar, its effect seen as it is typed."""

import math
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vpdesk.display.layers import Layer
from vpdesk.display.scale import KINDS, LARGEST_BOUND, LEAST_KNEE, Scale
from vpdesk.display.text import MINUS
from vpdesk.errors import VpdeskError
from vpdesk.figures import GROUP_SPACE
from vpdesk.ui.parts.noted_field import NotedField

_SUFFIXES: Final = {"k": 1e3, "M": 1e6, "G": 1e9}
_KIND_WORDS: Final = {
    "asinh": "asinh: even near zero, by decades far from it",
    "log": "log: by decades",
    "linear": "linear: even everywhere",
}
_KNEE_WORDS: Final = {"asinh": "Bends at", "log": "Starts at"}
_FIELD_WIDTH: Final = 260  # points; a sentence below a field fits in two lines


class ScaleEditor(QDialog):
    """Edits a `Scale` by keyboard.

    Signals
    -------
    scale_edited(Scale)
        Another scale is to be shown, also when Escape brings the former one back.
    fit_requested()
        Fit to what is visible; the owner answers by `show_scale`.
    """

    scale_edited = Signal(object)
    fit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Colour range")
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)
        self._is_signed = False
        self._former: Scale | None = None  # what Escape brings back
        self._scale: Scale | None = None
        self._is_filling = False
        self._heading = QLabel()
        self._heading.setObjectName("heading")
        self.kind_box = QComboBox()
        for kind in KINDS:
            self.kind_box.addItem(_KIND_WORDS[kind], kind)
        self.fields = {name: NotedField(partial(self._read, name)) for name in ("low", "high", "knee")}
        self.even_box = QCheckBox("The same on both sides of zero")
        self.fit_button = QPushButton("Fit")
        self.fit_button.setToolTip("Take the range from what is visible")
        self.fit_button.setAutoDefault(False)
        self._lay_out()
        self._connect()

    def edit(self, layer: Layer, unit: str, scale: Scale) -> None:
        """Open for the scale of a layer; ``unit`` is that of its values, "" for none."""
        self._former = scale
        self._is_signed = layer.is_signed
        self._heading.setText(
            f"{layer.title}, in {unit}" if unit else f"{layer.title}, a number without unit"
        )
        self.even_box.setVisible(layer.is_signed)
        self.show_scale(scale)
        self.show()
        self.activateWindow()
        self.fields["high"].setFocus()
        self.fields["high"].edit.selectAll()

    def show_scale(self, scale: Scale) -> None:
        """Fill the fields. Emits nothing."""
        self._is_filling = True
        self._scale = scale
        self.kind_box.setCurrentIndex(KINDS.index(scale.kind))
        self.even_box.setChecked(scale.is_symmetric)
        for name, field in self.fields.items():
            field.edit.setText(_text(getattr(scale, name)))
        self._is_filling = False
        self._show_which_matter()
        self._check_all()

    def reject(self) -> None:
        """Close, and bring back what was there before."""
        if self._former is not None and self._scale != self._former:
            self.scale_edited.emit(self._former)
        super().reject()

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.addButton(self.fit_button, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._form = QFormLayout()
        self._form.addRow("&Colours", self.kind_box)
        for name, field in self.fields.items():
            field.setMinimumWidth(_FIELD_WIDTH)
            self._form.addRow({"low": "&Low", "high": "&High", "knee": "&Bends at"}[name], field)
        self._form.insertRow(3, "", self.even_box)
        column = QVBoxLayout(self)
        column.addWidget(self._heading)
        column.addLayout(self._form)
        column.addWidget(buttons)

    def _connect(self) -> None:
        self.kind_box.currentIndexChanged.connect(self._on_kind_box_changed)
        self.even_box.toggled.connect(self._on_even_box_toggled)
        self.fit_button.clicked.connect(self.fit_requested)
        for field in self.fields.values():
            field.changed.connect(self._on_field_changed)

    def _kind(self) -> str:
        return str(self.kind_box.currentData())

    def _has_knee(self) -> bool:
        """Whether the knee is a choice: the log of values without sign starts at its low end."""
        return self._kind() == "asinh" or (self._kind() == "log" and self._is_signed)

    def _is_even(self) -> bool:
        return self._is_signed and self.even_box.isChecked()

    def _show_which_matter(self) -> None:
        self._form.setRowVisible(self.fields["knee"], self._has_knee())
        label = self._form.labelForField(self.fields["knee"])
        if isinstance(label, QLabel) and self._has_knee():
            label.setText(f"&{_KNEE_WORDS[self._kind()]}")
        self.fields["low"].setEnabled(not self._is_even())

    def _number(self, name: str) -> float:
        """Return what stands in a field; a text nobody touched stands for the exact number."""
        if name == "low" and self._is_even():
            return -self._number("high")
        text = self.fields[name].text()
        exact = None if self._scale is None else float(getattr(self._scale, name))
        return exact if exact is not None and text == _text(exact) else read_number(text)

    def _number_or_nan(self, name: str) -> float:
        """Return the number of another field, which says itself what is wrong with it."""
        try:
            return self._number(name)
        except VpdeskError:
            return math.nan

    def _read(self, name: str, _typed: str) -> float:
        """Return a field's number, or raise what is wrong with it among the others."""
        number = self._number(name)
        if name == "low":
            self._check_low(number)
        elif name == "high":
            self._check_high(number)
        else:
            self._check_knee(number)
        return number

    def _check_low(self, low: float) -> None:
        if self._is_signed and low >= 0:
            raise VpdeskError("Low must be below 0, the middle of these colours.")
        if self._kind() == "log" and not self._is_signed and low < LEAST_KNEE:
            raise VpdeskError("Logarithmic colours must start above 0.")

    def _check_high(self, high: float) -> None:
        if self._is_signed and high <= 0:
            raise VpdeskError("High must be above 0, the middle of these colours.")
        if high <= self._number_or_nan("low"):
            raise VpdeskError("High must be above low.")

    def _check_knee(self, knee: float) -> None:
        if knee < LEAST_KNEE:
            raise VpdeskError("This must be above 0.")
        if self._kind() == "log" and knee >= self._number_or_nan("high"):
            raise VpdeskError("Logarithmic colours must start below the high end.")

    def _typed(self) -> Scale | None:
        """Return the scale of the fields, None where they make none."""
        try:
            low, high = (self._read(name, "") for name in ("low", "high"))
            if self._has_knee():
                knee = self._read("knee", "")
            elif self._kind() == "log":
                knee = low
            else:
                knee = self._number("knee")  # kept for when the colours bend again
            return Scale(self._kind(), low, high, knee, self._is_signed)
        except (VpdeskError, ValueError):
            return None

    def _check_all(self) -> None:
        for field in self.fields.values():
            field.check()
        self._ok.setEnabled(self._typed() is not None)

    def _take(self) -> None:
        """Show the scale of the fields where they make one."""
        if self._is_filling:
            return
        if self._is_even():
            self._mirror()
        self._show_which_matter()
        self._check_all()
        typed = self._typed()
        if typed is not None and typed != self._scale:
            self._scale = typed
            self.scale_edited.emit(typed)

    def _mirror(self) -> None:
        """Write the low end opposite to the high one."""
        low = self._number_or_nan("low")
        self._is_filling = True
        self.fields["low"].edit.setText("" if math.isnan(low) else _text(low))
        self._is_filling = False

    @Slot()
    def _on_kind_box_changed(self) -> None:
        needs_start = self._kind() == "log" and not self._is_signed
        if not self._is_filling and needs_start and self._number_or_nan("low") <= 0:
            self.fields["low"].edit.setText(self.fields["knee"].text())
        self._take()

    @Slot()
    def _on_even_box_toggled(self) -> None:
        self._take()

    @Slot()
    def _on_field_changed(self) -> None:
        self._take()


def read_number(text: str) -> float:
    """Read a number such as 250, 1.5k or 2e4.

    Raises
    ------
    VpdeskError
        It is none, or too large for a colour range.
    """
    plain = text.strip().replace(MINUS, "-").replace(GROUP_SPACE, "")
    factor = _SUFFIXES.get(plain[-1:], 1.0)
    try:
        number = factor * float(plain[:-1] if factor != 1.0 else plain)
    except ValueError:
        raise VpdeskError("Write a number such as 250, 1.5k or 2e4.") from None
    if not abs(number) <= LARGEST_BOUND:
        raise VpdeskError(f"That is beyond {LARGEST_BOUND:g}, the largest number colours can have.")
    return number


def _text(number: float) -> str:
    return f"{number:.6g}".replace("-", MINUS, 1) if number < 0 else f"{number:.6g}"
