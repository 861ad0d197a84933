"""Saves the chart as a picture."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from vpdesk.ui.heatmap import HeatmapView


class PictureSaver(QObject):
    """Asks where to save a picture of the chart, and saves it.

    Signals
    -------
    noticed(str)
        A sentence for the user.
    """

    noticed = Signal(str)

    def __init__(self, window: QWidget, chart: HeatmapView) -> None:
        super().__init__(window)
        self._window = window
        self._chart = chart

    def ask(self) -> None:
        """Let the user choose where to save it; does not wait."""
        dialog = QFileDialog(self._window, "Save a picture", filter="PNG (*.png)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    @Slot(str)
    def save(self, name: str) -> None:
        """Save the chart as it is."""
        picture = self._chart.picture(self._chart.width(), self._chart.height())
        could = "was" if picture.save(name) else "could not be"
        self.noticed.emit(f"The picture {could} saved as {name}.")
