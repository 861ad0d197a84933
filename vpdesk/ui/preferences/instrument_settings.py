"""What is remembered of each instrument, and found again whenever it is shown.

To the instrument belongs what depends on how much it trades and how far it moves: the colour scale of each
layer, the zoom, and the smallest trade that gets a dot. Taste and habit belong to the user and are the same
everywhere: theme, layer, price axis, which overlays are drawn, dimming by age, time zone, panels.
"""

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QSettings

from vpdesk.display.layers import LAYERS
from vpdesk.display.scale import Scale

MAX_INSTRUMENTS: Final = 200  # those shown last
_MAX_STORED: Final = 1000  # so that a damaged count cannot hang the start
_LEAST_PT: Final = 1e-4  # of a column or a row that makes sense
_MOST_PT: Final = 10_000.0
_MOST_SIZE: Final = 10**12

InstrumentKey = tuple[str, str]  # dataset and symbol


@dataclass(frozen=True)
class InstrumentSettings:
    """The settings of one instrument.

    Parameters
    ----------
    scales
        The colour scales that are settled, by layer.
    zoom_pt
        Points per column and per bucket; None for the usual ones.
    least_dot_size
        Trades below this size get no dot; 0 for all.
    """

    scales: Mapping[str, Scale] = field(default_factory=dict)
    zoom_pt: tuple[float, float] | None = None
    least_dot_size: int = 0


def with_instrument(
    known: Mapping[InstrumentKey, InstrumentSettings], key: InstrumentKey, settings: InstrumentSettings
) -> dict[InstrumentKey, InstrumentSettings]:
    """Return the settings of all instruments, those of ``key`` last; beyond the limit the oldest go."""
    others = [(other, its) for other, its in known.items() if other != key]
    return dict([*others, (key, settings)][-MAX_INSTRUMENTS:])


def write_instruments(store: QSettings, known: Mapping[InstrumentKey, InstrumentSettings]) -> None:
    """Write the settings of all instruments, numbers exactly. Thread: UI."""
    store.beginWriteArray("instruments", len(known))
    for index, ((dataset, symbol), its) in enumerate(known.items()):
        store.setArrayIndex(index)
        store.setValue("dataset", dataset)
        store.setValue("symbol", symbol)
        store.setValue("zoom_pt", " ".join(map(repr, its.zoom_pt or ())))
        store.setValue("least_dot_size", its.least_dot_size)
        for layer, scale in its.scales.items():
            numbers = (scale.low, scale.high, scale.knee)
            store.setValue(f"scale_{layer}", " ".join([scale.kind, *map(repr, numbers)]))
    store.endArray()


def read_instruments(store: QSettings) -> dict[InstrumentKey, InstrumentSettings]:
    """Read what `write_instruments` wrote; an entry that makes no sense is left out. Thread: UI."""
    known = {}
    for index in range(min(store.beginReadArray("instruments"), _MAX_STORED)):
        store.setArrayIndex(index)
        dataset, symbol = store.value("dataset"), store.value("symbol")
        if isinstance(dataset, str) and isinstance(symbol, str) and symbol:
            scales = {name: _read_scale(store.value(f"scale_{name}"), name) for name in LAYERS}
            known[dataset, symbol] = InstrumentSettings(
                {name: scale for name, scale in scales.items() if scale is not None},
                _read_zoom(store.value("zoom_pt")),
                _read_size(store.value("least_dot_size")),
            )
    store.endArray()
    return dict(list(known.items())[-MAX_INSTRUMENTS:])


def _read_scale(text: object, layer: str) -> Scale | None:
    kind, *numbers = str(text).split(" ")
    with contextlib.suppress(ValueError):
        low, high, knee = map(float, numbers)
        return Scale(kind, low, high, knee, LAYERS[layer].is_signed)
    return None


def _read_zoom(text: object) -> tuple[float, float] | None:
    with contextlib.suppress(ValueError):
        column_pt, row_pt = map(float, str(text).split(" "))
        if all(_LEAST_PT <= size <= _MOST_PT for size in (column_pt, row_pt)):
            return column_pt, row_pt
    return None


def _read_size(text: object) -> int:
    try:
        size = float(str(text))
    except ValueError:
        return 0
    return int(size) if math.isfinite(size) and 0 <= size <= _MOST_SIZE else 0
