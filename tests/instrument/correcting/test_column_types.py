"""A corrected column keeps its type, or gets the next that holds what is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument import corrected


def one_cell(series: Any, new: Any, *, old: Any = None, action: str = "replace", kind: str = "text", frame: Any = pd.DataFrame) -> Any:
    """The column `x` after a correction of its first cell."""
    form = ek.Instrument("one", [ek.Item("x", kind), ek.Item("y", "text")])  # type: ignore[arg-type]
    data = frame({"key": list(range(len(series))), "x": series, "y": ["a"] * len(series)})
    rows = pd.DataFrame({"key": [0], "item": ["x"], "action": [action], "new": [new], "old": [old], "reason": ["r"]}, dtype=object)
    return corrected(data, rows, id="key", form=form).data["x"]


ODD_INDEX = lambda columns: pd.DataFrame(columns).set_axis([5, 5])  # noqa: E731
DAYS = pd.to_datetime(pd.Series(["2026-01-02", "2026-01-03"]))
ZONED = pd.to_datetime(pd.Series(["2026-01-02T08:00+07:00"] * 2))
ORDERED = pd.CategoricalDtype(["b", "a", "c"], ordered=True)
WHOLE = {"kind": "integer"}
EMPTY = {"new": None, "action": "blank"}
TYPES: dict[str, tuple[Any, dict[str, Any], str, list[str]]] = {
    "large numbers keep their digits": (pd.Series([2**60 + 1, 2**60 + 3]), EMPTY | WHOLE, "Int64", ["<NA>", str(2**60 + 3)]),
    "whole numbers become decimals": (pd.Series([14, 15]), {"new": 14.5, "old": "14.0", "kind": "decimal"}, "float64", ["14.5", "15.0"]),
    "whole numbers become wider": (pd.Series([14, 15], dtype="int8"), {"new": "300"} | WHOLE, "int64", ["300", "15"]),
    "a blank among whole numbers": (pd.Series([14, 15]), EMPTY | WHOLE, "float64", ["nan", "15.0"]),
    "nullable numbers": (pd.Series([14, 15], dtype="Int64"), EMPTY | WHOLE, "Int64", ["<NA>", "15"]),
    "a blank among truths": (pd.Series([True, False]), EMPTY, "boolean", ["<NA>", "False"]),
    "truths": (pd.Series([True, False]), {"new": "FALSE", "old": 1}, "bool", ["False", "False"]),
    "narrow decimals": (pd.Series([0.1, 2], dtype="float32"), {"new": 0.5, "old": "0.1", "kind": "decimal"}, "float32", ["0.5", "2.0"]),
    "moments": (
        DAYS,
        {"new": "2026-02-03", "old": "2026-01-02", "kind": "date"},
        str(DAYS.dtype),
        ["2026-02-03 00:00:00", "2026-01-03 00:00:00"],
    ),
    "moments of a zone": (
        ZONED,
        {"new": "2026-02-03T09:30", "old": "2026-01-02T08:00", "kind": "datetime"},
        str(ZONED.dtype),
        ["2026-02-03 09:30:00+07:00", "2026-01-02 08:00:00+07:00"],
    ),
    "days as objects": (
        pd.Series([dt.date(2026, 1, 2)] * 2),
        {"new": "2026-02-03", "old": "2026-01-02", "kind": "date"},
        "object",
        ["2026-02-03", "2026-01-02"],
    ),
    "categories": (pd.Series(["b", "a"], dtype=ORDERED), {"new": "c", "old": "b"}, "category", ["c", "a"]),
    "a new category": (pd.Series(["b", "a"], dtype="category"), {"new": "z"}, "str", ["z", "a"]),
    "nothing yet": (pd.Series([None, None], dtype=object), {"new": "z"}, "str", ["z", "nan"]),
    "nothing yet, of numbers": (pd.Series([None, None], dtype=object), {"new": "3"} | WHOLE, "float64", ["3.0", "nan"]),
    "a text among numbers": (pd.Series([1, 2]), {"new": "one"}, "str", ["one", "2"]),
    "an odd index": (
        pd.Series([14, 15]),
        EMPTY | WHOLE | {"frame": ODD_INDEX},
        "float64",
        ["nan", "15.0"],
    ),
}


@pytest.mark.parametrize("case", TYPES)
def test_a_column_keeps_its_type_or_gets_the_next_that_holds_it(case: str) -> None:
    series, given, dtype, expected = TYPES[case]
    made = one_cell(series, **given)
    assert (str(made.dtype), list(map(str, made))) == (dtype, expected)


def test_types_of_other_engines() -> None:
    enum = pl.Series(["b", "a"], dtype=pl.Enum(["b", "a", "c"]))
    assert one_cell(enum, "c", frame=pl.DataFrame).dtype == enum.dtype
    assert one_cell(enum, "z", frame=pl.DataFrame).to_list() == ["z", "a"]
    assert one_cell(pl.Series([None, None]), "z", frame=pl.DataFrame).to_list() == ["z", None]
    assert one_cell(pl.Series([dt.date(2026, 1, 2)] * 2), "2026-02-03", kind="date", frame=pl.DataFrame).to_list()[0] == dt.date(2026, 2, 3)
    assert one_cell(pl.Series([1, 2]), 1.5, kind="decimal", frame=pl.DataFrame).to_list() == [1.5, 2.0]
    arrow = one_cell(pa.array(["b", "a"]).dictionary_encode(), "a", frame=pa.table)
    assert arrow.to_pylist() == ["a", "a"]
    assert one_cell(pa.nulls(2), "z", frame=pa.table).to_pylist() == ["z", None]
    with pytest.raises(InputError, match="does not fit the type"):
        one_cell(pl.Series([[1], [2]]), "3", frame=pl.DataFrame)
