"""A live session on the real client against a gateway of its own."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.live import wiring
from vpdesk.core.engine import warm_up
from vpdesk.core.params import EngineParams
from vpdesk.gateway.server import Gateway, serving
from vpdesk.runtime.live_session import LiveSession
from vpdesk.runtime.player import Cadence
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import LiveHealth, SessionStatus
from vpdesk.sources.api_key import ApiKey
from vpdesk.sources.feed import Timing
from vpdesk.sources.feed_queue import FeedQueue
from vpdesk.sources.live import LiveFeed
from vpdesk.sources.recorder import Recorder

FACTS = SessionFacts("connecting", wiring.SYMBOL, wiring.DATASET, True, False, "")
PARAMS = EngineParams(tick_size=1, half_width=12)
CADENCE = Cadence(1_000_000)


def session_on(
    port: int,
    *,
    key: ApiKey = wiring.KEY,
    timing: Timing = wiring.FAST,
    folder: Path | None = None,
    recorder: Recorder | None = None,
    queue: FeedQueue | None = None,
    tick_size: int | None = None,
    cadence: Cadence = CADENCE,
    **changes: Any,
) -> LiveSession:
    warm_up()  # a cold compiler would be what is waited for
    feed = LiveFeed(wiring.request(port, **changes), key, recorder, timing=timing, queue=queue)
    new_recorder = None if folder is None else lambda: Recorder(folder, "live")
    return LiveSession(feed, FACTS, PARAMS, cadence, tick_size=tick_size, new_recorder=new_recorder)


@contextlib.contextmanager
def live(gateway: Gateway, **options: Any) -> Iterator[LiveSession]:
    """Serve and connect; at the end see to it that everything is closed."""
    with serving(gateway) as port:
        session = session_on(port, **options)
        try:
            yield session
        finally:
            session.close()
            assert session.wait_closed(10), "the session did not close"


def wait_until(
    session: LiveSession, is_there: Callable[[SessionStatus], bool], timeout_s: float = 20.0
) -> SessionStatus:
    """Wait for a status; fail after ``timeout_s``."""
    deadline = time.monotonic() + timeout_s
    while not is_there(status := session.status):
        assert time.monotonic() < deadline, f"still {status}"
        time.sleep(0.005)
    return status


def health(status: SessionStatus) -> LiveHealth:
    assert status.live is not None
    return status.live


def having(n_events: int) -> Callable[[SessionStatus], bool]:
    return lambda status: status.event_id >= n_events
