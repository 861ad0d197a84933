import pytest

from vpdesk.errors import SourceError, hide_keys, technical_text

KEY = "db-A1b2C3d4E5f6G7h8I9j0K1l2M3n4O"


def _refused(how: str) -> SourceError:
    def look_up() -> None:
        secret = KEY  # a value that a function has in hand
        raise KeyError(f"{len(secret)} characters")

    try:
        try:
            look_up()
        except KeyError as error:
            raise OSError(f"no use with {KEY}") from error
    except OSError as error:
        try:
            if how == "with a cause":
                raise SourceError("It cannot be read.") from error
            raise SourceError("It cannot be read.") from None
        except SourceError as refused:
            return refused


@pytest.mark.parametrize("how", ["with a cause", "with the cause kept from the user"])
def test_the_technical_text_tells_every_cause_and_where_it_was(how: str) -> None:
    first, second = technical_text(_refused(how)).splitlines()
    assert first.startswith("builtins.OSError: no use with db-(hidden) (in _refused, ")
    assert second.startswith("builtins.KeyError: '32 characters' (in look_up, ")
    assert "test_errors.py:" in second
    assert KEY[3:] not in first + second


def test_a_plain_refusal_has_nothing_more_to_tell() -> None:
    assert technical_text(SourceError("No.")) == ""


def test_anything_like_a_key_is_hidden_and_nothing_else() -> None:
    assert hide_keys(f"key={KEY}, {KEY[:20]}; db-sqlite db-(hidden)") == (
        "key=db-(hidden), db-(hidden); db-sqlite db-(hidden)"
    )
