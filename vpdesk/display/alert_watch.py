"""Goes through the columns of a ring in order, each once, and tells where rules raised alerts."""

from dataclasses import dataclass, field
from time import perf_counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import (
    H_EVENT_ID,
    H_START_NS,
    NO_TICK,
    PASSING,
    T_SEQ,
    TRADE_CAPACITY,
    TRADES_PER_BATCH,
    GridRing,
    Span,
)
from vpdesk.display import alert_kernels as kernels
from vpdesk.display.alert_rules import AlertRule, AtPrice, NearSpot, Quantity

_NEVER_NS: Final = -(2**62)
_LOOK_S: Final = 0.0015  # of a frame
_MOST_COLUMNS: Final = 4096  # per look
_FEWEST_COLUMNS: Final = 8  # and at first, until it is known how long they take
_SPARE_TRADES: Final = (
    2 * TRADES_PER_BATCH
)  # the oldest ones are left alone: they may be overwritten while we look
_MAX_FIRINGS: Final = 5000  # kept for the chart
_N_SLOTS: Final = 512  # firings of one call

_MEASURES: Final = {
    Quantity.DRIVE: kernels.MEASURE_DRIVE,
    Quantity.PRESSURE: kernels.MEASURE_PRESSURE,
    Quantity.VACUUM: kernels.MEASURE_VACUUM,
    Quantity.NET: kernels.MEASURE_NET,
    Quantity.DEPTH: kernels.MEASURE_DEPTH,
    Quantity.PULLED: kernels.MEASURE_PULLED,
    Quantity.PULLED_SHARE: kernels.MEASURE_SHARE,
}
_WIDE: Final = 1 << 40  # buckets: more than any band


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert that was raised.

    Parameters
    ----------
    rule
        By which rule.
    seq
        At which column, as it closed.
    event_id, clock_ns
        The last event of that column.
    start_ns
        The column's first instant.
    bucket
        The cell that stands for it; None if no single one does.
    value
        What was measured.
    """

    rule: AlertRule
    seq: int
    event_id: int
    start_ns: int
    clock_ns: int
    bucket: int | None
    value: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rule stands: one of `alert_kernels.STANDING_*`, and what it measured last (NaN: nothing)."""

    code: int = kernels.STANDING_UNKNOWN
    value: float = float("nan")


@dataclass(frozen=True)
class AlertNews:
    """What a look found in columns that were played since the one before.

    Parameters
    ----------
    firings
        In the order of the columns.
    n_missed
        Columns that were overwritten before they could be checked.
    has_changed
        Whether `AlertWatch.firings` is another list now.
    n_left
        Closed columns that wait for the next look.
    """

    firings: tuple[Firing, ...] = ()
    n_missed: int = 0
    has_changed: bool = False
    n_left: int = 0


_NO_NEWS: Final = AlertNews()


@dataclass
class _Pass:
    """One way through a ring from its oldest column on; those before ``history_end`` stood there already."""

    next_seq: int
    history_end: int
    was_so: NDArray[np.bool_]
    last_so_ns: NDArray[np.int64]
    found: list[Firing] = field(default_factory=list)


class AlertWatch:
    """Checks rules against the columns of a ring. Thread: the reader's.

    `firings` tells every alert of the columns that the ring holds, also those of columns that were filled in
    after a jump. `look` returns only those of columns that were played since it last looked: what was passed
    on the way to another moment is history.
    """

    def __init__(self) -> None:
        self.firings: list[Firing] = []
        self.standings: tuple[Standing, ...] = ()
        self._rules: tuple[AlertRule, ...] = ()
        self._ring: GridRing | None = None
        self._generation = -1
        self._pass: _Pass | None = None
        self._is_late = False  # joined a feed under way: what its ring holds at first sight is history
        self._heard_id = 0  # events up to this one have been told of, or are history
        self._heard_seq = -1
        self._passed_id = 0
        self._n_columns = _FEWEST_COLUMNS
        self._slots = np.zeros((_N_SLOTS, kernels.N_FIRING_FIELDS), np.int64)
        self._slot_values = np.zeros(_N_SLOTS)

    def start(self, *, is_live: bool) -> None:
        """Begin with another session. Of a live one, what its rings hold at first sight is history."""
        self._ring = None
        self._is_late = is_live
        self.firings = []
        self.standings = (Standing(),) * len(self._rules)

    def set_rules(self, rules: tuple[AlertRule, ...]) -> None:
        """Watch for these from now on; those that are off are left out of all columns.

        A rule that was watched before stands where it stood until the columns have been gone through anew.
        """
        stood = dict(zip(self._rules, self.standings, strict=True))
        self._rules = rules
        self._pass = None
        self._n_columns = _FEWEST_COLUMNS
        self.standings = tuple(stood.get(rule, Standing()) for rule in rules)

    def look(self, ring: GridRing) -> AlertNews:
        """Check columns that have closed, as many as fit into a part of a frame."""
        span = ring.span()
        passed_id = ring.passed_id  # after the span: what the span shows had been passed or played by now
        if passed_id == PASSING or span.newest < span.oldest:
            return _NO_NEWS
        self._take_up(ring, span, passed_id)
        rules = tuple(rule for rule in self._rules if rule.is_on)
        if not rules:
            return self._look_away(ring, span)
        if self._pass is None:
            self._pass = _begin(ring, span, len(rules))
        return self._check(ring, span, rules, self._pass)

    def _take_up(self, ring: GridRing, span: Span, passed_id: int) -> None:
        """Notice another ring, another moment, or that the session went somewhere."""
        if ring is not self._ring:
            self.firings = []
        if ring is not self._ring or span.generation != self._generation:
            self._ring, self._generation = ring, span.generation
            self._pass = None
            self._passed_id = passed_id
            self._heard_id = _event_id(ring, span.newest - 1) if self._is_late else passed_id
            self._heard_seq = span.newest - 1 if self._is_late or passed_id else -1
        elif passed_id != self._passed_id:
            self._passed_id = passed_id
            self._heard_id = max(self._heard_id, passed_id)
            self._heard_seq = max(self._heard_seq, span.newest - 1)

    def _look_away(self, ring: GridRing, span: Span) -> AlertNews:
        """Let columns go by unchecked: there is nothing to watch for."""
        if span.newest - 1 >= span.oldest:
            self._heard_id = max(self._heard_id, _event_id(ring, span.newest - 1))
            self._heard_seq = max(self._heard_seq, span.newest - 1)
        had_firings = bool(self.firings)
        self.firings = []
        return AlertNews(has_changed=had_firings)

    def _check(self, ring: GridRing, span: Span, rules: tuple[AlertRule, ...], way: _Pass) -> AlertNews:
        n_missed = 0
        if way.next_seq < span.oldest:
            n_missed = max(0, span.oldest - max(way.next_seq, self._heard_seq + 1))
            former = way
            way = self._pass = _begin(ring, span, len(rules))
            way.found, way.history_end = former.found, former.history_end
        last = min(span.newest - 1, way.next_seq + self._n_columns - 1)
        fired = self._run(ring, span, rules, way, last)
        if fired is None:  # overwritten meanwhile: the next look begins where the ring does now
            return AlertNews(n_missed=n_missed, n_left=span.newest - way.next_seq)
        news = tuple(one for one in fired if one.event_id > self._heard_id)
        self._hear(ring, way)
        way.found += fired
        self._drop_old(way, span.oldest)
        is_caught_up = way.next_seq >= span.newest
        has_changed = is_caught_up and (self.firings is not way.found or bool(fired))
        if is_caught_up:
            self.firings = way.found
        return AlertNews(news, n_missed, has_changed, span.newest - way.next_seq)

    def _hear(self, ring: GridRing, way: _Pass) -> None:
        """Remember how far columns have been told of."""
        if way.next_seq - 1 > self._heard_seq:
            self._heard_seq = way.next_seq - 1
            self._heard_id = max(self._heard_id, _event_id(ring, self._heard_seq))

    def _drop_old(self, way: _Pass, oldest: int) -> None:
        n_old = 0
        while n_old < len(way.found) and way.found[n_old].seq < oldest:
            n_old += 1
        del way.found[: max(n_old, len(way.found) - _MAX_FIRINGS)]

    def _run(
        self, ring: GridRing, span: Span, rules: tuple[AlertRule, ...], way: _Pass, last: int
    ) -> list[Firing] | None:
        """Run the kernel over the columns up to `last`; None if they were overwritten meanwhile."""
        first = way.next_seq
        if last < first:
            return []
        started_s = perf_counter()
        listed, n_trades, complete_seq = _listed_trades(ring)
        codes = np.zeros(len(rules), np.int64)
        values = np.zeros(len(rules))
        was_so, last_so_ns = way.was_so.copy(), way.last_so_ns.copy()
        n_fired, next_seq, first_read = kernels.check_columns(
            ring.cells,
            ring.last_event_ids,
            ring.headers,
            ring.drive,
            ring.trades,
            listed,
            n_trades,
            complete_seq,
            ring.half_width,
            ring.ticks_per_bucket,
            span.oldest,
            first,
            last,
            _rule_rows(rules, ring),
            np.array([rule.threshold for rule in rules]),
            was_so,
            last_so_ns,
            np.zeros((3, ring.width)),
            codes,
            values,
            self._slots,
            self._slot_values,
        )
        is_torn = first_read < ring.first_intact() or listed < ring.trades_announced - TRADE_CAPACITY
        if is_torn or ring.generation != span.generation:
            return None
        self._pace(last - first + 1, perf_counter() - started_s)
        way.next_seq, way.was_so, way.last_so_ns = next_seq, was_so, last_so_ns
        if next_seq >= way.history_end:  # what a rule measured long ago is not where it stands
            self._show_standings(codes, values)
        return [
            _firing(row, value, rules)
            for row, value in zip(
                self._slots[:n_fired].tolist(), self._slot_values[:n_fired].tolist(), strict=True
            )
        ]

    def _pace(self, n_columns: int, took_s: float) -> None:
        """Take as many columns next time as fit into a look."""
        if n_columns >= self._n_columns or took_s > _LOOK_S:
            fitting = int(n_columns * _LOOK_S / max(took_s, 1e-6))
            # by halves and doubles: one look may have had to wait for the processor
            fitting = min(max(fitting, self._n_columns // 2), 2 * self._n_columns)
            self._n_columns = min(max(fitting, _FEWEST_COLUMNS), _MOST_COLUMNS)

    def _show_standings(self, codes: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        watched = iter([Standing(int(code), float(value)) for code, value in zip(codes, values, strict=True)])
        self.standings = tuple(next(watched) if rule.is_on else Standing() for rule in self._rules)


def _begin(ring: GridRing, span: Span, n_rules: int) -> _Pass:
    """Start at the oldest column; unless it is the session's first, what came before might have been so."""
    is_first = span.oldest == 0
    before_ns = _NEVER_NS if is_first else int(ring.headers[span.oldest & (ring.capacity - 1), H_START_NS])
    was_so, last_so_ns = np.full(n_rules, not is_first), np.full(n_rules, before_ns, np.int64)
    return _Pass(span.oldest, span.newest, was_so, last_so_ns)


def _event_id(ring: GridRing, seq: int) -> int:
    return int(ring.headers[seq & (ring.capacity - 1), H_EVENT_ID])


def _listed_trades(ring: GridRing) -> tuple[int, int, int]:
    """Return the first trade that may be read, their end, and the first column whose trades are all there."""
    n_trades = ring.published_trades
    intact = max(n_trades, ring.trades_announced) - TRADE_CAPACITY + _SPARE_TRADES
    if intact <= ring.first_trade:
        return ring.first_trade, n_trades, 0
    return intact, n_trades, int(ring.trades[intact & (TRADE_CAPACITY - 1), T_SEQ]) + 1


def _rule_rows(rules: tuple[AlertRule, ...], ring: GridRing) -> NDArray[np.int64]:
    """Return the rules as the kernel reads them."""
    rows = np.zeros((len(rules), kernels.N_RULE_FIELDS), np.int64)
    for row, rule in zip(rows, rules, strict=True):
        low, high, is_relative = _reach(rule, ring)
        row[kernels.R_MEASURE] = _MEASURES[rule.quantity]
        row[kernels.R_IS_ABOVE] = rule.is_above
        row[kernels.R_IS_EVERY] = rule.quantity.is_of_every_cell and not rule.is_above
        row[kernels.R_IS_RELATIVE] = is_relative
        row[kernels.R_LOW], row[kernels.R_HIGH] = low, high
        row[kernels.R_WINDOW_NS] = round(rule.window_s * 1e9)
        row[kernels.R_PAUSE_NS] = round(rule.pause_s * 1e9)
    return rows


def _reach(rule: AlertRule, ring: GridRing) -> tuple[int, int, bool]:
    """Return the lowest and highest bucket, and whether they are distances from the spot's."""
    match rule.place:
        case AtPrice(price_raw):
            tick = (price_raw + ring.tick_size // 2) // ring.tick_size
            bucket = tick // ring.ticks_per_bucket
            return bucket, bucket, False
        case NearSpot(reach, "both"):
            return -reach, reach, True
        case NearSpot(reach, "above"):
            return 1, reach, True
        case NearSpot(reach, _):
            return -reach, -1, True
    return -_WIDE, _WIDE, True


def _firing(row: list[int], value: float, rules: tuple[AlertRule, ...]) -> Firing:
    bucket = row[kernels.F_BUCKET]
    return Firing(
        rule=rules[row[kernels.F_RULE]],
        seq=row[kernels.F_SEQ],
        event_id=row[kernels.F_EVENT_ID],
        start_ns=row[kernels.F_START_NS],
        clock_ns=row[kernels.F_CLOCK_NS],
        bucket=None if bucket == NO_TICK else bucket,
        value=value,
    )
