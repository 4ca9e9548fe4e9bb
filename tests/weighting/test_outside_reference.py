"""Numbers of R survey 4.5 after weighting, on R's own example data, which are not ours to distribute."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from outside import FOLDER, close, expected, marks

import evidencekit as ek

pytestmark = marks
TYPES = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}
PEOPLE = {"stype": {"E": 4421, "H": 755, "M": 1018}, "api99": 3914069.0}


@cache
def clus1() -> ek.Survey:
    frame = pd.read_csv(FOLDER / "data" / "apiclus1.csv")
    return ek.Survey(frame, weights="pw", psu="dnum", fpc="fpc")


@cache
def weighted(name: str) -> ek.Survey:
    if name == "w_ps":
        return ek.weighting.poststratify(clus1(), "stype", TYPES)
    if name == "w_rake":
        return ek.weighting.rake(clus1(), {"stype": TYPES, "sch.wide": WIDE})
    if name == "w_greg":
        return ek.weighting.calibrate(clus1(), PEOPLE)
    if name == "w_logit":
        return ek.weighting.calibrate(clus1(), PEOPLE, method="logit", bounds=(0.5, 2))
    return ek.weighting.trim(weighted("w_greg"), lower=20, upper=45, share="equal", strict=False)


@pytest.mark.parametrize("name", ["w_ps", "w_rake", "w_greg", "w_logit", "w_trim"])
def test_after_weighting(name: str) -> None:
    s = weighted(name)
    rtol = 1e-7 if name in ("w_rake", "w_logit") else 1e-8
    close(s.w, expected()[f"{name}.weights"]["all"], rtol)
    for case, est in _estimates(s).items():
        want: dict[str, Any] = expected()[f"{name}.{case}"]
        close(est.points, want["est"], rtol)
        # The margins themselves have no variance left: nought here, the square root of a rounding error in R.
        np.testing.assert_allclose(est.se, want["se"], rtol=rtol, atol=1e-12)


def _estimates(s: ek.Survey) -> dict[str, ek.Estimate]:
    return {
        "mean": ek.mean(s, "api00"),
        "total": ek.total(s, "enroll"),
        "ratio": ek.ratio(s, "api.stu", "enroll"),
        "prop": ek.proportion(s, "sch.wide"),
        "by": ek.mean(s, "api00", by="stype"),
        "ciprop.logit": ek.proportion(s, "comp.imp", category="Yes", interval="logit"),
    }


@pytest.mark.parametrize("name", ["w_ps", "w_rake", "w_greg", "w_logit", "w_trim"])
def test_quantiles_after_weighting(name: str) -> None:
    want = expected()[f"{name}.quantile"]["api00"]
    est = ek.quantile(weighted(name), "api00", q=[0.25, 0.5, 0.75])
    close(est.points, want["est"])
    close(est.interval.low, want["lower"])
    close(est.interval.high, want["upper"])
