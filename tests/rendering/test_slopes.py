"""Slope charts: names at both ends never overlap, years are as far apart as they are, hidden points are words and break the line."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sheets import outside, overlaps, words

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.rows import spread
from evidencekit.rendering.slopes import SlopeLine, SlopePoint, slope_chart

HIDDEN = SlopePoint(state="protected")


def point(value: float, **options) -> SlopePoint:
    return SlopePoint(value, low=max(0.0, value - 0.03), high=min(1.0, value + 0.04), **options)


GIRLS = SlopeLine("Girls", [point(0.14), point(0.18)])
BOYS = SlopeLine("Boys", [point(0.09), HIDDEN])


@settings(max_examples=200)
@given(st.lists(st.tuples(st.floats(-50, 150), st.floats(1, 30)), max_size=12))
@example([(0.0, 10.0)] * 12)
def test_spread_moves_no_more_than_it_must(things: list[tuple[float, float]]) -> None:
    wanted, sizes = [w for w, _ in things], [s for _, s in things]
    low, high = 0.0, max(sum(sizes), 100.0)
    out = spread(wanted, sizes, low=low, high=high)
    placed = sorted(zip(out, sizes, wanted, strict=True), key=lambda t: (t[0], t[2]))
    for (a, s, w), (b, t, v) in pairwise(placed):
        assert b - a >= (s + t) / 2 - 1e-6, "no overlap"
        assert w <= v, "the order is kept"
    assert all(low - 1e-6 <= y - s / 2 and y + s / 2 <= high + 1e-6 for y, s in zip(out, sizes, strict=True))
    if placed and all(b - a >= (s + t) / 2 for (a, s), (b, t) in pairwise(sorted(things))):
        inside = all(low <= w - s / 2 and w + s / 2 <= high for w, s in things)
        assert not inside or out == pytest.approx(wanted), "what does not overlap stays"


def test_spread_agrees_with_quadratic_programming() -> None:
    from scipy.optimize import minimize

    wanted, sizes = [10.0, 11.0, 30.0, 31.0, 33.0, 95.0], [10.0, 14.0, 8.0, 8.0, 12.0, 20.0]
    limits = [{"type": "ineq", "fun": lambda y, k=k: y[k + 1] - y[k] - (sizes[k] + sizes[k + 1]) / 2} for k in range(5)]
    limits += [{"type": "ineq", "fun": lambda y: y[0] - 5.0}, {"type": "ineq", "fun": lambda y: 100 - y[5] - 10.0}]
    best = minimize(lambda y: sum((a - b) ** 2 for a, b in zip(y, wanted, strict=True)), wanted, constraints=limits, method="SLSQP")
    assert spread(wanted, sizes, low=0.0, high=100.0) == pytest.approx(best.x, abs=1e-4)


def test_the_words_hold_every_round_with_its_interval() -> None:
    picture = slope_chart([GIRLS, BOYS], rounds=[2017, 2021], title="Asked")
    assert picture.alt == "Asked. Girls: 2017 14% (11 to 18), 2021 18% (15 to 22); Boys: 2017 9% (6 to 13), 2021 protected."
    assert {"Girls: 14%", "Girls: 18%", "Boys: 9%", "Boys: protected", "2017", "2021"} <= set(words(picture))
    named = slope_chart([GIRLS], rounds=[2017, 2021], names=["Round 1", "Round 2"], alt="In other words")
    assert named.alt == "In other words"
    assert {"Round 1", "Round 2"} <= set(words(named))
    own = SlopeLine("Filles", [SlopePoint(0.14, low=0.11, high=0.18, text="14 %"), SlopePoint(state="uncertain", text="trop incertain")])
    assert "2017 14 % (11 to 18), 2021 trop incertain" in slope_chart([own], rounds=[2017, 2021]).alt


def test_years_are_as_far_apart_as_they_are() -> None:
    line = SlopeLine("Girls", [point(0.1), point(0.2), point(0.15), point(0.3)])
    axes = slope_chart([line], rounds=[2011, 2012, 2014, 2021]).figure.axes[0]
    xs = [one.get_xdata()[0] for one in axes.lines if one.get_marker() == "o"]
    ys = [one.get_ydata()[0] for one in axes.lines if one.get_marker() == "o"]
    steps = [(b - a) / (xs[-1] - xs[0]) for a, b in pairwise(xs)]
    assert steps == pytest.approx([0.1, 0.2, 0.7])
    zero = next(one.get_ydata()[0] for one in axes.lines if one.get_color() == page.SLATE and one.get_linewidth() == 1.0)
    assert [(zero - y) / (zero - ys[3]) for y in ys] == pytest.approx([1 / 3, 2 / 3, 0.5, 1])
    whiskers = [one.get_ydata() for one in axes.lines if one.get_linewidth() == 1.2]
    assert (zero - whiskers[3][1]) / (zero - ys[3]) == pytest.approx(0.34 / 0.3)


def test_a_hidden_point_breaks_the_line_and_is_said() -> None:
    middle = SlopeLine("Boys", [point(0.1), SlopePoint(state="review"), point(0.15), point(0.2)])
    picture = slope_chart([middle], rounds=[2011, 2012, 2014, 2021])
    axes = picture.figure.axes[0]
    joined = [one for one in axes.lines if one.get_linewidth() == 1.6 and len(one.get_xdata()) == 2]
    assert len(joined) == 1, "from the third to the fourth round only"
    assert "Boys, 2012: for review" in words(picture)
    signs = [one for one in axes.lines if one.get_marker() == "^"]
    assert len(signs) == 2, "below the scale and in the key"
    inner = SlopeLine("Aged 17", [HIDDEN, point(0.1), HIDDEN])
    assert "Aged 17" in words(slope_chart([inner], rounds=[1, 2, 3])), "no end names it beside its mark: the key does"


def test_where_a_hidden_point_stands_depends_on_no_number() -> None:
    def sign(of_others: float) -> tuple[float, ...]:
        chart = slope_chart([SlopeLine("Girls", [point(0.3), point(of_others)]), BOYS], rounds=[2017, 2021])
        return tuple(float(one.get_ydata()[0]) for one in chart.figure.axes[0].lines if one.get_marker() == "s")

    assert sign(0.1) == sign(0.3)


@pytest.mark.parametrize("n", [1, 2, 8, 40])
@pytest.mark.parametrize("apart", [0.0, 0.002, 0.02])
def test_names_never_overlap_and_nothing_leaves_the_sheet(n: int, apart: float) -> None:
    lines = [
        SlopeLine(f"Province with a long name {k}", [point(apart * k), HIDDEN if k % 5 == 1 else point(1 - apart * k)], strong=k == 3)
        for k in range(n)
    ]
    picture = slope_chart(lines, rounds=[2017, 2021], title="A title of two lines " * 4, caption="A source. " * 20)
    assert not outside(picture)
    assert not overlaps(picture)


@pytest.mark.parametrize("years", [[2000, 2001, 2002, 2021], [2000, 2019, 2020, 2021], [2000, 2000.1, 2000.2, 2000.3, 2030]])
def test_names_of_near_rounds_do_not_overlap(years: list[float]) -> None:
    line = SlopeLine("Girls", [point(0.1)] * len(years))
    for names in ([], [f"The round of {year:g}, by telephone" for year in years]):
        picture = slope_chart([line], rounds=years, names=names)
        assert not overlaps(picture)
        assert not outside(picture)


def test_lines_have_marks_of_their_own() -> None:
    lines = [SlopeLine(f"Group {k}", [point(0.1 + k / 50), point(0.2)]) for k in range(6)]
    marks = {one.get_marker() for one in slope_chart(lines, rounds=[1, 2]).figure.axes[0].lines if len(one.get_xdata()) == 1}
    assert len(marks) == 6
    assert not marks & {"s", "D", "^"}, "the signs of what is hidden"


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_the_scale_holds_at_its_ends(value: float) -> None:
    flat = SlopePoint(value, low=value, high=value)
    shown = words(slope_chart([SlopeLine("All", [flat, flat])], rounds=[1, 2]))
    assert "0%" in shown
    assert not {"120%", "\N{MINUS SIGN}20%"} & set(shown)
    hidden = slope_chart([SlopeLine("All", [HIDDEN, HIDDEN])], rounds=[1, 2])
    assert hidden.alt == "All: 1 protected, 2 protected."


def test_the_same_bytes() -> None:
    one, two = (slope_chart([GIRLS, BOYS], rounds=[2017, 2021]) for _ in range(2))
    assert (one.to_svg(), one.to_png()) == (two.to_svg(), two.to_png())


def test_charts_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(InputError, match="no lines"):
        slope_chart([], rounds=[1, 2])
    for rounds in ([1], [2, 1], [1, 1], [1, float("nan")]):
        with pytest.raises(InputError, match="two years"):
            slope_chart([GIRLS], rounds=rounds)
    with pytest.raises(InputError, match="points than there are rounds"):
        slope_chart([GIRLS], rounds=[1, 2, 3])
    with pytest.raises(InputError, match="names than rounds"):
        slope_chart([GIRLS], rounds=[1, 2], names=["a"])
    with pytest.raises(InputError, match="Divide by 100"):
        slope_chart([SlopeLine("Girls", [SlopePoint(14.0), SlopePoint(18.0)])], rounds=[1, 2])
    for options in (
        {"value": 0.77, "state": "protected"},
        {"low": 0.77, "high": 0.9, "state": "review"},
        {"value": 0.77, "low": 0.8, "high": 0.9},
    ):
        with pytest.raises(InputError) as caught:
            SlopePoint(**options)
        assert "0.77" not in str(caught.value)
