"""AIC and BIC: what they do not depend on, what they come to for independent rows, and what they refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError


def frame(n: int = 400) -> pd.DataFrame:
    generator = np.random.default_rng(12)
    x, z = generator.normal(size=(2, n))
    y = 2 + x + generator.normal(0, 3, n)
    out = pd.DataFrame({"x": x, "z": z, "y": y, "ten": 10 * y, "b": (y > 2) * 1, "c": (z > 0) * 1, "w": 1.0, "psu": np.arange(n) % 50})
    return out.assign(pos=np.exp(x))


def survey(**design: str) -> ek.Survey:
    return ek.Survey(frame(), weights="w", **design)


def test_with_independent_rows_it_is_akaikes() -> None:
    made = ek.models.aic(ek.models.linear(survey(), "y ~ x + z"))
    rows = frame()
    x = np.column_stack([np.ones(len(rows)), rows["x"], rows["z"]])
    rest = rows["y"] - x @ np.linalg.lstsq(x, rows["y"], rcond=None)[0]
    n = len(rows)
    twice = n * (np.log((rest**2).mean()) + 1 + np.log(2 * np.pi))
    assert abs(made - twice - 2 * 3) < 0.6  # two slopes and the residual variance; effects of 1 but for chance


@pytest.mark.parametrize("replicates", [False, True])
def test_the_unit_of_the_outcome_does_not_choose_between_models(replicates: bool) -> None:
    s = ek.weighting.jackknife(survey(psu="psu")) if replicates else survey(psu="psu")
    gaps = []
    for outcome in ("y", "ten"):
        small, large = (ek.models.linear(s, f"{outcome} ~ {terms}") for terms in ("x", "x + z"))
        bics = [ek.models.bic(model, largest=large) for model in (small, large)]
        gaps.append([ek.models.aic(large) - ek.models.aic(small), bics[1] - bics[0]])
    np.testing.assert_allclose(gaps[0], gaps[1], rtol=1e-9)


def test_replicates_say_nearly_the_same() -> None:
    s = survey(psu="psu")
    one, other = (ek.models.aic(ek.models.linear(design, "y ~ x + z")) for design in (s, ek.weighting.jackknife(s)))
    assert abs(one - other) < 0.5


def test_what_cannot_be_compared() -> None:
    s = survey(psu="psu")
    model = ek.models.logit(s, "b ~ x")
    for largest in (ek.models.logit(s, "c ~ x + y"), ek.models.probit(s, "b ~ x + z"), ek.models.linear(s, "b ~ x + z")):
        with pytest.raises(InputError, match="same outcome and kind"):
            ek.models.bic(model, largest=largest)
    gamma = ek.models.gamma(s, "pos ~ z")
    for ask in (lambda: ek.models.aic(gamma), lambda: ek.models.bic(gamma, largest=gamma)):
        with pytest.raises(InputError, match="without a dispersion"):
            ask()
    with pytest.raises(InputError, match="without a dispersion"):
        ek.models.pseudo_r2(ek.models.linear(s, "y ~ x"))
