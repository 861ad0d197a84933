import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.session import FakeSession
from tests.png import PROVENANCE, png_texts
from vpdesk.display.synthetic import SyntheticWriter, synthetic_ring
from vpdesk.errors import VpdeskError
from vpdesk.ui.dialogs import picture_saver
from vpdesk.ui.dialogs.picture_saver import CAPTION_PT, Picture, PictureSaver, png_bytes, write_picture
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.parts.theme import LIGHT


@pytest.fixture
def writer() -> SyntheticWriter:
    return synthetic_ring(400, half_width=20)


@pytest.fixture
def saver(qtbot: QtBot, writer: SyntheticWriter) -> Iterator[PictureSaver]:
    window, chart = QWidget(), HeatmapView()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(chart)
    window.resize(700, 500)
    with qtbot.waitExposed(window):
        window.show()
    session = FakeSession()
    session.ring = writer.ring
    chart.set_source(session.ring)
    chart.tick()
    saver = PictureSaver(window, chart)
    saver.set_session(session)
    yield saver
    saver._pool.waitForDone()


def taken(saver: PictureSaver, what: str = "chart") -> Picture:
    picture = saver.take(what)
    assert picture is not None
    return picture


def test_a_saved_picture_keeps_every_pixel_and_says_where_it_came_from(
    saver: PictureSaver, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "chart.png"
    picture = taken(saver)
    with qtbot.waitSignal(saver.done, timeout=10_000) as said:
        saver.save(picture, str(path))
    assert said.args == [f"The picture was saved as {path}."]
    assert png_texts(path.read_bytes()) == picture.texts
    assert set(picture.texts) == PROVENANCE
    read = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    assert read == picture.image
    assert [file.name for file in tmp_path.iterdir()] == ["chart.png"]


def test_a_chart_travels_with_a_caption_and_a_window_without(saver: PictureSaver) -> None:
    chart, window = taken(saver), taken(saver, "window")
    density = chart.image.devicePixelRatio()
    assert chart.image.height() == round((saver._chart.height() + CAPTION_PT) * density)
    middle_px = chart.image.height() - round(CAPTION_PT * density / 2)
    band = [chart.image.pixel(x, middle_px) for x in range(chart.image.width())]
    assert len(set(band)) > 1  # words, not an empty band
    assert window.image.size() == saver._window.size() * density
    assert window.texts == chart.texts


def test_the_caption_wears_the_theme(saver: PictureSaver) -> None:
    saver.set_tones(LIGHT)
    image = taken(saver).image
    assert image.pixelColor(1, image.height() - 1).name() == LIGHT.panel


def test_a_size_asked_for_is_that_of_the_whole_picture(saver: PictureSaver) -> None:
    picture = saver.take("chart", (555, 333))
    assert picture is not None
    density = picture.image.devicePixelRatio()
    assert (picture.image.width(), picture.image.height()) == (round(555 * density), round(333 * density))


def test_the_clipboard_gets_the_picture_and_its_provenance(saver: PictureSaver, qtbot: QtBot) -> None:
    expected = taken(saver)
    with qtbot.waitSignal(saver.done, timeout=10_000):
        saver.copy("chart")
    content = QGuiApplication.clipboard().mimeData()
    assert content.hasImage()
    assert not content.hasText()  # programs that take either would paste the words
    assert png_texts(bytes(content.data("image/png").data())) == expected.texts


@pytest.mark.parametrize("platform", ["offscreen", "minimal"])
@pytest.mark.parametrize("then", ["", "QGuiApplication.clipboard().setText('other')"])
def test_a_program_with_a_picture_on_its_clipboard_ends_well(platform: str, then: str) -> None:
    program = f"""
from PySide6.QtGui import QGuiApplication, QImage
from vpdesk.ui.dialogs.picture_saver import put_on_clipboard
app = QGuiApplication([])
put_on_clipboard(QImage(8, 8, QImage.Format.Format_RGB32), b"png")
assert QGuiApplication.clipboard().mimeData().hasImage()
{then}
"""
    environment = os.environ | {"QT_QPA_PLATFORM": platform}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_the_picture_is_of_the_moment_at_which_it_was_asked_for(
    saver: PictureSaver, writer: SyntheticWriter, qtbot: QtBot, tmp_path: Path
) -> None:
    expected = taken(saver).texts["Event"]
    saver.ask("chart")
    dialog = saver._window.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.selectedFiles()[0].endswith("net.png")
    writer.write(100)
    saver._chart.tick()
    with qtbot.waitSignal(saver.done, timeout=10_000):
        dialog.fileSelected.emit(str(tmp_path / "late.png"))
    dialog.close()
    assert png_texts((tmp_path / "late.png").read_bytes())["Event"] == expected
    assert taken(saver).texts["Event"] != expected


def test_compressing_and_writing_leave_the_window_alive(
    saver: PictureSaver, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The encoder is held up until the window has lived on for some turns of its loop."""
    turns, has_lived = [], threading.Event()
    timer = QTimer()
    timer.timeout.connect(lambda: turns.append(1) if len(turns) < 10 else has_lived.set())
    timer.start(0)

    def slow(*given: object) -> bytes:
        assert has_lived.wait(10)
        return png_bytes(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(picture_saver, "png_bytes", slow)
    with qtbot.waitSignal(saver.done, timeout=20_000):
        saver.save(taken(saver), str(tmp_path / "chart.png"))
    timer.stop()
    assert (tmp_path / "chart.png").exists()


def test_what_cannot_be_written_is_one_sentence_and_harms_nothing(
    saver: PictureSaver, qtbot: QtBot, tmp_path: Path
) -> None:
    there = tmp_path / "there.png"
    there.mkdir()
    (there / "kept").touch()
    nowhere = tmp_path / "nowhere" / "chart.png"
    for path, reason in ((nowhere, "no such file or directory"), (there, "is a directory")):
        with qtbot.waitSignal(saver.failed, timeout=10_000) as said:
            saver.save(taken(saver), str(path))
        assert said.args == [f"The picture could not be saved as {path}: {reason}."]
    assert [file.name for file in tmp_path.iterdir()] == ["there.png"]


def test_an_empty_image_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VpdeskError, match="could not be encoded"):
        write_picture(Picture(QImage(), {}, "x.png"), tmp_path / "x.png")


def test_a_picture_that_cannot_be_encoded_is_not_copied(
    saver: PictureSaver, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> bytes:
        raise VpdeskError("The picture could not be encoded: too large.")

    monkeypatch.setattr(picture_saver, "png_bytes", fail)
    QGuiApplication.clipboard().setText("kept")
    with qtbot.waitSignal(saver.failed, timeout=10_000) as said:
        saver.copy("window")
    assert said.args == ["The picture could not be encoded: too large."]
    assert QGuiApplication.clipboard().text() == "kept"


def test_without_a_session_nothing_is_taken(saver: PictureSaver) -> None:
    saver.set_session(None)
    assert saver.take("chart") is None
    saver.ask("window")
    saver.copy("chart")
    assert saver._window.findChild(QFileDialog) is None
