"""Data that no model can be made of, or hardly: what is said, and what is not left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError

M = ek.models


def rows(n: int = 240) -> pd.DataFrame:
    seed = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "y": seed.integers(0, 2, n),
            "x": seed.normal(size=n),
            "g": seed.choice(["a", "b"], n),
            "h": seed.choice(list("pqrst"), n),
            "o": seed.integers(1, 4, n),
            "t": seed.integers(1, 20, n) * 1.0,
            "e": seed.integers(0, 2, n),
            "w": seed.uniform(1, 3, n),
            "s": np.repeat(range(2), n // 2),
            "u": np.repeat(range(8), n // 8),
        }
    )


def of(frame: Any, **design: Any) -> ek.Survey:
    given: dict[str, Any] = {"weights": "w", "strata": "s", "psu": "u", **design}
    return ek.Survey(frame, design=ek.Stages(**given))


FITS: dict[str, Any] = {
    "ordinal": lambda s, terms: M.proportional_odds(s, f"o ~ {terms}", order=[1, 2, 3]),
    "multinomial": lambda s, terms: M.multinomial(s, f"o ~ {terms}"),
    "cox": lambda s, terms: M.cox(s, terms, time="t", event="e"),
}


@pytest.mark.parametrize("fit", FITS)
def test_amounts_in_millions_are_fitted(fit: str) -> None:
    """Once the information matrix was taken for singular where a column was a million times another."""
    plain = FITS[fit](of(rows()), "x + g").estimate
    for size in (1e7, 1e-9, 1e100):
        large = FITS[fit](of(rows().assign(x=lambda d, s=size: d["x"] * s)), "x + g").estimate
        of_x = [name == "x" for name in plain.cells.columns["coefficient"]]
        np.testing.assert_allclose(large.points * np.where(of_x, size, 1), plain.points, rtol=1e-7)
        np.testing.assert_allclose(large.se * np.where(of_x, size, 1), plain.se, rtol=1e-7)


@pytest.mark.parametrize("fit", FITS)
def test_levels_that_tell_the_outcome_are_named(fit: str) -> None:
    apart = rows().assign(o=lambda d: np.where(d["g"] == "a", 1, d["o"]), e=lambda d: np.where(d["g"] == "a", 0, d["e"]))
    with pytest.raises(EstimationError, match=r"grow without end, as g\[T.b\] tells some answers without fail"):
        FITS[fit](of(apart), "x + g")


def test_a_hazard_in_perfect_order_is_named() -> None:
    with pytest.raises(EstimationError, match="without end, as x tells"):
        M.cox(of(rows().assign(t=lambda d: np.exp(-d["x"]), e=1)), "x", time="t", event="e")


@pytest.mark.parametrize("lonely", ["adjust", "certainty"])
@pytest.mark.parametrize("method", ["small-sample", "wald", "working-wald", "likelihood-ratio", "score"])
def test_no_degrees_of_freedom_are_told_apart_from_a_p_value(method: Any, lonely: Any) -> None:
    """Once they gave a p of NaN, a warning of numpy's, or its error of a singular matrix."""
    one_a_stratum = of(rows().assign(s=lambda d: d["u"]), lonely=lonely)
    model = M.logit(one_a_stratum, "y ~ x + g")
    with pytest.raises(EstimationError, match="no degrees of freedom"):
        M.term_test(model, "g", method=method)
    assert set(model.estimate.flags) == {"no interval: no degrees of freedom"}
    for est in (
        M.adjusted(model, "g"),
        M.marginal_effects(model),
        M.cumulative_incidence(one_a_stratum, time="t", event="e", at=5),
        ek.tables.kappa(one_a_stratum, "y", "e"),
    ):
        assert all("no degrees of freedom" in flag for flag in est.flags)


@pytest.mark.parametrize("method", ["small-sample", "wald", "working-wald", "score"])
def test_more_coefficients_than_sampling_units_are_not_tested(method: Any) -> None:
    frame = rows().assign(u=lambda d: np.where(d.index % 120 < 60, 0, 1) + 2 * d["s"])  # two PSUs in each of two strata
    model = M.logit(of(frame), "y ~ h")
    with pytest.raises(EstimationError, match=r"degrees of freedom|too few"):
        M.term_test(model, "h", method=method)


def test_few_degrees_of_freedom_are_flagged_as_everywhere() -> None:
    assert set(M.logit(of(rows()), "y ~ x").estimate.flags) == {"few degrees of freedom"}


def test_a_criterion_needs_a_covariance_with_an_inverse() -> None:
    still = of(rows().assign(s=lambda d: d["u"]), lonely="certainty")
    with pytest.raises(EstimationError, match="no inverse"):
        M.bic(M.logit(still, "y ~ 1"), largest=M.logit(still, "y ~ x + g"))


def test_times_below_nought_are_codes_of_something_else() -> None:
    """Once -99 was an age at which everybody was still at risk."""
    coded = of(rows().assign(t=lambda d: np.where(d.index < 3, -99, d["t"])))
    for fit in (lambda: M.cox(coded, "x", time="t", event="e"), lambda: M.cumulative_incidence(coded, time="t", event="e", at=5)):
        with pytest.raises(InputError, match="below 0 in 3 rows"):
            fit()
