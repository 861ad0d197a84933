import pytest

from vpdesk.ui.parts.cadences import CadenceError, cadence_text, parse_cadence


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("100 ms", (100_000_000, 0)),
        ("0.1s", (100_000_000, 0)),
        (" 2 S ", (2_000_000_000, 0)),
        ("250 us", (250_000, 0)),
        ("1 event", (1, 1)),
        ("50 events", (1, 50)),
        ("1 m", (60_000_000_000, 0)),
    ],
)
def test_a_cadence_is_read(text: str, cadence: tuple[int, int]) -> None:
    assert parse_cadence(text) == cadence
    assert parse_cadence(cadence_text(*cadence)) == cadence


@pytest.mark.parametrize(
    "text",
    ["", "ms", "10", "-1 s", "0 s", "0 events", "1.5 events", "100 days", "61 m", "1 ns", "1e9 s", "nan s"],
)
def test_what_is_no_cadence_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(CadenceError):
        parse_cadence(text)
