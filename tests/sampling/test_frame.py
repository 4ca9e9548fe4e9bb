"""A frame is the same list of units whatever the order of rows and the kind of frame, and says with counts what is wrong."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn
from evidencekit.sampling import check_frame
from evidencekit.sampling.drawing.ordering import as_bytes, by_identifier

CANARY = "Sokha-12-Mekong-Lane"


def listed() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "ea": np.arange(1, 201),
            "hh": rng.integers(20, 90, 200),
            "region": np.repeat(["North", "South"], 100),
            "town": np.tile([1, 0], 100),
            "line": rng.random(200),
            "address": [f"{CANARY}-{k}" for k in range(200)],
        }
    )


def frame(data: Any, **options: Any) -> ek.Frame:
    return ek.Frame(data, **{"id": "ea", "size": "hh", "strata": ["region", "town"], **options})


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "shuffled", "text", "float", "string32"])
def test_the_fingerprint_is_that_of_the_units(kind: str) -> None:
    data = listed()
    made = {
        "pandas": data,
        "polars": pl.from_pandas(data),
        "pyarrow": pa.Table.from_pandas(data),
        "shuffled": data.sample(frac=1, random_state=1),
        "text": data.assign(ea=data["ea"].astype(str)),
        "float": data.assign(ea=data["ea"].astype(float), town=data["town"].astype(float)),
        "string32": data.assign(hh=data["hh"].astype("int16"), region=data["region"].astype("category")),
    }[kind]
    for options in ({}, {"order": "line"}, {"order": ["region", "line"]}):
        assert frame(made, **options).fingerprint == frame(data, **options).fingerprint
        assert frame(made, **options).ids == frame(data, **options).ids


@pytest.mark.parametrize("change", ["id", "size", "stratum", "one less", "no size", "no strata"])
def test_any_change_gives_another_fingerprint(change: str) -> None:
    data, options = listed(), dict[str, Any]()
    if change == "id":
        data.loc[3, "ea"] = 999
    elif change == "size":
        data.loc[3, "hh"] += 1
    elif change == "stratum":
        data.loc[3, "region"] = "South"
    elif change == "one less":
        data = data.iloc[:-1]
    elif change == "no size":
        options = {"size": None}
    else:
        options = {"strata": None}
    assert frame(data, **options).fingerprint != frame(listed()).fingerprint


def test_parts_of_a_stratum_s_name_are_kept_apart() -> None:
    one, two = pd.DataFrame({"ea": [1], "a": ["x"], "b": ["yz"]}), pd.DataFrame({"ea": [1], "a": ["xy"], "b": ["z"]})
    assert ek.Frame(one, id="ea", strata=["a", "b"]).fingerprint != ek.Frame(two, id="ea", strata=["a", "b"]).fingerprint


def test_order_is_by_columns_then_by_identifier() -> None:
    data = pd.DataFrame({"ea": [10, 9, 100, 2], "road": ["b", "a", "a", "b"]})
    assert ek.Frame(data, id="ea").ids == ("2", "9", "10", "100")
    assert ek.Frame(data, id="ea", order="road").ids == ("9", "100", "2", "10")
    assert ek.Frame(data.assign(ea=["x10", "x9", "007", "7"]), id="ea").ids == ("007", "7", "x10", "x9")


NAMES = st.one_of(st.from_regex(r"\A(0|[1-9][0-9]{0,40})\Z"), st.text("0a9\0\ud800\ue000\U0001f600\u4e2dz", min_size=1, max_size=40))


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.sets(NAMES, min_size=1), st.sets(st.integers(0, 10**30).map(str), min_size=1)))
def test_the_order_of_identifiers_is_python_s_own(ids: set[str]) -> None:
    """Whatever their length, characters outside Unicode's planes and NUL among them."""
    given_, numbers = list(ids), all(text.isascii() and text.isdecimal() and text == str(int(text)) for text in ids)
    made = [given_[k] for k in np.lexsort(by_identifier(given_))]
    assert made == sorted(ids, key=int if numbers else None)
    lengths, whole = as_bytes(made)
    texts = [text.encode("utf-8", "surrogatepass") for text in made]
    assert (lengths.tolist(), whole) == ([len(text) for text in texts], b"".join(texts))


def test_letters_written_in_two_ways_are_one_identifier() -> None:
    data = pd.DataFrame({"ea": ["Ba\u0306\u0301c", "Bắc"]})
    with pytest.raises(InputError, match="repeats itself in 1 of 2 rows"):
        ek.Frame(data, id="ea")


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_summary_comes_in_the_caller_s_kind(kind: str) -> None:
    data: Any = listed()
    made = frame({"pandas": data, "polars": pl.from_pandas(data), "pyarrow": pa.Table.from_pandas(data)}[kind]).summary()
    assert type(made).__module__.split(".")[0] == kind
    table = pa.table({n: list(made[n].to_pylist()) for n in made.column_names}).to_pandas() if kind == "pyarrow" else made
    table = table.to_pandas() if kind == "polars" else table
    assert table["units"].tolist() == [50, 50, 50, 50]
    assert table["size"].sum() == data["hh"].sum()
    assert list(table.columns) == ["region", "town", "units", "size", "smallest", "largest"]


BAD = {
    "twice": (lambda d: d.assign(ea=d["ea"].replace(2, 1)), "repeats itself in 1 of 200 rows"),
    "no identifier": (lambda d: d.assign(ea=d["ea"].where(d["ea"] > 3)), "missing for 3 units"),
    "blank identifier": (lambda d: d.assign(ea=["", " ", *d["address"][2:]]), "missing for 2 units"),
    "fraction": (lambda d: d.assign(ea=d["ea"] + 0.5), "whole numbers or text"),
    "size missing": (lambda d: d.assign(hh=d["hh"].where(d["ea"] > 4)), "missing for 4 units"),
    "size zero": (lambda d: d.assign(hh=d["hh"].where(d["ea"] > 5, 0)), "not above 0 for 5 units"),
    "size negative": (lambda d: d.assign(hh=-d["hh"]), "not above 0 for 200 units"),
    "size infinite": (lambda d: d.assign(hh=np.inf), "infinite"),
    "size in words": (lambda d: d.assign(hh=d["address"]), "does not hold numbers"),
    "no stratum": (lambda d: d.assign(region=d["region"].where(d["ea"] > 6)), "strata= column 'region' is missing for 6 units"),
    "no units": (lambda d: d.iloc[:0], "no units"),
    "lazy": (lambda d: pl.from_pandas(d).lazy(), "looks at rows"),
    "no frame": (lambda d: d["address"].tolist(), "data frame is needed"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_drawn_from_is_refused_with_counts(case: str) -> None:
    change, words = BAD[case]
    with pytest.raises(InputError, match=words) as told:
        frame(change(listed()))
    assert CANARY not in str(told.value)


def test_columns_that_are_not_there_or_no_names() -> None:
    for options in ({"id": "eas"}, {"size": "h"}, {"strata": "regions"}, {"order": ["lines"]}):
        with pytest.raises(UnknownColumn):
            frame(listed(), **options)
    with pytest.raises(InputError, match="strata= takes column names"):
        frame(listed(), strata={"region": 1})
    with pytest.raises(InputError, match="missing for 7 units"):
        frame(listed().assign(line=lambda d: d["line"].where(d["ea"] > 7)), order="line")


def test_nothing_of_the_list_is_shown_and_nothing_is_pickled() -> None:
    made = frame(listed().assign(ea=lambda d: d["address"]))
    assert CANARY not in repr(made) + str(made)
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(made)


def test_missing_codes_of_a_dataset_are_missing() -> None:
    data = ek.Dataset(listed().assign(hh=lambda d: d["hh"].where(d["ea"] > 2, 99)), missing={"hh": {99: ek.Missing.TECHNICAL}})
    with pytest.raises(InputError, match="missing for 2 units"):
        frame(data)


def test_a_check_counts_what_a_frame_would_refuse() -> None:
    data = listed()
    data["ea"] = [None, "", 2.5, "7", "7", *data["address"][5:]]
    data.loc[:2, "hh"], data.loc[3, "hh"], data.loc[4, "hh"] = np.nan, 0, -1
    data["region"] = ["Alone", None, *data["region"][2:]]
    data.loc[:3, "line"] = np.nan
    made = check_frame(data, id="ea", size="hh", strata=["region", "town"], order="line", smallest=30)
    counts = {name: getattr(made, name) for name in made.__dataclass_fields__ if name != "found"}
    assert counts == {
        "units": 200,
        "ids_missing": 2,
        "ids_not_text_or_whole": 1,
        "ids_repeated": 1,
        "ids_alike": 0,
        "sizes_missing": 3,
        "sizes_not_above_0": 2,
        "tiny": int((data["hh"].between(1, 29)).sum()),
        "strata": 5,
        "strata_missing": 1,
        "strata_alike": 0,
        "strata_of_one_unit": 1,
        "smallest_stratum": 1,
        "order_missing": 4,
    }
    assert not made.sound
    assert CANARY not in repr(made)
    assert check_frame(listed(), id="ea", size="hh", strata="region").sound
    assert not check_frame(listed().iloc[:0], id="ea").sound


@pytest.mark.parametrize("change", [case for case in BAD if case not in ("lazy", "no frame", "size in words")])
def test_a_check_and_a_frame_agree(change: str) -> None:
    made = check_frame(BAD[change][0](listed()), id="ea", size="hh", strata=["region", "town"])
    assert not made.sound


def test_a_check_of_what_is_no_list() -> None:
    with pytest.raises(InputError, match="smallest="):
        check_frame(listed(), id="ea", smallest=-1)
    with pytest.raises(UnknownColumn):
        check_frame(listed(), id="ea", size="hhs")


def test_a_check_says_where_and_what_is_nearly_alike() -> None:
    data = pd.DataFrame(
        {
            "ea": ["00019", "19", " 00013", "00013", "A", "a", "b", "b", None],
            "zone": ["North", "north", "North ", "South", "South", "South", "South", "South", None],
            "hh": [5, 50, 50, 0, 50, 50, 50, None, 50],
        }
    )
    found = check_frame(data, id="ea", size="hh", strata="zone", smallest=10)
    assert (found.ids_alike, found.ids_repeated, found.strata_alike, found.strata) == (3, 1, 2, 4)
    assert found.rows("ids_alike").tolist() == [1, 3, 5]
    assert found.rows("ids_repeated").tolist() == [7]
    assert found.rows("sizes_not_above_0").tolist() == [3]
    assert found.rows("sizes_missing").tolist() == [7]
    assert found.rows("tiny").tolist() == [0]
    assert found.rows("ids_missing").tolist() == found.rows("strata_missing").tolist() == [8]
    assert "00013" not in repr(found)
    with pytest.raises(InputError, match="of="):
        found.rows("strata")
