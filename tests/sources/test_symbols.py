"""When a symbol may stand for an instrument across ids, and when not."""

import datetime as dt

from vpdesk.sources.dbn import Mapping
from vpdesk.sources.symbols import Names

DAYS = [dt.date(2024, 10, 4) + dt.timedelta(n) for n in range(9)]


def test_a_symbol_that_changes_its_id_from_day_to_day_is_one_instrument() -> None:
    names = Names([Mapping("AAPL", 32, DAYS[0], DAYS[1]), Mapping("AAPL", 33, DAYS[1], DAYS[2])], {})
    assert names.key_of(32) == names.key_of(33) == "AAPL"


def test_a_parent_symbol_of_several_ids_at_once_is_none() -> None:
    names = Names([Mapping("ES.FUT", 5, DAYS[0], DAYS[4]), Mapping("ES.FUT", 6, DAYS[2], DAYS[3])], {})
    assert (names.key_of(5), names.key_of(6)) == (5, 6)
    assert names.name_of(5) == "ES.FUT"


def test_an_id_that_changes_hands_stands_for_itself_and_is_told() -> None:
    names = Names([Mapping("AAPL", 32, DAYS[0], DAYS[1]), Mapping("MSFT", 32, DAYS[1], DAYS[2])], {})
    assert names.key_of(32) == 32
    assert names.name_of(32) == "AAPL/MSFT"
    assert "stands for AAPL and MSFT on different days" in names.problem_with(32)
    assert names.problem_with(33) == ""


def test_recorded_mappings_name_ids_unless_two_share_a_name() -> None:
    names = Names([], {1: "ESZ4", 2: "NQZ4", 3: "NQZ4", 4: ""})
    assert [names.key_of(i) for i in (1, 2, 3, 4, 5)] == ["ESZ4", 2, 3, 4, 5]
    assert [names.name_of(i) for i in (1, 2, 4)] == ["ESZ4", "NQZ4", ""]
