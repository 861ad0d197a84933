"""How the window is arranged: docks, toolbar, ladder and strips. Kept as it was last, and under names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from PySide6.QtCore import QSettings

from vpdesk.ui.panels.ladder_columns import LADDER_COLUMNS
from vpdesk.ui.panels.strips import STRIP_NAMES, StripLayout
from vpdesk.ui.parts.stored_values import points, read_bytes, read_choice, read_names, write_bytes

PANEL_CHOICES: Final = ("auto", "yes", "no")  # "auto": where there is room
MAX_ARRANGEMENTS: Final = 40  # kept under names
MAX_NAME: Final = 40  # letters


@dataclass(frozen=True)
class Arrangement:
    """One arrangement.

    Parameters
    ----------
    window_state
        Qt's own bytes for docks and toolbar; empty for the usual ones.
    ladder, strips
        One of `PANEL_CHOICES`.
    strip_layout
        Which strips, in what order, how high.
    ladder_width, strips_height
        Points; 0 for the usual ones.
    ladder_hidden
        Columns of the ladder that are left out.
    """

    window_state: bytes = b""
    ladder: str = "auto"
    strips: str = "auto"
    strip_layout: StripLayout = field(default_factory=StripLayout)
    ladder_width: int = 0
    strips_height: int = 0
    ladder_hidden: frozenset[str] = frozenset()

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def write_arrangement(store: QSettings, arrangement: Arrangement) -> None:
    """Write an arrangement into the store's current group. Thread: UI."""
    strips = arrangement.strip_layout
    values = {
        "ladder": arrangement.ladder,
        "strips": arrangement.strips,
        "ladder_width": arrangement.ladder_width,
        "strips_height": arrangement.strips_height,
        "ladder_hidden": " ".join(sorted(arrangement.ladder_hidden)) or "none",
        "strip_order": " ".join(strips.order),
        "strips_hidden": " ".join(sorted(strips.hidden)) or "none",
        "strips_collapsed": " ".join(sorted(strips.collapsed)) or "none",
        "strip_heights": " ".join(f"{name}:{height}" for name, height in strips.heights),
    }
    for name, value in values.items():
        store.setValue(f"window/{name}", value)
    write_bytes(store, "window_state", arrangement.window_state)


def read_arrangement(store: QSettings) -> Arrangement:
    """Read what `write_arrangement` wrote; what makes no sense is as usual. Thread: UI."""
    usual = Arrangement()
    return Arrangement(
        read_bytes(store, "window_state"),
        read_choice(store, "ladder", PANEL_CHOICES, usual.ladder),
        read_choice(store, "strips", PANEL_CHOICES, usual.strips),
        _read_strips(store, usual.strip_layout),
        points(store.value("window/ladder_width")),
        points(store.value("window/strips_height")),
        read_names(store, "ladder_hidden", LADDER_COLUMNS, usual.ladder_hidden),
    )


def write_arrangements(store: QSettings, named: Mapping[str, Arrangement]) -> None:
    """Write the arrangements kept under names. Thread: UI."""
    store.beginWriteArray("arrangements", len(named))
    for index, (name, arrangement) in enumerate(named.items()):
        store.setArrayIndex(index)
        store.setValue("name", name)
        write_arrangement(store, arrangement)
    store.endArray()


def read_arrangements(store: QSettings) -> dict[str, Arrangement]:
    """Read what `write_arrangements` wrote; one without a name is left out. Thread: UI."""
    named = {}
    for index in range(min(store.beginReadArray("arrangements"), MAX_ARRANGEMENTS)):
        store.setArrayIndex(index)
        name = store.value("name")
        if isinstance(name, str) and 0 < len(name.strip()) <= MAX_NAME:
            named[name.strip()] = read_arrangement(store)
    store.endArray()
    return named


def _read_strips(store: QSettings, usual: StripLayout) -> StripLayout:
    """Return the arrangement of the strips; what makes no sense is left out."""
    order = str(store.value("window/strip_order") or "").split()
    pairs = (pair.partition(":") for pair in str(store.value("window/strip_heights") or "").split())
    hidden = read_names(store, "strips_hidden", STRIP_NAMES, usual.hidden)
    return StripLayout(
        order=tuple(name for name in order if name in STRIP_NAMES) or usual.order,
        hidden=hidden if hidden < set(STRIP_NAMES) else usual.hidden,
        collapsed=read_names(store, "strips_collapsed", STRIP_NAMES, usual.collapsed),
        heights=tuple((name, points(height)) for name, _, height in pairs if name in STRIP_NAMES),
    )
