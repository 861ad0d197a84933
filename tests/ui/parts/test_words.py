from dataclasses import replace

import pytest

from tests.fakes.session import LIVE, PLAYING, REPLAY, SIMULATED
from vpdesk.core.layout import ANOMALIES
from vpdesk.core.ring import BOOK_STATES as ENGINE_BOOK_STATES
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import SessionState
from vpdesk.ui.parts.words import ANOMALY_MEANINGS, BOOK_STATES, state_words


def test_every_anomaly_that_the_engine_counts_has_a_meaning() -> None:
    assert set(ANOMALY_MEANINGS) == set(ANOMALIES)


def test_every_book_state_has_a_meaning() -> None:
    assert set(BOOK_STATES) == {*ENGINE_BOOK_STATES, "stale"}


@pytest.mark.parametrize("facts", [REPLAY, LIVE, SIMULATED])
@pytest.mark.parametrize("state", SessionState)
def test_every_state_has_words(state: SessionState, facts: SessionFacts) -> None:
    words = state_words(replace(PLAYING, state=state), facts)
    assert words.split(", ")[0] in ("Replay", "Live", "Simulated")
    assert words.split(", ")[1]


def test_a_replay_tells_its_speed() -> None:
    assert state_words(PLAYING, REPLAY) == "Replay, playing at 10x"
