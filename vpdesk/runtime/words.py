"""Events in plain words."""

from collections.abc import Mapping
from typing import Any, Final

from vpdesk.core.events import ACTIONS, F_LAST, PRICE_SCALE, SIDES, UNDEF_PRICE
from vpdesk.figures import grouped

_FLAG_WORDS: Final = (
    (F_LAST, "last of its event"),
    (64, "top of book only"),
    (32, "snapshot"),
    (16, "price level only"),
    (8, "ts_recv inaccurate"),
    (4, "book may be bad"),
)


def price_in_words(price_raw: int) -> str:
    """Return a raw price (1e-9) as an exact decimal, at least two places."""
    if price_raw == UNDEF_PRICE:
        return "no price"
    sign = "-" if price_raw < 0 else ""
    whole, rest = divmod(abs(price_raw), PRICE_SCALE)
    places = f"{rest:09d}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole}.{places}"


def event_in_words(record: Any, former_price: int | None = None) -> str:
    """Return a record (one element of an MBO_DTYPE array) as one line.

    ``former_price`` (1e-9) is where the order it names rested until then.
    """
    action = record["action"].decode("latin-1")
    side = record["side"].decode("latin-1")
    words = [ACTIONS.get(action, f"unknown action {action!r}")]
    if side in "BA" and side:
        words.append(SIDES[side])
    if record["size"]:
        words.append(grouped(int(record["size"])))
    if int(record["price"]) != UNDEF_PRICE:
        price = price_in_words(int(record["price"]))
        if former_price is None or former_price == int(record["price"]):
            words.append(f"at {price}")
        else:
            words.append(f"from {price_in_words(former_price)} to {price}")
    if record["order_id"]:
        words.append(f"order {int(record['order_id'])}")
    flags = [text for bit, text in _FLAG_WORDS if int(record["flags"]) & bit]
    return " ".join(words) + (f" ({', '.join(flags)})" if flags else "")


def feed_warning(anomalies: Mapping[str, int]) -> str:
    """Return what a user must know of a feed at once, a sentence; "" if there is nothing."""
    if not anomalies.get("not_market_by_order"):
        return ""
    return (
        "Part of this feed is not market-by-order but top of book or price levels: "
        "those records are counted and not applied."
    )
