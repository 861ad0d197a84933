import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vpdesk.app import log_file
from vpdesk.app.log_file import start_log
from vpdesk.sources.feed import FeedState, Timing
from vpdesk.sources.supervisor import SessionEnd, Supervisor

KEY = "db-" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O"


@pytest.fixture(autouse=True)
def _former_logging() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("vpdesk")
    handlers, level = list(root.handlers), ours.level
    yield
    for handler in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(handler)
        if handler is not logging.lastResort:
            handler.close()
    ours.setLevel(level)


def _log_lines(path: Path) -> str:
    for handler in logging.getLogger().handlers:
        handler.flush()
    return path.read_text(encoding="utf-8")


def test_the_log_holds_what_the_program_did_and_what_went_wrong(tmp_path: Path) -> None:
    path = start_log(tmp_path / "new" / "log")
    assert path == tmp_path / "new" / "log" / "vpdesk.log"
    logging.getLogger("vpdesk.app.desk").info("session %s", "ESM4 day.dbn")
    logging.getLogger("databento").setLevel(logging.INFO)  # as the live feed does
    logging.getLogger("databento").info("a library's chatter")
    logging.getLogger("databento").warning("a library's warning")
    supervisor = Supervisor(Timing())
    supervisor.enter(FeedState.CONNECTING)
    supervisor.enter(FeedState.LIVE)
    supervisor.enter(FeedState.LIVE)
    supervisor.end(SessionEnd("the connection was cut"), 0)
    text = _log_lines(path)
    assert "starts" in text
    assert "session ESM4 day.dbn" in text
    assert "chatter" not in text
    assert "WARNING databento: a library's warning" in text
    assert text.count("feed live") == 1
    assert "feed reconnecting: the connection was cut" in text


def test_no_key_and_no_value_of_a_variable_gets_into_the_log(tmp_path: Path) -> None:
    path = start_log(tmp_path)
    assert path is not None

    def log_in(key: str) -> None:
        raise ConnectionError(f"refused {key}")

    logger = logging.getLogger("vpdesk.test")
    logger.warning("with %s in it", KEY)
    try:
        log_in(KEY)
    except ConnectionError:
        logger.exception("not connected")
    text = _log_lines(path)
    assert "ConnectionError: refused db-(hidden)" in text
    assert "in log_in" in text
    assert KEY[3:10] not in text


def test_the_log_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "MAX_BYTES", 2000)
    assert start_log(tmp_path) is not None
    logger = logging.getLogger("vpdesk.test")
    for number in range(500):
        logger.info("line %d", number)
    logs = sorted(path.name for path in tmp_path.glob("vpdesk.log*") if path.suffix != ".lock")
    assert logs == ["vpdesk.log", "vpdesk.log.1", "vpdesk.log.2", "vpdesk.log.3"]
    assert all((tmp_path / name).stat().st_size <= 2000 for name in logs)
    assert "line 499" in _log_lines(tmp_path / "vpdesk.log")


_OTHER_PROGRAM = """
import logging, sys
from pathlib import Path
from vpdesk.app.log_file import start_log
path = start_log(Path(sys.argv[1]))
logging.getLogger("vpdesk.other").info("the other one was here")
print(path.name, flush=True)  # last: whoever reads it may end us at once
sys.stdin.readline()
"""


def test_two_programs_at_a_time_write_a_log_each_and_a_place_is_free_again_afterwards(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", _OTHER_PROGRAM, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "vpdesk.log"
        ours = start_log(tmp_path)
        assert ours is not None
        assert ours.name == "vpdesk-2.log"
        logging.getLogger("vpdesk.test").info("we are here")
        other.kill()  # it leaves its lock behind
    assert "the other one was here" in (tmp_path / "vpdesk.log").read_text()
    assert "the other one" not in _log_lines(ours)
    third = start_log(tmp_path)
    assert third is not None
    assert third.name == "vpdesk.log"


def test_a_folder_that_cannot_be_written_gives_no_log_and_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert start_log(tmp_path / "file" / "log") is None
    assert "no log can be written" in caplog.text
    logging.getLogger("vpdesk.test").info("the program goes on")


def test_a_full_disk_costs_lines_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert start_log(tmp_path) is not None
    handler = next(one for one in logging.getLogger().handlers if isinstance(one, log_file._LogFile))

    def refuse(_: str) -> int:
        raise OSError(28, "No space left on device")

    handler.stream.write = refuse
    logging.getLogger("vpdesk.test").info("lost")
    assert capsys.readouterr().err == ""
