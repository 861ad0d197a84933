"""A gateway that serves files: any that the program can open."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vpdesk.gateway.faults import Fault
from vpdesk.gateway.server import Gateway
from vpdesk.gateway.wire import ServedInstrument
from vpdesk.sources.dbn import RecordStream
from vpdesk.sources.facts import FileFacts, InstrumentFacts
from vpdesk.sources.feed import InstrumentKey
from vpdesk.sources.files import Paths
from vpdesk.sources.scan import probe


def gateway_for_files(
    paths: Paths,
    *,
    speed: float = 1.0,
    key: str | None = None,
    faults: Sequence[Sequence[Fault]] = (),
) -> Gateway:
    """Return a gateway that serves the files once, in time order. Parameters as for `Gateway`.

    Raises
    ------
    SourceError
        The files cannot be used.
    """
    facts = probe(paths)
    return Gateway(
        _tape(facts.paths),
        list(_instruments(facts)),
        dataset=facts.dataset,
        speed=speed,
        key=key,
        faults=faults,
    )


def _tape(paths: Sequence[Path]) -> Iterator[NDArray[np.void]]:
    for path in paths:
        with RecordStream(path) as records:
            for chunk in records.chunks():
                yield chunk.copy()  # a chunk is valid only until the next one


def _instruments(facts: FileFacts) -> Iterator[ServedInstrument]:
    for one in facts.instruments:
        for instrument_id in sorted({number for ids in one.ids_by_file for number in ids}):
            yield ServedInstrument(
                InstrumentKey(one.publisher_id, instrument_id),
                one.symbol or str(instrument_id),
                _defined_tick_size(one),
            )


def _defined_tick_size(one: InstrumentFacts) -> int | None:
    """Return what the venue defined; a guess is not for a gateway to pass on as a definition."""
    return one.tick.raw if one.tick.origin == "definition" else None
