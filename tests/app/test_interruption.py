"""How a command ends that is interrupted, wherever that finds it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "vpdesk: The command was interrupted.\n"

LOST_ONCE = """
import signal, time
from vpdesk.app.interruption import ending_in_order
with ending_in_order():
    try:
        signal.raise_signal(signal.{name})
    except BaseException:
        pass  # as a library's callback loses it
    time.sleep(60)
"""
TURNED = """
import signal
from vpdesk.app.interruption import ending_in_order
with ending_in_order():
    try:
        signal.raise_signal(signal.{name})
    except BaseException:
        raise AttributeError("as a library turns it into another")
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("script", [LOST_ONCE, TURNED], ids=["lost", "turned"])
def test_an_interrupted_command_ends_with_a_sentence_whatever_becomes_of_the_exception(
    script: str, name: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script.format(name=name)],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (1, "", SENTENCE)


def test_an_error_without_a_signal_passes() -> None:
    from vpdesk.app.interruption import SIGNALS, ending_in_order

    former = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        with pytest.raises(ValueError, match="mine"), ending_in_order():
            raise ValueError("mine")
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
