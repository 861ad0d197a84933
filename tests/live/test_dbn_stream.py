from itertools import pairwise

import databento_dbn as dbn
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import T0
from tests.live.wiring import SERVED, market
from vpdesk.core.events import MBO_DTYPE
from vpdesk.gateway import wire
from vpdesk.sources.dbn_stream import Chunk, StreamSplitter, split_by_instrument
from vpdesk.sources.feed import InstrumentKey

METADATA = wire.metadata("GLBX.MDP3")
ORDERS = market(40)
OTHERS = [
    wire.mapping(SERVED, "ES.c.0", "continuous"),
    wire.definition(SERVED),
    wire.heartbeat(),
    wire.error("some words", 6),
]


def pieces_of(chunks: list[Chunk]) -> bytes:
    return b"".join(
        piece if isinstance(piece, bytes) else piece.tobytes() for chunk in chunks for piece in chunk.pieces
    )


@given(
    order=st.lists(
        st.sampled_from([*OTHERS, *(ORDERS[i : i + 7].tobytes() for i in range(0, 35, 7))]), max_size=12
    ),
    cuts=st.lists(st.integers(0, 4000), max_size=12),
)
def test_a_mixed_stream_comes_out_whole_and_in_order_however_it_is_cut(
    order: list[bytes], cuts: list[int]
) -> None:
    stream = METADATA + b"".join(order)
    bounds = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    splitter = StreamSplitter()
    chunks = [splitter.push(stream[a:b]) for a, b in pairwise(bounds)]
    assert [chunk.metadata for chunk in chunks if chunk.metadata] == [METADATA]
    assert pieces_of(chunks) == b"".join(order)
    assert b"".join(bytes(chunk.whole) for chunk in chunks) == b"".join(order)
    assert not any(chunk.error for chunk in chunks)


def test_a_run_of_orders_comes_out_as_one_array_of_its_own_memory() -> None:
    data = bytearray(METADATA + ORDERS.tobytes())
    chunk = StreamSplitter().push(memoryview(data))
    data[:] = bytes(len(data))  # the socket's buffer is used again
    (records,) = chunk.pieces
    assert not isinstance(records, bytes)
    assert records.tobytes() == ORDERS.tobytes()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (bytes(64), "no DBN record"),
        (b"\x0e\x63" + bytes(62), "no DBN record"),
        (b"\x10\xa0" + bytes(62), "64 bytes instead of 56"),
        (b"\x01\x17" + bytes(62), "no DBN record"),
    ],
    ids=["zeros", "unknown type", "order record with a send time", "shorter than a header"],
)
def test_what_comes_before_damage_is_kept_and_the_damage_is_named(damage: bytes, words: str) -> None:
    chunk = StreamSplitter().push(METADATA + ORDERS.tobytes() + damage)
    assert pieces_of([chunk]) == ORDERS.tobytes()
    assert words in chunk.error


@pytest.mark.parametrize("start", [b"HTTP/1.1 400 Bad Request", b"DBN\x03\xff\xff\xff\xff"])
def test_what_is_no_dbn_stream_is_told_at_once(start: bytes) -> None:
    assert StreamSplitter().push(start).error


def test_records_of_other_schemas_pass_through_untouched() -> None:
    status = bytes(dbn.SystemMsg(T0, "x"))
    chunk = StreamSplitter().push(METADATA + status)
    assert chunk.pieces == [status]


@given(st.lists(st.integers(1, 3), min_size=1, max_size=50))
def test_parting_by_instrument_keeps_each_ones_order(instruments: list[int]) -> None:
    records = np.zeros(len(instruments), MBO_DTYPE)
    records["instrument_id"] = instruments
    records["sequence"] = np.arange(len(instruments))
    parts = dict(split_by_instrument(records))
    assert sum(map(len, parts.values())) == len(records)
    for number in set(instruments):
        expected = [i for i, one in enumerate(instruments) if one == number]
        assert parts[InstrumentKey(0, number)]["sequence"].tolist() == expected
