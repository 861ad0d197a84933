"""Alert rules as text, kept per instrument in the settings file."""

import json
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QSettings

from vpdesk.display.alert_rules import MAX_RULES, AlertRule, AtPrice, NearSpot, Place, Quantity, WholeBand
from vpdesk.errors import VpdeskError
from vpdesk.ui.preferences.instrument_settings import MAX_INSTRUMENTS, InstrumentKey

Rules = tuple[AlertRule, ...]
_MAX_CHARACTERS: Final = 100_000  # of one instrument's rules: a damaged file must not hang the start


def write_alerts(store: QSettings, rules_of: Mapping[InstrumentKey, Rules]) -> None:
    """Write the rules of every instrument that has any. Thread: UI."""
    kept = [(key, rules) for key, rules in rules_of.items() if rules][-MAX_INSTRUMENTS:]
    store.beginWriteArray("alerts", len(kept))
    for index, ((dataset, symbol), rules) in enumerate(kept):
        store.setArrayIndex(index)
        store.setValue("dataset", dataset)
        store.setValue("symbol", symbol)
        store.setValue("rules", json.dumps([_to_dict(rule) for rule in rules[:MAX_RULES]]))
    store.endArray()


def read_alerts(store: QSettings) -> dict[InstrumentKey, Rules]:
    """Read what `write_alerts` wrote; rules that make no sense are left out. Thread: UI."""
    rules_of = {}
    for index in range(min(store.beginReadArray("alerts"), MAX_INSTRUMENTS)):
        store.setArrayIndex(index)
        dataset, symbol, text = (store.value(name) for name in ("dataset", "symbol", "rules"))
        if isinstance(dataset, str) and isinstance(symbol, str):
            rules = rules_of_text(text)
            if rules:
                rules_of[dataset, symbol] = rules
    store.endArray()
    return rules_of


def rules_of_text(text: object) -> Rules:
    """Return the sound ones of the rules that a text holds."""
    if not isinstance(text, str) or len(text) > _MAX_CHARACTERS:
        return ()
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(entries, list):
        return ()
    rules = [_from_dict(entry) for entry in entries[:MAX_RULES]]
    return tuple(rule for rule in rules if rule is not None)


def _to_dict(rule: AlertRule) -> dict[str, object]:
    return {
        "quantity": rule.quantity.value,
        "is_above": rule.is_above,
        "threshold": rule.threshold,
        "window_s": rule.window_s,
        "pause_s": rule.pause_s,
        "is_on": rule.is_on,
        "place": _place_to_list(rule.place),
    }


def _place_to_list(place: Place) -> list[object]:
    match place:
        case AtPrice(price_raw):
            return ["price", price_raw]
        case NearSpot(reach, side):
            return ["spot", reach, side]
        case WholeBand():
            return ["band"]


def _from_dict(entry: Any) -> AlertRule | None:
    try:
        is_above, is_on = entry["is_above"], entry["is_on"]
        if not isinstance(is_above, bool) or not isinstance(is_on, bool):
            return None
        return AlertRule(
            quantity=Quantity(entry["quantity"]),
            threshold=float(entry["threshold"]),
            is_above=is_above,
            place=_place_of(entry["place"]),
            window_s=float(entry["window_s"]),
            pause_s=float(entry["pause_s"]),
            is_on=is_on,
        )
    except (VpdeskError, KeyError, TypeError, ValueError, OverflowError):
        return None


def _place_of(words: Any) -> Place:
    match words:
        case ["price", int(price_raw)]:
            return AtPrice(price_raw)
        case ["spot", int(reach), ("both" | "above" | "below") as side]:
            return NearSpot(reach, side)
        case ["band"]:
            return WholeBand()
    raise ValueError("no such place")
