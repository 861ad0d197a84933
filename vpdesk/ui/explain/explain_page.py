"""The page "What does it mean?": short sections with pictures that the program draws when it is opened."""

from collections.abc import Mapping
from html import escape
from typing import Final

from PySide6.QtCore import QEvent, QSize, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from vpdesk.display.lesson import Lesson
from vpdesk.ui.explain.explain_text import SECTIONS, Section
from vpdesk.ui.explain.lesson_picture import WIDTH_PT, draw_lesson
from vpdesk.ui.parts.theme import DARK, Tones

_SIZE: Final = QSize(WIDTH_PT + 70, 800)
_MARGIN_PT: Final = 22
_ABOVE_PT: Final = 12  # of the page, above a section gone to


class ExplainPage(QDialog):
    """Explains the layers in plain words. Every method is for the UI thread.

    The words are there at once. The lessons are asked for when the page is first shown, and drawn one by one
    between the window's frames.

    Signals
    -------
    lessons_requested()
        Compute the lessons and give them to `show_lessons`; asked once.
    """

    lessons_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("What does it mean?")
        self.browser = QTextBrowser()
        self.browser.setOpenLinks(False)
        self.browser.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.browser.document().setDocumentMargin(_MARGIN_PT)
        self.browser.anchorClicked.connect(self._on_anchor_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.browser)
        self._tones: Tones = DARK
        self._lessons: Mapping[str, Lesson] = {}
        self._is_asked = False
        self._undrawn: list[str] = []
        self._drawing = QTimer(self)
        self._drawing.setInterval(0)
        self._drawing.timeout.connect(self._draw_next)
        self.setMinimumWidth(_SIZE.width())
        self.resize(_SIZE)

    def explain(self, section: str = "") -> None:
        """Show the page, at a section of `explain_text.SECTIONS` or where it was."""
        if not self._is_asked:
            self._is_asked = True
            self._write()
            self.lessons_requested.emit()
        if not self.isVisible():
            self.resize(_SIZE.boundedTo(self.screen().availableSize() - QSize(0, 40)))
        self.show()
        self.raise_()
        self.activateWindow()
        self.browser.setFocus()
        if section:
            self._show_section(section)

    def show_lessons(self, lessons: Mapping[str, Lesson]) -> None:
        """Draw these, by the names that the sections use."""
        self._lessons = lessons
        self._draw()

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._tones = tones
        if self._is_asked:
            self._draw()

    @property
    def is_drawn(self) -> bool:
        """Whether every picture stands in the page."""
        return bool(self._lessons) and not self._undrawn

    def event(self, event: QEvent) -> bool:
        """Draw again on a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange and self._lessons:
            self._draw()
        return super().event(event)

    # --- inside ------------------------------------------------------------------------------------

    def _draw(self) -> None:
        self._undrawn = list(self._lessons)
        self._drawing.start()

    @Slot()
    def _draw_next(self) -> None:
        """Draw one picture, so that no frame of the window waits for all of them."""
        if self._undrawn:
            name = self._undrawn[0]
            picture = draw_lesson(self._lessons[name], self._tones, self.devicePixelRatioF())
            self.browser.document().addResource(
                QTextDocument.ResourceType.ImageResource, QUrl(_url(name)), picture
            )
            self._undrawn.pop(0)
        if not self._undrawn:
            self._drawing.stop()
            self._write()

    def _show_section(self, section: str) -> None:
        self.browser.scrollToAnchor(section)
        bar = self.browser.verticalScrollBar()
        bar.setValue(bar.value() - _ABOVE_PT)

    def _write(self) -> None:
        """Write the page anew, where it was scrolled to."""
        bar = self.browser.verticalScrollBar()
        share = bar.value() / max(1, bar.maximum())
        self.browser.setHtml(self._html())
        bar.setValue(round(share * bar.maximum()))

    def _html(self) -> str:
        tones = self._tones
        style = (
            f"h2 {{ font-size: 15pt; margin-top: 26px; margin-bottom: 4px; }}"
            f"p, li {{ line-height: 132%; margin-top: 7px; }}"
            f"pre {{ line-height: 125%; margin: 8px 0 8px 14px; }}"
            f".picture {{ line-height: 100%; margin-top: 14px; }}"
            f".caption {{ color: {tones.muted}; margin-bottom: 14px; }}"
            f"a {{ color: {tones.accent}; text-decoration: none; }}"
        )
        links = " &nbsp;·&nbsp; ".join(f'<a href="#{one.name}">{escape(one.title)}</a>' for one in SECTIONS)
        body = "".join(self._section_html(section) for section in SECTIONS)
        return f"<style>{style}</style><p>{links}</p>{body}"

    def _section_html(self, section: Section) -> str:
        pictures = "".join(
            f'<p class="picture"><img src="{_url(name)}" width="{WIDTH_PT}"></p>'
            f'<p class="caption">{escape(caption)}</p>'
            for name, caption in section.pictures
            if name in self._lessons
        )
        title = f'<a name="{section.name}"></a>{escape(section.title)}'
        return f"<h2>{title}</h2>{section.html}{pictures}"

    @Slot(QUrl)
    def _on_anchor_clicked(self, url: QUrl) -> None:
        self._show_section(url.fragment())


def _url(name: str) -> str:
    return f"lesson:{name}"
