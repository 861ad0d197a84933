"""The command line as a user meets it: a process of its own, its output, its exit code, its files."""

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from PySide6.QtGui import QImage
from typer.testing import CliRunner

from tests.e2e.program import ROOT, assert_one_sentence, vpdesk
from tests.png import PROVENANCE, png_texts
from tests.sources import dbn_bytes
from vpdesk import __version__
from vpdesk.cli import app
from vpdesk.errors import SourceError

RECORDS = dbn_bytes.orders(3_000)
HEADER = dbn_bytes.header(symbols={"ESZ4": [(0, 1, 7)]})

# An old DBZ file is a skippable Zstandard frame that begins with its name.
DBZ = (0x184D2A51).to_bytes(4, "little") + (64).to_bytes(4, "little") + b"DBZ\x01" + bytes(60)


@pytest.fixture(scope="module")
def session_file() -> Iterator[Path]:
    """A simulated session of some seconds, written by the command itself."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "simulated.dbn.zst"
        done = vpdesk("simulate", "-o", path, "--seconds", "6", "--seed", "11")
        assert done.returncode == 0, done.stderr
        yield path


def test_help_names_every_command_and_teaches_each() -> None:
    done = vpdesk("--help")
    assert done.returncode == 0
    for command in ("open", "info", "digest", "simulate", "picture", "bench"):
        assert re.search(rf"^  {command} ", done.stdout, re.MULTILINE), command
    assert "--instrument" in vpdesk("digest", "--help").stdout


def test_the_version_is_the_packages() -> None:
    assert vpdesk("--version").stdout == f"vpdesk {__version__}\n"


def test_an_unknown_command_is_refused_without_a_traceback() -> None:
    done = vpdesk("opne")
    assert done.returncode == 2
    assert "No such command 'opne'" in done.stderr
    assert "Traceback" not in done.stderr


def test_info_tells_what_a_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "good.dbn"
    path.write_bytes(HEADER + RECORDS.tobytes())

    done = vpdesk("info", path)

    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^dataset +GLBX\.MDP3$", done.stdout, re.MULTILINE)
    assert re.search(r"^records +3\s000 market-by-order$", done.stdout, re.MULTILINE)
    assert re.search(r"^ESZ4 +1 +7 +3\s000 +0\.25 ", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"time,price,size\n1,2,3\n", "not a DBN file", id="not DBN"),
        pytest.param(b"", "empty", id="empty"),
        pytest.param(HEADER[:40], "cut short", id="cut within the header"),
        pytest.param(HEADER, "no .*records", id="no records"),
        pytest.param(DBZ, "old DBZ format", id="dbz"),
        pytest.param(dbn_bytes.header(schema="mbp-10") + bytes([92, 10]) + bytes(366), "mbp-10", id="mbp-10"),
        pytest.param(dbn_bytes.compressed(HEADER)[:-9] + b"\xff" * 9, "", id="corrupt zstd"),
        pytest.param(None, "There is no file", id="missing"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    content: bytes | None, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "some.dbn"
    if content is not None:
        path.write_bytes(content)

    done = vpdesk("info", path)

    assert_one_sentence(done)
    assert re.search(words, done.stderr), done.stderr
    assert "some.dbn" in done.stderr


@pytest.mark.parametrize("command", ["digest", "picture", "bench"])
def test_every_command_that_reads_files_refuses_them_alike(command: str, tmp_path: Path) -> None:
    path = tmp_path / "some.dbn"
    path.write_bytes(b"time,price,size\n1,2,3\n")

    done = vpdesk(command, path, cwd=tmp_path)

    assert_one_sentence(done)
    assert "not a DBN file" in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "vpdesk.png").exists()


def test_whether_a_file_can_be_read_is_said_by_who_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> IO[bytes]:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "some.dbn").write_bytes(HEADER)
    monkeypatch.setattr(os, "access", lambda *_, **__: False)  # root, who runs tests at times, may all
    monkeypatch.setattr(Path, "open", refuse)
    done = CliRunner().invoke(app, ["info", str(tmp_path / "some.dbn")])
    assert isinstance(done.exception, SourceError)
    assert str(done.exception) == "some.dbn cannot be read: permission denied."


def test_a_user_without_a_home_is_told_what_to_set(tmp_path: Path) -> None:
    """A stand-in for platformdirs finds no folder, as the real one where an account is in no list."""
    (tmp_path / "platformdirs.py").write_text(
        "def user_cache_path(*_, **__):\n    raise RuntimeError('no home')\n"
        "user_config_path = user_data_path = user_log_path = user_cache_path\n"
    )
    done = vpdesk("clear-cache", PYTHONPATH=os.pathsep.join((str(tmp_path), str(ROOT))), NUMBA_CACHE_DIR="")
    assert_one_sentence(done)
    assert "set HOME to a folder" in done.stderr


def test_a_folder_without_files_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = vpdesk("info", tmp_path)
    assert_one_sentence(done)
    assert tmp_path.name in done.stderr


@pytest.mark.parametrize("command", ["info", "digest"])
def test_a_file_cut_short_gives_what_it_has_and_says_so(command: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.dbn"
    path.write_bytes(HEADER + RECORDS.tobytes()[: -56 * 100 - 13])

    done = vpdesk(command, path)

    assert_one_sentence(done)
    assert re.search(r"cut short: 2\s899 records read", done.stderr)
    assert re.search(r"2\s?899", done.stdout)


def test_an_unknown_instrument_is_refused_in_one_sentence(session_file: Path) -> None:
    assert_one_sentence(vpdesk("digest", session_file, "--instrument", "NOPE"))


def test_the_same_seed_gives_the_same_bytes(session_file: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.dbn.zst", tmp_path / "other.dbn.zst"
    for path, seed in ((again, "11"), (other, "12")):
        done = vpdesk("simulate", "-o", path, "--seconds", "6", "--seed", seed)
        assert (done.returncode, done.stderr) == (0, "")
        assert str(path) in done.stdout
    assert again.read_bytes() == session_file.read_bytes()
    assert other.read_bytes() != session_file.read_bytes()


def test_a_simulation_that_cannot_be_written_is_refused_in_one_sentence(tmp_path: Path) -> None:
    assert_one_sentence(vpdesk("simulate", "-o", tmp_path / "no" / "folder.dbn", "--seconds", "1"))


def test_digests_of_two_runs_agree_line_by_line(session_file: Path) -> None:
    one, two = (vpdesk("digest", session_file, "--every", "1000") for _ in range(2))

    assert (one.returncode, one.stderr) == (0, "")
    assert one.stdout == two.stdout
    lines = [line.split() for line in one.stdout.splitlines()]
    assert [int(event_id) for event_id, _ in lines[:-1]] == list(range(1000, 1000 * len(lines), 1000))
    assert len({digest for _, digest in lines}) == len(lines)


def test_a_digest_depends_on_the_parameters(session_file: Path) -> None:
    plain, slow = (
        vpdesk("digest", session_file, "--every", "1000000", *more) for more in ((), ("--tau", "9"))
    )
    assert plain.stdout.split()[0] == slow.stdout.split()[0]
    assert plain.stdout.split()[1] != slow.stdout.split()[1]


@pytest.mark.parametrize("whole_window", [False, True], ids=["chart", "window"])
def test_a_picture_has_its_size_and_says_where_it_came_from(
    whole_window: bool, session_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "picture.png"
    options = ("--size", "1300x740", "--columns", "50", *(("--window",) if whole_window else ()))
    expected = vpdesk("digest", session_file, "--every", "1000000", "--half-width", "80").stdout.split()

    done = vpdesk("picture", session_file, "-o", path, *options)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{path}: event {expected[0]}, digest {expected[1]}\n"
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1300, 740)
    assert image.text("Software") == f"vpdesk {__version__}"
    assert (image.text("Event"), image.text("Digest")) == (expected[0], expected[1])
    assert set(png_texts(path.read_bytes())) == PROVENANCE
    assert json.loads(image.text("Parameters"))["half_width"] == 80
    colours = {image.pixel(x, y) for x in range(200, 1100, 10) for y in range(200, 600, 10)}
    assert len(colours) > 20  # a field, not an empty window


def test_the_same_moment_gives_the_same_picture_to_the_byte(session_file: Path, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.png", "two.png")]
    for path in paths:
        done = vpdesk("picture", session_file, "--size", "800x500", "--columns", "80", "-o", path)
        assert done.returncode == 0, done.stderr
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_picture_of_a_file_cut_short_says_so(tmp_path: Path) -> None:
    path = tmp_path / "cut.dbn"
    path.write_bytes(HEADER + RECORDS.tobytes()[:-13])
    done = vpdesk("picture", path, "-o", tmp_path / "picture.png")
    assert done.returncode == 0, done.stderr
    assert re.search(r"event 2999, digest \w+; the file is cut short", done.stdout)


NO_SIZES = ("abc", "1x1", "0x5", "8193x500", "100000x100000")


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        *(
            (("--size", size), "320x200 to 8192x8192")
            for size in ("abc", "1x1", "0x5", "8193x500", "100000x100000")
        ),
        (("--size", "320x200", "--window"), "The whole window is no smaller than "),
        (("--at", "noon"), "14:30:05.25"),
        (("--layer", "colour"), "net, balance"),
        (("--theme", "pink"), "dark or light"),
        (("--tick-size", "0"), "0.25"),
    ],
)
def test_a_wish_for_a_picture_that_makes_no_sense_is_refused_with_what_would(
    options: tuple[str, ...], allowed: str, session_file: Path, tmp_path: Path
) -> None:
    done = vpdesk("picture", session_file, "-o", tmp_path / "picture.png", *options)
    assert_one_sentence(done, code=2)
    assert allowed in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("simulate", "--seconds", "1", "-o", "out.dbn"),
        ("picture", "FILE", "--size", "800x500", "--columns", "80", "-o", "out.png"),
        ("export", "FILE", "--column", "1s", "-o", "out.parquet"),
    ],
    ids=lambda command: command[0],
)
def test_a_file_that_is_there_is_replaced_only_if_that_is_asked_for(
    command: tuple[str, ...], session_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / command[-1]
    path.write_text("the work of a day")
    given = [str(session_file) if one == "FILE" else one for one in command]

    refused = vpdesk(*given, cwd=tmp_path)
    assert_one_sentence(refused)
    assert refused.stderr == f"vpdesk: {path.name} exists already; add --overwrite to replace it.\n"
    assert path.read_text() == "the work of a day"

    done = vpdesk(*given, "--overwrite", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert path.stat().st_size > 1000
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_where_a_command_cannot_write_is_said_before_the_work() -> None:
    for output, words in (("/", "is a folder"), ("/none/p.png", "There is no folder /none."),
                          ("/dev/null", "is no file that could be replaced")):  # fmt: skip
        done = vpdesk("picture", "no-such-file.dbn", "-o", output, "--overwrite")
        assert_one_sentence(done)
        assert words in done.stderr


def test_without_a_display_the_session_is_drawn_instead(session_file: Path, tmp_path: Path) -> None:
    done = vpdesk("open", session_file, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    sentence = r"There is no display to open a window on, so the session was drawn into (.*vpdesk\.png)\.\n"
    found = re.fullmatch(sentence, done.stdout)
    assert found, done.stdout
    assert not QImage(found[1]).isNull()
    first = (tmp_path / "vpdesk.png").read_bytes()
    again = vpdesk("open", session_file, cwd=tmp_path)
    assert f"was drawn into {tmp_path / 'vpdesk-2.png'}." in again.stdout
    assert (tmp_path / "vpdesk.png").read_bytes() == first


def test_without_a_display_a_file_that_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "some.dbn"
    path.write_bytes(b"time,price,size\n1,2,3\n")

    done = vpdesk("open", path, cwd=tmp_path)

    words = "There is no display to open a window on, and no picture was drawn: some.dbn is not a DBN file.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", words)
    assert not (tmp_path / "vpdesk.png").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only X11 names a display by DISPLAY")
def test_a_display_that_cannot_be_reached_is_as_good_as_none(tmp_path: Path) -> None:
    done = vpdesk("open", tmp_path / "some.dbn", cwd=tmp_path, DISPLAY=":4242")
    assert done.returncode == 1
    assert done.stderr.startswith("There is no display to open a window on, and no picture was drawn: ")


def test_without_a_display_and_without_a_file_the_simulated_session_is_drawn(tmp_path: Path) -> None:
    done = vpdesk(cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "so the simulated session was drawn into" in done.stdout
    image = QImage(str(tmp_path / "vpdesk.png"))
    assert (image.width(), image.height()) == (1600, 900)


def test_missing_qt_libraries_are_told_with_the_line_that_installs_them(tmp_path: Path) -> None:
    """A stand-in for PySide6 fails as the real one does where a system library is missing."""
    package = tmp_path / "PySide6"
    package.mkdir()
    (package / "__init__.py").touch()
    missing = "libEGL.so.1: cannot open shared object file: No such file or directory"
    (package / "QtWidgets.py").write_text(f"raise ImportError({missing!r})")

    done = vpdesk(cwd=tmp_path, PYTHONPATH=os.pathsep.join((str(tmp_path), str(ROOT))))

    assert done.returncode == 1
    assert "libEGL.so.1" in done.stderr
    assert "sudo apt-get install -y" in done.stderr
    assert "Traceback" not in done.stderr
