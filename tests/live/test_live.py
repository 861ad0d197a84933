"""A feed on the real client, against a gateway that behaves."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.factories import T0, TICK
from tests.live import wiring
from tests.live.wiring import DATASET, INSTRUMENT, SYMBOL, collect, having, listening, market, records_of
from vpdesk.core.events import MBO_DTYPE
from vpdesk.errors import SourceError
from vpdesk.gateway.faults import Trickle
from vpdesk.gateway.wire import ServedInstrument
from vpdesk.sources.feed import Defined, FeedState, InstrumentKey, LiveRequest, Mapped, Records
from vpdesk.sources.feed_queue import FeedQueue


def test_the_records_arrive_byte_for_byte_with_mapping_and_definition_before_them() -> None:
    sent = market(20_000)
    with listening(wiring.gateway_for(sent)) as feed:
        items = collect(feed, having(len(sent)))
        assert feed.status.state is FeedState.LIVE
    assert records_of(items).tobytes() == sent.tobytes()
    first_records = next(i for i, item in enumerate(items) if isinstance(item, Records))
    before = items[:first_records]
    assert Mapped(INSTRUMENT.instrument_id, SYMBOL, SYMBOL) in before
    assert Defined(INSTRUMENT.instrument_id, SYMBOL, TICK) in before


@pytest.mark.parametrize("piece_bytes", [1, 55, 57, 1009])
def test_the_records_are_the_same_in_whatever_pieces_the_socket_gives_them(piece_bytes: int) -> None:
    sent = market(4 * piece_bytes if piece_bytes < 1000 else 3000)
    gateway = wiring.gateway_for(sent, faults=[[Trickle(piece_bytes)]])
    with listening(gateway) as feed:
        items = collect(feed, having(len(sent)))
    assert records_of(items).tobytes() == sent.tobytes()


@pytest.mark.parametrize(
    ("asked", "stype_in"), [("ESM4", "raw_symbol"), ("ES.FUT", "parent"), ("ES.c.0", "continuous")]
)
def test_symbols_of_any_kind_are_mapped_to_the_instrument(asked: str, stype_in: str) -> None:
    with listening(wiring.gateway_for(market(100)), symbols=(asked,), stype_in=stype_in) as feed:
        items = collect(feed, having(100))
        assert feed.status.symbols == (Mapped(INSTRUMENT.instrument_id, asked, SYMBOL),)
    assert Mapped(INSTRUMENT.instrument_id, asked, SYMBOL) in items


def test_several_instruments_in_one_subscription_are_kept_apart() -> None:
    keys = [InstrumentKey(INSTRUMENT.publisher_id, number) for number in (11, 12, 13)]
    tapes = [market(3000, seed=key.instrument_id, instrument_id=key.instrument_id) for key in keys]
    mixed = np.empty(9000, MBO_DTYPE)
    for i, tape in enumerate(tapes):
        mixed[i::3] = tape
    names = [ServedInstrument(key, f"ES{key.instrument_id}") for key in keys]
    with listening(
        wiring.gateway_for(mixed, instruments=names), symbols=("ES.FUT",), stype_in="parent"
    ) as feed:
        items = collect(feed, having(9000))
    for key, tape in zip(keys, tapes, strict=True):
        assert records_of(items, key).tobytes() == tape.tobytes()


def test_only_the_instruments_asked_for_come() -> None:
    wanted, other = market(500), market(500, instrument_id=99)
    names = [wiring.SERVED, ServedInstrument(InstrumentKey(INSTRUMENT.publisher_id, 99), "NQM4")]
    with listening(wiring.gateway_for([other, wanted], instruments=names)) as feed:
        items = collect(feed, having(500))
    assert {item.instrument for item in items if isinstance(item, Records)} == {INSTRUMENT}


def test_a_replay_begins_at_the_time_asked_for() -> None:
    sent = market(1000)
    start_ns = T0 + 400_000
    with listening(wiring.gateway_for(sent), snapshot=False, start_ns=start_ns) as feed:
        items = collect(feed, having(600))
        gateway_state = feed.status.state
    assert records_of(items).tobytes() == sent[400:].tobytes()
    assert gateway_state is FeedState.LIVE


def test_the_subscription_asks_for_what_the_request_says() -> None:
    gateway = wiring.gateway_for(market(10))
    with listening(gateway, symbols=("ES.c.0", "ESM4"), stype_in="continuous") as feed:
        collect(feed, having(10))
    definitions, orders = gateway.visits[0].subscriptions
    assert (definitions["schema"], definitions["start"]) == ("definition", "0")
    assert (orders["schema"], orders["snapshot"], orders["symbols"]) == ("mbo", "1", "ES.c.0,ESM4")


def test_a_session_with_nothing_but_heartbeats_stays_up() -> None:
    gateway = wiring.gateway_for(market(10), heartbeat_interval_s=0.05)
    with listening(gateway) as feed:
        wiring.wait_for(feed, FeedState.LIVE)
        n_before = len(gateway.visits)
        threading.Event().wait(2 * wiring.FAST.silence_limit_s)
        assert feed.status.state is FeedState.LIVE
    assert len(gateway.visits) == n_before == 1


def test_the_clients_own_monitor_is_kept_content_though_it_sees_no_orders(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from databento.live import session

    monkeypatch.setattr(session, "CLIENT_TIMEOUT_MARGIN_SECONDS", 0.5)
    sent = market(60, spacing_ns=50_000_000)  # no pause long enough for a heartbeat
    with listening(wiring.gateway_for(sent, speed=1.0)) as feed:
        items = collect(feed, having(len(sent)))
    assert records_of(items).tobytes() == sent.tobytes()
    assert not [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def test_the_window_can_name_a_feed_without_importing_the_client() -> None:
    code = "import sys, vpdesk.sources.live; sys.exit('databento' in sys.modules or 'PySide6' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode
        == 0
    )


def test_a_slow_reader_makes_the_gateway_wait_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from databento.live import session

    monkeypatch.setattr(session, "CLIENT_TIMEOUT_MARGIN_SECONDS", 0.5)
    sent = market(60_000)
    queue = FeedQueue(max_bytes=64 * 1024)
    with listening(wiring.gateway_for([sent] * 20), queue=queue) as feed:
        wait_until_full = threading.Event()
        while not feed.status.is_reading_paused:
            assert not wait_until_full.wait(0.01)
        wait_until_full.wait(3.0)  # longer than the client's monitor and our own would bear silence
        most = feed.status.queued_bytes
        items = collect(feed, having(20 * len(sent)))
        assert feed.status.n_sessions == 1
    assert most < 64 * 1024 + 2 * 2**20, "one receive buffer past the bound"
    assert records_of(items).tobytes() == sent.tobytes() * 20


def test_nothing_is_left_behind_by_a_session() -> None:
    fds = Path("/proc/self/fd")
    with listening(wiring.gateway_for(market(10))) as feed:
        collect(feed, having(10))  # the client is imported now
    threads_before = set(threading.enumerate())
    n_before = len(os.listdir(fds)) if fds.exists() else 0
    for _ in range(5):
        with listening(wiring.gateway_for(market(10))) as feed:
            collect(feed, having(10))
    assert set(threading.enumerate()) == threads_before
    if fds.exists():
        assert len(os.listdir(fds)) == n_before


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset": " "},
        {"symbols": ()},
        {"symbols": ("ES.c.0", "")},
        {"stype_in": "ticker"},
        {"snapshot": True, "start_ns": 0},
        {"port": 0},
    ],
)
def test_a_request_that_cannot_be_meant_is_refused_in_one_sentence(changes: dict[str, object]) -> None:
    fields = {"dataset": DATASET, "symbols": ("ES.c.0",), "stype_in": "continuous"} | changes
    with pytest.raises(SourceError, match=r"\.$"):
        LiveRequest(**fields)  # type: ignore[arg-type]
