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
