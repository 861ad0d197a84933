"""The scenes of the explaining page: a few orders each, run through the real engine.

Nothing here is drawn or made up: each scene is a list of market-by-order records, and what the page shows
is what the engine makes of them with its default parameters.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.engine import Engine
from vpdesk.core.events import F_LAST, F_SNAPSHOT, MBO_DTYPE, MBO_LENGTH_WORDS, MBO_RTYPE, UNDEF_PRICE
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.display.lesson import Callout, Lesson

TICK_SIZE: Final = 250_000_000  # 0.25
SPOT_TICK: Final = 20_000  # of the first spot: price 5000
HALF_WIDTH: Final = 16
START_NS: Final = 1_750_000_000_000_000_000
BEAT_S: Final = 0.1  # a column; a record without effect in each lets the time pass
SCENE_S: Final = 12.0
LONG_SCENE_S: Final = 30.0
TICKS: Final = (SPOT_TICK - 6, SPOT_TICK + 6)
FLOWS: Final = (-80.0, 80.0)  # contracts / s at the ends of the colours
LEVEL_SIZE: Final = 20
N_LEVELS: Final = 10


@dataclass(frozen=True)
class _Order:
    side: str
    tick: int  # from the first spot
    size: int


class Scene:
    """Records by hand. Times are seconds after the start, prices ticks above the first spot."""

    def __init__(self) -> None:
        self._rows: list[NDArray[np.void]] = []
        self._orders: dict[int, _Order] = {}

    def snapshot(self, at_s: float = 0.0, walls: dict[int, int] | None = None) -> None:
        """Clear the book and give it ten levels a side, with other sizes where `walls` (by tick) say so."""
        self._orders.clear()
        self._record(at_s, "R", flags=F_SNAPSHOT)
        ticks = [tick for tick in range(-N_LEVELS, N_LEVELS + 1) if tick]
        for tick in ticks:
            size = (walls or {}).get(tick, LEVEL_SIZE)
            flags = F_SNAPSHOT | (F_LAST if tick == ticks[-1] else 0)
            self.add(at_s, "B" if tick < 0 else "A", tick, size, flags=flags)

    def add(self, at_s: float, side: str, tick: int, size: int, *, flags: int = F_LAST) -> int:
        """Add an order; return its id."""
        order_id = len(self._rows) + 1
        self._orders[order_id] = _Order(side, tick, size)
        self._record(at_s, "A", side, tick, size, order_id, flags)
        return order_id

    def resting(self, tick: int) -> int:
        """Return the id of the oldest order at a price."""
        return next(order_id for order_id, order in self._orders.items() if order.tick == tick)

    def pull(self, at_s: float, order_id: int, size: int) -> None:
        """Cancel this much of an order."""
        order = self._take(order_id, size)
        self._record(at_s, "C", order.side, order.tick, size, order_id)

    def trade(self, at_s: float, order_id: int, size: int) -> None:
        """Let somebody take this much of an order: a trade, its fill, and what leaves the book."""
        order = self._take(order_id, size)
        aggressor = "B" if order.side == "A" else "A"
        self._record(at_s, "T", aggressor, order.tick, size, 0, flags=0)
        self._record(at_s, "F", order.side, order.tick, size, order_id, flags=0)
        self._record(at_s, "C", order.side, order.tick, size, order_id)

    def touch(self, at_s: float, order_id: int) -> None:
        """Send an order again as it is: an event at its price, with no flow."""
        order = self._orders[order_id]
        self._record(at_s, "M", order.side, order.tick, order.size, order_id)

    def stream(self, first_s: float = 0.0, end_s: float = SCENE_S) -> NDArray[np.void]:
        """Return all records in order of time, with a beat in every column of this span."""
        for beat in range(round(first_s / BEAT_S), round(end_s / BEAT_S)):
            self._record((beat + 0.99) * BEAT_S, "N")
        records = np.concatenate(self._rows)
        return records[np.argsort(records["ts_event"], kind="stable")]

    def _take(self, order_id: int, size: int) -> _Order:
        order = self._orders[order_id]
        self._orders[order_id] = replace(order, size=order.size - size)
        if size == order.size:
            del self._orders[order_id]
        return order

    def _record(
        self,
        at_s: float,
        action: str,
        side: str = "N",
        tick: int | None = None,
        size: int = 0,
        order_id: int = 0,
        flags: int = F_LAST,
    ) -> None:
        row = np.zeros(1, MBO_DTYPE)
        row["length"], row["rtype"] = MBO_LENGTH_WORDS, MBO_RTYPE
        row["ts_event"] = START_NS + round(at_s * 1e9)
        row["action"], row["side"] = action.encode(), side.encode()
        row["price"] = UNDEF_PRICE if tick is None else (SPOT_TICK + tick) * TICK_SIZE
        row["size"], row["order_id"], row["flags"] = size, order_id, flags
        self._rows.append(row)


def make_lessons() -> dict[str, Lesson]:
    """Run every scene; return the lessons by name. Thread: any; some 50 ms once the engine is compiled."""
    faded = _persistence()
    flows = _balance()
    return {
        "cell": _cell(),
        "pressure": _pressure(),
        "vacuum": _vacuum(),
        "fill": _fill(),
        "net": _net(),
        "balance_net": flows,
        "balance": replace(flows, layer="balance", bounds=(-1.0, 1.0), callouts=()),
        "persistence": faded,
        "dimmed": replace(faded, is_dimmed=True, callouts=()),
        "resistance": _resistance(),
        "drive": _drive(),
        "gap": _gap(),
        "partial": _partial(),
    }


# --- the scenes ------------------------------------------------------------------------------------


def _cell() -> Lesson:
    scene = Scene()
    scene.snapshot()
    scene.add(1.05, "B", -2, 40)
    callouts = (
        _callout(1.05, -2, "an order of 40 is added here", 1.5, -4),
        _callout(0.45, 3, "no event here so far: dark", 0.7, 4.5),
        _callout(2.15, -2, "no event here since: the cell keeps its shade", 1.55, 0),
    )
    return _lesson(scene, end_s=3.0, callouts=callouts)


def _pressure() -> Lesson:
    scene = Scene()
    scene.snapshot()
    for step in range(30):
        scene.add(2 + step / 10, "B", -3, 4)
    _touch_on(scene, -3, 5.0)
    callouts = (
        _callout(3.4, -3, "40 contracts a second are added", 1.2, -5),
        _callout(7.4, -3, "no more: what is left fades with τ", 6.3, -5),
    )
    return _lesson(scene, callouts=callouts)


def _vacuum() -> Lesson:
    scene = Scene()
    scene.snapshot(walls={2: 70, 3: 70, 4: 70})
    for tick in (2, 3, 4):
        for step in range(12):
            scene.pull(2 + step / 6 + tick / 50, scene.resting(tick), 5)
        _touch_on(scene, tick, 4.2)
    callouts = (_callout(3.0, 3, "orders above the spot are pulled", 5.0, 5),)
    return _lesson(scene, callouts=callouts)


def _fill() -> Lesson:
    scene = Scene()
    scene.snapshot(walls={1: 50, 4: 50})
    scene.trade(3.02, scene.resting(1), 40)
    scene.pull(3.04, scene.resting(4), 40)
    callouts = (
        _callout(3.1, 4, "40 pulled", 4.0, 5.5),
        _callout(3.1, 1, "40 bought by one trade", 4.0, 2.5),
    )
    return _lesson(scene, end_s=8.0, callouts=callouts)


def _net() -> Lesson:
    scene = Scene()
    scene.snapshot(walls={-5: 400, 3: 400})
    pulled, swapped = scene.resting(3), scene.resting(-5)
    for step in range(60):
        at_s = 2 + step / 10
        scene.add(at_s, "B", -2, 4)
        scene.pull(at_s + 0.02, pulled, 4)
        scene.pull(at_s + 0.04, swapped, 4)
        scene.add(at_s + 0.06, "B", -5, 4)
    callouts = (
        _callout(4.0, 3, "only pulled", 4.6, 5),
        _callout(4.0, -2, "only added", 4.6, -0.3),
        _callout(4.0, -5, "added and pulled alike: dark", 4.6, -3.6),
    )
    return _lesson(scene, callouts=callouts)


def _balance() -> Lesson:
    scene = Scene()
    scene.snapshot(walls={-4: 400})
    mixed = scene.resting(-4)
    for step in range(60):
        at_s = 2 + step / 10
        scene.add(at_s, "B", -4, 6)
        scene.pull(at_s + 0.03, mixed, 5)
        if step % 5 == 0:
            scene.add(at_s + 0.06, "A", 3, 2)
    callouts = (
        _callout(5.0, 3, "4 a second added, none pulled", 1.2, 5),
        _callout(5.0, -4, "60 a second added, 50 pulled", 1.2, -1.5),
    )
    return _lesson(scene, callouts=callouts)


def _persistence() -> Lesson:
    scene = Scene()
    scene.snapshot()
    for side, tick in (("A", 3), ("B", -3)):
        for step in range(10):
            scene.add(1.5 + step / 10, side, tick, 8)
    _touch_on(scene, 3, 2.6, LONG_SCENE_S)
    callouts = (
        _callout(7.0, 3, "touched again and again: it fades", 7.6, 5),
        _callout(7.0, -3, "not touched again: it keeps its shade", 7.6, -5),
    )
    return _lesson(scene, end_s=LONG_SCENE_S, callouts=callouts)


def _resistance() -> Lesson:
    scene = Scene()
    scene.snapshot(walls={4: 400})
    for tick in (*range(-6, 0), *range(1, 7)):
        scene.touch(0.02, scene.resting(tick))
    wall = scene.resting(4)
    for step in range(20):
        scene.pull(4 + step / 20, wall, 12)
    _touch_on(scene, 4, 5.1)
    callouts = (
        _callout(2.0, 4, "a wall of 400 contracts", 0.8, 2),
        _callout(5.0, 4, "240 of it are pulled", 4.2, 5.7),
        _callout(9.5, 4, "160 remain, at rest again", 8.2, 2),
    )
    lesson = _lesson(scene, callouts=callouts)
    return replace(lesson, layer="resistance", bounds=(0.0, 6.0))


def _drive() -> Lesson:
    scene = Scene()
    scene.snapshot(walls=dict.fromkeys((-3, -2, -1, 1, 2, 3), 200))
    for start_s, built, drained in ((1.5, -1, 1), (7.0, 1, -1)):
        for step in range(25):
            for tick in (1, 2, 3):
                at_s = start_s + step / 10 + tick / 50
                scene.add(at_s, "B" if built < 0 else "A", built * tick, 4)
                scene.pull(at_s + 0.01, scene.resting(drained * tick), 4)
    callouts = (
        _callout(2.5, 2.5, "pulled above", 0.3, 5),
        _callout(2.5, -2.5, "added below: up", 0.3, -5),
        _callout(8.5, 2.5, "added above", 7.2, 5),
        _callout(8.5, -2.5, "pulled below: down", 7.2, -5),
    )
    return replace(_lesson(scene, callouts=callouts), has_drive=True)


def _gap() -> Lesson:
    before = Scene()
    before.snapshot()
    after = Scene()
    after.snapshot(8.0)
    for scene, start_s in ((before, 1.0), (after, 9.0)):
        for step in range(20):
            scene.add(start_s + step / 10, "B", -2, 5)
            scene.add(start_s + step / 10 + 0.05, "A", 3, 3)
    engine, ring = _engine_and_ring(SCENE_S)
    engine.feed(before.stream(end_s=5.0), ring)
    ring.set_gap(True)
    missed = after.stream(first_s=8.0)
    n_snapshot = 1 + 2 * N_LEVELS
    engine.feed(missed[:n_snapshot], ring)
    ring.set_gap(False)
    engine.feed(missed[n_snapshot:], ring)
    callouts = (
        _callout(6.5, 0, "no feed: nothing is known", 5.4, 4.5),
        _callout(8.6, -2, "a new book, no flow yet", 8.3, -4.5),
    )
    return Lesson(ring, round(SCENE_S / BEAT_S), "net", FLOWS, TICKS, callouts=callouts)


def _partial() -> Lesson:
    scene = Scene()
    scene.add(0.0, "B", -1, 10)
    scene.add(0.0, "A", 1, 10)
    for at_s, side, tick, size in (
        (1.0, "B", -2, 25), (2.0, "A", 3, 15), (3.5, "B", -4, 40), (5.0, "A", 2, 20),
        (6.0, "B", -1, 10), (7.5, "A", 5, 30), (9.0, "B", -3, 20),
    ):  # fmt: skip
        scene.add(at_s, side, tick, size)
    callouts = (
        _callout(4.0, -4, "seen since this order came", 4.6, -5.5),
        _callout(3.0, 4, "orders from before are missing", 1.0, 5.3),
    )
    lesson = _lesson(scene, callouts=callouts)
    return replace(lesson, layer="depth", bounds=(0.0, 50.0))


# --- how they are run ------------------------------------------------------------------------------


def _lesson(scene: Scene, *, end_s: float = SCENE_S, callouts: tuple[Callout, ...] = ()) -> Lesson:
    """Run a scene; show its net flow."""
    engine, ring = _engine_and_ring(end_s)
    engine.feed(scene.stream(end_s=end_s), ring)
    return Lesson(ring, round(end_s / BEAT_S), "net", FLOWS, TICKS, callouts=callouts)


def _engine_and_ring(end_s: float) -> tuple[Engine, GridRing]:
    engine = Engine(EngineParams(tick_size=TICK_SIZE, half_width=HALF_WIDTH))
    return engine, GridRing(HALF_WIDTH, round(2 * end_s / BEAT_S), column_ns=round(BEAT_S * 1e9))


def _touch_on(scene: Scene, tick: int, first_s: float, end_s: float = SCENE_S) -> None:
    """Keep touching a price, without any flow, to the end of the scene."""
    order_id = scene.resting(tick)
    for step in range(round((end_s - first_s) / BEAT_S)):
        scene.touch(first_s + (step + 0.5) * BEAT_S, order_id)


def _callout(at_s: float, tick: float, words: str, words_s: float, words_tick: float) -> Callout:
    return Callout(at_s / BEAT_S, SPOT_TICK + tick, words, words_s / BEAT_S, SPOT_TICK + words_tick)
