"""What a picture says about itself: where its data came from, which moment it shows, what its colours mean.

The same words stand in the metadata of every picture, whether the window or the command line wrote it.
"""

import json
from dataclasses import dataclass
from datetime import UTC

import numpy as np
from numpy.typing import NDArray

from vpdesk import __version__
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import BOOK_STATE_SHIFT, BOOK_STATES, H_CLOCK_NS, H_EVENT_ID, H_FLAGS, GridRing
from vpdesk.display.column_times import time_of_column
from vpdesk.display.layers import Layer
from vpdesk.display.scale import Scale
from vpdesk.display.text import MINUS, moment_text, price_text
from vpdesk.figures import grouped
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import SessionState, SessionStatus
from vpdesk.ui.field.annotation import FieldFrame
from vpdesk.ui.parts.words import quantity_unit


@dataclass(frozen=True)
class Shown:
    """What a chart shows: the frame that was painted, and how its values became colours."""

    frame: FieldFrame
    layer: Layer
    scale: Scale


def provenance(
    facts: SessionFacts, params: EngineParams, status: SessionStatus, shown: Shown
) -> dict[str, str]:
    """Return what to write into a picture, by PNG keyword.

    The event, the time and the digest are those of the newest column in the picture. A digest is given only
    if it is known to be of that very event.
    """
    unit = shown.layer.unit.format(quantity=quantity_unit(facts.dataset))
    texts = {
        "Software": f"vpdesk {__version__}",
        "Title": facts.title,
        "Data": _kind(facts),
        "Source": facts.content_id or facts.title,
        "Instrument": _instrument(facts),
        "Parameters": json.dumps(params.as_dict()),
        "Layer": f"{shown.layer.title}: {shown.layer.meaning}",
        "Scale": _scale_text(shown.scale, unit),
    }
    header = newest_header(shown.frame)
    ring = shown.frame.ring
    if header is None or ring is None:
        return texts | {"Digest": "not taken: nothing is shown"}
    return texts | {
        "Event": str(header[H_EVENT_ID]),
        "Time": moment_text(int(header[H_CLOCK_NS]), UTC),
        "Digest": _digest(status, header),
        "Book": _book(header),
        "Column": _column(ring),
        "VisibleTime": _time_range(ring, shown.frame, header),
        "VisiblePrices": _price_range(ring, shown.frame),
    }


def caption(facts: SessionFacts, params: EngineParams, shown: Shown) -> str:
    """Return a line that says what a chart shows, for a picture that travels alone."""
    unit = shown.layer.unit.format(quantity=quantity_unit(facts.dataset))
    words = [_instrument(facts), *(["simulated"] if facts.is_simulated else [])]
    header = newest_header(shown.frame)
    if header is not None:
        words += [moment_text(int(header[H_CLOCK_NS]), UTC), f"event {grouped(int(header[H_EVENT_ID]))}"]
        words += [] if _book(header) == "valid" else [f"{_book(header)} book"]
    words.append(f"{shown.layer.title}: {shown.layer.meaning}{f', {unit}' if unit else ''}")
    words += [f"τ {params.tau_s:g} s", f"vpdesk {__version__}"]
    return "  ·  ".join(words)


def file_name(facts: SessionFacts, shown: Shown) -> str:
    """Return a name for a picture's file, without a folder."""
    header = newest_header(shown.frame)
    words = [facts.symbol or "vpdesk", shown.layer.name]
    if header is not None:
        date, clock = moment_text(int(header[H_CLOCK_NS]), UTC).split()[:2]
        words[1:1] = [date, clock[:8].replace(":", "-")]
    plain = "".join(letter if letter.isalnum() or letter in "-._ " else "-" for letter in " ".join(words))
    return f"{plain}.png"


def newest_header(frame: FieldFrame) -> NDArray[np.int64] | None:
    """Return the header of the newest column in a frame, fields ``H_*``; None if it shows no column."""
    if frame.ring is None or frame.open_seq < 0:
        return None
    last = frame.viewport.columns[1]
    if last >= frame.open_seq:
        return frame.header
    headers = frame.ring.read(last, last).headers  # closed for good: it is as it was painted
    return headers[0] if len(headers) else None


def _kind(facts: SessionFacts) -> str:
    return "simulated" if facts.is_simulated else "live feed" if facts.is_live else "replayed file"


def _instrument(facts: SessionFacts) -> str:
    return f"{facts.symbol} ({facts.dataset})" if facts.dataset else facts.symbol


def _book(header: NDArray[np.int64]) -> str:
    return BOOK_STATES[int(header[H_FLAGS]) >> BOOK_STATE_SHIFT]


def _column(ring: GridRing) -> str:
    if ring.column_events:
        return f"{ring.column_events} event{'s' if ring.column_events > 1 else ''}"
    return f"{ring.column_ns * 1e-9:g} s"


def _digest(status: SessionStatus, header: NDArray[np.int64]) -> str:
    if status.state is SessionState.PLAYING:
        return "not taken while playing"
    if not status.digest:
        return "not taken: the session does not rest"
    if status.event_id != int(header[H_EVENT_ID]):
        return f"not taken: the session rests at event {status.event_id}, not at the newest one shown"
    return status.digest


def _scale_text(scale: Scale, unit: str) -> str:
    knee = "" if scale.kind == "linear" else f", knee {scale.knee:g}"
    return f"{scale.kind}, {scale.low:g} to {scale.high:g} {unit}".rstrip() + knee


def _time_range(ring: GridRing, frame: FieldFrame, header: NDArray[np.int64]) -> str:
    first = max(frame.viewport.columns[0], ring.span().oldest)
    start_ns = time_of_column(ring, first)
    assert start_ns is not None  # the frame shows a column
    return f"{moment_text(start_ns, UTC)} to {moment_text(int(header[H_CLOCK_NS]), UTC)}"


def _price_range(ring: GridRing, frame: FieldFrame) -> str:
    low, high = frame.viewport.row_at(frame.viewport.height_px - 1), frame.viewport.row_at(0)
    if frame.is_relative:
        return f"k {low:+d} to {high:+d} from the spot"
    per_bucket = ring.ticks_per_bucket
    first, last = low * per_bucket, (high + 1) * per_bucket - 1
    return f"{_price(first, ring)} to {_price(last, ring)}"


def _price(tick: int, ring: GridRing) -> str:
    return price_text(tick, ring.tick_size).replace(MINUS, "-")
