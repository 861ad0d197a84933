"""Windows of other pixel densities: Qt takes the density when it starts, so each needs a process of its own.

As a program: ``python -m tests.ui.densities MODULE FUNCTION DENSITY WIDTH HEIGHT SETTINGS``.
"""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication

from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.preferences.settings import SettingsFile

ROOT: Final = Path(__file__).resolve().parents[2]
TIMEOUT_S: Final = 120  # the first process of all compiles every kernel


def check_at_density(
    density: str, check: Callable[[MainWindow], None], size: tuple[int, int], folder: Path
) -> None:
    """Have a function of a module check a window of this density and size in points; fail if it does.

    The settings of that window are new, in ``folder``.
    """
    environment = {**os.environ, "QT_SCALE_FACTOR": density, "QT_QPA_PLATFORM": "offscreen"}
    what = (check.__module__, check.__name__, density, *map(str, size), str(folder / "vpdesk.ini"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.densities", *what],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr


def main() -> None:
    """Make the window and let it be checked."""
    module, function, density, width, height, settings = sys.argv[1:]
    app = QApplication([])
    window = MainWindow(HeatmapView(), SettingsFile(Path(settings)))
    window.resize(int(width), int(height))
    window.show()
    app.processEvents()
    assert window.devicePixelRatioF() == float(density)
    getattr(importlib.import_module(module), function)(window)


if __name__ == "__main__":
    main()
