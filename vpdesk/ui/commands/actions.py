"""The actions behind menus and toolbar, made from the rows of the action table.

Their keys and tool tips come from `vpdesk.ui.commands.shortcuts.Shortcuts`.
"""

from collections.abc import Callable
from operator import attrgetter

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from vpdesk.runtime.session import SessionFacts
from vpdesk.ui.commands.action_table import ACTIONS, ActionSpec, Needs


def make_actions(window: QObject) -> dict[str, QAction]:
    """Make the action of every row, wired to the window's methods. Thread: UI."""
    groups = {spec.choice: QActionGroup(window) for spec in ACTIONS if spec.choice}
    actions = {}
    for spec in ACTIONS:
        action = QAction(spec.title, window)
        action.setObjectName(spec.id)
        action.setIconText(spec.label or spec.title)
        action.setCheckable(bool(spec.choice) or spec.is_toggle)
        if spec.choice:
            groups[spec.choice].addAction(action)
        action.triggered.connect(_trigger(spec, window))
        actions[spec.id] = action
    return actions


def enable_actions(actions: dict[str, QAction], facts: SessionFacts | None) -> None:
    """Let through what the session shown can do, None for no session. Thread: UI."""
    has_session = facts is not None
    is_live = facts is not None and facts.is_live
    enabled = {
        Needs.NOTHING: True,
        Needs.SESSION: has_session,
        Needs.REPLAY: has_session and not is_live,
        Needs.LIVE: is_live,
    }
    for spec in ACTIONS:
        actions[spec.id].setEnabled(enabled[spec.needs])


def shortcut_text(action: QAction) -> str:
    """Return the keys of an action in the platform's words."""
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(keys.toString(native) for keys in action.shortcuts())


def _trigger(spec: ActionSpec, window: QObject) -> Callable[[bool], None]:
    def call(checked: bool = False) -> None:
        given = () if spec.argument is None else (spec.argument,)
        state = (checked,) if spec.is_toggle else ()
        attrgetter(spec.callback)(window)(*given, *state)

    return call
