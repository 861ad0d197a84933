import math
from pathlib import Path

import pytest

from tests.live import wiring
from tests.live.wiring import KEY, collect, having, records_of
from tests.realdata import DATA, needs_data
from vpdesk.errors import SourceError
from vpdesk.gateway.files import gateway_for_files
from vpdesk.gateway.server import serving
from vpdesk.sources.dbn import RecordStream
from vpdesk.sources.feed import Defined, InstrumentKey, LiveRequest
from vpdesk.sources.live import LiveFeed
from vpdesk.sources.scan import probe


@needs_data
@pytest.mark.parametrize("name", ["es-esm4-2s-snapshot.mbo.dbn.zst", "xnas-arl-day.mbo.dbn.zst"])
def test_a_file_served_live_is_the_file(name: str) -> None:
    assert DATA is not None
    path = DATA / name
    facts = probe(path)
    one = facts.instruments[0]
    with RecordStream(path) as stream:
        sent = b"".join(chunk.tobytes() for chunk in stream.chunks())
    gateway = gateway_for_files(path, speed=math.inf)
    assert gateway.symbols == (one.symbol,)
    with serving(gateway) as port:
        request = LiveRequest(facts.dataset, (one.symbol,), gateway="127.0.0.1", port=port)
        feed = LiveFeed(request, KEY, timing=wiring.FAST)
        feed.start()
        items = collect(feed, having(facts.n_records))
        feed.stop()
        assert feed.wait(5)
    assert records_of(items, InstrumentKey(one.publisher_id, one.instrument_id)).tobytes() == sent
    defined = [item.tick_size for item in items if isinstance(item, Defined)]
    assert defined == ([one.tick.raw] if one.tick.origin == "definition" else [])


def test_a_file_that_cannot_be_used_is_refused_before_anything_listens(tmp_path: Path) -> None:
    path = tmp_path / "notes.dbn"
    path.write_text("no records")
    with pytest.raises(SourceError):
        gateway_for_files(path)
