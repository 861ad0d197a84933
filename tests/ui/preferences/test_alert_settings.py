"""Alert rules survive a restart; what was damaged is left out and the rest stays."""

import json
from pathlib import Path

import pytest

from vpdesk.display.alert_rules import MAX_RULES, AlertRule, AtPrice, NearSpot, Quantity
from vpdesk.ui.preferences.alert_settings import rules_of_text
from vpdesk.ui.preferences.settings import SettingsFile

RULES = (
    AlertRule(Quantity.VACUUM, 0.1 + 0.2, place=AtPrice(-37_630_000_000)),
    AlertRule(Quantity.NET, -80.0, is_above=False, place=NearSpot(4, "below"), pause_s=2.0, is_on=False),
    AlertRule(Quantity.PULLED_SHARE, 40.0, window_s=0.5),
)
SOUND = {
    "quantity": "vacuum",
    "is_above": True,
    "threshold": 1.0,
    "window_s": 5.0,
    "pause_s": 1.0,
    "is_on": True,
    "place": ["spot", 3, "both"],
}


def test_rules_of_every_instrument_come_back_bit_for_bit(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "vpdesk.ini")
    alerts = {("GLBX.MDP3", "ESM4"): RULES, ("XNAS.ITCH", "A, B\\n%"): RULES[:1]}
    settings.prefer(alerts={**alerts, ("", "NONE"): ()}, alerts_muted=True)
    assert settings.save() == ""
    again = SettingsFile(tmp_path / "vpdesk.ini")
    assert again.load() == ""
    assert again.preferences.alerts == alerts
    assert again.preferences.alerts_muted


@pytest.mark.parametrize(
    "damage",
    [
        {"quantity": "luck"},
        {"quantity": None},
        {"threshold": "many"},
        {"threshold": float("nan")},
        {"threshold": None},
        {"threshold": 10**400},
        {"is_above": "yes"},
        {"is_on": 1},
        {"place": ["spot", "3", "both"]},
        {"place": ["spot", 3, "beside"]},
        {"place": ["spot", 100_000, "both"]},
        {"place": ["price", 1.5]},
        {"place": ["price", 10**40]},
        {"place": []},
        {"place": None},
        {"window_s": -1},
        {"pause_s": [1]},
    ],
    ids=str,
)
def test_a_damaged_rule_is_left_out_and_the_others_stay(damage: dict[str, object]) -> None:
    (kept,) = rules_of_text(json.dumps([{**SOUND, **damage}, SOUND]))
    assert kept == AlertRule(Quantity.VACUUM, 1.0, place=NearSpot(3))


@pytest.mark.parametrize(
    "text", [None, 7, "", "{", "{}", "null", "[1, null, [], {}]", "[" * 50_000, "x" * 1_000_000], ids=repr
)
def test_text_that_is_no_list_of_rules_holds_none(text: object) -> None:
    assert rules_of_text(text) == ()


def test_there_are_no_more_rules_than_an_instrument_can_have() -> None:
    assert len(rules_of_text(json.dumps([SOUND] * 200))) == MAX_RULES
