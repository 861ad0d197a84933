"""An alert rule says what it means in one sentence, and what makes no sense is refused in one."""

import math

import pytest

from vpdesk.display.alert_rules import (
    MAX_REACH,
    AlertRule,
    AlertRuleError,
    AtPrice,
    NearSpot,
    Quantity,
    WholeBand,
    rule_words,
)
from vpdesk.display.text import MINUS

TICK_SIZE = 250_000_000
AT_5005_25 = AtPrice(5_005_250_000_000)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (
            AlertRule(Quantity.VACUUM, 120, place=AT_5005_25),
            "Vacuum at 5005.25 above 120 contracts/s",
        ),
        (AlertRule(Quantity.DRIVE, -0.4, is_above=False), f"Drive below {MINUS}0.4"),
        (
            AlertRule(Quantity.NET, -80, is_above=False, place=NearSpot(3)),
            f"Net below {MINUS}80 contracts/s somewhere within 3 buckets of the spot",
        ),
        (
            AlertRule(Quantity.PRESSURE, 10, is_above=False, place=NearSpot(1, "above")),
            "Pressure below 10 contracts/s everywhere within 1 bucket above the spot",
        ),
        (AlertRule(Quantity.DEPTH, 900), "Depth above 900 contracts somewhere in the band"),
        (
            AlertRule(Quantity.PULLED, 300, place=NearSpot(2, "below"), window_s=2),
            "More than 300 contracts pulled within 2 buckets below the spot within 2 s",
        ),
        (
            AlertRule(Quantity.PULLED_SHARE, 50, place=NearSpot(0), window_s=0.5),
            "More than 50 % of the depth at the spot pulled within 0.5 s",
        ),
    ],
)
def test_a_rule_is_one_plain_sentence(rule: AlertRule, sentence: str) -> None:
    assert rule_words(rule, "contracts", TICK_SIZE) == sentence


@pytest.mark.parametrize("tick_size", [250_000_000, 10_000_000, 1_000_000_000, 0])
def test_a_price_is_written_whole_whatever_the_tick_size_is_now(tick_size: int) -> None:
    assert rule_words(AlertRule(Quantity.DEPTH, 1, place=AT_5005_25), "shares", tick_size) == (
        "Depth at 5005.25 above 1 shares"
    )


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("threshold", {"quantity": Quantity.DRIVE, "threshold": 1.5}),
        ("threshold", {"quantity": Quantity.VACUUM, "threshold": -1.0}),
        ("threshold", {"quantity": Quantity.NET, "threshold": math.nan}),
        ("threshold", {"quantity": Quantity.DEPTH, "threshold": math.inf}),
        ("threshold", {"quantity": Quantity.PULLED_SHARE, "threshold": 101.0}),
        ("place", {"place": NearSpot(MAX_REACH + 1)}),
        ("place", {"place": NearSpot(0, "above")}),
        ("place", {"place": AtPrice(2**63)}),
        ("window", {"window_s": math.nan}),
        ("window", {"window_s": 3600.0}),
        ("pause", {"pause_s": -1.0}),
        ("comparison", {"quantity": Quantity.PULLED, "is_above": False}),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence_that_names_its_field(
    field: str, values: dict[str, object]
) -> None:
    sound: dict[str, object] = {"quantity": Quantity.VACUUM, "threshold": 1.0, "place": WholeBand()}
    with pytest.raises(AlertRuleError, match=r"^[A-Z].*\.$") as refusal:
        AlertRule(**{**sound, **values})
    assert refusal.value.field == field
