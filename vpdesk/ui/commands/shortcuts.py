"""Which keys do what: the defaults of the action table, and what the user made of them.

Only differences are kept. What is kept may be damaged or contradict a later version's defaults; whatever
makes no sense then is left out, so every key has one meaning at all times.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from vpdesk.ui.commands.action_table import ACTIONS, MENUS

Keys = tuple[str, ...]  # of one action, in Qt's portable words

DEFAULT_KEYS: Final[Mapping[str, Keys]] = {
    spec.id: tuple(QKeySequence(keys).toString() for keys in spec.shortcuts) for spec in ACTIONS
}
MENU_KEYS: Final[Mapping[str, str]] = {f"Alt+{title[0]}": title for title in MENUS}

_MENUS: Final = {spec.id: spec.menu for spec in ACTIONS}
MAX_KEYS: Final = 4  # of one action


def native_text(keys: Iterable[str]) -> str:
    """Return keys as the platform writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(QKeySequence(key).toString(native) for key in keys)


def is_usable(key: str) -> bool:
    """Return whether a text is one key, perhaps with modifiers, that no menu has."""
    sequence = QKeySequence(key)
    return sequence.count() == 1 and sequence.toString() == key and key not in MENU_KEYS


def effective_keys(changed: Mapping[str, Keys]) -> dict[str, Keys]:
    """Return the keys of every action: the default ones but for what is `changed`.

    Changes that name no action, hold no key, or give a key two meanings are left out.
    """
    sound = {
        name: keys
        for name, keys in changed.items()
        if name in DEFAULT_KEYS
        and len(keys) <= MAX_KEYS
        and len(set(keys)) == len(keys)
        and all(is_usable(key) for key in keys)
    }
    while True:
        keys_by_id = {**DEFAULT_KEYS, **sound}
        uses = Counter(key for keys in keys_by_id.values() for key in keys)
        doubled = {key for key, n in uses.items() if n > 1}
        # the defaults are all different, so there is a change in every conflict
        culprit = next((name for name, keys in sound.items() if doubled.intersection(keys)), None)
        if culprit is None:
            return keys_by_id
        del sound[culprit]


class Shortcuts(QObject):
    """Gives the actions their keys. Every method is for the UI thread.

    Parameters
    ----------
    actions
        By id; their shortcuts and tool tips are kept up to date.
    changed
        What the user changed before.

    Signals
    -------
    changed()
        An action has other keys.
    """

    changed = Signal()

    def __init__(self, actions: dict[str, QAction], changed: Mapping[str, Keys], parent: QObject) -> None:
        super().__init__(parent)
        self._actions = actions
        self._keys: dict[str, Keys] = {}
        self._put(effective_keys(changed))

    def keys_of(self, name: str) -> Keys:
        """Return the keys of an action."""
        return self._keys[name]

    def with_keys(self, text: str) -> str:
        """Return a text with an action's keys in place of its id in braces, such as ``{open}``."""
        for name, keys in self._keys.items():
            text = text.replace(f"{{{name}}}", native_text(keys) or f"the menu {_MENUS[name]}")
        return text

    def changes(self) -> dict[str, Keys]:
        """Return the keys that are not the default ones, by action."""
        return {name: keys for name, keys in self._keys.items() if keys != DEFAULT_KEYS[name]}

    def owner(self, key: str) -> str | None:
        """Return the action that has a key."""
        return next((name for name, keys in self._keys.items() if key in keys), None)

    def assign(self, name: str, keys: Keys) -> None:
        """Give an action these keys and no others; an action that had one of them loses it."""
        others = {
            other: tuple(key for key in former if key not in keys) for other, former in self._keys.items()
        }
        self._put({**others, name: keys})

    def swap(self, name: str, key: str) -> None:
        """Give an action a key that another one has, and that one the keys this one had."""
        other = self.owner(key)
        former = self._keys[name]
        if other is None or other == name:
            self.assign(name, (key,))
            return
        kept = tuple(one for one in self._keys[other] if one != key)
        self._put({**self._keys, name: (key,), other: (*kept, *former)[:MAX_KEYS]})

    def reset(self, name: str) -> None:
        """Give an action its default keys back, whoever has them now."""
        self.assign(name, DEFAULT_KEYS[name])

    def reset_all(self) -> None:
        """Give every action its default keys back."""
        self._put(dict(DEFAULT_KEYS))

    def _put(self, keys_by_id: dict[str, Keys]) -> None:
        self._keys = keys_by_id
        for spec in ACTIONS:
            keys, action = keys_by_id[spec.id], self._actions[spec.id]
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setToolTip(f"{spec.tip}  ({native_text(keys)})" if keys else spec.tip)
        self.changed.emit()
