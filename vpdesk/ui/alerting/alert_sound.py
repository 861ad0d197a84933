"""A short sound for an alert, by whatever this computer can play it with.

A player of the system is used if there is one; else the platform's beep. A sound that cannot be played is no
error: an alert is also shown.
"""

import math
import struct
import time
import wave
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QStandardPaths, Slot
from PySide6.QtWidgets import QApplication

from vpdesk.paths import cache_dir

_RATE: Final = 22_050
_TONES: Final = ((880.0, 0.09), (1318.5, 0.16))  # Hz, s
_LOUDNESS: Final = 0.35
_LEAST_INTERVAL_S: Final = 0.5  # a burst of alerts is one sound
_PLAYERS: Final = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))


class AlertSound(QObject):
    """Plays the sound. Every method is for the UI thread and returns at once.

    Parameters
    ----------
    path
        Where the sound is kept as a WAV file; the default lies in the cache folder.
    """

    def __init__(self, parent: QObject | None = None, path: Path | None = None) -> None:
        super().__init__(parent)
        self.is_muted = False
        self._path = path or cache_dir() / "alert.wav"
        self._played_s = -math.inf
        self._command: list[str] | None = None  # looked for when it is first needed
        self._process = QProcess(self)
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.setStandardErrorFile(QProcess.nullDevice())
        self._process.errorOccurred.connect(self._on_process_failed)
        self._process.finished.connect(self._on_process_finished)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.stop)

    def play(self) -> None:
        """Play it, unless it is muted, or was played just now."""
        now_s = time.monotonic()
        if self.is_muted or now_s - self._played_s < _LEAST_INTERVAL_S:
            return
        self._played_s = now_s
        if self._command is None:
            self._command = self._find_player()
        if not self._command:
            QApplication.beep()
        elif self._process.state() == QProcess.ProcessState.NotRunning:
            self._process.start(self._command[0], self._command[1:])

    @Slot()
    def stop(self) -> None:
        """Break off a sound that is being played."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.blockSignals(True)
            self._process.kill()
            self._process.waitForFinished(200)

    @Slot()
    def _on_process_failed(self) -> None:
        """Beep from now on: there is a player, but it cannot play here."""
        self._command = []
        QApplication.beep()

    @Slot(int)
    def _on_process_finished(self, exit_code: int) -> None:
        if exit_code != 0:
            self._on_process_failed()

    def _find_player(self) -> list[str]:
        """Return a command that plays the sound; empty if there is none."""
        for name, *options in _PLAYERS:
            program = QStandardPaths.findExecutable(name)
            if program:
                return [program, *options, str(self._path)] if self._write() else []
        return []

    def _write(self) -> bool:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with wave.open(str(self._path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(_RATE)
                file.writeframes(_samples())
        except OSError:
            return False
        return True


def _samples() -> bytes:
    """Return two rising tones that fade out, 16 bits a sample."""
    samples = []
    for pitch_hz, length_s in _TONES:
        n = round(length_s * _RATE)
        for i in range(n):
            attack = min(1.0, i / (0.004 * _RATE))
            fade = math.exp(-4.0 * i / n)
            samples.append(_LOUDNESS * attack * fade * math.sin(2 * math.pi * pitch_hz * i / _RATE))
    return struct.pack(f"<{len(samples)}h", *(round(32_767 * sample) for sample in samples))
