import numpy as np

from vpdesk.display.colours import DARK_SHADES, FADE_LEAST, LIGHT_SHADES, colour_table, fade_table
from vpdesk.display.scale import Scale

GREYS = (np.arange(1024, dtype=np.uint32) // 4 * 0x010101) | np.uint32(0xFF000000)


def index_of(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32).view(np.uint32) >> 16


def test_a_colour_from_the_table_is_within_a_step_of_the_exact_one() -> None:
    rng = np.random.default_rng(3)
    values = (rng.lognormal(1, 2, 20_000) * rng.choice([-1, 1], 20_000)).astype(np.float32)
    for kind in ("asinh", "log", "linear"):
        scale = Scale.of(kind, -80.0, 80.0, is_signed=True)
        looked_up = colour_table(scale, GREYS, DARK_SHADES)[index_of(values)] & 0xFF
        exact = GREYS[np.rint(np.clip(scale.place(values), 0, 1) * 1023).astype(int)] & 0xFF
        assert np.abs(looked_up.astype(int) - exact.astype(int)).max() <= 1


def test_what_is_no_value_has_its_own_shade() -> None:
    table = colour_table(Scale.of("asinh", 0.0, 10.0, False), GREYS, DARK_SHADES)
    assert table[index_of(np.array([np.nan]))[0]] == DARK_SHADES.outside
    assert table[index_of(np.array([np.inf]))[0]] == DARK_SHADES.never


def test_no_two_shades_of_a_theme_look_alike() -> None:
    for shades in (DARK_SHADES, LIGHT_SHADES):
        distinct = [
            shades.outside,
            shades.empty,
            shades.hatch_dark,
            shades.hatch_light,
            shades.zero,
            shades.never,
        ]
        channels = np.array([[c >> 16 & 255, c >> 8 & 255, c & 255] for c in distinct])
        gaps = np.abs(channels[:, None] - channels[None]).sum(axis=2)
        assert gaps[~np.eye(len(distinct), dtype=bool)].min() >= 10


def test_cells_fade_with_age_and_never_vanish() -> None:
    remains = fade_table()[index_of(np.array([0.0, 1.0, 10.0, 60.0, 1e6, np.inf]))]
    assert (np.diff(remains) <= 0).all()
    assert remains[0] == 256
    assert remains[-1] == round(256 * FADE_LEAST)
