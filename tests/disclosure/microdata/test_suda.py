"""Special uniques against every subset of keys looked at by hand."""

from __future__ import annotations

import math
import pickle
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek

suda2, Suda = ek.disclosure.microdata.suda2, ek.disclosure.microdata.Suda
KEYS = ["a", "b", "c", "d"]
ROWS = st.lists(st.tuples(*(st.sampled_from([None, 1.0, 1.0, 2.0, 3.0]) for _ in KEYS)), min_size=1, max_size=14)
TABLES = ROWS.map(lambda rows: pd.DataFrame(rows, columns=KEYS, dtype="float64")).filter(lambda t: bool(t.notna().any(axis=None)))


def minimal(table: pd.DataFrame) -> list[set[frozenset[str]]]:
    """The minimal sample uniques of every row, by their definition."""
    found: list[set[frozenset[str]]] = [set() for _ in range(len(table))]
    for k in range(1, table.shape[1] + 1):
        for subset in combinations(table.columns, k):
            part = table[list(subset)].to_numpy()
            for i, row in enumerate(part):
                alone = (part == row).all(axis=1).sum() == 1  # a row that misses a key is not even equal to itself
                if alone and not any(smaller < set(subset) for smaller in found[i]):
                    found[i].add(frozenset(subset))
    return found


def worth(scores: str, m: int, k: int) -> float:
    if scores == "elliot":
        return math.factorial(m - k)
    return (2 ** (m - k) - 1) * math.factorial(k) * math.factorial(m - k) / math.factorial(m)


@settings(max_examples=60)
@given(TABLES, st.sampled_from(["elliot", "idds"]), st.sampled_from([None, 1, 2, 3]))
def test_scores_and_contributions_are_those_of_the_definition(table: pd.DataFrame, scores: Any, size: int | None) -> None:
    got = suda2(table, keys=KEYS, how=Suda(scores=scores, size=size))
    for i, every in enumerate(minimal(table)):
        units = [u for u in every if len(u) <= (size or 4)]
        score = sum(worth(scores, 4, len(u)) for u in units)
        assert got.score[i] == pytest.approx(score, rel=1e-12)
        for j, key in enumerate(KEYS):
            part = sum(worth(scores, 4, len(u)) for u in units if key in u) / score if score else 0
            assert got.contribution[i, j] == pytest.approx(part, rel=1e-12)
    assert (got.dis[got.score > 0] > 0).all()
    assert (got.dis <= 1).all()
    assert (got.dis[got.score == 0] == 0).all()


@settings(max_examples=40)
@given(TABLES, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_of_keys_matters(table: pd.DataFrame, random: Any) -> None:
    order = list(range(len(table)))
    random.shuffle(order)
    one, other = suda2(table, keys=KEYS), suda2(table.iloc[order] * -7, keys=KEYS[::-1])
    assert one.score[order].tolist() == other.score.tolist()
    np.testing.assert_allclose(one.dis[order], other.dis, rtol=1e-12)
    np.testing.assert_allclose(one.contribution[order], other.contribution[:, ::-1], rtol=1e-12)


def test_one_and_two_keys_are_scored_without_invented_ones() -> None:
    """sdcMicro fills up to three keys and warns that the result might be wrong."""
    table = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 1]})
    assert suda2(table, keys=["a"]).score.tolist() == [0, 0, 1]
    assert suda2(table, keys=["a", "b"]).score.tolist() == [1, 1, 1]
    assert suda2(table.assign(b=[1, 2, 2]), keys=["a", "b"]).score.tolist() == [1, 1, 1]


def test_a_dis_score_by_hand() -> None:
    """Two rows alone, two pairs, 2 keys: chance 2 x 0.01 / (2 x 0.01 + 4 x 0.99); scores 1 and 1, so each has half of the adjustment."""
    table = pd.DataFrame({"a": [1, 1, 2, 2, 3, 4], "b": [1, 1, 1, 1, 1, 1]})
    got = suda2(table, keys=["a", "b"])
    chance = 0.02 / (0.02 + 4 * 0.99)
    np.testing.assert_allclose(got.dis, [0, 0, 0, 0, *[1 / (1 + (2 / chance - 2) / 2)] * 2], rtol=1e-14)
    half = suda2(table, keys=["a", "b"], how=Suda(fraction=0.5))
    assert (half.dis[4:] > got.dis[4:]).all()


def test_nobody_special() -> None:
    got = suda2(pd.DataFrame({"a": [1, 1], "b": [2, 2]}), keys=["a", "b"])
    assert (got.special, got.by_key, got.dis.tolist()) == (0, {"a": 0.0, "b": 0.0}, [0, 0])
    assert repr(got) == "SudaScores(2 rows, 2 keys, 0 special)"


def test_many_keys_need_a_size() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame({f"k{j}": rng.integers(0, 3, 60) for j in range(20)})
    with pytest.raises(ek.errors.InputError, match="Pass size="):
        suda2(table, keys=list(table))
    few = suda2(table, keys=list(table), how=Suda(size=2))
    assert few.score.shape == (60,)
    assert np.isfinite(few.dis).all()


@pytest.mark.parametrize(
    "options",
    [{"scores": "elliott"}, {"size": 0}, {"size": 2.0}, {"size": True}, {"fraction": 0}, {"fraction": 1}, {"fraction": "half"}],
)
def test_bad_options(options: dict[str, Any]) -> None:
    with pytest.raises(ek.errors.InputError):
        Suda(**options)
    with pytest.raises(ek.errors.InputError, match="takes a Suda"):
        suda2(pd.DataFrame({"a": [1]}), keys=["a"], how=options)  # pyright: ignore


def test_scores_are_not_pickled() -> None:
    with pytest.raises(ek.errors.InputError, match="not pickled"):
        pickle.dumps(suda2(pd.DataFrame({"a": [1]}), keys=["a"]))
