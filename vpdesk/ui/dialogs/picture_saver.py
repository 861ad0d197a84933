"""Pictures of the chart or of the whole window: to a file or to the clipboard, with their provenance."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import (
    QBuffer,
    QMimeData,
    QObject,
    QStandardPaths,
    Qt,
    QThreadPool,
    Signal,
    Slot,
    qAddPostRoutine,
)
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from vpdesk.display.layers import LAYERS
from vpdesk.errors import VpdeskError
from vpdesk.runtime.session import Session
from vpdesk.ui.dialogs.provenance import Shown, caption, file_name, provenance
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.parts.theme import DARK, Tones, tabular

CHART: Final = "chart"
WINDOW: Final = "window"
CAPTION_PT: Final = 24

_PADDING_PT: Final = 9


@dataclass(frozen=True)
class Picture:
    """An image, what it says about itself, and the usual name of its file."""

    image: QImage
    texts: Mapping[str, str]
    name: str


class PictureSaver(QObject):
    """Takes pictures. A picture is of the moment at which it was asked for. Thread: UI.

    Compressing a large picture takes a good part of a second, so that and the writing is done elsewhere.

    Signals
    -------
    done(str), failed(str)
        A sentence for the user.
    """

    done = Signal(str)
    failed = Signal(str)
    _is_encoded = Signal(object, bytes)

    def __init__(self, window: QWidget, chart: HeatmapView) -> None:
        super().__init__(window)
        self._window = window
        self._chart = chart
        self._session: Session | None = None
        self._tones: Tones = DARK
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self._pool = QThreadPool(self)  # ends its work before it goes
        self._pool.setMaxThreadCount(1)
        self._is_encoded.connect(self._on_encoded)

    def set_session(self, session: Session | None) -> None:
        """Take pictures of another session."""
        self._session = session

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._tones = tones

    def ask(self, what: str) -> None:
        """Take a picture of the "chart" or the "window", and let the user choose where to save it."""
        picture = self.take(what)
        if picture is None:
            return
        dialog = QFileDialog(self._window, f"Save a picture of the {what}", filter="PNG (*.png)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.setDirectory(self._folder)
        dialog.selectFile(picture.name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.save(picture, name))
        dialog.open()

    def copy(self, what: str) -> None:
        """Put a picture of the "chart" or the "window" on the clipboard."""
        picture = self.take(what)
        if picture is None:
            return

        def encode() -> None:
            try:
                png = png_bytes(picture.image, picture.texts)
            except VpdeskError as error:
                self.failed.emit(str(error))
            else:
                self._is_encoded.emit(picture, png)

        self._pool.start(encode)

    def save(self, picture: Picture, name: str) -> None:
        """Write a picture; says when it is done, or why it could not be."""
        self._folder = str(Path(name).parent)

        def write() -> None:
            try:
                write_picture(picture, Path(name))
            except VpdeskError as error:
                self.failed.emit(str(error))
            else:
                self.done.emit(f"The picture was saved as {name}.")

        self._pool.start(write)

    def take(self, what: str, size: tuple[int, int] | None = None) -> Picture | None:
        """Return a picture of the "chart" or the "window" as it is now; None without a session.

        `size` is that of a chart's picture with its caption, in points; the one it has on the screen if None.
        """
        session, chart = self._session, self._chart
        if session is None:
            return None
        width, height = size or (chart.width(), chart.height() + CAPTION_PT)
        picture = chart.picture(width, height - CAPTION_PT)  # until we return, this frame is what is shown
        shown = Shown(chart.frame(), LAYERS[chart.layer], chart.scale())
        if what == WINDOW:
            picture = self._window.grab().toImage()
        else:
            picture = captioned(picture, caption(session.facts, session.params, shown), self._tones)
        texts = provenance(session.facts, session.params, session.status, shown)
        return Picture(picture, texts, file_name(session.facts, shown))

    @Slot(object, bytes)
    def _on_encoded(self, picture: Picture, png: bytes) -> None:
        put_on_clipboard(picture.image, png)
        self.done.emit("The picture is on the clipboard.")


def put_on_clipboard(image: QImage, png: bytes) -> None:
    """Put an image on the clipboard, and its PNG file for programs that keep metadata. Thread: UI."""
    clipboard = QGuiApplication.clipboard()
    content = QMimeData()
    content.setImageData(image)
    content.setData("image/png", png)
    clipboard.setMimeData(content)

    def take_back() -> None:
        # A desktop's clipboard is ours to own; it hands its content on and goes with the application. Where
        # there is no desktop (offscreen, VNC) it outlives the interpreter, and with it what was made here:
        # the process would end by a segmentation fault.
        if shiboken6.isValid(content) and not clipboard.ownsClipboard():
            clipboard.clear()

    qAddPostRoutine(take_back)


def captioned(picture: QImage, words: str, tones: Tones) -> QImage:
    """Return a picture with a line of words below it; it grows by `CAPTION_PT`. Thread: UI."""
    density = picture.devicePixelRatio()
    band_px = round(CAPTION_PT * density)
    whole = QImage(picture.width(), picture.height() + band_px, QImage.Format.Format_RGB32)
    whole.setDevicePixelRatio(density)
    whole.fill(QColor(tones.panel))
    font = tabular(QApplication.font(), scale=0.9)
    width = picture.width() / density - 2 * _PADDING_PT
    painter = QPainter(whole)
    painter.drawImage(0, 0, picture)
    painter.setFont(font)
    painter.setPen(QColor(tones.text))
    fitting = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, width)
    baseline = QFontMetricsF(font)
    y_pt = picture.height() / density + (CAPTION_PT + baseline.ascent() - baseline.descent()) / 2
    painter.drawText(round(_PADDING_PT), round(y_pt), fitting)
    painter.end()
    return whole


def png_bytes(image: QImage, texts: Mapping[str, str]) -> bytes:
    """Return a PNG file with these texts in its metadata. Thread: any."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    for name, text in texts.items():
        writer.setText(name, text)
    if not writer.write(image):
        raise VpdeskError(f"The picture could not be encoded: {writer.errorString()}.")
    return bytes(buffer.data().data())


def write_picture(picture: Picture, path: Path) -> None:
    """Write a picture whole or not at all. Thread: any.

    Raises
    ------
    VpdeskError
        It could not be written; a file that was there is as it was.
    """
    png = png_bytes(picture.image, picture.texts)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        temporary.write_bytes(png)
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        reason = (error.strerror or str(error)).lower()
        raise VpdeskError(f"The picture could not be saved as {path}: {reason}.") from None
