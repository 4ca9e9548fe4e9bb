"""Numbers of R survey 4.5 after weighting, on R's own example data, which are not ours to distribute."""

from __future__ import annotations

from functools import cache
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from outside import FOLDER, close, design, expected, marks

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


@cache
def replicated(name: str) -> ek.Survey:
    """The design as it comes to an analyst: columns of replicate weights."""
    file = "apistrat.csv" if name in ("r_jkn_mse", "r_sdr") else "apiclus1.csv"
    frame = pd.read_csv(FOLDER / "data" / file)
    weights = pd.read_csv(FOLDER / "data" / f"repw_{name}.csv.gz").add_prefix("rep_")
    made = design(name)["rep"]
    kind = {"successive-difference": "SDR"}.get(made["type"], made["type"])
    columns = [c for c in weights if c != "rep_w0"]
    rep = ek.Replicates(weights="rep_w0", columns=columns, kind=kind, scale=made["scale"], rscales=made["rscales"], mse=made["mse"])
    return ek.Survey(pd.concat([frame, weights], axis=1), design=rep)


@pytest.mark.parametrize("name", ["r_jk1", "r_jkn_mse", "r_boot", "r_sdr"])
def test_replicate_weights(name: str) -> None:
    s = replicated(name)
    both = ~(nw.col("api00").is_null() | nw.col("enroll").is_null())
    cases = {
        "mean": ek.mean(s, ["api00", "enroll"], where=both, deff="wor"),
        "total": ek.total(s, "enroll"),
        "ratio": ek.ratio(s, "api.stu", "enroll"),
        "prop": ek.proportion(s, "stype"),
        "by": ek.mean(s, "api00", by="stype"),
        "subset": ek.mean(s, "api00", where=nw.col("comp.imp") == "Yes"),
    }
    for case, est in cases.items():
        want = expected()[f"{name}.{case}"]
        close(est.points, want["est"])
        close(est.vcov, want["vcov"])
        if "df" in want and case != "subset":  # R keeps the whole design's degrees of freedom in a domain
            close(np.unique(est.df), want["df"])
    assert cases["subset"].df[0] < expected()[f"{name}.mean"]["df"]
    close(cases["mean"].counts.deff, expected()[f"{name}.mean"]["deff"])


@pytest.mark.parametrize("name", ["r_jk1", "r_jkn_mse", "r_boot", "r_sdr"])
@pytest.mark.parametrize("how", ["logit", "likelihood", "asin", "beta", "mean", "xlogit", "wilson"])
def test_limits_of_shares(name: str, how: str) -> None:
    want = expected()[f"{name}.ciprop.{how}"]
    method: Any = "wald" if how == "mean" else how
    est = ek.proportion(replicated(name), "sch.wide", category="Yes", interval=method)
    close(est.points, want["est"])
    # R interpolates the likelihood's profile with a spline; ours is an exact root.
    rtol = 1e-4 if how == "likelihood" else 1e-8
    close(est.interval.low, want["lower"], rtol)
    close(est.interval.high, want["upper"], rtol)


@pytest.mark.parametrize("name", ["r_jk1", "r_jkn_mse", "r_boot", "r_sdr"])
@pytest.mark.parametrize("how", ["mean", "beta", "xlogit", "quantile"])
def test_quantiles_from_replicates(name: str, how: str) -> None:
    want = expected()[f"{name}.quantile.{how}"]["api00"]
    kind: Any = {"mean": "woodruff", "quantile": "replicate"}.get(how, how)
    est = ek.quantile(replicated(name), "api00", q=[0.25, 0.5, 0.75], interval=kind)
    close(est.points, want["est"])
    close(est.interval.low, want["lower"])
    close(est.interval.high, want["upper"])
    close(est.se, want["se"])


@cache
def strat() -> ek.Survey:
    frame = pd.read_csv(FOLDER / "data" / "apistrat.csv")
    return ek.Survey(frame, weights="pw", strata="stype", fpc="fpc")


@pytest.mark.parametrize("name", ["r_jk1", "r_jkn_mse"])
def test_jackknife_weights_equal_those_of_r(name: str) -> None:
    made = ek.weighting.jackknife(clus1() if name == "r_jk1" else strat(), mse=name == "r_jkn_mse")
    ours = ek.weighting.replicate_weights(made).to_numpy()
    theirs = pd.read_csv(FOLDER / "data" / f"repw_{name}.csv.gz").to_numpy()
    close(ours[:, 0], theirs[:, 0])
    # Replicates may come in another order: each of ours is one of theirs.
    ours, theirs = (a[:, 1:][:, np.lexsort(np.round(a[:, 1:], 9))] for a in (ours, theirs))
    close(ours, theirs)
    assert made.resampling is not None
    rep = design(name)["rep"]
    close(made.resampling.scales[0], rep["scale"] * np.ravel(rep["rscales"])[0])
    close(ek.mean(made, "api00").se, ek.mean(replicated(name), "api00").se)


def test_raking_of_replicates() -> None:
    s = ek.weighting.rake(ek.weighting.jackknife(clus1()), {"stype": TYPES, "sch.wide": WIDE})
    close(s.w, expected()["w_rake_rep.weights"]["all"], 1e-7)
    for case, est in _estimates(s).items():
        want = expected()[f"w_rake_rep.{case}"]
        close(est.points, want["est"], 1e-7)
        np.testing.assert_allclose(est.se, want["se"], rtol=1e-7, atol=1e-10)
    want = expected()["w_rake_rep.quantile"]["api00"]
    est = ek.quantile(s, "api00", q=[0.25, 0.5, 0.75])
    close(est.points, want["est"])
    close(est.interval.low, want["lower"])
    close(est.interval.high, want["upper"])


@pytest.mark.parametrize("name", ["r_jk1", "r_jkn_mse", "r_boot", "r_sdr"])
def test_a_statistic_of_ones_own(name: str) -> None:
    def correlation(w: Any, data: pd.DataFrame) -> float:
        both = np.cov(data["api00"], data["api99"], aweights=w)
        return both[0, 1] / np.sqrt(both[0, 0] * both[1, 1])

    want = expected()[f"{name}.withReplicates.cor"]
    est = ek.weighting.replicate(replicated(name), correlation)
    close(est.points, want["est"])
    close(est.se, want["se"])


@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_direct_standardisation(name: str) -> None:
    made = ek.weighting.standardize(strat() if name == "strat" else clus1(), "stype", population=TYPES, over="sch.wide")
    mean, want = ek.mean(made, "api00", by="sch.wide"), expected()[f"{name}.standardize"]
    assert list(mean.cells.columns["sch.wide"]) == want["names"]
    close(mean.points, want["est"])
    close(mean.se, want["se"])
