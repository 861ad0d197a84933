"""The Databento API key: where it comes from, and how it is kept out of sight.

The operating system's keyring is asked only when the user wants it; without one (a server, a container)
the environment variable does.
"""

import os
import re
from typing import Final, NoReturn

from vpdesk.errors import SourceError

ENVIRONMENT_VARIABLE: Final = "DATABENTO_API_KEY"
KEYRING_SERVICE: Final = "vpdesk"
KEYRING_USER: Final = "databento"

# The client library accepts nearly any string and fails only after the gateway refused it.
_KEY_PATTERN: Final = re.compile(r"db-[A-Za-z0-9]{29}")


class ApiKeyError(SourceError):
    """There is no key, or it cannot be one."""


class ApiKey:
    """A well-formed key that shows itself only to `reveal`.

    Raises
    ------
    ApiKeyError
        The text is not ``db-`` followed by 29 letters or digits. The message does not repeat it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        text = text.strip()
        if not _KEY_PATTERN.fullmatch(text):
            raise ApiKeyError(
                'A Databento key is "db-" followed by 29 letters or digits; '
                f"what was given has {len(text)} characters or other signs."
            )
        self._text = text

    def reveal(self) -> str:
        """Return the key itself, for the client library alone."""
        return self._text

    def __repr__(self) -> str:
        return "ApiKey(hidden)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiKey) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("an API key is not written anywhere")


def find_api_key(given: str | None = None) -> ApiKey:
    """Return the key given, else the environment's, else the keyring's.

    Raises
    ------
    ApiKeyError
        None of them holds a key, or the first one found is malformed.
    """
    text = given or os.environ.get(ENVIRONMENT_VARIABLE) or _read_keyring()
    if not text:
        raise ApiKeyError(
            f"There is no Databento key: set {ENVIRONMENT_VARIABLE}, or store one from the live dialog."
        )
    return ApiKey(text)


def store_api_key(key: ApiKey) -> None:
    """Put the key into the operating system's keyring.

    Raises
    ------
    ApiKeyError
        This machine has no usable keyring.
    """
    try:
        import keyring

        keyring.set_password(KEYRING_SERVICE, KEYRING_USER, key.reveal())
    except Exception:  # noqa: BLE001  each backend raises its own kinds; their text might hold the key
        raise ApiKeyError(
            f"This machine has no keyring to store the key in: set {ENVIRONMENT_VARIABLE} instead."
        ) from None


def _read_keyring() -> str | None:
    try:
        import keyring

        return keyring.get_password(KEYRING_SERVICE, KEYRING_USER)
    except Exception:  # noqa: BLE001  no package, no backend, a locked one: all mean "no key here"
        return None
