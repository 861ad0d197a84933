"""What a live session tells, for tests of those who show it."""

from dataclasses import replace

from tests.fakes.session import PLAYING
from vpdesk.runtime.status import LiveHealth, LiveInstrument

HEALTH = LiveHealth(
    text="live",
    is_well=True,
    lag_s=0.0123,
    n_records=1_234_567,
    instruments=(
        LiveInstrument(1, 11, "ESZ5", 1000, is_shown=True),
        LiveInstrument(1, 22, "ESH6", 200),
        LiveInstrument(1, 33, "ESM6", 30),
    ),
)
LIVE_STATUS = replace(PLAYING, source="ES.FUT GLBX.MDP3 live", live=HEALTH)
