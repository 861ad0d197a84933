"""The scale of each layer: fitted by itself to the first columns seen, then kept until someone asks."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.display.layers import Layer
from vpdesk.display.scale import Scale, fit

# A range found when there were few columns is found again when there are more; after the last of these it
# stays. That one comes when the history of a journey is complete: on the way, other times are in view.
_FIRST_FITS: Final = (1, 16, 64, 256, 1024)


class ScaleBook:
    """The scales of one instrument, by layer. Thread: any one.

    Parameters
    ----------
    scales
        Those to start with, by layer; they stay as they are until someone asks.
    """

    def __init__(self, scales: Mapping[str, Scale] | None = None) -> None:
        self._scales = dict(scales or {})
        self._fits_left: dict[str, tuple[int, ...]] = dict.fromkeys(self._scales, ())

    def scale_of(self, layer: Layer) -> Scale:
        """Return the layer's scale; before anything was fitted or chosen, one that will do."""
        if layer.name not in self._scales:
            low, high = layer.bounds or ((-1.0, 1.0) if layer.is_signed else (0.0, 1.0))
            self._scales[layer.name] = Scale.of(layer.transform, low, high, layer.is_signed)
            self._fits_left[layer.name] = _FIRST_FITS if layer.bounds is None else ()
        return self._scales[layer.name]

    def choose(self, layer: Layer, scale: Scale) -> None:
        """Keep a scale that a person chose."""
        self._scales[layer.name] = scale
        self._fits_left[layer.name] = ()

    def is_settled(self, layer: Layer) -> bool:
        """Return whether the layer's scale stays until someone asks."""
        self.scale_of(layer)
        return not self._fits_left[layer.name]

    def wants_fit(self, layer: Layer, n_columns: int) -> bool:
        """Return whether ``n_columns`` held are enough for the next of the first few fits."""
        self.scale_of(layer)
        fits_left = self._fits_left[layer.name]
        return bool(fits_left) and n_columns >= fits_left[0]

    def fit_first(self, layer: Layer, values: NDArray[np.float32], n_columns: int) -> None:
        """Fit to the few columns seen so far; more columns may refine it."""
        former = self.scale_of(layer)
        fitted = fit(former.kind, values, layer.is_signed)
        if fitted is not None:
            self._scales[layer.name] = fitted
            self._fits_left[layer.name] = tuple(n for n in self._fits_left[layer.name] if n > n_columns)

    def fit(self, layer: Layer, kind: str, values: NDArray[np.float32]) -> None:
        """Fit because a person asked; where there is nothing to measure, the bounds stay as they are."""
        former = self.scale_of(layer)
        if layer.bounds is not None:
            self.choose(layer, Scale.of(kind, *layer.bounds, layer.is_signed))
            return
        fitted = fit(kind, values, layer.is_signed)
        if fitted is not None:
            self.choose(layer, fitted)
        else:
            self._scales[layer.name] = Scale.of(kind, former.low, former.high, layer.is_signed)
