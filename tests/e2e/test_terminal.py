"""What a terminal gets to see: sentences. What the program writes for itself is in its log."""

import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.program import TIMEOUT_S, end, port_of, running, vpdesk
from vpdesk.sources.simulator import DATASET, SYMBOL, write_session

SENTENCE = re.compile(r"\d\d:\d\d:\d\d UTC [A-Za-z].*|vpdesk: [A-Z].*\.")


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the logs of the processes started meanwhile."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "state"


def logged(logs: Path) -> str:
    return "".join(path.read_text("utf-8") for path in logs.rglob("vpdesk.log"))


def wait_for_log(logs: Path, words: str, program: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while words not in logged(logs):
        assert time.monotonic() < deadline
        assert program.poll() is None
        time.sleep(0.05)


def test_what_a_gateway_reports_is_a_sentence_on_the_terminal_and_its_code_is_in_the_log(
    tmp_path: Path, logs: Path
) -> None:
    path = tmp_path / "day.dbn"
    write_session(path, 6.0, seed=11)
    with running("gateway", path, "--speed", "max", "--fault", "error@100000") as gateway:
        options = ("--gateway", "127.0.0.1", "--port", port_of(gateway), "--headless")
        with running("live", "--dataset", DATASET, "--symbol", SYMBOL, *options) as feed:
            assert feed.stderr is not None
            lines: list[str] = []
            while not any("reports" in line for line in lines):
                lines.append(feed.stderr.readline().rstrip("\n"))
                assert lines[-1], lines
            code, _, rest = end(feed, signal.SIGINT)
    assert code == 0
    lines += rest.splitlines()
    assert [line for line in lines if not SENTENCE.fullmatch(line)] == []
    assert any(line.endswith("UTC The gateway reports: an error made on request.") for line in lines), lines
    assert "gateway error 6: an error made on request" in logged(logs)


def test_a_refused_login_leaves_no_line_of_a_library_on_the_terminal(tmp_path: Path, logs: Path) -> None:
    path = tmp_path / "day.dbn"
    write_session(path, 1.0, seed=11)
    with running("gateway", path, "--key", "db-" + "x" * 29) as gateway:
        options = ("--gateway", "127.0.0.1", "--port", port_of(gateway), "--headless")
        done = vpdesk("live", "-d", DATASET, "-s", SYMBOL, *options, DATABENTO_API_KEY="db-" + "y" * 29)
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if not SENTENCE.fullmatch(line)] == []
    assert "WARNING" in logged(logs) or "ERROR" in logged(logs)


def test_preferences_that_cannot_be_kept_are_told_when_the_window_is_closed(
    tmp_path: Path, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    (tmp_path / "config").write_text("in the way")
    with running("open", tmp_path / "absent.dbn") as window:
        wait_for_log(logs, "notice: There is no file", window)
        code, out, err = end(window, signal.SIGTERM)
    assert (code, out) == (0, "")
    assert re.fullmatch(r"vpdesk: Settings cannot be saved in .*: [^\n]*\.\n", err), err


def test_a_window_that_cannot_open_a_file_says_so_in_the_window_alone(
    tmp_path: Path, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    path = tmp_path / "prices.dbn"
    path.write_text("time,price\n1,2\n")
    with running("open", path) as window:
        wait_for_log(logs, "notice: prices.dbn is not a DBN file.", window)
        code, out, err = end(window, signal.SIGTERM)
    assert (code, out, err) == (0, "", "")
