"""The dialog in which an alert rule is made: fields that say what is wrong, and the rule as a sentence."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from vpdesk.core.events import PRICE_SCALE
from vpdesk.display.alert_rules import (
    DEFAULT_WINDOW_S,
    MAX_PRICE_RAW,
    AlertRule,
    AlertRuleError,
    AtPrice,
    NearSpot,
    Place,
    Quantity,
    WholeBand,
    raw_price_text,
    rule_words,
    unit_of,
)
from vpdesk.display.text import MINUS
from vpdesk.ui.parts.noted_field import NotedField

QUANTITY_TITLES: Final = {
    Quantity.DRIVE: "Drive",
    Quantity.PRESSURE: "Pressure",
    Quantity.VACUUM: "Vacuum",
    Quantity.NET: "Net (pressure less vacuum)",
    Quantity.DEPTH: "Depth",
    Quantity.PULLED: "Depth pulled",
    Quantity.PULLED_SHARE: "Share of the depth pulled",
}
_PLACES: Final = (("price", "at a price"), ("spot", "near the spot"), ("band", "in the whole band"))
_SIDES: Final = (("both", "on both sides"), ("above", "above it"), ("below", "below it"))
_HINTS: Final = {
    Quantity.DRIVE: f"From {MINUS}1 (down) to 1 (up).",
    Quantity.PULLED: "Depth that went away within these seconds without being traded, "
    "less what was added meanwhile.",
    Quantity.PULLED_SHARE: "Depth that went away within these seconds without being traded, "
    "of the most that stood there.",
}
_FIRST_THRESHOLDS: Final = {"": "0.3", "%": "50"}  # by unit
_FIRST_QUANTITY: Final = "100"
_WIDTH_PX: Final = 460


@dataclass(frozen=True)
class AlertUnits:
    """What numbers of the instrument shown mean: the tick size (1e-9; 0 unknown) and the unit of quantity."""

    tick_size: int = 0
    quantity_unit: str = "contracts"


class AlertDialog(QDialog):
    """One rule, made or changed; does not wait.

    Parameters
    ----------
    rule
        What the fields are filled in with.
    units
        Of the instrument shown.
    price_raw
        What the price is filled in with (1e-9 units) where the rule has none; None: nothing.

    Signals
    -------
    made(AlertRule)
        The rule was confirmed.
    """

    made = Signal(object)

    def __init__(
        self,
        rule: AlertRule,
        units: AlertUnits,
        title: str,
        parent: QWidget | None = None,
        price_raw: int | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._units = units
        self._is_on = rule.is_on
        self._make_fields()
        self._lay_out()
        if price_raw is not None:
            self.price.edit.setText(raw_price_text(price_raw, self._units.tick_size))
        self._fill(rule)
        self.quantity.currentIndexChanged.connect(self._on_quantity_changed)
        for combo in (self.quantity, self.place):
            combo.currentIndexChanged.connect(self._on_kind_changed)
        for combo in (self.side, self.comparison):
            combo.currentIndexChanged.connect(self._refresh)
        for field in self._fields:
            field.changed.connect(self._refresh)
        self._refresh()

    def rule(self) -> AlertRule:
        """Return what the fields say.

        Raises
        ------
        VpdeskError
            They make no sense; the field at fault says why.
        """
        quantity = self._quantity()
        return AlertRule(
            quantity=quantity,
            threshold=_number(self.threshold.text()),
            is_above=self.comparison.currentData(),
            place=self._place() if quantity.has_place else WholeBand(),
            window_s=_number(self.window_field.text()) if quantity.is_pulled else DEFAULT_WINDOW_S,
            pause_s=_number(self.pause.text()),
            is_on=self._is_on,
        )

    def accept(self) -> None:
        """Hand the rule over, if it makes sense."""
        try:
            rule = self.rule()
        except AlertRuleError:
            self._refresh()
            return
        super().accept()
        self.made.emit(rule)

    # --- inside ------------------------------------------------------------------------------------

    def _quantity(self) -> Quantity:
        return Quantity(self.quantity.currentData())  # Qt keeps its text alone

    def _place(self) -> Place:
        match self.place.currentData():
            case "price":
                return AtPrice(self._price_raw(self.price.text()))
            case "spot":
                return NearSpot(_whole(self.reach.text()), self.side.currentData())
        return WholeBand()

    def _price_raw(self, text: str) -> int:
        try:
            raw = Decimal(_plain(text)) * PRICE_SCALE
            is_far = abs(raw) > MAX_PRICE_RAW  # before it is made a whole number, which may be long
        except ArithmeticError:
            raise AlertRuleError("place", "Type a price.") from None
        if is_far:
            raise AlertRuleError("place", "That price is out of range.")
        tick_size = self._units.tick_size or 1
        if raw % tick_size:
            raise AlertRuleError("place", f"Prices are multiples of {raw_price_text(tick_size, tick_size)}.")
        return int(raw)

    def _make_fields(self) -> None:
        self.quantity = _combo([(quantity, title) for quantity, title in QUANTITY_TITLES.items()])
        self.place = _combo(_PLACES)
        self.side = _combo(_SIDES)
        self.comparison = _combo([(True, "above"), (False, "below")])
        self.price = NotedField(self._price_raw)
        self.reach = NotedField(self._check_reach)
        self.threshold = NotedField(self._check_threshold)
        self.window_field = NotedField(lambda text: AlertRule(Quantity.PULLED, 0.0, window_s=_number(text)))
        self.pause = NotedField(lambda text: AlertRule(Quantity.DRIVE, 0.0, pause_s=_number(text)))
        self.pause.set_hint("It must not have been so for this long before.")
        self._fields = (self.price, self.reach, self.threshold, self.window_field, self.pause)
        self.unit = QLabel()
        self.hint = QLabel()
        self.sentence = QLabel()
        for label in (self.hint, self.sentence):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setObjectName("muted")
        self.sentence.setObjectName("heading")

    def _check_reach(self, text: str) -> object:
        return AlertRule(Quantity.DEPTH, 0.0, place=NearSpot(_whole(text), self.side.currentData()))

    def _check_threshold(self, text: str) -> object:
        return AlertRule(self._quantity(), _number(text))

    def _lay_out(self) -> None:
        self.setMinimumWidth(_WIDTH_PX)
        near = QHBoxLayout()
        near.addWidget(self.reach, 1, Qt.AlignmentFlag.AlignTop)
        near.addWidget(self.side, 1, Qt.AlignmentFlag.AlignTop)
        value = QHBoxLayout()
        value.addWidget(self.comparison, 0, Qt.AlignmentFlag.AlignTop)
        value.addWidget(self.threshold, 1, Qt.AlignmentFlag.AlignTop)
        value.addWidget(self.unit)
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow("&Watch", self.quantity)
        self._form.addRow("&Where", self.place)
        self._form.addRow("&Price", self.price)
        self._form.addRow("&Buckets from the spot", near)
        self._form.addRow("&Alert when it is", value)
        self._form.addRow("Measured over, &s", self.window_field)
        self._form.addRow("&Quiet before it, s", self.pause)
        self._near, self._value = near, value
        self._labels = {
            edge: self._form.labelForField(edge) for edge in (self.price, near, value, self.window_field)
        }
        for layout, field in ((near, self.reach), (value, self.threshold)):
            label = self._form.labelForField(layout)
            if isinstance(label, QLabel):
                label.setBuddy(field)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(self._form)
        column.addWidget(self.hint)
        column.addWidget(self.sentence)
        column.addStretch(1)
        column.addWidget(self.buttons)

    def _fill(self, rule: AlertRule) -> None:
        self.quantity.setCurrentIndex(list(QUANTITY_TITLES).index(rule.quantity))
        self.comparison.setCurrentIndex(0 if rule.is_above else 1)
        self.threshold.edit.setText(f"{rule.threshold:.15g}")
        self.window_field.edit.setText(f"{rule.window_s:g}")
        self.pause.edit.setText(f"{rule.pause_s:g}")
        self.reach.edit.setText("3")
        match rule.place:
            case AtPrice(price_raw):
                self.place.setCurrentIndex(0)
                self.price.edit.setText(raw_price_text(price_raw, self._units.tick_size))
            case NearSpot(reach, side):
                self.place.setCurrentIndex(1)
                self.reach.edit.setText(str(reach))
                self.side.setCurrentIndex([name for name, _ in _SIDES].index(side))
            case WholeBand():
                self.place.setCurrentIndex(2)

    @Slot()
    def _on_quantity_changed(self) -> None:
        """Give a threshold that was meant in another unit up: it would make no sense in this one."""
        unit = unit_of(self._quantity(), self._units.quantity_unit)
        if unit != self.unit.text():
            self.threshold.edit.setText(_FIRST_THRESHOLDS.get(unit, _FIRST_QUANTITY))

    @Slot()
    def _on_kind_changed(self) -> None:
        """Show other fields, and take no more room than they need."""
        self._refresh()
        column = self.layout()
        if column is not None:
            column.activate()
        self.adjustSize()

    @Slot()
    def _refresh(self) -> None:
        """Show the fields that matter, and what they say."""
        quantity, place = self._quantity(), self.place.currentData()
        self._form.setRowVisible(self.place, quantity.has_place)
        self._form.setRowVisible(self.price, quantity.has_place and place == "price")
        self._form.setRowVisible(self._near, quantity.has_place and place == "spot")
        self._form.setRowVisible(self.window_field, quantity.is_pulled)
        self.comparison.setEnabled(not quantity.is_pulled)
        if quantity.is_pulled:
            self.comparison.setCurrentIndex(0)
        self.unit.setText(unit_of(quantity, self._units.quantity_unit))
        self.hint.setText(_HINTS.get(quantity, ""))
        self.hint.setVisible(quantity in _HINTS)
        for field in self._fields:
            field.check()
        try:
            words = rule_words(self.rule(), self._units.quantity_unit, self._units.tick_size) + "."
        except AlertRuleError:
            words = ""
        self.sentence.setText(words)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(words))


def _combo(choices: list[tuple[object, str]] | tuple[tuple[object, str], ...]) -> QComboBox:
    combo = QComboBox()
    for data, title in choices:
        combo.addItem(title, data)
    return combo


def _plain(text: str) -> str:
    return text.strip().replace(MINUS, "-").replace("\N{NARROW NO-BREAK SPACE}", "").replace(",", "")


def _number(text: str) -> float:
    try:
        return float(_plain(text))
    except ValueError:
        raise AlertRuleError("threshold", "Type a number.") from None


def _whole(text: str) -> int:
    try:
        return int(_plain(text))
    except ValueError:
        raise AlertRuleError("place", "Type a whole number of buckets.") from None
