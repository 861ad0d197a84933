"""A loopback stand-in for a live gateway: serves records to the unmodified client, and fails on request.

For practice without an account, and for tests. `server` speaks the protocol, `market` decides which
records are due, `book` makes the snapshots, `wire` encodes, `faults` are what can go wrong.
"""
