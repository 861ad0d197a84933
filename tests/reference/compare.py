"""When two grids are the same: integers exactly, floats within rounding of what they were computed from."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams

RTOL = 1e-9
ATOL = 1e-12

ARRAY_FIELDS = tuple(field.name for field in fields(Grid) if "ndarray" in str(field.type))
FLOAT_FIELDS = tuple(field.name for field in fields(Grid) if "float64" in str(field.type))
SCALAR_FIELDS = tuple(
    field.name for field in fields(Grid) if field.name not in ARRAY_FIELDS and field.name != "mid"
)


def assert_same_grid(actual: Grid, expected: Grid, params: EngineParams) -> None:
    """Compare the engine's grid with the twin's."""
    for name in SCALAR_FIELDS:
        assert getattr(actual, name) == getattr(expected, name), name
    if expected.mid is None:
        assert actual.mid is None
    else:
        np.testing.assert_allclose(actual.mid, expected.mid, rtol=1e-12)
    for name in ARRAY_FIELDS:
        theirs, ours = getattr(actual, name), getattr(expected, name)
        assert theirs.dtype == ours.dtype, name
        assert theirs.shape == ours.shape, name
        if name not in FLOAT_FIELDS:
            np.testing.assert_array_equal(theirs, ours, err_msg=name)
            continue
        excess = np.abs(theirs - ours) - (RTOL * np.abs(ours) + ATOL * rounding_scale(name, expected, params))
        assert np.all(excess <= 0), f"{name}: {theirs[excess > 0]} is not {ours[excess > 0]}"


def rounding_scale(name: str, grid: Grid, params: EngineParams) -> NDArray[np.float64]:
    """Return the size of the terms whose differences make up field ``name``, per bucket; at least 1."""
    tau = params.tau_s
    terms = np.zeros(grid.k.shape)
    for flow in ("add", "pull", "fill"):
        terms += np.abs(getattr(grid, f"v_{flow}"))
        terms += np.abs(getattr(grid, f"a_{flow}")) * tau
        terms += np.abs(getattr(grid, f"j_{flow}")) * tau**2
    weighted = terms * max(1.0, *params.weights.values())
    if name == "resistance":
        return 1 + np.log1p(grid.bid_depth + grid.ask_depth) * (1 + terms * tau)
    if name == "force":
        return 1 + weighted / (grid.pressure + grid.vacuum + params.force_floor)
    if name in ("pressure", "vacuum"):
        return 1 + weighted
    return 1 + terms / tau ** "vaj".index(name[0])


def bits(grid: Grid, index: int) -> bytes:
    """Return every bit that belongs to one bucket; its k is not among them."""
    return b"".join(getattr(grid, name)[index].tobytes() for name in ARRAY_FIELDS if name != "k")


def assert_dense_and_finite(grid: Grid, half_width: int) -> None:
    """Hold G2 and G3: every k once, in order, and every value finite and in its range."""
    np.testing.assert_array_equal(grid.k, np.arange(-half_width, half_width + 1))
    for name in ARRAY_FIELDS:
        values = getattr(grid, name)
        assert values.shape == grid.k.shape, name
        assert np.all(np.isfinite(values)), name
    for name in ("pressure", "vacuum", "bid_depth", "ask_depth", "added", "pulled", "filled"):
        assert np.all(getattr(grid, name) >= 0), name
    assert np.all(np.abs(grid.force) < 1)
