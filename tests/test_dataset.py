"""A Dataset can be looked at without showing an answer, and refuses what would match nothing."""

from __future__ import annotations

from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn

CANARY = "canary-7f3a"
REFUSED = ek.Missing.REFUSED
MISSING: dict[str, Any] = {"told": {98: REFUSED, (90, 97): ek.Missing.DONT_KNOW}, "note": {"": ek.Missing.UNSTATED}}
COLUMNS = {"told": [1, 2, 98, 95, 98], "hours": [1.5, None, 2.5, 2.5, 0.5], "note": [CANARY, "", "b", CANARY, None]}
KINDS = [kind.name.lower() for kind in ek.Missing]


def dataset(backend: str = "pandas", **parts: Any) -> ek.Dataset:
    frame: Any = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}[backend](COLUMNS)
    return ek.Dataset(frame, **({"labels": {"told": "Told <someone>"}, "missing": MISSING} | parts))


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_summary_counts_and_shows_no_answer(backend: str) -> None:
    made = dataset(backend).summary()
    assert type(made).__module__.split(".")[0] == backend
    rows = nw.from_native(made, eager_only=True).rows(named=True)
    assert list(rows[0]) == ["column", "label", "type", "levels", *KINDS]
    told, hours, note = rows
    assert told == {"column": "told", "label": "Told <someone>", "type": "number", "levels": 2} | dict.fromkeys(KINDS, 0) | {
        "refused": 2,
        "dont_know": 1,
    }
    assert (hours["type"], hours["levels"], hours["unstated"]) == ("number", 3, 1)
    assert (note["type"], note["levels"], note["unstated"]) == ("text", 2, 2)
    assert CANARY not in str(rows)


def test_types_in_words_and_levels_that_cannot_be_told_apart() -> None:
    frame = pd.DataFrame(
        {
            "flag": [True, False],
            "day": pd.to_datetime(["2020-01-01"] * 2),
            "kind": pd.Categorical(["a", "b"]),
            "many": [[1], [2]],
            "both": [1, "a"],
        }
    )
    made = ek.Dataset(frame).summary()
    assert made["type"].tolist() == ["true/false", "date or time", "categories", "mixed", "mixed"]
    assert made["levels"].isna().tolist() == [False, False, False, True, False]


def test_html_shows_no_answer_and_only_kinds_that_occur() -> None:
    html = dataset()._repr_html_()
    assert CANARY not in html
    assert "Told &lt;someone&gt;" in html
    assert "<caption>Dataset(5 rows, 3 columns, 1 with missing codes)</caption>" in html
    assert "refused" in html
    assert "not_asked" not in html
    wide = ek.Dataset(pd.DataFrame({f"q{i}": [1] for i in range(1_100)}))._repr_html_()
    assert "and 1,040 more columns" in wide
    assert wide.count("<tr>") == 61


def test_lazy_data_are_described_without_a_scan() -> None:
    data = ek.Dataset(pl.LazyFrame(COLUMNS), labels={"told": "Told someone"})
    assert repr(data) == "Dataset(rows not counted, 3 columns)"
    assert "Told someone" in data._repr_html_()
    assert "hours" in ek.Dataset(duckdb.from_arrow(pa.table(COLUMNS)))._repr_html_()
    with pytest.raises(InputError, match="A summary looks at rows, and these data are lazy"):
        data.summary()


def test_one_of_a_thing_is_singular_and_blank_text_is_no_code() -> None:
    assert repr(ek.Dataset(pd.DataFrame({"a": [1]}))) == "Dataset(1 row, 1 column)"
    assert repr(dataset(missing={"note": {"": ek.Missing.UNSTATED}})) == "Dataset(5 rows, 3 columns)"
    assert repr(dataset()) == "Dataset(5 rows, 3 columns, 1 with missing codes)"


WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "code for a name": ({"missing": {99: REFUSED}}, InputError, r'missing=\{"told": \{99: ek\.Missing\.REFUSED\}\}'),
    "one kind": ({"missing": {"told": REFUSED}}, InputError, "takes codes with their kinds for 'told'"),
    "a word for a kind": ({"missing": {"told": {98: "refused"}}}, InputError, "names a kind that is not one"),
    "text in numbers": ({"missing": {"told": {"98": REFUSED}}}, InputError, "Give them as numbers"),
    "numbers in text": ({"missing": {"note": {98: REFUSED}}}, InputError, "Give them as text"),
    "a range of text": ({"missing": {"note": {("a", "b"): REFUSED}}}, InputError, r"not \(low, high\)"),
    "unknown column": ({"labels": {"tolld": "x"}}, UnknownColumn, "Did you mean 'told'"),
    "a list of labels": ({"labels": ["told"]}, InputError, "takes a mapping by column name"),
    "labels by place": ({"value_labels": {0: {1: "yes"}}}, InputError, "one of them is a int"),
}


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("name", WRONG)
def test_what_would_match_nothing_is_refused(name: str, backend: str) -> None:
    parts, error, words = WRONG[name]
    with pytest.raises(error, match=words) as caught:
        dataset(backend, **parts)
    assert CANARY not in str(caught.value)


def test_another_frame_keeps_the_codes_that_can_stand_in_it() -> None:
    data = dataset()
    words = data.frame.assign(told=data.frame["told"].map({1: "yes", 2: "no"}))
    assert dict(data.with_frame(words).missing) == {"note": MISSING["note"]}
    assert data.with_frame(data.frame.head(2)).missing == data.missing


def test_stata_codes_work_in_every_engine() -> None:
    code = ek.reading.stata_code(".a")
    columns = {"told": [1.0, float(code)]}
    for frame in (pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns)):
        assert ek.Dataset(frame, missing={"told": {code: REFUSED}}).kinds("told") == {REFUSED: 1}
    lazy = ek.Dataset(duckdb.from_arrow(pa.table(columns)), missing={"told": {code: REFUSED}}).to_frame()
    assert lazy.fetchall() == [(1.0,), (None,)]


def test_a_column_declared_without_codes_keeps_every_answer() -> None:
    assert dataset(missing={"told": {}}).to_frame()["told"].tolist() == COLUMNS["told"]
