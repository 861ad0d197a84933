"""The user's own keys in the settings file; whether they can be used is judged by `effective_keys`."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSettings

_NONE: Final = "none"  # an action that was left without a key


def write_keys(store: QSettings, changed: Mapping[str, tuple[str, ...]]) -> None:
    """Write the keys that differ from the usual ones. Thread: UI."""
    for name, keys in changed.items():
        store.setValue(f"keys/{name}", list(keys) or _NONE)


def read_keys(store: QSettings) -> dict[str, tuple[str, ...]]:
    """Read what `write_keys` wrote; anything but texts is left out. Thread: UI."""
    store.beginGroup("keys")
    values = {name: store.value(name) for name in store.childKeys()}
    store.endGroup()
    changed = {}
    for name, value in values.items():
        keys = [value] if isinstance(value, str) else value  # a list of one comes back as its text
        if isinstance(keys, list) and all(isinstance(key, str) for key in keys):
            changed[name] = () if keys == [_NONE] else tuple(keys)
    return changed
