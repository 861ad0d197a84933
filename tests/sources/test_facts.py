"""Facts and the content they belong to."""

from dataclasses import replace
from pathlib import Path

import pytest

from vpdesk.sources import facts as facts_module
from vpdesk.sources.facts import FileFacts, InstrumentFacts, TickSize, content_id

FACTS = FileFacts(
    paths=(Path("a.dbn"), Path("b.dbn")),
    dataset="GLBX.MDP3",
    dbn_versions=(1, 3),
    is_mixed=False,
    has_ts_out=True,
    n_records=12,
    instruments=(
        InstrumentFacts(1, 7, "ESZ4", 12, 5, 9, True, False, TickSize(250, "rule", True), ((7,), (8, 9))),
    ),
    problem="the file is cut short: 12 records read",
    content_id="abc",
)


def test_facts_survive_a_round_trip_through_text_whatever_the_files_are_called_then() -> None:
    paths = (Path("c.dbn"), Path("d.dbn"))
    assert FileFacts.from_json(FACTS.to_json(), paths) == replace(FACTS, paths=paths)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "null"),
        FACTS.to_json()[:-5],
        FACTS.to_json().replace("rule", "guess"),
        FACTS.to_json().replace("has_ts_out", "has_it"),
        FACTS.to_json().replace("ids_by_file", "ids"),
    ],
)
def test_damaged_facts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the facts of a file"):
        FileFacts.from_json(text, ())


def test_the_content_id_knows_content_and_length_but_not_the_name(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_bytes(b"x" * 1000)
    b.write_bytes(b"x" * 1000)
    assert content_id([a]) == content_id([b])
    assert content_id([a, b]) != content_id([a])
    b.write_bytes(b"x" * 999 + b"y")
    assert content_id([a]) != content_id([b])


def test_a_large_file_is_hashed_in_blocks_from_its_first_to_its_last_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_module, "_HASHED_WHOLE", 1000)
    monkeypatch.setattr(facts_module, "_BLOCK", 10)
    path = tmp_path / "large"
    path.write_bytes(bytes(5000))
    original = content_id([path])
    for at in (0, 4999):
        data = bytearray(5000)
        data[at] = 1
        path.write_bytes(data)
        assert content_id([path]) != original
    path.write_bytes(bytes(5001))
    assert content_id([path]) != original
