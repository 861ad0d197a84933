import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.keyring import without_key
from tests.live import wiring
from tests.live.wiring import KEY, KEY_TEXT, market
from tests.runtime.live_wiring import having, health, wait_until
from vpdesk.app import live
from vpdesk.core.engine import warm_up
from vpdesk.errors import CancelledError, SourceError, VpdeskError
from vpdesk.gateway.faults import Mute, Refuse
from vpdesk.gateway.server import serving
from vpdesk.sources.api_key import ApiKey, ApiKeyError
from vpdesk.sources.simulator import write_session


@pytest.fixture(autouse=True)
def _no_key_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    without_key(monkeypatch)


@pytest.mark.parametrize(
    ("symbol", "stype_in"),
    [
        ("ES.c.0", "continuous"),
        ("NQ.v.12", "continuous"),
        ("ES.FUT", "parent"),
        ("SPX.OPT", "parent"),
        ("5602", "instrument_id"),
        ("ESZ5", "raw_symbol"),
        ("BRK.B", "raw_symbol"),
        ("ES.c", "raw_symbol"),
    ],
)
def test_a_symbol_tells_by_its_form_how_it_is_meant(symbol: str, stype_in: str) -> None:
    assert live.stype_of(symbol) == stype_in


def test_a_start_is_a_moment_of_today_or_of_a_day_in_utc() -> None:
    assert live.read_start("2025-01-31 14:30") == 1_738_333_800 * 10**9
    assert live.read_start("2025-01-31T14:30:05Z") == 1_738_333_805 * 10**9
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    assert live.read_start("0:00") == int(midnight.timestamp()) * 10**9


@pytest.mark.parametrize("text", ["", "soon", "25:00", "12:60", "2025-13-01", "now", "snapshots"])
def test_what_is_no_moment_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(SourceError, match="is no time"):
        live.read_start(text)


def test_a_moment_that_lies_ahead_is_refused() -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(SourceError, match="lies ahead"):
        live.read_start(f"{tomorrow:%Y-%m-%d %H:%M}")


def test_speeds_are_numbers_or_max() -> None:
    assert [live.read_speed(text) for text in ("1", "0.5", "MAX")] == [1.0, 0.5, math.inf]
    for text in ("", "0", "-1", "fast", "nan"):
        with pytest.raises(VpdeskError, match="is no speed"):
            live.read_speed(text)


def test_a_gateway_on_this_machine_needs_no_key_and_any_other_does() -> None:
    live.key_for(wiring.request(13000))
    with pytest.raises(ApiKeyError):
        live.key_for(wiring.request(13000, gateway="example.invalid"))


# --- the test button ---------------------------------------------------------------------------------------


def never() -> bool:
    return False


def test_a_login_that_works_says_what_the_symbol_is() -> None:
    gateway = wiring.gateway_for(market(10))
    with serving(gateway) as port:
        words = live.try_login(wiring.request(port, symbols=("ES.c.0",), stype_in="continuous"), KEY, never)
    assert words == "It works: logged in, and ES.c.0 is ESM4."


@pytest.mark.parametrize(
    ("key", "symbol", "words"),
    [
        ("db-" + "x" * 29, "ESM4", "The gateway refused the login"),
        (KEY_TEXT, "NOSUCH", "The gateway does not know the symbol"),
    ],
)
def test_a_login_that_fails_says_at_what(key: str, symbol: str, words: str) -> None:
    with serving(wiring.gateway_for(market(10))) as port, pytest.raises(SourceError, match=words) as error:
        live.try_login(wiring.request(port, symbols=(symbol,)), ApiKey(key), never)
    assert str(error.value).endswith(".")
    assert key[3:] not in str(error.value)


def test_a_connection_limit_is_said_in_the_gateways_words() -> None:
    gateway = wiring.gateway_for(market(10), faults=[[Refuse("connection limit exceeded")]])
    with serving(gateway) as port, pytest.raises(SourceError, match="connection limit exceeded"):
        live.try_login(wiring.request(port), KEY, never)


def test_a_login_can_be_given_up() -> None:
    with serving(wiring.gateway_for(market(10), faults=[[Mute()]])) as port, pytest.raises(CancelledError):
        live.try_login(wiring.request(port), KEY, lambda: True)


def test_nobody_there_is_said_at_once() -> None:
    with serving(wiring.gateway_for(market(10))) as port:
        pass
    with pytest.raises(SourceError, match="cannot be reached: Connection refused"):
        live.try_login(wiring.request(port), KEY, never)


# --- practice ----------------------------------------------------------------------------------------------


def test_a_file_is_practised_with_from_its_first_record(tmp_path: Path) -> None:
    warm_up()
    n_records = write_session(tmp_path / "day.dbn", 5.0, seed=3)
    gateway = live.PracticeGateway(tmp_path / "day.dbn", math.inf)
    session = gateway.start_session()
    try:
        status = wait_until(session, having(n_records))
        assert health(status).is_old_data
        assert "Not a live market" in session.facts.notice
    finally:
        session.close()
        assert session.wait_closed(10)
        gateway.close()


def test_a_file_that_is_none_cannot_be_practised_with(tmp_path: Path) -> None:
    (tmp_path / "not.dbn").write_bytes(b"nothing of the kind")
    with pytest.raises(SourceError):
        live.PracticeGateway(tmp_path / "not.dbn", 1.0)
