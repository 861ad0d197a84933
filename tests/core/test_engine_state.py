"""A saved state restores exactly, or is refused: never half, never wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import TICK, add, clear, stream
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.errors import StateError

CENT = EngineParams(tick_size=TICK, half_width=3)


def _busy_state() -> bytes:
    engine = Engine(CENT)
    engine.feed(stream(clear(), *(add(n, "BA"[n % 2], 90 + 20 * (n % 2) - n % 7, n) for n in range(1, 60))))
    return engine.save()


@given(st.integers(0, 2**31), st.integers(1, 255))
def test_a_state_with_one_byte_damaged_is_refused(position: int, change: int) -> None:
    state = bytearray(_busy_state())
    state[position % len(state)] ^= change
    with pytest.raises(StateError):
        Engine.restore(bytes(state))


@given(st.integers(0, 2**31))
def test_a_state_cut_short_is_refused(length: int) -> None:
    state = _busy_state()
    with pytest.raises(StateError):
        Engine.restore(state[: length % len(state)])


@given(st.binary(max_size=300))
def test_bytes_that_are_no_state_are_refused(noise: bytes) -> None:
    with pytest.raises(StateError):
        Engine.restore(noise)


def test_a_state_with_more_behind_it_is_refused() -> None:
    with pytest.raises(StateError):
        Engine.restore(_busy_state() + b"\0")
