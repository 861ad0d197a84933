"""Real markets: the vendor's own book as truth for engine and twin, then the one against the other."""

import csv
import io
import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import zstandard

from tests.factories import Records, one_by_one
from tests.realdata import DATA, needs_data
from tests.reference.compare import assert_dense_and_finite, assert_same_grid
from tests.reference.dbn import read_mbo
from tests.reference.engine import ReferenceEngine
from vpdesk.core.engine import Engine
from vpdesk.core.events import F_LAST, PRICE_SCALE
from vpdesk.core.params import EngineParams

pytestmark = needs_data

CENT = 10_000_000
CL = "cl-clx5-2h30-no-snapshot.mbo.dbn"
ES = "es-esm4-2s-snapshot.mbo.dbn.zst"
ARL = "xnas-arl-day.mbo.dbn.zst"
AMZN = "nasdaq-amzn-day.mbo.dbn.zst"
TICK_SIZES = {CL: CENT, ES: 250_000_000, ARL: CENT, AMZN: CENT}

AnyEngine = Engine | ReferenceEngine
both = pytest.mark.parametrize("make_engine", [Engine, ReferenceEngine], ids=["engine", "twin"])


def read(name: str) -> Records:
    assert DATA is not None
    return read_mbo(DATA / name)


def truth_rows() -> list[dict[str, str]]:
    assert DATA is not None
    with (DATA / "xnas-arl-day.mbp10-truth.csv.zst").open("rb") as file:
        text = zstandard.ZstdDecompressor().stream_reader(file).read().decode()
    return list(csv.DictReader(io.StringIO(text)))


def levels_of(row: dict[str, str], side: str) -> list[tuple[int, int, int]]:
    """Return the truth's levels as the engine gives them: (price_raw, size, count), best first."""
    levels = []
    for n in range(10):
        price = row[f"{side}_px_{n:02}"]
        if price:
            raw = round(float(price) * PRICE_SCALE)
            levels.append((raw, int(row[f"{side}_sz_{n:02}"]), int(row[f"{side}_ct_{n:02}"])))
    return levels


@both
def test_ten_levels_equal_the_vendors_book_after_every_record_of_a_day(
    make_engine: Callable[[EngineParams], AnyEngine],
) -> None:
    """The truth has a row for each record that concerns its ten levels; the others must leave them alone.

    Of an execution (T, F, C) it has one row, for the T, that shows the book after the C.
    """
    rows = truth_rows()
    assert len(rows) == 3_928
    engine = make_engine(EngineParams(tick_size=CENT))
    records = read(ARL)
    n_matched = 0
    for record, following in pairwise([*one_by_one(records), records[:1]]):
        engine.feed(record)
        if n_matched < len(rows) and is_row_of(rows[n_matched], record[0]):
            n_matched += 1
        if is_inside_execution(record[0], following[0]):
            continue
        row = rows[n_matched - 1]
        assert engine.levels("B", 10) == levels_of(row, "bid"), row
        assert engine.levels("A", 10) == levels_of(row, "ask"), row
    assert n_matched == len(rows)


def is_inside_execution(record: Any, following: Any) -> bool:
    """Tell whether the C of this execution is still to come."""
    is_same = record["sequence"] == following["sequence"]
    return bool(is_same and record["action"] in (b"T", b"F") and following["action"] in (b"F", b"C"))


def is_row_of(row: dict[str, str], record: Any) -> bool:
    return (
        int(row["sequence"]) == record["sequence"]
        and row["action"].encode() == record["action"]
        and int(row["order_id"]) == record["order_id"]
        and int(row["size"]) == record["size"]
    )


def edge_cases() -> list[dict[str, Any]]:
    if DATA is None:
        return []
    cases: list[dict[str, Any]] = json.loads((DATA / "edge_cases.json").read_text())["cases"]
    return cases


def assert_state(engine: AnyEngine, case: dict[str, Any], when: str) -> None:
    for order_id, order in case[f"orders_{when}"].items():
        found = engine.order(int(order_id))
        assert found == (None if order is None else tuple(order)), (when, order_id)
    for key, expected in case[f"levels_{when}"].items():
        side, price = key.split("|")
        levels = {level[0]: list(level[1:]) for level in engine.levels(side, 100_000)}
        assert levels.get(int(price), [0, 0]) == expected, (when, key)
    grid = engine.grid()
    assert [grid.best_bid, grid.best_ask] == case[f"best_{when}"], when


@both
@pytest.mark.parametrize("name", [CL, ARL])
def test_every_real_edge_case_leaves_the_orders_levels_and_best_prices_that_it_should(
    name: str, make_engine: Callable[[EngineParams], AnyEngine]
) -> None:
    cases = [case for case in edge_cases() if case["file"] == name]
    assert len(cases) >= 10
    records = read(name)
    engine = make_engine(EngineParams(tick_size=CENT))
    fed = 0
    for case in sorted(cases, key=lambda case: int(case["first_record"])):
        assert case["first_record"] >= fed, "the groups do not overlap"
        engine.feed(records[fed : case["first_record"]])
        assert_state(engine, case, "before")
        fed = case["last_record"] + 1
        engine.feed(records[case["first_record"] : fed])
        assert_state(engine, case, "after")


@pytest.mark.parametrize("name", [CL, ES, ARL, AMZN])
def test_a_whole_real_stream_equals_the_twin_at_every_cut(name: str) -> None:
    params = EngineParams(tick_size=TICK_SIZES[name])
    records = read(name)[:40_000]
    engine, twin = Engine(params), ReferenceEngine(params)
    for begin, end in pairwise([*range(0, len(records), 500), len(records)]):
        engine.feed(records[begin:end])
        twin.feed(records[begin:end])
        assert_same_grid(engine.grid(), twin.grid(), params)
        assert engine.levels("B", 20) == twin.levels("B", 20)
        assert engine.levels("A", 20) == twin.levels("A", 20)
    for anomaly in ("duplicate_add", "unknown_modify", "unknown_cancel", "oversize_cancel"):
        assert engine.anomalies.get(anomaly, 0) == twin.anomalies[anomaly]


@pytest.mark.parametrize("name", [CL, ES, ARL])
def test_a_real_stream_gives_a_dense_finite_grid_after_every_event(name: str) -> None:
    engine = Engine(EngineParams(tick_size=TICK_SIZES[name], half_width=10))
    for event_id, record in enumerate(one_by_one(read(name)[:20_000]), start=1):
        engine.feed(record)
        grid = engine.grid()
        assert grid.event_id == event_id
        assert (grid.last_event_id == event_id).any()
        if event_id % 50 == 0:
            assert_dense_and_finite(grid, 10)


def test_a_real_day_gives_one_digest_in_any_batching_and_from_any_saved_state() -> None:
    params = EngineParams(tick_size=CENT)
    records = read(AMZN)
    whole = Engine(params)
    whole.feed(records)
    cut = Engine(params)
    rng = np.random.default_rng(11)
    for batch in np.split(records, np.sort(rng.integers(0, len(records), 40))):
        cut = Engine.restore(cut.save())
        cut.feed(batch)
    assert cut.digest() == whole.digest()


def test_the_files_show_what_their_readme_says_of_them() -> None:
    cl, es = Engine(EngineParams(tick_size=CENT)), Engine(EngineParams(tick_size=250_000_000))
    cl.feed(read(CL))
    assert cl.anomalies["unknown_cancel"] == 1_224
    assert cl.anomalies["unknown_modify"] == 216
    assert cl.grid().book_state == "partial"
    records = read(ES)
    es.feed(records[:13_600])
    assert es.grid().book_state == "snapshot"
    assert es.grid().spot_tick is None
    es.feed(records[13_600:13_601])
    assert records["flags"][13_600] & F_LAST
    assert es.grid().book_state == "valid"
    assert es.grid().spot_tick is not None
