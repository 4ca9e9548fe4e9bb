"""PRAM: the matrix keeps the distribution, the file does in expectation, the correction undoes it, a seed gives one file."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import EAGER, frame_as
from protecting import people

import evidencekit as ek
from evidencekit.disclosure.microdata import corrected_shares, invariant_matrix, pram
from evidencekit.disclosure.microdata.transitions import staying
from evidencekit.errors import InputError, UnknownColumn

SEED = 0x51C0FFEE_0DDBA11_5EED_9
SHARES = st.lists(st.integers(1, 1000), min_size=2, max_size=8).map(lambda counts: np.array(counts) / sum(counts))


@given(shares=SHARES, seed=st.integers(0, 10**6))
def test_the_invariant_matrix_keeps_the_distribution(shares: Any, seed: int) -> None:
    p = np.random.default_rng(seed).dirichlet(np.ones(len(shares)), len(shares))
    made = invariant_matrix(shares, p)
    np.testing.assert_allclose(shares @ made, shares, rtol=0, atol=1e-15)
    np.testing.assert_allclose(made.sum(axis=1), 1, rtol=0, atol=1e-15)
    assert (made >= 0).all()


@given(shares=SHARES, keep=st.floats(0.6, 0.98))
def test_the_correction_undoes_a_matrix(shares: Any, keep: float) -> None:
    p = staying(len(shares), keep)
    np.testing.assert_allclose(corrected_shares(shares @ p, p), shares, atol=1e-9)


def test_shares_are_kept_in_expectation_and_levels_move_as_the_matrix_says() -> None:
    frame = pd.DataFrame({"x": ["a"] * 6000 + ["b"] * 3000 + ["c"] * 1000, "w": [1.0, 2.0] * 5000})
    made = pram(frame, "x", seed=SEED, keep=0.7)
    before, after = (f["x"].value_counts(normalize=True).sort_index().to_numpy() for f in (frame, made.data))
    error = np.sqrt(before * (1 - before) / 10_000)
    assert (abs(after - before) < 4 * error).all()
    moved = pd.crosstab(frame["x"], made.data["x"], normalize="index").to_numpy()
    spread = np.sqrt(made.matrix * (1 - made.matrix) / np.array([[6000], [3000], [1000]]))
    assert (abs(moved - made.matrix) < 4.5 * spread + 1e-12).all()
    assert made.entry.counts["cells changed"] == (frame["x"] != made.data["x"]).sum() > 1000


@pytest.mark.slow
def test_many_seeds_average_to_the_distribution_also_after_correction() -> None:
    frame = pd.DataFrame({"x": [0] * 150 + [1] * 40 + [2] * 10})
    true = np.array([0.75, 0.2, 0.05])
    kept, plain, corrected = [], [], []
    for i in range(300):
        one = pram(frame, "x", seed=SEED + i, keep=0.8).data["x"]
        other = pram(frame, "x", seed=SEED + i, keep=0.8, invariant=False)
        kept.append(np.bincount(one, minlength=3) / 200)
        plain.append(np.bincount(other.data["x"], minlength=3) / 200)
        corrected.append(corrected_shares(plain[-1], other.matrix))
    near = lambda made: abs(np.mean(made, axis=0) - true) < 4 * np.std(made, axis=0) / np.sqrt(300)  # noqa: E731
    assert near(kept).all()
    assert near(corrected).all()
    assert not near(plain).all(), "the simulation could not tell"


def test_a_weighted_distribution_is_kept() -> None:
    frame = people(200)
    made = pram(frame, "area", seed=SEED, weights="weight")
    shares = frame.groupby("area")["weight"].sum() / frame["weight"].sum()
    np.testing.assert_allclose(shares.to_numpy() @ made.matrix, shares, atol=1e-15)
    assert made.levels == tuple(shares.index)


@pytest.mark.parametrize("kind", EAGER)
@pytest.mark.parametrize("column", ["area", "sex", "size"])
def test_every_kind_of_frame_and_column(kind: str, column: str) -> None:
    frame = people(80).reset_index(drop=True)
    before = frame.copy()
    data = frame_as(kind, frame)
    made = pram(data, column, seed=SEED, keep=0.5)
    assert type(made.data) is type(data)
    values = made.data[column].to_pylist() if kind == "pyarrow" else made.data[column].to_list()
    missing = [v is None or v is pd.NA or v != v for v in values]
    assert missing == frame[column].isna().tolist()
    assert {v for v, none in zip(values, missing, strict=True) if not none} <= set(frame[column].dropna())
    assert made.entry == pram(frame, column, seed=SEED, keep=0.5).entry
    pd.testing.assert_frame_equal(frame, before)


def test_kinds_of_missing_and_types_stay() -> None:
    frame = people(80)
    data = ek.Dataset(frame, missing={"size": {9: ek.Missing.REFUSED}})
    made = pram(data, "size", seed=SEED, keep=0.5)
    assert made.data.kinds("size") == data.kinds("size")
    assert (made.data.frame["size"] == 9).equals(frame["size"] == 9)
    assert 9 not in made.levels
    assert made.data.frame.dtypes.equals(frame.dtypes)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, again, other = (pram(people(80), "area", seed=s).data.to_csv() for s in (SEED, SEED, SEED + 1))
    assert one == again != other


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a small seed": ({"seed": 12345}, "found by trying"),
    "no number for a seed": ({"seed": "s3cret"}, "secret whole number"),
    "keep of one": ({"keep": 1.0}, "between 0 and 1"),
    "a matrix of another size": ({"matrix": [[1, 0], [0, 1]]}, "3 by 3"),
    "rows that do not add up": ({"matrix": np.full((3, 3), 0.4)}, "adding up to 1"),
    "a matrix of words": ({"matrix": "s3cret"}, "3 by 3"),
    "negative probabilities": ({"matrix": [[1.5, -0.5, 0], [0, 1, 0], [0, 0, 1]]}, "adding up to 1"),
    "weights of text": ({"weights": "area"}, "does not hold numbers"),
    "a level without weight": ({"weights": "none"}, "no weight"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told(case: str) -> None:
    given_, words = BAD[case]
    frame = people().assign(none=lambda f: (f["area"] != "north") * 1.0)
    with pytest.raises(InputError, match=words) as told:
        pram(frame, "area", **{"seed": SEED, **given_})
    assert not any(x in str(told.value) for x in ("s3cret", "north", "12345"))


def test_more_that_is_told() -> None:
    with pytest.raises(InputError, match="1 level"):
        pram(pd.DataFrame({"x": [1, 1]}), "x", seed=SEED)
    with pytest.raises(UnknownColumn):
        pram(people(), "areas", seed=SEED)
    with pytest.raises(InputError, match="cannot be undone"):
        corrected_shares([0.5, 0.5], np.full((2, 2), 0.5))
    with pytest.raises(InputError, match="positive"):
        invariant_matrix([1.0, 0.0], np.eye(2))
    made = pram(people(), "area", seed=SEED)
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(made)
    assert not any(x in repr(made) for x in ("north", str(SEED), hex(SEED)))
