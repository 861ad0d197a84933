"""What holds for every test: Hypothesis profiles, a screen or none, settings and caches out of the way."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from vpdesk.paths import cache_dir

if "DISPLAY" not in os.environ and "WAYLAND_DISPLAY" not in os.environ:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is imported

# Programs that tests start have cache folders of their own, in which they would compile every kernel anew.
# Numba takes note of this once, so it has to be said before anything imports it.
os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_dir()))

# The first call of a kernel compiles it, so a deadline would measure the compiler.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("default", max_examples=60, **_COMMON)
settings.register_profile("ci", max_examples=500, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True)
def _private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test empty settings, cache and state folders of its own."""
    home = tmp_path_factory.mktemp("home", numbered=True)
    for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        folder = home / variable.removeprefix("XDG_").removesuffix("_HOME").lower()
        monkeypatch.setenv(variable, str(folder))
    if "PySide6.QtCore" in sys.modules:
        from PySide6.QtCore import QSettings

        for settings_format in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
            QSettings.setPath(settings_format, QSettings.Scope.UserScope, str(home / "config"))
    return home
