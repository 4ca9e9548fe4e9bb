"""Cascades: bars are as long as their shares, steps are nested, a hidden step gives nothing away, nothing overlaps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from sheets import contrast, outside, overlaps, words

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.cascades import _TRACK, CascadeStep, cascade

FIRST = CascadeStep("Harmed", 1.0)
TOLD = CascadeStep("Told someone", 0.62, low=0.57, high=0.67)
HIDDEN = ("protected", "uncertain", "review")


def bars(made: page.Picture) -> list[Rectangle]:
    """The bars, without the tracks behind them."""
    found = [p for p in made.figure.axes[0].patches if isinstance(p, Rectangle)]
    return [p for p in found if to_hex(p.get_edgecolor()) == page.BLUE]


def test_bars_are_as_long_as_their_shares() -> None:
    first, told, none = (b.get_width() for b in bars(cascade([FIRST, TOLD, CascadeStep("Got help", 0.0)])))
    assert told == pytest.approx(0.62 * first)
    assert 0 < none < 2, "a bar of nothing is still seen"


def test_the_words_hold_every_number_and_the_share_of_the_step_before() -> None:
    steps = [
        *(FIRST, TOLD),
        CascadeStep("Reported it", 0.155, low=0.12, high=0.19, state="caution"),
        CascadeStep("Got help", 0.1, before="two in three of those who reported it"),
        CascadeStep("Was satisfied", state="protected"),
        CascadeStep("Would report again", 0.02),
    ]
    made = cascade(steps, title="Who finds help.")
    assert made.alt == (
        "Who finds help. Harmed: 100%; Told someone: 62% (57 to 67); Reported it: 15.5% (12 to 19), uncertain, 25% of the step before; "
        "Got help: 10%, two in three of those who reported it; Was satisfied: protected; Would report again: 2%."
    )
    assert {"25% of the step before", "two in three of those who reported it", "protected", "uncertain"} <= set(words(made))
    assert cascade(steps, alt="In other words").alt == "In other words"


def test_a_hidden_step_is_not_given_away_by_its_neighbour() -> None:
    hidden = CascadeStep("Told someone", state="protected")
    made = cascade([FIRST, hidden, CascadeStep("Reported it", 0.15)])
    assert "step before" not in made.alt
    with pytest.raises(InputError, match="would give the hidden step before it away") as caught:
        cascade([FIRST, hidden, CascadeStep("Reported it", 0.15, before="24% of those who told")])
    assert "24%" not in str(caught.value)
    with pytest.raises(InputError, match="carries no share"):
        CascadeStep("Told someone", state="protected", before="24%")


def test_parts_are_rounded_to_0_and_100_only_where_they_are() -> None:
    made = cascade([FIRST, *(CascadeStep("a", v) for v in (1.0, 0.9994, 0.5, 0.0004, 0.0, 0.0))])
    said = [part.partition(", ")[2] for part in made.alt.removesuffix(".").split("; ")]
    assert said[:3] == ["", "", "more than 99% of the step before"]
    assert said[3:] == ["50% of the step before", "less than 1% of the step before", "0% of the step before", ""]


def test_steps_that_grow_are_refused_whatever_their_intervals() -> None:
    wide = CascadeStep("Reported it", 0.63, low=0.2, high=0.9)
    with pytest.raises(InputError, match=r"(?s)steps\[2\] is larger.*whatever the intervals.*missing answers") as caught:
        cascade([FIRST, TOLD, wide])
    assert "0.63" not in str(caught.value)
    with pytest.raises(InputError, match=r"steps\[3\] is larger"):  # over a hidden step
        cascade([FIRST, TOLD, CascadeStep("Reported it", state="protected"), CascadeStep("Got help", 0.63)])
    cascade([FIRST, TOLD, CascadeStep("Reported it", 0.62 + 1e-12)])


def test_cascades_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(InputError, match="no steps"):
        cascade([])
    with pytest.raises(InputError, match="its own is 1"):
        cascade([TOLD])
    with pytest.raises(InputError, match="no step before the first"):
        cascade([CascadeStep("Harmed", 1.0, before="all")])
    for options in ({"value": None}, {"value": 62.0}, {"value": 0.1, "state": "protected"}, {"value": 0.1, "low": 0.2, "high": 0.3}):
        with pytest.raises(InputError):
            CascadeStep("Told someone", **options)


@st.composite
def cascades(draw: st.DrawFn) -> list[CascadeStep]:
    """One to seven nested steps, some hidden, with short and long labels."""
    values = sorted(draw(st.lists(st.integers(0, 1000), max_size=6)), reverse=True)
    steps = [CascadeStep("All children harmed", 1.0)]
    for k, value in enumerate(values):
        label = f"Step {k} " + "of a rather long name " * draw(st.integers(0, 3))
        state = draw(st.sampled_from(("shown", "caution", *HIDDEN)))
        v = value / 1000
        shown = {} if state in HIDDEN else {"value": v, "low": 0.8 * v, "high": min(1.0, 1.2 * v)}
        text = "a reason that is too long for one line " * draw(st.integers(0, 2)) if state in HIDDEN else ""
        steps.append(CascadeStep(label.strip(), state=state, text=text, **shown))
    return steps


@settings(max_examples=25, deadline=None)
@given(cascades())
def test_words_do_not_overlap_and_alt_text_holds_every_number(steps: list[CascadeStep]) -> None:
    made = cascade(steps, title="A title that may need two lines " * 2, caption="A source. " * 9)
    assert not outside(made)
    assert not overlaps(made)
    told = made.alt.partition(". ")[2].removesuffix(".").split("; ")
    for k, (step, part) in enumerate(zip(steps, told, strict=True)):
        said = part.removeprefix(f"{step.label}: ")
        if step.value is None:
            assert said == step.said
            assert not any(c.isdigit() for c in said)
        else:
            assert said.startswith(step.said)
        if k and steps[k - 1].value is None:
            assert "step before" not in said


def test_marks_can_be_seen() -> None:
    assert contrast(page.BLUE, _TRACK) >= 3
    assert contrast(page.INK, page.BLUE) >= 3
    assert contrast(page.INK, _TRACK) >= 3
