"""The text report on a file."""

from dataclasses import replace
from pathlib import Path

import pytest

from vpdesk.figures import GROUP_SPACE
from vpdesk.info import describe, format_price, format_utc
from vpdesk.sources.facts import FileFacts, InstrumentFacts, TickSize

BUSY = InstrumentFacts(
    publisher_id=1,
    instrument_id=5602,
    symbol="ESM4",
    n_records=13_796,
    first_ts_ns=1_715_126_400_059_699_395,
    last_ts_ns=1_715_126_401_995_601_491,
    has_snapshot=True,
    starts_mid_book=False,
    tick=TickSize(250_000_000, "definition", True),
    ids_by_file=((5602,),),
)
QUIET = replace(
    BUSY,
    instrument_id=99,
    symbol="",
    n_records=3,
    first_ts_ns=0,
    starts_mid_book=True,
    tick=TickSize(5_000_000, "inferred", False),
)
FACTS = FileFacts(
    paths=(Path("es.dbn.zst"),),
    dataset="GLBX.MDP3",
    dbn_versions=(1,),
    is_mixed=False,
    has_ts_out=False,
    n_records=13_799,
    instruments=(BUSY, QUIET),
    problem="",
    content_id="b33a8f45",
)


def test_a_file_is_described_in_aligned_plain_text() -> None:
    assert describe(FACTS).replace(GROUP_SPACE, " ") == (
        """\
file         es.dbn.zst
dataset      GLBX.MDP3
schema       mbo
DBN version  1
records      13 799 market-by-order
from         2024-05-08 00:00:00.059699395 UTC
to           2024-05-08 00:00:01.995601491 UTC
content id   b33a8f45

Instruments, busiest first (2):

symbol  publisher    id  records  tick size                                                book at the start
ESM4            1  5602   13 796       0.25  from its definition record                    from a snapshot
-               1    99        3      0.005  inferred from the prices, too few to be sure  unknown: the data begin in mid-session
"""  # noqa: E501
    )


def test_problems_mixtures_and_send_times_are_told() -> None:
    text = describe(replace(FACTS, is_mixed=True, has_ts_out=True, problem="the file is cut short"))
    assert "schema       mixed, with mbo records (a live recording), with ts_out\n" in text
    assert "problem      the file is cut short\n" in text


@pytest.mark.parametrize(
    ("raw", "text"),
    [(250_000_000, "0.25"), (1_000_000_000, "1"), (-15_625_000, "-0.015625"), (1, "0.000000001"), (0, "0")],
)
def test_prices_are_written_without_rounding(raw: int, text: str) -> None:
    assert format_price(raw) == text


def test_times_are_written_to_the_nanosecond() -> None:
    assert format_utc(1_715_126_400_000_000_001) == "2024-05-08 00:00:00.000000001 UTC"
    assert format_utc(2**63 - 1) == "2262-04-11 23:47:16.854775807 UTC"
    assert format_utc(0) == "-"
