"""The text that ``vpdesk info FILE`` prints."""

import datetime

from vpdesk.core.events import PRICE_SCALE
from vpdesk.figures import grouped
from vpdesk.sources.facts import FileFacts, InstrumentFacts, TickSize

_ORIGINS = {
    "definition": "from its definition record",
    "rule": "by the rule for US equities",
    "inferred": "inferred from the prices",
    "user": "as asked for",
}


def describe(facts: FileFacts) -> str:
    """Return the facts of a file as aligned plain text, one line per fact and instrument."""
    lines = _aligned(_file_rows(facts))
    lines += ["", f"Instruments, busiest first ({grouped(len(facts.instruments))}):", ""]
    lines += _table(facts.instruments)
    return "\n".join(lines) + "\n"


def _file_rows(facts: FileFacts) -> list[tuple[str, str]]:
    rows = [("file" if i == 0 else "", str(path)) for i, path in enumerate(facts.paths)]
    schema = "mixed, with mbo records (a live recording)" if facts.is_mixed else "mbo"
    versions = ", ".join(str(version) for version in facts.dbn_versions)
    starts = [one.first_ts_ns for one in facts.instruments if one.first_ts_ns]
    rows += [
        ("dataset", facts.dataset),
        ("schema", schema + (", with ts_out" if facts.has_ts_out else "")),
        ("DBN version", versions),
        ("records", f"{grouped(facts.n_records)} market-by-order"),
        (
            "from",
            format_utc(min(starts, default=0)),
        ),
        ("to", format_utc(max(one.last_ts_ns for one in facts.instruments))),
        ("content id", facts.content_id),
    ]
    if facts.problem:
        rows.append(("problem", facts.problem))
    return rows


def _aligned(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}}  {text}" for name, text in rows]


def _table(instruments: tuple[InstrumentFacts, ...]) -> list[str]:
    header = ("symbol", "publisher", "id", "records", "tick size", "", "book at the start")
    rows = [header] + [
        (
            one.symbol or "-",
            str(one.publisher_id),
            str(one.instrument_id),
            grouped(one.n_records),
            format_price(one.tick.raw),
            _origin(one.tick),
            _book(one),
        )
        for one in instruments
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    numeric = (1, 2, 3, 4)  # columns set to the right
    return ["  ".join(_cells(row, widths, numeric)).rstrip() for row in rows]


def _cells(row: tuple[str, ...], widths: list[int], numeric: tuple[int, ...]) -> list[str]:
    return [
        text.rjust(width) if column in numeric else text.ljust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    ]


def _origin(tick: TickSize) -> str:
    return _ORIGINS[tick.origin] + ("" if tick.is_confident else ", too few to be sure")


def _book(one: InstrumentFacts) -> str:
    if one.starts_mid_book:
        return "unknown: the data begin in mid-session"
    return "from a snapshot" if one.has_snapshot else "empty, after a clear"


def format_price(raw: int) -> str:
    """Return a raw price in currency units, without trailing zeros: ``0.25``."""
    whole, rest = divmod(abs(raw), PRICE_SCALE)
    decimals = f"{rest:09d}".rstrip("0")
    return ("-" if raw < 0 else "") + (f"{whole}.{decimals}" if decimals else str(whole))


def format_utc(ts_ns: int) -> str:
    """Return a time in UTC, to the nanosecond: ``2024-05-08 00:00:00.059699395 UTC``; "-" for 0."""
    if ts_ns == 0:
        return "-"
    seconds, ns = divmod(ts_ns, 1_000_000_000)
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{ns:09d} UTC"
