"""What widgets look like, as arrays of device pixels."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from vpdesk.ui.field.heatmap import HeatmapView


def image_pixels(image: QImage) -> NDArray[np.uint32]:
    """Return the pixels of an image, (height, width) 0xffRRGGBB; a copy."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), np.uint32).reshape(plain.height(), plain.bytesPerLine() // 4)
    return pixels[:, : plain.width()].copy()


def grabbed(widget: QWidget) -> NDArray[np.uint32]:
    """Grab a widget."""
    return image_pixels(widget.grab().toImage())


def channels(pixels: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return blue, green and red of pixels one by one, (height, width, 3)."""
    return np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)[:, :, :3].astype(np.int32)


def field_pixels(chart: HeatmapView) -> NDArray[np.uint32]:
    """Grab the field of a chart, without axes and colour bar."""
    pixels, view = grabbed(chart), chart.viewport()
    left = round(chart.field_margins()[0] * chart.devicePixelRatioF())
    return pixels[: view.height_px, left : left + view.width_px]


def cell_at(chart: HeatmapView, x_pt: float, y_pt: float) -> tuple[int, int]:
    """Return the column and bucket under a point of the field."""
    density, view = chart.devicePixelRatioF(), chart.viewport()
    return view.column_at(x_pt * density), view.row_at(y_pt * density)


def bare(chart: HeatmapView) -> None:
    """Leave nothing but the field: no overlays, no words."""
    chart.set_overlays(frozenset())
    chart._canvas.caption.setVisible(False)
    chart._canvas.notice.setVisible(False)
    chart.tick()
