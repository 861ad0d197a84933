"""The order book as dictionaries: every order by its id, every level by its tick."""

from dataclasses import dataclass


@dataclass
class Order:
    """A resting order; ``side`` is "B" or "A"."""

    side: str
    tick: int
    size: int


class ReferenceBook:
    """Orders by id and, for each side, ``tick -> [total size, number of orders]``."""

    def __init__(self) -> None:
        self.orders: dict[int, Order] = {}
        self.levels: dict[str, dict[int, list[int]]] = {"B": {}, "A": {}}

    def insert(self, order_id: int, side: str, tick: int, size: int) -> None:
        self.orders[order_id] = Order(side, tick, size)
        level = self.levels[side].setdefault(tick, [0, 0])
        level[0] += size
        level[1] += 1

    def reduce(self, order_id: int, size: int) -> None:
        """Take ``size`` (no more than is there) off the order; at 0 it is gone."""
        order = self.orders[order_id]
        level = self.levels[order.side][order.tick]
        order.size -= size
        level[0] -= size
        if order.size == 0:
            del self.orders[order_id]
            level[1] -= 1
            if level[1] == 0:
                del self.levels[order.side][order.tick]

    def replace(self, order_id: int, side: str, tick: int, size: int) -> None:
        self.reduce(order_id, self.orders[order_id].size)
        if size > 0:
            self.insert(order_id, side, tick, size)

    def clear(self) -> None:
        self.__init__()  # type: ignore[misc]

    def best_bid(self) -> int | None:
        return max(self.levels["B"], default=None)

    def best_ask(self) -> int | None:
        return min(self.levels["A"], default=None)

    def depth(self, side: str, first_tick: int, n_ticks: int) -> int:
        """Return the quantity resting on the ticks from ``first_tick`` on."""
        levels = self.levels[side]
        return sum(levels[tick][0] for tick in range(first_tick, first_tick + n_ticks) if tick in levels)

    def top(self, side: str, n: int) -> list[tuple[int, int, int]]:
        """Return the ``n`` best levels as (tick, size, number of orders), best first."""
        levels = self.levels[side]
        ticks = sorted(levels, reverse=side == "B")[:n]
        return [(tick, *levels[tick]) for tick in ticks]
