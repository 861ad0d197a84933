"""The programs that README shows for a notebook, run as they stand there."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vpdesk.core.params import EngineParams
from vpdesk.export.table_file import ColumnRange
from vpdesk.export.writer import export_columns
from vpdesk.sources.cache import Cache
from vpdesk.sources.tape import open_tape

ROOT = Path(__file__).resolve().parent.parent
S = 10**9


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run every program of the section, one after the other, on a minute of the simulated session."""
    tape = open_tape(ROOT / "resources" / "demo.mbo.dbn.zst", cache=Cache(tmp_path / "cache"), wait=True)
    params = EngineParams(tape.instrument.tick.raw, half_width=30)
    first_ns = tape.instrument.first_ts_ns
    minute = ColumnRange(first_ns + 120 * S, first_ns + 180 * S)
    export_columns(tape, params, tmp_path / "OUT.parquet", columns=minute)
    tape.close()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("### The field in a notebook")[1].split("\n## ")[0]
    programs = re.findall(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert len(programs) == 2
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "matplotlib"))
    names: dict[str, Any] = {}
    for program in programs:
        exec(compile(program, "README.md", "exec"), names)
    names["plt"].close("all")
    return names


def test_the_notebook_of_the_readme_runs_and_draws_the_field(notebook: dict[str, Any]) -> None:
    table, net, field = notebook["table"], notebook["net"], notebook["field"]
    assert net.shape == (table.num_rows, 61)
    valid = table["spot_price"].is_valid().to_numpy()
    assert np.isfinite(field).sum(axis=0)[valid].tolist() == [61] * int(valid.sum())
    assert np.nansum(field[:, valid]) == pytest.approx(float(net[valid].sum()), rel=1e-3)
    picture = notebook["plt"].imread("OUT.png")
    assert picture.shape == (600, 1200, 4)
    assert len(np.unique(picture[:, :, :3].reshape(-1, 3), axis=0)) > 200  # a field, not a blank
    summary = notebook["summary"]
    assert summary.columns == ["start_ns", "drive", "volume_buy", "volume_sell", "pressed_price"]
    assert 5 <= len(summary) <= 7
    mids = table["mid"].drop_null().to_numpy()
    reach = 31 * notebook["about"]["params"]["tick_size"] / 1e9
    assert summary["pressed_price"].is_between(mids.min() - reach, mids.max() + reach).all()
