"""Households within areas: chances multiply, both stages reach the Survey, and its intervals cover."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit import sampling
from evidencekit.errors import DesignError, InputError


def country() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Areas with a size, and their households with a 0/1 answer."""
    rng = np.random.default_rng(8)
    listed = rng.integers(15, 60, 120)
    listed[7] = 700
    areas = pd.DataFrame({"ea": np.arange(120), "hh": np.maximum(10, listed + rng.integers(-4, 5, 120)), "zone": np.arange(120) % 3})
    of = np.repeat(areas["ea"], listed).to_numpy()
    level = np.clip(0.3 + 0.12 * rng.standard_normal(120), 0.05, 0.9)
    homes = pd.DataFrame({"home": np.arange(of.size), "area": of, "yes": (rng.random(of.size) < level[of]).astype(int)})
    return areas, homes


def both(areas: pd.DataFrame, homes: pd.DataFrame, seed: int) -> sampling.MultiStage:
    first = sampling.pps_systematic(ek.Frame(areas, id="ea", size="hh", strata="zone"), {0: 8, 1: 8, 2: 8}, seed=seed)
    listing = ek.Frame(homes[homes["area"].isin(first.sample["ea"])], id="home", strata="area")
    return sampling.multistage(first, sampling.systematic(listing, sampling.in_each(listing, 10), seed=seed))


def test_chances_multiply_and_a_certain_area_is_a_stratum_of_its_own() -> None:
    made = both(*country(), seed=2)
    sample = made.sample
    np.testing.assert_allclose(sample["weight"], 1 / (sample["chance_1"] * sample["chance_2"]))
    assert sample.groupby("area").size().eq(10).all()
    sure = sample[sample["area"] == 7]
    assert set(sure["chance_1"]) == {1.0}
    assert set(sure["variance_stratum"]) == {4}
    est = ek.mean(ek.Survey(made.sample, design=made.design), "yes")
    assert 0 < est.se[0] < 0.1


@pytest.mark.slow
def test_intervals_cover() -> None:
    areas, homes = country()
    truth, inside, runs = homes["yes"].mean(), 0, 400
    for seed in range(runs):
        made = both(areas, homes, seed)
        row = ek.mean(ek.Survey(made.sample, design=made.design), "yes").to_frame().iloc[0]
        inside += row["low"] <= truth <= row["high"]
    assert 0.92 <= inside / runs <= 0.98


@pytest.mark.slow
def test_totals_are_unbiased() -> None:
    areas, homes = country()
    totals = [float((made.sample["weight"] * made.sample["yes"]).sum()) for made in (both(areas, homes, seed) for seed in range(150))]
    assert abs(np.mean(totals) - homes["yes"].sum()) < 4.5 * np.std(totals) / np.sqrt(len(totals))


def test_draws_that_do_not_fit() -> None:
    areas, homes = country()
    made = both(areas, homes, 2)
    first, second = made.draws
    frame = ek.Frame(homes[homes["area"] < 40], id="home", strata="area")
    bad: list[tuple[Any, Any, type[Exception], str]] = [
        (first, sampling.srs(frame, sampling.in_each(frame, 3), seed=1), DesignError, "strata of the later frame were not drawn"),
        (first, sampling.srs(ek.Frame(homes, id="home"), 9, seed=1), InputError, "no single strata= column"),
        (first, homes, InputError, "takes Draws"),
        (sampling.srs_wr(ek.Frame(areas, id="ea"), 9, seed=1), second, InputError, "without replacement"),
        (sampling.poisson(ek.Frame(areas, id="ea", size="hh"), 9, seed=1), second, InputError, "fixed size"),
    ]
    for above, below, kind, words in bad:
        with pytest.raises(kind, match=words):
            sampling.multistage(above, below)
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(made)


def parted(seed: int = 4) -> tuple[ek.Frame, sampling.Draw, sampling.Draw]:
    frame = ek.Frame(country()[0], id="ea", size="hh", strata="zone")
    whole = sampling.pareto(frame, {0: 8, 1: 9, 2: 7}, seed=seed)
    return frame, whole, sampling.split_psus(whole)


def test_areas_for_girls_and_for_boys_are_apart() -> None:
    frame, whole, draw = parted()
    assert draw.chosen.tolist() == whole.chosen.tolist()
    counts = draw.sample.groupby(["zone", "part"]).size().unstack()
    assert (abs(counts.to_numpy() - np.array([[4.0], [4.5], [3.5]])) <= 0.5).all()
    assert not draw.certain.any()
    for kept in (draw, sampling.releases(draw, 2), sampling.releases(draw, 2).released(1)):
        again = sampling.verify(sampling.Record.from_json(kept.record.to_json()), frame)
        np.testing.assert_array_equal(again.chosen, kept.chosen)
        np.testing.assert_array_equal(again.part, kept.part)
    with pytest.raises(DesignError, match="not parted"):
        draw.joint()


def test_girls_and_boys_of_parted_areas_are_independent_with_degrees_of_their_own() -> None:
    _, homes = country()
    _, _, draw = parted()
    listing = ek.Frame(homes[homes["area"].isin(draw.sample["ea"])], id="home", strata="area")
    made = sampling.multistage(draw, sampling.srs(listing, sampling.in_each(listing, 9), seed=4))
    answers = sampling.with_answers(made, made.sample[["home", "yes"]])
    survey = ek.Survey(answers.sample, design=answers.design)
    both = ek.mean(survey, "yes", by="part")
    assert both.covariance.matrix[0, 1] == 0
    areas = draw.sample.groupby("part").size()
    assert both.df.tolist() == [areas["boys"] - 3, areas["girls"] - 3]
    gap = ek.difference(both, {"part": "girls"}, {"part": "boys"})
    np.testing.assert_allclose(gap.se[0] ** 2, (both.se**2).sum(), rtol=1e-12)
    for k, part in enumerate(("boys", "girls")):
        apart = answers.sample[answers.sample["part"] == part]
        alone = ek.mean(ek.Survey(apart, design=answers.design), "yes")
        np.testing.assert_allclose([alone.points[0], alone.se[0], alone.df[0]], [both.points[k], both.se[k], both.df[k]], rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("n", [12, 30, 60])
def test_the_gap_between_parts_has_the_error_it_varies_by(n: int) -> None:
    """The parts cannot meet in an area, so their estimates pull apart when most of a small list is drawn."""
    rng = np.random.default_rng(2)
    areas = pd.DataFrame({"ea": range(60), "girls": rng.normal(10, 3, 60)}).assign(boys=lambda d: d["girls"] * 0.8 + rng.normal(0, 1, 60))
    gaps, variances = [], []
    for seed in range(500):
        draw = sampling.split_psus(sampling.srs(ek.Frame(areas, id="ea"), n, seed=seed))
        sample = draw.sample.assign(y=lambda d: d["girls"].where(d["part"] == "girls", d["boys"]))
        gap = ek.difference(ek.mean(ek.Survey(sample, design=draw.design), "y", by="part"), {"part": "girls"}, {"part": "boys"})
        gaps.append(gap.points[0])
        variances.append(gap.se[0] ** 2)
    assert 0.85 < np.mean(variances) / np.var(gaps) < 1.2


def test_every_area_is_as_likely_for_girls_as_for_boys() -> None:
    areas, _ = country()
    frame, times = ek.Frame(areas, id="ea"), np.zeros(2)
    totals = []
    for seed in range(600):
        draw = sampling.split_psus(sampling.srs(frame, 7, seed=seed))
        girls = draw.part == 0
        times[girls.sum() - 3] += 1
        totals.append(float(draw.weight[girls] @ areas["hh"].to_numpy()[draw.chosen[girls]]))
    assert abs(times[0] - 300) < 4.5 * np.sqrt(150)
    assert abs(np.mean(totals) - areas["hh"].sum()) < 4.5 * np.std(totals) / np.sqrt(600)


def test_areas_that_stay_in_a_panel_mostly_keep_their_part() -> None:
    frame = ek.Frame(country()[0], id="ea", size="hh")
    kept = stayed = 0
    for seed in range(60):
        then, now = (
            sampling.split_psus(sampling.panel_wave(frame, 30, wave=wave, rotation=0.25, seed=seed)).sample.set_index("ea")["part"]
            for wave in (0, 1)
        )
        both = then.index.intersection(now.index)
        stayed += len(both)
        kept += int((then[both] == now[both]).sum())
    assert stayed > 60 * 20
    assert kept / stayed > 0.9


def test_draws_that_cannot_be_parted() -> None:
    frame = ek.Frame(country()[0], id="ea", strata="zone")
    draw = sampling.srs(frame, {0: 8, 1: 3, 2: 8}, seed=4)
    bad: list[tuple[Any, Any, str]] = [
        (draw, ("girls", "boys"), "1 stratum has fewer than 4"),
        (draw, ("girls", "girls"), "each once"),
        (draw, "girls", "two or more words"),
        (None, ("girls", "boys"), "takes a Draw"),
        (sampling.releases(draw, 2), ("girls", "boys"), "split before"),
    ]
    for made, labels, words in bad:
        with pytest.raises(InputError, match=words):
            sampling.split_psus(made, labels)


def test_one_respondent_a_household_with_equal_chances() -> None:
    roster = pd.DataFrame({"line": range(3000), "household": np.repeat(range(1000), 3)})
    draw = sampling.one_respondent(ek.Frame(roster, id="line", strata="household"), seed=2)
    assert draw.sample["household"].is_unique
    assert draw.n == 1000
    counts = np.bincount(draw.sample["line"] % 3)
    assert (abs(counts - 1000 / 3) < 4.5 * np.sqrt(1000 * 2 / 9)).all()
    with pytest.raises(InputError, match="who lives together"):
        sampling.one_respondent(ek.Frame(roster, id="line"), seed=2)


@pytest.mark.parametrize("grid", ["random", "kish"])
def test_the_table_gives_the_chances_it_says(grid: Any) -> None:
    homes = ek.Frame(pd.DataFrame({"home": range(6000), "address": "Mekong"}), id="home")
    draw = sampling.srs(homes, 6000, seed=2)
    table = sampling.respondent_table(draw, grid=grid)
    most = 6 if grid == "kish" else 8
    assert table.columns.tolist() == ["home", *(f"of_{k}" for k in range(1, most + 1))]
    pd.testing.assert_frame_equal(table, sampling.respondent_table(draw, grid=grid))
    for k in range(1, most + 1):
        chance = np.full(k, 1 / k)
        if grid == "kish" and k == 5:
            chance = np.array([1 / 6, 1 / 6, 1 / 4, 1 / 6, 1 / 4])
        counts = np.bincount(table[f"of_{k}"], minlength=k + 1)[1:]
        assert counts.sum() == 6000
        assert (abs(counts - 6000 * chance) <= 4.5 * np.sqrt(6000 * chance * (1 - chance))).all()


def test_tables_that_cannot_be_made() -> None:
    draw = sampling.srs(ek.Frame(pd.DataFrame({"home": range(60)}), id="home"), 6, seed=2)
    for options, words in (({"most": 0}, "most="), ({"grid": "last birthday"}, "is not known")):
        with pytest.raises(InputError, match=words):
            sampling.respondent_table(draw, **options)
