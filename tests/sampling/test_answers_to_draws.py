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
    made = sampling.with_answers(both, kind(told), id="dwelling")
    assert type(made.sample) is type(kind(told))
    plain = made.sample.to_pandas() if hasattr(made.sample, "to_pandas") else made.sample
    np.testing.assert_array_equal(plain["dwelling"], told["dwelling"])
    wanted = both.sample.set_index("home").loc[told["dwelling"]]
    for name in ("chance_1", "chance_2", "weight", "variance_stratum", "ea"):
        np.testing.assert_array_equal(plain[name], wanted[name])
    pd.testing.assert_frame_equal(told, before)
    assert repr(made) == f"Answered({len(told):,} answers from {told['dwelling'].nunique()} of 240 units drawn)"
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
        (draw, told.assign(ea=[SECRET, None]), {}, InputError, "missing for 1 answers"),
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
    for noun in (made, sampling.two_phase(draw, sampling.srs(ek.Frame(told, id="ea"), 1, seed=1))):
        assert "yes" not in repr(noun)
        with pytest.raises(InputError, match="not pickled"):
            pickle.dumps(noun)


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
