"""Colours and fonts of the window: a dark and a light set, applied to the whole application.

Fusion with an explicit palette looks the same on every platform. The platform's own colour scheme is
only asked which of the two sets it wants; where it does not say, dark is used.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

THEMES: Final = ("system", "dark", "light")
_FUSION_DARKENS: Final = 128  # percent, from the window's colour to that of a ring


@dataclass(frozen=True)
class Tones:
    """One set of colours, as ``#rrggbb``. States are always told by a word as well as by a tone."""

    is_dark: bool
    window: str
    panel: str
    field: str
    text: str
    muted: str
    line: str
    accent: str
    on_accent: str
    good: str
    caution: str
    bad: str


DARK: Final = Tones(
    is_dark=True,
    window="#15181d",
    panel="#1b1f26",
    field="#0f1216",
    text="#dbe1e8",
    muted="#8d97a5",
    line="#2b313a",
    accent="#4f9fe6",
    on_accent="#0b1016",
    good="#45b8ac",
    caution="#e2a748",
    bad="#ea7568",
)
LIGHT: Final = Tones(
    is_dark=False,
    window="#f4f5f7",
    panel="#ffffff",
    field="#ffffff",
    text="#1d2229",
    muted="#5f6975",
    line="#d5d9df",
    accent="#1f6fbf",
    on_accent="#ffffff",
    good="#0f7d72",
    caution="#96610a",
    bad="#b93a2e",
)


def resolve_tones(choice: str) -> Tones:
    """Return the tones for one of `THEMES`; "system" asks the platform. Thread: UI."""
    if choice == "system":
        scheme = QApplication.styleHints().colorScheme()
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK
    return LIGHT if choice == "light" else DARK


def apply_tones(app: QApplication, tones: Tones) -> None:
    """Dress every widget of the application. Thread: UI."""
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(_palette(tones))
    for widget in ("QCheckBox", "QRadioButton"):
        app.setPalette(_ringed(_palette(tones), tones), widget)  # type: ignore[arg-type]  # a str in truth
    app.setStyleSheet(_style_sheet(tones))


def tabular(font: QFont, *, scale: float = 1.0, bold: bool = False) -> QFont:
    """Return `font` with figures of equal width, so that running numbers do not jitter."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag("tnum"), 1)
    figures.setBold(bold)
    if scale != 1.0 and font.pointSizeF() > 0:
        figures.setPointSizeF(font.pointSizeF() * scale)
    return figures


def _palette(tones: Tones) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: tones.window,
        role.WindowText: tones.text,
        role.Base: tones.field,
        role.AlternateBase: tones.panel,
        role.Text: tones.text,
        role.PlaceholderText: tones.muted,
        role.Button: tones.panel,
        role.ButtonText: tones.text,
        role.BrightText: tones.bad,
        role.ToolTipBase: tones.panel,
        role.ToolTipText: tones.text,
        role.Highlight: tones.accent,
        role.HighlightedText: tones.on_accent,
        role.Accent: tones.accent,
        role.Link: tones.accent,
        role.LinkVisited: tones.accent,
        # the edges that Fusion gives to what a style sheet left to it
        role.Light: tones.panel,
        role.Midlight: tones.panel,
        role.Mid: tones.line,
        role.Dark: tones.line,
        role.Shadow: tones.line,
    }
    palette = QPalette(QColor(tones.panel), QColor(tones.window))
    for name, colour in colours.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, _blend(tones.muted, tones.window, 0.6))
    return palette


def _ringed(palette: QPalette, tones: Tones) -> QPalette:
    """Return a palette for widgets with a box or ring to tick.

    Fusion draws it in a darker shade of the window, which nobody sees on a dark one; these widgets do not
    paint the window's colour itself.
    """
    palette.setColor(QPalette.ColorRole.Window, QColor(tones.muted).lighter(_FUSION_DARKENS))
    return palette


def _blend(over: str, under: str, weight: float) -> QColor:
    a, b = QColor(over), QColor(under)
    mixed = [weight * x + (1 - weight) * y for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True)]  # type: ignore[index]
    return QColor(*(round(channel) for channel in mixed))


def _style_sheet(tones: Tones) -> str:
    hover = _blend(tones.text, tones.window, 0.08).name()
    checked = _blend(tones.accent, tones.window, 0.28).name()
    return f"""
QToolTip {{ color: {tones.text}; background: {tones.panel}; border: 1px solid {tones.line};
    padding: 4px 6px; }}
QMenuBar {{ background: {tones.window}; border-bottom: 1px solid {tones.line}; padding: 1px 4px; }}
QMenuBar::item {{ padding: 4px 9px; background: transparent; border-radius: 3px; }}
QMenuBar::item:selected {{ background: {hover}; }}
QFrame#popup {{ background: {tones.panel}; border: 1px solid {tones.muted}; }}
QMenu {{ background: {tones.panel}; border: 1px solid {tones.line}; padding: 4px; }}
QMenu::item {{ padding: 4px 22px 4px 22px; border-radius: 3px; }}
QMenu::item:selected {{ background: {checked}; color: {tones.text}; }}
QMenu::item:disabled {{ color: {_blend(tones.muted, tones.panel, 0.6).name()}; }}
QMenu::indicator {{ width: 9px; height: 9px; margin-left: 6px; border: 1px solid {tones.muted}; }}
QMenu::indicator:non-exclusive {{ border-radius: 2px; }}
QMenu::indicator:exclusive {{ border-radius: 5px; }}
QMenu::indicator:checked {{ background: {tones.text}; border-color: {tones.text}; }}
QMenu::icon:checked {{ background: {checked}; border: 1px solid {tones.accent}; border-radius: 3px; }}
QMenu::separator {{ height: 1px; background: {tones.line}; margin: 4px 6px; }}
QToolBar {{ background: {tones.window}; border: none; border-bottom: 1px solid {tones.line};
    spacing: 2px; padding: 3px 6px; }}
QToolBar::separator {{ width: 1px; background: {tones.line}; margin: 4px 5px; }}
QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px 6px;
    background: transparent; }}
QToolButton:hover {{ background: {hover}; }}
QToolButton:pressed {{ background: {checked}; }}
QToolButton:checked {{ background: {checked}; border-color: {tones.accent}; }}
QToolButton:focus {{ border-color: {tones.accent}; }}
QToolButton:checked:focus {{ border-color: {tones.text}; }}
QToolButton:disabled {{ color: {_blend(tones.muted, tones.window, 0.6).name()}; }}
QToolButton[popupMode="2"] {{ padding-right: 18px; }}
QToolButton::menu-indicator {{ subcontrol-position: right center; right: 5px; }}
QToolButton#close, QToolButton#cancel {{ padding: 1px 8px; border-color: {tones.line}; }}
QLineEdit, QComboBox, QSpinBox {{ background: {tones.field};
    border: 1px solid {tones.line}; border-radius: 4px; padding: 3px 6px;
    selection-background-color: {tones.accent}; selection-color: {tones.on_accent}; }}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus {{ border-color: {tones.accent}; }}
QSpinBox::up-button, QSpinBox::down-button {{ border: none; background: transparent; width: 20px; }}
QSpinBox::up-arrow, QSpinBox::down-arrow {{ width: 0px; height: 0px; border-left: 4px solid {tones.field};
    border-right: 4px solid {tones.field}; }}
QSpinBox::up-arrow {{ border-bottom: 5px solid {tones.muted}; }}
QSpinBox::down-arrow {{ border-top: 5px solid {tones.muted}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ width: 0px; height: 0px; margin-right: 6px; border-left: 4px solid {tones.field};
    border-right: 4px solid {tones.field}; border-top: 5px solid {tones.muted}; }}
QLineEdit[problem="true"] {{ border: 1px solid {tones.bad}; }}
QLineEdit:disabled, QComboBox:disabled {{ color: {tones.muted}; background: {tones.window}; }}
QPushButton {{ background: {tones.panel}; border: 1px solid {tones.line}; border-radius: 4px;
    padding: 5px 16px; min-width: 56px; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:focus {{ border-color: {tones.accent}; outline: none; }}
QPushButton:default {{ background: {checked}; border-color: {tones.accent}; }}
QPushButton:disabled {{ color: {_blend(tones.muted, tones.window, 0.6).name()}; background: {tones.window};
    border-color: {tones.line}; }}
QPushButton#row {{ border-color: transparent; background: transparent; text-align: left; padding: 4px 8px; }}
QPushButton#row:hover {{ background: {hover}; }}
QPushButton#row:focus {{ border-color: {tones.accent}; }}
QProgressBar {{ border: 1px solid {tones.line}; border-radius: 3px; background: {tones.field};
    text-align: center; max-height: 15px; }}
QProgressBar::chunk {{ background: {checked}; border-radius: 2px; }}
QTableView, QListView, QPlainTextEdit, QTreeView {{ background: {tones.field}; border: 1px solid {tones.line};
    border-radius: 4px; gridline-color: {tones.line}; alternate-background-color: {tones.panel};
    selection-background-color: {checked}; selection-color: {tones.text}; outline: none; }}
QTableView:focus, QListView:focus, QPlainTextEdit:focus, QTreeView:focus {{ border-color: {tones.accent}; }}
QTreeView::item {{ padding: 4px 2px; }}
QTableView::item {{ padding: 0 8px; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QHeaderView::section {{ background: {tones.panel}; color: {tones.muted}; border: none;
    border-bottom: 1px solid {tones.line}; padding: 4px 8px; }}
QSplitter::handle {{ background: {tones.line}; }}
QStatusBar {{ border-top: 1px solid {tones.line}; }}
QStatusBar::item {{ border: none; }}
QMainWindow::separator {{ background: {tones.line}; width: 1px; height: 1px; }}
QDockWidget {{ border: 1px solid {tones.muted}; }}
#dock_title {{ background: {tones.panel}; border-bottom: 1px solid {tones.line}; }}
#dock_title QToolButton {{ padding: 2px; }}
#transport {{ background: {tones.window}; }}
#readout {{ background: {tones.panel}; border-bottom: 1px solid {tones.line}; }}
#simulated {{ background: {_blend(tones.accent, tones.window, 0.14).name()}; color: {tones.text};
    border-bottom: 1px solid {tones.line}; padding: 4px 12px; }}
QFrame#notice {{ background: {_blend(tones.caution, tones.window, 0.16).name()};
    border: none; border-left: 3px solid {tones.caution}; border-bottom: 1px solid {tones.line}; }}
QLabel#muted {{ color: {tones.muted}; }}
QLabel#heading {{ font-weight: 600; }}
QLabel#problem {{ color: {tones.bad}; }}
QLabel#badge, QToolButton#badge {{ border-radius: 4px; padding: 1px 8px; border: 1px solid {tones.line}; }}
QLabel#badge[tone="good"] {{ color: {tones.good}; border-color: {tones.good}; }}
QLabel#badge[tone="caution"] {{ color: {tones.caution}; border-color: {tones.caution}; }}
QLabel#badge[tone="bad"] {{ color: {tones.bad}; border-color: {tones.bad}; }}
QToolButton#badge[tone="caution"] {{ color: {tones.caution}; border-color: {tones.caution}; }}
"""
