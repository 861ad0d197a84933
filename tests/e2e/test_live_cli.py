"""`vpdesk gateway` and `vpdesk live --headless` as processes: what they print, leave behind, and return."""

import re
import signal
from pathlib import Path

import pytest

from tests.e2e.program import assert_one_sentence, end, port_of, running, vpdesk
from vpdesk.sources.simulator import DATASET, SYMBOL, write_session


@pytest.fixture(scope="module")
def session_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "day.dbn"
    write_session(path, 6.0, seed=11)
    return path


def test_a_headless_recording_stops_cleanly_and_replays_to_the_digest_it_printed(
    session_file: Path, tmp_path: Path
) -> None:
    with running("gateway", session_file, "--speed", "5", "--fault", "drop@200000") as gateway:
        options = ("--gateway", "127.0.0.1", "--port", port_of(gateway))
        record = ("--record", tmp_path / "out", "--headless")
        with running("live", "--dataset", DATASET, "--symbol", SYMBOL, *options, *record) as feed:
            assert feed.stderr is not None
            words = ""
            while "reconnecting" not in words or not words.rstrip().endswith(" live"):
                line = feed.stderr.readline()
                assert line, words
                words += line
            feed.send_signal(signal.SIGINT)  # twice, as the impatient press it: nothing is cut short
            code, out, _ = end(feed, signal.SIGINT)
        assert code == 0
        assert end(gateway, signal.SIGTERM)[0] == 0
    found = re.fullmatch(
        rf"([\d\s]+) records, 1 gap\nrecorded .* to (\S+)\n{SYMBOL} event (\d+) digest ([0-9a-f]{{32}})\n",
        out,
    )
    assert found, out
    n_records, path, event_id, digest = found.groups()
    assert re.sub(r"\s", "", n_records) == event_id
    replayed = vpdesk("digest", path, "--every", "1000000000")
    assert replayed.stdout == f"{event_id} {digest}\n"


def test_a_feed_that_stops_by_itself_ends_the_command_with_an_error(session_file: Path) -> None:
    with running("gateway", session_file, "--key", "db-" + "x" * 29) as gateway:
        port = port_of(gateway)
        done = vpdesk(
            *("live", "-d", DATASET, "-s", SYMBOL, "--gateway", "127.0.0.1", "--port", port, "--headless"),
            DATABENTO_API_KEY="db-" + "y" * 29,
        )
    assert done.returncode == 1
    assert "stopped: the gateway refused the login" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("vpdesk: The feed stopped: the gateway refused the login")
    assert "yyyy" not in done.stdout + done.stderr


def test_a_recording_that_cannot_be_written_is_told_at_once_and_at_the_end(
    session_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "file"
    folder.write_text("in the way")
    with running("gateway", session_file, "--speed", "5") as gateway:
        options = ("--gateway", "127.0.0.1", "--port", port_of(gateway), "--record", folder, "--headless")
        with running("live", "--dataset", DATASET, "--symbol", SYMBOL, *options) as feed:
            assert feed.stderr is not None
            words = ""
            while "Recording stopped" not in words:
                line = feed.stderr.readline()
                assert line, words
                words += line
            code, _, err = end(feed, signal.SIGINT)
    sentence = f"Recording stopped: {folder} cannot be written, file exists."
    assert f"UTC {sentence}\n" in words
    assert (code, err.splitlines()[-1]) == (1, f"vpdesk: {sentence}")
    assert folder.read_text() == "in the way"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("live", "-d", "GLBX.MDP3", "-s", "ES.c.0", "--headless", "--start", "whenever"), 2),
        (("live", "-d", "GLBX.MDP3", "-s", "ES.c.0", "--headless", "--stype-in", "nonsense"), 2),
        (("live", "-d", "GLBX.MDP3", "-s", "ES.c.0", "--headless", "--tick-size", "-1"), 2),
        (("live", "-d", "GLBX.MDP3", "-s", "ES.c.0", "--headless"), 1),  # no key
        (("live", "-d", "GLBX.MDP3", "-s", "ES.c.0"), 1),  # no display
        (("gateway", "no-such-file.dbn"), 1),
        (("gateway", "FILE", "--speed", "quick"), 2),
        (("gateway", "FILE", "--fault", "earthquake"), 2),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(
    session_file: Path, arguments: tuple[str, ...], code: int
) -> None:
    given = [str(session_file) if one == "FILE" else one for one in arguments]
    done = vpdesk(*given, DATABENTO_API_KEY="", PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
    assert_one_sentence(done, code)
