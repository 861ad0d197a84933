"""The dialog shows the fields that matter, says what is wrong beside each, and hands over a sound rule."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from vpdesk.display.alert_rules import AlertRule, AtPrice, NearSpot, Quantity, WholeBand
from vpdesk.ui.alerting.alert_dialog import QUANTITY_TITLES, AlertDialog, AlertUnits

UNITS = AlertUnits(250_000_000, "contracts")
RULES = [
    AlertRule(Quantity.VACUUM, 120.5, place=AtPrice(5_005_250_000_000), pause_s=3.0),
    AlertRule(Quantity.NET, -80.0, is_above=False, place=NearSpot(4, "below")),
    AlertRule(Quantity.DRIVE, -0.25, is_above=False, is_on=False),
    AlertRule(Quantity.PULLED, 300.0, place=NearSpot(2), window_s=2.5),
    AlertRule(Quantity.PULLED_SHARE, 40.0, place=WholeBand(), window_s=0.5),
    AlertRule(Quantity.DEPTH, 1_234_567.0, place=AtPrice(-37_630_000_000_000)),
]


def dialog_of(qtbot: QtBot, rule: AlertRule) -> AlertDialog:
    dialog = AlertDialog(rule, UNITS, "New alert")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.quantity)
def test_a_rule_comes_out_as_it_went_in(qtbot: QtBot, rule: AlertRule) -> None:
    assert dialog_of(qtbot, rule).rule() == rule


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("price", "abc", "Type a price."),
        ("price", "5005.10", "Prices are multiples of 0.25."),
        ("price", "1e300", "That price is out of range."),
        ("price", "-1e999999999", "Type a price."),
        ("price", "1e99999", "That price is out of range."),
        ("price", "NaN", "Type a price."),
        ("threshold", "lots", "Type a number."),
        ("threshold", "-4", "Type a number of at least 0."),
        ("threshold", "inf", "Type a number of at least 0."),
        ("pause", "-1", "The pause is 0 to 3600 seconds."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_cannot_be_confirmed(
    qtbot: QtBot, field: str, text: str, sentence: str
) -> None:
    dialog = dialog_of(qtbot, RULES[0])
    made: list[AlertRule] = []
    dialog.made.connect(made.append)
    noted = getattr(dialog, field)
    noted.edit.setText(text)
    assert noted.note.text() == sentence
    assert noted.note.isVisible()
    assert dialog.sentence.text() == ""
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
    dialog.accept()
    assert made == []
    assert dialog.isVisible()


@pytest.mark.parametrize("text", ["", "1.5", "-1", "501", "x"])
def test_a_distance_that_makes_no_sense_is_refused(qtbot: QtBot, text: str) -> None:
    dialog = dialog_of(qtbot, RULES[1])
    dialog.reach.edit.setText(text)
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()


def test_the_spot_itself_has_no_side(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, RULES[3])
    dialog.reach.edit.setText("0")
    assert dialog.rule().place == NearSpot(0)
    dialog.side.setCurrentIndex(1)
    assert dialog.reach.note.text() == "The distance is 1 to 500 buckets."


def test_only_the_fields_that_matter_are_shown(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, RULES[0])
    seen = {}
    for number, quantity in enumerate(QUANTITY_TITLES):
        dialog.quantity.setCurrentIndex(number)
        seen[quantity] = (dialog.place.isVisible(), dialog.price.isVisible(), dialog.window_field.isVisible())
    assert seen[Quantity.DRIVE] == (False, False, False)
    assert seen[Quantity.VACUUM] == (True, True, False)
    assert seen[Quantity.PULLED] == (True, True, True)
    dialog.place.setCurrentIndex(1)
    assert (dialog.price.isVisible(), dialog.reach.isVisible()) == (False, True)


def test_enter_hands_over_what_the_sentence_says(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, RULES[0])
    made: list[AlertRule] = []
    dialog.made.connect(made.append)
    dialog.threshold.edit.setText("\N{MINUS SIGN}7,500")
    assert dialog.sentence.text() == ""
    dialog.threshold.edit.setText("7,500")
    assert dialog.sentence.text() == "Vacuum at 5005.25 above 7\u202f500 contracts/s."
    qtbot.keyClick(dialog.threshold.edit, Qt.Key.Key_Return)
    assert [rule.threshold for rule in made] == [7500.0]
    assert not dialog.isVisible()


def test_another_quantity_begins_with_a_threshold_in_its_own_unit(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, AlertRule(Quantity.VACUUM, 1000.0, place=WholeBand()))
    for quantity, threshold in (
        (Quantity.PRESSURE, "1000"),  # in the same unit
        (Quantity.DRIVE, "0.3"),
        (Quantity.PULLED_SHARE, "50"),
        (Quantity.DEPTH, "100"),
    ):
        dialog.quantity.setCurrentIndex(list(QUANTITY_TITLES).index(quantity))
        assert dialog.threshold.text() == threshold
        assert dialog.sentence.text()
