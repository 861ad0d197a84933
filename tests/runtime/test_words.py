"""Events and warnings in plain words."""

from tests.factories import add, modify, record
from vpdesk.core.events import UNDEF_PRICE
from vpdesk.runtime.words import event_in_words, feed_warning, price_in_words


def test_a_price_is_written_exactly_with_two_places_at_least() -> None:
    assert price_in_words(5_000_250_000_000) == "5000.25"
    assert price_in_words(-500_000_000) == "-0.50"
    assert price_in_words(1) == "0.000000001"
    assert price_in_words(UNDEF_PRICE) == "no price"


def test_an_event_is_told_by_action_side_size_price_order_and_flags() -> None:
    words = event_in_words(add(7, "B", 100, 5)[0])
    assert words.startswith("add bid 5 at ")
    assert "order 7" in words
    assert "last of its event" in words
    assert "unknown action" in event_in_words(record("?")[0])


def test_an_order_that_is_moved_is_told_by_both_prices() -> None:
    moved = modify(7, "B", 100, 5)[0]
    assert event_in_words(moved, 990_000_000).startswith("modify bid 5 from 0.99 to 1.00 order 7")
    assert event_in_words(moved, 1_000_000_000).startswith("modify bid 5 at 1.00 order 7")


def test_only_a_feed_of_another_kind_is_warned_of() -> None:
    assert feed_warning({"unknown_cancel": 3}) == ""
    warning = feed_warning({"not_market_by_order": 2})
    assert warning.endswith(".")
    assert "not applied" in warning
