"""What is written to a terminal that cannot show every letter."""

import io
import sys

import pytest

from vpdesk.figures import grouped
from vpdesk.terminal import write_plainly


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", "204 444 -3 ?"), ("cp1252", "204 444 -3 \xe9")])
def test_a_letter_that_cannot_be_encoded_is_replaced_by_a_plain_one(
    monkeypatch: pytest.MonkeyPatch, encoding: str, shown: str
) -> None:
    streams = [io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    write_plainly()
    for stream in streams:
        stream.write(f"{grouped(204_444)} \N{MINUS SIGN}3 \xe9")
        stream.flush()
        assert stream.buffer.getvalue().decode(encoding) == shown  # type: ignore[attr-defined]


def test_where_there_is_no_terminal_nothing_is_to_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    write_plainly()
