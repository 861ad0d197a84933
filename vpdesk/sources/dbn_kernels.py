"""Compiled passes over DBN bytes and market-by-order records.

Every array belongs to the caller. ``records`` is a (n,) array of `vpdesk.sources.scan.NUMERIC_DTYPE`: the
market-by-order record with ``action`` and ``side`` as plain bytes.
"""

import numpy as np

from vpdesk.core.events import F_SNAPSHOT, MBO_LENGTH_WORDS, MBO_RTYPE, UNDEF_PRICE
from vpdesk.jit import njit

MBO_WORDS = MBO_LENGTH_WORDS
MBO_BYTES = 4 * MBO_WORDS
HEADER_BYTES = 16  # every record begins with length, rtype, publisher_id, instrument_id, ts_event

# What `split` does with a record, by its type.
KIND_UNEXPECTED = 0
KIND_MBO = 1
KIND_SKIPPED = 2
KIND_NOTED = 3

# Why `split` stopped before the end of its input.
DAMAGE_NONE = 0
DAMAGE_LENGTH = 1
DAMAGE_RTYPE = 2

# Fields of the per-instrument counters, int64 each.
S_N_RECORDS = 0
S_FIRST_NS = 1
S_CLOCK_NS = 2  # running maximum of ts_event
S_HAS_SNAPSHOT = 3
S_HAS_BOOK = 4  # an order, a clear or a snapshot was seen
S_MID_BOOK = 5
S_N_PRICES = 6  # resting prices seen
S_RANDOM = 7
N_STATS = 8

_ADD, _CANCEL, _MODIFY, _CLEAR = 65, 67, 77, 82
_MAX_TS = 2**63 - 1


@njit(nogil=True)
def plain_bytes(raw):
    """Return how many bytes of ``raw``, (n,) uint8, are market-by-order records without ts_out in a row."""
    at = 0
    while at + MBO_BYTES <= raw.size and raw[at] == MBO_WORDS and raw[at + 1] == MBO_RTYPE:
        at += MBO_BYTES
    return at


@njit(nogil=True)
def split(raw, kinds, most_bytes, mbo, noted):
    """Walk the records in ``raw`` and copy the market-by-order ones, without ts_out, to ``mbo``.

    raw : (n,) uint8, beginning at a record;  kinds : (256,) uint8, ``KIND_*`` of each record type;
    most_bytes : 64 where market-by-order records may carry ts_out, else 56;
    mbo : (m,) uint8 with m >= n;  noted : (k,) int64 with k >= n / 16, receives where the records of
    KIND_NOTED begin.
    Returns (market-by-order records, noted records, bytes consumed, damage); an incomplete record at the
    end is not consumed.
    """
    n = raw.size
    n_out = 0
    n_noted = 0
    at = 0
    damage = DAMAGE_NONE
    while at + HEADER_BYTES <= n:
        run = plain_bytes(raw[at:])
        if run > 0:  # plain records in a row are copied at once
            mbo[n_out : n_out + run] = raw[at : at + run]
            n_out += run
            at += run
            continue
        length = 4 * raw[at]
        kind = kinds[raw[at + 1]]
        if kind == KIND_UNEXPECTED:
            damage = DAMAGE_RTYPE
            break
        if length < HEADER_BYTES or (kind == KIND_MBO and length not in (MBO_BYTES, most_bytes)):
            damage = DAMAGE_LENGTH
            break
        if at + length > n:
            break
        if kind == KIND_MBO:
            mbo[n_out : n_out + MBO_BYTES] = raw[at : at + MBO_BYTES]
            mbo[n_out] = MBO_WORDS
            n_out += MBO_BYTES
        elif kind == KIND_NOTED:
            noted[n_noted] = at
            n_noted += 1
        at += length
    return n_out // MBO_BYTES, n_noted, at, damage


@njit(nogil=True)
def tally(records, start, table, keys, n_slots, stats, samples):
    """Count the records from ``start`` on by instrument.

    table : (power of two,) int64, hash table of slots, -1 free, at most half full;  keys : (s,) uint64,
    publisher_id << 32 | instrument_id of each slot;  stats : (s, N_STATS) int64;  samples : (s, p) int64,
    an even sample of each instrument's resting prices.
    Returns (records counted up to, slots in use); stops early where a new slot is needed and none is free.
    """
    mask = np.uint64(table.size - 1)
    last_key = np.uint64(0)
    slot = -1
    for i in range(start, records.size):
        record = records[i]
        key = (np.uint64(record.publisher_id) << np.uint64(32)) | np.uint64(record.instrument_id)
        if slot < 0 or key != last_key:
            place = np.int64((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32) & mask)
            while table[place] >= 0 and keys[table[place]] != key:
                place = (place + 1) & np.int64(mask)
            if table[place] < 0:
                if n_slots == keys.size:
                    return i, n_slots
                table[place] = n_slots
                keys[n_slots] = key
                stats[n_slots, S_RANDOM] = 0x2545F4914F6CDD1D
                n_slots += 1
            slot = table[place]
            last_key = key
        _count(record, stats[slot], samples[slot])
    return records.size, n_slots


@njit(nogil=True)
def _count(record, stats, samples):
    stats[S_N_RECORDS] += 1
    action = record.action
    is_order = action in (_ADD, _MODIFY, _CANCEL)
    is_snapshot = record.flags & F_SNAPSHOT != 0
    if is_snapshot:
        stats[S_HAS_SNAPSHOT] = 1
    if stats[S_HAS_BOOK] == 0 and (is_order or is_snapshot or action == _CLEAR):
        stats[S_HAS_BOOK] = 1
        stats[S_MID_BOOK] = 0 if is_snapshot or action == _CLEAR else 1
    if record.ts_event <= np.uint64(_MAX_TS):
        stats[S_CLOCK_NS] = max(stats[S_CLOCK_NS], np.int64(record.ts_event))
    if stats[S_FIRST_NS] == 0 and not is_snapshot and action != _CLEAR:
        stats[S_FIRST_NS] = stats[S_CLOCK_NS]
    if is_order and record.price != UNDEF_PRICE:
        _sample(record.price, stats, samples)


@njit(nogil=True)
def _sample(price, stats, samples):
    # Reservoir sampling (algorithm R): every price seen so far is kept with the same probability. The
    # random numbers are xorshift64 from a fixed seed, so equal streams give equal samples.
    seen = stats[S_N_PRICES]
    stats[S_N_PRICES] = seen + 1
    if seen < samples.size:
        samples[seen] = price
        return
    x = np.uint64(stats[S_RANDOM])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    stats[S_RANDOM] = np.int64(x)
    place = np.int64(((x >> np.uint64(32)) * np.uint64(seen + 1)) >> np.uint64(32))  # 0..seen, cheaper than %
    if place < samples.size:
        samples[place] = price


@njit(nogil=True)
def select(records, publisher_id, instrument_ids, instrument_id, out):
    """Copy the records of one instrument to ``out``, in order, giving all of them ``instrument_id``.

    instrument_ids : (k,) uint32, the ids it goes by in this file;  out : (>= n,), the dtype of
    ``records``. Returns how many were copied.
    """
    n = 0
    for i in range(records.size):
        if records[i].publisher_id != publisher_id:
            continue
        for wanted in instrument_ids:
            if records[i].instrument_id == wanted:
                out[n] = records[i]
                out[n].instrument_id = instrument_id
                n += 1
                break
    return n
