"""Forest charts: points of one size, a diamond for what is pooled, columns and headings in place, hidden rows without numbers."""

from __future__ import annotations

import pytest
from matplotlib.patches import Polygon
from sheets import boxes, outside, overlaps, words

from evidencekit.errors import InputError
from evidencekit.rendering.forests import ForestRow, forest_chart

ROWS = [
    ForestRow("Lumora", 0.14, low=0.11, high=0.18, more=["1 to 2"], group="East"),
    ForestRow("Vessa", 0.12, low=0.02, high=0.5, more=["1 to 3"], group="East", state="caution"),
    ForestRow("Tarn", state="protected", group="West"),
    ForestRow("Ost", 0.05, low=0.03, high=0.08, more=["3 to 4"], group="West"),
    ForestRow("All countries", 0.1, low=0.08, high=0.12, more=[""], pooled=True),
]


def test_the_words_hold_group_number_interval_and_ranks() -> None:
    picture = forest_chart(ROWS, columns=["Share", "Ranks"], title="Asked")
    assert picture.alt == (
        "Asked. East: Lumora: 14% (11 to 18), Ranks 1 to 2; Vessa: 12% (2 to 50), uncertain, Ranks 1 to 3; "
        "West: Tarn: protected; Ost: 5% (3 to 8), Ranks 3 to 4; All countries: 10% (8 to 12)."
    )
    order = ["East", "Lumora", "Vessa", "West", "Tarn", "Ost", "All countries"]
    assert [w for w in words(picture) if w in order] == order
    assert forest_chart(ROWS, columns=["Share", "Ranks"], alt="In other words").alt == "In other words"


def test_columns_stand_under_their_headings() -> None:
    places = dict(boxes(forest_chart(ROWS, columns=["Share", "Ranks"])))
    for head, texts in {"Share": ["14% (11 to 18)", "5% (3 to 8)"], "Ranks": ["1 to 2", "3 to 4"]}.items():
        assert all(places[text].x1 == pytest.approx(places[head].x1, abs=1.5) for text in texts)
        assert all(places[text].y1 < places[head].y0 for text in texts)


def test_points_are_of_one_size_and_whiskers_as_wide_as_intervals() -> None:
    axes = forest_chart(ROWS, columns=["Share", "Ranks"]).figure.axes[0]
    zero = next(t.get_position()[0] for t in axes.texts if t.get_text() == "0%")
    points = [line for line in axes.lines if line.get_marker() == "o"]
    assert len({line.get_markersize() for line in points}) == 1
    at = points[0].get_xdata()[0]
    per_share = (at - zero) / 0.14
    whiskers = [tuple(line.get_xdata()) for line in axes.lines if line.get_linewidth() == 2.2]
    shown = [row for row in ROWS if row.value is not None and not row.pooled]
    assert len(whiskers) == len(shown)
    for row, whisker in zip(shown, whiskers, strict=True):
        assert whisker == pytest.approx((zero + row.low * per_share, zero + row.high * per_share))
    (diamond,) = [p for p in axes.patches if isinstance(p, Polygon)]
    corners = diamond.get_xy()[:, 0]
    assert (min(corners), max(corners)) == pytest.approx((zero + 0.08 * per_share, zero + 0.12 * per_share))
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert [line.get_xdata()[0] for line in dashed] == pytest.approx([zero + 0.1 * per_share] * len(dashed))
    assert len(dashed) == len(shown) + 1, "not through hidden rows and headings, where words stand"


@pytest.mark.parametrize("n", [1, 2, 15, 40])
@pytest.mark.parametrize("columns", [1, 2, 3])
def test_nothing_leaves_the_sheet_or_overlaps(n: int, columns: int) -> None:
    more = ["between 1 and 40"] * (columns - 1)
    rows = [
        ForestRow(f"A rather long name of a country, {k}", k / n, low=0, high=1, more=more, group=f"Region {k // 7} with a long name")
        for k in range(n)
    ]
    rows += [
        ForestRow("Hidden", state="review", text="why it is hidden " * 9),
        ForestRow("All", 1.0, low=1, high=1, more=more, pooled=True),
    ]
    heads = ["Share and its 95% interval", "Possible ranks", "Interviews"][:columns]
    picture = forest_chart(rows, columns=heads, title="A title of two lines " * 4, caption="A source. " * 20)
    assert not outside(picture)
    assert not overlaps(picture)


def test_without_columns_the_number_stands_to_the_right() -> None:
    picture = forest_chart([ForestRow("Lumora", 0.0), ForestRow("Vessa", 1.0, low=1.0, high=1.0)])
    assert {"0%", "100% (100 to 100)"} <= set(words(picture))
    ratio = forest_chart([ForestRow("Lumora", 2.5, low=1.5, high=4.0)], number=lambda n: f"{n:g} times")
    assert ratio.alt == "Lumora: 2.5 times (1.5 times to 4 times)."


@pytest.mark.parametrize(
    "options",
    [
        {"value": None},
        {"value": 0.1, "state": "protected"},
        {"more": ["1 to 2"], "state": "uncertain"},
        {"value": 0.1, "low": 0.05},
        {"value": 0.1, "low": 0.2, "high": 0.3},
        {"value": 0.1, "pooled": True},
        {"state": "protected", "pooled": True},
        {"value": 0.1, "more": "1 to 2"},
        {"value": float("inf")},
    ],
)
def test_rows_that_do_not_fit_together_are_refused(options: dict) -> None:
    with pytest.raises(InputError) as caught:
        ForestRow("Lumora", **options)
    assert "0.1" not in str(caught.value)
    assert "1 to 2" not in str(caught.value)


def test_charts_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(InputError, match="no rows"):
        forest_chart([])
    with pytest.raises(InputError, match="texts than there are columns"):
        forest_chart(ROWS, columns=["Share"])
    with pytest.raises(InputError, match="at most 3 headings"):
        forest_chart(ROWS, columns=["a"] * 4)
    with pytest.raises(InputError, match="follow each other"):
        forest_chart([ForestRow(name, 0.1, group=group) for name, group in (("a", "x"), ("b", "y"), ("c", "x"))])
    with pytest.raises(InputError, match="Divide by 100"):
        forest_chart([ForestRow("Lumora", 14.0)])
