"""Who reads which version: balanced, repeatable, whatever the order and the kind of the table, and no id is ever shown."""

from __future__ import annotations

import csv
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.errors import InputError, UnknownColumn
from evidencekit.findings.recall import assign

SECRET = "Zebrina-Quill"


@settings(max_examples=30)
@given(st.integers(2, 60), st.integers(0, 10**6), st.sampled_from([2, 4, 6]), st.randoms(use_true_random=False))
def test_balanced_in_every_stratum_and_not_by_the_order_of_rows(n: int, seed: int, block: int, random: Any) -> None:
    ids = [f"p{k}" for k in range(n)]
    group = [random.choice("uvw") for _ in ids]
    frame = pd.DataFrame({"id": ids, "group": group})
    made = assign(frame, id="id", strata="group", seed=seed, block=block)
    for one in set(group):
        count = Counter(arm for arm, of in zip(made.arms, group, strict=True) if of == one)
        assert abs(count["A"] - count["B"]) <= 1
    mixed = frame.sample(frac=1, random_state=random.randrange(2**31))
    again = assign(mixed, id="id", strata="group", seed=seed, block=block)
    assert dict(zip(again.ids, again.arms, strict=True)) == dict(zip(made.ids, made.arms, strict=True))
    assert again.data["id"].tolist() == mixed["id"].tolist()
    assert again.data.index.tolist() == mixed.index.tolist()


def test_full_blocks_are_halved_in_the_order_of_ids() -> None:
    made = assign(pd.DataFrame({"id": range(1, 41)}), id="id", seed=3)
    for start in range(0, 40, 4):
        assert sorted(made.arms[start : start + 4]) == ["A", "A", "B", "B"]
    assert len({made.arms[start : start + 4] for start in range(0, 40, 4)}) > 1


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_the_callers_kind_comes_out_and_the_same_versions(make: Any) -> None:
    columns = {"number": [11, 2, 30, 4, 5], "name": [SECRET] * 5, "office": ["n", "n", "s", "s", None]}
    given_ = make(columns)
    made = assign(given_, id="number", strata=["office"], seed=1)
    assert type(made.data) is type(given_)
    assert made.arms == assign(pd.DataFrame(columns), id="number", strata="office", seed=1).arms
    names = made.data.column_names if isinstance(made.data, pa.Table) else list(made.data.columns)
    assert list(names) == ["number", "arm"]


def test_numbers_as_text_are_the_same_people() -> None:
    numbers = assign(pd.DataFrame({"id": [3, 20, 100, 7]}), id="id", seed=5)
    assert numbers.arms == assign(pd.DataFrame({"id": ["3", "20", "100", "7"]}), id="id", seed=5).arms


def test_a_session_reads_one_version() -> None:
    frame = pd.DataFrame({"id": range(60), "room": [f"room {k % 10}" for k in range(60)], "town": [k % 2 for k in range(60)]})
    made = assign(frame, id="id", session="room", strata="town", seed=2)
    rooms = frame.assign(arm=made.arms).groupby("room")["arm"].unique()
    assert all(len(arms) == 1 for arms in rooms)
    assert Counter(arms[0] for arms in rooms) in ({"A": 5, "B": 5}, {"A": 4, "B": 6}, {"A": 6, "B": 4})
    assert "10 sessions, 2 strata" in repr(made)
    with pytest.raises(InputError, match="several strata: 10"):
        assign(frame.assign(town=[k % 3 for k in range(60)]).query("id < 25"), id="id", session="room", strata="town", seed=2)


def test_every_seed_is_as_likely_to_give_either_version() -> None:
    frame = pd.DataFrame({"id": range(7)})
    share = np.mean([[arm == "A" for arm in assign(frame, id="id", seed=seed).arms] for seed in range(300)], axis=0)
    assert np.abs(share - 0.5).max() < 4.5 * np.sqrt(0.25 / 300)


def test_no_id_is_shown_or_pickled(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [SECRET, "b", "c", "d"], "note": "x"})
    made = assign(frame, id="id", seed=4)
    assert SECRET not in repr(made)
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(made)
    with made.save(tmp_path / "versions.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["id", "arm"]
    assert [tuple(line) for line in lines[1:]] == list(zip(made.ids, made.arms, strict=True))


WRONG: list[tuple[dict[str, list[Any]], dict[str, Any], str]] = [
    ({"id": [SECRET, SECRET, "c"]}, {}, "1 row has an id that stands in 'id' before"),
    ({"id": [SECRET, None, "c"]}, {}, "none missing"),
    ({"id": [SECRET, "b"]}, {"block": 3}, "even number"),
    ({"id": [SECRET, "b"], "room": [SECRET, None]}, {"session": "room"}, "1 row has no session"),
    ({"id": [SECRET, "b"], "room": [SECRET, SECRET]}, {"session": "room"}, "one unit"),
    ({"id": [SECRET, "b"], "g": [0.5, 1.5]}, {"strata": "g"}, "something else than text"),
    ({"id": [SECRET, "b"]}, {"seed": -1}, "seed="),
]


@pytest.mark.parametrize(("columns", "how", "words"), WRONG, ids=[words for _, _, words in WRONG])
def test_what_cannot_be_assigned_is_refused_without_an_id(columns: dict[str, list[Any]], how: dict[str, Any], words: str) -> None:
    how = {"seed": 1, **how}
    with pytest.raises(InputError, match=words) as caught:
        assign(pd.DataFrame(columns), id="id", **how)
    assert SECRET not in str(caught.value)


def test_nothing_is_written_over() -> None:
    with pytest.raises(InputError, match="already have a column 'arm'"):
        assign(pd.DataFrame({"arm": ["a", "b"]}), id="arm", seed=1)
    with pytest.raises(UnknownColumn):
        assign(pd.DataFrame({"id": ["a", "b"]}), id="ids", seed=1)
