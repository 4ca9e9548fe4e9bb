"""Conditions and groups: what is named wrongly is said, and so is what is left out."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
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


@pytest.mark.parametrize(
    "made",
    [
        pd.cut(pd.Series([1.0, 2.0, 3.0, 4.0] * 50), 2),
        pd.Series(pd.Categorical([3, 1, 2, 1] * 50)),
        pd.Series(pd.Categorical(pd.to_datetime(["2026-01-01", "2026-01-02"] * 100))),
        pd.Series(pd.Categorical([2.0, None, 1.0, 2.0] * 50, categories=[1.0, 2.0, 9.0])),
    ],
    ids=["cut", "numbers", "dates", "unused"],
)
@pytest.mark.parametrize("arrow", [False, True])
def test_categories_that_are_not_text(made: Any, arrow: bool) -> None:
    """Such columns once failed with a KeyError that named an answer."""
    frame = pd.DataFrame({"y": [1.0, 0.0] * 100, "psu": list(range(20)) * 10, "w": 1.0})
    frame["g"] = made.astype(str).astype("category") if arrow else made
    est = ek.mean(ek.Survey(pa.Table.from_pandas(frame) if arrow else frame, weights="w", psu="psu"), "y", by="g")
    sizes = frame.groupby("g", observed=True).size()
    assert list(est.counts.n) == list(sizes)
    assert est.to_frame() is not None


def test_column_names_are_text() -> None:
    for columns in ([1, 2], pd.MultiIndex.from_tuples([("y", "a"), ("w", "a")])):
        frame = pd.DataFrame([[1.0, 1.0], [2.0, 1.0]])
        frame.columns = columns
        with pytest.raises(ek.errors.InputError, match="names are not text"):
            ek.Survey(frame, weights="w")


def test_a_verb_asks_for_a_survey() -> None:
    for wrong in (None, 3, FICTION):
        with pytest.raises(ek.errors.InputError, match="A Survey is needed first"):
            ek.mean(wrong, "age")


def test_a_contrast_that_asks_for_too_many_cells_says_how_many_there_are() -> None:
    est = ek.mean(ek.Survey(FICTION, weights="weight", strata="stratum", psu="psu"), "age", by="sex")
    with pytest.raises(ek.errors.InputError, match="list of 2 estimates"):
        ek.contrast(est, lambda x: x[9] - x[0])
