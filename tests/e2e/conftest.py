"""A file of a market, for every test of the whole program."""

from pathlib import Path

import pytest

from vpdesk.sources.simulator import write_session


@pytest.fixture(scope="session")
def market_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("market") / "market.dbn.zst"
    write_session(path, 20.0, seed=3)
    return path
