"""What the window remembers between runs: one INI file in the user's configuration folder.

The only module that touches QSettings. A file that cannot be understood is set aside, never deleted.
"""

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from vpdesk.display.layers import LAYERS
from vpdesk.display.scale import Scale
from vpdesk.runtime.commands import MAX_SPEED
from vpdesk.ui.heatmap import OVERLAYS, PRICE_AXES
from vpdesk.ui.speeds import MAX_FINITE_SPEED, MIN_SPEED
from vpdesk.ui.strips import STRIP_NAMES, StripLayout
from vpdesk.ui.theme import THEMES
from vpdesk.ui.times import ZONES

MAX_RECENT: Final = 10
PANEL_CHOICES: Final = ("auto", "yes", "no")  # "auto": where there is room
_VERSION: Final = 1
_MAX_POINTS: Final = 10_000  # of a panel's size
_MAX_SCALES: Final = 1000  # so that a damaged count cannot hang the start


@dataclass(frozen=True)
class Preferences:
    """The user's choices; every field has a sound default.

    ``scales`` maps (symbol, layer) to the colour scale last chosen for it. ``ladder`` and ``strips`` are one
    of `PANEL_CHOICES`; their sizes are points, 0 for the usual ones. ``live`` is what the live dialog
    was last filled in with, which is never a key.
    """

    layer: str = "net"
    price_axis: str = "price"
    dims_by_age: bool = False
    overlays: frozenset[str] = frozenset(OVERLAYS) - {"spot"}
    theme: str = "system"
    time_zone: str = "UTC"
    speed: float = 1.0
    recent_files: tuple[str, ...] = ()
    geometry: bytes = b""
    window_state: bytes = b""
    scales: Mapping[tuple[str, str], Scale] = field(default_factory=dict)
    live: Mapping[str, str] = field(default_factory=dict)
    ladder: str = "auto"
    strips: str = "auto"
    strip_layout: StripLayout = field(default_factory=StripLayout)
    ladder_width: int = 0
    strips_height: int = 0


class SettingsFile:
    """The file behind `Preferences`.

    Parameters
    ----------
    path
        The INI file; the default lies in the platform's configuration folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(platformdirs.user_config_dir("vpdesk", appauthor=False)) / "vpdesk.ini"
        self.preferences = Preferences()

    def prefer(self, **changes: object) -> None:
        """Change some of the preferences; `save` makes it last."""
        self.preferences = replace(self.preferences, **changes)  # type: ignore[arg-type]

    def load(self) -> str:
        """Take up the preferences of the file; return a sentence for the user ("" when all is well)."""
        self.preferences = Preferences()
        if not self.path.exists():
            return ""
        damage = self._damage()
        if damage:
            return self._set_aside(damage)
        self.preferences = self._read()
        return ""

    def save(self) -> str:
        """Write the preferences; return a sentence for the user if that failed, else ""."""
        preferences = self.preferences
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return f"Settings cannot be saved in {self.path.parent}: {error.strerror or error}."
        store = self._open()
        store.clear()
        store.setValue("version", _VERSION)
        for name in ("layer", "price_axis", "theme", "time_zone"):
            store.setValue(f"window/{name}", getattr(preferences, name))
        for name in ("geometry", "window_state"):
            store.setValue(f"window/{name}", QByteArray(getattr(preferences, name)))
        store.setValue("window/dims_by_age", "yes" if preferences.dims_by_age else "no")
        store.setValue("window/overlays", " ".join(sorted(preferences.overlays)) or "none")
        store.setValue("window/speed", repr(preferences.speed))
        _write_panels(store, preferences)
        _write_recent(store, preferences.recent_files)
        _write_scales(store, preferences.scales)
        for name, text in preferences.live.items():
            store.setValue(f"live/{name}", text)
        store.sync()
        if store.status() != QSettings.Status.NoError:
            return f"Settings cannot be saved in {self.path}."
        return ""

    def _open(self) -> QSettings:
        return QSettings(str(self.path), QSettings.Format.IniFormat)

    def _damage(self) -> str:
        """Return why the file cannot be used, or ""."""
        try:
            self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return "could not be read"
        store = self._open()
        if store.status() != QSettings.Status.NoError:
            return "was damaged"
        if store.value("version") is None:
            return "was damaged"
        if str(store.value("version")) != str(_VERSION):
            return "was written by another version"
        return ""

    def _set_aside(self, damage: str) -> str:
        aside = self.path.with_suffix(".damaged.ini")
        try:
            self.path.replace(aside)
        except OSError:
            return f"The settings file {damage}; defaults are in use, and {self.path} was left as it is."
        return f"The settings file {damage}; it was set aside as {aside}, and defaults are in use."

    def _read(self) -> Preferences:
        store = self._open()
        default = Preferences()
        return Preferences(
            layer=_choice(store, "layer", tuple(LAYERS), default.layer),
            price_axis=_choice(store, "price_axis", PRICE_AXES, default.price_axis),
            overlays=_names(store, "overlays", OVERLAYS, default.overlays),
            dims_by_age=_choice(store, "dims_by_age", ("yes", "no"), "no") == "yes",
            theme=_choice(store, "theme", THEMES, default.theme),
            time_zone=_choice(store, "time_zone", ZONES, default.time_zone),
            speed=_speed(store),
            recent_files=_read_recent(store),
            geometry=_bytes(store, "geometry"),
            window_state=_bytes(store, "window_state"),
            scales=_read_scales(store),
            live=_read_live(store),
            ladder=_choice(store, "ladder", PANEL_CHOICES, default.ladder),
            strips=_choice(store, "strips", PANEL_CHOICES, default.strips),
            strip_layout=_read_strips(store, default.strip_layout),
            ladder_width=_points(store.value("window/ladder_width")),
            strips_height=_points(store.value("window/strips_height")),
        )


def _choice(store: QSettings, name: str, allowed: tuple[str, ...], default: str) -> str:
    value = store.value(f"window/{name}")
    return value if isinstance(value, str) and value in allowed else default


def _names(store: QSettings, name: str, allowed: tuple[str, ...], default: frozenset[str]) -> frozenset[str]:
    value = store.value(f"window/{name}")
    return frozenset(value.split()) & frozenset(allowed) if isinstance(value, str) and value else default


def _bytes(store: QSettings, name: str) -> bytes:
    value = store.value(f"window/{name}")
    return bytes(value.data()) if isinstance(value, QByteArray) else b""


def _number(text: object) -> float:
    try:
        return float(str(text))
    except ValueError:
        return math.nan


def _speed(store: QSettings) -> float:
    speed = _number(store.value("window/speed"))
    return speed if MIN_SPEED <= speed <= MAX_FINITE_SPEED or speed == MAX_SPEED else 1.0


def _write_recent(store: QSettings, paths: tuple[str, ...]) -> None:
    store.beginWriteArray("recent_files", len(paths))
    for index, path in enumerate(paths[:MAX_RECENT]):
        store.setArrayIndex(index)
        store.setValue("path", path)
    store.endArray()


def _read_recent(store: QSettings) -> tuple[str, ...]:
    paths = []
    for index in range(min(store.beginReadArray("recent_files"), MAX_RECENT)):
        store.setArrayIndex(index)
        paths.append(store.value("path"))
    store.endArray()
    return tuple(path for path in paths if isinstance(path, str) and path)


def _points(text: object) -> int:
    points = _number(text)
    return int(points) if 0 <= points <= _MAX_POINTS else 0


def _write_panels(store: QSettings, preferences: Preferences) -> None:
    layout = preferences.strip_layout
    words = {
        "ladder": preferences.ladder,
        "strips": preferences.strips,
        "ladder_width": preferences.ladder_width,
        "strips_height": preferences.strips_height,
        "strip_order": " ".join(layout.order),
        "strips_hidden": " ".join(sorted(layout.hidden)) or "none",
        "strips_collapsed": " ".join(sorted(layout.collapsed)) or "none",
        "strip_heights": " ".join(f"{name}:{height}" for name, height in layout.heights),
    }
    for name, value in words.items():
        store.setValue(f"window/{name}", value)


def _read_strips(store: QSettings, default: StripLayout) -> StripLayout:
    """Return the arrangement of the strips; what makes no sense is left out."""
    order = str(store.value("window/strip_order") or "").split()
    pairs = (pair.partition(":") for pair in str(store.value("window/strip_heights") or "").split())
    hidden = _names(store, "strips_hidden", STRIP_NAMES, default.hidden)
    return StripLayout(
        order=tuple(name for name in order if name in STRIP_NAMES) or default.order,
        hidden=hidden if hidden < set(STRIP_NAMES) else default.hidden,
        collapsed=_names(store, "strips_collapsed", STRIP_NAMES, default.collapsed),
        heights=tuple((name, _points(height)) for name, _, height in pairs if name in STRIP_NAMES),
    )


def _read_live(store: QSettings) -> dict[str, str]:
    store.beginGroup("live")
    texts = {name: store.value(name) for name in store.childKeys()}
    store.endGroup()
    return {name: text for name, text in texts.items() if isinstance(text, str)}


_SCALE_FIELDS: Final = ("symbol", "layer", "kind", "low", "high", "knee")


def _write_scales(store: QSettings, scales: Mapping[tuple[str, str], Scale]) -> None:
    store.beginWriteArray("colour_scales", len(scales))
    for index, ((symbol, layer), scale) in enumerate(scales.items()):
        store.setArrayIndex(index)
        values = (symbol, layer, scale.kind, repr(scale.low), repr(scale.high), repr(scale.knee))
        for name, value in zip(_SCALE_FIELDS, values, strict=True):
            store.setValue(name, value)
    store.endArray()


def _read_scales(store: QSettings) -> dict[tuple[str, str], Scale]:
    scales = {}
    for index in range(min(store.beginReadArray("colour_scales"), _MAX_SCALES)):
        store.setArrayIndex(index)
        symbol, layer, kind, *numbers = (str(store.value(name)) for name in _SCALE_FIELDS)
        low, high, knee = map(_number, numbers)
        with contextlib.suppress(KeyError, ValueError):  # a scale that makes no sense is left out
            scales[symbol, layer] = Scale(kind, low, high, knee, LAYERS[layer].is_signed)
    store.endArray()
    return scales
