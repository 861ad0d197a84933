import json
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.fakes.session import LIVE, PLAYING, REPLAY, SIMULATED
from tests.ui.opening import open_chart
from vpdesk import __version__
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import BOOK_STATE_SHIFT, BOOK_STATES, H_BEST_BID, H_EVENT_ID, H_FLAGS
from vpdesk.display.layers import LAYERS
from vpdesk.display.synthetic import SyntheticWriter, synthetic_ring
from vpdesk.runtime.status import SessionState, SessionStatus
from vpdesk.ui.dialogs.provenance import Shown, caption, file_name, provenance
from vpdesk.ui.field.heatmap import HeatmapView

PARAMS = EngineParams(tick_size=250_000_000, half_width=20, tau_s=3.0)


@pytest.fixture
def writer() -> SyntheticWriter:
    return synthetic_ring(600, half_width=20)


@pytest.fixture
def chart(qtbot: QtBot, writer: SyntheticWriter) -> HeatmapView:
    return open_chart(qtbot, writer.ring)


def shown_by(chart: HeatmapView) -> Shown:
    return Shown(chart.frame(), LAYERS[chart.layer], chart.scale())


def resting_at(event_id: int) -> SessionStatus:
    return replace(PLAYING, state=SessionState.PAUSED, event_id=event_id, digest="d" * 32)


def newest_event(chart: HeatmapView) -> int:
    return int(chart.frame().header[H_EVENT_ID])


def test_it_names_source_moment_parameters_layer_scale_and_range(chart: HeatmapView) -> None:
    texts = provenance(REPLAY, PARAMS, resting_at(newest_event(chart)), shown_by(chart))

    assert texts["Software"] == f"vpdesk {__version__}"
    assert (texts["Data"], texts["Instrument"]) == ("replayed file", "ESM4 (GLBX.MDP3)")
    assert EngineParams.from_dict(json.loads(texts["Parameters"])) == PARAMS
    assert texts["Layer"] == "Net: pressure \N{MINUS SIGN} vacuum"
    scale = chart.scale()
    assert texts["Scale"] == f"asinh, {scale.low:g} to {scale.high:g} contracts/s, knee {scale.knee:g}"
    assert (texts["Event"], texts["Digest"]) == (str(newest_event(chart)), "d" * 32)
    assert texts["Time"] == "2024-05-06 13:00:59.990000000 UTC"
    assert texts["Column"] == "0.1 s"
    assert texts["Book"] == "valid"
    first, last = texts["VisibleTime"].split(" to ")
    assert first < last == texts["Time"]
    low, high = (float(price) for price in texts["VisiblePrices"].split(" to "))
    assert low < int(chart.frame().header[H_BEST_BID]) * 0.25 < high


def test_keywords_are_such_as_png_and_qt_keep(chart: HeatmapView) -> None:
    """Qt writes a keyword with a space in it under another name."""
    for name in provenance(REPLAY, PARAMS, PLAYING, shown_by(chart)):
        assert name.isalnum()
        assert len(name) < 80


def test_the_digest_of_another_event_is_never_given(chart: HeatmapView) -> None:
    shown, event_id = shown_by(chart), newest_event(chart)
    ended = replace(resting_at(event_id), state=SessionState.ENDED)
    assert provenance(REPLAY, PARAMS, ended, shown)["Digest"] == "d" * 32
    for status, words in (
        (replace(resting_at(event_id), state=SessionState.PLAYING), "not taken while playing"),
        (
            resting_at(event_id - 1),
            f"not taken: the session rests at event {event_id - 1}, not at the newest one shown",
        ),
        (replace(resting_at(event_id), digest=""), "not taken: the session does not rest"),
    ):
        texts = provenance(REPLAY, PARAMS, status, shown)
        assert (texts["Digest"], texts["Event"]) == (words, str(event_id))


def test_a_picture_of_the_past_names_the_last_event_in_it(
    chart: HeatmapView, writer: SyntheticWriter
) -> None:
    newest = newest_event(chart)
    chart.pan(-1.0)
    chart.tick()
    last = chart.visible_columns()[1]
    expected = writer.ring.read(last, last).headers[0]

    texts = provenance(REPLAY, PARAMS, resting_at(newest), shown_by(chart))

    assert last < 599
    assert texts["Event"] == str(expected[H_EVENT_ID]) != str(newest)
    assert texts["Digest"].startswith("not taken")


def test_a_frame_keeps_its_event_while_the_ring_goes_on(chart: HeatmapView, writer: SyntheticWriter) -> None:
    shown, event_id = shown_by(chart), newest_event(chart)
    writer.write(50)
    assert provenance(REPLAY, PARAMS, resting_at(event_id), shown)["Event"] == str(event_id)


def test_a_chart_that_follows_shows_its_newest_event_however_far_out(chart: HeatmapView) -> None:
    status = resting_at(newest_event(chart))
    for _ in range(40):
        chart.zoom(0.93)
        chart.tick()
        texts = provenance(REPLAY, PARAMS, status, shown_by(chart))
        assert (texts["Event"], texts["Digest"]) == (str(status.event_id), "d" * 32)
    assert chart.viewport().columns_per_bin > 1


def test_distances_from_the_spot_are_named_as_such(chart: HeatmapView) -> None:
    chart.set_price_axis("spot")
    chart.set_layer("depth")
    chart.tick()
    texts = provenance(LIVE, PARAMS, PLAYING, shown_by(chart))
    assert texts["VisiblePrices"].startswith("k -")
    assert texts["VisiblePrices"].endswith("from the spot")
    assert texts["Scale"].split(", knee")[0].endswith(" contracts")
    assert texts["Data"] == "live feed"


def test_an_empty_chart_claims_no_moment(qtbot: QtBot) -> None:
    chart = HeatmapView()
    qtbot.addWidget(chart)
    chart.tick()
    texts = provenance(REPLAY, PARAMS, resting_at(7), shown_by(chart))
    assert "Event" not in texts
    assert texts["Digest"].startswith("not taken")
    assert "event" not in caption(REPLAY, PARAMS, shown_by(chart))
    assert file_name(REPLAY, shown_by(chart)) == "ESM4 net.png"


def test_the_caption_says_what_when_and_in_which_unit_and_that_it_is_simulated(chart: HeatmapView) -> None:
    words = caption(SIMULATED, PARAMS, shown_by(chart)).split("  ·  ")
    assert words[:3] == ["ESM4 (GLBX.MDP3)", "simulated", "2024-05-06 13:00:59.990000000 UTC"]
    assert words[4:6] == ["Net: pressure \N{MINUS SIGN} vacuum, contracts/s", "τ 3 s"]
    assert "simulated" not in caption(REPLAY, PARAMS, shown_by(chart))


def test_the_caption_admits_that_a_book_is_partial(chart: HeatmapView) -> None:
    shown = shown_by(chart)
    assert "book" not in caption(REPLAY, PARAMS, shown)
    shown.frame.header[H_FLAGS] = BOOK_STATES.index("partial") << BOOK_STATE_SHIFT
    assert "partial book" in caption(REPLAY, PARAMS, shown)
    assert provenance(REPLAY, PARAMS, PLAYING, shown)["Book"] == "partial"


def test_a_files_name_holds_nothing_that_a_folder_would_not_take(chart: HeatmapView) -> None:
    facts = replace(REPLAY, symbol='BRK/B:X*"')
    assert file_name(facts, shown_by(chart)) == "BRK-B-X-- 2024-05-06 13-00-59 net.png"
