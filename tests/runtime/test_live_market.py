"""Feed items in, books out; no threads and no sockets."""

from dataclasses import replace

import numpy as np
import pytest

from tests.factories import TICK, Records, add, clear, stream
from tests.live.wiring import DATASET, INSTRUMENT, SYMBOL, market
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.runtime.live_market import GUESS_WAIT_S, LiveBook, LiveMarket, joined
from vpdesk.runtime.player import Cadence
from vpdesk.sources import feed
from vpdesk.sources.feed import Defined, GapBegan, GapEnded, InstrumentKey, Mapped

PARAMS = EngineParams(tick_size=1, half_width=10)
ID = INSTRUMENT.instrument_id
FEW = stream(clear(), add(1, "B", 100, 5), add(2, "A", 102, 5))


def new_market(dataset: str = DATASET, tick_size: int | None = None) -> LiveMarket:
    return LiveMarket(dataset, PARAMS, Cadence(1_000_000), tick_size, ring_columns=64)


def records(rows: Records, key: InstrumentKey = INSTRUMENT) -> feed.Records:
    return feed.Records(key, rows, received_ns=1)


def digest(rows: Records, tick_size: int = TICK) -> str:
    engine = Engine(replace(PARAMS, tick_size=tick_size))
    engine.feed(rows)
    return engine.digest()


def state(book: LiveBook) -> tuple[int, str]:
    assert book.engine is not None
    assert book.tick is not None
    return book.tick.raw, book.engine.digest()


def test_a_definition_before_the_records_gives_the_tick_size_at_once() -> None:
    books = new_market()
    books.take(Defined(ID, SYMBOL, 5 * TICK), 0.0)
    books.take(records(FEW), 0.0)
    assert state(books[INSTRUMENT]) == (5 * TICK, digest(FEW, 5 * TICK))
    assert books[INSTRUMENT].name == SYMBOL


def test_records_before_the_definition_wait_for_it_and_none_is_lost() -> None:
    books = new_market()
    rows = market(300)
    for part in np.array_split(rows, 5):
        books.take(records(part), 0.1)
    assert books[INSTRUMENT].engine is None
    books.take(Defined(ID, SYMBOL, 2 * TICK), 0.2)
    books.look_for_ticks(0.2)
    assert state(books[INSTRUMENT]) == (2 * TICK, digest(rows, 2 * TICK))


def test_a_definition_that_comes_late_corrects_the_book_from_its_first_record() -> None:
    books = new_market()
    rows = market(300)
    books.take(records(rows[:200]), 0.0)
    books.look_for_ticks(5.0)
    assert state(books[INSTRUMENT]) == (TICK, digest(rows[:200]))
    books.take(Defined(ID, SYMBOL, 4 * TICK), 6.0)
    books.take(records(rows[200:]), 6.1)
    assert state(books[INSTRUMENT]) == (4 * TICK, digest(rows, 4 * TICK))
    assert books.remarks == []


def test_a_late_definition_that_cannot_be_followed_any_more_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vpdesk.runtime.live_market.MAX_JOURNAL_RECORDS", 100)
    books = new_market()
    books.take(records(market(300)), 0.0)
    books.look_for_ticks(5.0)
    books.take(records(market(10)), 5.0)
    books.take(Defined(ID, SYMBOL, 4 * TICK), 6.0)
    assert state(books[INSTRUMENT])[0] == TICK
    assert [SYMBOL in remark for remark in books.remarks] == [True]


def test_on_a_venue_with_a_rule_nothing_is_waited_for_but_a_price() -> None:
    books = new_market("XNAS.ITCH")
    books.take(records(clear()), 0.0)
    assert books[INSTRUMENT].engine is None
    books.take(records(FEW[1:]), 0.0)
    assert state(books[INSTRUMENT]) == (TICK, digest(FEW))
    assert books[INSTRUMENT].tick is not None
    assert books[INSTRUMENT].tick.origin == "rule"


def test_a_guess_from_few_prices_is_made_late_and_said() -> None:
    books = new_market()
    books.take(records(FEW), 0.0)
    books.look_for_ticks(GUESS_WAIT_S - 0.1)
    assert books[INSTRUMENT].engine is None
    books.look_for_ticks(GUESS_WAIT_S + 0.5)
    assert state(books[INSTRUMENT]) == (2 * TICK, digest(FEW, 2 * TICK))
    assert "is a guess from few prices: 0.02" in books.remarks[0]


def test_a_gap_before_the_tick_size_is_known_is_in_the_columns_all_the_same() -> None:
    books = new_market()
    rows = market(300)
    for item in (records(rows[:100]), GapBegan(0), records(rows[100:200]), GapEnded(INSTRUMENT)):
        books.take(item, 0.0)
    books.take(Defined(ID, SYMBOL, TICK), 0.0)
    books.take(records(rows[200:]), 0.1)
    straight = new_market(tick_size=TICK)
    for item in (records(rows[:100]), GapBegan(0), records(rows[100:200]), GapEnded(INSTRUMENT)):
        straight.take(item, 0.0)
    straight.take(records(rows[200:]), 0.1)
    rings = [one[INSTRUMENT].ring for one in (books, straight)]
    assert rings[0] is not None
    assert rings[1] is not None
    assert rings[0].read(0, 99).tobytes() == rings[1].read(0, 99).tobytes()
    assert books.n_gaps == 1


def test_a_mapping_after_the_records_names_the_instrument() -> None:
    books = new_market(tick_size=TICK)
    books.take(records(FEW), 0.0)
    assert books[INSTRUMENT].name == f"instrument {ID}"
    books.take(Mapped(ID, "ES.c.0", SYMBOL), 0.0)
    assert books[INSTRUMENT].name == SYMBOL


def test_joining_keeps_order_instruments_and_gaps_apart() -> None:
    rows = market(60)
    other = InstrumentKey(2, 99)
    items = [
        records(rows[:10]),
        records(rows[10:20]),
        records(rows[20:30], other),
        records(rows[30:40]),
        GapBegan(0),
        records(rows[40:50]),
        records(rows[50:60]),
    ]
    found = list(joined(items))
    assert [type(item) for item in found] == [feed.Records] * 3 + [GapBegan, feed.Records]
    parts = [item.records for item in found if isinstance(item, feed.Records)]
    assert [len(part) for part in parts] == [20, 10, 10, 20]
    assert np.concatenate(parts).tobytes() == rows.tobytes()
    assert found[1].instrument == other
    assert list(joined([])) == []
