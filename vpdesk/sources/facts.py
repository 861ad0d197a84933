"""What is known of a file, or of several files read as one, before a record of it is played."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

TickOrigin = Literal["definition", "rule", "inferred", "user"]

_HASHED_WHOLE: Final = 16 << 20  # bytes; a larger file is hashed in spread blocks
_N_BLOCKS: Final = 64
_BLOCK: Final = 256 << 10  # bytes


@dataclass(frozen=True)
class TickSize:
    """The smallest price step, in raw units of 1e-9, and where the number came from.

    ``origin``: "definition" (the venue's definition record), "rule" (US equities), "inferred" (from the
    prices seen), "user". ``is_confident`` is False only for an inference from too few prices.
    """

    raw: int
    origin: TickOrigin
    is_confident: bool


@dataclass(frozen=True)
class InstrumentFacts:
    """One instrument of a file.

    Attributes
    ----------
    publisher_id, instrument_id
        Of the first file that holds it; ``instrument_id`` may differ on other days.
    symbol
        "" where the file does not say.
    n_records
        Its market-by-order records.
    first_ts_ns, last_ts_ns
        First and last reading of its clock, the running maximum of ``ts_event``; the first one at the
        first record after the snapshot. 0 where no record carries a time.
    has_snapshot
        A record carries F_SNAPSHOT.
    starts_mid_book
        The first order appears before any clear or snapshot, so the book starts out incomplete.
    ids_by_file
        The instrument_ids that it goes by in each file, in the order of `FileFacts.paths`.
    """

    publisher_id: int
    instrument_id: int
    symbol: str
    n_records: int
    first_ts_ns: int
    last_ts_ns: int
    has_snapshot: bool
    starts_mid_book: bool
    tick: TickSize
    ids_by_file: tuple[tuple[int, ...], ...]

    @property
    def name(self) -> str:
        """Return the symbol, or the ids where there is none."""
        return self.symbol or f"instrument {self.instrument_id} of publisher {self.publisher_id}"


@dataclass(frozen=True)
class FileFacts:
    """One file, or several of one dataset in time order.

    Attributes
    ----------
    paths
        In the order in which they are read.
    dbn_versions
        Ascending, each once.
    is_mixed
        Records of other kinds stand between the market-by-order records (a live recording).
    has_ts_out
        Records carry the gateway's send time, and are 64 bytes long.
    n_records
        Market-by-order records of all instruments.
    instruments
        Busiest first.
    problem
        "", or a sentence such as "the file is cut short: 12 345 records read".
    content_id
        A hash of the content, see `content_id`.
    """

    paths: tuple[Path, ...]
    dataset: str
    dbn_versions: tuple[int, ...]
    is_mixed: bool
    has_ts_out: bool
    n_records: int
    instruments: tuple[InstrumentFacts, ...]
    problem: str
    content_id: str

    def to_json(self) -> str:
        """Return everything but the paths, which may have changed when it is read back."""
        plain = asdict(self)
        del plain["paths"]
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str, paths: tuple[Path, ...]) -> "FileFacts":
        """Rebuild what `to_json` wrote.

        Raises
        ------
        ValueError
            The text is not such facts.
        """
        try:
            plain: dict[str, Any] = json.loads(text)
            instruments = tuple(_instrument_from(entry) for entry in plain.pop("instruments"))
            versions = tuple(plain.pop("dbn_versions"))
            return cls(paths=paths, instruments=instruments, dbn_versions=versions, **plain)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise ValueError(f"not the facts of a file: {error}") from None


def _instrument_from(plain: dict[str, Any]) -> InstrumentFacts:
    tick = TickSize(**plain.pop("tick"))
    if tick.origin not in get_args(TickOrigin) or not isinstance(tick.raw, int):
        raise ValueError("bad tick size")
    ids_by_file = tuple(tuple(ids) for ids in plain.pop("ids_by_file"))
    return InstrumentFacts(tick=tick, ids_by_file=ids_by_file, **plain)


def content_id(paths: Iterable[Path]) -> str:
    """Return a hash of the files' content, whatever their names: 32 hexadecimal digits.

    A file of up to 16 MiB is hashed whole (BLAKE2b); of a larger one, its size and 64 blocks of 256 KiB
    spread evenly from its first byte to its last.

    Raises
    ------
    OSError
        A file cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        size = path.stat().st_size
        digest.update(size.to_bytes(8, "little"))
        with path.open("rb") as file:
            if size <= _HASHED_WHOLE:
                digest.update(hashlib.file_digest(file, "blake2b").digest())
                continue
            for block in range(_N_BLOCKS):
                file.seek((size - _BLOCK) * block // (_N_BLOCKS - 1))
                digest.update(file.read(_BLOCK))
    return digest.hexdigest()


def written_id(paths: Iterable[Path]) -> str:
    """Return a hash of when the files were last written, 16 hexadecimal digits.

    Together with `content_id`, which may look at blocks only, it tells a file that was changed in place.

    Raises
    ------
    OSError
        A file cannot be read.
    """
    times = repr([path.stat().st_mtime_ns for path in paths])
    return hashlib.blake2b(times.encode(), digest_size=8).hexdigest()
