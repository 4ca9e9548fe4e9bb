"""R mitools' numbers on R's own example data with five imputations, which are not ours to distribute."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from outside import FOLDER, close, expected, marks

import evidencekit as ek

pytestmark = marks


@cache
def completed() -> tuple[ek.Survey, ...]:
    frame = pd.read_csv(FOLDER / "data" / "apiclus1_imputed5.csv")
    return tuple(ek.Survey(part, weights="pw", psu="dnum", fpc="fpc") for _, part in frame.groupby("imp"))


def test_means() -> None:
    """R has normal degrees of freedom here; ours are always those of the design, so only points and errors are alike."""
    want = expected()["mi.mean"]
    made = ek.weighting.rubin([ek.mean(s, ["acs.46", "api00"]) for s in completed()])
    close(made.estimate.points, want["est"])
    close(made.estimate.se, want["se"])
    assert (made.estimate.df < 14).all()
    assert made.missing_information[1] == 0


def test_means_by_domain() -> None:
    want = expected()["mi.by"]
    made = ek.weighting.rubin([ek.mean(s, "acs.46", by="stype") for s in completed()])
    close(made.estimate.points, want["est"])
    close(made.estimate.se, want["se"])


def test_regressions() -> None:
    """As of means: R's degrees of freedom are those of an endless sample."""
    want = expected()["mi.glm"]
    made = ek.weighting.rubin([ek.models.linear(s, "api00 ~ `acs.46` + ell").estimate for s in completed()])
    close(made.estimate.points, want["est"])
    close(made.estimate.se, want["se"])


def test_everything_with_the_designs_degrees_of_freedom() -> None:
    """mitools takes W / (W + B) for what was observed, where Barnard and Rubin (1999), and R's mice, have W / (W + (1 + 1/m) B).

    The paper is right; with 5 imputations the difference is one percent of the degrees of freedom. The default follows R.
    """
    want = expected()["mi.mean.dfcomplete"]
    parts = [ek.mean(s, "acs.46") for s in completed()]
    made = ek.weighting.rubin(parts)
    close(made.estimate.points, want["est"])
    close(made.estimate.se, want["se"])
    close(made.estimate.df, want["df"])
    close(made.missing_information, want["missinfo"])
    close(made.estimate.interval.low, want["lower"])
    close(made.estimate.interval.high, want["upper"])
    paper = ek.weighting.rubin(parts, small_sample="1999")
    r = 1.2 * made.between / made.within
    seen = 15 / 17 * 14 / (1 + r)
    np.testing.assert_allclose(paper.estimate.df, 1 / (1 / (4 * (1 + 1 / r) ** 2) + 1 / seen), rtol=1e-12)
    assert 0.98 * made.estimate.df[0] < paper.estimate.df[0] < made.estimate.df[0]


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_filling_in_keeps_every_answer(backend: str) -> None:
    frame = pd.read_csv(FOLDER / "data" / "apiclus1.csv")
    answers = frame["acs.46"].to_numpy()
    if backend == "polars":
        frame = pytest.importorskip("polars").from_pandas(frame)
    survey = ek.Survey(frame, weights="pw", psu="dnum", fpc="fpc")
    made = ek.weighting.impute(survey, "acs.46", using=("api00", "ell", "stype"), imputations=2, seed=1, blanks="fill")
    for s in made:
        filled = s.data["acs.46"].to_numpy()
        seen = ~np.isnan(answers)
        assert np.array_equal(filled[seen], answers[seen])
        assert set(filled[~seen]) <= set(answers[seen])
