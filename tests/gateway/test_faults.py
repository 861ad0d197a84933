import pytest

from vpdesk.errors import VpdeskError
from vpdesk.gateway.faults import Corrupt, Drop, Fault, Mute, Refuse, Report, Silence, Trickle, parse_fault


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("drop@100", Drop),
        ("reset@100", Drop),
        ("silence@0", Silence),
        ("corrupt@7", Corrupt),
        ("error@1", Report),
        ("trickle@13", Trickle),
        ("mute", Mute),
        ("refuse", Refuse),
    ],
)
def test_a_fault_is_read_as_the_command_line_names_it(text: str, kind: type[Fault]) -> None:
    assert isinstance(parse_fault(text), kind)


def test_a_reset_is_a_drop_that_loses_data() -> None:
    assert parse_fault("reset@5") == Drop(5, is_reset=True)


@pytest.mark.parametrize("text", ["", "drop", "drop@", "drop@-1", "drop@x", "trickle@0", "mute@3", "burn@3"])
def test_what_is_no_fault_is_refused_with_the_list(text: str) -> None:
    with pytest.raises(VpdeskError, match="drop@BYTE"):
        parse_fault(text)
