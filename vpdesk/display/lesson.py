"""A small scene that explains something: columns, how to look at them, and words that point at cells."""

from dataclasses import dataclass, field

from vpdesk.core.ring import GridRing


@dataclass(frozen=True)
class Callout:
    """Words beside the field, with a line to the cell that they are about.

    Parameters
    ----------
    column, tick
        The cell.
    words
        At most some six words.
    words_column, words_tick
        Where the words begin, on the same axes.
    """

    column: float
    tick: float
    words: str
    words_column: float
    words_tick: float


@dataclass(frozen=True)
class Lesson:
    """What a picture of the explaining page shows.

    Parameters
    ----------
    ring
        Complete and written by nobody any more; its columns ``0 .. n_columns - 1`` are shown.
    layer
        One of `layers.LAYERS`.
    bounds
        Ends of the colour scale, in the layer's unit; its transform is the layer's usual one.
    ticks
        Lowest and highest price shown, both included.
    is_dimmed
        Whether cells fade with their age.
    has_drive
        Whether a strip below the field shows the drive.
    """

    ring: GridRing
    n_columns: int
    layer: str
    bounds: tuple[float, float]
    ticks: tuple[int, int]
    is_dimmed: bool = False
    has_drive: bool = False
    callouts: tuple[Callout, ...] = field(default=())
