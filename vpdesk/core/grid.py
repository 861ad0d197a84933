"""The dense grid: every bucket around the spot after one event."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Grid:
    """The full dense grid after ``event_id``; a copy that the caller owns.

    Arrays have shape (2K+1,); index i is bucket ``k = i - K``, lowest price first.

    Attributes
    ----------
    k : int32
    price : int64
        Raw price (1e-9) of the bucket's lowest tick; 0 before the first spot.
    bid_depth, ask_depth : int64
        Resting quantity.
    added, pulled, filled : int64
        Quantity since the bucket entered the tracked band.
    last_event_id, last_ts : int64
        The event that last touched the bucket, and the clock (ns) then; 0: never.
    pressure, vacuum : float64
        Quantity / s.
    resistance : float64
    force : float64
        In (-1, 1).
    v_add, v_pull, v_fill : float64
        Quantity / s.
    a_add, a_pull, a_fill : float64
        Quantity / s^2.
    j_add, j_pull, j_fill : float64
        Quantity / s^3.
    event_id : int
        Events fed so far.
    ts_event : int
        The clock: the running maximum of ``ts_event``, ns; 0 before the first.
    spot_tick : int or None
        The centre, in ticks; None before the first spot.
    best_bid, best_ask : int or None
        Raw price.
    mid : float or None
        Price in currency units; None unless both sides are there.
    book_state : str
        "empty", "snapshot", "partial", "valid" or "suspect".
    """

    k: NDArray[np.int32]
    price: NDArray[np.int64]
    bid_depth: NDArray[np.int64]
    ask_depth: NDArray[np.int64]
    added: NDArray[np.int64]
    pulled: NDArray[np.int64]
    filled: NDArray[np.int64]
    last_event_id: NDArray[np.int64]
    last_ts: NDArray[np.int64]
    pressure: NDArray[np.float64]
    vacuum: NDArray[np.float64]
    resistance: NDArray[np.float64]
    force: NDArray[np.float64]
    v_add: NDArray[np.float64]
    a_add: NDArray[np.float64]
    j_add: NDArray[np.float64]
    v_pull: NDArray[np.float64]
    a_pull: NDArray[np.float64]
    j_pull: NDArray[np.float64]
    v_fill: NDArray[np.float64]
    a_fill: NDArray[np.float64]
    j_fill: NDArray[np.float64]
    event_id: int
    ts_event: int
    spot_tick: int | None
    best_bid: int | None
    best_ask: int | None
    mid: float | None
    book_state: str
