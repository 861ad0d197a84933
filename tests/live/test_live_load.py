"""The busiest feed there is, sustained, over the loopback interface. Only loss fails it, never slowness."""

import logging
import time

import numpy as np

from tests.live import wiring
from tests.live.wiring import listening, market
from vpdesk.sources.feed import FeedState, Records
from vpdesk.sources.feed_queue import MAX_BYTES

_log = logging.getLogger(__name__)

RATE_PER_S = 200_000
DURATION_S = 2.5


def test_200_000_records_a_second_come_through_without_loss() -> None:
    block = market(10_000, spacing_ns=1_000_000_000 // RATE_PER_S)
    n_blocks = int(RATE_PER_S * DURATION_S) // len(block)
    sent = np.concatenate([block] * n_blocks)
    n = len(sent)
    start_ns = time.time_ns()
    sent["ts_recv"] = start_ns + np.arange(n) * (1_000_000_000 // RATE_PER_S)
    sent["sequence"] = np.arange(n)
    n_taken, most_queued, waits_ms, is_in_order = 0, 0, [], True
    began = 0.0
    with listening(wiring.gateway_for(sent, speed=1.0)) as feed:
        deadline = time.monotonic() + 30
        while n_taken < n:
            assert time.monotonic() < deadline, feed.status
            for item in feed.take(0.05):
                if isinstance(item, Records):
                    began = began or time.monotonic()
                    waits_ms.append((time.time_ns() - item.received_ns) / 1e6)
                    expected = np.arange(n_taken, n_taken + len(item.records))
                    is_in_order &= np.array_equal(item.records["sequence"], expected)
                    n_taken += len(item.records)
            most_queued = max(most_queued, feed.status.queued_bytes)
        elapsed_s = time.monotonic() - began
        assert feed.status.lag_s is not None
        assert feed.status.state is FeedState.LIVE
    assert is_in_order
    assert n_taken == n
    assert most_queued <= MAX_BYTES
    p50_ms, p99_ms = np.percentile(waits_ms, [50, 99])  # shown by --log-cli-level=INFO; the machine decides
    _log.info("%.0f records/s, socket to consumer p50 %.2f ms, p99 %.2f ms", n / elapsed_s, p50_ms, p99_ms)
