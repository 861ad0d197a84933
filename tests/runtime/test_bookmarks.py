"""Bookmarks come back exactly; what is no file of bookmarks is refused in a sentence."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from vpdesk.core.params import EngineParams
from vpdesk.runtime.bookmarks import (
    MAX_NOTE,
    Bookmark,
    BookmarkError,
    BookmarkShelf,
    differences,
    read_bookmarks,
    write_bookmarks,
)

PARAMS = EngineParams(tick_size=250_000_000, half_width=80, weights={"v_add": 1.25})
ONE = Bookmark(
    "the sweep, äöü",
    "c" * 32,
    "GLBX.MDP3",
    "ESM4",
    1_234_567,
    1_710_509_400_123_456_789,
    PARAMS,
    100_000_000,
    0,
    "d" * 32,
)
TWO = replace(ONE, note="", event_id=5, digest="", column_ns=1, column_events=50)


def test_bookmarks_come_back_exactly_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "marks.json"
    write_bookmarks(path, [ONE, TWO])
    assert read_bookmarks(path) == (TWO, ONE)


def test_the_file_is_readable(tmp_path: Path) -> None:
    path = tmp_path / "marks.json"
    write_bookmarks(path, [ONE])
    row = json.loads(path.read_text())["bookmarks"][0]
    assert row["time_utc"] == "2024-03-15T13:30:00.123456789Z"
    assert row["parameters"]["tau_s"] == 2.0
    assert path.stat().st_size < 2000


def test_each_file_and_instrument_has_a_shelf_of_its_own(tmp_path: Path) -> None:
    shelf = BookmarkShelf(tmp_path / "new" / "folder")
    assert shelf.load(ONE.content_id, "ESM4") == ((), "")
    assert shelf.save(ONE.content_id, "ESM4", [ONE]) == ""
    assert shelf.load(ONE.content_id, "ESM4") == ((ONE,), "")
    assert shelf.load(ONE.content_id, "ESU4") == ((), "")
    assert shelf.load("e" * 32, "ESM4") == ((), "")


def changed(**values: object) -> str:
    row = {
        "note": "",
        "event_id": 1,
        "clock_ns": 1,
        "digest": "",
        "content_id": "c",
        "dataset": "",
        "symbol": "",
        "parameters": PARAMS.as_dict(),
        "column_ns": 1,
        "column_events": 0,
    }
    return json.dumps({"format": "vpdesk bookmarks", "version": 1, "bookmarks": [row | values]})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "marks.json is no file of bookmarks."),
        ("[1, 2", "marks.json is no file of bookmarks."),
        ("[" * 100_000, "marks.json is no file of bookmarks."),
        ("{}", "marks.json is no file of bookmarks."),
        ("3", "marks.json is no file of bookmarks."),
        (
            '{"format": "vpdesk bookmarks", "version": 9}',
            "The bookmarks in marks.json are of another version",
        ),
        ('{"format": "vpdesk bookmarks", "version": 1}', "The bookmarks in marks.json are damaged."),
        (changed(event_id=-1), "are damaged."),
        (changed(event_id=2**63), "are damaged."),
        (changed(event_id=True), "are damaged."),
        (changed(clock_ns=1.5), "are damaged."),
        (changed(note=7), "are damaged."),
        (changed(digest="short"), "are damaged."),
        (changed(column_ns=0), "are damaged."),
        (changed(parameters={"tau_s": -1}), "are damaged."),
        (changed(parameters=[1]), "are damaged."),
        (changed(content_id=None), "are damaged."),
    ],
)
def test_what_is_no_file_of_bookmarks_is_refused_in_a_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "marks.json"
    path.write_text(text)
    with pytest.raises(BookmarkError) as refusal:
        read_bookmarks(path)
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_note_is_put_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "marks.json"
    path.write_text(changed(note="a\n\x1b[31mb" + "c" * 5000))
    note = read_bookmarks(path)[0].note
    assert note.startswith("a  [31mbccc")
    assert len(note) <= MAX_NOTE


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BookmarkError, match=r"none\.json cannot be read \(no such file"):
        read_bookmarks(tmp_path / "none.json")


def test_a_damaged_shelf_is_set_aside_and_said(tmp_path: Path) -> None:
    shelf = BookmarkShelf(tmp_path)
    shelf.save(ONE.content_id, "ESM4", [ONE])
    (path,) = tmp_path.iterdir()
    path.write_text("{")
    found, sentence = shelf.load(ONE.content_id, "ESM4")
    assert found == ()
    assert "set aside as" in sentence
    assert path.with_suffix(".damaged.json").read_text() == "{"
    assert shelf.load(ONE.content_id, "ESM4") == ((), "")


def test_a_folder_that_cannot_be_written_costs_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    sentence = BookmarkShelf(tmp_path / "file" / "x").save(ONE.content_id, "ESM4", [ONE])
    assert sentence.startswith("Bookmarks cannot be kept in ")


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(BookmarkError, match="cannot be written"):
        write_bookmarks(tmp_path / "missing" / "marks.json", [ONE])
    assert list(tmp_path.iterdir()) == []


def test_differences_name_what_differs() -> None:
    assert differences(PARAMS, PARAMS) == ""
    assert (
        differences(PARAMS, replace(PARAMS, tau_s=0.5, half_width=40))
        == "half_width 80 -> 40, tau_s 2 -> 0.5"
    )
