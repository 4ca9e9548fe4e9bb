"""Chances of pairs: against all samples of small frames (tests/reference/sampling), and identities where frames are large."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from evidencekit.errors import DesignError, InputError
from evidencekit.sampling.selecting.chances import proportional_chances
from evidencekit.sampling.selecting.conditional import conditional_pairs, working_chances
from evidencekit.sampling.selecting.joint import PairMethod, joint_probabilities
from evidencekit.sampling.selecting.order_sampling import true_chances

SETS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reference" / "sampling" / "exact_designs.json").read_text(encoding="utf-8"))
EXACT = ("conditional-poisson", "sampford", "brewer", "pivotal", "systematic", "random-systematic")
KEYS = ("pareto", "sequential-poisson", "exponential")


@pytest.mark.parametrize("name", SETS)
def test_chances_proportional_to_size(name: str) -> None:
    case = SETS[name]
    np.testing.assert_allclose(proportional_chances(case["sizes"], case["n"]), case["chances"], rtol=1e-14)


@pytest.mark.parametrize("method", [*EXACT, *KEYS])
@pytest.mark.parametrize("name", SETS)
def test_pairs_are_those_of_all_samples(name: str, method: Any) -> None:
    case = SETS[name]
    made = joint_probabilities(case["chances"], method)
    np.testing.assert_allclose(made, case["pairs"][method], rtol=0, atol=1e-12)
    if method in KEYS:
        np.testing.assert_allclose(true_chances(case["chances"], method), np.diag(case["pairs"][method]), rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", get_args(PairMethod))
def test_among_is_a_part_of_the_whole(method: Any) -> None:
    p = np.full(9, 1 / 3) if method == "simple" else proportional_chances([3, 1, 4, 1, 5, 40, 2, 6, 5], 4)
    some = [7, 5, 0, 1]
    np.testing.assert_allclose(joint_probabilities(p, method, among=some), joint_probabilities(p, method)[np.ix_(some, some)], atol=1e-14)


def test_simple_and_poisson_pairs() -> None:
    made = joint_probabilities(np.full(5, 0.4), "simple")
    np.testing.assert_allclose(made, np.full((5, 5), 0.1) + np.eye(5) * 0.3, rtol=1e-14)
    np.testing.assert_allclose(joint_probabilities([0.3, 0.5, 1, 0], "poisson")[0], [0.3, 0.15, 0.3, 0.0])


def test_approximations_written_out() -> None:
    p = np.array([0.2, 0.5, 0.6, 0.7])
    spread = 0.16 + 0.25 + 0.24 + 0.21
    assert joint_probabilities(p, "hajek")[0, 1] == pytest.approx(0.1 * (1 - 0.8 * 0.5 / spread), rel=1e-14)
    assert joint_probabilities(p, "hartley-rao")[0, 1] == pytest.approx(0.1 * 1 / (2 - 0.35), rel=1e-14)
    np.testing.assert_allclose(np.diag(joint_probabilities(p, "hajek")), p)


@pytest.mark.parametrize("method", ["conditional-poisson", "sampford"])
@pytest.mark.parametrize(("size", "n", "skew"), [(60, 12, 0.3), (400, 150, 0.4), (1500, 40, 1.0)])
def test_large_pairs_add_up(method: Any, size: int, n: int, skew: float) -> None:
    p = proportional_chances(np.exp(np.random.default_rng(1).normal(0, skew, size)), n)
    made = joint_probabilities(p, method)
    np.testing.assert_allclose(made.sum(axis=1), n * p, rtol=1e-10)
    off = made[~np.eye(size, dtype=bool)]
    assert off.min() > 0
    assert (made <= np.outer(p, p) + np.diag(p) + 1e-12).all(), "fixed size with high entropy: pairs repel each other"


@pytest.mark.parametrize("method", ["conditional-poisson", "sampford"])
def test_pairs_of_a_sample_from_a_large_frame(method: Any) -> None:
    p = proportional_chances(np.exp(np.random.default_rng(1).normal(0, 0.6, 50_000)), 300)
    made = joint_probabilities(p, method, among=[0, 7, 49_999])
    near = joint_probabilities(p, "hajek", among=[0, 7, 49_999])
    np.testing.assert_allclose(made, near, rtol=1e-3)
    assert (made[~np.eye(3, dtype=bool)] > 0).all()


def test_closed_form_of_conditional_poisson_and_its_limit_at_ties() -> None:
    p = proportional_chances([1, 2, 2, 2 * (1 + 1e-9), 3, 4, 5, 5.5], 4)
    w = (q := working_chances(p, 4)) / (1 - q)
    made = conditional_pairs(p, 4, np.arange(8))
    for k, j in [(0, 1), (0, 7), (4, 5), (5, 6), (1, 4)]:
        assert made[k, j] == pytest.approx((w[k] * p[j] - w[j] * p[k]) / (w[k] - w[j]), abs=1e-12)
    assert made[1, 2] == pytest.approx(made[1, 3], rel=1e-8)
    np.testing.assert_allclose(made.sum(axis=1), 4 * p, rtol=1e-12)


EXTREME = {
    "two of one": [0.5, 0.5],
    "nearly sure": [1 - 1e-10, 1e-10],
    "nearly settled": [1 - 1e-6, 1 - 2e-6, 1e-6, 2e-6],
    "two camps": [0.9999] * 50 + [0.0001] * 50,
    "all kinds": [1e-8, 0.5, 0.5 - 1e-8, 0.999, 0.001],
    "many nearly sure": [0.999] * 600 + [0.001] * 600,
    "tied": [0.25] * 4000,
    "off by a rounding": [0.3 + 2e-10, 0.3, 0.4, 0.5, 0.5 + 3e-10],
}


@pytest.mark.parametrize("name", EXTREME)
def test_working_odds_give_the_chances(name: str) -> None:
    p = np.array(EXTREME[name])
    n = round(p.sum())
    made = working_chances(p, n)
    assert made.sum() == pytest.approx(n, abs=1e-6)
    # By sums of positive terms, one unit at a time.
    for k in {0, 1, p.size // 2, p.size - 1}:
        dist = np.zeros(n + 2)
        dist[0] = 1.0
        for x in np.delete(made, k):
            dist[1:] = dist[1:] * (1 - x) + dist[:-1] * x
            dist[0] *= 1 - x
        both = made[k] * dist[n - 1], (1 - made[k]) * dist[n]
        assert both[0] / sum(both) == pytest.approx(p[k], abs=max(1e-12, 2 * abs(p.sum() - n)))


TOO_LARGE = {"brewer": 60, "random-systematic": 17, "pareto": 401, "exponential": 401, "sequential-poisson": 401, "pivotal": 2001}


@pytest.mark.parametrize("method", TOO_LARGE)
def test_what_cannot_be_had_exactly_is_refused_with_a_way_out(method: Any) -> None:
    p = proportional_chances(np.arange(1, TOO_LARGE[method] + 1), 8)
    with pytest.raises(DesignError, match="onditional Poisson"):
        joint_probabilities(p, method)


def test_refusals() -> None:
    p = np.array([0.2, 0.3, 0.5])
    with pytest.raises(DesignError, match="among="):
        joint_probabilities(np.full(7000, 0.5), "poisson")
    with pytest.raises(DesignError, match="same chance"):
        joint_probabilities(p, "simple")
    with pytest.raises(InputError, match="method="):
        joint_probabilities(p, "random-pivotal")  # type: ignore[arg-type]
    for among in ([0, 0], [3], [-1], [0.5], [[0]]):
        with pytest.raises(InputError, match="among="):
            joint_probabilities(p, "poisson", among=among)
    with pytest.raises(DesignError, match="1500 open units"):
        true_chances(np.full(1600, 0.5), "pareto")
