"""The market-by-order record, as Databento defines it, and its words.

Field meanings follow the DBN standard: prices are integers of 1e-9, times are UNIX nanoseconds.
``MBO_DTYPE`` is our own constant: the client library keeps a mutable list of the same fields and
changes it at run time.
"""

from typing import Final

import numpy as np

MBO_DTYPE: Final = np.dtype(
    [
        ("length", "u1"),  # of the record, in 32-bit words: 14
        ("rtype", "u1"),  # 160
        ("publisher_id", "<u2"),
        ("instrument_id", "<u4"),
        ("ts_event", "<u8"),  # ns since the UNIX epoch, by the venue's clock
        ("order_id", "<u8"),
        ("price", "<i8"),  # 1e-9
        ("size", "<u4"),
        ("flags", "u1"),
        ("channel_id", "u1"),
        ("action", "S1"),
        ("side", "S1"),
        ("ts_recv", "<u8"),  # ns since the UNIX epoch, by Databento's clock
        ("ts_in_delta", "<i4"),  # ns
        ("sequence", "<u4"),
    ]
)

MBO_RTYPE: Final = 160
MBO_LENGTH_WORDS: Final = 14

# Flags are bits; a record often carries several.
F_LAST: Final = 128  # last record of the event for this instrument
F_TOB: Final = 64  # top-of-book record, not market-by-order
F_SNAPSHOT: Final = 32
F_MBP: Final = 16  # aggregated price level, not market-by-order
F_BAD_TS_RECV: Final = 8
F_MAYBE_BAD_BOOK: Final = 4  # unrecoverable gap upstream

UNDEF_PRICE: Final = 2**63 - 1
UNDEF_TIMESTAMP: Final = 2**64 - 1

PRICE_SCALE: Final = 1_000_000_000  # raw price units in one currency unit

ACTIONS: Final = {
    "A": "add",
    "C": "cancel",
    "M": "modify",
    "F": "fill",
    "T": "trade",
    "R": "clear",
    "N": "none",
}
SIDES: Final = {"B": "bid", "A": "ask", "N": "none"}
