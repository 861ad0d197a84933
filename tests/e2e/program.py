"""The program as a process of its own, as a user or a script starts it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 300  # the first process of all compiles every kernel
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def vpdesk(
    *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line without a display."""
    inherited = {name: value for name, value in os.environ.items() if name not in _SCREENS}
    return subprocess.run(
        [sys.executable, "-m", "vpdesk", *map(str, arguments)],
        cwd=cwd,
        env={**inherited, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **environment},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], code: int = 1) -> None:
    """Assert that a command was refused in plain words; the code is 2 where an option means nothing."""
    assert done.returncode == code
    assert re.fullmatch(r"vpdesk: \S[^\n]*\.\n", done.stderr), done.stderr
    assert "Traceback" not in done.stdout


@contextmanager
def running(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Run the command line until the block ends; it must then have ended by itself."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("DATABENTO_API_KEY", None)
    command = [sys.executable, "-m", "vpdesk", *map(str, arguments)]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def end(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str, str]:
    """Send a signal, and wait for the end; return the exit code and what was written to both outputs."""
    process.send_signal(number)
    out, err = process.communicate(timeout=TIMEOUT_S)
    return process.returncode, out, err


def port_of(gateway: subprocess.Popen[str]) -> str:
    """Return the port that a gateway says it listens on."""
    assert gateway.stdout is not None
    line = gateway.stdout.readline()
    assert line.startswith("listening on 127.0.0.1:"), line
    return line.strip().rpartition(":")[2]
