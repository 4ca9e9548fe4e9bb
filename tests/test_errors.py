"""Errors tell the same story on the other side of a process pool, and no engine's own message comes through."""

from __future__ import annotations

import pickle
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit import errors

LARGE = 2**53 + 1


@pytest.mark.parametrize(
    "error",
    [
        errors.UnknownColumn("agee", ["age", "sex"], "y"),
        errors.MissingExtra("pyreadstat", "spss", "Reading .sav"),
        errors.LonelyPSU("One stratum has one PSU.", "Merge it."),
        errors.Refused("No.", "Do this."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_a_pickle(error: errors.EvidencekitError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert (str(back), back.what, back.fix) == (str(error), error.what, error.fix)


@pytest.mark.parametrize("kind", ["pandas", "pandas nullable", "pandas arrow", "polars", "pyarrow"])
def test_large_whole_numbers_with_blanks_keep_their_digits_and_stay_out_of_messages(kind: str) -> None:
    columns: dict[str, Any] = {"unit": [LARGE, LARGE + 2, None, LARGE] * 2, "y": [1.0, 2.0, 3.0, 4.0] * 2, "psu": range(8), "w": [1.0] * 8}
    schema = pa.schema({"unit": pa.int64(), "y": pa.float64(), "psu": pa.int64(), "w": pa.float64()})
    table = pa.table({k: list(v) for k, v in columns.items()}, schema=schema)
    makers = {
        "pandas": lambda: pd.DataFrame(columns | {"unit": pd.Series(columns["unit"], dtype="object")}),
        "pandas nullable": lambda: pd.DataFrame(columns | {"unit": pd.array(columns["unit"], dtype="Int64")}),
        "pandas arrow": lambda: table.to_pandas(types_mapper=pd.ArrowDtype),
        "polars": lambda: pl.DataFrame(table),
        "pyarrow": lambda: table,
    }
    survey = ek.Survey(makers[kind](), weights="w", psu="psu")
    split = ek.mean(survey, "y", by="unit")
    assert nw.from_native(split.to_frame(), eager_only=True)["unit"].to_list() == [LARGE, LARGE + 2]
    assert split.points.tolist() == [2.5, 2.0]
    if kind != "pandas":
        assert ek.mean(survey, "unit").points.tolist() == [LARGE + 1 / 3]


def test_identifiers_beyond_the_signed_range_stay_apart() -> None:
    ids = [2**63 + 1, 2**63 + 2]
    frame = pl.DataFrame({"id": pl.Series(ids * 2, dtype=pl.UInt64), "y": [1.0, 2.0, 3.0, 4.0], "psu": [1, 2, 3, 4], "w": [1.0] * 4})
    split = ek.mean(ek.Survey(frame, weights="w", psu="psu"), "y", by="id")
    assert split.to_frame()["id"].to_list() == ids


def test_a_lazy_frame_whose_file_has_gone_is_told_without_its_path(tmp_path: Any) -> None:
    file = tmp_path / "answers.parquet"
    pl.DataFrame({"y": [1.0]}).write_parquet(file)
    lazy = pl.scan_parquet(file)
    file.unlink()
    with pytest.raises(errors.InputError, match="columns of the data cannot be read") as told:
        ek.Survey(lazy, weights="y")
    assert "answers" not in str(told.value)


def test_one_is_not_many() -> None:
    assert [errors.how_many(n, "unit") for n in (0, 1, 2, 1200)] == ["0 units", "1 unit", "2 units", "1,200 units"]
    assert [errors.how_many(n, "stratum has", "strata have") for n in (1, 2)] == ["1 stratum has", "2 strata have"]


CELLS = ["2026-01-05T08:43:50.064", "2026-01-05", "05/01/2026", "14", "-98.5", "1.1", "0100 555 01", "0b7e63a5-9d5e-4f0e-8c1c-4cf5fa3a3b9e",
         "uuid:0b7e63a5-9d5e-4f0e-8c1c-4cf5fa3a3b9e", "someone@example.org", "1e5", "08:43"]  # fmt: skip


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("asked", ["weight", "Secretria"])
def test_columns_that_may_be_answers_are_not_listed(cell: str, asked: str) -> None:
    frame = pd.DataFrame({"Secretaria": [1.0], cell: [2.0]})
    with pytest.raises(errors.UnknownColumn, match="without its header") as caught:
        ek.Survey(frame, weights=asked)
    assert cell not in str(caught.value)
    assert "Secretaria" not in str(caught.value), "a near miss is a cell, too"
    assert errors.named(list(frame.columns)) == ""


def test_names_are_listed() -> None:
    names = [
        "age",
        "q1",
        "1a",
        "_id",
        "meta/instanceID",
        "2 weeks",
        "How old are you?",
        "w-2026",
        "x@y",
        "e1",
        *(f"n{k}" for k in range(9)),
    ]
    assert errors.named(names).endswith("'e1', 'n0', 'n1' and 7 more")
    with pytest.raises(errors.UnknownColumn, match="They have 'age', 'q1'"):
        raise errors.UnknownColumn("zzzzzz", names)
