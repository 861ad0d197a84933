"""Every instrument of a live feed: its engine, its ring, and how it came by a tick size.

Nothing here knows threads or sockets. Feed items go in, in stream order; books and columns come of them
by the very calls that replay makes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.engine import Engine
from vpdesk.core.events import MBO_DTYPE, UNDEF_PRICE
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.runtime.player import RING_COLUMNS, Cadence
from vpdesk.runtime.words import price_in_words
from vpdesk.sources.facts import TickSize
from vpdesk.sources.feed import Defined, FeedItem, GapBegan, GapEnded, InstrumentKey, Mapped, Records
from vpdesk.sources.ticks import tick_size_for

DEFINITION_WAIT_S: Final = 1.0  # from an instrument's first record, before its prices are asked
GUESS_WAIT_S: Final = 10.0  # and before a guess from too few prices is made
LOOK_INTERVAL_S: Final = 0.2  # between looks at the prices
MAX_JOURNAL_RECORDS: Final = 2_000_000  # 112 MB, all instruments together
FULL_RINGS: Final = 4  # later instruments of a large subscription get shorter ones
SHORT_RING_COLUMNS: Final = 2048

_NOTHING: Final = np.zeros(0, MBO_DTYPE)
_NO_PRICES: Final = np.zeros(0, np.int64)
_RESTING: Final = np.array([b"A", b"C", b"M"])

# What happens to a book: records, or the beginning (True) or the end (False) of a gap.
_Step = NDArray[np.void] | bool


class LiveBook:
    """One instrument. Until the tick size is known its records are kept, not applied.

    ``engine`` and ``ring`` are None until then. Not thread-safe, but for the ring's readers.
    """

    def __init__(self, key: InstrumentKey, first_s: float, n_columns: int) -> None:
        self.key = key
        self.symbol = ""
        self.tick: TickSize | None = None
        self.engine: Engine | None = None
        self.ring: GridRing | None = None
        self.n_events = 0
        self.is_gap = False
        self.first_s = first_s
        self.look_due_s = first_s + DEFINITION_WAIT_S
        self.received_ns = 0
        self._n_columns = n_columns
        self._journal: list[_Step] | None = []

    @property
    def name(self) -> str:
        """The symbol, or the id where the gateway named none."""
        return self.symbol or f"instrument {self.key.instrument_id}"

    @property
    def can_be_recomputed(self) -> bool:
        """Whether all the records are still there."""
        return self._journal is not None

    def take(self, item: Records) -> None:
        """Apply records, or keep them."""
        self.n_events += len(item.records)
        self.received_ns = item.received_ns
        self._do(item.records)

    def set_gap(self, is_gap: bool) -> None:
        """Begin or end a gap."""
        if is_gap != self.is_gap:
            self.is_gap = is_gap
            self._do(is_gap)

    def begin(self, tick: TickSize, params: EngineParams, cadence: Cadence) -> None:
        """Compute everything so far with these parameters at this tick size, and go on with them."""
        assert self._journal is not None
        self.tick = tick
        engine = Engine(replace(params, tick_size=tick.raw))
        ring = cadence.new_ring(params.half_width, self._n_columns)
        for step in self._journal:
            _apply(step, engine, ring)
        self.engine, self.ring = engine, ring

    def forget_journal(self) -> None:
        """Give up recomputing, once there is an engine."""
        if self.engine is not None:
            self._journal = None

    def records(self) -> NDArray[np.void]:
        """Return the records kept, (n,) MBO_DTYPE: all so far, or none. Any thread."""
        steps = (self._journal or []).copy()
        return np.concatenate([_NOTHING, *(step for step in steps if not isinstance(step, bool))])

    def prices(self) -> NDArray[np.int64]:
        """Return the prices of resting orders among the records kept, (n,) int64, raw."""
        joined = self.records()
        is_resting = np.isin(joined["action"], _RESTING) & (joined["price"] != UNDEF_PRICE)
        return np.ascontiguousarray(joined["price"][is_resting])

    def _do(self, step: _Step) -> None:
        if self._journal is not None:
            self._journal.append(step)
        if self.engine is not None and self.ring is not None:
            _apply(step, self.engine, self.ring)


def _apply(step: _Step, engine: Engine, ring: GridRing) -> None:
    if isinstance(step, bool):
        ring.set_gap(step)
        engine.feed(_NOTHING, ring)  # so that readers see it now, not with the next record
    else:
        engine.feed(step, ring)


def joined(items: Iterable[FeedItem]) -> Iterator[FeedItem]:
    """Join records of one instrument that follow each other; received when the first of them was."""
    run: list[Records] = []
    for item in items:
        if run and not (isinstance(item, Records) and item.instrument == run[0].instrument):
            yield _one(run)
            run = []
        if isinstance(item, Records):
            run.append(item)
        else:
            yield item
    if run:
        yield _one(run)


def _one(run: list[Records]) -> Records:
    if len(run) == 1:
        return run[0]
    return replace(run[0], records=np.concatenate([item.records for item in run]))


class LiveMarket:
    """The instruments of one subscription.

    Parameters
    ----------
    dataset
        Decides whether a rule of the venue gives the tick size.
    params, cadence
        For every instrument alike; ``params.tick_size`` is replaced by each one's own.
    tick_size
        The user's, raw; None to find it.
    ring_columns
        The length of a ring.
    """

    def __init__(
        self,
        dataset: str,
        params: EngineParams,
        cadence: Cadence,
        tick_size: int | None = None,
        ring_columns: int = RING_COLUMNS,
    ) -> None:
        self._dataset = dataset
        self._params = params
        self._cadence = cadence
        self._tick_size = tick_size
        self._ring_columns = ring_columns
        self._books: dict[InstrumentKey, LiveBook] = {}
        self._symbols: dict[int, str] = {}
        self._increments: dict[int, int] = {}
        self._n_journal = 0
        self.n_gaps = 0
        self.remarks: list[str] = []  # sentences for the user; the owner takes them

    def __iter__(self) -> Iterator[LiveBook]:
        """Go through the instruments in the order of their first records."""
        return iter(self._books.values())

    def __getitem__(self, key: InstrumentKey) -> LiveBook:
        """Return an instrument that has had a record."""
        return self._books[key]

    def __contains__(self, key: InstrumentKey) -> bool:
        """Whether the instrument has had a record."""
        return key in self._books

    @property
    def params(self) -> EngineParams:
        """The parameters in force; the tick size is each book's own."""
        return self._params

    @property
    def cadence(self) -> Cadence:
        """How columns are cut."""
        return self._cadence

    def take(self, item: FeedItem, now_s: float) -> None:
        """Take the next item of the feed; ``now_s`` is any clock that runs on."""
        match item:
            case Records(instrument=key, records=records):
                if key not in self._books:
                    self._books[key] = self._new_book(key, now_s)
                book = self._books[key]
                book.take(item)
                if book.engine is None:
                    self._look_for_tick(book, now_s)
                self._count(len(records))
            case GapBegan():
                self.n_gaps += 1
                for book in self:
                    book.set_gap(True)
            case GapEnded(instrument=key) if key in self._books:
                self._books[key].set_gap(False)
            case Mapped(instrument_id=instrument_id, symbol=symbol):
                self._name(instrument_id, symbol)
            case Defined(instrument_id=instrument_id, symbol=symbol, tick_size=tick_size):
                self._name(instrument_id, symbol)
                if tick_size is not None:
                    self._define(instrument_id, tick_size)

    def look_for_ticks(self, now_s: float) -> None:
        """Settle the tick sizes that have been waited for long enough; call now and then."""
        for book in self:
            if book.engine is None:
                self._look_for_tick(book, now_s)

    def settle_ticks(self) -> None:
        """Take the best guess for the tick sizes still not known, because no more records will come."""
        for book in self:
            if book.engine is None:
                tick = tick_size_for(self._dataset, book.prices())
                book.begin(tick, self._params, self._cadence)

    def change(self, params: EngineParams, cadence: Cadence) -> bool:
        """Recompute everything with other parameters; False if the records are not kept any more."""
        if not all(book.can_be_recomputed for book in self):
            return False
        self._params, self._cadence = params, cadence
        for book in self:
            if book.tick is not None:
                book.begin(book.tick, params, cadence)
        return True

    def _new_book(self, key: InstrumentKey, now_s: float) -> LiveBook:
        is_early = len(self._books) < FULL_RINGS
        book = LiveBook(key, now_s, self._ring_columns if is_early else SHORT_RING_COLUMNS)
        book.symbol = self._symbols.get(key.instrument_id, "")
        return book

    def _name(self, instrument_id: int, symbol: str) -> None:
        self._symbols[instrument_id] = symbol
        for book in self:
            if book.key.instrument_id == instrument_id:
                book.symbol = symbol

    def _count(self, n_records: int) -> None:
        """Bound what is kept. A book without a tick size keeps its records until it has one."""
        self._n_journal += n_records
        if self._n_journal > MAX_JOURNAL_RECORDS:
            for book in self:
                book.forget_journal()

    # --- tick sizes ----------------------------------------------------------------------------------

    def _look_for_tick(self, book: LiveBook, now_s: float) -> None:
        tick = self._known_tick(book) or self._ruled_tick(book)
        if tick is None and now_s >= book.look_due_s:
            book.look_due_s = now_s + LOOK_INTERVAL_S
            tick = self._inferred_tick(book, now_s - book.first_s)
        if tick is not None:
            book.begin(tick, self._params, self._cadence)

    def _known_tick(self, book: LiveBook) -> TickSize | None:
        increment = self._increments.get(book.key.instrument_id)
        if self._tick_size is None and increment is None:
            return None
        return tick_size_for(
            self._dataset, _NO_PRICES, increment=increment or UNDEF_PRICE, override=self._tick_size
        )

    def _ruled_tick(self, book: LiveBook) -> TickSize | None:
        if tick_size_for(self._dataset, _NO_PRICES).origin != "rule":
            return None
        prices = book.prices()
        return tick_size_for(self._dataset, prices) if prices.size else None

    def _inferred_tick(self, book: LiveBook, waited_s: float) -> TickSize | None:
        tick = tick_size_for(self._dataset, book.prices())
        if not tick.is_confident and waited_s < GUESS_WAIT_S:
            return None
        if not tick.is_confident:
            self.remarks.append(
                f"The tick size of {book.name} is a guess from few prices: {price_in_words(tick.raw)}. "
                "If that is wrong, connect again and give it."
            )
        return tick

    def _define(self, instrument_id: int, increment: int) -> None:
        """Learn the venue's own tick size, and correct a book that had to begin with another one."""
        self._increments[instrument_id] = increment
        for book in self:
            if book.key.instrument_id != instrument_id or book.tick is None or self._tick_size is not None:
                continue
            tick = tick_size_for(self._dataset, _NO_PRICES, increment=increment)
            if tick.raw == book.tick.raw:
                continue
            if book.can_be_recomputed:
                book.begin(tick, self._params, self._cadence)
            else:
                self.remarks.append(
                    f"The venue says that the tick size of {book.name} is another one: connect again."
                )
