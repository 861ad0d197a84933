import pickle
import sys
from types import ModuleType

import pytest

from tests.fakes.keyring import Keyring, without_key
from tests.live.wiring import KEY_TEXT
from vpdesk.sources.api_key import ENVIRONMENT_VARIABLE, ApiKey, ApiKeyError, find_api_key, store_api_key

OTHER = "db-" + "b" * 29


@pytest.fixture(autouse=True)
def _no_key_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    without_key(monkeypatch)


@pytest.mark.parametrize(
    "text", ["", "x", "db-", KEY_TEXT[:-1], KEY_TEXT + "x", "dc" + KEY_TEXT[2:], "db-" + "ä" * 29]
)
def test_what_cannot_be_a_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ApiKeyError) as refusal:
        ApiKey(text)
    assert len(text) < 4 or text not in str(refusal.value)


def test_spaces_around_a_pasted_key_are_forgiven() -> None:
    assert ApiKey(f"  {KEY_TEXT}\n").reveal() == KEY_TEXT


def test_a_key_does_not_show_itself() -> None:
    key = ApiKey(KEY_TEXT)
    assert KEY_TEXT[3:] not in f"{key} {key!r} {[key]} {vars(type(key))}"
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_the_key_given_wins_then_the_environment_then_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", Keyring("db-" + "r" * 29))
    assert find_api_key().reveal() == "db-" + "r" * 29
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, OTHER)
    assert find_api_key().reveal() == OTHER
    assert find_api_key(KEY_TEXT).reveal() == KEY_TEXT


def test_without_any_key_it_says_what_to_do() -> None:
    with pytest.raises(ApiKeyError, match=ENVIRONMENT_VARIABLE):
        find_api_key()


@pytest.mark.parametrize("module", [Keyring(error=RuntimeError(f"no backend for {KEY_TEXT}")), None])
def test_a_machine_without_a_keyring_falls_back_to_the_environment(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType | None
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", module)  # None: not installed
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, KEY_TEXT)
    assert find_api_key().reveal() == KEY_TEXT
    with pytest.raises(ApiKeyError, match=ENVIRONMENT_VARIABLE) as refusal:
        store_api_key(ApiKey(KEY_TEXT))
    assert KEY_TEXT not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_stored_key_is_found_again() -> None:
    store_api_key(ApiKey(KEY_TEXT))
    assert find_api_key() == ApiKey(KEY_TEXT)
