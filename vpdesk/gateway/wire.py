"""The live protocol's words: control lines of text, then DBN records that are no orders."""

import hashlib
import hmac
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import databento_dbn as dbn
from databento_dbn import ErrorCode, InstrumentClass, SecurityUpdateAction, SystemCode

from vpdesk.core.events import PRICE_SCALE, UNDEF_TIMESTAMP
from vpdesk.sources.feed import InstrumentKey

VERSION_LINE: Final = b"lsg_version=0.7.2\n"
_DBN_VERSION: Final = 3
_ALL_SYMBOLS: Final = "ALL_SYMBOLS"


@dataclass(frozen=True, slots=True)
class ServedInstrument:
    """One instrument of the tape; ``tick_size`` in raw price units (1e-9), None if unknown."""

    key: InstrumentKey
    symbol: str
    tick_size: int | None = None

    def answers_to(self, asked: str, stype_in: str) -> bool:
        """Whether a subscription for ``asked`` means this instrument.

        A tape holds few instruments, so a parent (ES.FUT) or continuous (ES.c.0) symbol means each one
        that begins with its root.
        """
        if asked in (_ALL_SYMBOLS, self.symbol):
            return True
        if stype_in == "instrument_id":
            return asked == str(self.key.instrument_id)
        if stype_in in ("parent", "continuous"):
            return self.symbol.startswith(asked.split(".")[0])
        return False


def parse_line(line: bytes) -> dict[str, str]:
    """Read a control line ``a=1|b=2``; what cannot be read is left out."""
    pairs = (part.partition("=") for part in line.decode("utf-8", "replace").strip().split("|"))
    return {name: value for name, _, value in pairs}


def is_right_answer(answer: str, challenge: str, key: str | None) -> bool:
    """Check a login; with ``key`` None any answer of the right form will do."""
    digest, _, bucket = answer.partition("-")
    if key is None:
        return len(digest) == hashlib.sha256().digest_size * 2 and len(bucket) == 5
    expected = hashlib.sha256(f"{challenge}|{key}".encode()).hexdigest()
    return hmac.compare_digest(answer, f"{expected}-{key[-5:]}")


def metadata(dataset: str) -> bytes:
    """Encode the header of a live stream: any schema, any symbols."""
    header = dbn.Metadata(
        dataset=dataset,
        start=time.time_ns(),
        stype_in=None,
        stype_out=dbn.SType("instrument_id"),
        schema=None,
        version=_DBN_VERSION,
    )
    return bytes(header)


def acknowledgement(subscription: dict[str, str]) -> bytes:
    """Encode the gateway's word that it took a subscription."""
    words = (
        f"Subscription request {subscription.get('id', '0')} for {subscription.get('schema')} data succeeded"
    )
    return bytes(dbn.SystemMsg(time.time_ns(), words, SystemCode.from_int(SystemCode.SUBSCRIPTION_ACK)))


def heartbeat() -> bytes:
    """Encode a heartbeat."""
    return bytes(dbn.SystemMsg(time.time_ns(), "Heartbeat", SystemCode.from_int(SystemCode.HEARTBEAT)))


def error(words: str, code: int) -> bytes:
    """Encode an error message."""
    return bytes(dbn.ErrorMsg(time.time_ns(), words, True, ErrorCode.from_int(code)))


def unknown_symbols(symbols: Iterable[str]) -> bytes:
    """Encode the error for symbols that match nothing."""
    return error(f"Failed to resolve symbol: {', '.join(symbols)}", int(ErrorCode.SYMBOL_RESOLUTION_FAILED))


def mapping(instrument: ServedInstrument, asked: str, stype_in: str) -> bytes:
    """Encode what a symbol was resolved to."""
    message = dbn.SymbolMappingMsg(
        publisher_id=instrument.key.publisher_id,
        instrument_id=instrument.key.instrument_id,
        ts_event=time.time_ns(),
        stype_in=dbn.SType(stype_in),
        stype_in_symbol=asked,
        stype_out=dbn.SType("raw_symbol"),
        stype_out_symbol=instrument.symbol,
        start_ts=UNDEF_TIMESTAMP,
        end_ts=UNDEF_TIMESTAMP,
    )
    return bytes(message)


def definition(instrument: ServedInstrument) -> bytes:
    """Encode the definition of an instrument whose tick size is known; the rest is left undefined."""
    assert instrument.tick_size is not None
    now_ns = time.time_ns()
    message = dbn.InstrumentDefMsg(
        publisher_id=instrument.key.publisher_id,
        instrument_id=instrument.key.instrument_id,
        ts_event=now_ns,
        ts_recv=now_ns,
        min_price_increment=instrument.tick_size,
        display_factor=PRICE_SCALE,
        raw_symbol=instrument.symbol,
        asset="",
        security_type="",
        instrument_class=InstrumentClass("F"),
        security_update_action=SecurityUpdateAction("A"),
    )
    return bytes(message)
