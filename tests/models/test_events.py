"""Cumulative incidence and proportional hazards: what they equal where the answer is known, R's numbers, refusals."""

from __future__ import annotations

from functools import cache
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from outside import FOLDER, close, expected, marks

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, UnknownColumn
from evidencekit.models.events.cox import _Cox
from evidencekit.models.events.times import Times


@cache
def young() -> pd.DataFrame:
    generator = np.random.default_rng(31)
    psu = np.repeat(np.arange(60), 10)
    now, first = generator.integers(18, 25, 600), generator.integers(8, 40, 600) + generator.integers(0, 3, 60)[psu]
    frame = pd.DataFrame({"age": np.minimum(now, first), "psu": psu, "w": generator.uniform(1, 3, 600)})
    frame["what"] = (first <= now) * np.where(generator.random(600) < 0.3, 2, 1)
    frame["sex"] = generator.choice(["boy", "girl"], 600)
    return frame.assign(by12=((frame["what"] == 1) & (frame["age"] <= 12)) * 1.0)


def survey(frame: pd.DataFrame | None = None) -> ek.Survey:
    return ek.Survey(young() if frame is None else frame, weights="w", psu="psu")


@pytest.mark.outside
@marks[1]
@pytest.mark.parametrize("method", ["approx", "simple"])
def test_r_survey_after_two_phases(method: Any) -> None:
    frame = pd.read_csv(FOLDER / "data" / "nwtco.csv")
    phase2 = ek.Stages(psu="seqno", strata=("rel", "instit"))
    s = ek.Survey(frame, design=ek.TwoPhase(phase1=ek.Stages(psu="seqno"), phase2=phase2, subset="incc2", method=method))
    model, want = (
        ek.models.cox(s, "C(stage) + C(histol) + I(age / 12)", time="edrel", event="rel"),
        expected()[f"twophase.nwtco.{method}.cox"],
    )
    close(model.coefficients, want["est"])
    close(model.estimate.se, want["se"])


def test_where_everybody_was_followed_it_is_a_share() -> None:
    made = ek.models.cumulative_incidence(survey(), time="age", event="what", at=12, by="sex")
    share = ek.proportion(survey(), "by12", by="sex")
    np.testing.assert_allclose(made.points, share.points, rtol=1e-12)
    np.testing.assert_allclose(made.vcov, share.vcov, rtol=1e-10, atol=1e-18)
    for name in ("cases", "n", "psus", "weighted_n", "kish"):
        np.testing.assert_allclose(getattr(made.counts, name), getattr(share.counts, name), rtol=1e-14)
    assert made.statistic == "cumulative incidence"


def test_one_kind_of_event_is_kaplan_and_meier() -> None:
    frame = young().assign(any=lambda d: (d["what"] > 0) * 1)
    made = ek.models.cumulative_incidence(survey(frame), time="age", event="any", at=[15, 20, 23])
    left, points = 1.0, []
    for age in sorted(frame["age"].unique()):
        here = frame[frame["age"] >= age]
        left *= 1 - (here["w"] * here["any"] * (here["age"] == age)).sum() / here["w"].sum()
        points += [1 - left] if age in (15, 20, 23) else []
    np.testing.assert_allclose(made.points, points, rtol=1e-12)
    both = [ek.models.cumulative_incidence(survey(frame), time="age", event="what", at=[15, 20, 23], cause=c).points for c in (1, 2)]
    np.testing.assert_allclose(both[0] + both[1], points, rtol=1e-12)


def test_influence_is_the_derivative_in_the_weights() -> None:
    ages = [14, 19, 22]
    base = ek.models.cumulative_incidence(survey(), time="age", event="what", at=ages, by="sex")
    generator = np.random.default_rng(2)
    from evidencekit.models.events.incidence import _influence
    from evidencekit.models.events.times import blanks_of, times_of
    from evidencekit.survey.uncertainty.scope import scope_of

    s = survey()
    scope = scope_of(s, blanks_of(s, "age", "what", None), "x")
    times, girl = times_of(s, scope, "age", "what", None), (young()["sex"] == "girl").to_numpy()
    parts = [(rows, times.some(rows)) for rows in (np.flatnonzero(~girl), np.flatnonzero(girl))]
    z = np.column_stack(list(_influence(scope, parts, ages, 1)))
    for row in generator.integers(0, scope.n, 12):
        step = 1e-5
        moved = young().assign(w=lambda d, r=row, step=step: d["w"] + step * (np.arange(len(d)) == r))
        after = ek.models.cumulative_incidence(survey(moved), time="age", event="what", at=ages, by="sex")
        np.testing.assert_allclose((after.points - base.points) / step, z[row], rtol=1e-4, atol=1e-9)


def test_replicates_agree() -> None:
    made, again = (
        ek.models.cumulative_incidence(s, time="age", event="what", at=[17, 20], by="sex")
        for s in (survey(), ek.weighting.jackknife(survey()))
    )
    np.testing.assert_allclose(again.se, made.se, rtol=0.03)
    model, refitted = (ek.models.cox(s, "sex", time="age", event="what") for s in (survey(), ek.weighting.jackknife(survey())))
    np.testing.assert_allclose(refitted.estimate.se, model.estimate.se, rtol=0.03)


def test_beyond_the_last_time_nothing_is_said() -> None:
    made = ek.models.cumulative_incidence(survey(), time="age", event="what", at=[5, 20, 60])
    assert made.points[0] == 0
    assert np.isnan(made.points[2])
    assert "nobody was followed so long" in made.flags[2]
    assert "nobody or everybody" in made.flags[0]


def test_a_share_by_an_age_and_one_of_a_recall_period_are_not_mixed() -> None:
    older = ek.models.cumulative_incidence(survey(), time="age", event="what", at=17)
    recent = ek.proportion(ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu"), "asked_for_image")
    with pytest.raises(InputError, match="cumulative incidence and the other"):
        ek.difference(older, recent)


def test_the_partial_likelihood_has_the_derivatives_it_says() -> None:
    generator = np.random.default_rng(4)
    x, when, what = generator.normal(size=(50, 2)), generator.integers(1, 9, 50).astype(float), generator.integers(0, 2, 50)
    start = when - generator.integers(1, 6, 50)
    at = np.unique(when[what > 0])
    model = _Cox(x, Times(at, np.searchsorted(at, when, side="right"), np.searchsorted(at, start, side="right"), what.astype(np.intp)))
    w, theta, step = generator.uniform(1, 3, 50), np.array([0.3, -0.2]), 1e-5
    lifts = np.eye(2) * step
    slope = [(model.value(theta + e, w) - model.value(theta - e, w)) / (2 * step) for e in lifts]
    np.testing.assert_allclose(w @ model.scores(theta, w), slope, rtol=1e-6)
    bend = [-(w @ model.scores(theta + e, w) - w @ model.scores(theta - e, w)) / (2 * step) for e in lifts]
    np.testing.assert_allclose(model.information(theta, w), bend, rtol=1e-5)


def test_without_ties_rows_split_at_any_time_say_the_same() -> None:
    frame = young().assign(
        age=lambda d: d["age"] + np.random.default_rng(6).random(len(d)), started=0.0, what=lambda d: (d["what"] > 0) * 1
    )
    early = frame[frame["age"] > 15].assign(age=15.0, what=0)
    late = frame.assign(started=np.where(frame["age"] > 15, 15.0, 0.0))
    whole = ek.models.cox(survey(frame), "sex", time="age", event="what")
    split = ek.models.cox(survey(pd.concat([early, late])), "sex", time="age", event="what", entry="started")
    np.testing.assert_allclose(split.coefficients, whole.coefficients, rtol=1e-9)
    np.testing.assert_allclose(split.estimate.se, whole.estimate.se, rtol=1e-9)


def test_strata_are_compared_within_themselves_alone() -> None:
    """With strata so far apart in time that they never meet, the common risk sets are those of the strata."""
    frame = young().assign(
        area=lambda d: d["psu"] % 3, late=lambda d: d["age"] + 100 * (d["psu"] % 3), from_=lambda d: 100 * (d["psu"] % 3) - 1
    )
    apart = ek.models.cox(survey(frame), "sex", time="late", event="what", entry="from_")
    made = ek.models.cox(survey(frame), "sex", time="age", event="what", strata="area")
    np.testing.assert_allclose(made.coefficients, apart.coefficients, rtol=1e-12)
    np.testing.assert_allclose(made.estimate.vcov, apart.estimate.vcov, rtol=1e-11)
    lost = frame.assign(area=frame["area"].where(np.arange(600) % 7 != 0))
    assert dict(ek.models.cox(survey(lost), "sex", time="age", event="what", strata="area").scope.missing)["area"] == 86


@pytest.mark.parametrize(
    ("more", "error", "says"),
    [
        ({"time": "nothing"}, UnknownColumn, "not a column"),
        ({"event": "sex"}, InputError, "holds categories"),
        ({"event": "w"}, InputError, "0 where nothing happened"),
        ({"at": "x"}, InputError, "as numbers"),
        ({"at": []}, InputError, "as numbers"),
        ({"cause": 7}, InputError, "no kind of event"),
        ({"by": "nobody"}, UnknownColumn, "not a column"),
    ],
)
def test_what_cannot_be_asked(more: dict[str, Any], error: type[Exception], says: str) -> None:
    asked: dict[str, Any] = {"time": "age", "event": "what", "at": 17, **more}
    with pytest.raises(error, match=says):
        ek.models.cumulative_incidence(survey(), **asked)


def test_no_events_and_no_terms() -> None:
    with pytest.raises(EstimationError, match="No event"):
        ek.models.cumulative_incidence(survey(young().assign(what=0)), time="age", event="what", at=17)
    with pytest.raises(InputError, match="cumulative_incidence"):
        ek.models.cox(survey(), "1", time="age", event="what")
    with pytest.raises(InputError, match="before time="):
        ek.models.cox(survey(young().assign(late=30)), "sex", time="age", event="what", entry="late")
    with pytest.raises(InputError, match='no "~"'):
        ek.models.cox(survey(), "what ~ sex", time="age", event="what")
    with pytest.raises(InputError, match="stands in terms and in strata="):
        ek.models.cox(survey(), "sex", time="age", event="what", strata=["sex", "psu"])
    with pytest.raises(UnknownColumn, match="strata="):
        ek.models.cox(survey(), "sex", time="age", event="what", strata="nobody")
    assert ek.models.cox(survey(), "sex", time="age", event="what", where=nw.col("age") > 10).scope.n < 600


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.from_pandas])
def test_those_to_whom_it_did_not_happen_need_their_age(kind: Any) -> None:
    # As forms have it: how old were you the first time, asked of those to whom it happened.
    frame = young().assign(first=lambda d: d["age"].where(d["what"] > 0), when=lambda d: d["age"])
    frame.loc[frame.index[frame["what"] == 0][:5], "when"] = np.nan
    s = survey(kind(frame))
    with pytest.raises(InputError, match=r"only cases would be left.*age now"):
        ek.models.cumulative_incidence(s, time="first", event="what", at=18)
    with pytest.raises(InputError, match="only cases would be left"):
        ek.models.cox(s, "sex", time="first", event="what")
    assert ek.models.cumulative_incidence(s, time="when", event="what", at=18).counts.n[0] == len(frame) - 5


def test_the_domain_of_an_incidence_has_a_name() -> None:
    made = ek.models.cumulative_incidence(survey(), time="age", event="what", at=18, where=nw.col("age") < 24, where_label="aged 18 to 23")
    assert "aged 18 to 23" in repr(made)
