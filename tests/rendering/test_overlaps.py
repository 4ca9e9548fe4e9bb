"""Overlap charts: dots say which sets, bars how many, hidden ones hand on no number, nothing overlaps up to 7 sets and 20 combinations."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import contrast, outside, overlaps, words

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.overlapping import _EMPTY, _SHADE
from evidencekit.rendering.overlaps import Overlap, OverlapSet, overlap_chart

NAMES = [f"harm {k}" for k in range(7)]
EVERY = [c for n in range(8) for c in combinations(NAMES, n)]
HIDDEN = ("protected", "uncertain", "review")
SETS = [OverlapSet("asked", 0.14, low=0.11, high=0.18), OverlapSet("threatened", 0.06), OverlapSet("sent", state="uncertain")]
OVERLAPS = [
    Overlap(["asked"], 0.1, low=0.08, high=0.13),
    Overlap(["threatened", "asked"], 0.04, low=0.02, high=0.06, state="caution"),
    Overlap(["sent", "asked"], state="protected"),
    Overlap([], 0.8, low=0.75, high=0.85),
]


def dots(made: page.Picture) -> list[tuple[float, float]]:
    """Where the full dots are."""
    lines = made.figure.axes[0].lines
    full = [line for line in lines if line.get_marker() == "o" and line.get_markerfacecolor() == page.INK]
    return [(round(float(line.get_xdata()[0]), 3), round(float(line.get_ydata()[0]), 3)) for line in full]


def test_dots_say_which_sets_come_together() -> None:
    places = dots(overlap_chart(OVERLAPS, sets=SETS))
    xs, ys = sorted({x for x, _ in places}), sorted({y for _, y in places})
    assert [(xs.index(x), ys.index(y)) for x, y in places] == [(0, 0), (1, 0), (1, 1), (2, 0), (2, 2)]


def test_the_words_hold_every_number_with_its_interval() -> None:
    made = overlap_chart(OVERLAPS, sets=SETS, title="Together.")
    assert made.alt == (
        "Together. asked only: 10% (8 to 13); threatened and asked: 4% (2 to 6), uncertain; sent and asked: protected; "
        "none of these: 80% (75 to 85). In all: asked: 14% (11 to 18); threatened: 6%; sent: too uncertain to show."
    )
    assert {"10%", "4%", "80%", "14%", "6%", "protected", "too uncertain to show", "uncertain"} <= set(words(made))
    assert overlap_chart(OVERLAPS, sets=SETS, alt="In other words").alt == "In other words"
    assert Overlap(["a", "b"], 0.125, low=0.1, high=0.2, text="1 in 8", label="both").said == "1 in 8 (10% to 20%)"
    assert Overlap(["a", "b", "c"], 0.1).called == "a, b and c"


@st.composite
def charts(draw: st.DrawFn) -> tuple[list[OverlapSet], list[Overlap]]:
    """Up to seven sets and twenty combinations, some hidden."""
    count = draw(st.integers(1, 7))
    long = " of a name that needs more lines" * draw(st.integers(0, 1))
    names = [name + long for name in NAMES[:count]]
    every = [c for n in range(count + 1) for c in combinations(names, n)]
    chosen = draw(st.lists(st.sampled_from(every), min_size=1, max_size=20, unique=True))

    def numbers() -> dict:
        state = draw(st.sampled_from(("shown", "caution", *HIDDEN)))
        value = draw(st.integers(0, 1000)) / 1000
        return {"state": state} if state in HIDDEN else {"state": state, "value": value, "low": value / 2, "high": (1 + value) / 2}

    return [OverlapSet(name, **numbers()) for name in names], [Overlap(c, **numbers()) for c in chosen]


@settings(max_examples=25, deadline=None)
@given(charts())
def test_words_do_not_overlap_and_alt_text_holds_every_number(made: tuple[list[OverlapSet], list[Overlap]]) -> None:
    sets, together = made
    drawn = overlap_chart(together, sets=sets)
    assert not outside(drawn)
    assert not overlaps(drawn)
    parts, _, totals = drawn.alt.removesuffix(".").partition(". In all: ")
    for one, name, part in [
        *((o, o.called, p) for o, p in zip(together, parts.split("; "), strict=True)),
        *((s, s.label, p) for s, p in zip(sets, totals.split("; "), strict=True)),
    ]:
        said = part.removeprefix(f"{name}: ")
        assert said.startswith(one.said)
        assert one.short in words(drawn) or one.value is None
        assert one.value is not None or not any(c.isdigit() for c in said)


def test_numbers_stand_upright_where_they_would_touch() -> None:
    sets = [OverlapSet(name, 0.2) for name in NAMES]
    many = overlap_chart([Overlap(c, 0.123) for c in EVERY[:20]], sets=sets)
    few = overlap_chart([Overlap(c, 0.123) for c in EVERY[:3]], sets=sets)
    for made, angle in ((many, 90.0), (few, 0.0)):
        assert {t.get_rotation() for t in made.figure.axes[0].texts if t.get_text() == "12.3%"} == {angle}


def test_too_many_are_refused_with_what_to_do() -> None:
    eight = [OverlapSet(f"set {k}", 0.1) for k in range(8)]
    with pytest.raises(InputError, match=r"8 sets; at most 7 .*Put some into one"):
        overlap_chart([Overlap(["set 1"], 0.1)], sets=eight)
    with pytest.raises(InputError, match=r"21 combinations; at most 20 .*Draw the largest"):
        overlap_chart([Overlap(c, 0.1) for c in EVERY[:21]], sets=[OverlapSet(name, 0.1) for name in NAMES])


def test_charts_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(InputError, match="a set and a combination"):
        overlap_chart([], sets=SETS)
    with pytest.raises(InputError, match=r"overlaps\[1\] has a set") as caught:
        overlap_chart([OVERLAPS[0], Overlap(["SECRET"], 0.1)], sets=SETS)
    assert "SECRET" not in str(caught.value)
    with pytest.raises(InputError, match=r"overlaps\[0\] and overlaps\[1\] are the same"):
        overlap_chart([Overlap(["asked", "sent"], 0.1), Overlap(["sent", "asked"], 0.1)], sets=SETS)
    with pytest.raises(InputError, match=r"sets\[0\] and sets\[1\]"):
        overlap_chart(OVERLAPS, sets=[SETS[0], SETS[0]])
    with pytest.raises(InputError, match=r"text of overlaps\[0\] is too long"):
        overlap_chart([Overlap(["asked"], 0.1, text="ten in a hundred")], sets=SETS)
    with pytest.raises(InputError, match=r"text of sets\[0\] is too long"):
        overlap_chart([Overlap(["asked"], 0.1)], sets=[OverlapSet("asked", 0.1, text="about fourteen in a hundred")])
    for options in ({"value": None}, {"value": 14.0}, {"value": 0.1, "state": "review"}, {"value": 0.1, "low": 0.2, "high": 0.3}):
        for made in (lambda o: Overlap(["asked"], **o), lambda o: OverlapSet("asked", **o)):
            with pytest.raises(InputError):
                made(options)
    with pytest.raises(InputError, match="twice"):
        Overlap(["asked", "asked"], 0.1)
    with pytest.raises(InputError, match="not a text"):
        Overlap("asked", 0.1)


def test_marks_can_be_seen() -> None:
    assert contrast(_EMPTY, _SHADE) >= 3
    assert contrast(page.BLUE, _SHADE) >= 3
    assert contrast(page.SLATE, _SHADE) >= 4.5
