"""One pass over the data: which instruments there are, how many records, when, and in what state."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import MBO_DTYPE, UNDEF_PRICE
from vpdesk.errors import CancelledError, SourceError
from vpdesk.figures import grouped
from vpdesk.sources.cache import Cache
from vpdesk.sources.dbn import RecordStream, reason
from vpdesk.sources.facts import FileFacts, InstrumentFacts, content_id, written_id
from vpdesk.sources.files import FileSet, Paths, find_files
from vpdesk.sources.symbols import Names
from vpdesk.sources.ticks import tick_size_for

Progress = Callable[[float], None]
Cancel = Callable[[], bool]

NUMERIC_DTYPE: Final = np.dtype(
    [(name, "u1" if name in ("action", "side") else MBO_DTYPE[name]) for name in MBO_DTYPE.names or ()]
)

_T = TypeVar("_T", bound=np.generic)

_FACTS_VERSION: Final = 1  # of what the cache remembers; raise it when facts are computed differently
_MAX_INSTRUMENTS: Final = 1 << 16
_PRICE_SAMPLE: Final = 2048  # resting prices kept of each instrument and file
_OVERLAP_NS: Final = 1_000_000_000  # venue clocks disagree a little at midnight; repeated data disagree more


def probe(
    paths: Paths,
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    cache: Cache | None = None,
) -> FileFacts:
    """Read everything once and return what it is.

    Parameters
    ----------
    paths
        A file, several files of one dataset, a folder, or a pattern.
    progress
        Called now and then with 0..1.
    cancel
        Asked now and then; True ends the work.
    cache
        Remembers the facts of content it has seen.

    Raises
    ------
    SourceError
        The files cannot be used.
    CancelledError
        ``cancel`` said so.

    Notes
    -----
    Thread: any. Progress and cancel are called on the caller's thread.
    """
    return probe_files(find_files(paths), progress=progress, cancel=cancel, cache=cache)


def probe_files(
    files: FileSet,
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    cache: Cache | None = None,
) -> FileFacts:
    """Do what `probe` does, for files already found."""
    try:
        content = content_id(files.paths)
        written = written_id((*files.paths, *files.definitions))
    except OSError as error:
        raise SourceError(f"The data cannot be read: {reason(error)}.") from None
    key = f"{content}-{written}-{_FACTS_VERSION}"
    if cache is not None and (known := cache.read_text(key)) is not None:
        try:
            return FileFacts.from_json(known, files.paths)
        except ValueError:
            pass  # written by another version
    facts = _scan(files, content, progress or (lambda _fraction: None), cancel or (lambda: False))
    if cache is not None:
        cache.write_text(key, facts.to_json())
    return facts


@dataclass
class _Seen:
    """One instrument while it is gathered over the files."""

    publisher_id: int
    symbol: str
    ids_by_file: list[list[int]]
    n_records: int = 0
    first_ts_ns: int = 0
    last_ts_ns: int = 0
    has_snapshot: bool = False
    starts_mid_book: bool = False
    increment: int = UNDEF_PRICE
    prices: list[NDArray[np.int64]] = field(default_factory=list)


def _scan(files: FileSet, content: str, progress: Progress, cancel: Cancel) -> FileFacts:
    seen: dict[tuple[int, str | int], _Seen] = {}
    problems = []
    for index, file in enumerate(files.data):
        tally = Tally(file.path.name)
        with RecordStream(file.path) as stream:
            for records in stream.chunks():
                if cancel():
                    raise CancelledError("Reading was cancelled.")
                tally.add(records)
                progress((index + stream.fraction) / len(files.data))
        names = Names(stream.header.mappings, stream.symbols)
        parts = list(tally.parts())
        troubles = [stream.problem, *(names.problem_with(part.instrument_id) for part in parts)]
        prefix = f"{file.path.name}: " if len(files.data) > 1 else ""
        problems += [prefix + trouble for trouble in troubles if trouble]
        for part in parts:
            key = part.publisher_id, names.key_of(part.instrument_id)
            whole = seen.get(key)
            if whole is None:
                name = names.name_of(part.instrument_id)
                whole = seen[key] = _Seen(part.publisher_id, name, [[] for _ in files.data])
            _merge(whole, part, index, file.path)
            whole.increment = stream.increments.get(part.instrument_id, whole.increment)
    n_records = sum(one.n_records for one in seen.values())
    if n_records == 0:
        raise SourceError(_nothing(files, problems))
    definitions = Definitions.read(files.definitions, files.data[0].header.dataset)
    for one in seen.values():
        if one.increment == UNDEF_PRICE:
            one.increment = definitions.increment_of(one.symbol, one.ids_by_file)
    dataset = files.data[0].header.dataset
    instruments = sorted((_facts(one, dataset) for one in seen.values()), key=_busiest_first)
    progress(1.0)
    return FileFacts(
        paths=files.paths,
        dataset=dataset,
        dbn_versions=tuple(sorted({file.header.version for file in files.data})),
        is_mixed=any(file.header.schema == "" for file in files.data),
        has_ts_out=any(file.header.has_ts_out for file in files.data),
        n_records=n_records,
        instruments=tuple(instruments),
        problem="; ".join(problems),
        content_id=content,
    )


def _merge(whole: _Seen, part: "Part", index: int, path: Path) -> None:
    """Add what one file holds of an instrument; files come in time order."""
    is_first = whole.n_records == 0
    is_same_file = bool(whole.ids_by_file[index])
    if not is_first and not is_same_file and part.first_ts_ns + _OVERLAP_NS < whole.last_ts_ns:
        name = whole.symbol or f"instrument {part.instrument_id}"
        raise SourceError(f"{path.name} repeats a time of {name} that another file covers; leave one out.")
    whole.ids_by_file[index].append(part.instrument_id)
    whole.n_records += part.n_records
    whole.first_ts_ns = part.first_ts_ns if is_first else min(whole.first_ts_ns, part.first_ts_ns)
    whole.last_ts_ns = max(whole.last_ts_ns, part.last_ts_ns)
    whole.has_snapshot |= part.has_snapshot
    whole.starts_mid_book = part.starts_mid_book if is_first else whole.starts_mid_book
    whole.prices.append(part.prices)


def _nothing(files: FileSet, problems: list[str]) -> str:
    name = files.data[0].path.name
    if problems:
        return f"{name} cannot be used: {problems[0]}."
    return f"{name} holds no market-by-order records."


def _busiest_first(instrument: InstrumentFacts) -> tuple[int, int, int]:
    return -instrument.n_records, instrument.publisher_id, instrument.instrument_id


def _facts(one: _Seen, dataset: str) -> InstrumentFacts:
    return InstrumentFacts(
        publisher_id=one.publisher_id,
        instrument_id=next(ids[0] for ids in one.ids_by_file if ids),
        symbol=one.symbol,
        n_records=one.n_records,
        first_ts_ns=one.first_ts_ns,
        last_ts_ns=one.last_ts_ns,
        has_snapshot=one.has_snapshot,
        starts_mid_book=one.starts_mid_book,
        tick=tick_size_for(dataset, np.concatenate(one.prices), increment=one.increment),
        ids_by_file=tuple(tuple(sorted(ids)) for ids in one.ids_by_file),
    )


@dataclass(frozen=True)
class Definitions:
    """Tick sizes from definition files: raw ``min_price_increment`` by symbol, and by id without one."""

    by_symbol: dict[str, int]
    by_id: dict[int, int]

    @classmethod
    def read(cls, paths: Iterable[Path], dataset: str) -> "Definitions":
        """Read definition files, the latest record of an instrument winning.

        Files of another dataset, and unreadable ones, are passed over: they merely lie beside the data.
        """
        definitions = cls({}, {})
        for path in paths:
            try:
                with RecordStream(path) as stream:
                    if stream.header.dataset != dataset:
                        continue
                    for _records in stream.chunks():
                        pass
            except SourceError:
                continue
            names = Names(stream.header.mappings, stream.symbols)
            for instrument_id, increment in stream.increments.items():
                if isinstance(key := names.key_of(instrument_id), str):
                    definitions.by_symbol[key] = increment
                else:
                    definitions.by_id[instrument_id] = increment
        return definitions

    def increment_of(self, symbol: str, ids_by_file: list[list[int]]) -> int:
        """Return an instrument's increment, `UNDEF_PRICE` where none is known."""
        if symbol in self.by_symbol:
            return self.by_symbol[symbol]
        ids = [instrument_id for ids in ids_by_file for instrument_id in ids]
        return next((self.by_id[i] for i in ids if i in self.by_id), UNDEF_PRICE)


@dataclass(frozen=True)
class Part:
    """What one file holds of one instrument_id; fields as in `InstrumentFacts`."""

    publisher_id: int
    instrument_id: int
    n_records: int
    first_ts_ns: int
    last_ts_ns: int
    has_snapshot: bool
    starts_mid_book: bool
    prices: NDArray[np.int64]


class Tally:
    """Counts records by publisher and instrument.

    ``file_name`` is for the message of the `SourceError` that too many instruments raise.
    """

    def __init__(self, file_name: str) -> None:
        from vpdesk.sources import dbn_kernels

        self._kernels = dbn_kernels
        self._file_name = file_name
        self._table = np.full(2 * _MAX_INSTRUMENTS, -1, np.int64)
        self._n_slots = 0
        self._keys = np.zeros(0, np.uint64)
        self._stats = np.zeros((0, dbn_kernels.N_STATS), np.int64)
        self._samples = np.zeros((0, _PRICE_SAMPLE), np.int64)
        self._grow()

    def add(self, records: NDArray[np.void]) -> None:
        """Count (n,) records of `MBO_DTYPE`.

        Raises
        ------
        SourceError
            There are too many instruments.
        """
        numeric = records.view(NUMERIC_DTYPE)
        n_done = 0
        while n_done < numeric.size:
            n_done, self._n_slots = self._kernels.tally(
                numeric, n_done, self._table, self._keys, self._n_slots, self._stats, self._samples
            )
            if n_done < numeric.size:
                self._grow()

    def _grow(self) -> None:
        n_slots = max(16, 2 * self._keys.size)
        if n_slots > _MAX_INSTRUMENTS:
            most = grouped(_MAX_INSTRUMENTS)
            raise SourceError(f"{self._file_name} holds more than {most} instruments; choose fewer.")
        self._keys = _lengthened(self._keys, n_slots)
        self._stats = _lengthened(self._stats, n_slots)
        self._samples = _lengthened(self._samples, n_slots)

    def parts(self) -> Iterator[Part]:
        """Yield what was counted, in order of first appearance."""
        kernels = self._kernels
        for slot in range(self._n_slots):
            stats = self._stats[slot].tolist()
            n_prices = min(stats[kernels.S_N_PRICES], _PRICE_SAMPLE)
            yield Part(
                publisher_id=int(self._keys[slot]) >> 32,
                instrument_id=int(self._keys[slot]) & 0xFFFFFFFF,
                n_records=stats[kernels.S_N_RECORDS],
                first_ts_ns=stats[kernels.S_FIRST_NS] or stats[kernels.S_CLOCK_NS],
                last_ts_ns=stats[kernels.S_CLOCK_NS],
                has_snapshot=bool(stats[kernels.S_HAS_SNAPSHOT]),
                starts_mid_book=bool(stats[kernels.S_MID_BOOK]),
                prices=self._samples[slot, :n_prices].copy(),
            )


def _lengthened(array: NDArray[_T], n: int) -> NDArray[_T]:
    longer = np.zeros((n, *array.shape[1:]), array.dtype)
    longer[: array.shape[0]] = array
    return longer
