"""Each kernel against a slow twin in plain Python."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.sources import dbn_bytes
from vpdesk.core.events import F_SNAPSHOT, UNDEF_PRICE, UNDEF_TIMESTAMP
from vpdesk.sources import dbn_kernels as kernels
from vpdesk.sources.scan import NUMERIC_DTYPE, Tally

KINDS = np.array([kernels.KIND_UNEXPECTED] * 256, np.uint8)
KINDS[160], KINDS[23], KINDS[19] = kernels.KIND_MBO, kernels.KIND_SKIPPED, kernels.KIND_NOTED

CHUNK = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [
            dbn_bytes.orders(2).tobytes(),
            dbn_bytes.with_ts_out(dbn_bytes.orders(1)),
            dbn_bytes.heartbeat(),
            dbn_bytes.definition(3, 25, 400),
            bytes(20),
        ]
    ),
)


def split_twin(raw: bytes, most_bytes: int) -> tuple[list[bytes], list[int], int, int]:
    mbo, noted, at = [], [], 0
    while len(raw) - at >= 16:
        length, kind = 4 * raw[at], KINDS[raw[at + 1]]
        if kind == kernels.KIND_UNEXPECTED:
            return mbo, noted, at, kernels.DAMAGE_RTYPE
        if length < 16 or (kind == kernels.KIND_MBO and length not in (56, most_bytes)):
            return mbo, noted, at, kernels.DAMAGE_LENGTH
        if len(raw) - at < length:
            break
        if kind == kernels.KIND_MBO:
            mbo.append(bytes([14]) + raw[at + 1 : at + 56])
        elif kind == kernels.KIND_NOTED:
            noted.append(at)
        at += length
    return mbo, noted, at, kernels.DAMAGE_NONE


@given(st.lists(CHUNK, max_size=8).map(b"".join), st.sampled_from([56, 64]))
def test_split_walks_any_bytes_as_its_twin_does(data: bytes, most_bytes: int) -> None:
    raw = np.frombuffer(data, np.uint8)
    mbo = np.zeros(len(data), np.uint8)
    noted = np.zeros(len(data) // 16 + 1, np.int64)

    n_mbo, n_noted, n_used, damage = kernels.split(raw, KINDS, most_bytes, mbo, noted)

    found = (
        [row.tobytes() for row in mbo[: 56 * n_mbo].reshape(-1, 56)],
        noted[:n_noted].tolist(),
        n_used,
        damage,
    )
    assert found == split_twin(data, most_bytes)


@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 400), st.integers(1, 60))
def test_tally_counts_each_instrument_as_its_twin_does(
    seed: int, n_instruments: int, n: int, n_chunk: int
) -> None:
    random = np.random.default_rng(seed)
    records = dbn_bytes.orders(n)
    records["publisher_id"] = random.integers(1, 3, n)
    records["instrument_id"] = random.integers(0, n_instruments, n) * 0x10001
    records["action"] = random.choice([b"A", b"C", b"M", b"R", b"T", b"F", b"N"], n)
    records["flags"] = random.choice([0, 128, F_SNAPSHOT, F_SNAPSHOT | 128], n)
    records["ts_event"][random.random(n) < 0.2] = UNDEF_TIMESTAMP
    records["price"][random.random(n) < 0.2] = UNDEF_PRICE
    records.flags.writeable = False

    tally = Tally("some.dbn")
    for at in range(0, n, n_chunk):
        tally.add(records[at : at + n_chunk])

    parts = list(tally.parts())
    assert sum(part.n_records for part in parts) == n
    for part in parts:
        ids = part.publisher_id, part.instrument_id
        own = [one for one in records if (one["publisher_id"], one["instrument_id"]) == ids]
        clock, first, state, prices = 0, 0, "", []
        for one in own:
            is_order = one["action"] in b"ACM"
            starts_clean = bool(one["flags"] & F_SNAPSHOT) or one["action"] == b"R"
            if not state and (is_order or starts_clean):
                state = "clean" if starts_clean else "mid"
            if one["ts_event"] < 2**63:
                clock = max(clock, int(one["ts_event"]))
            if not first and not starts_clean:
                first = clock
            if is_order and one["price"] != UNDEF_PRICE:
                prices.append(int(one["price"]))
        assert part.n_records == len(own)
        assert (part.first_ts_ns, part.last_ts_ns) == (first or clock, clock)
        assert part.starts_mid_book == (state == "mid")
        assert part.has_snapshot == any(one["flags"] & F_SNAPSHOT for one in own)
        assert part.prices.tolist() == prices


def test_the_price_sample_is_even_over_a_long_stream_and_does_not_depend_on_chunks() -> None:
    records = dbn_bytes.orders(60_000, clears=False)
    records["price"] = np.arange(60_000)
    samples = []
    for n_chunk in (60_000, 777):
        tally = Tally("some.dbn")
        for at in range(0, records.size, n_chunk):
            tally.add(records[at : at + n_chunk])
        (part,) = tally.parts()
        samples.append(part.prices)
    assert np.array_equal(*samples)
    quarters = np.histogram(samples[0], bins=4, range=(0, 60_000))[0]
    assert quarters.sum() == samples[0].size == 2048
    assert abs(quarters / 512 - 1).max() < 0.15


@given(st.integers(0, 2**32), st.integers(0, 200))
def test_select_keeps_one_instrument_in_order_under_one_id(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    records = dbn_bytes.orders(n)
    records["instrument_id"] = random.integers(0, 4, n)
    records["publisher_id"] = random.integers(1, 3, n)
    out = np.zeros(n, NUMERIC_DTYPE)

    n_out = kernels.select(records.view(NUMERIC_DTYPE), 2, np.array([1, 3], np.uint32), 3, out)

    expected = records[np.isin(records["instrument_id"], [1, 3]) & (records["publisher_id"] == 2)]
    expected["instrument_id"] = 3
    assert out[:n_out].tobytes() == expected.tobytes()
