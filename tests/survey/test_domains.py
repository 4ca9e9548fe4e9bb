"""Conditions and groups: what is named wrongly is said, and so is what is left out."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import narwhals
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from kinds import EAGER, LAZY, frame_as

import evidencekit as ek
from evidencekit.survey.summing import conditions

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


# 98 is a refusal. Rows 0 to 7 are all that differ; the rest make up sampling units.
ASKED = pd.DataFrame(
    {
        "id": np.arange(40),
        "w": 1.5,
        "psu": np.arange(40) % 10,
        "r": [0, 1, 98, 1, 0, 98, 0, 1, *[1] * 32],
        "t": ["no", None, "yes", "yes", None, "no", "no", "yes", *["yes"] * 32],
        "b": [True, None, False, True, None, True, False, True, *[True] * 32],
        "d": pd.to_datetime(["2026-01-01", None, "2026-01-02", None, *["2026-01-02"] * 36]),
        "y": 1.0,
    }
)
ASKED["y"] = ASKED.id.astype(float)
CONDITIONS: dict[str, tuple[Any, list[int]]] = {
    "!=": (nw.col("r") != 1, [0, 4, 6]),
    "not ==": (~(nw.col("r") == 1), [0, 4, 6]),
    "not in": (~nw.col("r").is_in([1]), [0, 4, 6]),
    "not above": (~(nw.col("r") > 0), [0, 4, 6]),
    "not between": (~nw.col("r").is_between(1, 5), [0, 4, 6]),
    "below or above": ((nw.col("r") < 1) | (nw.col("r") > 5), [0, 4, 6]),
    "text !=": (nw.col("t") != "yes", [0, 5, 6]),
    "text not in": (~nw.col("t").is_in(["yes"]), [0, 5, 6]),
    "text not starting": (~nw.col("t").str.starts_with("y"), [0, 5, 6]),
    "not true": (~nw.col("b"), [2, 6]),
    "and": ((nw.col("r") != 1) & (nw.col("t") != "yes"), [0, 6]),
    "or": ((nw.col("r") != 1) | (nw.col("t") == "no"), [0, 4, 5, 6]),
    "not and": (~((nw.col("r") == 1) & (nw.col("t") == "yes")), [0, 4, 5, 6]),
    "any": (~nw.any_horizontal(nw.col("r") == 1, nw.col("t") == "yes", ignore_nulls=False), [0, 6]),
    "missing": (nw.col("r").is_null(), [2, 5]),
    "there": (~nw.col("r").is_null() & (nw.col("r") != 1), [0, 4, 6]),
    "remainder": (nw.col("r") % 2 != 1, [0, 4, 6]),
    "date": (~(nw.col("d") == dt.datetime(2026, 1, 2)), [0]),
    "two columns": (nw.col("r") != nw.col("psu"), [3, 4, 6, 7, *(i for i in range(8, 40) if i % 10 != 1)]),
    "every column": (nw.all_horizontal(nw.selectors.boolean(), ignore_nulls=False), [0, 3, 5, 7, *range(8, 40)]),
}
IN_MEMORY = [*EAGER, "polars-nan", "pandas-nullable", "pandas-category", "pandas-objects"]


def asked(kind: str) -> ek.Survey:
    """The rows above; their refusals are null, as NaN where the kind has it."""
    base = {"polars-nan": "polars"}.get(kind, kind.partition("-")[0] if kind.startswith("pandas-") else kind)
    frame = ASKED.assign(r=ASKED.r.astype(float).mask(ASKED.r == 98))
    if kind == "pandas-arrow":
        base = kind
    elif kind == "pandas-nullable":
        frame = frame.convert_dtypes()
    elif kind == "pandas-category":
        frame = frame.assign(t=frame.t.astype("category"))
    elif kind == "pandas-objects":
        frame = frame.assign(r=frame.r.astype(object).where(frame.r.notna(), None), t=frame.t.astype(object))
    elif kind == "dask":
        frame = frame.assign(b=frame.b.astype("boolean"))  # Dask makes text of objects
    made = frame_as(base, frame)
    if kind == "polars-nan":
        made = made.with_columns(pl.col("r").fill_null(float("nan")))
    return ek.Survey(made, weights="w", psu="psu")


def chosen(survey: ek.Survey, where: Any) -> tuple[float, float]:
    """How many rows, and the sum of their numbers."""
    est = ek.total(survey, "y", where=where)
    return float(est.counts.n[0]), float(est.points[0]) / 1.5


@pytest.mark.parametrize("name", CONDITIONS)
@pytest.mark.parametrize("kind", [*IN_MEMORY, *LAZY])
def test_a_missing_answer_satisfies_nothing(kind: str, name: str) -> None:
    """Refusals once counted as "not 1" where missing numbers are NaN."""
    where, rows = CONDITIONS[name]
    if kind.startswith("polars") and name == "not in":
        where = ~nw.col("r").is_in([1.0])
    if kind == "dask" and name == "every column":
        with pytest.raises(ek.errors.InputError, match="Dask frame where= compares"):
            chosen(asked(kind), nw.all_horizontal(nw.selectors.boolean(), ignore_nulls=True))
        return
    assert chosen(asked(kind), where) == (len(rows), sum(rows))


def test_declared_codes_of_missing_satisfy_nothing() -> None:
    data = ek.Dataset(ASKED, missing={"r": {98: ek.Missing.REFUSED}})
    assert chosen(ek.Survey(data, weights="w", psu="psu"), nw.col("r") != 1) == (3, 10)


@pytest.mark.parametrize("kind", [*EAGER, *LAZY])
def test_the_name_of_a_true_false_column(kind: str) -> None:
    assert chosen(asked(kind), "b")[0] == 36


@pytest.mark.parametrize("kind", [*EAGER, *LAZY])
def test_expressions_of_narwhals_itself(kind: str) -> None:
    assert chosen(asked(kind), narwhals.col("r") != 1) == chosen(asked(kind), nw.col("r") != 1) == (3, 10)


def test_ordered_categories_with_missing_answers() -> None:
    order = pd.CategoricalDtype(["primary", "lower", "upper"], ordered=True)
    school = pd.Series(["primary", None, "lower", "upper"] * 10, dtype=order)
    whole = ek.Survey(ASKED.assign(school=school.fillna("primary")), weights="w", psu="psu")
    some = ek.Survey(ASKED.assign(school=school), weights="w", psu="psu")
    assert chosen(whole, nw.col("school") > "primary")[0] == 20
    assert chosen(some, nw.col("school") != "primary")[0] == 20
    assert chosen(some, ~nw.col("school").is_in(["primary"]))[0] == 20
    with pytest.raises(ek.errors.InputError, match=r"ordered categories.*is_in"):
        chosen(some, nw.col("school") > "primary")


def test_without_arrow_pandas_own_nullable_numbers_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    held = asked("pandas-objects")
    held.rows.frame.to_native()["r"] = held.rows.frame.to_native()["r"].astype(float)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pd.option_context("mode.string_storage", "python"):
        for name in ("!=", "not in", "and", "or", "text !=", "missing", "remainder"):
            where, rows = CONDITIONS[name]
            assert chosen(held, where) == (len(rows), sum(rows)), name
        for name in ("text not in", "date"):
            with pytest.raises(ek.errors.MissingExtra, match="pyarrow"):
                chosen(held, CONDITIONS[name][0])


def test_where_the_columns_of_a_condition_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with another narwhals, whose expressions are made otherwise: every column is then made nullable."""
    monkeypatch.setattr(conditions, "_named", lambda expr: None)
    for kind in ("pandas", "polars-nan", "polars-lazy", "duckdb"):
        assert chosen(asked(kind), nw.col("r") != 1) == (3, 10)


REFUSED: dict[str, tuple[Any, str]] = {
    "polars": (pl.col("r") != 1, "not a Polars expression. For example: import narwhals as nw"),
    "a string with an operator": ("r >= 15", r'Write: import narwhals as nw; where=nw.col."r". >= \.\.\.'),
    "a string with =": ("t = 'no'", r'where=nw.col."t". == \.\.\. with the value'),
    "an unknown name": ("rr >= 15", "name in where= is not a column of the data"),
    "an aggregate": (nw.col("r").mean() > 1, "not a true/false condition on rows"),
    "a literal": (nw.lit(value=True), "not a true/false condition on rows"),
    "a 0/1 column": ("psu", "not a true/false condition on rows"),
    "a number": (nw.col("r") + 1, "not a true/false condition on rows"),
    "text": ("t", "not a true/false condition on rows"),
    "text compared with a number": (nw.col("t") > 1, "where="),
    "an unknown column": (nw.col("rr") > 1, "no column 'rr'"),
    "a column of the library": (nw.col("__ek_weight") > 1, "name in where= is not a column"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("kind", [*EAGER, *LAZY])
def test_what_is_not_a_condition(kind: str, name: str) -> None:
    where, words = REFUSED[name]
    with pytest.raises(ek.errors.InputError, match=words):
        ek.mean(asked(kind), "y", where=where)


@pytest.mark.parametrize("name", ["status", "n", "df"])
@pytest.mark.parametrize("kind", [*EAGER, *LAZY])
def test_the_names_of_result_columns_and_how_to_rename(kind: str, name: str) -> None:
    frame = ASKED.drop(columns=["b", "d"]).rename(columns={"r": name}).assign(**{f"{name}_group": 1.0})
    data = frame_as(kind, frame)
    with pytest.raises(ek.errors.InputError, match="Rename it first: data = ") as told:
        ek.mean(ek.Survey(data, weights="w", psu="psu"), "y", by=name)
    made = eval(str(told.value).partition("data = ")[2], {"data": data, "narwhals": narwhals})
    assert len(ek.mean(ek.Survey(made, weights="w", psu="psu"), "y", by=f"{name}_group_")) == 3
