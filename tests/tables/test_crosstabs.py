"""Cross-tabulations: what proportion() gives, in a table, with n beside every cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from twostage import DESIGNS, frame, reference, survey_of

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, UnknownColumn

PERCENT: Any = ("row", "column", "total")


@pytest.mark.parametrize("name", DESIGNS[:3])  # of replicates, R scales a table to all rows, those without an answer too
@pytest.mark.parametrize("percent", PERCENT)
def test_weighted_counts_equal_those_of_r(name: str, percent: Any) -> None:
    made = ek.tables.crosstab(survey_of(name), "g", "k", percent=percent)
    np.testing.assert_allclose(made.weighted, reference()[name, "table.gk"]["table"], rtol=1e-10)
    counts = pd.crosstab(survey_of(name).data["g"], survey_of(name).data["k"])
    assert made.n.tolist() == counts.to_numpy().tolist()
    assert made.columns == ("never", "sometimes", "often")  # the order declared


def test_shares_and_intervals_are_those_of_proportion() -> None:
    survey = survey_of("two_stage")
    made, want = ek.tables.crosstab(survey, "g", "k", interval="wilson"), ek.proportion(survey, "k", by="g", interval="wilson")
    assert made.to_frame()["estimate"].tolist() == want.points.tolist()
    assert made.to_frame()["low"].tolist() == want.interval.low.tolist()
    turned = ek.tables.crosstab(survey, "k", "g", percent="column", interval="wilson")
    np.testing.assert_allclose(turned.shares.T, made.shares)
    for percent in PERCENT:
        shares = ek.tables.crosstab(survey, "g", "k", percent=percent).shares
        np.testing.assert_allclose({"row": shares.sum(1), "column": shares.sum(0), "total": shares.sum()}[percent], 1.0)


@pytest.mark.parametrize("percent", PERCENT)
def test_cells_without_anybody_are_shown(percent: Any) -> None:
    data = frame().assign(t=lambda d: np.where((d["g"] == "a") & (d["b"] == 0), "no", np.where(d["b"] == 1, "some", "yes")))
    survey = ek.Survey(data[data["g"] != "b"].reset_index(drop=True), weights="weight2", psu="school")
    made = ek.tables.crosstab(survey, "g", "t", percent=percent)
    shown = made.to_frame()
    empty = shown[shown["n"] == 0]
    assert len(empty) == 2
    assert (empty["estimate"] == 0).all()
    assert (empty["high"] > 0).all()
    assert empty["flag"].str.contains("no case observed").all()
    assert "n=0" in repr(made)
    assert "n=0" in made._repr_html_()


def test_zero_and_one_are_both_shown() -> None:
    made = ek.tables.crosstab(survey_of("two_stage"), "g", "b")
    assert made.columns == (0, 1)
    assert made.n.sum() == len(frame())


def test_answers_without_a_design_have_no_interval() -> None:
    made = ek.tables.crosstab(ek.Survey(frame(), design=ek.NoDesign()), "g", "k")
    assert np.isnan(made.to_frame()["low"]).all()
    assert "[" not in repr(made).split("\n")[1]
    assert "no design" in repr(made)


def test_missing_answers_are_counted_and_a_release_takes_it() -> None:
    made = ek.tables.crosstab(survey_of("two_stage"), "g", "k")
    assert "missing answers" in repr(made)
    assert len(ek.release(made.estimate)) == len(made.estimate)


def test_the_callers_kind_of_frame_comes_back() -> None:
    survey = ek.Survey(pl.from_pandas(frame()[["g", "h", "weight2", "school"]]), weights="weight2", psu="school")
    assert isinstance(ek.tables.crosstab(survey, "g", "h").to_frame(), pl.DataFrame)
    lazy = ek.Survey(pl.from_pandas(frame()[["g", "h", "weight2", "school"]]).lazy(), weights="weight2", psu="school")
    np.testing.assert_allclose(ek.tables.crosstab(lazy, "g", "h").shares, ek.tables.crosstab(survey, "g", "h").shares)
    with pytest.raises(InputError, match="lazy"):
        ek.tables.crosstab(lazy, "g", "h", percent="total")


def test_bad_input() -> None:
    survey = survey_of("two_stage")
    for wrong in ({"percent": "rows"}, {"interval": "exact"}, {"level": 2}):
        with pytest.raises(InputError):
            ek.tables.crosstab(survey, "g", "k", **wrong)
    with pytest.raises(InputError):
        ek.tables.crosstab(survey, "g", "g")
    with pytest.raises(UnknownColumn):
        ek.tables.crosstab(survey, "gg", "k")
    with pytest.raises(InputError, match="results have a column"):
        ek.tables.crosstab(ek.Survey(frame().assign(n=1), design=survey.stages), "g", "n")
    empty = ek.Survey(frame().assign(none=None), design=survey.stages)
    with pytest.raises(EstimationError):
        ek.tables.crosstab(empty, "g", "none", percent="total")
    with pytest.raises(EstimationError):
        ek.tables.crosstab(empty, "g", "none")
