"""Why is this cell this colour? Answered for any moment of a session, beside its playback.

A report is computed by an engine of its own: restored from the nearest keyframe, fed up to the event asked
for. So it is the state of a straight run, however long ago the ring forgot that column, and the session's
own engine neither waits nor moves. `CellInspector` does it on a thread that lives as long as the session
and obeys the last wish only.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.cell_report import CellReport, PriceEvent, bucket_index, cell_report
from vpdesk.core.engine import Engine
from vpdesk.core.events import F_LAST, F_MBP, F_SNAPSHOT, F_TOB, UNDEF_TIMESTAMP
from vpdesk.core.params import EngineParams
from vpdesk.errors import VpdeskError
from vpdesk.runtime.commands import Inspect
from vpdesk.runtime.keyframes import Keyframe, Keyframes
from vpdesk.runtime.player import SLICE_EVENTS, RecordTape
from vpdesk.runtime.words import event_in_words

N_EVENTS: Final = 50  # listed
MAX_WINDOWS: Final = 64  # stretches between keyframes that are searched for them

_PRICE_END: Final = 2**61  # the engine takes no price beyond it
_SETTERS: Final = np.array([b"A", b"M"])  # actions that say where an order rests from then on

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InspectionSource:
    """What a report is computed from; keyframes of other parameters must not be among them."""

    tape: RecordTape
    keyframes: Keyframes
    params: EngineParams


@dataclass(frozen=True)
class KeptRecords:
    """Records in memory, (n,) MBO_DTYPE, as a tape."""

    records: NDArray[np.void]

    @property
    def n_records(self) -> int:
        """Records there are."""
        return len(self.records)

    @property
    def is_complete(self) -> bool:
        """No more will come."""
        return True

    def read(self, start: int, stop: int) -> NDArray[np.void]:
        """Return records ``start .. stop - 1``, MBO_DTYPE."""
        return self.records[start:stop]


def inspect(source: InspectionSource, wish: Inspect) -> Iterator[CellReport | None]:
    """Yield reports, each more complete than the one before, and None between bounded pieces of work.

    The first report has every value and the events since the nearest keyframe; the search for earlier
    ones goes on from there, keyframe by keyframe. Nothing is yielded where there is no such cell.
    """
    tape, bucket, stop = source.tape, wish.bucket, wish.event_id
    before = _engine_at(source, stop)
    window = _search(tape, before, stop, bucket)
    while before.event_id < stop:
        if before.feed(tape.read(before.event_id, min(before.event_id + SLICE_EVENTS, stop))) == 0:
            return
        yield None
    report = cell_report(before.grid(), before.params, bucket)
    if report is None:
        return
    events: tuple[PriceEvent, ...] = ()
    for _ in range(MAX_WINDOWS):
        events = (*window.events, *events)[-N_EVENTS:]
        is_own_missing = report.last_event_id not in [event.event_id for event in events]
        if window.first < report.last_event_id and is_own_missing:
            row = report.last_event_id - 1
            own = _event(row, tape.read(row, row + 1)[0], is_elsewhere=True)
            events = (*events, own)[-N_EVENTS:]
        is_over = window.is_over or len(events) == N_EVENTS
        yield replace(report, events=events, events_from=window.first, is_searching=not is_over)
        if is_over:
            return
        stop = window.last_touch or window.first  # from that touch on, nothing named this price
        window = _search(tape, _engine_at(source, stop - 1), stop, bucket)
    yield replace(report, events=events, events_from=window.first)


@dataclass(frozen=True)
class _Window:
    """The events of a stretch of the session that touched a price.

    ``first`` records lie before it; ``last_touch`` is the last event among them that touched the bucket,
    0 if that is not known; ``is_over``: what lies before does not bear on the bucket, or is nothing.
    """

    first: int
    last_touch: int
    events: tuple[PriceEvent, ...]
    is_over: bool


def _search(tape: RecordTape, before: Engine, stop: int, bucket: int) -> _Window:
    """Search the records from an engine's position up to event `stop`."""
    first = before.event_id
    records = tape.read(first, stop)
    clears = np.flatnonzero(_clears(records, tape.read(max(0, first - 1), first)))
    start = int(clears[-1]) if len(clears) else 0
    records, resting = records[start:], None if len(clears) else before  # no order outlives a clear
    rows = _touching(before.params, resting, records, bucket)
    events = tuple(
        _event(first + start + row, records[row], _former_price(resting, records, row))
        for row in rows.tolist()
    )
    is_clear = len(clears) > 0 and rows[0] == 0
    return _Window(first, _last_touch(before, bucket), events, is_clear or first == 0)


def _engine_at(source: InspectionSource, event_id: int) -> Engine:
    frame: Keyframe | None = source.keyframes.last_at_event(event_id)
    return Engine(source.params) if frame is None else Engine.restore(frame.state)


def _last_touch(engine: Engine, bucket: int) -> int:
    """Return the event that last touched a bucket, 0 if that is not known."""
    grid = engine.grid()
    i = bucket_index(grid, engine.params, bucket)
    return 0 if i is None else int(grid.last_event_id[i])


# --- which events touch a price ------------------------------------------------------------------------


def _touching(
    params: EngineParams, before: Engine | None, records: NDArray[np.void], bucket: int
) -> NDArray[np.int64]:
    """Search records for those that touch a bucket by its price.

    Covered are: records whose own price lies in the bucket; modifies that take an order away from it;
    clears, which touch every bucket. Not covered is a cancel or fill whose price is not that of the order
    it names, which no venue sends.

    Parameters
    ----------
    before
        The engine as it stands before the first of the records; not changed. None: that one is a clear.
    records : (n,) MBO_DTYPE
        None of them but the first is a clear.

    Returns
    -------
    (m,) int64
        Their rows, at most the last `N_EVENTS`, ascending.
    """
    price, action = np.ascontiguousarray(records["price"]), np.ascontiguousarray(records["action"])
    has_price = (price > -_PRICE_END) & (price < _PRICE_END) & (action != b"R")
    is_here = has_price & (_bucket_of(np.where(has_price, price, 0), params) == bucket)
    rows = np.flatnonzero(is_here)
    since = int(rows[-N_EVENTS]) if len(rows) >= N_EVENTS else 0
    moved = _moved_away(before, records, has_price, is_here, since, bucket)
    opening = np.zeros(1 if before is None else 0, np.int64)
    return np.union1d(np.concatenate([rows, moved]), opening)[-N_EVENTS:]


def _clears(records: NDArray[np.void], previous: NDArray[np.void]) -> NDArray[np.bool_]:
    """Tell the clears, those that the first record of a snapshot stands for included."""
    flags = np.concatenate([previous["flags"], records["flags"]])
    is_open = flags & (F_SNAPSHOT | F_LAST) == F_SNAPSHOT
    is_open = np.concatenate([np.zeros(1 - len(previous), np.bool_), is_open])[:-1]
    is_first = (records["flags"] & F_SNAPSHOT != 0) & ~is_open
    is_market_by_order = records["flags"] & (F_TOB | F_MBP) == 0
    return np.asarray(((records["action"] == b"R") | is_first) & is_market_by_order)


def _moved_away(
    before: Engine | None,
    records: NDArray[np.void],
    has_price: NDArray[np.bool_],
    is_here: NDArray[np.bool_],
    since: int,
    bucket: int,
) -> NDArray[np.int64]:
    """Search modifies from row `since` on that move an order of this bucket to another one."""
    is_setter = np.isin(records["action"], _SETTERS) & has_price
    is_setter &= records["flags"] & (F_TOB | F_MBP) == 0
    setters = np.flatnonzero(is_setter)
    ids = records["order_id"][setters]
    order = np.argsort(ids, kind="stable")
    setters, ids = setters[order], ids[order]
    has_former = np.concatenate([np.zeros(min(1, len(ids)), np.bool_), ids[1:] == ids[:-1]])
    was_here = np.concatenate([np.zeros(min(1, len(ids)), np.bool_), is_here[setters[:-1]]]) & has_former
    is_away = (records["action"][setters] == b"M") & ~is_here[setters] & (setters >= since)
    moved = setters[is_away & was_here].tolist()
    if before is not None:  # else no order outlived the clear
        others = is_away & ~has_former
        for row, order_id in zip(setters[others].tolist(), ids[others].tolist(), strict=True):
            resting = before.order(order_id)
            if resting is not None and _bucket_of(resting[1], before.params) == bucket:
                moved.append(row)
    return np.array(sorted(moved), np.int64)


def _bucket_of(price: NDArray[np.int64] | int, params: EngineParams) -> NDArray[np.int64] | int:
    """Return the bucket of a raw price: the nearest tick's, as the engine rounds."""
    return (price + params.tick_size // 2) // params.tick_size // params.ticks_per_bucket


# --- their words -----------------------------------------------------------------------------------------


def _former_price(before: Engine | None, records: NDArray[np.void], row: int) -> int | None:
    """Return the raw price at which the order of a modify rested until then; None if there is none.

    ``before`` and ``records`` as for `_touching`.
    """
    record = records[row]
    if record["action"] != b"M" or record["flags"] & (F_TOB | F_MBP):
        return None
    own = records[:row][records["order_id"][:row] == record["order_id"]]
    own = own[own["flags"] & (F_TOB | F_MBP) == 0]
    resting = None if before is None else before.order(int(record["order_id"]))
    price, size = (0, 0) if resting is None else resting[1:]
    for action, its_price, its_size in zip(own["action"], own["price"], own["size"], strict=True):
        if action in _SETTERS:
            price, size = int(its_price), int(its_size)
        elif action == b"C":
            size -= int(its_size)
    return price if size > 0 else None


def _event(
    row: int, record: np.void, former_price: int | None = None, *, is_elsewhere: bool = False
) -> PriceEvent:
    ts_event = int(record["ts_event"])
    return PriceEvent(
        row + 1,
        None if ts_event == UNDEF_TIMESTAMP else ts_event,
        event_in_words(record, former_price),
        is_elsewhere,
    )


# --- the thread ------------------------------------------------------------------------------------------


class CellInspector:
    """Answers wishes on a thread of its own, which begins with the first one; the last wish wins.

    Parameters
    ----------
    source
        Returns what to compute from, None where it is not kept. Called on the inspector's thread.
    """

    def __init__(self, source: Callable[[], InspectionSource | None]) -> None:
        self._source = source
        self._wish: Inspect | None = None
        self._news = threading.Condition()
        self._is_closed = False
        self._report: CellReport | None = None
        self._thread: threading.Thread | None = None

    @property
    def report(self) -> CellReport | None:
        """The newest report; of another cell than the one wished for until it is ready. Any thread."""
        return self._report

    def wish(self, wish: Inspect) -> None:
        """Ask for a report. Any thread; returns at once."""
        with self._news:
            if self._is_closed:
                return
            self._wish = wish
            self._news.notify()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="vpdesk-inspect", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Ask the thread to end. Any thread; returns at once."""
        with self._news:
            self._is_closed = True
            self._wish = None
            self._news.notify()

    def wait_closed(self, timeout_s: float) -> bool:
        """Wait for the thread to end; False if it has not."""
        thread = self._thread
        if thread is None:
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    def _run(self) -> None:
        answered: Inspect | None = None
        while True:
            with self._news:
                self._news.wait_for(lambda: self._is_closed or self._wish is not answered)  # noqa: B023
                if self._is_closed:
                    return
                answered = self._wish
            if answered is not None:
                self._answer(answered)

    def _answer(self, wish: Inspect) -> None:
        source = self._source()
        if source is None:
            return
        try:
            for report in inspect(source, wish):
                if self._wish is not wish:
                    return
                self._report = report or self._report
        except VpdeskError as error:
            _log.warning("a cell could not be inspected: %s", error)
