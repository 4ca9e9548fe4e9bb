"""The pictures look as they did when somebody looked at them; and the comparison sees what a reader would see."""

from __future__ import annotations

from pathlib import Path

import pytest
from baselines import RENEW, assert_looks_like, differences, pixels

from evidencekit.rendering.dots import DotRow, dot_chart
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.grids import Grid, GridCell, grid_chart
from evidencekit.rendering.icons import icon_array

ROWS = [
    DotRow("Girls", 0.14, low=0.11, high=0.18, strong=True),
    DotRow("Boys", 0.09, low=0.06, high=0.13, text="9% (6 to 13), few boys", state="caution"),
    DotRow("Another gender", state="protected"),
    DotRow("Aged 17", state="uncertain"),
    DotRow("Aged 16", state="review"),
]


def dots_with(rows: list[DotRow]) -> Picture:
    return dot_chart(
        rows, title="Asked for a sexual image", caption="Fictional survey, 2021. Lines: 95% intervals.", axis_label="of children"
    )


def test_dots() -> None:
    assert_looks_like(dots_with(ROWS), "dots")
    assert_looks_like(dot_chart([DotRow("None", 0.0)]), "dots-one-row")
    assert_looks_like(dot_chart([DotRow(f"Province {k}", k / 50, low=k / 100, high=(k + 11) / 50) for k in range(40)]), "dots-forty-rows")


def test_icons() -> None:
    caption = "Fictional survey, 2021."
    assert_looks_like(icon_array(12, low=10, high=14, title="About 12 in 100 children", caption=caption), "icons-range")
    assert_looks_like(icon_array(1, 8, title="1 in 8"), "icons-row")
    assert_looks_like(icon_array(3, 1000, low=1, high=9, icon="dot", title="3 in 1,000"), "icons-thousand")


def test_grids() -> None:
    cells = (GridCell("4", "exposed"), GridCell("0 to 23", "hidden"), GridCell("35", "too"))
    grid = Grid("Only the small cell hidden", ("girls", "boys", "all"), [("north", cells), ("south", tuple(map(GridCell, "567")))])
    assert_looks_like(grid_chart([grid], title="What a table gives away", caption="Fictional."), "grids")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the baseline of `ROWS`."""
    monkeypatch.setattr("baselines.ROOT", tmp_path)
    monkeypatch.setenv(RENEW, "1")
    assert_looks_like(dots_with(ROWS), "dots", folder=tmp_path)
    monkeypatch.setenv(RENEW, "0")
    assert_looks_like(dots_with(ROWS), "dots", folder=tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "changed",
    [
        DotRow("Girls", 0.14, low=0.11, high=0.18, strong=True, text="14% (11 to 19)"),  # a digit
        DotRow("Girls", 0.145, low=0.11, high=0.18, strong=True, text="14% (11 to 18)"),  # a dot moved by half a point
        DotRow("Girls", 0.14, low=0.11, high=0.18, strong=True, state="caution"),  # hollow
        DotRow("Girl", 0.14, low=0.11, high=0.18, strong=True),  # a letter
    ],
)
def test_a_digit_a_letter_and_a_mark_are_seen(folder: Path, changed: DotRow) -> None:
    with pytest.raises(AssertionError, match=r"differs|pixels"):
        assert_looks_like(dots_with([changed, *ROWS[1:]]), "dots", folder=folder)
    assert (folder / "out" / "baselines" / "dots.png").is_file(), "what was drawn is kept to be looked at"


def test_another_size_and_no_baseline_are_said(folder: Path) -> None:
    with pytest.raises(AssertionError, match="pixels, its baseline"):
        assert_looks_like(dots_with(ROWS[:2]), "dots", folder=folder)
    with pytest.raises(AssertionError, match="no baseline other"):
        assert_looks_like(dots_with(ROWS), "other", folder=folder)


def test_renewing_the_same_picture_leaves_the_file_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "dots.png").stat().st_mtime_ns, (folder / "dots.png").read_bytes()
    monkeypatch.setenv(RENEW, "1")
    assert_looks_like(dots_with(ROWS), "dots", folder=folder)
    assert ((folder / "dots.png").stat().st_mtime_ns, (folder / "dots.png").read_bytes()) == before


def test_the_same_picture_does_not_differ() -> None:
    one = pixels(dots_with(ROWS).to_png(dpi=80))
    assert differences(one, one) == (0.0, 0.0, (0, 0))
