"""A cell's report in words and numbers: what adds up to its colour, and its last events."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from vpdesk.core.cell_report import CellReport, PriceEvent, Term
from vpdesk.display.reading import CellReading
from vpdesk.display.text import MINUS, age_text, moment_text, number_text, price_text

# Each term in plain words, and what its weight multiplies.
TERM_WORDS: Final = {
    "v_add": ("adding", "v_add"),
    "v_build": ("net building", f"max(v_add {MINUS} v_pull {MINUS} v_fill, 0)"),
    "a_add": ("adding faster", "τ · max(a_add, 0)"),
    "j_add": ("adding in bursts", "τ² · max(j_add, 0)"),
    "v_pull": ("pulling", "v_pull"),
    "v_fill": ("filling", "v_fill"),
    "v_erode": ("net eroding", f"max(v_pull + v_fill {MINUS} v_add, 0)"),
    "a_drain": ("draining faster", "τ · max(a_pull + a_fill, 0)"),
    "j_drain": ("draining in bursts", "τ² · max(j_pull + j_fill, 0)"),
}
_TIMES: Final = "\N{MULTIPLICATION SIGN}"
_FADED: Final = 1e-3  # quantity / s; forces below it are as good as none
_STALE_TAUS: Final = 2.0  # a shade older than this is worth a word


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term as a labelled bar.

    ``product`` is weight times flow in figures, ``formula`` in names; ``start`` and ``share`` are where the
    bar stands in the stack of its force, and how long it is, as parts of the scale.
    """

    name: str
    title: str
    formula: str
    product: str
    value: str
    start: float
    share: float


def force_scale(report: CellReport) -> float:
    """Return the quantity / s that fills a bar: the larger force, so that both share one scale."""
    return max(report.pressure, report.vacuum, _FADED)


def term_rows(terms: tuple[Term, ...], scale: float) -> tuple[TermRow, ...]:
    """Return the rows of a force, in the order of its formula, each starting where the one before ends."""
    rows = []
    start = 0.0
    for term in terms:
        title, formula = TERM_WORDS[term.name]
        share = term.value / scale
        product = f"{term.weight:g} {_TIMES} {number_text(term.flow)}"
        rows.append(TermRow(term.name, title, formula, product, number_text(term.value), start, share))
        start += share
    return tuple(rows)


def layer_value(report: CellReport, layer: str) -> float | None:
    """Return what a layer shows of the cell; None for the age of a cell never touched."""
    values = {
        "net": report.net,
        "balance": report.force,
        "pressure": report.pressure,
        "vacuum": report.vacuum,
        "resistance": report.resistance,
        "depth": float(report.depth),
        "age": report.age_s,
    }
    return values[layer]


def verdict(report: CellReport, layer: str, unit: str) -> str:
    """Return why the cell has its colour in a layer, in one or two sentences; ``unit`` of quantity."""
    pressure, vacuum = number_text(report.pressure), number_text(report.vacuum)
    match layer:
        case "depth":
            bid, ask = number_text(report.bid_depth), number_text(report.ask_depth)
            return f"{number_text(report.depth)} {unit} rest here: {bid} bid, {ask} ask."
        case "age":
            return (
                "Never touched." if report.age_s is None else f"Last touched {age_text(report.age_s)} before."
            )
        case "resistance":
            depth, flow = number_text(report.depth_factor), number_text(report.flow_factor)
            factors = f"{depth} for depth {_TIMES} {flow} for flow"
            return f"Resistance {number_text(report.resistance)} = {factors}."
    if report.pressure == report.vacuum == 0.0:
        return "No flow has reached this price since it came into the band."
    if max(report.pressure, report.vacuum) < _FADED:
        return "What once flowed here had faded when the cell was last touched." + _stale(report)
    match layer:
        case "pressure":
            reason = f"Pressure {pressure} {unit}/s{_mostly(report.pressure_terms)}."
        case "vacuum":
            reason = f"Vacuum {vacuum} {unit}/s{_mostly(report.vacuum_terms)}."
        case "balance":
            floor = number_text(report.params.force_floor)
            quotient = f"({pressure} {MINUS} {vacuum}) / ({pressure} + {vacuum} + {floor})"
            reason = f"Balance {number_text(report.force)} = {quotient}."
        case _ if report.net >= 0:
            reason = f"Building: pressure {pressure} over vacuum {vacuum}{_mostly(report.pressure_terms)}."
        case _:
            reason = f"Draining: vacuum {vacuum} over pressure {pressure}{_mostly(report.vacuum_terms)}."
    return reason + _stale(report)


def _mostly(terms: tuple[Term, ...]) -> str:
    largest = max(terms, key=lambda term: term.value)
    if largest.value == 0.0:
        return ""
    share = largest.value / sum(term.value for term in terms)
    return f", {share:.0%} of it {TERM_WORDS[largest.name][0]}"


def _stale(report: CellReport) -> str:
    age_s = report.age_s
    if age_s is None or age_s < _STALE_TAUS * report.params.tau_s:
        return ""
    return f" The shade is {age_text(age_s)} old: nothing has touched the cell since."


def remarks(reading: CellReading) -> str:
    """Return what to bear in mind about the time of a cell's column, in sentences; "" for nothing."""
    said = []
    if reading.is_after_break:
        said.append("A long silence was cut out before this column.")
    if reading.is_idle:
        said.append("No event fell into this column: it shows what was there before.")
    return " ".join(said)


def before_text(event: PriceEvent, clock_ns: int) -> str:
    """Write how long before a moment an event happened."""
    if event.ts_event is None:
        return "no time"
    return age_text(max(0, clock_ns - event.ts_event) * 1e-9)


def report_text(report: CellReport, unit: str, zone: tzinfo | None) -> str:
    """Return a report as lines of text to be copied: every number to nine digits."""
    params = report.params
    last_price = price_text(report.tick + params.ticks_per_bucket - 1, params.tick_size)
    price = price_text(report.tick, params.tick_size)
    lines = [
        f"Price {price}" + (f" to {last_price}" if params.ticks_per_bucket > 1 else ""),
        f"k {report.k:+d}",
        f"After event {report.event_id}, {moment_text(report.clock_ns, zone)}",
        f"Net {_exact(report.net)} {unit}/s",
        f"Pressure {_exact(report.pressure)} {unit}/s",
        *_term_lines(report.pressure_terms),
        f"Vacuum {_exact(report.vacuum)} {unit}/s",
        *_term_lines(report.vacuum_terms),
        f"Resistance {_exact(report.resistance)} = {_exact(report.depth_factor)} (depth) {_TIMES} "
        f"{_exact(report.flow_factor)} (flow)",
        f"Force {_exact(report.force)}",
        f"Bid depth {report.bid_depth}, ask depth {report.ask_depth}",
        f"Since in the band: added {report.added}, pulled {report.pulled}, filled {report.filled}",
        *(
            f"{flow.name}: v {_exact(flow.v)} /s, a {_exact(flow.a)} /s², j {_exact(flow.j)} /s³"
            for flow in report.flows
        ),
        f"tau {params.tau_s:g} s, floor {params.force_floor:g} {unit}/s",
        f"Last touched by event {report.last_event_id}, {age_text(report.age_s)} before"
        if report.last_event_id
        else "Never touched",
    ]
    lines += [
        f"{event.event_id}\t{_time(event, zone)}\t{event_words(event)}" for event in report.events[::-1]
    ]
    return "\n".join(lines)


def event_words(event: PriceEvent) -> str:
    """Return an event in words, and why it is listed if its price does not say so."""
    return (
        f"{event.words} - named no price in view, so counted at k = 0" if event.is_elsewhere else event.words
    )


def _term_lines(terms: tuple[Term, ...]) -> list[str]:
    return [
        f"  {TERM_WORDS[term.name][0]}: {term.weight:g} {_TIMES} {TERM_WORDS[term.name][1]} = "
        f"{term.weight:g} {_TIMES} {_exact(term.flow)} = {_exact(term.value)}"
        for term in terms
    ]


def _exact(value: float) -> str:
    return f"{value:.9g}"


def _time(event: PriceEvent, zone: tzinfo | None) -> str:
    return "no time" if event.ts_event is None else moment_text(event.ts_event, zone)
