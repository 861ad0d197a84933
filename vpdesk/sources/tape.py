"""One instrument's records in stream order, as if they lay in one array.

An uncompressed file that holds nothing else is mapped as it is. Anything else is decoded once, chunk by
chunk, into the cache folder, and can be read while it grows.
"""

import hashlib
import threading
from dataclasses import replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import MBO_DTYPE
from vpdesk.errors import CancelledError, SourceError, UnknownInstrumentError
from vpdesk.figures import grouped
from vpdesk.sources.cache import Cache, Spool, map_records
from vpdesk.sources.dbn import RecordStream, reason
from vpdesk.sources.facts import FileFacts, InstrumentFacts, written_id
from vpdesk.sources.files import DataFile, FileSet, Paths, find_files
from vpdesk.sources.scan import NUMERIC_DTYPE, Cancel, Progress, probe_files
from vpdesk.sources.ticks import tick_size_for

InstrumentChoice = tuple[int, int] | str

_PROBE_SHARE: Final = 0.5  # of the progress shown; decoding is the other half
_MAX_LISTED: Final = 10  # instruments named in a message


class Records(Protocol):
    """Where a tape's records are."""

    @property
    def n_records(self) -> int:
        """Records that can be read now."""

    def read(self, start: int, stop: int) -> NDArray[np.void]:
        """Return records ``start .. stop - 1``."""


class MappedRecords:
    """Records that lie whole in a file."""

    def __init__(self, records: NDArray[np.void]) -> None:
        self.n_records = records.size
        self._records = records

    def read(self, start: int, stop: int) -> NDArray[np.void]:
        """Return records ``start .. stop - 1``, a view of the map."""
        return self._records[start:stop]


class Tape:
    """The records of one instrument; made by `open_tape`. Any thread may read.

    Attributes
    ----------
    facts : FileFacts
        Of everything in the files.
    instrument : InstrumentFacts
        The one on this tape, with the tick size in force.

    Notes
    -----
    All records carry the instrument_id of `instrument`, also where a later file uses another.
    """

    def __init__(self, facts: FileFacts, instrument: InstrumentFacts, records: Records) -> None:
        self.facts = facts
        self.instrument = instrument
        self._records = records
        self._problem = facts.problem
        self._is_closing = False
        self._complete = threading.Event()
        self._loader: threading.Thread | None = None

    @property
    def n_records(self) -> int:
        """Records that can be read now; grows until `is_complete`."""
        return self._records.n_records

    @property
    def is_complete(self) -> bool:
        """Whether no more records will come."""
        return self._complete.is_set()

    @property
    def problem(self) -> str:
        """What is wrong with the data: a sentence without its full stop, or empty."""
        return self._problem

    def wait_complete(self, timeout_s: float | None = None) -> bool:
        """Wait until `is_complete`; False if that takes longer."""
        return self._complete.wait(timeout_s)

    def read(self, start: int, stop: int) -> NDArray[np.void]:
        """Return records ``start .. stop - 1`` (from 0), fewer where the tape ends.

        Returns
        -------
        (n,) array of `MBO_DTYPE`, read only; a view of the mapped file wherever possible, so it stays
        valid after `close`.

        Raises
        ------
        IndexError
            ``start`` is negative.
        """
        if start < 0:
            raise IndexError("a tape begins at record 0")
        return self._records.read(start, max(start, stop))

    def _end(self, problem: str = "") -> None:
        self._problem = "; ".join(filter(None, (self._problem, problem)))
        self._complete.set()

    def close(self) -> None:
        """Stop decoding and let go of the file; arrays already read stay valid. Thread: the opener's."""
        self._is_closing = True
        if self._loader is not None:
            self._loader.join()
        self._records = MappedRecords(np.empty(0, MBO_DTYPE))


def open_tape(
    paths: Paths,
    *,
    instrument: InstrumentChoice | None = None,
    tick_size: int | None = None,
    cache: Cache | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    wait: bool = True,
) -> Tape:
    """Open one instrument of a file, of several files in time order, of a folder or a pattern.

    Parameters
    ----------
    instrument
        ``(publisher_id, instrument_id)``, a symbol, or the busiest.
    tick_size
        Raw units; overrides what is known or inferred.
    cache
        Where to decode to, the user's cache folder by default.
    progress
        Called now and then with 0..1, on the thread that works.
    cancel
        Asked now and then, on the thread that works; True ends the work.
    wait
        False returns as soon as the facts are known, while a thread goes on decoding; trouble it meets
        ends the tape early and is told by `Tape.problem`.

    Raises
    ------
    SourceError
        The files cannot be used.
    UnknownInstrumentError
        They hold no such instrument.
    CancelledError
        ``cancel`` said so.
    """
    cache = cache or Cache()
    report = progress or (lambda _fraction: None)
    is_cancelled = cancel or (lambda: False)
    files = find_files(paths)
    facts = probe_files(
        files, progress=lambda done: report(_PROBE_SHARE * done), cancel=is_cancelled, cache=cache
    )
    chosen = choose_instrument(facts, instrument)
    if tick_size is not None:
        no_prices = np.empty(0, np.int64)
        chosen = replace(chosen, tick=tick_size_for(facts.dataset, no_prices, override=tick_size))
    key = _cache_key(facts, chosen)
    ready = _map_if_plain(files, facts, chosen)
    if ready is None:
        ready = cache.find(key)
    if ready is not None and ready.size == chosen.n_records:
        report(1.0)
        tape = Tape(facts, chosen, MappedRecords(ready))
        tape._end()
        return tape
    spool = cache.spool(key)
    tape = Tape(facts, chosen, spool)
    decoding = _Decoding(tape, files, spool, report, is_cancelled)
    if wait:
        decoding.run()
    else:
        tape._loader = threading.Thread(target=decoding.run_detached, name="vpdesk-decode", daemon=True)
        tape._loader.start()
    return tape


def choose_instrument(facts: FileFacts, choice: InstrumentChoice | None) -> InstrumentFacts:
    """Return the instrument asked for, the busiest one for None.

    Raises
    ------
    UnknownInstrumentError
        There is none, or the symbol stands for several; the message lists what there is.
    """
    if choice is None:
        return facts.instruments[0]
    if isinstance(choice, str):
        found = [one for one in facts.instruments if choice in (one.symbol, str(one.instrument_id))]
        is_clear = len({one.publisher_id for one in found}) == len(found)
        asked = choice
    else:
        found = [one for one in facts.instruments if (one.publisher_id, one.instrument_id) == choice]
        is_clear = len(found) == 1  # not so where the id stood for another symbol on another day
        asked = f"instrument {choice[1]} of publisher {choice[0]}"
    if found and is_clear:
        return found[0]  # of several publishers the busiest
    listed = ", ".join(_with_ids(one) for one in (found or facts.instruments)[:_MAX_LISTED])
    more = len(found or facts.instruments) - _MAX_LISTED
    listed += f" and {grouped(more)} more" if more > 0 else ""
    if found:
        raise UnknownInstrumentError(
            f"{asked} stands for several instruments: {listed}. Choose one by its symbol or id."
        )
    raise UnknownInstrumentError(f"The data hold no {asked}. There is: {listed}.")


def _cache_key(facts: FileFacts, chosen: InstrumentFacts) -> str:
    ids = repr((chosen.publisher_id, chosen.ids_by_file)).encode()
    ids_hash = hashlib.blake2b(ids, digest_size=8).hexdigest()
    try:
        return f"{facts.content_id}-{written_id(facts.paths)}-{ids_hash}"
    except OSError as error:
        raise SourceError(f"The data cannot be read: {reason(error)}.") from None


def _with_ids(one: InstrumentFacts) -> str:
    ids = f"publisher {one.publisher_id}, id {one.instrument_id}"
    return f"{one.symbol or 'no symbol'} ({ids}, {grouped(one.n_records)} records)"


def _map_if_plain(files: FileSet, facts: FileFacts, chosen: InstrumentFacts) -> NDArray[np.void] | None:
    """Map a file whose bytes are the tape already; None for any other."""
    file = files.data[0]
    is_plain = not file.is_compressed and file.header.schema == "mbo" and not file.header.has_ts_out
    is_alone = len(files.data) == 1 and len(facts.instruments) == 1 and len(chosen.ids_by_file[0]) == 1
    if not (is_plain and is_alone):
        return None
    try:
        return map_records(file.path, file.header.n_bytes, chosen.n_records)
    except (OSError, ValueError) as error:
        raise SourceError(f"{file.path.name} cannot be mapped: {reason(error)}.") from None


class _Decoding:
    """Fills a tape's spool, in whatever thread runs it."""

    def __init__(self, tape: Tape, files: FileSet, spool: Spool, progress: Progress, cancel: Cancel) -> None:
        self._tape = tape
        self._files = files
        self._spool = spool
        self._progress = progress
        self._cancel = cancel

    def run(self) -> None:
        """Decode everything, then end the tape; after an exception nothing is kept on disk."""
        try:
            for index, file in enumerate(self._files.data):
                self._decode(index, file)
            if self._spool.n_records != self._tape.instrument.n_records:
                raise SourceError("The data changed while they were read; open them again.")
        except BaseException:
            self._spool.discard()
            raise
        self._spool.seal()
        self._progress(1.0)
        self._tape._end()

    def run_detached(self) -> None:
        """Do what `run` does in a thread of its own: there an exception becomes the tape's problem."""
        try:
            self.run()
        except Exception as error:  # noqa: BLE001 - it must reach the user, whatever it is
            so_far = f"{grouped(self._spool.n_records)} records read"
            self._tape._end(f"{str(error).rstrip('.')}: {so_far}")

    def _decode(self, index: int, file: DataFile) -> None:
        from vpdesk.sources.dbn_kernels import select

        instrument = self._tape.instrument
        ids = np.array(instrument.ids_by_file[index], np.uint32)
        if ids.size == 0:
            return
        own = np.empty(0, NUMERIC_DTYPE)
        with RecordStream(file.path) as stream:
            for records in stream.chunks():
                if self._cancel() or self._tape._is_closing:
                    raise CancelledError("Reading was cancelled.")
                if own.size < records.size:
                    own = np.empty(records.size, NUMERIC_DTYPE)
                numeric = records.view(NUMERIC_DTYPE)
                n = select(numeric, instrument.publisher_id, ids, instrument.instrument_id, own)
                if n:
                    self._spool.append(own[:n].view(MBO_DTYPE))
                done = (index + stream.fraction) / len(self._files.data)
                self._progress(_PROBE_SHARE + (1.0 - _PROBE_SHARE) * done)
