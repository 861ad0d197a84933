"""How a session ends with the window, whatever it was doing."""

import logging
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from vpdesk.app import desk
from vpdesk.runtime.status import SessionState, SessionStatus


@dataclass
class _Stubborn:
    """A session whose thread does not end in time."""

    status: SessionStatus
    is_asked: bool = field(default=False)

    def close(self) -> None:
        self.is_asked = True

    def wait_closed(self, timeout_s: float) -> bool:
        return False


@pytest.mark.parametrize(
    ("state", "is_clean"), [(SessionState.PREPARING, True), (SessionState.PLAYING, False)]
)
def test_closing_while_the_kernels_are_compiled_is_no_failure(
    state: SessionState, is_clean: bool, caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[bool] = []
    source: Any = SimpleNamespace(close=lambda: closed.append(True))
    session: Any = _Stubborn(SessionStatus(state=state))
    with caplog.at_level(logging.ERROR):
        assert desk._close_in_order(session, source) is is_clean
    assert session.is_asked
    assert not closed  # the thread may still read from it
    assert bool(caplog.records) is not is_clean
