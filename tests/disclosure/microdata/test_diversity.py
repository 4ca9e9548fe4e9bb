"""l-diversity and t-closeness against slow readings of their definitions, and published examples."""

from __future__ import annotations

import math
import pickle
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import evidencekit as ek
from evidencekit.disclosure.microdata import closeness

l_diversity, t_closeness = ek.disclosure.microdata.l_diversity, ek.disclosure.microdata.t_closeness
ROW = st.tuples(*(st.sampled_from([None, 1.0, 2.0, 3.0, 7.0]) for _ in range(4)))
TABLES = st.lists(ROW, min_size=1, max_size=20).map(lambda rows: pd.DataFrame(rows, columns=["k", "x", "y", "z"], dtype="float64"))
ANSWERED = TABLES.filter(lambda t: bool(t["k"].notna().any()))
PARTS = ("distinct", "entropy", "recursive")


def measures(answers: list[float], c: float) -> tuple[float, float, float]:
    """Distinct, entropy and recursive diversity of one group."""
    counts = sorted(Counter(a for a in answers if a >= 0).values(), reverse=True)
    if not counts:
        return math.nan, math.nan, math.nan
    n = sum(counts)
    entropy = math.exp(-sum(k / n * math.log(k / n) for k in counts))
    diverse = [l for l in range(2, len(counts) + 1) if counts[0] < c * sum(counts[l - 1 :])]  # noqa: E741
    return len(counts), entropy, max(diverse, default=1)


@settings(max_examples=50)
@given(ANSWERED, st.sampled_from([0.5, 1.0, 2.0, 3.5]))
def test_l_diversity_is_that_of_every_group(table: pd.DataFrame, c: float) -> None:
    got = l_diversity(table, keys=["k"], sensitive=["x", "y", "z"], c=c)
    rows = table.fillna(-1.0).to_dict("records")  # a missing key, and a missing answer that is known, are values here
    for i, row in enumerate(rows):
        group = [other for other in rows if other["k"] == row["k"]]
        low = [math.nan] * 3
        for name in ("x", "y", "z"):
            want = measures([r[name] for r in group], c)
            np.testing.assert_allclose([getattr(got.answers[name], part)[i] for part in PARTS], want, rtol=1e-12)
            others = [o for o in ("x", "y", "z") if o != name]
            for known in {tuple(r[o] for o in others) for r in group}:
                inner = measures([r[name] for r in group if tuple(r[o] for o in others) == known], c)
                low = np.fmin(low, inner).tolist()
        assert got.multi is not None
        np.testing.assert_allclose([getattr(got.multi, part)[i] for part in PARTS], low, rtol=1e-12)


def moved(p: np.ndarray, q: np.ndarray, cost: np.ndarray) -> float:
    """The earth mover's distance as the linear programme it is defined by."""
    m = len(p)
    flows = np.zeros((2 * m, m, m))
    for i in range(m):
        flows[i, i, :], flows[m + i, :, i] = 1, 1
    solved = linprog(cost.ravel(), A_eq=flows.reshape(2 * m, -1), b_eq=np.concatenate([p, q]))
    return float(solved.fun)


@settings(max_examples=30)
@given(ANSWERED)
def test_t_closeness_is_the_least_work(table: pd.DataFrame) -> None:
    got = t_closeness(table, keys=["k"], sensitive=["x", "y"], ordered=["x"])
    words = table["k"].astype(str)
    for name in ("x", "y"):
        levels = sorted(table[name].dropna().unique())
        m = len(levels)
        q = np.array([(table[name] == v).sum() for v in levels]) / max(1, table[name].notna().sum())
        rank = np.arange(m)
        cost = abs(rank[:, None] - rank) / max(m - 1, 1) if name == "x" else 1.0 - np.eye(m)
        for k in words.unique():
            own = table.loc[words == k, name].dropna()
            found = got.distance[name][np.flatnonzero(words == k)]
            if own.empty:
                assert np.isnan(found).all()
            else:
                p = np.array([(own == v).sum() for v in levels]) / len(own)
                np.testing.assert_allclose(found, moved(p, q, cost), atol=1e-9)


def test_nine_salaries() -> None:
    """After the example of Li, Li and Venkatasubramanian: 3k to 11k, one each. The sums by hand: the group with the three lowest is
    (2 + 4 + 6 + 5 + 4 + 3 + 2 + 1)/9/8 = 0.375 away, the one with 6k, 8k and 11k (1 + 2 + 3 + 1 + 2 + 0 + 1 + 2)/9/8 = 0.167.
    """
    salary = list(range(3, 12))
    group = [1 if s in (3, 4, 5) else 2 if s in (6, 8, 11) else 3 for s in salary]
    got = t_closeness(pd.DataFrame({"group": group, "salary": salary}), keys=["group"], sensitive=["salary"], ordered=["salary"])
    distance = dict(zip(group, got.distance["salary"].tolist(), strict=True))
    assert distance[1] == pytest.approx(0.375, abs=1e-12)
    assert distance[2] == pytest.approx(1 / 6, abs=1e-12)
    assert got.highest["salary"] == pytest.approx(0.375, abs=1e-12)
    equal = t_closeness(pd.DataFrame({"group": group, "salary": salary}), keys=["group"], sensitive=["salary"])
    assert set(equal.distance["salary"].round(12)) == {round(2 / 3, 12)}  # by equal distance it cannot tell them apart


def test_three_blocks_of_inpatients() -> None:
    """After the example of Machanavajjhala and others: two conditions by halves, three of which one by half, and one only."""
    condition = ["heart", "heart", "virus", "virus", "cancer", "heart", "virus", "virus", "cancer", "cancer", "cancer", "cancer"]
    got = l_diversity(pd.DataFrame({"block": np.repeat([1, 2, 3], 4), "condition": condition}), keys=["block"], sensitive=["condition"])
    assert got.answers["condition"].distinct[[0, 4, 8]].tolist() == [2, 3, 1]
    np.testing.assert_allclose(got.answers["condition"].entropy[[0, 4, 8]], [2, 2 * math.sqrt(2), 1], rtol=1e-14)
    assert got.answers["condition"].recursive[[0, 4, 8]].tolist() == [2, 2, 1]
    assert got.lowest == {"condition": {"distinct": 1, "entropy": 1, "recursive": 1}}
    assert got.multi is None


def test_blocks_of_groups_do_not_change_ordered_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"k": rng.integers(0, 40, 300), "x": rng.integers(0, 9, 300)})
    whole = t_closeness(table, keys=["k"], sensitive=["x"], ordered=["x"]).distance["x"]
    monkeypatch.setattr(closeness, "_BLOCK", 64)
    np.testing.assert_array_equal(t_closeness(table, keys=["k"], sensitive=["x"], ordered=["x"]).distance["x"], whole)


def test_declared_categories_have_their_own_order() -> None:
    often = pl.Enum(["never", "sometimes", "often"])
    table = pl.DataFrame({"k": [1, 1, 2, 2], "x": pl.Series(["never", "never", "sometimes", "often"], dtype=often)})
    got = t_closeness(table, keys=["k"], sensitive=["x"], ordered=["x"])
    assert got.distance["x"].tolist() == pytest.approx([0.375] * 4)  # cumulative 1, 1, 1 against 1/2, 3/4, 1


TABLE = pd.DataFrame({"k": [1, 1, 2], "x": ["s-one", "s-two", "s-one"], "n": [1, 2, 3]})


@pytest.mark.parametrize(
    ("verb", "options", "problem"),
    [
        (l_diversity, {"sensitive": []}, "names no column"),
        (l_diversity, {"sensitive": ["k"]}, "are keys too"),
        (l_diversity, {"sensitive": ["x", "x"]}, "twice"),
        (l_diversity, {"sensitive": ["none"]}, "not a column"),
        (l_diversity, {"sensitive": ["x"], "c": 0}, "above 0"),
        (l_diversity, {"sensitive": ["x"], "c": math.nan}, "above 0"),
        (t_closeness, {"sensitive": ["x"], "ordered": ["x"]}, "order of words is not known"),
        (t_closeness, {"sensitive": ["x"], "ordered": ["n"]}, "which sensitive= does not"),
        (t_closeness, {"sensitive": ["x"], "ordered": 1}, "in a list"),
    ],
)
def test_bad_input(verb: Any, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ek.errors.InputError, match=problem) as caught:
        verb(TABLE, keys=["k"], **options)
    assert "s-one" not in str(caught.value)


def test_reprs_hold_no_answer_and_pickles_are_refused() -> None:
    for found in (l_diversity(TABLE, keys=["k"], sensitive=["x", "n"]), t_closeness(TABLE, keys=["k"], sensitive=["x"])):
        assert "s-one" not in repr(found)
        with pytest.raises(ek.errors.InputError, match="not pickled"):
            pickle.dumps(found)
