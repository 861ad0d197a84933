"""From a name, a list, a folder or a pattern to data files in time order."""

import os
import shutil
from pathlib import Path

import pytest

from tests.realdata import DATA, needs_data
from tests.sources import dbn_bytes
from vpdesk.errors import SourceError
from vpdesk.sources.files import find_files


def day(folder: Path, name: str, number: int, **kwargs: str) -> Path:
    """Write a small file of the given day."""
    records = dbn_bytes.orders(5, start_ns=dbn_bytes.START_NS + number * dbn_bytes.DAY_NS)
    path = folder / name
    path.write_bytes(dbn_bytes.header(**kwargs) + records.tobytes())
    return path


def test_files_are_ordered_by_their_first_record_and_taken_once(tmp_path: Path) -> None:
    late, early = day(tmp_path, "a.dbn", 2), day(tmp_path, "b.dbn", 1)
    for paths in ([late, early], [early, late, str(early)], tmp_path, str(tmp_path / "*.dbn")):
        assert find_files(paths).paths == (early, late)


def test_an_undefined_receive_time_falls_back_to_the_event_time(tmp_path: Path) -> None:
    day(tmp_path, "a.dbn", 2)
    records = dbn_bytes.orders(5)
    records["ts_recv"] = 2**64 - 1
    (tmp_path / "b.dbn").write_bytes(dbn_bytes.header() + records.tobytes())
    assert [path.name for path in find_files(tmp_path).paths] == ["b.dbn", "a.dbn"]


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(tmp_path: Path) -> None:
    path = day(tmp_path, "day[1].dbn", 1)
    assert find_files(str(path)).paths == (path,)


def test_a_folder_may_hold_other_things_and_definitions(tmp_path: Path) -> None:
    data = day(tmp_path, "x.mbo.dbn", 0)
    definitions = tmp_path / "x.definition.dbn"
    definitions.write_bytes(dbn_bytes.header(schema="definition") + dbn_bytes.definition(7, 5))
    day(tmp_path, "trades.dbn", 0, schema="trades")
    (tmp_path / "broken.dbn").write_bytes(b"no")
    (tmp_path / "condition.json").write_text("{}")
    found = find_files(tmp_path)
    assert found.paths == (data,)
    assert found.definitions == (definitions,)
    assert find_files(data).definitions == (definitions,)  # it lies beside the data


def test_definitions_may_be_named_along_with_the_data(tmp_path: Path) -> None:
    data = day(tmp_path, "x.dbn", 0)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    definitions = elsewhere / "d.dbn"
    definitions.write_bytes(dbn_bytes.header(schema="definition") + dbn_bytes.definition(7, 5))
    assert find_files([data, definitions]).definitions == (definitions,)


@pytest.mark.parametrize("schema", ["trades", "mbp-1", "definition", "ohlcv-1d"])
def test_another_schema_is_named_in_the_refusal(tmp_path: Path, schema: str) -> None:
    path = day(tmp_path, "x.dbn", 0, schema=schema)
    for paths in (path, tmp_path):
        with pytest.raises(SourceError, match=rf"^x\.dbn holds {schema} records; vpdesk needs .*schema mbo"):
            find_files(paths)


@needs_data
def test_a_depth_file_is_refused() -> None:
    assert DATA is not None
    with pytest.raises(SourceError, match="holds mbp-10 records"):
        find_files(DATA / "dbn_versions" / "py.GLBX.MDP3.test_data.mbp-10.dbn.zst")


def test_several_datasets_are_refused(tmp_path: Path) -> None:
    day(tmp_path, "a.dbn", 1)
    day(tmp_path, "b.dbn", 2, dataset="XNAS.ITCH")
    with pytest.raises(SourceError, match=r"different datasets \(GLBX.MDP3, XNAS.ITCH\)"):
        find_files(tmp_path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        find_files(tmp_path / "absent.dbn")
    with pytest.raises(SourceError, match="holds no DBN files"):
        find_files(tmp_path)
    with pytest.raises(SourceError, match="No file matches"):
        find_files(str(tmp_path / "*.dbn"))
    with pytest.raises(SourceError, match="No file was named"):
        find_files([])
    for unusable in ("a" * 5000, "a\0b"):
        with pytest.raises(SourceError):
            find_files(unusable)


def test_one_bad_file_spoils_a_list_but_not_a_folder(tmp_path: Path) -> None:
    good = day(tmp_path, "a.dbn", 1)
    bad = tmp_path / "b.dbn"
    shutil.copy(__file__, bad)
    assert find_files(tmp_path).paths == (good,)
    with pytest.raises(SourceError, match=r"b\.dbn is not a DBN file"):
        find_files([good, bad])


def test_a_link_that_leads_to_itself_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "loop.dbn"
    try:
        path.symlink_to(path)
    except OSError:
        pytest.skip("this system makes no links")
    with pytest.raises(SourceError, match=r"loop\.dbn.*\.$"):
        find_files(path)


@pytest.mark.parametrize("name", ["", "day.dbn"])
def test_a_folder_that_is_closed_to_us_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(SourceError, match=r"cannot be read: permission denied\.$"):
        find_files(tmp_path / name)
