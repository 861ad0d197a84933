"""What the engine refuses, in one sentence, with its state unchanged."""

import json

import numpy as np
import pytest

from tests.factories import TICK, Records, add, clear, record, stream
from vpdesk.core.engine import Engine
from vpdesk.core.events import MBO_DTYPE
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.errors import EngineError

CENT = EngineParams(tick_size=TICK, half_width=3)


def test_feeding_nothing_changes_nothing() -> None:
    engine = Engine(CENT)
    digest = engine.digest()
    engine.feed(stream())
    assert engine.digest() == digest
    assert engine.grid().book_state == "empty"
    assert engine.grid().event_id == 0


def test_a_batch_of_two_instruments_is_refused_and_changes_nothing() -> None:
    engine = Engine(CENT)
    engine.feed(stream(clear(), add(1, "B", 99, 5)))
    digest = engine.digest()
    mixed = stream(add(2, "A", 101, 5), record("N", instrument_id=7))
    with pytest.raises(EngineError) as refusal:
        engine.feed(mixed)
    assert "instrument" in str(refusal.value)
    assert engine.digest() == digest


def test_another_instrument_in_a_later_batch_is_refused_and_changes_nothing() -> None:
    engine = Engine(CENT)
    engine.feed(stream(clear(), add(1, "B", 99, 5)))
    digest = engine.digest()
    for mixed in (stream(record("N", instrument_id=7)), _with_publisher(stream(record("N")), 9)):
        with pytest.raises(EngineError):
            engine.feed(mixed)
        with pytest.raises(EngineError):
            Engine.restore(engine.save()).feed(mixed)
    assert engine.digest() == digest


def _with_publisher(records: Records, publisher_id: int) -> Records:
    records["publisher_id"] = publisher_id
    return records


@pytest.mark.parametrize(
    "records",
    [
        stream(clear()).view("u1"),
        np.zeros(1, [*MBO_DTYPE.descr, ("ts_out", "<u8")]),
        stream(clear()).reshape(1, 1),
        stream(clear()).tolist(),
        None,
    ],
    ids=["bytes", "ts_out", "two dimensions", "list", "none"],
)
def test_anything_but_an_array_of_records_is_refused_and_changes_nothing(records: object) -> None:
    engine = Engine(CENT)
    digest = engine.digest()
    with pytest.raises(EngineError):
        engine.feed(records)  # type: ignore[arg-type]
    assert engine.digest() == digest


def test_strided_reversed_unaligned_and_read_only_records_are_read_right() -> None:
    records = stream(clear(), *(add(n, "BA"[n % 2], 100 + (n % 2) * 5 - n, 5) for n in range(1, 9)))
    packed = records.tobytes()
    unaligned = bytearray(b"x" + packed)
    variants = [
        np.repeat(records, 2)[::2],
        records[::-1].copy()[::-1],
        np.frombuffer(unaligned, MBO_DTYPE, offset=1),
        np.frombuffer(packed, MBO_DTYPE),
    ]
    digests = set()
    for variant in [records, *variants]:
        engine = Engine(CENT)
        engine.feed(variant)
        digests.add(engine.digest())
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [
        ("action", "AB"),
        ("action", ""),
        ("action", 5),
        ("side", "\u20ac"),
        ("price", 2**63),
        ("price", 1.5),
        ("size", -1),
        ("size", "x"),
        ("flags", 256),
        ("ts_event", None),
    ],
)
def test_an_update_with_a_value_that_no_record_can_hold_is_refused(argument: str, wrong: object) -> None:
    engine = Engine(CENT)
    digest = engine.digest()
    fields = {"ts_event": 1, "action": "A", "side": "B", "price": 5, "size": 1, "order_id": 1, "flags": 0}
    with pytest.raises(EngineError):
        engine.update(**(fields | {argument: wrong}))  # type: ignore[arg-type]
    assert engine.digest() == digest


def test_anomalies_are_plain_and_a_copy() -> None:
    engine = Engine(CENT)
    engine.feed(stream(clear(), record("C", side="B", price=TICK, size=1, order_id=9)))
    counted = engine.anomalies
    assert json.loads(json.dumps(counted))["unknown_cancel"] == 1
    counted["unknown_cancel"] = 99
    assert engine.anomalies["unknown_cancel"] == 1


def test_a_refused_feed_does_not_bind_the_engine_to_its_instrument() -> None:
    engine = Engine(CENT)
    digest = engine.digest()
    with pytest.raises(EngineError):
        engine.feed(stream(clear()), GridRing(4, 64))
    assert engine.digest() == digest
    engine.feed(record("N", instrument_id=7))
    assert engine.grid().event_id == 1


def test_an_unknown_watch_is_refused_and_opens_no_column() -> None:
    engine, ring = Engine(CENT), GridRing(3, 64)
    with pytest.raises(EngineError):
        engine.feed(stream(clear()), ring, watch="moon")
    assert engine.grid().event_id == 0
    assert len(ring.read(0, 10).seq) == 0


@pytest.mark.parametrize("order_id", [-1, 5, 2**64])
def test_an_order_that_cannot_be_is_no_order(order_id: int) -> None:
    assert Engine(CENT).order(order_id) is None
