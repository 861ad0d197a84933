"""Named sets of parameters, kept in the user's configuration folder."""

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vpdesk.core.params import EngineParams
from vpdesk.errors import VpdeskError
from vpdesk.paths import config_dir

MAX_NAME: Final = 60  # characters
MAX_PRESETS: Final = 500
_VERSION: Final = 1
_TICK_SIZE: Final = "tick_size"  # the instrument's, so no part of a preset


@dataclass(frozen=True)
class Preset:
    """Parameters without those of an instrument, and the cadence of columns.

    ``values``: as in `EngineParams.as_dict`, without the tick size.
    """

    values: Mapping[str, float | int]
    column_ns: int
    column_events: int = 0

    @classmethod
    def of(cls, params: EngineParams, column_ns: int, column_events: int) -> "Preset":
        """Return the preset of parameters in force."""
        values = {name: value for name, value in params.as_dict().items() if name != _TICK_SIZE}
        return cls(values, column_ns, column_events)

    def params(self, tick_size: int) -> EngineParams:
        """Return the parameters for an instrument.

        Raises
        ------
        EngineError
            They do not suit it.
        """
        return EngineParams.from_dict({_TICK_SIZE: tick_size, **self.values})


def built_in() -> dict[str, Preset]:
    """Return the presets that come with the program."""
    tau_by_name = {"Standard": 2.0, "Quick": 0.5, "Slow": 10.0}
    return {
        name: Preset.of(EngineParams(1, half_width=80, tau_s=tau_s), 100_000_000, 0)
        for name, tau_s in tau_by_name.items()
    }


class PresetFile:
    """The file behind the user's own presets.

    Parameters
    ----------
    path
        By default in the platform's configuration folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_dir() / "presets.json"

    def load(self) -> tuple[dict[str, Preset], str]:
        """Return the user's presets, and a sentence for the user ("" when all is well)."""
        try:
            plain = json.loads(self.path.read_text("utf-8"))
            if plain["version"] != _VERSION or len(plain["presets"]) > MAX_PRESETS:
                raise ValueError("another version")
            return {_checked_name(name): _from_plain(row) for name, row in plain["presets"].items()}, ""
        except FileNotFoundError:
            return {}, ""
        except OSError as error:
            return {}, f"The presets in {self.path} cannot be read ({_reason(error)})."
        except (VpdeskError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}, self._set_aside()

    def save(self, presets: Mapping[str, Preset]) -> str:
        """Keep these presets; return a sentence if that failed, else ""."""
        rows = {
            name: {
                "parameters": dict(one.values),
                "column_ns": one.column_ns,
                "column_events": one.column_events,
            }
            for name, one in presets.items()
        }
        temporary = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps({"version": _VERSION, "presets": rows}, indent=2) + "\n", "utf-8")
            os.replace(temporary, self.path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            return f"Presets cannot be kept in {self.path} ({_reason(error)})."
        return ""

    def _set_aside(self) -> str:
        aside = self.path.with_suffix(".damaged.json")
        try:
            self.path.replace(aside)
        except OSError:
            return f"The presets in {self.path} are damaged and were left as they are."
        return f"The file of presets was damaged; it was set aside as {aside}."


def _checked_name(name: str) -> str:
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise ValueError("no name")
    return name


def _from_plain(row: dict[str, Any]) -> Preset:
    column_ns, column_events = row["column_ns"], row["column_events"]
    if type(column_ns) is not int or type(column_events) is not int or column_ns < 1 or column_events < 0:
        raise ValueError("no cadence")
    one = Preset(dict(row["parameters"]), column_ns, column_events)
    return Preset.of(one.params(1), column_ns, column_events)  # checked and complete


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
