"""A made-up market: the order-by-order feed of one futures contract, from a seed.

The simulated venue keeps a real book and publishes what happens in it as CME does over Databento: a
snapshot first, then events of one or more records, each event closed by F_LAST. The same seed gives
the same bytes on every platform. Nothing of it comes from a real market.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import (
    F_BAD_TS_RECV,
    F_LAST,
    F_SNAPSHOT,
    MBO_DTYPE,
    MBO_LENGTH_WORDS,
    MBO_RTYPE,
    UNDEF_PRICE,
)
from vpdesk.errors import CancelledError, SourceError
from vpdesk.sources.crowd_kernels import FIRST_WALL, NORMAL
from vpdesk.sources.dbn_writer import NS_PER_S, DbnWriter
from vpdesk.sources.simulator_kernels import MAX_RECORDS_PER_TURN, SLOW_STEP_NS, open_market, run
from vpdesk.sources.venue_kernels import NOBODY, TICK_SIZE, list_orders

# A name and numbers that cannot be taken for a real venue's: Databento numbers publishers from 1 up.
DATASET: Final = "VPDESK.SIM"
SYMBOL: Final = "VPSIM"
PUBLISHER_ID: Final = 65_000
INSTRUMENT_ID: Final = 1

START_NS: Final = 1_736_173_800_000_000_000  # 2025-01-06 14:30 UTC, a Monday

# The market that comes with the program. To make it again, from the top of the checkout:
#   python -c "from vpdesk.sources.simulator import *; write_demo('resources/demo.mbo.dbn.zst')"
DEMO_SECONDS: Final = 600.0
DEMO_SEED: Final = 21
DEMO_ACTIVITY: Final = 0.42  # ten minutes in 8 MB

START_TICK: Final = 20_000  # 5000.00
N_TICKS: Final = 32_768
N_ORDERS: Final = 32_768
N_WALLS: Final = 12
WARM_UP_S: Final = 60  # until the book has forgotten how it was filled
MAX_SECONDS: Final = 7 * 86_400.0

# The crowd's usual number of orders at a distance from its best price, in ticks: a hump, then thin far out.
PROFILE_DISTANCES: Final = (0, 3, 10, 25, 60, 110, 200, 399)
PROFILE_ORDERS: Final = (15.0, 24.0, 36.0, 30.0, 20.0, 9.0, 3.0, 1.0)

# The records as the kernels see them: Numba takes no one-character strings.
RECORD_DTYPE: Final = np.dtype(
    [(name, "u1" if name in ("action", "side") else MBO_DTYPE[name]) for name in MBO_DTYPE.names or ()]
)
LEVEL_DTYPE: Final = np.dtype([("head", "i4"), ("tail", "i4"), ("n_orders", "i4"), ("lots", "i4")])
ORDER_DTYPE: Final = np.dtype(
    [
        ("order_id", "i8"),
        ("ts_event", "i8"),  # ns, of its place in the queue
        ("sequence", "i8"),  # of its place in the queue
        ("tick", "i4"),
        ("lots", "i4"),  # displayed
        ("display", "i4"),  # what an iceberg shows at a time
        ("hidden", "i4"),
        ("next", "i4"),  # slot of the order behind
        ("previous", "i4"),  # slot of the order ahead
        ("side", "i4"),
        ("owner", "i4"),
    ]
)
WALL_DTYPE: Final = np.dtype(
    [
        ("stage", "i8"),
        ("side", "i8"),
        ("tick", "i8"),
        ("target_lots", "i8"),
        ("holds", "i8"),  # 1: defends its price; 0: leaves when the market comes near
        ("reloads", "i8"),  # left
        ("contact_s", "f8"),  # time spent turning the market back
        ("patience_s", "f8"),
        ("leaves_at", "i8"),  # ns
    ]
)
STATE_DTYPE: Final = np.dtype(
    [
        # the venue
        ("clock", "i8"),  # ns
        ("ts_event", "i8"),  # ns, of the last group
        ("ts_recv", "i8"),  # ns
        ("ts_in_delta", "i8"),  # ns
        ("sequence", "i8"),
        ("next_order_id", "i8"),
        ("best_bid", "i8"),
        ("best_ask", "i8"),
        ("n_free", "i8"),
        ("n_out", "i8"),
        # the crowd
        ("activity", "f8"),  # a factor of the base rate
        ("fast_rate", "f8"),  # events per second brought on by recent ones
        ("slow_rate", "f8"),
        ("fleeing_side", "i8"),  # 0: none
        ("fleeing_reach", "i8"),  # ticks
        ("fleeing_until", "i8"),  # ns
        # behind the crowd
        ("next_slow_step", "i8"),  # ns
        ("phase", "i8"),
        ("fair", "f8"),  # ticks
        ("home", "f8"),  # ticks
        ("drift", "f8"),  # ticks per second
        ("push", "f8"),  # ticks still to go
        ("push_speed", "f8"),  # ticks per second
        ("push_from", "i8"),  # ns
    ]
)


class Market(NamedTuple):
    """Everything a simulation consists of, as the arrays that the kernels change in place.

    Attributes
    ----------
    state : (1,) STATE_DTYPE
    rng : (1,) uint64
    levels : (N_TICKS,) LEVEL_DTYPE
        By tick. A level holds orders of one side at a time.
    orders : (N_ORDERS,) ORDER_DTYPE
        By slot.
    free_slots : (N_ORDERS,) int32
        The first ``n_free`` are unused slots of ``orders``.
    owned_lots : (FIRST_WALL + N_WALLS,) int64
        Displayed size by owner.
    walls : (N_WALLS,) WALL_DTYPE
    parent_sides : (4,) int64
        Sides of the parent orders behind the trades.
    appetite : (N_TICKS,) float64
        How much the crowd likes a price; 1 on average.
    profile : (400,) float64
        Order count of the usual level by distance.
    distances : (4096,) int64
        Distances that the crowd visits, as often as it does.
    out : (n,) RECORD_DTYPE
        Where records go; the first ``n_out`` are written.
    """

    state: NDArray[np.void]
    rng: NDArray[np.uint64]
    levels: NDArray[np.void]
    orders: NDArray[np.void]
    free_slots: NDArray[np.int32]
    owned_lots: NDArray[np.int64]
    walls: NDArray[np.void]
    parent_sides: NDArray[np.int64]
    appetite: NDArray[np.float64]
    profile: NDArray[np.float64]
    distances: NDArray[np.int64]
    out: NDArray[np.void]


def simulate(
    seconds: float, seed: int, *, activity: float = 1.0, start_ns: int = START_NS, batch: int = 65_536
) -> Iterator[NDArray[np.void]]:
    """Make a session: a snapshot at ``start_ns``, then ``seconds`` of market time.

    Parameters
    ----------
    seconds
        Of market time; a longer session of the same seed begins with the same records.
    seed
        0 to 2^64 - 1.
    activity
        How busy the crowd is, 0.1 to 10; at 1, some 2 000 records per second of market time.
    start_ns
        ns since the UNIX epoch; at least a day after it.
    batch
        Records per array; the last may hold fewer. It has no influence on the records.

    Returns
    -------
    iterator of (n,) MBO_DTYPE
        Arrays that the caller owns.

    Raises
    ------
    SourceError
        An argument is out of range.
    """
    _check_session(seconds, seed, activity, start_ns)
    if batch < 1:
        raise SourceError("A batch needs at least one record.")
    return _cut(_session(seconds, seed, activity, start_ns), batch)


def write_session(
    path: Path | str,
    seconds: float,
    seed: int,
    *,
    activity: float = 1.0,
    start_ns: int = START_NS,
    progress: Callable[[float], None] | None = None,
    cancel: threading.Event | None = None,
) -> int:
    """Write a session as a DBN file and return its number of records.

    Parameters
    ----------
    path
        Ends in ``.dbn`` or ``.dbn.zst``.
    seconds, seed, activity, start_ns
        As for ``simulate``.
    progress
        Called with the share done, 0 to 1, now and then.
    cancel
        Once set, the work ends.

    Raises
    ------
    SourceError
        An argument is out of range, or the file cannot be written.
    CancelledError
        ``cancel`` was set. No file is left.
    """
    _check_session(seconds, seed, activity, start_ns)
    n_records = 0
    with DbnWriter(
        path,
        dataset=DATASET,
        symbol=SYMBOL,
        instrument_id=INSTRUMENT_ID,
        publisher_id=PUBLISHER_ID,
        start_ns=start_ns,
        end_ns=start_ns + round(seconds * NS_PER_S),
    ) as writer:
        for records in simulate(seconds, seed, activity=activity, start_ns=start_ns):
            if cancel is not None and cancel.is_set():
                raise CancelledError("Writing the simulated session was cancelled.")
            writer.write(records)
            n_records += len(records)
            if progress is not None:
                elapsed_ns = int(records["ts_recv"][-1]) - start_ns
                progress(min(elapsed_ns / (seconds * NS_PER_S), 1.0))
    return n_records


def write_demo(path: Path | str) -> int:
    """Write the session that comes with the program, and return its number of records."""
    return write_session(path, DEMO_SECONDS, DEMO_SEED, activity=DEMO_ACTIVITY)


def _check_session(seconds: float, seed: int, activity: float, start_ns: int) -> None:
    if not 0 < seconds <= MAX_SECONDS:
        raise SourceError("A simulated session lasts more than 0 seconds and at most a week.")
    if not 0 <= seed < 2**64:
        raise SourceError("The seed of a simulation is a whole number from 0 to 2^64 - 1.")
    if not 0.1 <= activity <= 10:
        raise SourceError("The activity of a simulation is a factor from 0.1 to 10.")
    if not 86_400 * NS_PER_S <= start_ns < 2**62:
        raise SourceError("A simulated session starts between the years 1970 and 2116.")


def _session(seconds: float, seed: int, activity: float, start_ns: int) -> Iterator[NDArray[np.void]]:
    """Yield the session in pieces of any size."""
    market = _new_market(seed, activity, start_ns)
    yield _snapshot(market, start_ns)
    end_ns = start_ns + round(seconds * NS_PER_S)
    is_over = False
    while not is_over:
        is_over = run(market, end_ns)
        records = _take(market)
        yield records[: np.searchsorted(records["ts_event"], end_ns)]


def _cut(pieces: Iterator[NDArray[np.void]], batch: int) -> Iterator[NDArray[np.void]]:
    """Cut pieces of any size into arrays of ``batch`` records."""
    held: list[NDArray[np.void]] = []
    n_held = 0
    for piece in pieces:
        held.append(piece)
        n_held += len(piece)
        if n_held >= batch:
            whole = np.concatenate(held)
            n_cut = n_held - n_held % batch
            yield from (whole[first : first + batch] for first in range(0, n_cut, batch))
            held, n_held = [whole[n_cut:]], n_held - n_cut
    if n_held:
        yield np.concatenate(held)


def _new_market(seed: int, activity: float, start_ns: int) -> Market:
    """Make a market that has been running for a while at ``start_ns``."""
    out = np.zeros(65_536 + MAX_RECORDS_PER_TURN, RECORD_DTYPE)
    out["length"] = MBO_LENGTH_WORDS
    out["rtype"] = MBO_RTYPE
    out["publisher_id"] = PUBLISHER_ID
    out["instrument_id"] = INSTRUMENT_ID
    levels = np.zeros(N_TICKS, LEVEL_DTYPE)
    levels["head"] = levels["tail"] = NOBODY
    state = np.zeros(1, STATE_DTYPE)
    state["clock"] = start_ns - 6 * 3_600 * NS_PER_S
    state["next_order_id"] = 6_800_000_000_000
    state["n_free"] = N_ORDERS
    state["activity"] = activity
    state["phase"] = NORMAL
    state["fair"] = state["home"] = START_TICK
    market = Market(
        state=state,
        # An odd multiple keeps seeds apart; xorshift must not start from 0.
        rng=np.array([(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64 or 1], np.uint64),
        levels=levels,
        orders=np.zeros(N_ORDERS, ORDER_DTYPE),
        free_slots=np.arange(N_ORDERS, dtype=np.int32)[::-1].copy(),
        owned_lots=np.zeros(FIRST_WALL + N_WALLS, np.int64),
        walls=np.zeros(N_WALLS, WALL_DTYPE),
        parent_sides=np.ones(4, np.int64),
        appetite=np.ones(N_TICKS),
        profile=np.interp(np.arange(PROFILE_DISTANCES[-1] + 1), PROFILE_DISTANCES, PROFILE_ORDERS),
        distances=_visited_distances(),
        out=out,
    )
    open_market(market, START_TICK)
    _warm_up(market, start_ns)
    return market


def _warm_up(market: Market, start_ns: int) -> None:
    """Let the market run until ``start_ns``, unpublished."""
    state = market.state
    state["clock"] = state["next_slow_step"] = start_ns - WARM_UP_S * NS_PER_S
    is_over = False
    while not is_over:
        state["n_out"] = 0
        # A little short: the snapshot must not hold an order from after its own time.
        is_over = run(market, start_ns - 5 * SLOW_STEP_NS)
    state["n_out"] = 0
    state["clock"] = start_ns


def _visited_distances() -> NDArray[np.int64]:
    """Make the table of distances: visits fall with the square, and a few go anywhere."""
    n_distances = PROFILE_DISTANCES[-1] + 1
    weights = 1.0 / (np.arange(n_distances) + 1.5) ** 2 + 0.00012
    totals = np.cumsum(weights)
    quantiles = totals[-1] * (np.arange(4_096) + 0.5) / 4_096
    return np.asarray(np.searchsorted(totals, quantiles), np.int64)


def _take(market: Market) -> NDArray[np.void]:
    """Copy the records written so far and make room for more."""
    n_records = int(market.state["n_out"][0])
    market.state["n_out"] = 0
    return market.out[:n_records].copy().view(MBO_DTYPE)


def _snapshot(market: Market, start_ns: int) -> NDArray[np.void]:
    """Make the records that state the whole book: a clear, then every order by age, as CME files have it."""
    slots = np.empty(N_ORDERS, np.int32)
    orders = market.orders[slots[: list_orders(market, slots)]]
    orders = orders[np.argsort(orders["sequence"], kind="stable")]
    records = np.zeros(len(orders) + 1, MBO_DTYPE)
    records["length"] = MBO_LENGTH_WORDS
    records["rtype"] = MBO_RTYPE
    records["publisher_id"] = PUBLISHER_ID
    records["instrument_id"] = INSTRUMENT_ID
    records["ts_recv"] = start_ns
    records["flags"] = F_SNAPSHOT | F_BAD_TS_RECV
    records["flags"][-1] |= F_LAST
    clear, adds = records[:1], records[1:]
    clear["ts_event"] = orders["ts_event"][0]
    clear["price"] = UNDEF_PRICE
    clear["action"], clear["side"] = b"R", b"N"
    adds["ts_event"] = orders["ts_event"]
    adds["order_id"] = orders["order_id"]
    adds["price"] = orders["tick"].astype(np.int64) * TICK_SIZE
    adds["size"] = orders["lots"]
    adds["action"] = b"A"
    adds["side"] = np.where(orders["side"] > 0, b"B", b"A")
    adds["sequence"] = orders["sequence"]
    return records
