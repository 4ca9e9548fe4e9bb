"""Base weights and selection within households: numbers worked out by hand, and what is refused."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn, WeightingError

STAGES = ("p_area", "p_home")
DRAWN = pd.DataFrame(
    {"p_area": [0.1, 0.1, 0.2, 0.5], "p_home": [0.25, 0.25, 0.5, 1.0], "homes": [1, 2, 1, 4], "told": [1, 2, 98, 1]},
    index=[7, 3, 9, 1],
)
WEIGHTS = [40.0, 20.0, 10.0, 0.5]


@pytest.mark.parametrize("make", [lambda d: d, pl.from_pandas, lambda d: pa.Table.from_pandas(d, preserve_index=False)])
def test_weights_are_one_over_the_probabilities(make: Any) -> None:
    frame = make(DRAWN)
    before = pd.DataFrame(DRAWN)
    made = ek.weighting.base_weights(frame, probabilities=STAGES, multiplicity="homes")
    assert type(made.to_frame()) is type(frame)
    survey = ek.Survey(made, weights="weight")
    np.testing.assert_allclose(survey.w, WEIGHTS, rtol=1e-15)
    assert made.labels["weight"]
    pd.testing.assert_frame_equal(before, DRAWN)
    assert "weight" not in (frame.columns if not isinstance(frame, pa.Table) else frame.column_names)


def test_rows_keep_their_index() -> None:
    made = ek.weighting.base_weights(DRAWN, probabilities="p_area", name="base").to_frame()
    assert made["base"].tolist() == [10, 10, 5, 2]
    assert made.index.tolist() == [7, 3, 9, 1]


def test_labels_and_kinds_of_missing_stay() -> None:
    data = ek.Dataset(DRAWN, labels={"told": "Told someone"}, missing={"told": {98: ek.Missing.REFUSED}})
    made = ek.weighting.base_weights(data, probabilities=list(STAGES))
    assert made.kinds("told") == {ek.Missing.REFUSED: 1}
    assert made.labels["told"] == "Told someone"
    assert made.frame["told"].tolist() == [1, 2, 98, 1]


def test_a_probability_that_is_a_code_for_missing_is_missing() -> None:
    data = ek.Dataset(DRAWN.assign(p_area=[0.1, 0.1, 0.2, 1.0]), missing={"p_area": {1.0: ek.Missing.UNSTATED}})
    with pytest.raises(InputError, match="missing in 1 rows"):
        ek.weighting.base_weights(data, probabilities="p_area")


SECRET = "Quintessa-51"
WRONG: dict[str, tuple[Any, dict[str, Any], type[Exception], str]] = {
    "zero": (DRAWN.assign(p_area=[0, 0.1, 0.2, 0.3]), {}, InputError, "'p_area' is not above 0 and at most 1 in 1 rows"),
    "above one": (DRAWN.assign(p_area=[1.5, 2, 0.2, 1]), {}, InputError, "at most 1 in 2 rows"),
    "missing": (DRAWN.assign(p_home=[np.nan, -1, 0.2, 1]), {}, InputError, "missing in 1 rows and not above 0 and at most 1 in 1 rows"),
    "text": (DRAWN.assign(p_home=SECRET), {}, InputError, "does not hold numbers"),
    "unknown column": (DRAWN, {"probabilities": "p_aera"}, UnknownColumn, "Did you mean 'p_area'"),
    "no column": (DRAWN, {"probabilities": ()}, InputError, "every stage"),
    "multiplicity": (
        DRAWN.assign(homes=[0, 1, np.nan, 1]),
        {"multiplicity": "homes"},
        InputError,
        "missing in 1 rows and not 1 or more in 1",
    ),
    "name taken": (DRAWN, {"name": "told"}, InputError, "already have a column 'told'"),
    "no name": (DRAWN, {"name": ""}, InputError, "name="),
    "not a frame": ([1, 2], {}, InputError, "data frame is needed"),
    "lazy": (pl.from_pandas(DRAWN).lazy(), {}, InputError, "lazy"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_a_probability(case: str) -> None:
    data, more, error, words = WRONG[case]
    with pytest.raises(error, match=words) as caught:
        ek.weighting.base_weights(data, **{"probabilities": STAGES, **more})
    assert SECRET not in str(caught.value)


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.01, 1), st.integers(1, 9)), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_weights_times_probabilities_are_ones(rows: list[tuple[float, float, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["p", "q", "k"])
    made = ek.weighting.base_weights(frame, probabilities=("p", "q"), multiplicity="k").to_frame()
    np.testing.assert_allclose(made["weight"] * made["p"] * made["q"] * made["k"], 1, rtol=1e-12)


HOMES = pd.DataFrame(
    {
        "home": [1, 1, 2, 3, 4],
        "sex": ["girl", "boy", "girl", "boy", None],
        "girls": [2, 2, 1, np.nan, np.nan],
        "boys": [1, 1, 0, 5, np.nan],
        "all": [3, 3, 1, 5, np.nan],
        "w": [50.0, 50.0, 50.0, 20.0, 0.0],
    }
)


def homes(**changed: Any) -> ek.Survey:
    return ek.Survey(HOMES.assign(**changed), weights="w", psu="home")


def test_a_respondent_stands_for_the_eligible_members() -> None:
    survey = homes()
    made = ek.weighting.select_within(survey, "all")
    assert made.w is not None
    assert made.w.tolist() == [150, 150, 50, 100, 0], "a home without weight needs no number"
    capped = ek.weighting.select_within(survey, "all", most=2)
    assert capped.w is not None
    assert capped.w.tolist() == [100, 100, 50, 40, 0]
    assert survey.w is not None
    assert survey.w.tolist() == HOMES["w"].tolist()
    assert ek.weighting.report(capped).to_frame()["step"].tolist() == ["given", "one respondent selected of all, at most 2"]


def test_girls_and_boys_selected_separately() -> None:
    made = ek.weighting.select_within(homes(), {"girl": "girls", "boy": "boys"}, by="sex")
    assert made.w is not None
    assert made.w.tolist() == [100, 50, 50, 100, 0]
    coded = ek.Dataset(HOMES.assign(sex=[1.0, 2, 1, 2, np.nan]), value_labels={"sex": {1: "girl", 2: "boy"}})
    for eligible in ({1: "girls", 2: "boys"}, {"girl": "girls", "boy": "boys"}):
        made = ek.weighting.select_within(ek.Survey(coded, weights="w", psu="home"), eligible, by="sex")
        assert made.w is not None
        assert made.w.tolist() == [100, 50, 50, 100, 0]


NOT_SELECTED: dict[str, tuple[Any, type[Exception], str]] = {
    "none eligible": (lambda: ek.weighting.select_within(homes(), "boys"), WeightingError, "'boys' is not a whole number .* in 1 rows"),
    "missing": (lambda: ek.weighting.select_within(homes(), "girls"), WeightingError, "'girls' is missing in 1 rows"),
    "not whole": (lambda: ek.weighting.select_within(homes(all=1.5), "all"), WeightingError, "not a whole number of 1 or more in 4 rows"),
    "text": (lambda: ek.weighting.select_within(homes(), "sex"), InputError, "does not hold numbers"),
    "unknown": (lambda: ek.weighting.select_within(homes(), "grils"), UnknownColumn, "Did you mean 'girls'"),
    "unknown level": (lambda: ek.weighting.select_within(homes(), {"girl": "girls"}, by="sex"), InputError, "2 rows with a weight"),
    "level missing": (lambda: ek.weighting.select_within(homes(w=1.0), {"girl": "all", "boy": "all"}, by="sex"), InputError, "1 rows with"),
    "mapping without by": (lambda: ek.weighting.select_within(homes(), {"girl": "girls"}), InputError, "one column name"),
    "by without mapping": (lambda: ek.weighting.select_within(homes(), "girls", by="sex"), InputError, "With by="),
    "cap": (lambda: ek.weighting.select_within(homes(), "all", most=0), InputError, "most="),
    "not a survey": (lambda: ek.weighting.select_within(HOMES, "all"), InputError, "takes a Survey, not a DataFrame"),
    "lazy": (lambda: ek.weighting.select_within(ek.Survey(pl.from_pandas(HOMES).lazy(), weights="w"), "all"), InputError, "lazy"),
}


@pytest.mark.parametrize("case", NOT_SELECTED)
def test_what_cannot_be_selected(case: str) -> None:
    call, error, words = NOT_SELECTED[case]
    with pytest.raises(error, match=words) as caught:
        call()
    assert not any(level in str(caught.value).split("eligible=")[0] for level in ("'girl'", "'boy'"))


def test_replicates_keep_the_number_selected_from() -> None:
    survey = homes()
    first = ek.weighting.select_within(ek.weighting.jackknife(survey), "all")
    after = ek.weighting.jackknife(ek.weighting.select_within(survey, "all"))
    ours, theirs = (ek.weighting.replicate_weights(s).to_numpy() for s in (first, after))
    np.testing.assert_allclose(ours, theirs)
    np.testing.assert_allclose(ours[:, 1:].max(axis=1), ours[:, 0] * 4 / 3)


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_the_data_with_their_final_weights(backend: str) -> None:
    columns = {"w": [1.0, 2.0, 3.0], "sex": ["girl", "boy", "girl"], "told": [1, 98, 0]}
    frame: Any = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}[backend](columns)
    data = ek.Dataset(frame, labels={"told": "Told someone"}, missing={"told": {98: ek.Missing.REFUSED}})
    raked = ek.weighting.rake(ek.Survey(data, weights="w"), {"sex": {"girl": 6, "boy": 4}})
    made = ek.weighting.with_weights(raked)
    assert type(made.frame) is type(frame)
    assert nw.from_native(made.frame)["final_weight"].to_list() == pytest.approx([1.5, 4.0, 4.5])
    assert nw.from_native(made.frame)["told"].to_list() == columns["told"], "codes stay as they stand in the file"
    assert (made.labels["told"], made.labels["final_weight"]) == ("Told someone", "Final weight: raked to sex")
    assert "final_weight" not in nw.from_native(frame).columns
    with pytest.raises(InputError, match="already have a column 'sex'"):
        ek.weighting.with_weights(raked, name="sex")


def test_members_are_counted_once() -> None:
    once = ek.weighting.select_within(homes(), "all", most=2)
    with pytest.raises(InputError, match="already are those of one respondent selected of all"):
        ek.weighting.select_within(once, "all")
    by = ek.weighting.select_within(homes(), {"girl": "girls", "boy": "boys"}, by="sex")
    with pytest.raises(InputError, match="count every member twice"):
        ek.weighting.select_within(ek.weighting.trim(by, upper=1e6), {"girl": "girls", "boy": "boys"}, by="sex")
