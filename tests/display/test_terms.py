from dataclasses import replace
from datetime import UTC
from itertools import pairwise

import pytest

from tests import factories
from vpdesk.core.cell_report import CellReport, PriceEvent, cell_report
from vpdesk.core.engine import Engine
from vpdesk.core.params import DEFAULT_WEIGHTS, EngineParams
from vpdesk.display.layers import LAYERS
from vpdesk.display.terms import TERM_WORDS, event_words, force_scale, report_text, term_rows, verdict

PARAMS = EngineParams(tick_size=factories.TICK, half_width=8)


def _report(tick: int = 100) -> CellReport:
    engine = Engine(PARAMS)
    engine.feed(factories.add(1, "B", 100, 50))
    engine.feed(factories.add(2, "A", 102, 5))
    engine.feed(factories.cancel(1, "B", 100, 40, ts=factories.T0 + 10**8))
    engine.feed(factories.add(3, "A", 102, 30, ts=factories.T0 + 2 * 10**8))
    report = cell_report(engine.grid(), PARAMS, tick)
    assert report is not None
    return report


def test_every_weight_has_words() -> None:
    assert set(TERM_WORDS) == set(DEFAULT_WEIGHTS)


def test_the_bars_of_a_force_stand_end_to_end_and_fill_its_share_of_the_scale() -> None:
    report = _report()
    scale = force_scale(report)
    assert scale == max(report.pressure, report.vacuum)
    for terms, total in ((report.pressure_terms, report.pressure), (report.vacuum_terms, report.vacuum)):
        rows = term_rows(terms, scale)
        assert rows[0].start == 0
        for row, following in pairwise(rows):
            assert following.start == pytest.approx(row.start + row.share)
        assert rows[-1].start + rows[-1].share == pytest.approx(total / scale)
    assert term_rows(report.vacuum_terms, scale)[1].product == "1.5 \N{MULTIPLICATION SIGN} 0"


@pytest.mark.parametrize(
    ("tick", "words"),
    [(100, "53% of it pulling"), (102, "Building: pressure"), (97, "No flow has reached this price")],
)
def test_the_verdict_names_what_weighs_most(tick: int, words: str) -> None:
    assert words in verdict(_report(tick), "net", "lots")


def test_a_draining_cell_is_said_to_drain_and_an_old_shade_to_be_old() -> None:
    report = replace(_report(), pressure=1.0, vacuum=40.0)
    assert verdict(report, "net", "lots").startswith("Draining: vacuum 40 over pressure 1, ")
    old = replace(report, clock_ns=report.last_ts + 60 * 10**9)
    assert verdict(old, "net", "lots").endswith(
        "The shade is 60.0 s old: nothing has touched the cell since."
    )


def test_flow_that_has_faded_is_said_to_have_and_fills_no_bar() -> None:
    report = replace(_report(), pressure=1e-60, vacuum=0.0)
    assert "faded" in verdict(report, "net", "lots")
    assert report.pressure / force_scale(report) < 1e-50


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_has_a_verdict_of_its_own(layer: str) -> None:
    verdicts = {verdict(_report(), name, "lots") for name in LAYERS}
    assert len(verdicts) == len(LAYERS)
    assert verdict(_report(), layer, "lots").endswith(".")


def test_the_text_to_copy_has_every_term_to_nine_digits() -> None:
    report = replace(_report(), events=(PriceEvent(7, None, "add bid 5"), PriceEvent(9, 1, "none", True)))
    text = report_text(report, "lots", UTC)
    for term in (*report.pressure_terms, *report.vacuum_terms):
        assert f"= {term.value:.9g}\n" in text
    assert f"Pressure {report.pressure:.9g} lots/s" in text
    assert "Price 1.00\n" in text
    assert text.splitlines()[-1] == "7\tno time\tadd bid 5"
    assert event_words(report.events[1]).startswith("none - named no price")
