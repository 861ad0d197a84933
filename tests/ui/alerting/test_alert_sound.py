"""A sound is played by what there is, at most now and then, and never makes trouble."""

import wave
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess, QStandardPaths
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vpdesk.ui.alerting import alert_sound
from vpdesk.ui.alerting.alert_sound import AlertSound


@pytest.fixture
def beeps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append("beep"))
    return heard


def with_player(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(
        QStandardPaths, "findExecutable", lambda name: program if name == "aplay" and program else ""
    )


def test_without_a_player_it_beeps_and_a_burst_is_one_sound(
    monkeypatch: pytest.MonkeyPatch, beeps: list[str], tmp_path: Path, qapp: QApplication
) -> None:
    with_player(monkeypatch, "")
    now_s = [100.0]
    monkeypatch.setattr(alert_sound.time, "monotonic", lambda: now_s[0])
    sound = AlertSound(path=tmp_path / "alert.wav")
    sound.play()
    sound.play()
    assert beeps == ["beep"]
    now_s[0] += 1.0
    sound.play()
    assert beeps == ["beep", "beep"]
    sound.is_muted = True
    now_s[0] += 1.0
    sound.play()
    assert len(beeps) == 2


def test_a_player_gets_a_sound_file(
    monkeypatch: pytest.MonkeyPatch, beeps: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    player, heard = tmp_path / "player", tmp_path / "heard"
    player.write_text(f'#!/bin/sh\necho "$@" > {heard}\n')
    player.chmod(0o755)
    with_player(monkeypatch, str(player))
    sound = AlertSound(path=tmp_path / "cache" / "alert.wav")
    sound.play()
    process = sound.findChild(QProcess)
    assert process.waitForFinished(5000)
    assert heard.read_text().split() == ["-q", str(tmp_path / "cache" / "alert.wav")]
    with wave.open(str(tmp_path / "cache" / "alert.wav")) as file:
        assert 0.1 < file.getnframes() / file.getframerate() < 1.0
    assert beeps == []


def test_a_player_that_cannot_run_or_a_full_disk_end_in_a_beep(
    monkeypatch: pytest.MonkeyPatch, beeps: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    with_player(monkeypatch, str(tmp_path / "gone"))
    sound = AlertSound(path=tmp_path / "alert.wav")
    sound.play()
    qtbot.waitUntil(lambda: beeps == ["beep"])
    failing = tmp_path / "failing"
    failing.write_text("#!/bin/sh\nexit 1\n")
    failing.chmod(0o755)
    with_player(monkeypatch, str(failing))
    failed = AlertSound(path=tmp_path / "alert.wav")
    failed.play()
    qtbot.waitUntil(lambda: beeps == ["beep", "beep"])
    (tmp_path / "file").write_text("in the way")
    AlertSound(path=tmp_path / "file" / "alert.wav").play()
    assert beeps == ["beep", "beep", "beep"]
