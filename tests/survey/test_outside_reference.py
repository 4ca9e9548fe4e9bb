"""Numbers of R survey 4.5 on R's own example data (see `outside`)."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from outside import FOLDER, close, expected, marks
from scipy import optimize, stats

import evidencekit as ek

pytestmark = marks
# R interpolates the likelihood's profile with a spline, and iterates the logit model to 1e-8; ours are exact.
LIMITS = {"logit": 1e-8, "likelihood": 1e-4, "asin": 1e-8, "beta": 1e-8, "mean": 1e-8, "xlogit": 1e-8, "wilson": 1e-8}
RULES = ["math", "school", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"]


@cache
def frame_of(name: str) -> pd.DataFrame:
    file = {
        "strat": "apistrat.csv",
        "clus1": "apiclus1.csv",
        "nh": "nhanes.csv.gz",
        "nh_lonely": "nhanes_lonely.csv.gz",
        "crowd_lonely": "crowd_lonely.csv",
        "e_brewer": "election_pps.csv",
    }[name]
    frame = pd.read_csv(FOLDER / "data" / file)
    if name in ("strat", "clus1"):
        frame["crossed"] = frame["stype"] + "." + frame["sch.wide"]
        frame["none"] = (frame["emer"] == 0).astype(float).where(frame["emer"].notna())
        frame["top"] = (frame["stype"] != "H") | (frame["api00"] == frame.loc[frame["stype"] == "H", "api00"].max())
    if name == "nh":
        frame["part"] = (frame["SDMVSTRA"] != 75) | (frame["SDMVPSU"] == 1)
    if name == "e_brewer":
        frame["ahead"] = (frame["Bush"] > frame["Kerry"]).astype(int)
    return frame


@cache
def survey_of(name: str, lonely: Any = "fail", lonely_domain: Any = "none") -> ek.Survey:
    made: dict[str, Any] = {
        "strat": {"weights": "pw", "strata": "stype", "fpc": "fpc"},
        "clus1": {"weights": "pw", "psu": "dnum", "fpc": "fpc"},
        "nh": {"weights": "WTMEC2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU"},
        "nh_lonely": {"weights": "WTMEC2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU"},
        "crowd_lonely": {"weights": "weight", "strata": "stratum", "psu": "cluster"},
        "e_brewer": {"fpc": "p", "unequal": "brewer"},
    }[name]
    return ek.Survey(frame_of(name), design=ek.Stages(lonely=lonely, lonely_domain=lonely_domain, **made))


def agrees(est: ek.Estimate, case: str, *parts: str, order: Any = None, rtol: float = 1e-8) -> None:
    """Points, then the named parts, equal R's; `order` puts our cells in R's order."""
    want = expected()[case]
    SEEN.add(case)
    order = np.arange(len(est)) if order is None else np.asarray(order)
    close(est.points[order], want["est"], rtol)
    ours = {
        "vcov": lambda: est.vcov[np.ix_(order, order)],
        "se": lambda: est.se[order],
        "deff": lambda: est.counts.deff[order],
        "df": lambda: np.unique(est.df),
        "ci_t_lower": lambda: est.interval.low[order],
        "ci_t_upper": lambda: est.interval.high[order],
        "lower": lambda: est.interval.low[order],
        "upper": lambda: est.interval.high[order],
    }
    for part in parts:
        close(ours[part](), want[part], rtol)


SEEN: set[str] = set()
WHOLE = ("vcov", "df", "ci_t_lower", "ci_t_upper")
# Cases of these designs that belong to other functions.
LATER = r"\.(chisq|gofchisq|glm|regTermTest|psrsq|AIC_BIC|ttest|ranktest|olr|loglin|kappa|cralpha|predmeans|marginpred|standardize)(\.|$)"


@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_means_totals_shares_ratios(name: str) -> None:
    s = survey_of(name)
    whole = ~(nw.col("enroll").is_null() | nw.col("api.stu").is_null())
    agrees(ek.mean(s, ["api00", "api99", "enroll"], where=whole, deff="wor"), f"{name}.mean.api00_api99_enroll", "vcov", "deff")
    agrees(ek.mean(s, ["api00", "api99"], deff="wor"), f"{name}.mean.api00_api99", *WHOLE, "deff")
    agrees(ek.mean(s, "api00"), f"{name}.mean.api00.deffreplace", *WHOLE, "deff")
    agrees(ek.mean(s, "acs.46"), f"{name}.mean.na.rm.acs46", "vcov")
    agrees(ek.total(s, ["enroll", "api.stu"], deff="wor"), f"{name}.total.enroll_api.stu", "vcov", "deff")
    agrees(ek.count(s, by="stype", deff="wor"), f"{name}.total.stype", "vcov", "deff")
    agrees(ek.proportion(s, "stype", interval="wald", deff="wor"), f"{name}.prop.stype", "vcov", "deff")
    crossed = ek.proportion(s, "crossed", interval="wald")
    place = {c: i for i, c in enumerate(crossed.cells.columns["category"])}
    names = expected()[f"{name}.prop.stype_x_sch.wide"]["names"]
    agrees(crossed, f"{name}.prop.stype_x_sch.wide", "vcov", order=[place[n.split(")")[1]] for n in names])
    agrees(ek.ratio(s, "api.stu", "enroll", deff="wor"), f"{name}.ratio.api.stu_over_enroll", "vcov", "deff")
    agrees(ek.ratio(s, "api.stu", "enroll"), f"{name}.ratio.separate", "vcov")
    pairs = [("api.stu", "enroll"), ("api00", "enroll"), ("api.stu", "api99"), ("api00", "api99")]
    want = expected()[f"{name}.ratio.matrix"]
    SEEN.add(f"{name}.ratio.matrix")
    made = [ek.ratio(s, *pair, where=whole) for pair in pairs]
    close([m.points[0] for m in made], want["est"])
    close([m.se[0] for m in made], want["se"])


@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_domains(name: str) -> None:
    s = survey_of(name)
    agrees(ek.mean(s, ["api00", "api99"], by="stype", deff="wor"), f"{name}.by.mean.api00.by.stype", "vcov", "se", "deff")
    agrees(ek.total(s, "enroll", by=["sch.wide", "stype"]), f"{name}.by.total.enroll.by.stype_sch.wide", "se")
    agrees(ek.ratio(s, "api.stu", "enroll", by="stype"), f"{name}.by.ratio.by.stype", "se")
    agrees(ek.proportion(s, "sch.wide", by="stype"), f"{name}.by.prop.sch.wide.by.stype", "se", order=[0, 2, 4, 1, 3, 5])
    wide = nw.col("comp.imp") == "Yes"
    agrees(ek.mean(s, "api00", where=wide), f"{name}.subset.mean.api00.comp.impYes", *WHOLE)
    agrees(ek.total(s, "enroll", where=nw.col("stype") == "E"), f"{name}.subset.total.enroll.E", "vcov")
    want = expected()[f"{name}.degf.subset"]
    SEEN.update([f"{name}.degf.subset", f"{name}.table.sch.wide_stype", f"{name}.table.Ntotal1"])
    by = ek.mean(s, "api00", by="stype")
    assert [float(ek.mean(s, "api00").df[0]), *map(float, by.df[:2])] == [want["full"], want["E"], want["H"]]
    close(ek.count(s, by=["sch.wide", "stype"]).points, expected()[f"{name}.table.sch.wide_stype"]["table"])
    close(ek.count(s, by=["sch.wide", "stype"], population_total=1.0).points, expected()[f"{name}.table.Ntotal1"]["table"])


@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_contrasts(name: str) -> None:
    s = survey_of(name)
    both, kinds, totals = ek.mean(s, ["api00", "api99"]), ek.mean(s, "api00", by="stype"), ek.total(s, ["api.stu", "enroll"])
    agrees(ek.contrast(both, [1, -1]), f"{name}.contrast.linear", *WHOLE)
    agrees(ek.difference(both, 0, 1), f"{name}.contrast.linear", *WHOLE)
    agrees(ek.contrast(both, lambda m: np.log(m[0] / m[1])), f"{name}.contrast.nonlinear", *WHOLE)
    agrees(ek.ratio_of(totals, 0, 1), f"{name}.contrast.totals.ratio", "vcov")
    agrees(ek.contrast(kinds, {"EvH": [1, -1, 0], "EvM": [1, 0, -1]}), f"{name}.contrast.by.diff", "vcov")


@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_variance_and_distribution(name: str) -> None:
    want = expected()[f"{name}.var.api00_api99"]
    spread = ek.variance(survey_of(name), ["api00", "api99"])
    close(spread.points[[0, 2, 2, 1]], want["var"])
    close(spread.se[[0, 2, 2, 1]], want["se"])
    want = expected()[f"{name}.cdf.api00"]
    close(ek.cdf(survey_of(name), "api00", at=want["at"]).points, want["cdf"])
    SEEN.update([f"{name}.var.api00_api99", f"{name}.cdf.api00"])


@pytest.mark.parametrize("method", list(LIMITS))
@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_limits_of_shares(name: str, method: str) -> None:
    how: Any = {"mean": "wald"}.get(method, method)
    wide = ek.proportion(survey_of(name), "sch.wide", category="Yes", interval=how)
    agrees(wide, f"{name}.ciprop.sch.wide.{method}", "lower", "upper", rtol=LIMITS[method])
    none = ek.proportion(survey_of(name), "none", interval=how, level=0.9)
    agrees(none, f"{name}.ciprop.emer0.{method}", "lower", "upper", rtol=LIMITS[method])


@pytest.mark.parametrize("method", list(LIMITS))
def test_limits_of_a_national_survey(method: str) -> None:
    how: Any = {"mean": "wald"}.get(method, method)
    made = ek.proportion(survey_of("nh"), "HI_CHOL", interval=how)
    agrees(made, f"nh.ciprop.HI_CHOL.{method}", *(["lower", "upper"] if method not in ("beta", "likelihood") else []), rtol=LIMITS[method])
    by = ek.proportion(survey_of("nh"), "HI_CHOL", by="race", interval=how)
    agrees(by, f"nh.by.ciprop.HI_CHOL.{method}", "lower", "upper", rtol=LIMITS[method])


@pytest.mark.parametrize(("name", "case"), [("nh", "nh.ciprop.HI_CHOL.beta"), ("nh_lonely", "lonelyreal.nh.ciprop.remove")])
def test_beta_limits_count_those_who_answered(name: str, case: str) -> None:
    """R scales the effective size by all rows of the file; a row without an answer says nothing, so ours takes those who answered."""
    est, want = ek.proportion(survey_of(name, "remove"), "HI_CHOL"), expected()[case]
    p, v, df, n = est.points[0], est.se[0] ** 2, est.df[0], est.counts.n[0]
    for rows, (low, high) in {
        len(frame_of(name)): (want["lower"], want["upper"]),
        n: (est.interval.low[0], est.interval.high[0]),
    }.items():
        size = p * (1 - p) / v * (stats.t.ppf(0.025, rows - 1) / stats.t.ppf(0.025, df)) ** 2
        close(stats.beta.ppf(0.025, size * p, size * (1 - p) + 1), low)
        close(stats.beta.ppf(0.975, size * p + 1, size * (1 - p)), high)


def test_likelihood_limits_scale_weights_over_those_who_answered() -> None:
    """R scales the weights to mean 1 over all rows of the file, so answers missing elsewhere move its limits; ours over the answers."""
    want, frame = expected()["nh.ciprop.HI_CHOL.likelihood"], frame_of("nh")
    est = ek.proportion(survey_of("nh"), "HI_CHOL", interval="likelihood")
    p = est.points[0]
    ratio = frame.loc[frame["HI_CHOL"].notna(), "WTMEC2YR"].mean() / frame["WTMEC2YR"].mean()

    def deviance(q: float) -> float:
        return 2 * (p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))

    low, high = est.interval.low[0], est.interval.high[0]
    close(deviance(low), deviance(high))
    for end, limit in (("lower", 1e-6), ("upper", 0.9)):
        close(optimize.brentq(lambda q: deviance(q) - ratio * deviance(low), limit, p, xtol=1e-14), want[end], 1e-4)


def test_national_survey() -> None:
    s = survey_of("nh")
    agrees(ek.mean(s, "HI_CHOL", deff="wor"), "nh.prop.HI_CHOL", *WHOLE, "deff")
    agrees(ek.mean(s, "HI_CHOL", by=["agecat", "race"], deff="wor"), "nh.by.HI_CHOL.race_agecat", "se", "deff")
    agrees(ek.total(s, "HI_CHOL", by="RIAGENDR"), "nh.by.total", "se")
    SEEN.add("nh.degf")
    want = expected()["nh.degf"]
    assert [float(ek.mean(s, "HI_CHOL").df[0]), float(ek.mean(s, "HI_CHOL", by="race").df[0])] == [want["degf"], want["race1"]]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_quantile_rules(name: str, rule: Any) -> None:
    quantiles_agree(ek.quantile, name, f"{name}.quantile.api00.{rule}.mean", rule=rule)


@pytest.mark.parametrize("interval", ["mean", "beta", "xlogit", "asin"])
@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_quantile_intervals(name: str, interval: str) -> None:
    how: Any = {"mean": "woodruff"}.get(interval, interval)
    quantiles_agree(ek.quantile, name, f"{name}.quantile.api00_enroll.math.{interval}", interval=how)


def quantiles_agree(quantile: Any, name: str, case: str, **how: Any) -> None:
    SEEN.add(case)
    for variable, want in expected()[case].items():
        est = quantile(survey_of(name), variable, q=want["quantile"], **how)
        close(est.points, want["est"])
        close(est.interval.low, want["lower"])
        close(est.interval.high, want["upper"])
        close(est.se, want["se"])


@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_quantiles_by_domain(name: str) -> None:
    want = expected()[f"{name}.by.quantile.api00.by.stype"]["raw"]
    SEEN.add(f"{name}.by.quantile.api00.by.stype")
    for q in (0.25, 0.5, 0.75):
        est = ek.quantile(survey_of(name), "api00", q=q, by="stype")
        close(est.points, want[f"api00.{q}"])
        close(est.se, want[f"se.api00.{q}"])


@pytest.mark.parametrize("lonely", ["remove", "certainty", "adjust", "average"])
def test_lonely_units(lonely: Any) -> None:
    s, crowd = survey_of("nh_lonely", lonely), survey_of("crowd_lonely", lonely)
    agrees(ek.mean(s, "HI_CHOL"), f"lonelyreal.nh.mean.{lonely}", "se")
    agrees(ek.total(s, "HI_CHOL"), f"lonelyreal.nh.total.{lonely}", "se")
    agrees(ek.mean(s, "HI_CHOL", by="race"), f"lonelyreal.nh.by.{lonely}", "se")
    agrees(ek.proportion(s, "HI_CHOL"), f"lonelyreal.nh.ciprop.{lonely}", "se")
    agrees(ek.mean(crowd, ["rooms", "person"]), f"lonelyreal.crowd.mean.{lonely}", "vcov")
    agrees(ek.total(crowd, "rooms", population_total="weights"), f"lonelyreal.crowd.total.{lonely}", "vcov")
    agrees(ek.ratio(crowd, "rooms", "person"), f"lonelyreal.crowd.ratio.{lonely}", "vcov")


@pytest.mark.parametrize("name", ["nh_lonely", "crowd_lonely"])
def test_lonely_units_are_refused(name: str) -> None:
    start = "lonelyreal." + name.split("_")[0]
    refused = {k for k, v in expected().items() if k.startswith(start) and k.endswith(".fail")}
    assert all("only one PSU" in str(expected()[k]["error"]) for k in refused)
    SEEN.update(refused)
    with pytest.raises(ek.errors.LonelyPSU):
        survey_of(name)


@pytest.mark.parametrize("domains", ["FALSE", "TRUE"])
@pytest.mark.parametrize("lonely", ["fail", "remove", "certainty", "adjust", "average"])
def test_lonely_domains(lonely: Any, domains: str) -> None:
    inner: Any = lonely if domains == "TRUE" and lonely in ("adjust", "average") else "none"
    nh, strat = survey_of("nh", lonely, inner), survey_of("strat", lonely, inner)
    for case, est in {
        f"lonely.domain.mean.{lonely}.adjdomain{domains}": ek.mean(nh, "HI_CHOL", where="part"),
        f"lonely.domain.total.{lonely}.adjdomain{domains}": ek.total(nh, "HI_CHOL", where="part"),
        f"lonely.strat.domain.{lonely}.adjdomain{domains}": ek.mean(strat, "api00", where="top"),
    }.items():
        agrees(est, case, "vcov")


def test_unequal_probabilities() -> None:
    s = survey_of("e_brewer")
    agrees(ek.total(s, ["Bush", "Kerry", "Nader"], population_total="weights"), "e_brewer.total", "vcov")
    agrees(ek.ratio(s, "Bush", "Kerry"), "e_brewer.ratio", "vcov")
    ahead = ek.proportion(s, "ahead", interval="wald")
    close([1 - ahead.points[0], ahead.points[0]], expected()["e_brewer.mean"]["est"])
    close(ahead.vcov[0, 0] * np.array([1, -1, -1, 1]), expected()["e_brewer.mean"]["vcov"])
    SEEN.add("e_brewer.mean")


@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_shahvaish_does_not_depend_on_the_scale_of_the_weights(name: str) -> None:
    """R subtracts half the raw weight from sums of weights of mean 1, so its answer changes when all weights are doubled."""
    case = f"{name}.quantile.api00.shahvaish.mean"
    SEEN.add(case)
    want, frame = expected()[case]["api00"], frame_of(name).sort_values("api00", kind="stable")
    x, w = frame["api00"].to_numpy(), frame["pw"].to_numpy()
    scaled = w / w.mean()
    ours = ek.quantile(survey_of(name), "api00", q=want["quantile"], rule="shahvaish").points
    for half, points in ((w, want["est"]), (scaled, ours)):
        place = (np.cumsum(scaled) + 0.5 - half / 2) / (len(x) + 1)
        order = np.argsort(place, kind="stable")
        found = np.searchsorted(place[order], want["quantile"], side="right") - 1
        close(x[order][np.maximum(found, 0)], points)


@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_score_limits_are_the_exact_crossing(name: str) -> None:
    """R stops beside the crossing, takes the unweighted share of rows below, and reads the weighted quantile of that share."""
    case = f"{name}.quantile.api00_enroll.math.score"
    SEEN.add(case)
    s = survey_of(name)
    for variable, want in expected()[case].items():
        x = frame_of(name)[variable].dropna().to_numpy()
        est = ek.quantile(s, variable, q=want["quantile"], interval="score")
        close(est.points, want["est"])
        for end, limits in (("lower", est.interval.low), ("upper", est.interval.high)):
            for theirs, ours in zip(want[end], limits, strict=True):
                near = np.unique(x)
                at = int(np.searchsorted(near, ours))
                shares = [float((x <= v).mean()) for v in near[max(at - 1, 0) : at + 1]]
                assert theirs in ek.quantile(s, variable, q=shares).points


def test_every_case_is_compared() -> None:
    """No case of these designs is forgotten: every comparison is made once more here, whichever tests ran before and where."""
    SEEN.clear()
    for name, test in list(globals().items()):
        if name.startswith("test_") and test is not test_every_case_is_compared:
            for arguments in arguments_of(test):
                test(**arguments)
    designs = {"strat", "clus1", "nh", "nh_lonely", "crowd_lonely", "e_brewer"}
    cases = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["cases"]
    here = {c["id"] for c in cases if c["design"] in designs and not re.search(LATER, c["id"])}
    assert sorted(here - SEEN) == []


def arguments_of(test: Any) -> list[dict[str, Any]]:
    """Every combination of a test's parameters."""
    out: list[dict[str, Any]] = [{}]
    for mark in getattr(test, "pytestmark", []):
        names, values = mark.args
        one = isinstance(names, str)
        out = [{**known, **({names: v} if one else dict(zip(names, v, strict=True)))} for known in out for v in values]
    return out
