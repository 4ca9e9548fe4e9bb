"""Strata boundaries: R's numbers on a lognormal population, every possibility tried, and derivatives by differences."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from evidencekit.errors import DesignError, InputError
from evidencekit.sampling import StrataBoundaries, strata_boundaries

LOGNORMAL = np.round(np.exp(4 + 1.1 * norm.ppf((np.arange(1, 201) - 0.5) / 200)), 6)
SKEWED = np.random.default_rng(5).gamma(0.6, 300, 900).round() + 1


def close(got: Any, want: Any, rtol: float = 1e-9) -> None:
    np.testing.assert_allclose(got, want, rtol=rtol)


# R 4.2.2, stratification 2.2-7: strata.cumrootf (nclass 50, 40 for n), strata.geo, strata.LH (Kozak's search; Sethi with takeall = 1).
R: dict[str, tuple[int, dict[str, Any], list[float], list[int], list[float], float]] = {
    "cumulative 3": (
        3,
        {"method": "cumulative-root-f", "cv": 0.05},
        [74.17229312, 217.53697735999998],
        [10, 10, 21],
        [9.870709550785108, 9.292608779459302, 20.323971878233564],
        0.04790033481457788,
    ),
    "cumulative 5": (
        5,
        {"method": "cumulative-root-f", "cv": 0.05},
        [50.27817908, 98.06640716000001, 169.74874928, 313.11343352],
        [5, 3, 3, 3, 10],
        [4.1753497930749415, 2.242578691207743, 2.0444477727216803, 2.661006232931321, 9.396241180159112],
        0.04366292646030579,
    ),
    "geometric 3": (
        3,
        {"method": "geometric", "cv": 0.05},
        [19.506629901085407, 152.81771010671264],
        [1, 21, 33],
        [0.7306287408950124, 20.41610586806433, 32.99658139294821],
        0.04902155297032063,
    ),
    "geometric 5": (
        5,
        {"method": "geometric", "cv": 0.05},
        [8.562205888879733, 29.442896540360348, 101.24542295954824, 348.15309887076626],
        [1, 2, 8, 13, 9],
        [0.06774088033061168, 1.1905340046708093, 7.355804434259098, 12.920735338015001, 9],
        0.04822082728744912,
    ),
    "sethi 3": (
        3,
        {"method": "sethi", "cv": 0.05, "take_all": 1},
        [71.45580810032101, 219.99433863736468],
        [9, 10, 21],
        [8.905786713183883, 9.611946049500718, 21],
        0.04928025488294242,
    ),
    "sethi 5": (
        5,
        {"method": "sethi", "cv": 0.05, "take_all": 1},
        [39.181027637049056, 86.40425802557392, 168.5762083008336, 359.76135307308317],
        [3, 3, 3, 4, 9],
        [2.4108636972280775, 2.4080493538221255, 2.7158937761266406, 3.5862159379182836, 9],
        0.04595543871187511,
    ),
    "units given": (
        4,
        {"method": "cumulative-root-f", "n": 40, "classes": 40},
        [62.2252361, 151.82816375, 331.03401905000004],
        [12, 10, 8, 10],
        [11.876700636395611, 9.70102334450225, 8.422276019102135, 10],
        0.036326501222942356,
    ),
    "powers": (
        4,
        {"method": "cumulative-root-f", "n": 40, "classes": 40, "allocation": (0.5, 0.5, 0)},
        [62.2252361, 151.82816375, 331.03401905000004],
        [7, 11, 12, 10],
        [6.866787734369356, 11.561138698892282, 11.572073566738368, 10],
        0.0396159438844831,
    ),
}


@pytest.mark.parametrize("case", R)
def test_numbers_of_r(case: str) -> None:
    strata, how, bounds, whole, exact, cv = R[case]
    made = strata_boundaries(LOGNORMAL, strata, **how)
    close(made.boundaries, bounds)
    assert made.n.tolist() == whole
    close(made.exact, exact)
    close(made.cv, cv)


@pytest.mark.parametrize(("strata", "units", "exact"), [(3, 40, 39.46805987), (5, 21, 19.81578880)])
def test_no_more_units_than_kozaks_search_in_r(strata: int, units: int, exact: float) -> None:
    made = strata_boundaries(LOGNORMAL, strata, cv=0.05)
    assert made.total <= units
    assert made.exact.sum() <= exact + 1e-6
    assert made.cv <= 0.05


def test_rules_written_out() -> None:
    low, high = LOGNORMAL.min(), LOGNORMAL.max()
    close(strata_boundaries(LOGNORMAL, 4, method="geometric", n=40).boundaries, low * (high / low) ** (np.arange(1, 4) / 4))
    edges = np.linspace(low, high, 31)
    heights = np.concatenate([[0], np.cumsum(np.sqrt(np.histogram(LOGNORMAL, edges)[0]))])
    share = heights[-1] / 4

    def ways(start: int, left: int) -> Any:
        if left == 1:
            yield (30,)
            return
        last = max(k for k in range(31) if heights[k] - heights[start] < share)
        for end in (last, last + 1):
            if start < end < 30:
                yield from ((end, *rest) for rest in ways(end, left - 1))

    best = min(ways(0, 4), key=lambda ends: ((np.diff(heights[[0, *ends]]) - share) ** 2).sum())
    close(strata_boundaries(LOGNORMAL, 4, method="cumulative-root-f", n=40, classes=30).boundaries, edges[list(best[:-1])])


def needed(x: Any, bounds: Any, cv: float) -> Any:
    """The exact numbers of units by Rivest's formula (Neyman), the highest strata taken whole where they must be; None if impossible."""
    parts = [x[np.searchsorted(bounds, x, side="right") == h] for h in range(len(bounds) + 1)]
    size, spread, whole = np.array([len(p) for p in parts]), np.array([p.std() for p in parts]), 0
    while True:
        some = np.arange(len(parts)) < len(parts) - whole
        loads = (size * spread)[some]
        if size.min() < 2 or (loads == 0).any():
            return None
        used = loads.sum() / ((cv * x.sum()) ** 2 + (size * spread**2)[some].sum())
        if (np.ceil(used * loads - 1e-9) <= size[some]).all():
            return np.concatenate([used * loads, size[~some]])
        whole += 1


@pytest.mark.parametrize("strata", [2, 3, 4])
def test_the_search_finds_the_best_of_all(strata: int) -> None:
    x = np.sort(SKEWED[:70] if strata < 4 else SKEWED[:40])
    different = np.unique(x)
    middles = (different[1:] + different[:-1]) / 2
    made = strata_boundaries(x, strata, cv=0.08)
    every = [needed(x, bounds, 0.08) for bounds in itertools.combinations(middles, strata - 1)]
    assert made.total == min(np.ceil(numbers - 1e-9).sum() for numbers in every if numbers is not None)
    close(made.exact, needed(x, made.boundaries, 0.08))


def test_the_search_without_trying_all_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    from evidencekit.sampling.allocating import searching

    for seed in range(6):
        x = np.random.default_rng(seed).gamma(0.7, 100, 60).round() + 1
        for strata in (2, 3, 4):
            monkeypatch.setattr(searching, "ALL", 10**9)
            best = strata_boundaries(x, strata, cv=0.1)
            monkeypatch.setattr(searching, "ALL", 0)
            found = strata_boundaries(x, strata, cv=0.1)
            assert found.total == best.total


def test_sethis_boundaries_are_where_a_unit_costs_either_stratum_the_same() -> None:
    """A unit exactly on the boundary, put in either stratum in small part, changes the number of units alike."""
    for powers in ((0.5, 0, 0.5), (0.4, 0.3, 0.4), (0.5, 0, 0.25)):
        made = strata_boundaries(SKEWED, 4, method="sethi", cv=0.03, allocation=powers, take_all=1)
        parts = [SKEWED[made.strata == h] for h in range(1, 5)]
        start = np.array([[len(p), p.sum(), (p**2).sum()] for p in parts])

        def units(sums: Any, powers: Any = powers) -> Any:
            size, one, two = sums.T
            mean = one / size
            variance = two / size - mean**2
            scores = (size ** (2 * powers[0]) * mean ** (2 * powers[1]) * variance ** powers[2])[:3]
            above = (size[:3] ** 2 * variance[:3] / scores).sum() * scores.sum()
            return size[3] + above / ((0.03 * one.sum()) ** 2 + (size * variance)[:3].sum())

        for h, bound in enumerate(made.boundaries):
            slopes = []
            for stratum in (h, h + 1):
                ends = [start.astype(np.longdouble) for _ in range(2)]
                for end, small in zip(ends, (1e-4, -1e-4), strict=True):
                    end[stratum] += small * np.array([1, bound, bound**2])
                slopes.append(float((units(ends[0]) - units(ends[1])) / 2e-4))
            assert slopes[0] == pytest.approx(slopes[1], rel=1e-5, abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["lavallee-hidiroglou", "cumulative-root-f", "geometric"]), st.booleans())
def test_what_always_holds(seed: int, method: Any, by_units: bool) -> None:
    rng = np.random.default_rng(seed)
    x = rng.gamma(rng.uniform(0.5, 3), 200, int(rng.integers(60, 200))).round(1) + 1
    certain = rng.random(len(x)) < 0.03
    strata = int(rng.integers(2, 5))
    how: dict[str, Any] = {"n": int(certain.sum() + rng.integers(3 * strata, 50))} if by_units else {"cv": float(rng.uniform(0.02, 0.2))}
    try:
        made = strata_boundaries(x, strata, method=method, certain=certain, **how)
    except DesignError:
        assert method != "lavallee-hidiroglou"
        return
    assert made.total == how.get("n", made.total)
    assert (made.n >= 1).all()
    assert (made.n <= made.sizes).all()
    assert made.certain[0] == certain.sum()
    assert (made.strata[certain] == 0).all()
    for h in range(1, strata + 1):
        part = x[made.strata == h]
        close([len(part), part.mean(), part.var()], [made.sizes[h - 1], made.means[h - 1], made.variances[h - 1]])
    error = (made.sizes**2 * made.variances * (1 / made.n - 1 / made.sizes)).sum() ** 0.5
    close(made.cv, error / x.sum())
    if not by_units:
        assert made.cv <= how["cv"] * (1 + 1e-9)
    order = rng.permutation(len(x))
    other = strata_boundaries(x[order], strata, method=method, certain=certain[order], **how)
    close(other.boundaries, made.boundaries)
    assert other.strata.tolist() == made.strata[order].tolist()
    if method != "lavallee-hidiroglou" and min(made.sizes) > 1 and min(made.variances) > 0:
        best = strata_boundaries(x, strata, certain=certain, **how)
        assert best.total <= made.total
        if by_units:
            assert best.cv <= made.cv * 1.1  # the search compares exact numbers, these are whole


def test_the_best_boundaries_for_a_given_number() -> None:
    made = strata_boundaries(SKEWED, 4, n=60)
    assert made.total == 60
    for other in ("cumulative-root-f", "geometric"):
        assert made.cv <= strata_boundaries(SKEWED, 4, n=60, method=other).cv  # type: ignore[arg-type]
    exact = strata_boundaries(SKEWED, 4, cv=float(made.cv))
    assert 55 <= exact.total <= 62


def test_strata_taken_whole_and_certain_units() -> None:
    made = strata_boundaries(SKEWED, 4, cv=0.05, take_all=2)
    assert made.take_all == 2
    assert made.n[2:].tolist() == made.sizes[2:].tolist()
    largest = np.sort(SKEWED)[-5:]
    apart = np.isin(SKEWED, largest)
    made = strata_boundaries(SKEWED, 3, n=50, certain=apart.tolist())
    assert made.total == 50
    assert made.as_mapping()[0] == apart.sum()
    table = made.to_frame()
    assert table["stratum"].tolist() == [0, 1, 2, 3]
    close(table["mean"][0], SKEWED[apart].mean())
    close((table["mean"] * table["size"]).sum(), SKEWED.sum())
    assert made.standard_error == pytest.approx(made.cv * SKEWED.mean())


def test_sequences_and_series_of_every_kind() -> None:
    want = strata_boundaries(SKEWED, 3, cv=0.05, method="geometric")
    for values in (SKEWED.tolist(), pd.Series(SKEWED), pl.Series(SKEWED), SKEWED.astype(int), pd.Series(SKEWED.astype(int))):
        made = strata_boundaries(values, 3, cv=0.05, method="geometric")
        assert made.as_mapping() == want.as_mapping()
    assert isinstance(strata_boundaries(pl.Series(SKEWED), 3, cv=0.05, method="geometric").to_frame(), pl.DataFrame)
    assert isinstance(want, StrataBoundaries)
    assert repr(want).startswith("Strata (geometric): ")
    assert "<caption>Strata (geometric)" in want._repr_html_()
    assert list(want.to_frame().columns) == ["stratum", "low", "high", "size", "n", "n_exact", "mean", "variance", "take_all"]


SECRET = 8_765_309.25
BAD: dict[str, tuple[Any, int, dict[str, Any], type[Exception], str]] = {
    "missing": ([1.0, 2.0, float("nan"), SECRET], 2, {"cv": 0.1}, InputError, "of 4, 1 are missing or infinite"),
    "a missing value of pandas": (pd.Series([1, None, SECRET]), 2, {"cv": 0.1}, InputError, "1 are missing"),
    "negative": ([1.0, -SECRET, 3.0], 2, {"cv": 0.1}, InputError, "1 are below 0"),
    "text": ([1.0, "8765309.25", 3.0], 2, {"cv": 0.1}, InputError, "1 of 3 are not numbers"),
    "a column of text": (pd.Series(["8765309.25", "b"]), 2, {"cv": 0.1}, InputError, "does not hold numbers"),
    "two dimensions": (np.ones((3, 2)), 2, {"cv": 0.1}, InputError, "not numbers"),
    "a number": (SECRET, 2, {"cv": 0.1}, InputError, "not a float"),
    "nothing": ([], 2, {"cv": 0.1}, InputError, "empty"),
    "few different values": ([5.0] * 9 + [SECRET] * 9, 3, {"cv": 0.1}, DesignError, "2 different values, too few for 3"),
    "no variance within strata": ([5.0] * 9 + [SECRET] * 9, 2, {"cv": 0.1}, DesignError, "No boundaries were found"),
    "all nought": ([0.0] * 9, 2, {"cv": 0.1}, DesignError, "have 1 value, too few"),
    "nought for geometric": ([0.0, 1.0, 2.0, SECRET], 2, {"cv": 0.1, "method": "geometric"}, DesignError, "values above 0"),
    "an empty stratum": ([1.0, 1.0, 2.0, SECRET], 4 - 1, {"cv": 0.1, "method": "geometric"}, DesignError, "1 of the 3 strata has no unit"),
    "one class": ([1.0, 2.0, 3.0, SECRET], 3, {"cv": 0.1, "method": "cumulative-root-f"}, DesignError, "fall in 2 of the 50 classes"),
    "neither": (SKEWED, 3, {}, InputError, "One of cv= and n="),
    "both": (SKEWED, 3, {"cv": 0.1, "n": 40}, InputError, "One of cv= and n="),
    "no cv": (SKEWED, 3, {"cv": 0}, InputError, "above 0"),
    "a cv in words": (SKEWED, 3, {"cv": "5%"}, InputError, "above 0"),
    "more than there are": (SKEWED, 3, {"n": 901}, DesignError, "more than the 900 units"),
    "fewer than strata": (SKEWED, 3, {"n": 2}, DesignError, "less than one unit in each of 3"),
    "half a unit": (SKEWED, 3, {"n": 40.5}, InputError, "whole number"),
    "one stratum": (SKEWED, 1, {"cv": 0.1}, InputError, "strata= is a whole number of 2 or more"),
    "all taken": (SKEWED, 3, {"cv": 0.1, "take_all": 3}, InputError, "less than the number of strata"),
    "an unknown allocation": (SKEWED, 3, {"cv": 0.1, "allocation": "nayman"}, InputError, "Did you mean 'neyman'"),
    "two powers": (SKEWED, 3, {"cv": 0.1, "allocation": (0.5, 0.5)}, InputError, "three numbers"),
    "an unknown rule": (SKEWED, 3, {"cv": 0.1, "method": "geometrical"}, InputError, "Did you mean 'geometric'"),
    "stray classes": (SKEWED, 3, {"cv": 0.1, "classes": 50}, InputError, "belongs to"),
    "few classes": (SKEWED, 3, {"cv": 0.1, "method": "cumulative-root-f", "classes": 2}, InputError, "3 or more"),
    "sethi for a number": (SKEWED, 3, {"n": 40, "method": "sethi"}, InputError, "needs cv="),
    "certain for some": (SKEWED, 3, {"cv": 0.1, "certain": [True]}, InputError, "true or false for every unit"),
    "certain in numbers": ([1.0, 2.0], 2, {"cv": 0.1, "certain": [1, 0]}, InputError, "true or false for every unit"),
    "whole strata that leave nothing": (
        SKEWED,
        3,
        {"n": 10, "take_all": 2, "method": "cumulative-root-f"},
        DesignError,
        "too few for the strata",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used(case: str) -> None:
    values, strata, how, kind, words = BAD[case]
    with pytest.raises(kind, match=words) as caught:
        strata_boundaries(values, strata, **how)
    assert "8765309" not in str(caught.value).replace(",", "").replace("_", "")


@pytest.mark.parametrize(
    ("seed", "cv", "strata", "words"),
    [
        (0, 0.02, 3, "no boundary that suits both neighbours"),
        (103, 0.02, 5, "without units or without variance"),
        (1, 0.02, 3, "a stratum without units"),
    ],
)
def test_sethi_that_does_not_end_says_what_to_use(seed: int, cv: float, strata: int, words: str) -> None:
    rng = np.random.default_rng(seed)
    x = (rng.poisson(6, 60), rng.gamma(0.4, 100, 40).round())[seed % 3].astype(float)
    with pytest.raises(DesignError, match=words) as caught:
        strata_boundaries(x, strata, method="sethi", cv=cv, allocation=(0.5, 0.3, 1.0))
    assert 'Use method="lavallee-hidiroglou"' in str(caught.value)
    assert strata_boundaries(x, strata, cv=cv).cv <= cv
