import pytest

from tests.fakes.session import FakeSession
from vpdesk.ui.main_window import MainWindow


@pytest.mark.parametrize("name", ["params", "bookmarks"])
def test_a_panel_of_the_playback_comes_up_before_a_neighbour_too_low_to_be_halved(
    window: MainWindow, session: FakeSession, name: str
) -> None:
    window.resize(1280, 720)
    window.inspector.show()
    window.actions_by_id[name].trigger()
    (dock,) = window.tabifiedDockWidgets(window.inspector)
    assert dock.windowTitle().lower() in ("parameters", "bookmarks")
    assert window.inspector.visibleRegion().isEmpty()
    assert not dock.visibleRegion().isEmpty()
