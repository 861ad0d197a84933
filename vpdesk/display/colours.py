"""The shades of the field, and the tables that turn a float32 into a colour with one look-up."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.display.scale import Scale

FADE_HALF_LIFE_S: Final = 12.0
FADE_LEAST: Final = 0.22  # an old cell stays visible: it still tells what was there


@dataclass(frozen=True)
class Shades:
    """Colours of what is no value, 0xffRRGGBB.

    ``outside`` the band, ``empty`` where there are no columns (yet), the two of the gap's hatch, the
    ``divider`` where time was cut out, ``zero``, which faded cells approach, and ``never``, the age of a cell
    that no event has touched.
    """

    outside: int
    empty: int
    hatch_dark: int
    hatch_light: int
    divider: int
    zero: int
    never: int


# The field itself is dark in both themes: its middle is dark, and eyes adapt to it once.
DARK_SHADES: Final = Shades(
    outside=0xFF1D222B,
    empty=0xFF12161C,
    hatch_dark=0xFF23262C,
    hatch_light=0xFF555B66,
    divider=0xFF9AA7B8,
    zero=0xFF0A0C10,
    never=0xFF343A45,
)
LIGHT_SHADES: Final = Shades(
    outside=0xFF3A414D,
    empty=0xFFDFE3E8,
    hatch_dark=0xFF4A4E55,
    hatch_light=0xFF8A909B,
    divider=0xFFE6ECF4,
    zero=0xFF0A0C10,
    never=0xFF525A66,
)


def _value_of_each_index() -> NDArray[np.float32]:
    """Return the middle of the values that share their upper 16 bits."""
    bits = (np.arange(65536, dtype=np.uint32) << np.uint32(16)) | np.uint32(0x8000)
    values = bits.view(np.float32)
    # of infinity only the exact pattern exists, the rest of its index are NaN
    values[np.arange(65536) == 0x7F80] = np.inf
    values[np.arange(65536) == 0xFF80] = -np.inf
    return values


def colour_table(scale: Scale, look_up: NDArray[np.uint32], shades: Shades) -> NDArray[np.uint32]:
    """Return the colour of every upper half of a float32, (65536,) uint32; NaN is outside the band.

    look_up : (n,) uint32, colours from the lowest to the highest place.
    """
    values = _value_of_each_index()
    is_value = ~np.isnan(values)
    with np.errstate(over="ignore", invalid="ignore"):
        places = np.clip(np.nan_to_num(scale.place(values), nan=0.0, posinf=1.0, neginf=0.0), 0.0, 1.0)
    colours = look_up[np.rint(places * (look_up.size - 1)).astype(np.int64)]
    colours[np.isposinf(values)] = shades.never
    colours[~is_value] = shades.outside
    return colours


def fade_table() -> NDArray[np.int32]:
    """Return how much of a cell's colour remains, 0..256, by the upper half of its age in seconds."""
    ages_s = np.nan_to_num(_value_of_each_index(), nan=0.0, posinf=np.inf, neginf=0.0).astype(np.float64)
    remains = FADE_LEAST + (1 - FADE_LEAST) * np.exp2(-np.maximum(ages_s, 0.0) / FADE_HALF_LIFE_S)
    return np.rint(256 * remains).astype(np.int32)
