"""How long a frame of the field takes, beside a plain pyqtgraph image of the same numbers."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QWidget

from vpdesk.core.ring import PRESSURE, VACUUM
from vpdesk.display.synthetic import SyntheticWriter, synthetic_ring
from vpdesk.ui.field.heatmap import HeatmapView

_N_WARM_UP = 8


@dataclass(frozen=True)
class FrameTimes:
    """Milliseconds per frame, update and paint together, each frame scrolled by one new column.

    ``reference_*`` is the plain way: `pyqtgraph.ImageItem.setImage` of the same net values as float32,
    with fixed levels and a colour map, in a PlotWidget of the same size, without overlays.
    """

    n_columns: int
    n_buckets: int
    n_frames: int
    median_ms: float
    p99_ms: float
    reference_median_ms: float
    reference_p99_ms: float


def measure_frames(
    n_columns: int, n_buckets: int, size: tuple[int, int] = (1600, 900), n_frames: int = 200
) -> FrameTimes:
    """Scroll ``n_columns`` of ``n_buckets`` (an odd number) through a window of ``size`` points.

    The view follows the newest column and shows best bid and ask, trades and the last price. Makes a
    QApplication if there is none, offscreen where there is no display. Thread: UI.
    """
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    writer = synthetic_ring(n_columns, n_buckets // 2, capacity=2 * n_columns)
    ours = _time_frames(app, *_field_frame(writer, n_columns, size), n_frames)
    plain = _time_frames(app, *_plain_frame(writer, n_columns, size), n_frames)
    return FrameTimes(
        n_columns,
        writer.ring.width,
        n_frames,
        *(float(np.quantile(ours, share)) for share in (0.5, 0.99)),
        *(float(np.quantile(plain, share)) for share in (0.5, 0.99)),
    )


Frame = tuple[QWidget, Callable[[], None], Callable[[], None]]


def _field_frame(writer: SyntheticWriter, n_columns: int, size: tuple[int, int]) -> Frame:
    """Return our widget, what happens before a frame, and the frame."""
    view = HeatmapView()
    view.resize(*size)
    view.show()
    view.set_source(writer.ring)
    view.tick()
    view.fit()
    first, last = view.visible_columns()
    view.zoom((last - first + 1) / n_columns)

    def draw() -> None:
        view.tick()
        view.repaint_now()

    return view, lambda: writer.write(1), draw


def _plain_frame(writer: SyntheticWriter, n_columns: int, size: tuple[int, int]) -> Frame:
    plot = pg.PlotWidget()
    plot.resize(*size)
    image = pg.ImageItem(axisOrder="row-major")
    image.setColorMap(pg.colormap.get("CET-D6"))
    plot.addItem(image)
    plot.show()
    columns = writer.ring.cells[:n_columns]
    net = np.ascontiguousarray((columns[:, PRESSURE] - columns[:, VACUUM]).T)
    plot.setRange(xRange=(0, n_columns), yRange=(0, net.shape[0]), padding=0)

    def draw() -> None:
        image.setImage(net, autoLevels=False, levels=(-20.0, 20.0))
        plot.viewport().repaint()

    return plot, lambda: None, draw


def _time_frames(
    app: object, widget: QWidget, prepare: Callable[[], None], draw: Callable[[], None], n_frames: int
) -> list[float]:
    assert isinstance(app, QApplication)
    times_ms = []
    for number in range(_N_WARM_UP + n_frames):
        prepare()
        app.processEvents()
        start = perf_counter()
        draw()
        if number >= _N_WARM_UP:
            times_ms.append((perf_counter() - start) * 1000)
    widget.close()
    widget.deleteLater()
    app.processEvents()
    return times_ms
