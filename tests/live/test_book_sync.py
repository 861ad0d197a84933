import pytest

from tests.factories import Records, add, clear, stream
from vpdesk.core.events import F_LAST, F_SNAPSHOT
from vpdesk.sources.book_sync import BookSync
from vpdesk.sources.feed import InstrumentKey

ONE, OTHER = InstrumentKey(1, 1), InstrumentKey(1, 2)
LIVE = add(9, "B", 100, 1)
CLEAR = clear(flags=F_SNAPSHOT)
PART = add(1, "B", 100, 1, flags=F_SNAPSHOT)
END = add(2, "A", 101, 1, flags=F_SNAPSHOT | F_LAST)


@pytest.mark.parametrize(
    ("records", "n_whole"),
    [
        (stream(CLEAR, PART, END, LIVE), 3),
        (stream(CLEAR, PART, PART, LIVE, LIVE), 4),
        (stream(LIVE, LIVE, CLEAR, PART, END), 5),
        (clear(flags=F_SNAPSHOT | F_LAST), 1),
        (stream(PART, END), 2),
        (stream(CLEAR, PART), None),
        (stream(LIVE, LIVE), None),
    ],
    ids=[
        "a snapshot that ends properly",
        "a snapshot that ends with the next live record",
        "live records before the snapshot count for nothing",
        "an empty book",
        "an old snapshot without a clear",
        "a snapshot still coming",
        "no snapshot at all",
    ],
)
def test_after_a_drop_a_book_is_whole_when_its_snapshot_is(records: Records, n_whole: int | None) -> None:
    assert BookSync(needs_snapshot=True).advance(ONE, records) == n_whole


@pytest.mark.parametrize("cut", range(5))
def test_it_makes_no_difference_how_the_stream_is_cut(cut: int) -> None:
    records = stream(LIVE, CLEAR, PART, END, LIVE)
    books = BookSync(needs_snapshot=True)
    first = books.advance(ONE, records[:cut]) if cut else None
    second = books.advance(ONE, records[cut:])
    assert (first, second) == ((4, None) if cut >= 4 else (None, 4 - cut))


def test_a_first_session_without_a_snapshot_counts_from_its_first_complete_event() -> None:
    assert BookSync(needs_snapshot=False).advance(ONE, stream(add(1, "B", 9, 1, flags=0), LIVE, LIVE)) == 2


def test_the_session_is_whole_when_every_instrument_seen_is() -> None:
    books = BookSync(needs_snapshot=True)
    assert not books.is_whole
    books.advance(ONE, stream(CLEAR, END))
    assert books.is_whole
    books.advance(OTHER, LIVE)
    assert not books.is_whole
    books.advance(OTHER, stream(CLEAR, END))
    assert books.is_whole
