"""Answers come back to a draw: their weights, their design, the stages that can be estimated, and two phases."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit import sampling
from evidencekit.errors import DesignError, EvidencekitError, InputError, UnknownColumn

SECRET = "Somsak-4711"


def country(seed: int = 8) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Areas with a size, and the children of their households with a 0/1 answer that runs in areas and in households."""
    rng = np.random.default_rng(seed)
    homes = rng.integers(15, 60, 90)
    areas = pd.DataFrame({"ea": np.arange(90), "hh": np.maximum(10, homes + rng.integers(-4, 5, 90)), "zone": np.arange(90) % 3})
    of_home = np.repeat(np.arange(90), homes)
    kids = rng.integers(1, 4, of_home.size)
    home = np.repeat(np.arange(of_home.size), kids)
    level = np.clip(0.35 + 0.1 * rng.standard_normal(90), 0.05, 0.9)[of_home[home]] + 0.15 * rng.choice([-1, 1], of_home.size)[home]
    yes = (rng.random(home.size) < level).astype(int)
    return areas, pd.DataFrame({"child": np.arange(home.size), "home": home, "ea": of_home[home], "yes": yes, "kids": kids[home]})


def three_stages(areas: pd.DataFrame, children: pd.DataFrame, seed: int) -> sampling.MultiStage:
    first = sampling.pps_systematic(ek.Frame(areas, id="ea", size="hh", strata="zone"), {0: 8, 1: 8, 2: 8}, seed=seed)
    listed = children[children["ea"].isin(first.sample["ea"])].drop_duplicates("home")[["home", "ea"]]
    homes = ek.Frame(listed, id="home", strata="ea")
    second = sampling.srs(homes, sampling.in_each(homes, 10), seed=seed)
    roster = children.loc[children["home"].isin(second.sample["home"]), ["child", "home", "yes", "kids"]]
    return sampling.multistage(first, second, sampling.one_respondent(ek.Frame(roster, id="child", strata="home"), seed=seed))


def test_three_stages_multiply_and_stop_where_variance_cannot_be_estimated() -> None:
    made = three_stages(*country(), seed=3)
    sample = made.sample
    np.testing.assert_allclose(sample["weight"], 1 / (sample["chance_1"] * sample["chance_2"] * sample["chance_3"]), rtol=1e-14)
    np.testing.assert_allclose(sample["chance_3"], 1 / sample["kids"], rtol=1e-14)
    assert made.ids == ("ea", "home", "child")
    assert (made.design.psu, made.design.fpc, made.design.unequal) == (("ea", "home"), ("chance_1",), "brewer")
    assert (sample.set_index("child")["ea"] == country()[1].set_index("child")["ea"].loc[sample["child"]]).all()


@pytest.mark.slow
def test_intervals_of_three_stages_cover() -> None:
    areas, children = country()
    truth, inside, runs = children["yes"].mean(), 0, 500
    points, variances = [], []
    for seed in range(runs):
        made = three_stages(areas, children, seed)
        est = ek.mean(ek.Survey(made.sample, design=made.design), "yes")
        inside += est.interval.low[0] <= truth <= est.interval.high[0]
        points.append(est.points[0])
        variances.append(est.se[0] ** 2)
    assert 0.92 <= inside / runs <= 0.98
    # A little too large rather than too small: the second stage counts as drawn with replacement.
    assert 0.9 <= np.mean(variances) / np.var(points) <= 1.25


def segmented(seed: int, chances: bool) -> tuple[sampling.Draw, sampling.Draw]:
    """Areas, and in each one segment, or two of unequal chances."""
    areas, _ = country()
    first = sampling.srs(ek.Frame(areas, id="ea", strata="zone"), {0: 5, 1: 5, 2: 5}, seed=seed)
    rows = [(area, 10 * area + k, 20 + 5 * k) for area in first.sample["ea"] for k in range(4)]
    frame = ek.Frame(pd.DataFrame(rows, columns=["ea", "segment", "homes"]), id="segment", size="homes", strata="ea")
    return first, sampling.pareto(frame, sampling.in_each(frame, 2 if chances else 1), seed=seed)


def test_one_segment_an_area_leaves_the_first_stage_with_replacement() -> None:
    one = sampling.multistage(*segmented(1, chances=False)).design
    assert (one.psu, one.fpc, one.unequal, one.strata) == (("ea",), None, None, ("variance_stratum",))
    two = sampling.multistage(*segmented(1, chances=True)).design
    assert (two.psu, two.fpc) == (("ea", "segment"), ("chance_1",))


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.from_pandas, pa.Table.from_pandas])
def test_answers_get_the_weights_of_the_units_they_are_from(kind: Any) -> None:
    areas, children = country()
    first, second, _ = three_stages(areas, children, seed=3).draws
    both = sampling.multistage(first, second)
    told = children[children["home"].isin(second.sample["home"])].sample(frac=0.5, random_state=1)
    told = told.rename(columns={"home": "dwelling"})[["dwelling", "yes"]].reset_index(drop=True)
    before = told.copy()
    made = sampling.with_answers(both, kind(told), id="dwelling", several=True)
    assert type(made.sample) is type(kind(told))
    plain = made.sample.to_pandas() if hasattr(made.sample, "to_pandas") else made.sample
    np.testing.assert_array_equal(plain["dwelling"], told["dwelling"])
    wanted = both.sample.set_index("home").loc[told["dwelling"]]
    for name in ("chance_1", "chance_2", "weight", "variance_stratum", "ea"):
        np.testing.assert_array_equal(plain[name], wanted[name])
    pd.testing.assert_frame_equal(told, before)
    assert repr(made).startswith(f"Answered({len(told):,} rows, {told['dwelling'].nunique()} of 240 units drawn have answers)")
    est = ek.mean(ek.Survey(made.sample, design=made.design), "yes")
    assert 0 < est.se[0] < 0.2
    assert made.design.psu == ("ea", "dwelling")


def test_a_stage_of_which_one_unit_answered_does_not_stop_the_survey() -> None:
    areas, children = country()
    first, second, _ = three_stages(areas, children, seed=3).draws
    both = sampling.multistage(first, second)
    answers = both.sample[["home", "ea"]].assign(yes=1)
    lonely = answers.drop(answers.index[(answers["ea"] == answers["ea"].iloc[0]).to_numpy().nonzero()[0][1:]])
    made = sampling.with_answers(both, lonely[["home", "yes"]])
    assert made.design.psu == ("ea",)
    assert made.note == "variance: ea as drawn with replacement, because of some there is one home only"
    assert made.note in repr(made)
    assert ek.Survey(made.sample, design=made.design).n == 231


def test_labels_and_kinds_of_missing_stay_with_the_answers() -> None:
    areas, _ = country()
    draw = sampling.srs(ek.Frame(areas, id="ea"), 5, seed=1)
    told = ek.Dataset(draw.sample[["ea"]].assign(yes=[1, 0, 98, 1, 0]), labels={"yes": "Told"}, missing={"yes": {98: ek.Missing.REFUSED}})
    made = sampling.with_answers(draw, told, columns=["zone"])
    assert made.sample.labels == {"yes": "Told"}
    assert made.sample.kinds("yes") == {ek.Missing.REFUSED: 1}
    assert set(made.sample.columns) == {"ea", "yes", "chance", "weight", "variance_stratum", "zone"}


def test_a_release_that_did_not_go_out_is_not_taken_for_refusals() -> None:
    areas, _ = country()
    split = sampling.releases(sampling.srs(ek.Frame(areas, id="ea"), 30, seed=1), 3)
    told = split.released(2).sample[["ea"]].assign(yes=1)
    with pytest.raises(DesignError, match="Release 3 has no answers"):
        sampling.with_answers(split, told)
    made = sampling.with_answers(split.released(2), told)
    np.testing.assert_allclose(made.sample["weight"], 90 / 20, rtol=1e-14)
    assert ek.count(ek.Survey(made.sample, design=made.design)).points[0] == pytest.approx(90)


def test_answers_that_do_not_fit_are_refused_without_their_values() -> None:
    areas = pd.DataFrame({"ea": ["a", "b", "c", SECRET]})
    draw = sampling.srs(ek.Frame(areas[:3], id="ea"), 2, seed=1)
    told = draw.sample[["ea"]].assign(yes=1)
    periods = sampling.venue_frame(areas.assign(day=1, hour=2), venue="ea", day="day", time="hour")
    bad: list[tuple[Any, Any, dict[str, Any], type[Exception], str]] = [
        (draw, areas, {}, DesignError, "2 of 4 answers are from units that were not drawn"),
        (draw, told.assign(ea=[SECRET, None]), {}, InputError, "missing for 1 answer"),
        (draw, told.rename(columns={"ea": "area"}), {}, UnknownColumn, "id="),
        (draw, told.assign(weight=1), {}, InputError, "already have a column 'weight'"),
        (draw, told, {"columns": ["zone"]}, UnknownColumn, "columns="),
        (draw, told.assign(ea=[1.5, 2.5]), {}, InputError, "whole numbers or text"),
        (areas, told, {}, InputError, "takes a Draw"),
        (draw, [SECRET], {}, InputError, "data frame is needed"),
        (sampling.srs_wr(ek.Frame(areas, id="ea"), 9, seed=1), told, {}, InputError, "with replacement"),
        (sampling.srs(periods, 1, seed=1), told, {}, InputError, "given at venues"),
    ]
    for drawn, answers, options, kind, words in bad:
        with pytest.raises(kind, match=words) as caught:
            sampling.with_answers(drawn, answers, **options)
        assert isinstance(caught.value, EvidencekitError)
        assert SECRET not in str(caught.value)
    made = sampling.with_answers(draw, told)
    for noun in (made, sampling.two_phase(draw, sampling.srs(ek.Frame(told, id="ea"), 1, seed=2))):
        assert "yes" not in repr(noun)
        with pytest.raises(InputError, match="not pickled"):
            pickle.dumps(noun)


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.from_pandas, pa.Table.from_pandas])
def test_silent_units_have_rows_for_an_adjustment(kind: Any) -> None:
    areas, _ = country()
    draw = sampling.pps_systematic(ek.Frame(areas.astype({"ea": str}), id="ea", size="hh", strata="zone"), {0: 8, 1: 8, 2: 8}, seed=3)
    told = draw.sample[["ea"]].iloc[:15].assign(yes=1, result="done").reset_index(drop=True)
    made = sampling.with_answers(draw, kind(told), columns=["zone"], silent={"result": "not reached"})
    plain = made.sample.to_pandas() if hasattr(made.sample, "to_pandas") else made.sample
    assert (len(plain), made.units) == (24, 15)
    assert plain["result"].value_counts().to_dict() == {"done": 15, "not reached": 9}
    assert set(plain["ea"]) == set(draw.sample["ea"])
    assert plain["yes"].isna().sum() == 9
    np.testing.assert_allclose(np.sort(plain["weight"]), np.sort(draw.weight), rtol=1e-14)
    assert plain["zone"].notna().all()
    survey = ek.Survey(made.sample, design=made.design)
    results = ek.weighting.Dispositions("result", respondent="done", not_contacted="not reached")
    adjusted = ek.weighting.adjust_nonresponse(survey, results)
    assert adjusted.w is not None
    assert adjusted.w.sum() == pytest.approx(draw.weight.sum())
    assert (adjusted.w[plain["yes"].isna().to_numpy()] == 0).all()
    with pytest.raises(UnknownColumn, match="silent="):
        sampling.with_answers(draw, kind(told), silent={"outcome": "not reached"})


def test_an_interview_that_was_sent_twice_is_refused() -> None:
    areas, _ = country()
    draw = sampling.srs(ek.Frame(areas, id="ea"), 5, seed=1)
    told = draw.sample[["ea"]].iloc[[0, 1, 2, 2, 2]]
    with pytest.raises(DesignError, match="1 unit has several answers"):
        sampling.with_answers(draw, told)
    assert len(sampling.with_answers(draw, told, several=True).sample) == 5


def test_zeros_in_front_are_not_taken_for_units_that_nobody_drew() -> None:
    draw = sampling.srs(ek.Frame(pd.DataFrame({"ea": [f"{k:04}" for k in range(9)]}), id="ea"), 4, seed=1)
    told = pd.DataFrame({"ea": [int(name) for name in draw.sample["ea"]], "yes": 1})
    with pytest.raises(DesignError, match="read the identifiers as text"):
        sampling.with_answers(draw, told)


def uneven(seed: int) -> tuple[sampling.Draw, sampling.Draw]:
    """One area that is certain, and households in each; one area with a single household."""
    areas = pd.DataFrame({"ea": range(30), "hh": [600, *([20] * 29)]})
    first = sampling.pps_systematic(ek.Frame(areas, id="ea", size="hh"), 8, seed=seed)
    homes = [(area, 1000 * area + k) for area in first.sample["ea"] for k in range(int(areas["hh"][area]))]
    frame = ek.Frame(pd.DataFrame(homes, columns=["ea", "home"]), id="home", strata="ea")
    return first, sampling.srs(frame, sampling.in_each(frame, 5), seed=seed)


def test_in_a_certain_area_the_households_vary_when_its_stage_cannot_be_estimated() -> None:
    first, second = uneven(1)
    both = sampling.multistage(first, second)
    rng = np.random.default_rng(1)
    answers = both.sample[["home", "ea"]].assign(yes=rng.integers(0, 2, both.n))
    lonely = int(answers.loc[answers["ea"] > 0, "ea"].iloc[0])
    kept = answers.drop(answers.index[answers["ea"] == lonely][1:])
    made = sampling.with_answers(both, kept[["home", "yes"]])
    assert made.design.psu == ("variance_unit",)
    certain = made.sample[made.sample["chance_1"] == 1]
    assert certain["variance_unit"].nunique() == len(certain) == 5
    other = made.sample[made.sample["chance_1"] < 1]
    assert (other.groupby("ea")["variance_unit"].nunique() == 1).all()
    total = ek.total(ek.Survey(made.sample, design=made.design), "yes")
    y = made.sample["yes"] * made.sample["weight"]
    parts = [y[certain.index].to_numpy(), y[other.index].groupby(other["ea"]).sum().to_numpy()]
    wanted = sum(len(part) * np.var(part, ddof=1) for part in parts)
    assert total.se[0] ** 2 == pytest.approx(wanted, rel=1e-10)


def test_choosing_a_child_is_not_counted_twice() -> None:
    made = three_stages(*country(), seed=3)
    answers = sampling.with_answers(made, made.sample[["child", "yes", "kids"]])
    survey = ek.Survey(answers.sample, design=answers.design)
    with pytest.raises(InputError, match="'chance_3' is one over the members"):
        ek.weighting.select_within(survey, "kids")


@pytest.mark.slow
def test_phase_2_goes_by_numbers_of_its_own() -> None:
    people = pd.DataFrame({"person": range(400), "size": np.arange(400) % 7 + 1})
    first = sampling.pareto(ek.Frame(people, id="person", size="size"), 120, seed=5)
    frame = ek.Frame(first.sample[["person"]], id="person")
    with pytest.raises(DesignError, match="same random numbers"):
        sampling.two_phase(first, sampling.srs(frame, 30, seed=5))
    estimates = []
    for seed in range(200):
        draw = sampling.pareto(ek.Frame(people, id="person", size="size"), 120, seed=seed)
        second = sampling.srs(ek.Frame(draw.sample[["person"]], id="person"), 30, seed=seed, stream="phase 2")
        made = sampling.two_phase(draw, second)
        survey = ek.Survey(made.sample.assign(one=1.0), design=made.design)
        estimates.append(ek.total(survey, "one").points[0])
    assert abs(np.mean(estimates) - 400) < 4.5 * np.std(estimates) / np.sqrt(200)


def test_what_phase_2_told_stands_beside_everybody() -> None:
    areas, children = country()
    made = phased(children, areas, 1)
    told = made.second.sample[["child"]].assign(long=np.arange(240) % 2).sample(frac=1, random_state=1)
    whole = sampling.with_phase2(made, told)
    assert len(whole) == len(made.sample)
    assert whole.loc[whole["phase2"], "long"].notna().all()
    assert whole.loc[~whole["phase2"], "long"].isna().all()
    joined = made.sample.merge(told, on="child", how="left")
    a, b = (ek.mean(ek.Survey(data, design=made.design), "long") for data in (whole, joined))
    np.testing.assert_allclose([a.points[0], a.se[0]], [b.points[0], b.se[0]], rtol=1e-12)
    with pytest.raises(DesignError, match="not drawn"):
        sampling.with_phase2(made, made.sample[["child"]].assign(long=1))
    with pytest.raises(InputError, match="already has a column 'kids'"):
        sampling.with_phase2(made, told.assign(kids=1))


def test_a_certain_area_of_phase_1_varies_by_its_people() -> None:
    areas = pd.DataFrame({"ea": range(30), "hh": [600, *range(20, 49)]})
    first = sampling.pps_systematic(ek.Frame(areas, id="ea", size="hh"), 8, seed=1)
    people = pd.DataFrame([(area, 1000 * area + k) for area in first.sample["ea"] for k in range(10)], columns=["ea", "child"])
    made = sampling.two_phase(first, sampling.srs(ek.Frame(people, id="child"), 40, seed=1))
    assert made.design.phase1.psu == ("variance_unit",)
    whole = made.sample[made.sample["chance"] == 1]
    assert whole["variance_unit"].nunique() == len(whole) == 10
    told = made.sample.assign(yes=np.arange(len(made.sample)) % 3 == 0)
    assert 0 < ek.mean(ek.Survey(told, design=made.design), "yes").se[0] < 0.3


def phased(children: pd.DataFrame, areas: pd.DataFrame, seed: int) -> sampling.Phased:
    first = sampling.srs(ek.Frame(areas, id="ea", strata="zone"), {0: 10, 1: 10, 2: 10}, seed=seed)
    short = children.loc[children["ea"].isin(first.sample["ea"]), ["child", "ea", "kids", "yes"]]
    frame = ek.Frame(short, id="child", strata="kids")
    return sampling.two_phase(first, sampling.srs(frame, {1: 60, 2: 120, 3: 60}, seed=seed))


def test_two_phases_go_into_a_survey() -> None:
    areas, children = country()
    made = phased(children, areas, 1)
    sample = made.sample
    assert sample["phase2"].sum() == 240
    assert sample.groupby("kids")["phase2"].sum().tolist() == [60, 120, 60]
    survey = ek.Survey(sample, design=made.design)
    np.testing.assert_allclose(survey.n, 240)
    np.testing.assert_allclose(survey.w.sum(), sample["weight"].sum(), rtol=1e-12)
    with pytest.raises(InputError, match="equal chances within strata"):
        sampling.two_phase(made.first.drawn, sampling.pareto(ek.Frame(areas, id="ea", size="hh"), 4, seed=1))


@pytest.mark.slow
def test_intervals_of_two_phases_cover() -> None:
    areas, children = country()
    truth, inside, runs = children["yes"].mean(), 0, 400
    for seed in range(runs):
        made = phased(children, areas, seed)
        est = ek.mean(ek.Survey(made.sample, design=made.design), "yes")
        inside += est.interval.low[0] <= truth <= est.interval.high[0]
    assert 0.92 <= inside / runs <= 0.98


def test_a_first_phase_by_size_counts_as_drawn_with_replacement() -> None:
    areas, children = country()
    first = sampling.pps_systematic(ek.Frame(areas, id="ea", size="hh", strata="zone"), {0: 8, 1: 8, 2: 8}, seed=3)
    short = children.loc[children["ea"].isin(first.sample["ea"]), ["child", "ea", "kids", "yes"]]
    made = sampling.two_phase(first, sampling.srs(ek.Frame(short, id="child"), 200, seed=3))
    assert (made.design.phase1.fpc, made.design.phase1.psu, made.design.phase2.strata) == (None, ("ea",), None)
    assert 0 < ek.mean(ek.Survey(made.sample, design=made.design), "yes").se[0] < 0.2
