"""The way of commands to the engine thread: in order, without those that newer ones have overtaken."""

import queue
from collections.abc import Iterable
from dataclasses import replace

from vpdesk.runtime.commands import Command, SeekEvent, SeekTime, ShowHistory, Step


class Inbox:
    """Commands from any thread, taken in batches by one."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Command] = queue.SimpleQueue()

    def put(self, command: Command) -> None:
        """Add a command. Any thread; returns at once."""
        self._queue.put(command)

    def take(self, timeout_s: float) -> list[Command]:
        """Return what has come, waiting up to `timeout_s` for the first."""
        commands = []
        try:
            commands.append(self._queue.get(timeout=timeout_s) if timeout_s > 0 else self._queue.get_nowait())
            while True:
                commands.append(self._queue.get_nowait())
        except queue.Empty:
            return without_overtaken(commands)


def without_overtaken(commands: Iterable[Command]) -> list[Command]:
    """Leave out seeks and wishes for history that the next command replaces; join equal steps into one."""
    kept: list[Command] = []
    for command in commands:
        last = kept[-1] if kept else None
        if _replaces(command, last):
            kept[-1] = command
        elif isinstance(command, Step) and isinstance(last, Step) and _is_same_way(command, last):
            kept[-1] = replace(last, count=last.count + command.count)
        else:
            kept.append(command)
    return kept


def _replaces(command: Command, last: Command | None) -> bool:
    seeks = (SeekTime, SeekEvent)
    return (isinstance(command, seeks) and isinstance(last, seeks)) or (
        isinstance(command, ShowHistory) and isinstance(last, ShowHistory)
    )


def _is_same_way(one: Step, other: Step) -> bool:
    return one.unit == other.unit and (one.count > 0) == (other.count > 0)
