"""No text is cut off, in any state of the window, at any size, density and theme that people use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.clipping import clipped


@pytest.mark.parametrize("density", ["1", "1.5", "2"])
def test_nothing_is_cut_off_at(density: str) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": density}
    command = [sys.executable, "-m", "tests.ui.clipping"]
    folder = Path(__file__).parents[2]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_what_is_cut_off_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    narrow, wrapped, low, outside = (
        QLabel("too narrow"),
        QLabel("too low " * 40),
        QPushButton("low"),
        QLabel("out"),
    )
    wrapped.setWordWrap(True)
    for widget in (narrow, wrapped, low):
        row.addWidget(widget)
    outside.setParent(window)
    narrow.setFixedWidth(20)
    wrapped.setFixedSize(90, 20)
    low.setFixedHeight(8)
    window.resize(400, 200)
    window.show()
    outside.move(390, 190)
    outside.show()
    assert [line.split("'")[1].split()[0] for line in clipped(window)] == ["too", "too", "low", "out"]


def test_what_fits_is_not_complained_about(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    for widget in (QLabel("fits"), QPushButton("fits too")):
        row.addWidget(widget)
    window.show()
    assert clipped(window) == []
