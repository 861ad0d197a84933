import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.export.sessions import straight_run
from tests.factories import T0, TICK, add, cancel, clear, stream, trade
from vpdesk import __version__
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.export.schema import METADATA_KEY, SCHEMA_VERSION, Provenance, record_batch, schema_for

PARAMS = EngineParams(TICK, half_width=3, ticks_per_bucket=2, weights={"v_pull": 2.5})
PROVENANCE = Provenance("XNAS.ITCH", "ARL", "ab" * 16, 10**9, 0)
RECORDS = stream(
    clear(),
    add(1, "B", 999, 5, ts=T0 + 1),
    add(2, "A", 1001, 7, ts=T0 + 2),
    trade("B", 1001, 3, ts=T0 + 3),
    trade("N", 1000, 1, ts=T0 + 4),
    cancel(2, "A", 1001, 7, ts=T0 + 3 * 10**9),
)


@pytest.fixture
def rows() -> list[dict[str, object]]:
    columns, _ = straight_run(RECORDS, PARAMS, 10**9)
    batch = record_batch(
        schema_for(PARAMS, PROVENANCE), PARAMS, columns, np.zeros_like(columns.last_event_id)
    )
    batch.validate(full=True)
    return batch.to_pylist()


def test_the_metadata_hold_all_that_makes_the_columns() -> None:
    facts = json.loads(schema_for(PARAMS, PROVENANCE).metadata[METADATA_KEY])
    assert EngineParams.from_dict(facts.pop("params")) == PARAMS
    assert facts == {
        "schema_version": SCHEMA_VERSION,
        "program": f"vpdesk {__version__}",
        "dataset": "XNAS.ITCH",
        "symbol": "ARL",
        "source": "file",
        "source_content_id": "ab" * 16,
        "recording": "",
        "column_ns": 10**9,
        "column_events": 0,
        "K": 3,
    }


def test_a_grid_can_be_neither_sparse_nor_null() -> None:
    lists = [field for field in schema_for(PARAMS, PROVENANCE) if pa.types.is_fixed_size_list(field.type)]
    assert len(lists) == 8
    for field in lists:
        assert field.type.list_size == 7
        assert not field.nullable
        assert not field.type.value_field.nullable


def test_every_field_says_what_it_means() -> None:
    assert all(field.metadata[b"meaning"] for field in schema_for(PARAMS, PROVENANCE))


def test_prices_are_raw_and_null_where_there_are_none(rows: list[dict[str, object]]) -> None:
    first, *_, last = rows
    prices = ("spot_price", "best_bid", "best_ask", "last_trade")
    assert [first[name] for name in prices] == [1000 * TICK, 999 * TICK, 1001 * TICK, 1000 * TICK]
    assert first["mid"] == 10.0
    assert (last["best_bid"], last["best_ask"], last["mid"]) == (999 * TICK, None, None)
    assert first["price"] == [(500 + k) * 2 * TICK for k in range(-3, 4)]


def test_before_the_first_spot_there_are_no_prices() -> None:
    columns, _ = straight_run(RECORDS[:1], PARAMS, 10**9)
    schema = schema_for(PARAMS, PROVENANCE)
    (row,) = record_batch(schema, PARAMS, columns, np.zeros_like(columns.last_event_id)).to_pylist()
    assert (row["spot_price"], row["best_bid"], row["last_trade"]) == (None, None, None)
    assert row["price"] == Engine(PARAMS).grid().price.tolist() == [0] * 7
    assert row["book_state"] == "empty"


def test_volume_and_flags_are_in_words(rows: list[dict[str, object]]) -> None:
    first, idle, _, last = rows
    assert [first[f"volume_{side}"] for side in ("buy", "sell", "none")] == [3, 0, 1]
    assert [row["is_idle"] for row in rows] == [False, True, True, False]
    assert {row["book_state"] for row in rows} == {"valid"}
    assert (idle["n_events"], last["n_events"]) == (0, 1)
    assert not any(row["is_gap"] or row["is_break"] for row in rows)


def test_the_schema_survives_a_file(tmp_path: Path) -> None:
    schema = schema_for(PARAMS, PROVENANCE)
    path = tmp_path / "some.parquet"
    pq.write_table(schema.empty_table(), path)
    assert pq.read_schema(path).equals(schema, check_metadata=False)
    assert pq.read_schema(path).metadata[METADATA_KEY] == schema.metadata[METADATA_KEY]
