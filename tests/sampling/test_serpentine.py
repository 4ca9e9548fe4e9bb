"""Serpentine order: columns run up and down in turn, in every stratum by itself, whatever the rows and the kind of frame."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit import sampling
from evidencekit.errors import DesignError, InputError

CANARY = "Sokha-12-Mekong-Lane"
COLUMNS = ["province", "district", "village"]
Row = tuple[int, ...]
rows_of_units = st.lists(st.tuples(*[st.integers(0, 3)] * 3, st.integers(0, 2)), min_size=1, max_size=60)


def listed(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*COLUMNS, "zone"]).assign(ea=np.arange(len(rows)))


def frame(data: Any, **options: Any) -> ek.Frame:
    made: dict[str, Any] = {"id": "ea", "order": COLUMNS, "serpentine": True, **options}
    return ek.Frame(data, **made)


def snake(data: pd.DataFrame, columns: list[str]) -> list[int]:
    """Plainly: every group of the columns so far is put in order by the next one, up and down in turn."""
    groups = [data.sort_values("ea")]
    for place, name in enumerate(columns):
        made: list[pd.DataFrame] = []
        for k, group in enumerate(groups):
            levels = sorted(group[name].unique(), reverse=place > 0 and k % 2 == 1)
            made += [group[group[name] == level] for level in levels]
        groups = made
    return [int(unit) for group in groups for unit in group["ea"]]


@given(rows=rows_of_units, count=st.integers(2, 3))
def test_it_is_the_order_made_plainly(rows: list[Row], count: int) -> None:
    data = listed(rows)
    made = frame(data, order=COLUMNS[:count])
    assert [int(unit) for unit in made.ids] == snake(data, COLUMNS[:count])
    assert sorted(made.ids) == sorted(map(str, data["ea"]))


@given(rows=rows_of_units)
def test_every_stratum_has_turns_of_its_own(rows: list[Row]) -> None:
    data = listed(rows)
    made = frame(data, strata="zone")
    for h, key in enumerate(made.keys):
        alone = data[data["zone"].astype(str) == key[0]]
        assert [made.ids[i] for i in np.flatnonzero(made.codes == h)] == list(frame(alone).ids)


@given(sizes=st.tuples(*[st.integers(1, 5)] * 3), twice=st.booleans())
def test_neighbours_in_a_full_grid_differ_by_one_step(sizes: tuple[int, int, int], twice: bool) -> None:
    rows = [(*cell, 0) for cell in product(*map(range, sizes)) for _ in range(1 + twice)]
    data = listed(rows)
    made = data.iloc[frame(data).place][COLUMNS].to_numpy()
    steps = np.abs(np.diff(made, axis=0)).sum(axis=1)
    assert set(steps[twice :: 1 + twice]) <= {1}
    plain = data.iloc[frame(data, serpentine=False).place][COLUMNS].to_numpy()
    assert steps.sum() <= np.abs(np.diff(plain, axis=0)).sum()


@pytest.mark.slow
@given(rows=rows_of_units, seed=st.integers(0, 99))
def test_rows_in_another_order_or_kind_change_nothing(rows: list[Row], seed: int) -> None:
    data = listed(rows)
    made = frame(data, strata="zone")
    shuffled = data.sample(frac=1, random_state=seed)
    others: list[Any] = [shuffled, pl.from_pandas(shuffled), pa.Table.from_pandas(shuffled), shuffled.astype({"province": float})]
    for other in others:
        again = frame(other, strata="zone")
        assert again.ids == made.ids
        assert again.fingerprint == made.fingerprint
    words = data.assign(zone=pd.Categorical(data["zone"].astype(str), categories=["2", "0", "1"]))
    assert frame(words, strata="zone").fingerprint == made.fingerprint


def test_words_turn_and_identifiers_do_not() -> None:
    data = pd.DataFrame({"ea": range(6), "province": list("aabbcc"), "district": list("xyxyxy")})
    data = pd.concat([data, data.assign(ea=data["ea"] + 10)])
    made = frame(data, order=["province", "district"])
    assert list(map(int, made.ids)) == [0, 10, 1, 11, 3, 13, 2, 12, 4, 14, 5, 15]
    along = frame(data, order=["province", "district", "ea"])
    assert list(map(int, along.ids)) == [0, 10, 11, 1, 3, 13, 12, 2, 4, 14, 15, 5]


def test_a_record_says_that_the_order_turns() -> None:
    data = listed([(*cell, cell[0] % 2) for cell in product(range(4), range(5), range(6))])
    made = frame(data, strata="zone")
    draw = sampling.systematic(made, {0: 7, 1: 9}, seed=3)
    assert draw.record.serpentine
    text = draw.record.to_json()
    again = sampling.verify(sampling.Record.from_json(text), frame(data.sample(frac=1, random_state=1), strata="zone"))
    np.testing.assert_array_equal(again.chosen, draw.chosen)
    assert again.record.to_json() == text
    with pytest.raises(DesignError, match="serpentine=True, and this one has serpentine=False"):
        sampling.verify(draw.record, frame(data, strata="zone", serpentine=False))
    with pytest.raises(DesignError, match="serpentine=False, and this one has serpentine=True"):
        sampling.verify(replace(draw.record, serpentine=False), made)
    with pytest.raises(InputError, match="changed after it was written"):
        sampling.Record.from_json(text.replace('"serpentine": true', '"serpentine": false'))
    strange: Any = replace(draw.record, serpentine="yes")
    with pytest.raises(InputError, match="lacks entries"):
        sampling.Record.from_json(strange.to_json())


def test_a_systematic_sample_is_spread_better() -> None:
    """Over a gradient along both columns, the list without jumps gives totals that vary less."""
    data = listed([(*cell, 0, 0) for cell in product(range(30), range(30))])
    level = (data["province"] + data["district"]).to_numpy(dtype=float)
    spread = {}
    for turns in (True, False):
        made = frame(data, serpentine=turns)
        totals = [level[made.place[sampling.systematic(made, 20, seed=seed).chosen]].mean() for seed in range(200)]
        spread[turns] = np.std(totals)
        assert abs(np.mean(totals) - level.mean()) < 4.5 * spread[turns] / np.sqrt(200)
    assert spread[True] < spread[False]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"order": None}, "fewer than two"),
        ({"order": "province"}, "fewer than two"),
        ({"order": ["province", "province"]}, "fewer than two"),
        ({"serpentine": CANARY}, "True or False, not a str"),
        ({"serpentine": 1}, "True or False, not a int"),
        ({"serpentine": None}, "True or False, not a NoneType"),
    ],
)
def test_what_cannot_turn_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as told:
        frame(listed([(1, 2, 3, 0)]), **options)
    assert CANARY not in str(told.value)


def test_neighbours_are_closer_where_the_list_has_gaps() -> None:
    """A list with gaps: neighbours are closer than in plain order."""
    data = listed([(*map(int, row), 0) for row in np.random.default_rng(4).integers(0, 6, (900, 3))])
    made = data.iloc[frame(data).place][COLUMNS].to_numpy()
    assert (np.diff(made[:, 0]) >= 0).all()
    jumps = [np.abs(a - b).sum() for a, b in pairwise(made)]
    plain = data.iloc[frame(data, serpentine=False).place][COLUMNS].to_numpy()
    assert sum(jumps) < 0.7 * np.abs(np.diff(plain, axis=0)).sum()
