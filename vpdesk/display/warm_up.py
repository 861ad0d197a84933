"""Compiling the display's kernels ahead of the first frame."""

import numpy as np

from vpdesk.display import window_kernels as kernels
from vpdesk.display.alert_rules import AlertRule, Quantity
from vpdesk.display.alert_watch import AlertWatch
from vpdesk.display.colours import DARK_SHADES, colour_table, fade_table
from vpdesk.display.measuring import Box, Measurer
from vpdesk.display.overlay_shapes import DotPool, step_line
from vpdesk.display.scale import Scale
from vpdesk.display.strip_bins import StripSource
from vpdesk.display.synthetic import synthetic_ring
from vpdesk.display.viewport import Viewport
from vpdesk.display.volume_profile import VolumeSource
from vpdesk.display.window import TRACK_BID, FieldWindow, FrameRequest


def warm_up() -> None:
    """Compile, or load, every kernel of the display, which may take seconds. Thread: any, once."""
    ring = synthetic_ring(2, 1, capacity=16).ring
    view = Viewport(4, 4, 2.0, 2.0)
    look_up = np.zeros(2, np.uint32)
    table = colour_table(Scale.of("linear", 0.0, 1.0, False), look_up, DARK_SHADES)
    window = FieldWindow()
    request = FrameRequest(view, kernels.VALUE_NET, False, True)
    window.paint(ring, request, table, fade_table(), DARK_SHADES)
    DotPool().dots(ring, request, window.open_seq, window.open_header)
    step_line(window.bins, TRACK_BID, request, ring.ticks_per_bucket).rects(2)
    Measurer().measure(ring, Box(0, 1, 0, 1, is_relative=False))
    StripSource().read(ring, view)
    VolumeSource().read(ring, view, is_relative=False)
    watch = AlertWatch()
    watch.set_rules((AlertRule(Quantity.DRIVE, 0.0),))
    watch.look(ring)
