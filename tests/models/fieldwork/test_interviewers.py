"""Interviewer effects: the analysis of variance, weights, the jackknife, leaving one out, and what is never said."""

from __future__ import annotations

import pickle
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f_oneway

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, UnknownColumn
from evidencekit.models import interviewer_effect
from evidencekit.models.fieldwork.components import correlation, jackknife, sums


@cache
def asked() -> pd.DataFrame:
    """Six hundred interviews in thirty places, two interviewers a place, one of whom stands out."""
    draw = np.random.default_rng(5)
    place = np.repeat(np.arange(30), 20)
    who = (place // 3) * 2 + draw.integers(0, 2, 600)
    share = np.clip(0.3 + 0.02 * draw.normal(size=20)[who] + 0.5 * (who == 7), 0, 1)
    return pd.DataFrame(
        {
            "psu": place,
            "stratum": place // 15,
            "w": draw.uniform(0.5, 2.0, 600),
            "who": [f"SECRET-{i}" for i in who],
            "y": (draw.uniform(size=600) < share).astype(int),
            "hours": draw.gamma(2, 2, 600) + share,
            "code": np.where(draw.uniform(size=600) < 0.4, "often", "never"),
        }
    )


def survey(data: pd.DataFrame | None = None) -> ek.Survey:
    return ek.Survey(asked() if data is None else data, weights="w", strata="stratum", psu="psu")


@pytest.mark.parametrize("y", ["y", "hours"])
def test_it_is_the_analysis_of_variance(y: str) -> None:
    data = asked()
    parts = [part[y].to_numpy(dtype=float) for _, part in data.groupby("who")]
    n = np.array([len(part) for part in parts])
    f = f_oneway(*parts).statistic
    n0 = (n.sum() - (n**2).sum() / n.sum()) / (len(n) - 1)
    made = interviewer_effect(survey(), y, interviewer="who")
    assert made.estimate.points[0] == pytest.approx((f - 1) / (f - 1 + n0), rel=1e-9)
    assert made.interviewers == len(n)
    low, high = made.estimate.interval.low[0], made.estimate.interval.high[0]
    assert low < made.estimate.points[0] < high
    assert made.estimate.df[0] == len(n) - 1


def test_equal_weights_change_nothing_and_others_do() -> None:
    draw = np.random.default_rng(1)
    y, who = draw.normal(size=90), np.repeat(np.arange(9), 10)
    same = correlation(sums(y, np.full(90, 3.0), who, 9))
    assert same == pytest.approx(correlation(sums(y, np.ones(90), who, 9)), rel=1e-12)
    assert correlation(sums(y, draw.uniform(1, 3, 90), who, 9)) != pytest.approx(same, rel=1e-3)


def test_the_jackknife_leaves_out_one_group_at_a_time() -> None:
    draw = np.random.default_rng(2)
    who = np.repeat(np.arange(8), [5, 9, 12, 7, 6, 10, 11, 8])
    y = draw.normal(size=len(who)) + draw.normal(size=8)[who]
    groups = sums(y, np.ones(len(who)), who, 8)
    said = []
    for i in range(8):
        keep = who != i
        _, rest = np.unique(who[keep], return_inverse=True)
        said.append(correlation(sums(y[keep], np.ones(keep.sum()), rest, 7)))
    se, (low, high) = jackknife(groups, 0.95)
    assert se == pytest.approx(np.sqrt(7 / 8 * ((np.array(said) - np.mean(said)) ** 2).sum()), rel=1e-9)
    assert low < correlation(groups) < high


def test_the_headline_and_its_range() -> None:
    data = asked()
    made = interviewer_effect(survey(), "y", interviewer="who")
    headline = ek.mean(survey(), "y")
    assert made.headline == pytest.approx(headline.points[0], rel=1e-12)
    assert made.headline_se == pytest.approx(headline.se[0], rel=1e-10)
    enough = [name for name, part in data.groupby("who") if len(part) >= 10]
    without = [np.average(part["y"], weights=part["w"]) for part in (data[data["who"] != name] for name in enough)]
    assert (made.low, made.high) == pytest.approx((min(without), max(without)), rel=1e-12)
    assert made.left_out == len(enough)
    assert made.furthest == pytest.approx(max(made.headline - made.low, made.high - made.headline) / headline.se[0])
    load = data.groupby("who")["w"].sum()
    m = (load**2).sum() / (data["w"] ** 2).sum()
    assert made.workload == pytest.approx(m)
    assert made.design_effect == pytest.approx(1 + made.estimate.points[0] * (m - 1))
    assert made.mixed == 1.0
    assert "20 interviewers" in repr(made)


def test_places_with_one_interviewer_each_are_told() -> None:
    made = interviewer_effect(survey(), "y", interviewer="psu")
    assert made.mixed == 0
    assert "cannot be told apart" in made.estimate.flags[0]
    few = interviewer_effect(survey(asked().assign(team=asked()["psu"] % 5)), "y", interviewer="team")
    assert "fewer than 20 interviewers" in few.estimate.flags[0]
    assert repr(made).splitlines()[-1].startswith("note: ")
    assert "cannot be told apart" in made._repr_html_()


def test_replicates_a_domain_and_a_category() -> None:
    whole = interviewer_effect(survey(), "code", interviewer="who", category="often")
    assert whole.headline == pytest.approx(ek.proportion(survey(), "code", category="often").points[0])
    jackknifed = interviewer_effect(ek.weighting.jackknife(survey()), "y", interviewer="who")
    assert jackknifed.headline_se == pytest.approx(ek.mean(ek.weighting.jackknife(survey()), "y").se[0], rel=1e-10)
    some = interviewer_effect(survey(asked().assign(part=asked()["psu"] < 20)), "y", interviewer="who", where="part")
    assert some.interviewers < 20
    blank = asked().assign(who=asked()["who"].where(asked()["psu"] > 2))
    assert interviewer_effect(survey(blank), "y", interviewer="who").estimate.counts.n[0] == 540


def test_nobody_is_named() -> None:
    made = interviewer_effect(survey(), "y", interviewer="who")
    assert "SECRET" not in repr(made)
    assert "SECRET" not in str(made.estimate.to_frame().to_dict())
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(made)
    with pytest.raises(EstimationError) as told:
        interviewer_effect(survey(asked()[asked()["who"].isin(["SECRET-0", "SECRET-1"])]), "y", interviewer="who")
    assert "SECRET" not in str(told.value)


def test_few_interviews_are_not_left_out_in_turn() -> None:
    thin = asked().assign(who=[f"i{i % 80}" for i in range(600)])
    made = interviewer_effect(survey(thin), "y", interviewer="who")
    assert made.left_out == 0
    assert np.isnan(made.low)
    assert np.isnan(made.high)


def test_what_cannot_be_worked_out() -> None:
    with pytest.raises(UnknownColumn):
        interviewer_effect(survey(), "y", interviewer="nobody")
    with pytest.raises(UnknownColumn):
        interviewer_effect(survey(), "z", interviewer="who")
    with pytest.raises(InputError, match="holds categories"):
        interviewer_effect(survey(), "code", interviewer="who")
    with pytest.raises(InputError, match="not one of the 2"):
        interviewer_effect(survey(), "code", interviewer="who", category="SECRET")
    with pytest.raises(EstimationError, match="4 of them or more"):
        interviewer_effect(survey(), "y", interviewer="stratum")
    with pytest.raises(EstimationError, match="do not vary"):
        interviewer_effect(survey(asked().assign(y=1)), "y", interviewer="who")
    with pytest.raises(InputError, match="level="):
        interviewer_effect(survey(), "y", interviewer="who", level=95)


@pytest.mark.slow
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_right_on_average_and_its_interval_covers(weighted: bool) -> None:
    draw = np.random.default_rng(11)
    k, runs, rho = 30, 2000, 0.05
    who = np.repeat(np.arange(k), draw.integers(10, 40, k))
    w = draw.uniform(0.5, 2.0, len(who)) if weighted else np.ones(len(who))
    said, inside = np.zeros(runs), 0.0
    for r in range(runs):
        y = np.sqrt(1 - rho) * draw.normal(size=len(who)) + np.sqrt(rho) * draw.normal(size=k)[who]
        groups = sums(y, w, who, k)
        said[r] = correlation(groups)
        low, high = jackknife(groups, 0.95)[1]
        inside += (low < rho < high) / runs
    print(f"weighted {weighted}: mean {said.mean():.4f} of {rho}, coverage {inside:.3f}")
    assert said.mean() == pytest.approx(rho, abs=0.003)
    assert 0.92 < inside < 0.98
