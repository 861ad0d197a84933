import pytest

from tests.factories import (
    INSTRUMENT_ID,
    PUBLISHER_ID,
    T0,
    Records,
    add,
    cancel,
    clear,
    fill,
    modify,
    stream,
    trade,
)
from tests.live.wiring import INSTRUMENT, apply, market
from vpdesk.core.events import F_LAST, F_SNAPSHOT, F_TOB, UNDEF_PRICE
from vpdesk.gateway.book import Books
from vpdesk.sources.feed import InstrumentKey

SNAPSHOT = F_SNAPSHOT | 8


def resting(*rows: Records) -> list[tuple[int, str, int]]:
    """Return the snapshot's adds as (order_id, side, size), in the order sent."""
    books = Books()
    books.apply(stream(*rows))
    adds = books.snapshot(INSTRUMENT, T0)[1:]
    return [(int(row["order_id"]), row["side"].decode(), int(row["size"])) for row in adds]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([add(1, "B", 9, 5), add(2, "B", 9, 5)], [(1, "B", 5), (2, "B", 5)]),
        ([add(1, "B", 9, 5), cancel(1, "B", 9, 2)], [(1, "B", 3)]),
        ([add(1, "B", 9, 5), cancel(1, "B", 9, 9)], []),
        ([cancel(1, "B", 9, 2)], []),
        ([modify(1, "B", 9, 2)], [(1, "B", 2)]),
        ([add(1, "B", 9, 5), modify(1, "B", 9, 0)], []),
        ([add(1, "B", 9, 5), modify(1, "N", 9, 4)], [(1, "B", 4)]),
        ([add(1, "B", 9, 5), trade("A", 9, 5), fill(1, "B", 9, 5)], [(1, "B", 5)]),
        ([add(1, "B", 9, 5), clear(), add(2, "A", 10, 1)], [(2, "A", 1)]),
        ([add(1, "B", 9, 5, flags=F_TOB | F_LAST)], []),
    ],
)
def test_the_book_follows_the_venues_rules(rows: list[Records], expected: list[tuple[int, str, int]]) -> None:
    assert resting(*rows) == expected


@pytest.mark.parametrize(
    ("change", "order"),
    [
        (modify(1, "B", 9, 4), [1, 2]),
        (modify(1, "B", 9, 6), [2, 1]),
        (modify(1, "B", 8, 4), [2, 1]),
        (cancel(1, "B", 9, 1), [1, 2]),
        (add(1, "B", 9, 5), [2, 1]),
    ],
    ids=["smaller", "larger", "another price", "part cancelled", "added again"],
)
def test_an_order_keeps_its_place_only_where_the_venue_lets_it(change: Records, order: list[int]) -> None:
    assert [order_id for order_id, _, _ in resting(add(1, "B", 9, 5), add(2, "B", 9, 5), change)] == order


def test_a_snapshot_has_the_form_of_the_live_gateways() -> None:
    books = Books()
    books.apply(stream(add(1, "B", 9, 5, ts=T0 - 5), add(2, "A", 10, 3, ts=T0 - 4)))
    records = books.snapshot(INSTRUMENT, T0)
    assert records["action"].tolist() == [b"R", b"A", b"A"]
    assert records["flags"].tolist() == [SNAPSHOT, SNAPSHOT, SNAPSHOT | F_LAST]
    assert records["ts_event"].tolist() == [T0, T0 - 5, T0 - 4]
    assert set(records["ts_recv"].tolist()) == {T0}
    assert (records[0]["side"], records[0]["price"], records[0]["size"]) == (b"N", UNDEF_PRICE, 0)


def test_an_empty_book_is_a_single_clear_that_ends_the_event() -> None:
    (row,) = Books().snapshot(INSTRUMENT, T0)
    assert (row["action"], row["flags"]) == (b"R", SNAPSHOT | F_LAST)


def test_a_snapshot_rebuilds_the_book_of_a_long_stream_and_of_one_instrument_only() -> None:
    sent = market(5000)
    other = InstrumentKey(PUBLISHER_ID, INSTRUMENT_ID + 1)
    books = Books()
    books.apply(stream(sent, market(500, seed=2, instrument_id=other.instrument_id)))
    expected: dict[int, tuple[bytes, int, int]] = {}
    apply(expected, sent)
    rebuilt: dict[int, tuple[bytes, int, int]] = {}
    apply(rebuilt, books.snapshot(INSTRUMENT, T0))
    assert rebuilt == expected
    assert len(books.snapshot(other, T0)) > 1
