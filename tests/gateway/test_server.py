"""The protocol, seen from a bare socket. What the real client makes of it is in tests/live."""

import hashlib
import socket
from typing import Any

import databento_dbn as dbn
import pytest

from tests.live.wiring import DATASET, KEY_TEXT, SERVED, SYMBOL, gateway_for, market
from vpdesk.gateway.faults import Drop
from vpdesk.gateway.server import LOOPBACK, Gateway, serving

SUBSCRIBE = f"schema=mbo|stype_in=raw_symbol|symbols={SYMBOL}|snapshot=1|id=0|is_last=1\n".encode()


class Client:
    """A socket, line by line and record by record."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((LOOPBACK, port), timeout=10)
        self._file = self._socket.makefile("rwb")
        self._decoder = dbn.DBNDecoder()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def line(self) -> str:
        return self._file.readline().decode().strip()

    def is_gone(self) -> bool:
        """Wait for the other side to close, or to refuse."""
        try:
            return self.line() in ("", "success=0|error=User authentication failed")
        except ConnectionError:
            return True

    def say(self, data: bytes) -> None:
        self._file.write(data)
        self._file.flush()

    def log_in(self, key: str = KEY_TEXT, dataset: str = DATASET) -> str:
        assert self.line().startswith("lsg_version=")
        challenge = self.line().removeprefix("cram=")
        digest = hashlib.sha256(f"{challenge}|{key}".encode()).hexdigest()
        answer = f"auth={digest}-{key[-5:]}|dataset={dataset}|encoding=dbn|heartbeat_interval_s=30\n"
        self.say(answer.encode())
        return self.line()

    def records(self, n: int) -> list[Any]:
        """Read until ``n`` records have come, or the end; metadata left out."""
        found: list[Any] = []
        while len(found) < n and (data := self._socket.recv(65536)):
            found += [
                one for one in self._decoder.write_and_decode(data) if not isinstance(one, dbn.Metadata)
            ]
        return found


def start(client: Client, subscription: bytes = SUBSCRIBE) -> None:
    assert client.log_in().startswith("success=1")
    client.say(subscription + b"start_session=0\n")


def test_a_session_begins_with_acknowledgement_and_mapping_and_then_the_records() -> None:
    with serving(gateway_for(market(5))) as port, Client(port) as client:
        start(client)
        acknowledgement, mapping, *orders = client.records(7)
    assert acknowledgement.code == dbn.SystemCode.SUBSCRIPTION_ACK
    assert (mapping.stype_in_symbol, mapping.instrument_id) == (SYMBOL, SERVED.key.instrument_id)
    assert b"".join(bytes(order) for order in orders) == market(5).tobytes()


def test_after_the_last_record_the_session_stays_open_with_heartbeats() -> None:
    with serving(gateway_for(market(1), heartbeat_interval_s=0.02)) as port, Client(port) as client:
        start(client)
        records = client.records(8)
    assert all(record.is_heartbeat() for record in records[3:])


@pytest.mark.parametrize(
    ("key", "dataset", "words"),
    [
        ("db-" + "x" * 29, DATASET, "User authentication failed"),
        (KEY_TEXT, "XNAS.ITCH", "this gateway serves GLBX.MDP3"),
    ],
)
def test_a_login_that_does_not_fit_is_refused_and_the_connection_closed(
    key: str, dataset: str, words: str
) -> None:
    with serving(gateway_for(market(1))) as port, Client(port) as client:
        assert client.log_in(key, dataset) == f"success=0|error={words}"
        assert client.line() == ""


def test_without_a_key_of_its_own_any_key_will_do() -> None:
    with serving(gateway_for(market(1), key=None)) as port, Client(port) as client:
        assert client.log_in("db-" + "z" * 29).startswith("success=1")


def test_an_unknown_symbol_is_an_error_record_and_no_data() -> None:
    with serving(gateway_for(market(5), heartbeat_interval_s=0.02)) as port, Client(port) as client:
        start(client, SUBSCRIBE.replace(SYMBOL.encode(), b"NOSUCH"))
        _, error, heartbeat = client.records(3)[:3]
    assert "NOSUCH" in error.err
    assert error.code == dbn.ErrorCode.SYMBOL_RESOLUTION_FAILED
    assert heartbeat.is_heartbeat()


def test_whoever_comes_back_without_asking_for_a_snapshot_gets_what_follows() -> None:
    gateway = gateway_for(market(300), faults=[[Drop(5000)]], speed=0.001)
    with serving(gateway) as port:
        with Client(port) as client:
            start(client)
            client.records(10**9)
        with Client(port) as client:
            start(client, SUBSCRIBE.replace(b"snapshot=1", b"snapshot=0"))
            first = client.records(3)[2]
    assert first.flags & 32 == 0
    assert first.sequence > 0


def test_a_second_client_takes_the_place_of_the_first() -> None:
    with serving(gateway_for(market(1))) as port, Client(port) as first:
        start(first)
        first.records(3)
        with Client(port) as second:
            start(second)
            assert first.records(1) == []
            assert second.records(3)[2].action == "R"


@pytest.mark.parametrize("rubbish", [b"\n", b"GET / HTTP/1.1\r\n", bytes(range(256)) + b"\n", b"x" * 200_000])
def test_rubbish_instead_of_a_login_ends_that_connection_alone(rubbish: bytes) -> None:
    with serving(gateway_for(market(1))) as port:
        with Client(port) as client:
            client.line(), client.line()
            client.say(rubbish)
            assert client.is_gone()
        with Client(port) as client:
            assert client.log_in().startswith("success=1")


def test_it_listens_on_the_loopback_interface_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(gateway_for(market(1))) as port:
        others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for address in others - {LOOPBACK} - {a for a in others if str(a).startswith("127.")}:
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((str(address), port), timeout=2).close()


def test_a_port_that_is_taken_is_told() -> None:
    with serving(gateway_for(market(1))) as port:
        second = serving(Gateway([], [], dataset=DATASET), port)
        with pytest.raises(OSError, match="in use"):
            second.__enter__()
