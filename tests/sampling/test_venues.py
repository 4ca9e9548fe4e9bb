"""A sample of venues: who comes often counts once, and intervals cover those who attend."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import EAGER, frame_as

import evidencekit as ek
from evidencekit import sampling
from evidencekit.errors import DesignError, InputError, Refused, UnknownColumn

SECRET = "canary-7391"


def periods(n: int = 12) -> pd.DataFrame:
    """Periods at invented venues."""
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "place": [f"venue {k // 3}" for k in range(n)],
            "day": ["Fri", "Sat", "Sun"] * (n // 3),
            "hour": 18,
            "expected": rng.integers(5, 30, n),
            "kind": np.arange(n) // (n // 2),
        }
    )


def frame_of(listed: Any, **more: Any) -> ek.Frame:
    return sampling.venue_frame(listed, venue="place", day="day", time="hour", **{"size": "expected", **more})


def fieldwork(draw: sampling.Draw, empty: int = 0) -> tuple[pd.DataFrame, dict[str, int]]:
    """Three answers from each drawn period but the last `empty`, of twice as many people."""
    names = draw.sample["venue_day_time"].tolist()
    met = names[: len(names) - empty]
    answers = pd.DataFrame({"venue_day_time": np.repeat(met, 3)})
    answers["times"] = np.arange(len(answers)) % 4 + 1
    answers["told"] = (np.arange(len(answers)) % 3 == 0).astype(int)
    return answers, {name: 6 if name in met else 0 for name in names}


@pytest.mark.parametrize("kind", EAGER)
def test_the_frame_is_of_the_callers_kind_and_draws_alike(kind: str) -> None:
    listed = frame_as(kind, periods())
    made = frame_of(listed)
    assert type(made.data) is type(listed)
    assert made.fingerprint == frame_of(periods()).fingerprint
    assert (made.id, made.size) == ("venue_day_time", "expected")
    assert nw.from_native(made.data)["venue_day_time"].to_list()[:2] == ["venue 0 | Fri | 18", "venue 0 | Sat | 18"]


def test_dates_and_times_are_called_alike_on_every_kind() -> None:
    listed = pd.DataFrame({"place": ["a"] * 2, "day": pd.to_datetime(["2026-03-06", "2026-03-07"]), "hour": [dt.time(18, 30)] * 2})
    made = frame_of(listed, size=None)
    assert made.ids == ("a | 2026-03-06 | 18:30:00", "a | 2026-03-07 | 18:30:00")
    plain = listed.assign(day=[dt.date(2026, 3, 6), dt.date(2026, 3, 7)])
    assert frame_of(frame_as("polars", plain), size=None).fingerprint == made.fingerprint


PART = st.text(alphabet="a |\\", min_size=1, max_size=4).filter(str.strip)


@given(one=st.tuples(PART, PART, PART), two=st.tuples(PART, PART, PART))
def test_two_periods_never_have_the_same_identifier(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    listed = pd.DataFrame([one, two], columns=["place", "day", "hour"])
    if one == two:
        with pytest.raises(InputError, match="1 of 2 rows repeat a venue, day and time"):
            frame_of(listed, size=None)
    else:
        assert len(set(frame_of(listed, size=None).ids)) == 2


def test_lists_that_are_no_frame() -> None:
    good = periods()
    bad: list[tuple[Any, dict[str, Any], str]] = [
        (good.assign(day=good["day"].mask(good.index == 2)), {}, "day= column 'day' is missing for 1 periods"),
        (good.assign(hour=18.5), {}, "hour' holds numbers with decimals"),
        (good.assign(hour=True), {}, "neither text, whole numbers, dates nor times"),
        (good.assign(venue_day_time=1), {}, "already have a column 'venue_day_time'"),
        (good.iloc[:0], {}, "no periods"),
        (good.assign(expected=0), {}, "not above 0 for 12 units"),
    ]
    for listed, more, words in bad:
        with pytest.raises(InputError, match=words):
            frame_of(listed, **more)
    with pytest.raises(UnknownColumn):
        sampling.venue_frame(good, venue="place", day="day", time="minute")


def test_the_weight_is_the_chance_times_the_count_over_attendance() -> None:
    draw = sampling.pareto(frame_of(periods()), 5, seed=1)
    answers, counted = fieldwork(draw)
    before = answers.copy()
    made = sampling.venue_sample(draw, answers, visits="times", counted=counted)
    sample = made.sample
    chance = dict(zip(draw.sample["venue_day_time"], draw.chance, strict=True))
    np.testing.assert_allclose(sample["chance"], answers["venue_day_time"].map(chance))
    np.testing.assert_allclose(sample["weight"], 6 / 3 / sample["chance"] / answers["times"])
    pd.testing.assert_frame_equal(answers, before)
    assert made.design == ek.Stages(weights="weight", psu="venue_day_time", inference="venue")
    again = sampling.venue_sample(draw, answers, visits="times", counted=pd.Series(counted))
    pd.testing.assert_frame_equal(again.sample, sample)
    screened = sampling.venue_sample(draw, answers, visits="times", counted={name: 0.75 * people for name, people in counted.items()})
    np.testing.assert_allclose(screened.sample["weight"], 0.75 * sample["weight"])


def test_a_hand_computed_variance() -> None:
    draw = sampling.pareto(frame_of(periods()), 5, seed=1)
    answers, counted = fieldwork(draw, empty=1)
    made = sampling.venue_sample(draw, answers, visits="times", counted=counted)
    survey = ek.Survey(made.sample, design=made.design)
    sums = (made.sample["weight"] * made.sample["told"].fillna(0)).groupby(made.sample["venue_day_time"]).sum()
    assert len(sums) == 5
    total = ek.total(survey, "told")
    assert total.points[0] == pytest.approx(sums.sum())
    assert total.se[0] == pytest.approx(np.sqrt(5 / 4 * ((sums - sums.mean()) ** 2).sum()))
    assert total.df[0] <= 4
    assert total.inference == "venue"


@pytest.mark.parametrize("kind", EAGER)
def test_an_empty_period_is_a_unit_of_weight_nought(kind: str) -> None:
    draw = sampling.pareto(frame_of(periods(), strata="kind"), {0: 3, 1: 3}, seed=1)
    assert not draw.certain.any()
    answers, counted = fieldwork(draw, empty=2)
    given_ = frame_as(kind, answers)
    made = sampling.venue_sample(draw, given_, visits="times", counted=counted)
    assert type(made.sample) is type(given_)
    sample = nw.from_native(made.sample, eager_only=True)
    assert len(sample) == len(answers) + 2
    assert sample["weight"].to_list()[-2:] == [0.0, 0.0]
    assert [bool(pd.isna(value)) for value in sample["told"].to_list()] == [False] * len(answers) + [True] * 2
    survey = ek.Survey(made.sample, design=made.design)
    assert ek.mean(survey, "told").counts.n[0] == len(answers)
    assert ek.mean(survey, "told").provenance.missing == (("told", 0),)
    assert survey.units is not None
    assert survey.units.n_psus == 6
    assert repr(made) == "VenueSample(12 interviews of 24 people counted in 4 of 6 periods drawn, 2 with nobody there)"


def test_people_where_nobody_was_interviewed_are_told_apart_from_an_empty_period() -> None:
    draw = sampling.pareto(frame_of(periods()), 5, seed=1)
    answers, counted = fieldwork(draw, empty=2)
    counted[list(counted)[-1]] = 9
    made = sampling.venue_sample(draw, answers, visits="times", counted=counted)
    assert "1 with nobody there, 1 with people and no interview" in repr(made)


def test_labels_and_kinds_of_missing_stay_with_a_dataset() -> None:
    draw = sampling.pareto(frame_of(periods()), 5, seed=1)
    answers, counted = fieldwork(draw, empty=1)
    data = ek.Dataset(answers.assign(told=98), labels={"told": "Told someone"}, missing={"told": {98: ek.Missing.REFUSED}})
    made = sampling.venue_sample(draw, data, visits="times", counted=counted)
    assert isinstance(made.sample, ek.Dataset)
    assert made.sample.labels["told"] == "Told someone"
    assert made.sample.kinds("told")[ek.Missing.REFUSED] == len(answers)


def test_people_are_the_units_of_a_period_that_was_certain() -> None:
    listed = periods()
    listed.loc[0, "expected"] = 500
    draw = sampling.pareto(frame_of(listed), 5, seed=1)
    assert draw.certain.sum() == 1
    answers, counted = fieldwork(draw, empty=1)
    made = sampling.venue_sample(draw, answers, visits="times", counted=counted)
    assert made.design.psu == ("variance_unit",)
    survey = ek.Survey(made.sample, design=made.design)
    assert survey.units is not None
    assert survey.units.n_psus == 4 + 3
    assert ek.total(survey, "told").se[0] > 0
    name = draw.sample["venue_day_time"][int(np.flatnonzero(draw.certain)[0])]
    nobody = sampling.venue_sample(draw, answers[answers["venue_day_time"] != name], visits="times", counted={**counted, name: 0})
    assert (nobody.sample["weight"] == 0).sum() == 1, "in a certain period nobody's absence varies"
    assert ek.total(ek.Survey(nobody.sample, design=nobody.design), "told").se[0] > 0


def test_what_is_refused() -> None:
    draw = sampling.pareto(frame_of(periods()), 5, seed=1)
    answers, counted = fieldwork(draw)
    name = next(iter(counted))
    other = answers.assign(venue_day_time=answers["venue_day_time"].mask(answers.index < 2, SECRET))
    bad: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
        (answers.assign(times=answers["times"].mask(answers.index == 1)), {}, InputError, "missing for 1 answers"),
        (answers.assign(times=0), {}, InputError, "not above 0 for 15 answers"),
        (answers, {"counted": {**counted, name: 2}}, DesignError, "1 periods have more interviews than people"),
        (answers, {"counted": {k: v for k, v in counted.items() if k != name}}, InputError, "no count for 1 of the 5"),
        (answers, {"counted": {**counted, SECRET: 3}}, InputError, "1 periods that were not drawn"),
        (answers, {"counted": {**counted, name: np.nan}}, InputError, "not a number of 0 or more for 1"),
        (answers, {"counted": {**counted, name: SECRET}}, InputError, "not a number of 0 or more for 1"),
        (answers, {"counted": "times"}, InputError, "mapping of periods"),
        (other, {}, DesignError, "2 of 15 answers are from periods that were not drawn"),
        (answers.assign(venue_day_time=None), {}, InputError, "15 answers do not say in which period"),
        (answers.drop(columns="venue_day_time"), {}, UnknownColumn, "period of each answer"),
        (answers.iloc[:0], {}, InputError, "no rows"),
        (answers.assign(weight=1), {}, InputError, "already have a column 'weight'"),
        (
            ek.Dataset(answers, value_labels={"times": {1: "once", 2: "twice", 3: "more", 4: "daily"}}),
            {},
            InputError,
            "codes of categories",
        ),
    ]
    for rows, more, kind, words in bad:
        with pytest.raises(kind, match=words) as caught:
            sampling.venue_sample(draw, rows, visits="times", counted=more.get("counted", counted))
        assert SECRET not in str(caught.value)
        assert "venue 0" not in str(caught.value)
    with pytest.raises(InputError, match="without replacement"):
        sampling.venue_sample(sampling.srs_wr(frame_of(periods()), 5, seed=1), answers, visits="times", counted=counted)
    with pytest.raises(InputError, match="takes a Draw"):
        sampling.venue_sample(answers, answers, visits="times", counted=counted)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(sampling.venue_sample(draw, answers, visits="times", counted=counted))


def world(venues: int = 20, times: int = 20) -> tuple[pd.DataFrame, Any, Any, Any]:
    """People of an invented town: who is where in which period, how often, and an answer that goes with it.

    Those who come often say yes more often; what was expected of a period is right within a third or so; a few are empty.
    """
    rng, size = np.random.default_rng(5), venues * times
    draw = rng.gamma(1.5, 1, size) * np.repeat(rng.gamma(4, 0.25, venues), times) * (rng.random(size) > 0.05)
    rate = rng.gamma(1.2, 4, 3000) + 0.4
    there = rng.random((3000, size)) < np.clip(rate[:, None] * draw / draw.sum(), 0, 0.9)
    there = there[there.any(axis=1)]
    visits = there.sum(axis=1)
    yes = (rng.random(visits.size) < 0.15 + 0.5 * visits / (visits + 4)).astype(int)
    expected = np.maximum(1, np.round(there.sum(axis=0) * np.exp(rng.normal(0, 0.3, size)))).astype(int)
    listed = pd.DataFrame({"place": np.repeat(np.arange(venues), times), "day": np.tile(np.arange(times), venues), "hour": "evening"})
    return listed.assign(expected=expected, kind=np.repeat(np.arange(venues) % 2, times)), there, visits, yes


@pytest.mark.slow
@pytest.mark.parametrize(("strata", "n"), [(None, 40), ("kind", {0: 25, 1: 15})])
def test_those_who_come_often_count_once_and_intervals_cover(strata: str | None, n: Any) -> None:
    listed, there, visits, yes = world()
    if strata:
        listed.loc[there.sum(axis=0).argmax(), "expected"] = 5_000  # certain
    frame, runs = frame_of(listed, strata=strata), 600
    shares, plain, totals, inside = np.empty(runs), np.empty(runs), np.empty(runs), np.zeros(2)
    variances = np.zeros(2)
    for seed in range(runs):
        draw, rng = sampling.pps_random_systematic(frame, n, seed=seed), np.random.default_rng(seed)
        rows, counted = [], {}
        for place in draw.chosen.tolist():
            who = np.flatnonzero(there[:, frame.place[place]])
            counted[frame.ids[place]] = who.size
            met = rng.permutation(who)[:12]
            rows.append(pd.DataFrame({"venue_day_time": frame.ids[place], "times": visits[met], "yes": yes[met]}))
        answers = pd.concat(rows, ignore_index=True)
        made = sampling.venue_sample(draw, answers, visits="times", counted=counted)
        survey = ek.Survey(made.sample, design=made.design)
        share, total = ek.proportion(survey, "yes"), ek.total(survey, "yes")
        shares[seed], totals[seed], plain[seed] = share.points[0], total.points[0], answers["yes"].mean()
        variances += [share.se[0] ** 2, total.se[0] ** 2]
        inside += [
            share.interval.low[0] <= yes.mean() <= share.interval.high[0],
            total.interval.low[0] <= yes.sum() <= total.interval.high[0],
        ]
    assert abs(totals.mean() - yes.sum()) < 3.5 * totals.std() / np.sqrt(runs)
    assert abs(shares.mean() - yes.mean()) < 3.5 * shares.std() / np.sqrt(runs)
    assert plain.mean() - yes.mean() > 0.04
    np.testing.assert_allclose(np.sqrt(variances / runs), [shares.std(), totals.std()], rtol=0.1)
    assert 0.93 <= inside[0] / runs <= 0.97
    assert 0.92 <= inside[1] / runs <= 0.975


def test_totals_of_a_venue_sample_are_allowed_and_of_no_design_refused() -> None:
    draw = sampling.pareto(frame_of(periods()), 5, seed=1)
    answers, counted = fieldwork(draw)
    made = sampling.venue_sample(draw, answers, visits="times", counted=counted)
    assert ek.count(ek.Survey(made.sample, design=made.design)).inference == "venue"
    with pytest.raises(Refused):
        ek.count(ek.Survey(made.sample, design=ek.NoDesign(weights="weight")))
