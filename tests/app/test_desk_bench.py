"""Frames of the whole window are really drawn when they are measured."""

import pytest

from vpdesk.app import replay
from vpdesk.app.desk_bench import SHOWN, measure_desk
from vpdesk.ui.commands.action_table import ACTIONS
from vpdesk.ui.field.field_canvas import FieldImage
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.panels.ladder import LadderView


def test_every_measured_frame_is_drawn_and_painted_with_all_panels_shown(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[type] = []

    def count(part: type) -> None:
        plain = part.paint if part is FieldImage else part.paintEvent  # type: ignore[attr-defined]

        def paint(self: object, *args: object) -> None:
            painted.append(part)
            plain(self, *args)

        monkeypatch.setattr(part, plain.__name__, paint)

    count(FieldImage)
    count(LadderView)
    drawn = []
    draw_frame = MainWindow.draw_frame
    monkeypatch.setattr(
        MainWindow, "draw_frame", lambda self: (drawn.append(painted.count(FieldImage)), draw_frame(self))
    )
    tape = replay.open_demo(wait=True)
    times = measure_desk(tape, (1280, 720), n_frames=12)
    tape.close()
    assert times.n_frames == 12
    assert 0 < times.median_ms <= times.p99_ms
    assert times.n_columns > 500
    # each of the last twelve frames was painted before the next one was drawn
    assert sorted(set(drawn[-11:])) == drawn[-11:]
    assert LadderView in painted


def test_what_is_turned_on_for_the_measurement_can_be_turned_on() -> None:
    assert set(SHOWN) <= {spec.id for spec in ACTIONS}
