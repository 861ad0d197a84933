import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from vpdesk.display.overlay_shapes import BOUGHT, SOLD, TradeDots
from vpdesk.ui.field.trade_dots import DOT_COLOURS, DotBrush

BLACK = QColor(0, 0, 0).rgb()


def painted(dots: TradeDots, density: float, brush: DotBrush | None = None) -> QImage:
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    (brush or DotBrush()).paint(painter, dots, 10.0, density)
    painter.end()
    return image


def dots(*rows: tuple[float, float, float, int]) -> TradeDots:
    x_px, y_px, sizes, sides = np.array(rows, np.float64).reshape(-1, 4).T
    return TradeDots(x_px, y_px, sizes, sides.astype(np.int64), 1)


def extent_px(image: QImage) -> tuple[int, int, int, int]:
    """Return the first and last row and column that are not black."""
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    rows, columns = np.nonzero(pixels != BLACK)
    return int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max())


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("density", [1.0, 1.5, 2.0])
def test_a_dot_lies_round_its_trade_with_the_colour_of_its_side(density: float) -> None:
    for side, colour in enumerate(DOT_COLOURS):
        image = painted(dots((120.4, 80.0, 10.0, side)), density)
        top, bottom, left, right = extent_px(image)
        assert (top + bottom + 1) / 2 == 80
        assert (left + right + 1) / 2 == 120
        shown, wanted = QColor(image.pixel(120, 80)), QColor(colour)
        for channel in (QColor.red, QColor.green, QColor.blue):
            assert channel(shown) == pytest.approx(
                channel(wanted) * 225 / 255, abs=2
            )  # 225: lets the field through


@pytest.mark.usefixtures("qapp")
def test_the_area_of_a_dot_grows_with_the_quantity_and_with_the_density_of_pixels() -> None:
    def width_px(size: float, density: float) -> int:
        _, _, left, right = extent_px(painted(dots((150, 100, size, BOUGHT)), density))
        return right - left + 1 - 2  # without the rim

    assert width_px(10, 1) * 1.7 < width_px(40, 1) <= width_px(10, 1) * 2.1
    assert width_px(40, 2) == pytest.approx(2 * width_px(40, 1), abs=2)
    assert width_px(1e9, 1) == width_px(1e12, 1) < 30
    assert width_px(1e-9, 1) == width_px(1e-12, 1) >= 2


def test_one_brush_serves_any_number_of_dots_and_another_screen(qtbot: QtBot) -> None:
    brush = DotBrush()
    many = dots(*[(20 + 30 * i, 50, 5 + i, i % 3) for i in range(12)])
    for shown, density in (
        (many, 1.0),
        (dots(), 1.0),
        (many, 2.0),
        (dots((60, 50, 9, SOLD)), 1.0),
        (many, 1.0),
    ):
        assert painted(shown, density, brush) == painted(shown, density)
    assert painted(dots(), 1.0, brush) == painted(dots(), 2.0)
