"""The pictures look as they did when somebody looked at them; and the comparison sees what a reader would see."""

from __future__ import annotations

from pathlib import Path

import pytest
from baselines import RENEW, assert_looks_like, differences, pixels

from evidencekit.rendering.dots import DotRow, dot_chart
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.forests import ForestRow, forest_chart
from evidencekit.rendering.gradients import GradientRow, gradient_chart
from evidencekit.rendering.grids import Grid, GridCell, grid_chart
from evidencekit.rendering.icons import icon_array
from evidencekit.rendering.rows import State
from evidencekit.rendering.slopes import SlopeLine, SlopePoint, slope_chart

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


def gradient_rows() -> list[GradientRow]:
    return [
        GradientRow("Girls", 0.14, bands=[(0.13, 0.15), (0.12, 0.16), (0.11, 0.18)], strong=True),
        GradientRow("Boys", 0.09, bands=[(0.07, 0.11), (0.05, 0.14), (0.03, 0.17)], state="caution", text="9% (3 to 17), few boys"),
        GradientRow("Another gender", state="protected"),
        GradientRow("Aged 17, in a household of more than one child", 0.0, bands=[(0, 0.01), (0, 0.02), (0, 0.03)]),
        GradientRow("No width", 0.2, bands=[(0.2, 0.2)] * 3),
        GradientRow("No interval", 0.16),
        GradientRow("Aged 16", state="uncertain", text="too uncertain to show: fewer than thirty children were asked"),
    ]


def test_gradients() -> None:
    made = gradient_chart(gradient_rows(), title="Asked for a sexual image", caption="Fictional survey, 2021.", axis_label="of children")
    assert_looks_like(made, "gradients")
    differences = [
        GradientRow("Girls against boys", -0.05, bands=[(-0.07, -0.03), (-0.09, 0.01)]),
        GradientRow("Urban against rural", 0.03, bands=[(0.02, 0.04), (0.01, 0.07)]),
    ]
    assert_looks_like(gradient_chart(differences, levels=["50% interval", "95% interval"], title="Differences"), "gradients-differences")
    assert_looks_like(gradient_chart([GradientRow("All", 1.0)]), "gradients-one-row")
    many = [GradientRow(f"Province {k}", k / 50, bands=[((k - b * k / 5) / 50, (k + 3 * b) / 50) for b in (1, 2, 3)]) for k in range(40)]
    assert_looks_like(gradient_chart(many), "gradients-forty-rows")


def forest_rows() -> list[ForestRow]:
    places = [("Lumora", 0.14), ("A republic with a long name", 0.12), ("Vessa", 0.1), ("Tarn", 0.08), ("Ost", 0.0)]
    rows = [
        ForestRow(name, v, low=max(0.0, v - 0.03), high=v + 0.04, more=[f"{k + 1} to {k + 3}"], group="East" if k < 3 else "The West")
        for k, (name, v) in enumerate(places)
    ]
    rows.insert(3, ForestRow("Inner Vessa", state="protected", group="The West"))
    rows.insert(5, ForestRow("Outer Ost", 0.07, low=0.02, high=0.2, more=["1 to 5"], state="caution", group="The West"))
    return [*rows, ForestRow("All countries", 0.095, low=0.08, high=0.11, more=[""], pooled=True)]


def test_forests() -> None:
    made = forest_chart(
        *(forest_rows(),),
        columns=["Share", "Ranks"],
        title="Asked, by country",
        caption="Fictional. Lines: 95% intervals.",
        axis_label="of children",
    )
    assert_looks_like(made, "forests")
    assert_looks_like(forest_chart([ForestRow("All", 1.0, low=1.0, high=1.0, pooled=True)]), "forests-one-row")
    more = ("between 1 and 40", "1,234")
    many = [ForestRow(f"Country {k}", k / 40, low=k / 80, high=min(1.0, k / 30), more=more, group=f"Region {k // 10}") for k in range(40)]
    assert_looks_like(forest_chart(many, columns=["Share and interval", "Possible ranks", "Inter\u200bviews"]), "forests-forty-rows")


def near(value: float, state: State = "shown") -> SlopePoint:
    return SlopePoint(value, low=max(0.0, value - 0.03), high=min(1.0, value + 0.04), state=state)


def test_slopes() -> None:
    two = [
        SlopeLine("Girls", [near(0.14), near(0.18)]),
        SlopeLine("Boys", [near(0.09), near(0.15)]),
        SlopeLine("Aged 12 to 14", [near(0.085), SlopePoint(state="protected")]),
        SlopeLine("Another gender", [SlopePoint(state="uncertain"), near(0.16, "caution")]),
    ]
    assert_looks_like(slope_chart(two, rounds=[2017, 2021], title="Asked for a sexual image", caption="Fictional."), "slopes")
    four = [
        SlopeLine("Girls", [near(0.14), near(0.18), near(0.12), near(0.2)], strong=True),
        SlopeLine("Boys", [near(0.09), SlopePoint(state="review"), near(0.15), near(0.17)]),
        SlopeLine("Aged 17", [SlopePoint(state="protected"), near(0.05), near(0.03), SlopePoint(state="uncertain")]),
    ]
    names = ["2011, first round", "2012", "2013", "2021, by telephone"]
    assert_looks_like(slope_chart(four, rounds=[2011, 2012, 2013, 2021], names=names, title="Four rounds"), "slopes-uneven")
    ends = [SlopeLine("None", [SlopePoint(0.0), SlopePoint(1.0, low=1.0, high=1.0)])]
    assert_looks_like(slope_chart(ends, rounds=[1, 2]), "slopes-one-line")
    many = [SlopeLine(f"Province {k}", [near(k / 80), near((k * 7 % 40) / 60)], strong=k in (4, 20)) for k in range(40)]
    assert_looks_like(slope_chart(many, rounds=[2017, 2021]), "slopes-forty-lines")


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
