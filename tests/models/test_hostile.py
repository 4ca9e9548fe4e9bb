"""Data that no model can be made of, or hardly: what is said, and what is not left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import EstimationError, EvidencekitError, InputError

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
    with pytest.raises(EstimationError, match="grow without end, as level 2 of g tells some answers without fail"):
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


def test_replicates_have_no_score_test() -> None:
    """Once the covariance of the score was taken from units that a file of replicates does not have."""
    frame = rows()
    for j in range(8):
        frame[f"r{j}"] = frame["w"] * np.where(frame["u"] == j, 0, 8 / 7)
    weights = ek.Replicates(weights="w", columns=[f"r{j}" for j in range(8)], kind="JK1")
    model = M.logit(ek.Survey(frame, design=weights), "y ~ x + g")
    with pytest.raises(InputError, match="needs linearised variances"):
        M.term_test(model, "g", method="score")
    assert 0 < M.term_test(model, "g", method="wald").p < 1


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


SECRET = "canary-7391"
LEVELS: dict[str, Any] = {
    "separation": lambda s: M.logit(s, "y ~ c"),
    "separation of counts": lambda s: M.poisson(s, "y ~ x + c"),
    "an interaction": lambda s: M.logit(s, "y ~ C(c) * g"),
    "another coding": lambda s: M.logit(s, "y ~ C(c, contr.sum) + x"),
    "no intercept": lambda s: M.logit(s, "y ~ 0 + c"),
    "columns that say the same": lambda s: M.linear(s, "x ~ c + C(c)"),
    "an empty cell": lambda s: M.linear(s, "x ~ c:g"),
    "ordered": lambda s: M.proportional_odds(s, "y ~ c", order=[0, 1]),
    "several levels": lambda s: M.multinomial(s, "y ~ c"),
    "levels of the outcome": lambda s: M.proportional_odds(s, "c ~ x", order=["a", "b"]),
    "times": lambda s: M.cox(s, "c", time="t", event="y"),
    "every row its own level": lambda s: M.logit(s, "e ~ id"),
    "parts": lambda s: M.decompose(s, "y ~ c", group="g", kind="logit"),
    "adjusted": lambda s: M.adjusted(M.logit(s, "e ~ x"), "c"),
    "shares": lambda s: ek.tables.goodness(s, "c", {"a": 0.5, "b": 0.5}),
    "scores": lambda s: ek.tables.trend(s, "y", "c", scores={"a": 1}),
    "a case": lambda s: ek.tables.trend(s, "c", "o", category="zzz"),
    "two groups": lambda s: ek.tables.ttest(s, "x", by="c"),
    "amounts": lambda s: ek.tables.ttest(s, "id"),
    "ranks": lambda s: ek.tables.ranktest(s, "id", "g"),
    "items": lambda s: ek.tables.alpha(s, ["id", "c"]),
    "rows": lambda s: ek.tables.table_one(s, ["id"], by="g", means=["id"]),
    "choices": lambda s: ek.tables.responses(s, ["c", "id"]),
    "a standard": lambda s: ek.weighting.standardize(s, "c", population={"a": 1, "b": 2}),
}


@pytest.mark.parametrize("mistake", LEVELS)
def test_no_error_of_models_and_tables_repeats_a_level(mistake: str) -> None:
    """Once separation was told with the names of levels, which may be what a child said."""
    seed = np.random.default_rng(2)
    levels = seed.integers(0, 3, 240)
    frame = rows().assign(c=np.array(["a", "b", SECRET])[levels], id=[f"{SECRET}-{i}" for i in range(240)])
    frame = frame.assign(y=np.where(levels == 2, 0, frame["y"]), g=np.where(levels == 2, "a", frame["g"]))
    with pytest.raises(EvidencekitError) as caught:
        LEVELS[mistake](of(frame))
    seen: BaseException | None = caught.value
    while seen is not None:
        assert SECRET not in str(seen)
        seen = seen.__cause__ or seen.__context__
