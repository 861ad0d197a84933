from datetime import UTC

import pytest

from vpdesk.core.ring import H_CENTRE
from vpdesk.display.reading import read_cell
from vpdesk.display.synthetic import synthetic_ring, write_gap


def test_a_reading_holds_what_the_ring_holds() -> None:
    writer = synthetic_ring(50, half_width=8)
    ring = writer.ring
    centre = int(ring.read(49, 49).headers[0, H_CENTRE])
    writer.touch(centre + 3, 12.0, 5.0)
    reading = read_cell(ring, 49, centre + 3, is_relative=False, layer="net", unit="contracts/s", zone=UTC)
    assert reading is not None
    assert (reading.k, reading.value, reading.net) == (3, 7.0, 7.0)
    assert reading.price == pytest.approx((centre + 3) * 0.25)
    assert reading.last_event_id == reading.event_id
    assert reading.is_open
    assert reading.time == "2024-05-06 13:00:04.900000000 UTC"


def test_the_same_cell_is_found_by_its_distance_from_the_spot() -> None:
    ring = synthetic_ring(50, half_width=8).ring
    centre = int(ring.read(20, 20).headers[0, H_CENTRE])
    options = {"layer": "depth", "unit": "", "zone": UTC}
    by_price = read_cell(ring, 20, centre - 2, is_relative=False, **options)
    by_distance = read_cell(ring, 20, -2, is_relative=True, **options)
    assert by_price == by_distance


def test_no_value_is_told_outside_the_band_or_in_a_gap() -> None:
    writer = synthetic_ring(20, half_width=8)
    write_gap(writer, 3)
    for seq, row in ((10, 9), (21, 0)):
        reading = read_cell(writer.ring, seq, row, is_relative=True, layer="age", unit="s", zone=UTC)
        assert reading is not None
        assert not reading.is_in_band
        assert reading.value is reading.pressure is reading.age_s is None
    assert reading.is_gap


def test_there_is_no_reading_where_there_is_no_column() -> None:
    ring = synthetic_ring(20, half_width=8).ring
    for seq in (-1, 20):
        assert read_cell(ring, seq, 0, is_relative=True, layer="net", unit="", zone=UTC) is None
