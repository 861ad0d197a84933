"""A replayed session as a video of the market: play, pause, step, and go anywhere, exactly.

Theory of operation
-------------------
The player owns one engine, one ring and a position on a tape. `step` does one bounded piece of work
(a few ms) and returns how long it may wait; a thread calls it in a loop, tests call it by hand with a
clock of their own. Nothing here knows threads, files or the wall clock.

Playing feeds the records whose clock lies at or before the play time, which runs with the wall clock
times the speed from an anchor; there is no drift because nothing is added up.

Going somewhere is a *journey*: restore the nearest keyframe at or before the target, feed the records
up to it. There are two kinds of journey, and both end in the very state and the very columns of a
straight run from the start:

* in place: the ring holds the columns up to the keyframe, so it is resumed there;
* rebuilt: a new ring starts at a keyframe so far back that the chart is filled before the target.

On the way, keyframes are left close before the target, so that a step back from it is cheap.

A *walk* is a number of steps. Forward, the engine is fed until what is watched changes; backward, the last
change before here is searched for from the nearest keyframe, and a journey goes there. A walk is a
generator that gives way after every slice, so that it can be cancelled wherever it leads.
"""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.engine import Engine
from vpdesk.core.events import F_LAST, F_SNAPSHOT, UNDEF_TIMESTAMP
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import PASSING, GridRing
from vpdesk.runtime.keyframes import Keyframe, Keyframes

SLICE_EVENTS: Final = 1 << 15  # records per kernel call: some 4 ms
RING_COLUMNS: Final = 16384
HISTORY_COLUMNS: Final = 1024  # filled before the target of a journey, unless the view shows more
NEAR_KEYFRAMES: Final = (32768, 4096, 512, 64)  # events before a journey's target that get a keyframe
MAX_NEAR_BYTES: Final = 64 << 20
SILENCE_S: Final = 5.0  # a pause in the feed that lasts longer on the wall is skipped
WATCHES: Final = ("best", "spot", "column")  # units of a step that only the engine can tell
SCOUT_COLUMNS: Final = 1024  # of rings that nobody reads
BREATH_S: Final = 0.05  # wait between looks when there is nothing to do

# Gives way between slices; returns the event at which a step ends.
_Search = Generator[None, None, int]


class RecordTape(Protocol):
    """Records of one instrument, by number; may still grow."""

    @property
    def n_records(self) -> int:
        """Records that can be read now."""

    @property
    def is_complete(self) -> bool:
        """Whether no more records will come."""

    def read(self, start: int, stop: int) -> NDArray[np.void]:
        """Return records ``start .. stop - 1``, MBO_DTYPE."""


@dataclass(frozen=True)
class Cadence:
    """How the session's columns are cut; see `GridRing`."""

    column_ns: int
    column_events: int = 0

    def new_ring(self, half_width: int, capacity: int) -> GridRing:
        """Return an empty ring of this cadence."""
        return GridRing(half_width, capacity, column_ns=self.column_ns, column_events=self.column_events)


@dataclass
class _Journey:
    """On the way to an event, to a time, or to the next change of what is watched.

    The player's engine and ring are replaced on arrival.
    """

    engine: Engine
    ring: GridRing
    start_event_id: int
    target_event_id: int | None
    target_ts_ns: int | None
    watch: str = ""


class Player:
    """Plays one tape.

    Parameters
    ----------
    tape
        The records.
    params, cadence
        What the engine computes and how columns are cut.
    keyframes
        Filled by whoever runs ahead (see `Indexer`); shared.
    now_s
        The wall clock, seconds; monotonic.
    ring_columns
        Capacity of the rings made here.
    """

    def __init__(
        self,
        tape: RecordTape,
        params: EngineParams,
        cadence: Cadence,
        keyframes: Keyframes,
        now_s: Callable[[], float],
        ring_columns: int = RING_COLUMNS,
    ) -> None:
        self.tape = tape
        self.params = params
        self.cadence = cadence
        self.keyframes = keyframes
        self.ring_columns = ring_columns
        self.history_columns = HISTORY_COLUMNS
        self.engine = Engine(params)
        self.ring = cadence.new_ring(params.half_width, ring_columns)
        self.is_playing = False
        self.speed = 1.0
        self.skips_silences = True
        self.n_silences_skipped = 0
        self.last_silence_s = 0.0
        self._now_s = now_s
        self._anchor_s = 0.0
        self._anchor_ns: int | None = None  # play time at the anchor; None: take the clock
        self._near = Keyframes(MAX_NEAR_BYTES, 1)
        self._journey: _Journey | None = None
        self._walks: deque[Generator[None, None, None]] = deque()
        self._wants_history = False
        self._spare: tuple[EngineParams, Cadence, Keyframes] | None = None  # those in force before

    # --- state -------------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """Events applied; also the number of the next record."""
        return self.engine.event_id

    @property
    def is_at_end(self) -> bool:
        """Whether every record has been applied and no more will come."""
        return self.tape.is_complete and self.position >= self.tape.n_records

    @property
    def is_travelling(self) -> bool:
        """Whether a journey or a walk is under way, or a wish for history waits."""
        return self._journey is not None or bool(self._walks) or self._wants_history

    @property
    def progress(self) -> float:
        """How far the journey is, 0..1."""
        journey = self._journey
        if journey is None:
            return 0.0 if self._walks else 1.0
        done = journey.engine.event_id - journey.start_event_id
        if journey.target_event_id is not None:
            return min(1.0, done / max(1, journey.target_event_id - journey.start_event_id))
        left = self.tape.n_records - journey.engine.event_id
        return done / max(1, done + left)

    # --- wishes ------------------------------------------------------------------------------------

    def play(self) -> None:
        """Run on; from the end of the tape, again from its beginning."""
        if self.is_at_end and not self.is_travelling:
            self.go_to_event(0)
        self.is_playing = True
        self._anchor_ns = None

    def pause(self) -> None:
        """Stop between two events."""
        self.is_playing = False

    def set_speed(self, speed: float) -> None:
        """Change the speed (event time per wall time) without a jump."""
        if self._anchor_ns is not None and np.isfinite(self.speed):
            now_s = self._now_s()
            self._anchor_ns += int((now_s - self._anchor_s) * self.speed * 1e9)
            self._anchor_s = now_s
        self.speed = speed

    def go_to_event(self, event_id: int) -> None:
        """Begin a journey to the state right after an event; numbers beyond the tape mean its end.

        On a tape that still grows, the journey waits for the event.
        """
        self._walks.clear()
        event_id = max(0, event_id)
        self._go(min(event_id, self.tape.n_records) if self.tape.is_complete else event_id, None)

    def go_to_time(self, ts_ns: int) -> None:
        """Begin a journey to the last event whose clock is at or before a time."""
        self._walks.clear()
        self._go(None, ts_ns)

    def cancel_journey(self) -> None:
        """Stay where the session stands, with the parameters that hold there."""
        self._journey = None
        self._walks.clear()
        self.ring.passed_id = self.position
        if not self._is_current:
            self._take_up(self.engine.params, _cadence_of(self.ring))

    def step_by(self, unit: str, count: int) -> None:
        """Pause and begin to walk `count` of "event", "group", "trade", "best", "spot" or "column".

        Walks that are under way are completed first.
        """
        self.pause()
        self._anchor_ns = None
        self._walks.append(self._walk(unit, count))

    def change(self, params: EngineParams, cadence: Cadence) -> None:
        """Recompute the session to the same moment with other parameters."""
        if params == self.params and cadence == self.cadence:
            return
        self._walks.clear()
        journey = self._journey
        if journey is None or journey.watch:
            target: tuple[int | None, int | None] = (self.position, None)
        else:
            target = (journey.target_event_id, journey.target_ts_ns)
        self._take_up(params, cadence)
        self._go(*target)

    def show_history(self, n_columns: int) -> None:
        """Fill the chart further back; the event stays, and playing goes on from it."""
        self.history_columns = max(HISTORY_COLUMNS, min(n_columns, self.ring_columns - HISTORY_COLUMNS))
        self._wants_history = True

    # --- work --------------------------------------------------------------------------------------

    def step(self) -> float:
        """Do one bounded piece of work; return how many seconds there is nothing to do."""
        return self._move_on() if self.is_travelling else self._rest_or_play()

    def _move_on(self) -> float:
        """Travel for a while, and let the ring tell that what it shows of it was not played."""
        self.ring.passed_id = PASSING
        wait_s = self._travel_or_walk()
        if not self.is_travelling:
            self.ring.passed_id = self.position
        return wait_s

    def _travel_or_walk(self) -> float:
        if self._journey is not None:
            return 0.0 if self._travel(self._journey) else BREATH_S
        if self._walks:
            if next(self._walks[0], True):  # a generator that gives way yields None
                self._walks.popleft()
            return 0.0
        self._wants_history = False
        self._fill_history()
        return 0.0

    def _rest_or_play(self) -> float:
        if not self.is_playing:
            return BREATH_S
        wait_s = self._play_on()
        if self.is_at_end:
            self.is_playing = False
        return wait_s

    def _play_on(self) -> float:
        if self._feed_snapshot():
            return 0.0
        now_s = self._now_s()
        if self.speed == float("inf"):
            self._anchor_ns = None
            return 0.0 if self._feed(SLICE_EVENTS) else BREATH_S
        if self._anchor_ns is None:
            next_ns = self._next_clock_ns()
            if next_ns is None:
                return BREATH_S
            self._anchor_s = now_s
            self._anchor_ns = max(self.engine.clock_ns, 0) or next_ns
        play_ns = self._anchor_ns + int((now_s - self._anchor_s) * self.speed * 1e9)
        fed = self._feed(SLICE_EVENTS, until_ns=play_ns)
        if fed == SLICE_EVENTS:
            return 0.0
        next_ns = self._next_clock_ns()
        if next_ns is None:
            return BREATH_S
        wait_s = (next_ns - play_ns) / 1e9 / self.speed
        if wait_s > SILENCE_S and self.skips_silences:
            self.n_silences_skipped += 1
            self.last_silence_s = wait_s * self.speed
            self._anchor_s, self._anchor_ns = now_s, next_ns
            return BREATH_S
        return min(max(wait_s, 0.001), BREATH_S)

    def _feed_snapshot(self) -> bool:
        """Take a slice of a snapshot at once: its times are those of old orders, not of the session."""
        records = self.tape.read(self.position, self.position + SLICE_EVENTS)
        is_live = np.flatnonzero(records["flags"] & F_SNAPSHOT == 0)
        n_snapshot = int(is_live[0]) if len(is_live) else len(records)
        if n_snapshot == 0:
            return False
        self._anchor_ns = None
        return self._feed(n_snapshot) > 0

    def _feed(self, n: int, until_ns: int | None = None) -> int:
        records = self.tape.read(self.position, self.position + n)
        return self.engine.feed(records, self.ring, until_ns=until_ns)

    def _next_clock_ns(self) -> int | None:
        """Clock after the next record, None if there is none (yet)."""
        records = self.tape.read(self.position, self.position + 1)
        if len(records) == 0:
            return None
        ts_event = int(records["ts_event"][0])
        return self.engine.clock_ns if ts_event == UNDEF_TIMESTAMP else max(self.engine.clock_ns, ts_event)

    # --- journeys ----------------------------------------------------------------------------------

    @property
    def _is_current(self) -> bool:
        """Whether engine and ring are those of the parameters in force."""
        return self.engine.params == self.params and _cadence_of(self.ring) == self.cadence

    def _take_up(self, params: EngineParams, cadence: Cadence) -> None:
        """Put other parameters in force; the keyframes of the former ones are kept for the way back."""
        spare = self._spare
        self._spare = (self.params, self.cadence, self.keyframes)
        is_way_back = spare is not None and spare[:2] == (params, cadence)
        # never cleared: whoever runs ahead for the former parameters may still be adding to them
        self.keyframes = spare[2] if spare is not None and is_way_back else self.keyframes.emptied()
        self._near = self._near.emptied()
        self.params, self.cadence = params, cadence

    def _fill_history(self) -> None:
        span = self.ring.span()
        if span.oldest > 0 and span.newest - span.oldest < self.history_columns:
            self._journey = self._rebuilt(self._nearest(self.position, None), self.position, None)

    def _go(self, event_id: int | None, ts_ns: int | None) -> None:
        self._anchor_ns = None
        is_ahead = self.position <= event_id if event_id is not None else self.engine.clock_ns <= (ts_ns or 0)
        frame = self._nearest(event_id, ts_ns)
        if not self._is_current:
            self._journey = self._rebuilt(frame, event_id, ts_ns)
        elif is_ahead and (frame is None or frame.event_id - self.position < self._spacing()):
            # the nearest state is where we stand
            self._journey = _Journey(self.engine, self.ring, self.position, event_id, ts_ns)
        elif frame is not None and not is_ahead and self._holds_history_of(frame):
            self._journey = self._in_place(frame, event_id, ts_ns)
        else:
            self._journey = self._rebuilt(frame, event_id, ts_ns)

    def _nearest(self, event_id: int | None, ts_ns: int | None) -> Keyframe | None:
        found = [
            frames.last_at_event(event_id) if event_id is not None else frames.last_at_time(ts_ns or 0)
            for frames in (self.keyframes, self._near)
        ]
        return max(
            (frame for frame in found if frame is not None), key=lambda frame: frame.event_id, default=None
        )

    def _spacing(self) -> int:
        return 2 * self.keyframes.spacing_events

    def _holds_history_of(self, frame: Keyframe) -> bool:
        """Whether the ring still shows enough of what was before a keyframe."""
        span = self.ring.span()
        is_held = span.oldest <= frame.seq <= span.newest
        return is_held and (span.oldest == 0 or frame.seq - span.oldest >= self.history_columns)

    def _in_place(self, frame: Keyframe, event_id: int | None, ts_ns: int | None) -> _Journey:
        engine = Engine.restore(frame.state)
        self.ring.passed_id = PASSING
        self.ring.resume(frame.checkpoint)
        self.engine = engine  # what the ring showed is gone, so the session stands at the keyframe
        return _Journey(engine, self.ring, frame.event_id, event_id, ts_ns)

    def _rebuilt(self, nearest: Keyframe | None, event_id: int | None, ts_ns: int | None) -> _Journey:
        ring = self.cadence.new_ring(self.params.half_width, self.ring_columns)
        ring.generation = self.ring.generation + 1
        ring.passed_id = PASSING
        first = None
        if nearest is not None:
            first = self.keyframes.last_at_column(nearest.seq - self.history_columns - 1)
        if first is None:
            return _Journey(Engine(self.params), ring, 0, event_id, ts_ns)
        ring.resume(first.checkpoint)
        return _Journey(Engine.restore(first.state), ring, first.event_id, event_id, ts_ns)

    def _travel(self, journey: _Journey) -> bool:
        """Do one slice of a journey; on arrival its engine and ring are the session's.

        Returns False if there is nothing to read yet.
        """
        engine = journey.engine
        n = SLICE_EVENTS
        if journey.target_event_id is not None:
            left = journey.target_event_id - engine.event_id
            n = min(n, left)
            for distance in NEAR_KEYFRAMES:
                if left > distance:
                    n = min(n, left - distance)
                    break
        records = self.tape.read(engine.event_id, engine.event_id + n)
        fed = engine.feed(records, journey.ring, until_ns=journey.target_ts_ns, watch=journey.watch)
        if journey.watch:
            has_arrived = fed == 0 or engine.is_watch_hit
        elif journey.target_event_id is not None:
            left = journey.target_event_id - engine.event_id
            if left in NEAR_KEYFRAMES:
                self._near.add(keyframe_of(engine, journey.ring))
            has_arrived = left <= 0 or (fed == 0 and self.tape.is_complete)
        else:
            has_arrived = fed < n and (fed < len(records) or self.tape.is_complete)
        if has_arrived:
            self.engine, self.ring = engine, journey.ring
            self._journey = None
        return has_arrived or fed > 0

    # --- steps -------------------------------------------------------------------------------------

    def _walk(self, unit: str, count: int) -> Generator[None, None, None]:
        for _ in range(abs(count)):
            here = self.position
            if count > 0 and unit in WATCHES:
                self._journey = _Journey(self.engine, self.ring, here, None, None, unit)
            else:
                target = yield from (self._next_end(unit) if count > 0 else self._previous_end(unit))
                self._go(target, None)
            while self._journey is not None:
                yield
            if self.position == here:
                return

    def _next_end(self, unit: str) -> _Search:
        """Search the event at which a step forward ends, told from the records alone."""
        start = self.position
        if unit == "event":
            return min(start + 1, self.tape.n_records)
        while start < self.tape.n_records:
            records = self.tape.read(start, start + SLICE_EVENTS)
            hits = np.flatnonzero(_ends_unit(records, unit))
            if len(hits):
                return start + int(hits[0]) + 1
            start += len(records)
            yield
        return self.tape.n_records

    def _previous_end(self, unit: str) -> _Search:
        """Search the event at which a step back ends: the last before here where the unit ends."""
        stop = self.position - 1
        if unit in WATCHES:
            yield from self._approach(stop)
        while stop > 0 and unit != "event":
            if unit in WATCHES:
                frame = self._nearest(stop - 1, None)
                hit = yield from self._last_change(frame, unit, stop)
                start = 0 if frame is None else frame.event_id
            else:
                start = max(0, stop - SLICE_EVENTS)
                hits = np.flatnonzero(_ends_unit(self.tape.read(start, stop), unit))
                hit = start + int(hits[-1]) + 1 if len(hits) else 0
            if hit:
                return hit
            stop = start
            yield
        return max(stop, 0)

    def _approach(self, stop: int) -> Generator[None, None, None]:
        """Leave keyframes close before an event: what changes often is then found by a short search."""
        frame = self._nearest(stop - 1, None)
        scout = Engine(self.params) if frame is None else Engine.restore(frame.state)
        ring = self._scout_ring(frame)
        for distance in NEAR_KEYFRAMES:
            goal = stop - distance
            if goal <= scout.event_id:
                continue
            while scout.event_id < goal:
                end = min(goal, scout.event_id + SLICE_EVENTS)
                scout.feed(self.tape.read(scout.event_id, end), ring)
                yield
            self._near.add(keyframe_of(scout, ring))

    def _last_change(self, frame: Keyframe | None, unit: str, stop: int) -> _Search:
        """Search the last event in (keyframe, stop] that changes what is watched, 0 for none."""
        scout = Engine(self.params) if frame is None else Engine.restore(frame.state)
        ring = self._scout_ring(frame) if unit == "column" else None
        hit = 0
        while scout.event_id < stop:
            end = min(stop, scout.event_id + SLICE_EVENTS)
            if scout.feed(self.tape.read(scout.event_id, end), ring, watch=unit) == 0:
                break
            if scout.is_watch_hit:
                hit = scout.event_id
            else:
                yield
        return hit

    def _scout_ring(self, frame: Keyframe | None) -> GridRing:
        ring = self.cadence.new_ring(self.params.half_width, SCOUT_COLUMNS)
        if frame is not None:
            ring.resume(frame.checkpoint)
        return ring


def _cadence_of(ring: GridRing) -> Cadence:
    return Cadence(ring.column_ns, ring.column_events)


def keyframe_of(engine: Engine, ring: GridRing) -> Keyframe:
    """Return the state of an engine and the ring it has just fed."""
    checkpoint = ring.checkpoint()
    return Keyframe(engine.event_id, engine.clock_ns, int(checkpoint[0]), engine.save(), checkpoint)


def _ends_unit(records: NDArray[np.void], unit: str) -> NDArray[np.bool_]:
    if unit == "trade":
        return np.asarray(records["action"] == b"T")
    return np.asarray(records["flags"] & F_LAST != 0)
