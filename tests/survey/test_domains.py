"""Conditions and groups: what is named wrongly is said, and so is what is left out."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import polars as pl
import pytest

import evidencekit as ek

FICTION = ek.fictional.national_survey().frame


@pytest.mark.parametrize("lazy", [False, True])
def test_an_unknown_column_inside_a_condition_is_named(lazy: bool) -> None:
    frame = pl.from_pandas(FICTION)
    survey = ek.Survey(frame.lazy() if lazy else frame, weights="weight", strata="stratum", psu="psu")
    with pytest.raises(ek.errors.UnknownColumn, match="Did you mean 'age'"):
        ek.mean(survey, "hours_online", where=nw.col("agee") >= 15)


def test_groups_without_answers_are_said() -> None:
    frame = FICTION.copy()
    first = frame["province"].iloc[0]
    frame.loc[frame["province"] == first, "age"] = None
    est = ek.mean(ek.Survey(frame, weights="weight", strata="stratum", psu="psu"), "age", by="province")
    assert first not in est.cells.columns["province"]
    assert ("groups without answers", "1 left out") in est.provenance.policies
    assert "groups without answers: 1 left out" in repr(est)
