"""Many draws: units and pairs come up as often as their chances say, and sizes never vary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evidencekit.columns import Floats
from evidencekit.sampling.selecting.brewer import draw_brewer
from evidencekit.sampling.selecting.chances import proportional_chances
from evidencekit.sampling.selecting.conditional import draw_conditional
from evidencekit.sampling.selecting.cube import draw_balanced
from evidencekit.sampling.selecting.joint import joint_probabilities
from evidencekit.sampling.selecting.local_pivotal import draw_spread
from evidencekit.sampling.selecting.order_sampling import draw_exponential, draw_pareto, draw_sequential_poisson, true_chances
from evidencekit.sampling.selecting.pivotal import draw_pivotal, draw_random_pivotal
from evidencekit.sampling.selecting.poisson import draw_poisson
from evidencekit.sampling.selecting.sampford import draw_sampford
from evidencekit.sampling.selecting.simple import draw_replaced, draw_simple
from evidencekit.sampling.selecting.systematic import draw_circular, draw_random_systematic, draw_systematic
from evidencekit.sampling.streams import Drawn, Hashed, Uniforms

pytestmark = pytest.mark.slow
DRAWS = 20_000
SIZES = [0, 3, 4, 5, 5, 8, 9, 12, 15, 20, 28, 90]
P = proportional_chances(SIZES, 5)
PLACES = np.random.default_rng(8).random((12, 2))
Draw = Callable[[Any, Uniforms], Any]
BY_SIZE: dict[str, Draw] = {
    "systematic": draw_systematic,
    "random-systematic": draw_random_systematic,
    "conditional-poisson": draw_conditional,
    "sampford": draw_sampford,
    "brewer": draw_brewer,
    "pivotal": draw_pivotal,
    "pareto": draw_pareto,
    "sequential-poisson": draw_sequential_poisson,
    "exponential": draw_exponential,
    "poisson": draw_poisson,
    "random pivotal": draw_random_pivotal,
    "spread": lambda p, u: draw_spread(p, u, PLACES),
    "balanced": lambda p, u: draw_balanced(p, u, PLACES),
}
KEYS = ("pareto", "sequential-poisson", "exponential")


def many(how: Draw, p: Floats, hashed: bool) -> Any:
    """Which units each of the draws chose (draws, N); numbers of a Generator, or those that belong to units."""
    rng = np.random.default_rng(20_240_601)
    out = np.zeros((DRAWS, p.size), dtype=np.int64)
    for row in out:
        u: Uniforms = Hashed(rng.integers(0, 2**64, p.size, dtype=np.uint64)) if hashed else Drawn(rng, p.size)
        row[how(p, u)] = 1
    return out


def z_of(counts: Any, p: Any) -> Any:
    """Standardised differences of counts; those of chances 0 and 1 must be exact."""
    p = np.asarray(p)
    free = (p > 1e-12) & (p < 1 - 1e-12)
    np.testing.assert_array_equal(counts[~free], np.rint(DRAWS * p[~free]))
    return ((counts - DRAWS * p) / np.sqrt(DRAWS * np.where(free, p * (1 - p), 1.0)))[free]


@pytest.mark.parametrize(("name", "hashed"), [*((name, True) for name in BY_SIZE), ("sampford", False), ("random pivotal", False)])
def test_units_come_up_by_their_chances_and_sizes_are_exact(name: str, hashed: bool) -> None:
    made = many(BY_SIZE[name], P, hashed)
    if name != "poisson":
        assert (made.sum(axis=1) == 5).all()
    assert np.abs(z_of(made.sum(axis=0), true_chances(P, name) if name in KEYS else P)).max() < 4.5  # type: ignore[arg-type]
    if name in ("random pivotal", "spread", "balanced"):
        return
    pairs, upper = made.T @ made, np.triu_indices(12, 1)
    assert np.abs(z_of(pairs[upper], joint_probabilities(P, name)[upper])).max() < 4.5  # type: ignore[arg-type]


@pytest.mark.parametrize("how", [draw_simple, draw_circular])
def test_equal_chances(how: Draw) -> None:
    p = np.full(11, 4 / 11)
    made = many(how, p, hashed=True)
    assert (made.sum(axis=1) == 4).all()
    assert np.abs(z_of(made.sum(axis=0), p)).max() < 4.5


def test_with_replacement() -> None:
    rng = np.random.default_rng(3)
    mean = np.array([0.2, 1.3, 0.0, 2.5])
    made = np.array([draw_replaced(mean, Drawn(rng, 4)) for _ in range(DRAWS)])
    assert (made.sum(axis=1) == 4).all()
    share = mean / 4
    sd = np.sqrt(4 * share * (1 - share) / DRAWS)
    assert np.abs((made.mean(axis=0) - mean)[mean > 0] / sd[mean > 0]).max() < 4.5
    assert made[:, 2].sum() == 0
    assert made.var(axis=0)[3] == pytest.approx(4 * share[3] * (1 - share[3]), rel=0.05)


def totals_of(how: Draw, x: Floats, p: Floats, draws: int = 200) -> Floats:
    """Relative root mean squared errors of estimated totals."""
    rng = np.random.default_rng(4)
    off = []
    for _ in range(draws):
        s = how(p, Drawn(rng, p.size))
        off.append((x[s] / p[s, None]).sum(axis=0) / x.sum(axis=0) - 1)
    return np.sqrt((np.array(off) ** 2).mean(axis=0))


def test_balanced_samples_balance_and_spread_ones_are_spread() -> None:
    rng = np.random.default_rng(6)
    size = np.exp(rng.normal(5, 0.6, 2000))
    places, p = rng.random((2000, 2)), proportional_chances(size, 100)
    x = np.column_stack([size * p, places * p[:, None]])
    plain = totals_of(draw_random_pivotal, x, p)
    assert (totals_of(lambda p, u: draw_balanced(p, u, x), x, p) < plain / 3).all()
    assert (totals_of(lambda p, u: draw_spread(p, u, places), x[:, 1:], p, 60) < plain[1:] / 2).all()


def test_variance_of_conditional_poisson_is_sen_yates_grundy() -> None:
    p = proportional_chances(np.random.default_rng(1).lognormal(0, 0.7, 40), 10)
    y = p * (1 + np.sin(np.arange(40)))
    pairs = joint_probabilities(p, "conditional-poisson")
    gaps = np.subtract.outer(y / p, y / p) ** 2
    wanted = 0.5 * ((np.outer(p, p) - pairs) * gaps).sum()
    rng = np.random.default_rng(2)
    made = [(y[s] / p[s]).sum() for s in (draw_conditional(p, Drawn(rng, 40)) for _ in range(4000))]
    assert np.var(made) == pytest.approx(wanted, rel=0.1)
    assert np.mean(made) == pytest.approx(y.sum(), abs=4.5 * np.sqrt(wanted / 4000))
