"""The maps for every eye: lightness rises evenly from the middle, and the two arms stay apart.

The simulations are those of Machado, Oliveira and Fernandes (2009), for colour blindness of full strength,
applied to linear sRGB; distances are CIE 1976 in L*a*b*.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from vpdesk.display.layers import LAYERS
from vpdesk.ui.parts.color_maps import N_COLOURS, look_up_table

Floats = NDArray[np.float64]

EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
SIGNED = [layer.name for layer in LAYERS.values() if layer.is_signed]
ONE_SIDED = [layer.name for layer in LAYERS.values() if not layer.is_signed]


def _lab(layer: str, eye: str) -> Floats:
    """Return a map as an eye sees it, (`N_COLOURS`, 3) L*, a*, b*."""
    table = look_up_table(layer)
    rgb = np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=1) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ EYES[eye].T, 0, 1)
    ratio = seen @ _TO_XYZ.T / _TO_XYZ.sum(axis=1)
    cubed = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = cubed.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("layer", SIGNED)
def test_both_arms_rise_evenly_in_lightness_from_a_dark_middle(layer: str, eye: str) -> None:
    lightness = _lab(layer, eye)[:, 0]
    draining, building = lightness[N_COLOURS // 2 - 1 :: -1], lightness[N_COLOURS // 2 :]
    for arm in (draining, building):
        steps = np.diff(arm[::32])
        assert steps.min() > 0
        assert steps.max() < 5 * steps.mean()
        assert arm[0] < 5
        assert arm[-1] > 90
    assert np.abs(draining - building).max() < 20  # the same strength looks as strong on both sides


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("layer", SIGNED)
def test_the_two_arms_stay_apart_for_every_eye(layer: str, eye: str) -> None:
    lab = _lab(layer, eye)
    draining, building = lab[N_COLOURS // 2 - 1 :: -1], lab[N_COLOURS // 2 :]
    gaps = np.linalg.norm(draining - building, axis=1)
    strengths = np.linspace(0, 1, gaps.size)
    assert gaps[strengths > 0.15].min() > 12  # twelve times what can just be told apart
    # nor may any colour of one arm pass for another strength of the other
    nearest = np.linalg.norm(draining[::16, None] - building[None, ::16], axis=2).min(axis=1)
    assert nearest[strengths[::16] > 0.15].min() > 8


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("layer", ONE_SIDED)
def test_maps_of_one_side_rise_in_lightness_throughout(layer: str, eye: str) -> None:
    lightness = _lab(layer, eye)[::16, 0]
    assert np.diff(lightness).min() > 0
    assert lightness[-1] - lightness[0] > 60
