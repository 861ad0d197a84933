"""The shortcut sheet, the table of anomalies, and the words about the program."""

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from vpdesk import __version__
from vpdesk.figures import grouped
from vpdesk.ui.commands.action_table import ACTIONS
from vpdesk.ui.commands.actions import shortcut_text
from vpdesk.ui.parts.tables import fill_table, plain_table
from vpdesk.ui.parts.words import ANOMALY_MEANINGS, UNKNOWN_ANOMALY

_ABOUT: Final = f"""<h3>vpdesk {__version__}</h3>
<p>Liquidity pressure and vacuum around the spot price,<br>event by event, from a market-by-order feed.</p>
<p>MIT licence. Made with Qt for Python, pyqtgraph, NumPy and Numba.</p>"""


class ShortcutSheet(QDialog):
    """Every key of the window, from the table of actions."""

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.table = plain_table(("Keys", "Menu", "Action", "What it does"))
        self._actions = actions
        _lay_out(self, self.table)
        self.resize(1060, 600)  # the longest words need no cutting
        self.show_keys()

    @Slot()
    def show_keys(self) -> None:
        """Show the keys now in force."""
        keyed = [(shortcut_text(self._actions[spec.id]), spec) for spec in ACTIONS]
        rows = [(keys, spec.menu, spec.title, spec.tip) for keys, spec in keyed if keys]
        fill_table(self.table, rows, frozenset())


class AnomalyDialog(QDialog):
    """What was odd in the feed: names, counts, meanings. Stays open and up to date."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Anomalies of the feed")
        intro = QLabel("Each of these was handled and counted; none of them stops the engine.")
        intro.setObjectName("muted")
        self.table = plain_table(("Name", "Count", "Meaning"))
        self._shown: tuple[tuple[str, int], ...] | None = None
        _lay_out(self, intro, self.table)
        self.resize(760, 360)

    def show_counts(self, anomalies: tuple[tuple[str, int], ...]) -> None:
        """Show the counts of a status. Thread: UI."""
        if anomalies == self._shown:
            return
        self._shown = anomalies
        counted = sorted(((name, count) for name, count in anomalies if count), key=lambda row: -row[1])
        rows = [
            (name.replace("_", " "), grouped(count), ANOMALY_MEANINGS.get(name, UNKNOWN_ANOMALY))
            for name, count in counted
        ]
        fill_table(self.table, rows or [("none", "0", "The feed kept to its rules so far.")], frozenset({1}))


class AboutDialog(QDialog):
    """Version and licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About vpdesk")
        _lay_out(self, QLabel(_ABOUT))


def _lay_out(dialog: QDialog, *widgets: QWidget) -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(14, 14, 14, 12)
    for widget in widgets:
        column.addWidget(widget)
    column.addWidget(buttons)
