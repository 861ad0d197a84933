"""What the window remembers between runs: one INI file in the user's configuration folder.

A file that cannot be understood is set aside, never deleted; a value that makes no sense is the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings

from vpdesk.display.layers import LAYERS
from vpdesk.paths import config_dir
from vpdesk.runtime.commands import MAX_SPEED
from vpdesk.ui.field.heatmap import OVERLAYS, PRICE_AXES
from vpdesk.ui.panels.strips import StripLayout
from vpdesk.ui.parts.kept_keys import read_keys, write_keys
from vpdesk.ui.parts.recent_files import RecentFile, read_recent, write_recent
from vpdesk.ui.parts.speeds import MAX_FINITE_SPEED, MIN_SPEED
from vpdesk.ui.parts.stored_values import (
    MAX_PLACE,
    read_choice,
    read_integers,
    read_names,
    read_number,
)
from vpdesk.ui.parts.theme import THEMES
from vpdesk.ui.parts.times import ZONES
from vpdesk.ui.preferences.alert_settings import Rules, read_alerts, write_alerts
from vpdesk.ui.preferences.arrangement import (
    Arrangement,
    read_arrangement,
    read_arrangements,
    write_arrangement,
    write_arrangements,
)
from vpdesk.ui.preferences.instrument_settings import (
    InstrumentKey,
    InstrumentSettings,
    read_instruments,
    write_instruments,
)

EXTENTS: Final = ("normal", "maximized", "full_screen")  # of the window
STARTS: Final = ("demo", "start_page", "last_file")  # what is shown at first
_VERSION: Final = 1
_LEAST_PLACE: Final = (-MAX_PLACE, -MAX_PLACE, 1, 1)
_LEAST_FRAME: Final = (0, 0, 0, 0)


@dataclass(frozen=True)
class Preferences:
    """The user's choices; every field has a sound default.

    ``instruments`` and ``alerts`` hold what belongs to one instrument alone.
    ``window_state``, ``ladder``, ``strips`` and what follows them are the fields of an `Arrangement`;
    ``arrangements`` are those kept under names.
    ``place_pt`` is where the window without its frame is (left, top, width, height) when its ``extent`` is
    normal, ``frame_pt`` how far the frame goes beyond it (left, top, right, bottom); () while not known.
    ``live`` is what the live dialog was last filled in with, which is never a key. ``keys`` are those that
    differ from the usual ones, by action. ``at_start`` is one of `STARTS`.
    """

    layer: str = "net"
    price_axis: str = "price"
    dims_by_age: bool = False
    has_volume_profile: bool = False
    overlays: frozenset[str] = frozenset(OVERLAYS) - {"spot"}
    theme: str = "system"
    time_zone: str = "UTC"
    speed: float = 1.0
    at_start: str = "demo"
    recent_files: tuple[RecentFile, ...] = ()
    place_pt: tuple[int, ...] = ()
    frame_pt: tuple[int, ...] = ()
    extent: str = "normal"
    instruments: Mapping[InstrumentKey, InstrumentSettings] = field(default_factory=dict)
    alerts: Mapping[InstrumentKey, Rules] = field(default_factory=dict)
    alerts_muted: bool = False
    live: Mapping[str, str] = field(default_factory=dict)
    window_state: bytes = b""
    ladder: str = "auto"
    strips: str = "auto"
    strip_layout: StripLayout = field(default_factory=StripLayout)
    ladder_width: int = 0
    strips_height: int = 0
    ladder_hidden: frozenset[str] = frozenset()
    arrangements: Mapping[str, Arrangement] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def arrangement(self) -> Arrangement:
        """Return how the window was arranged last."""
        return Arrangement(**{one.name: getattr(self, one.name) for one in fields(Arrangement)})


class SettingsFile:
    """The file behind `Preferences`.

    Parameters
    ----------
    path
        The INI file; the default lies in the platform's configuration folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_dir() / "vpdesk.ini"
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
        for name in ("layer", "price_axis", "theme", "time_zone", "at_start", "extent"):
            store.setValue(f"window/{name}", getattr(preferences, name))
        for name in ("place_pt", "frame_pt"):
            store.setValue(f"window/{name}", " ".join(map(str, getattr(preferences, name))))
        for name in ("dims_by_age", "has_volume_profile", "alerts_muted"):
            store.setValue(f"window/{name}", "yes" if getattr(preferences, name) else "no")
        store.setValue("window/overlays", " ".join(sorted(preferences.overlays)) or "none")
        store.setValue("window/speed", repr(preferences.speed))
        write_arrangement(store, preferences.arrangement())
        write_arrangements(store, preferences.arrangements)
        write_keys(store, preferences.keys)
        write_recent(store, preferences.recent_files)
        write_instruments(store, preferences.instruments)
        write_alerts(store, preferences.alerts)
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
            layer=read_choice(store, "layer", tuple(LAYERS), default.layer),
            price_axis=read_choice(store, "price_axis", PRICE_AXES, default.price_axis),
            overlays=read_names(store, "overlays", OVERLAYS, default.overlays),
            dims_by_age=read_choice(store, "dims_by_age", ("yes", "no"), "no") == "yes",
            has_volume_profile=read_choice(store, "has_volume_profile", ("yes", "no"), "no") == "yes",
            theme=read_choice(store, "theme", THEMES, default.theme),
            time_zone=read_choice(store, "time_zone", ZONES, default.time_zone),
            speed=_speed(store),
            at_start=read_choice(store, "at_start", STARTS, default.at_start),
            recent_files=read_recent(store),
            place_pt=read_integers(store, "place_pt", _LEAST_PLACE),
            frame_pt=read_integers(store, "frame_pt", _LEAST_FRAME),
            extent=read_choice(store, "extent", EXTENTS, default.extent),
            instruments=read_instruments(store),
            alerts=read_alerts(store),
            alerts_muted=read_choice(store, "alerts_muted", ("yes", "no"), "no") == "yes",
            live=_read_live(store),
            arrangements=read_arrangements(store),
            keys=read_keys(store),
            **read_arrangement(store).as_dict(),
        )


def _speed(store: QSettings) -> float:
    speed = read_number(store, "speed")
    return speed if MIN_SPEED <= speed <= MAX_FINITE_SPEED or speed == MAX_SPEED else 1.0


def _read_live(store: QSettings) -> dict[str, str]:
    store.beginGroup("live")
    texts = {name: store.value(name) for name in store.childKeys()}
    store.endGroup()
    return {name: text for name, text in texts.items() if isinstance(text, str)}
