"""Steps of weighting side by side: their numbers are those of the surveys, and their picture holds whatever they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.rendering.scale import scale_over
from evidencekit.weighting.views.stepsplot import StepRow, steps_plot

TOLD = "image_shared"


@pytest.fixture(scope="module")
def surveys() -> dict[str, ek.Survey]:
    fiction = ek.fictional.national_survey(interviews=600)
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    raked = ek.weighting.rake(survey, {"sex": {"girl": 0.4, "boy": 0.6}})
    return {"given": survey, "raked": raked}


def test_a_row_holds_the_survey_s_own_numbers(surveys: dict[str, ek.Survey]) -> None:
    rows = ek.weighting.steps(surveys, lambda s: ek.proportion(s, TOLD)).to_frame()
    for row, survey in zip(rows.to_dict("records"), surveys.values(), strict=True):
        est, w = ek.proportion(survey, TOLD), survey.w
        assert w is not None
        assert (row["estimate"], row["low"], row["high"]) == (est.points[0], est.interval.low[0], est.interval.high[0])
        assert row["kish_n"] == pytest.approx(est.counts.n[0] / est.counts.kish[0])
        assert [row["p50"], row["largest"]] == pytest.approx([np.median(w) / w.mean(), w.max() / w.mean()])
        assert row["n"] == est.counts.n[0] < len(w), "answers, not rows"


def test_the_picture_tells_every_step(surveys: dict[str, ek.Survey]) -> None:
    made = ek.weighting.steps(surveys, lambda s: ek.mean(s, "hours_online")).picture(caption="Hours")
    assert all(f"{name}: weights up to" in made.alt for name in surveys)
    assert "%" not in made.alt
    assert made.to_svg().startswith("<svg")


def test_a_step_without_an_interval_is_a_dot_alone() -> None:
    row = StepRow("panel", (0.2, 0.6, 0.9, 1.3, 2.5, 3.1), 0.16, None, 950.0)
    assert steps_plot([row], percent=True, title="Steps").alt.endswith("16%, n 950.")


@pytest.mark.parametrize(
    ("steps", "statistic", "said"),
    [
        ({}, lambda s: ek.proportion(s, TOLD), "mapping"),
        ([1], lambda s: ek.proportion(s, TOLD), "mapping"),
        ({"a": 1}, lambda s: ek.proportion(s, TOLD), "a Survey"),
        (None, "mean", "function"),
        (None, lambda s: ek.proportion(s, TOLD, by="sex"), "one cell"),
        (None, lambda s: 3.0, "one cell"),
    ],
)
def test_what_cannot_be_compared_is_refused(surveys: dict[str, ek.Survey], steps: Any, statistic: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        ek.weighting.steps(surveys if steps is None else steps, statistic)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.integers(1, 8), st.booleans())
def test_a_scale_takes_in_its_interval_with_few_ticks(low: float, width: float, most: int, outward: bool) -> None:
    scale = scale_over(low, low + width, left=10.0, right=90.0, most=most, outward=outward)
    slack = 1e-6 * (scale.high - scale.low)
    assert scale.low <= low + slack
    assert scale.high >= low + width - slack
    assert 1 <= len(scale.ticks) <= max(most, 3)
    assert all(10 - 1e-3 <= scale.at(tick) <= 90 + 1e-3 for tick in scale.ticks)
