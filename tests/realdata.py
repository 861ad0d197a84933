"""Where the real order-by-order files are: never part of the project, so tests skip where they are absent."""

import os
from pathlib import Path

import pytest

_CANDIDATES = (
    Path(os.environ["VPDESK_TEST_DATA"]) if "VPDESK_TEST_DATA" in os.environ else None,
    Path(__file__).resolve().parents[2] / "shared" / "data",
)

DATA: Path | None = next((path for path in _CANDIDATES if path is not None and path.is_dir()), None)

needs_data = pytest.mark.skipif(
    DATA is None, reason="real market files absent: set VPDESK_TEST_DATA to their folder"
)
