"""Which instrument_ids of a file are one instrument.

An instrument_id holds for a day: a symbol may go by another id on the next, and the id may come to stand
for another symbol. So an instrument is known by its symbol wherever the file's mappings make that safe.
"""

from collections import defaultdict
from collections.abc import Mapping as ReadOnlyDict
from collections.abc import Sequence
from itertools import pairwise

from vpdesk.sources.dbn import Mapping


class Names:
    """The symbols of one file.

    Parameters
    ----------
    mappings
        From the header.
    recorded
        From the symbol mapping records of a live recording: instrument_id to symbol.
    """

    def __init__(self, mappings: Sequence[Mapping], recorded: ReadOnlyDict[int, str]) -> None:
        symbols: defaultdict[int, dict[str, None]] = defaultdict(dict)  # by id; dict: in order, each once
        ids: defaultdict[str, set[int]] = defaultdict(set)
        for mapping in sorted(mappings, key=lambda one: (one.first_day, one.symbol)):
            symbols[mapping.instrument_id][mapping.symbol] = None
            ids[mapping.symbol].add(mapping.instrument_id)
        for instrument_id, symbol in recorded.items():
            if symbol:
                symbols[instrument_id][symbol] = None
                ids[symbol].add(instrument_id)
        self._symbols = {instrument_id: tuple(some) for instrument_id, some in symbols.items()}
        self._shared = _held_at_once(mappings) | {
            symbol for symbol in recorded.values() if len(ids[symbol]) > 1
        }

    def name_of(self, instrument_id: int) -> str:
        """Return the symbol, both where the id changed hands, or "" where there is none."""
        return "/".join(self._symbols.get(instrument_id, ()))

    def key_of(self, instrument_id: int) -> str | int:
        """Return the symbol where it means this instrument alone, else the id."""
        symbols = self._symbols.get(instrument_id, ())
        is_safe = len(symbols) == 1 and symbols[0] not in self._shared
        return symbols[0] if is_safe else instrument_id

    def problem_with(self, instrument_id: int) -> str:
        """Return "" or a sentence, without its full stop, about an id that changed hands."""
        symbols = self._symbols.get(instrument_id, ())
        if len(symbols) < 2:
            return ""
        days = f"instrument {instrument_id} stands for {' and '.join(symbols)} on different days"
        return f"{days}: use one file per day"


def _held_at_once(mappings: Sequence[Mapping]) -> set[str]:
    """Return the symbols that stand for several ids on one day (a parent symbol such as ES.FUT)."""
    by_symbol: defaultdict[str, list[Mapping]] = defaultdict(list)
    for mapping in mappings:
        by_symbol[mapping.symbol].append(mapping)
    shared = set()
    for symbol, spans in by_symbol.items():
        spans.sort(key=lambda span: (span.first_day, span.end_day))
        for earlier, later in pairwise(spans):
            if earlier.instrument_id != later.instrument_id and later.first_day < earlier.end_day:
                shared.add(symbol)
    return shared
