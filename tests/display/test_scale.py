import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpdesk.display.scale import KINDS, LARGEST_BOUND, LEAST_KNEE, Scale, fit, scale_ticks

bounds = st.floats(0.01, 1e7)


@pytest.mark.parametrize("kind", KINDS)
@given(high=bounds, share=st.floats(0.02, 1))
def test_value_undoes_place_on_a_signed_scale(kind: str, high: float, share: float) -> None:
    scale = Scale.of(kind, -high, high, is_signed=True)
    for value in (share * high, -share * high):
        assert float(scale.value(np.asarray(scale.place(value)))) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_zero_is_the_middle_of_a_signed_scale_and_its_bounds_are_the_ends(kind: str) -> None:
    scale = Scale.of(kind, -20.0, 300.0, is_signed=True)
    assert scale.place(np.array([-20.0, 0.0, 300.0])).tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("kind", KINDS)
def test_places_never_fall_where_values_rise(kind: str) -> None:
    values = np.linspace(-500, 500, 4001)
    for is_signed, low in ((True, -100.0), (False, 1.0)):
        places = Scale.of(kind, low, 100.0, is_signed=is_signed).place(values)
        assert (np.diff(places) >= 0).all()


@pytest.mark.parametrize(
    ("kind", "low", "high", "is_signed"),
    [("cube", 0, 1, False), ("asinh", 1, 1, False), ("asinh", 0, 5, True), ("log", 0, float("nan"), False)],
)
def test_a_scale_that_maps_nothing_is_refused(kind: str, low: float, high: float, is_signed: bool) -> None:
    with pytest.raises(ValueError, match="scale"):
        Scale.of(kind, low, high, is_signed)


def test_a_fit_is_not_moved_by_one_freak_value() -> None:
    values = np.random.default_rng(1).lognormal(1, 1, 50_000)
    freak = np.append(values, 1e9)
    calm, startled = fit("asinh", values, False), fit("asinh", freak, False)
    assert calm is not None
    assert startled is not None
    assert startled.high == pytest.approx(calm.high, rel=0.05)


def test_a_fit_finds_nothing_where_all_is_zero_or_absent() -> None:
    assert fit("asinh", np.array([0.0, np.nan, np.inf, 0.0]), True) is None


@pytest.mark.parametrize("kind", KINDS)
def test_ticks_are_round_and_keep_their_distance(kind: str) -> None:
    scale = Scale.of(kind, -420.0, 420.0, is_signed=True)
    ticks = scale_ticks(scale, 0, 1, 12)
    places = scale.place(np.array(ticks))
    assert 4 <= len(ticks) <= 14
    assert (np.diff(places) >= 1 / 13).all()
    assert all(f"{abs(tick):.0e}"[0] in "0125" or kind == "linear" for tick in ticks)


@pytest.mark.parametrize("kind", ["asinh", "linear"])
def test_a_scale_that_begins_at_zero_says_so(kind: str) -> None:
    assert 0.0 in scale_ticks(Scale(kind, 0.0, 11.0, 2.75, False), 0, 1, 10)


def test_a_log_scale_below_its_knee_is_flat_and_not_an_error() -> None:
    assert np.isfinite(Scale("log", 0.1, 1.0, 5.0, False).place(np.array([0.0, 0.5, 1.0]))).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_signed", [True, False])
@pytest.mark.parametrize("knee", [LEAST_KNEE, 1.0, LARGEST_BOUND])
@pytest.mark.parametrize("reach", [1e-9, 1.0, LARGEST_BOUND])
def test_every_scale_that_is_allowed_can_be_drawn(
    kind: str, is_signed: bool, knee: float, reach: float
) -> None:
    scale = Scale(kind, -reach if is_signed else 0.0, reach, knee, is_signed)
    places = np.linspace(-0.06, 1.06, 50)
    assert np.isfinite(scale.value(places)).all()
    assert np.isfinite(scale.place(np.array([0.0, reach, 3.4e38]))).all()
    assert len(scale_ticks(scale, 0.0, 1.0, 8)) <= 20


@pytest.mark.parametrize(
    ("low", "high", "knee"),
    [(0, 2e15, 1), (-2e15, 1, 1), (0, 1, LEAST_KNEE / 2), (0, np.nan, 1), (0, 1, np.nan)],
)
def test_a_scale_beyond_what_can_be_drawn_is_refused(low: float, high: float, knee: float) -> None:
    with pytest.raises(ValueError, match="bounds"):
        Scale("asinh", low, high, knee, is_signed=False)
