"""Reports from running sessions: exact for any moment, beside playback, live as well as replayed."""

import random
import time
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.export.sessions import straight_run
from tests.factories import TICK
from tests.fakes.session import REPLAY
from tests.fakes.tape import ArrayTape
from tests.live import wiring
from tests.live.wiring import market as live_market
from tests.realdata import DATA, needs_data
from tests.runtime.live_wiring import PARAMS as LIVE_PARAMS
from tests.runtime.live_wiring import having, live, wait_until
from vpdesk.core.cell_report import CellReport, cell_report
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import H_CENTRE, H_EVENT_ID
from vpdesk.runtime import live_market as live_markets
from vpdesk.runtime.commands import MAX_SPEED, Inspect, SetParams, SetSpeed
from vpdesk.runtime.player import Cadence
from vpdesk.runtime.replay_session import ReplaySession, span_of
from vpdesk.runtime.session import Session
from vpdesk.sources.simulator import simulate
from vpdesk.sources.tape import open_tape

PARAMS = EngineParams(tick_size=250_000_000, half_width=20)
TIMEOUT_S = 30.0


@cache
def market() -> NDArray[np.void]:
    return np.concatenate(list(simulate(10.0, seed=5)))


def straight(records: NDArray[np.void], params: EngineParams, k: int) -> CellReport:
    engine = Engine(params)
    engine.feed(records)
    assert engine.spot_tick is not None
    report = cell_report(engine.grid(), params, engine.spot_tick // params.ticks_per_bucket + k)
    assert report is not None
    return report


def answer(session: Session, wish: Inspect) -> CellReport:
    """Send a wish and wait for the whole answer."""
    session.send(wish)
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        report = session.cell_report
        is_there = report is not None and report.params == session.params and not report.is_searching
        if is_there and (report.event_id, report.bucket) == (wish.event_id, wish.bucket):
            return report
        assert time.monotonic() < deadline
        time.sleep(0.002)


def without_events(report: CellReport) -> CellReport:
    return replace(report, events=(), events_from=0, is_searching=False)


def test_a_replay_answers_for_any_moment_and_goes_on_playing() -> None:
    records = market()
    session = ReplaySession(ArrayTape(records), REPLAY, PARAMS, Cadence(100_000_000), span_of(records))
    try:
        session.send(SetSpeed(0.1))
        for event_id, k in ((26_000, 0), (8_000, -3), (15_000, 4)):
            expected = straight(records[:event_id], PARAMS, k)
            report = answer(session, Inspect(event_id, expected.bucket))
            assert without_events(report) == expected
            assert report.events[-1].event_id == report.last_event_id
        position = session.status.event_id
        session.send(SetSpeed(MAX_SPEED))
        deadline = time.monotonic() + TIMEOUT_S
        while session.status.event_id < len(records):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        assert position < len(records), "a report moves nothing"
    finally:
        session.close()
        assert session.wait_closed(TIMEOUT_S)


def test_other_parameters_give_another_report_of_the_same_moment() -> None:
    records = market()
    others = replace(PARAMS, tau_s=0.5, ticks_per_bucket=2)
    session = ReplaySession(
        ArrayTape(records), REPLAY, PARAMS, Cadence(100_000_000), span_of(records), is_playing=False
    )
    try:
        for params in (PARAMS, others):
            session.send(SetParams(params, 100_000_000))
            deadline = time.monotonic() + TIMEOUT_S
            while session.params != params:
                assert time.monotonic() < deadline
                time.sleep(0.002)
            expected = straight(records[:20_000], params, 1)
            assert without_events(answer(session, Inspect(20_000, expected.bucket))) == expected
    finally:
        session.close()
        assert session.wait_closed(TIMEOUT_S)


def test_a_live_session_answers_for_any_moment_while_its_records_are_kept() -> None:
    sent = live_market(2000)
    params = replace(LIVE_PARAMS, tick_size=TICK)
    with live(wiring.gateway_for(sent)) as session:
        wait_until(session, having(2000))
        for event_id in (2000, 700):
            expected = straight(sent[:event_id], params, 0)
            report = answer(session, Inspect(event_id, expected.bucket))
            assert without_events(report) == expected
            assert report.events[-1].event_id == report.last_event_id


def test_a_live_session_whose_records_are_gone_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_markets, "MAX_JOURNAL_RECORDS", 100)
    with live(wiring.gateway_for(live_market(2000))) as session:
        wait_until(session, having(2000))
        assert session._inspection_source() is None
        session.send(Inspect(2000, 0))
        assert session.cell_report is None


@needs_data
def test_any_column_of_a_real_day_is_explained_long_after_the_ring_forgot_it() -> None:
    """What is reported is what a straight run painted there, and its terms add up to that."""
    assert DATA is not None
    tape = open_tape(DATA / "nasdaq-amzn-day.mbo.dbn.zst", wait=True)
    records = tape.read(0, tape.n_records).copy()
    params = EngineParams(tape.instrument.tick.raw, half_width=30)
    tape.close()
    columns, _ = straight_run(records, params, 10**9)
    cadence = Cadence(10**9)
    session = ReplaySession(ArrayTape(records), REPLAY, params, cadence, span_of(records))
    try:
        session.send(SetSpeed(MAX_SPEED))
        deadline = time.monotonic() + TIMEOUT_S
        while session.status.event_id < len(records):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        forgotten = range(100, session.ring.span().oldest)
        assert len(forgotten) > 3000
        chance = random.Random(4)
        n_touched = 0
        for row in chance.sample(forgotten, 30):
            i = chance.randrange(10, 2 * params.half_width - 9)
            header = columns.headers[row]
            event_id, bucket = int(header[H_EVENT_ID]), int(header[H_CENTRE]) + int(columns.k[i])
            report = answer(session, Inspect(event_id, bucket))
            for name in ("pressure", "vacuum", "resistance", "force", "depth"):
                painted = getattr(columns, name)[row, i]
                assert np.float32(getattr(report, name)) == painted, name
            assert report.last_event_id == columns.last_event_id[row, i]
            pressure, vacuum = (
                sum(term.value for term in terms) for terms in (report.pressure_terms, report.vacuum_terms)
            )
            assert pressure == pytest.approx(float(columns.pressure[row, i]), rel=1e-6, abs=1e-30)
            assert vacuum == pytest.approx(float(columns.vacuum[row, i]), rel=1e-6, abs=1e-30)
            n_touched += report.pressure > 1e-3
        assert n_touched > 5
    finally:
        session.close()
        assert session.wait_closed(TIMEOUT_S)
