"""replicate(): what a statistic of one's own rests on, what it may be said to be, and what its function may do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import evidencekit as ek

FICTION = ek.fictional.national_survey()
UNKNOWN = "what this number rests on is not known: pass n= and cases= to replicate()"


@pytest.fixture(scope="module")
def boot() -> ek.Survey:
    frame = FICTION.frame.assign(rare=np.arange(len(FICTION.frame)) % 700 == 0)
    survey = ek.Survey(frame, weights="weight", strata="stratum", psu="psu", population=FICTION.population)
    return ek.weighting.bootstrap(survey, seed=1, replicates=40)


def share(name: str) -> Any:
    return lambda w, d: (w * d[name]).sum() / w.sum()


def test_a_number_that_rests_on_nobody_knows_whom_is_not_shown(boot: ek.Survey) -> None:
    """Once a share of three cases was shown with the n of the whole table, where proportion() was protected."""
    assert ek.release(ek.proportion(boot, "rare")).status == ("protected",)
    own = ek.weighting.replicate(boot, lambda w, d: {"a": share("rare")(w, d), "b": w @ d["age"] / w.sum()})
    assert np.isnan(own.counts.n).all()
    for made in (own, ek.contrast(own, [1, -1]), ek.difference(own, 0, 1), ek.ratio_of(own, 0, 1)):
        safe = ek.release(made)
        assert set(safe.status) == {"protected"}
        assert set(safe.reason) == {UNKNOWN}
        assert np.isnan(safe.estimate.points).all()


def test_what_is_declared_is_checked_like_what_is_counted(boot: ek.Survey) -> None:
    frame = FICTION.frame
    yes = int(frame["internet_daily"].sum())
    one = ek.weighting.replicate(boot, share("internet_daily"), n=len(frame), cases=yes)
    assert ek.release(one).status == ("shown",)
    assert (one.counts.n[0], one.counts.cases[0]) == (len(frame), yes)
    assert ("counts", "declared by the analyst") in one.provenance.policies
    assert "counts: declared by the analyst" in ek.release(one).notes
    several = ek.weighting.replicate(
        boot, lambda w, d: [share("internet_daily")(w, d), share("rare")(w, d)], n=len(frame), cases=[yes, 3], label="share"
    )
    assert ek.release(several).status == ("shown", "protected")
    assert ek.release(several).reason[1] == "fewer than 10 cases"
    assert ek.release(ek.difference(several, 0, 1)).reason == ("fewer than 10 cases",)
    whole = ek.weighting.replicate(boot, share("internet_daily"), n=len(frame), cases=len(frame) - 3)
    assert ek.release(whole).reason == ("fewer than 10 who are not cases",)


def test_amounts_have_no_cases_to_count(boot: ek.Survey) -> None:
    made = ek.weighting.replicate(boot, lambda w, d: w @ d["age"] / w.sum(), n=boot.n, cases="amounts")
    assert ek.release(made).status == ("shown",)
    assert np.isnan(made.counts.cases[0])
    assert ek.release(ek.weighting.replicate(boot, lambda w, d: 1.0, n=9, cases="amounts")).reason == ("fewer than 10 answers",)


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ({"n": 100}, "n= and cases= go together"),
        ({"cases": 100}, "n= and cases= go together"),
        ({"n": 100, "cases": 101}, "more cases than answers"),
        ({"n": 10_000, "cases": 20}, "more answers than"),
        ({"n": -1, "cases": 0}, "whole numbers"),
        ({"n": 99.5, "cases": 20}, "whole numbers"),
        ({"n": True, "cases": 20}, "whole numbers"),
        ({"n": 100, "cases": "all"}, "whole numbers"),
        ({"n": np.nan, "cases": 20}, "whole numbers"),
        ({"n": [100, 100], "cases": 20}, "one for each of the 1"),
    ],
)
def test_counts_that_cannot_be_are_refused(boot: ek.Survey, declared: dict[str, Any], says: str) -> None:
    with pytest.raises(ek.errors.InputError, match=says):
        ek.weighting.replicate(boot, share("internet_daily"), **declared)


@pytest.mark.parametrize("function", [lambda w, d: d["age"].mean(), lambda w, d: 0.0, lambda w, d: 1e9 / 3])
def test_no_variation_is_no_interval(boot: ek.Survey, function: Any) -> None:
    """Once a function that left its weights out had an interval of no width and no flag."""
    for survey in (boot, ek.weighting.jackknife(ek.Survey(FICTION.frame, weights="weight", strata="stratum", psu="psu"))):
        made = ek.weighting.replicate(survey, function, n=survey.n, cases="amounts")
        assert made.flags == ("no interval: no variation over replicates (the function may not use its weights)",)
        assert made.se[0] == 0
        assert np.isnan([made.interval.low[0], made.interval.high[0]]).all()
        assert ek.release(made).reason == ("too uncertain: no interval",)


def test_what_is_made_of_numbers_without_variation_has_no_interval(boot: ek.Survey) -> None:
    def both(w: Any, d: Any) -> dict[str, float]:
        return {"still": 3.0, "also": 2.0, "moves": (w * d["age"]).sum() / w.sum()}

    made = ek.weighting.replicate(boot, both)
    assert np.isnan(made.interval.low).tolist() == [True, True, False]
    np.testing.assert_allclose(made.se[2], ek.mean(boot, "age").se[0], rtol=1e-10)
    pair = ek.difference(made, 0, 1)
    assert np.isnan(pair.interval.low[0])
    assert "no variation over replicates" in pair.flags[0]
    assert not np.isnan(ek.difference(made, 2, 1).interval.low[0])


def test_what_the_function_does_to_its_data_stays_with_it() -> None:
    """Once the caller's own frame was handed over, and what one call wrote the next one read."""
    import polars as pl

    frame = FICTION.frame[["weight", "stratum", "psu", "age"]].copy()
    before = frame.copy(deep=True)

    def spoils(w: Any, d: Any) -> float:
        assert "extra" not in d.columns
        d["age"] = d["age"] * 2
        d.loc[:, "psu"] = 0
        d["extra"] = 1
        return float(w @ d["age"] / w.sum())

    def polars_spoils(w: Any, d: Any) -> float:
        assert "extra" not in d.columns
        age = d["age"]
        d.insert_column(0, pl.Series("extra", np.ones(len(d))))
        age[0] = 1_000
        return float(w @ d["age"].to_numpy() * 2 / w.sum())

    for data, function in ((frame, spoils), (ek.Dataset(frame), spoils), (pl.from_pandas(frame), polars_spoils)):
        survey = ek.weighting.bootstrap(ek.Survey(data, weights="weight", strata="stratum", psu="psu"), seed=1, replicates=10)
        made = ek.weighting.replicate(survey, function)
        plain = ek.mean(survey, "age")
        np.testing.assert_allclose([made.points[0], made.se[0]], [2 * plain.points[0], 2 * plain.se[0]])
        kept = data.frame if isinstance(data, ek.Dataset) else data
        assert list(kept.columns) == list(before.columns)
        for name in before:
            assert kept[name].to_list() == before[name].to_list()


def test_writing_to_the_weights_changes_nobody_elses(boot: ek.Survey) -> None:
    assert boot.w is not None
    before = boot.w.copy()

    def spoils(w: Any, d: Any) -> float:
        w /= w.sum()
        return float(w @ d["age"])

    np.testing.assert_allclose(ek.weighting.replicate(boot, spoils).se, ek.mean(boot, "age").se, rtol=1e-10)
    np.testing.assert_array_equal(boot.w, before)


def test_a_series_names_its_numbers(boot: ek.Survey) -> None:
    """Once they were called "statistic 1" and "statistic 2"."""
    made = ek.weighting.replicate(boot, lambda w, d: (d[["age", "hours_online"]].mul(w, axis=0)).sum() / w.sum())
    assert made.cells.columns["variable"] == ("age", "hours_online")
    groups = ek.weighting.replicate(boot, lambda w, d: (d["age"] * w).groupby([d["sex"], d["area"]]).sum())
    assert groups.cells.columns["variable"][0] == "boy, rural"
    assert ek.weighting.replicate(boot, lambda w, d: np.array([w.sum(), w @ d["age"]])).cells.columns["variable"] == (
        "statistic 1",
        "statistic 2",
    )


def test_what_the_function_raises_stays_out_of_the_message(boot: ek.Survey) -> None:
    calls = []

    def fails(w: Any, d: Any) -> float:
        raise ValueError("CANARY")

    def fails_later(w: Any, d: Any) -> float:
        calls.append(1)
        if len(calls) == 3:
            raise KeyError("CANARY")
        return float(w @ d["age"])

    def swapped(data: Any, weights: Any) -> float:
        return float(data["age"] @ weights)

    for function, says in ((fails, r"\(ValueError, line \d+\)"), (fails_later, r"in replicate 2 \(KeyError"), (swapped, "weights, data")):
        with pytest.raises(ek.errors.InputError, match=says) as caught:
            ek.weighting.replicate(boot, function)
        assert "CANARY" not in str(caught.value)
        assert caught.value.__context__ is None
    with pytest.raises(ek.errors.UnknownColumn, match="ag"):
        ek.weighting.replicate(boot, lambda w, d: ek.mean(boot, "agee").points)
    with pytest.raises(ek.errors.InputError, match="a function of the weights and the data"):
        ek.weighting.replicate(boot, "age")  # type: ignore[arg-type]


def test_other_names_in_another_replicate_are_refused(boot: ek.Survey) -> None:
    calls = []

    def turns(w: Any, d: Any) -> dict[str, float]:
        calls.append(1)
        return {"a": w.sum(), "b": 1.0} if len(calls) < 3 else {"b": 1.0, "a": w.sum()}

    with pytest.raises(ek.errors.InputError, match="other results"):
        ek.weighting.replicate(boot, turns)


def test_every_decision_travels_with_a_number_of_ones_own(boot: ek.Survey) -> None:
    """Once the steps of weighting were left out."""
    survey = ek.Survey(FICTION.frame, weights="weight", strata="stratum", psu="psu", lonely="adjust")
    raked = ek.weighting.rake(ek.weighting.trim(survey, upper=900.0), {"sex": {"girl": 0.5, "boy": 0.5}})
    made = ek.weighting.bootstrap(raked, seed=1, replicates=10)
    own = ek.weighting.replicate(made, lambda w, d: w @ d["age"])
    assert own.provenance.policies == ek.mean(made, "age").provenance.policies
    assert [what for what, _ in own.provenance.policies] == ["weights", "weights", "variance", "lonely"]
