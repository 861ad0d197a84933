"""A key store of the desktop that holds what a test puts into it."""

import sys
from types import ModuleType

import pytest

from vpdesk.sources.api_key import ENVIRONMENT_VARIABLE


class Keyring(ModuleType):
    """What the package offers, with one password or a failing backend."""

    def __init__(self, password: str | None = None, error: Exception | None = None) -> None:
        super().__init__("keyring")
        self.password = password
        self.error = error

    def get_password(self, service: str, user: str) -> str | None:
        if self.error:
            raise self.error
        return self.password

    def set_password(self, service: str, user: str, password: str) -> None:
        if self.error:
            raise self.error
        self.password = password


def without_key(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """Leave no key to be found, neither the developer's own; return the key store, which is empty."""
    keyring = Keyring()
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    return keyring
