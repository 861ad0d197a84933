"""The pictures of README: what each shows, so that one command draws them all again.

They show the simulated session at fixed moments, as somebody would have arranged the window by hand.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vpdesk import __version__
from vpdesk.app.options import NS_PER_DAY, read_time
from vpdesk.app.picture import Wish, draw, live_until
from vpdesk.errors import VpdeskError

if TYPE_CHECKING:
    from vpdesk.ui.main_window import MainWindow

_SIZE: Final = "1600x900"
_PAGE_HEIGHT_PT: Final = 900
_ALERT_VACUUM: Final = 600.0  # contracts / s


@dataclass(frozen=True)
class Scene:
    """A moment of the simulated session, how it is looked at, and what is opened beside it."""

    at: str
    columns: int
    arrange: Callable[["MainWindow"], None]
    layer: str = "net"
    theme: str = "dark"


def draw_all(folder: Path) -> Iterator[str]:
    """Draw every picture into a folder; yield one line about each.

    Raises
    ------
    VpdeskError
        The folder cannot be written to.
    """
    if not folder.is_dir():
        raise VpdeskError(f"There is no folder {folder}; name one with -o.")
    for name, scene in SCENES.items():
        yield draw(_wish(scene, folder / name), scene.arrange)
    yield _draw_page(folder / PAGE)


def _wish(scene: Scene, path: Path) -> Wish:
    return Wish(
        (), path, scene.at, _SIZE, scene.layer, scene.columns, scene.theme,
        whole_window=True, instrument=None, tick_size=None, may_replace=True,
    )  # fmt: skip


def _as_it_is(window: "MainWindow") -> None:
    """Leave the window as it opens."""


def _read_direction(window: "MainWindow") -> None:
    """Show which way the field leans, what traded where, and where an alert would have been raised."""
    from vpdesk.display.alert_rules import AlertRule, NearSpot, Quantity

    window.alerts.add_rule(AlertRule(Quantity.VACUUM, _ALERT_VACUUM, place=NearSpot(3)))
    for name in ("alerts", "direction", "volume_profile"):  # the panel of the alerts opened by itself
        window.actions_by_id[name].trigger()


def _pin(at: str, price: float, window: "MainWindow") -> None:
    """Pin the cell of a moment and a price, and wait for its events."""
    from vpdesk.core.events import PRICE_SCALE
    from vpdesk.core.ring import H_START_NS
    from vpdesk.display.column_times import column_of_time
    from vpdesk.display.reading import read_cell

    frame = window.chart.frame()
    ring = frame.ring
    assert ring is not None
    column = column_of_time(ring, read_time(at, int(frame.header[H_START_NS]) // NS_PER_DAY * NS_PER_DAY))
    assert column is not None
    bucket = round(price * PRICE_SCALE) // ring.tick_size // ring.ticks_per_bucket
    reading = read_cell(
        ring, int(column), bucket, is_relative=False, layer=window.chart.layer, unit="contracts/s", zone=None
    )
    assert reading is not None
    window.inspector.pin(reading)
    live_until(lambda: window.inspector.report is not None and not window.inspector.report.is_searching)


def _draw_page(path: Path) -> str:
    """Draw the beginning of the explaining page's pictures."""
    from vpdesk.app.desk import make_application
    from vpdesk.app.lessons import make_lessons
    from vpdesk.ui.dialogs.picture_saver import Picture, write_picture
    from vpdesk.ui.explain.explain_page import ExplainPage
    from vpdesk.ui.parts.theme import DARK, apply_tones

    apply_tones(make_application(["vpdesk"]), DARK)
    page = ExplainPage()
    page.set_tones(DARK)
    page.explain()
    page.show_lessons(make_lessons())
    live_until(lambda: page.is_drawn)
    page.resize(page.width(), _PAGE_HEIGHT_PT)
    page.explain("pressure")
    image = page.grab().toImage()
    page.close()
    write_picture(Picture(image, {"Software": f"vpdesk {__version__}", "Data": "scenes by hand"}, PAGE), path)
    return f"{path}: the explaining page"


SCENES: Final = {
    "window.png": Scene("14:32:20", 500, _as_it_is),
    "depth.png": Scene("14:36:00", 900, _as_it_is, layer="depth", theme="light"),
    "inspector.png": Scene("14:32:20", 300, partial(_pin, "14:32:02.0", 5004.0)),
    "direction.png": Scene("14:34:10", 300, _read_direction),
}
PAGE: Final = "explain.png"
