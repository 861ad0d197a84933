import re
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.png import png_texts
from vpdesk.app import readme_pictures
from vpdesk.app.output_file import check_output
from vpdesk.app.picture import Wish
from vpdesk.app.readme_pictures import PAGE, SCENES, draw_all
from vpdesk.display.layers import LAYERS
from vpdesk.errors import VpdeskError

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
NAMES = [*SCENES, PAGE]
MAX_BYTES = 400_000


def test_readme_shows_exactly_the_pictures_that_the_command_draws_each_with_a_caption() -> None:
    shown = re.findall(r"^!\[(.+)\]\(resources/(.+\.png)\)\n\n\*[^*]+\*$", README, re.M)
    assert sorted(name for _, name in shown) == sorted(NAMES)
    assert len(re.findall(r"!\[", README)) == len(NAMES) == 5
    assert "vpdesk picture --readme -o resources" in README


def test_the_command_draws_anew_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(wish: Wish, _: object) -> str:
        check_output(wish.output, may_replace=wish.may_replace)
        return wish.output.name

    monkeypatch.setattr(readme_pictures, "draw", draw)
    monkeypatch.setattr(readme_pictures, "_draw_page", lambda path: path.name)
    for name in NAMES:
        (tmp_path / name).touch()
    assert list(draw_all(tmp_path)) == NAMES


def test_no_other_picture_lies_in_the_resources() -> None:
    assert sorted(path.name for path in (ROOT / "resources").glob("*.png")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_there_small_enough_and_says_what_it_is_of(name: str) -> None:
    png = (ROOT / "resources" / name).read_bytes()
    texts = png_texts(png)
    assert len(png) < MAX_BYTES
    assert QImage.fromData(png).width() >= 800
    assert texts["Software"].startswith("vpdesk ")
    if name in SCENES:
        scene = SCENES[name]
        assert texts["Data"] == "simulated"  # no picture of real data may lie in the project
        assert texts["Layer"].startswith(LAYERS[scene.layer].title)
        assert re.fullmatch("[0-9a-f]{32}", texts["Digest"])
        assert texts["Time"] <= f"2025-01-06 {scene.at} UTC" + "9"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VpdeskError, match="There is no folder"):
        next(draw_all(tmp_path / "nowhere"))
