"""Every number of R's survey package for richer designs (tests/reference/survey) against ours."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import evidencekit as ek

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "survey"
REFERENCE = json.loads((FOLDER / "richer_designs.json").read_text(encoding="utf-8"))


def _joint(name: str) -> np.ndarray:
    return pd.read_csv(FOLDER / name).to_numpy()


def _poisson_joint() -> np.ndarray:
    pi = pd.read_csv(FOLDER / "poisson.csv")["pi"].to_numpy()
    pairs = np.outer(pi, pi)
    np.fill_diagonal(pairs, pi)
    return pairs


STRATUM = {"strata": "stratum"}
CLUSTERED = {"strata": "h", "psu": "psu", "fpc": "pi1"}
DESIGNS: dict[str, dict[str, Any]] = {
    "two_stage": {**STRATUM, "psu": ("school", "pupil"), "fpc": ("n_schools", "n_school")},
    "two_stage_fraction": {**STRATUM, "psu": ("school", "pupil"), "fpc": ("f1", "f2")},
    "two_stage_classes": {**STRATUM, "psu": ("school", "class"), "fpc": ("n_schools", "n_classes"), "weights": "weight"},
    "strata_below": {**STRATUM, "psu": ("school", "pupil"), "fpc": ("n_schools", "n_class"), "strata_below": ("class",)},
    "three_stage": {**STRATUM, "psu": ("school", "class", "pupil"), "fpc": ("n_schools", "n_classes", "n_class")},
    "three_stage_weights": {
        **STRATUM,
        "psu": ("school", "class", "pupil"),
        "fpc": ("n_schools", "n_classes", "n_class"),
        "weights": "weight2",
    },
    "one_stage": {**STRATUM, "psu": "school", "fpc": "n_schools", "weights": "weight2"},
    "one_stage_fraction": {**STRATUM, "psu": "school", "fpc": "f1", "weights": "weight2"},
    "with_replacement": {**STRATUM, "psu": ("school", "class"), "weights": "weight"},
    "nested": {**STRATUM, "psu": ("school_no", "class_no", "pupil_no"), "fpc": ("n_schools", "n_classes", "n_class")},
    "nested_with_replacement": {**STRATUM, "psu": "school_no", "weights": "weight"},
    "unstratified": {"psu": ("school", "class"), "weights": "weight"},
    "pps_brewer": {"fpc": "pi", "unequal": "brewer"},
    "pps_overton": {"fpc": "pi", "unequal": "overton"},
    "pps_hr": {"fpc": "pi", "unequal": "hartley-rao"},
    "pps_hr_psum": {"fpc": "pi", "unequal": "hartley-rao", "sum_of_squares": "squares"},
    "pps_ht": {"fpc": "pi", "unequal": ("pps_joint.csv", "horvitz-thompson")},
    "pps_yg": {"fpc": "pi", "unequal": ("pps_joint.csv", "yates-grundy")},
    "poisson": {"fpc": "pi", "unequal": "poisson"},
    "poisson_ht": {"fpc": "pi", "unequal": ("poisson", "horvitz-thompson")},
    "clustered_brewer": {**CLUSTERED, "unequal": "brewer"},
    "clustered_brewer_weights": {**CLUSTERED, "unequal": "brewer", "weights": "weight"},
    "clustered_brewer_two_stage": {"strata": "h", "psu": ("psu", "element"), "fpc": ("pi1", "pi2"), "unequal": "brewer"},
    "clustered_overton": {**CLUSTERED, "unequal": "overton"},
    "clustered_hr": {**CLUSTERED, "unequal": "hartley-rao"},
    "clustered_hr_psum": {**CLUSTERED, "unequal": "hartley-rao", "sum_of_squares": "squares"},
    "clustered_ht": {**CLUSTERED, "unequal": ("clustered_pps_joint.csv", "horvitz-thompson")},
    "clustered_yg": {**CLUSTERED, "unequal": ("clustered_pps_joint.csv", "yates-grundy")},
    "lonely_first": {**STRATUM, "psu": "school", "fpc": "n_schools", "weights": "weight"},
    "lonely_first_with_replacement": {**STRATUM, "psu": "school", "weights": "weight"},
    "lonely_second": {**STRATUM, "psu": ("school", "class"), "fpc": ("n_schools", "n_classes")},
    "lonely_both": {**STRATUM, "psu": ("school", "class"), "fpc": ("n_schools", "n_classes")},
    "domain_first": {**STRATUM, "psu": "school", "fpc": "n_schools", "weights": "weight"},
    "domain_first_with_replacement": {**STRATUM, "psu": "school", "weights": "weight"},
    "island_with_replacement": {**STRATUM, "psu": "school", "weights": "weight"},
}


@cache
def survey_of(name: str, lonely: str = "fail", lonely_domain: str = "none") -> ek.Survey:
    about = REFERENCE["designs"][name]
    frame = pd.read_csv(FOLDER / about["data"])
    if about["rows"] != "all":
        frame = frame.query(about["rows"])
    if name.endswith("psum"):  # the file holds the sum over n, which is what R takes
        n = frame.groupby("h")["psu"].transform("nunique") if "psu" in frame else len(frame)
        frame = frame.assign(squares=frame["psum"] * n)
    made = {**DESIGNS[name], "lonely": lonely, "lonely_domain": lonely_domain}
    if isinstance(made.get("unequal"), tuple):
        file, variance = made["unequal"]
        matrix = _poisson_joint() if file == "poisson" else _joint(file)
        made["unequal"] = ek.survey.Joint(matrix, variance)
    return ek.Survey(frame, design=ek.Stages(**made))


def _cases(*kinds: str, lonely: bool = False) -> list[Any]:
    out = []
    for i, case in enumerate(REFERENCE["cases"]):
        if case["kind"] in kinds and case["design"] in DESIGNS and ("options" in case) == lonely:
            out.append(pytest.param(case, id=f"{i}-{case['design']}-{case['kind']}"))
    return out


def close(got: Any, want: Any, *, scale: float = 0.0) -> None:
    """Equal to 1e-8 relative; `scale` bounds the absolute difference where the true value is zero."""
    wanted = np.array([np.nan if v in ("NaN", "NA", None) else float(v) for v in np.ravel(np.array(want, dtype=object))])
    np.testing.assert_allclose(np.ravel(got), wanted, rtol=1e-8, atol=1e-10 * scale)


def _variables(call: str) -> list[str]:
    found = re.search(r"\(~([\w.]+(?: \+ [\w.]+)*)", call)
    assert found, call
    return found.group(1).split(" + ")


def _both(names: list[str]) -> Any:
    return None if len(names) == 1 else ~nw.any_horizontal(*(nw.col(n).is_null() | nw.col(n).is_nan() for n in names), ignore_nulls=True)


@pytest.mark.parametrize("case", _cases("mean", "total", "by_mean", "by_total"))
def test_means_and_totals(case: dict[str, Any]) -> None:
    survey, want = survey_of(case["design"]), case["result"]
    names = _variables(case["call"])
    by = re.search(r"~\w+(?: \+ \w+)*, ~(\w+)", case["call"])
    split = by.group(1) if by and case["kind"].startswith("by") else None
    categorical = names == ["k"]

    def asked(deff: Any) -> ek.Estimate:
        if case["kind"].endswith("mean") and categorical:
            return ek.proportion(survey, "k", by=split, deff=deff)
        if case["kind"].endswith("mean"):
            return ek.mean(survey, names, by=split, where=_both(names), deff=deff)
        if categorical:
            return ek.count(survey, by=["k", *([split] if split else [])], population_total="weights", deff=deff)
        return ek.total(survey, names, by=split, where=_both(names), population_total="weights", deff=deff)

    est = asked("replace")
    order = _order(est, want["names"])
    close(est.points[order], want["est"])
    biggest = np.max(np.abs(est.vcov))
    close(est.se[order], want["se"], scale=float(np.sqrt(biggest)))
    close(est.vcov[np.ix_(order, order)], want["vcov"], scale=float(biggest))
    if not (categorical and case["kind"].endswith("total")):  # R's is that of each indicator's total
        close(est.counts.deff[order], want["deff_wr"])
        close(asked("wor").counts.deff[order], want["deff_wor"])
    if not categorical and split is not None:
        close(est.df[order], want["df_domain"])


def _order(est: ek.Estimate, names: list[str] | str) -> np.ndarray:
    """Our cells in the order of R's names."""
    wanted = [names] if isinstance(names, str) else names
    columns = est.cells.columns
    labels = []
    for i in range(len(est)):
        parts = [str(columns[c][i]) for c in columns if c != "variable" and columns[c][i] is not None]
        labels.append({".".join(parts), "k" + ".".join(parts)} if parts else {columns["variable"][i]})
    return np.array([next(i for i, known in enumerate(labels) if w in known) for w in wanted])


@pytest.mark.parametrize("case", _cases("ratio"))
def test_ratios(case: dict[str, Any]) -> None:
    numerator, denominator = case["result"]["names"][0].split("/")
    by = re.search(r"svyby\(~\w+, ~(\w+)", case["call"])
    assert not by
    est = ek.ratio(survey_of(case["design"]), numerator, denominator)
    close(est.points, case["result"]["est"])
    close(est.se, case["result"]["se"])


@pytest.mark.parametrize("case", _cases("ciprop"))
def test_intervals_of_shares(case: dict[str, Any]) -> None:
    method = re.search(r'method = "(\w+)"', case["call"])
    assert method
    domain = re.search(r'subset\(d, (\w+) == "(\w+)"\)', case["call"])
    where = nw.col(domain.group(1)) == domain.group(2) if domain else None
    how: Any = method.group(1)
    est = ek.proportion(survey_of(case["design"]), "b", interval=how, where=where)
    want = case["result"]
    close(est.points, want["est"])
    close(est.se, want["se"])
    close(est.df, [want["df"]])
    close(est.interval.low, want["lower"])
    close(est.interval.high, want["upper"])


@pytest.mark.parametrize("case", _cases("var"))
def test_variances(case: dict[str, Any]) -> None:
    names = _variables(case["call"])
    if len(names) == 1:
        est = ek.variance(survey_of(case["design"]), names[0])
        close(est.points, case["result"]["est"])
        close(est.se, case["result"]["se"])
    else:
        est = ek.variance(survey_of(case["design"]), names, where=_both(names))
        close(sorted(est.points), sorted(set(np.ravel(case["result"]["est"]))))


@pytest.mark.parametrize("case", _cases("quantile"))
def test_quantiles(case: dict[str, Any]) -> None:
    want, survey, name = case["result"], survey_of(case["design"]), _variables(case["call"])[0]
    est = ek.quantile(survey, name, q=want["quantile"])
    close(est.points, want["est"])
    smallest = sorted(survey.data[name].dropna().unique())[:2]
    if est.interval.low[0] == smallest[0] and want["lower"][0] == smallest[1]:
        # Below the first answer's share R takes the second answer; the smallest answer whose share reaches p is the first.
        close(est.interval.low[1:], want["lower"][1:])
        close(est.se[1:], want["se"][1:])
        return
    close(est.interval.low, want["lower"])
    close(est.interval.high, want["upper"])
    close(est.se, want["se"])


def _counted_df(name: str, members: pd.Series) -> int:
    """PSUs less strata among some rows, counted in the file."""
    rows, made = survey_of(name).data[members], DESIGNS[name]
    strata = rows[made["strata"]] if "strata" in made else pd.Series(0, rows.index)
    psus = made.get("psu")
    unit = pd.Series(rows.index, rows.index) if psus is None else rows[psus if isinstance(psus, str) else psus[0]]
    return len(pd.DataFrame({"stratum": strata, "unit": unit}).drop_duplicates()) - strata.nunique()


@pytest.mark.parametrize("case", _cases("contrast"))
def test_contrasts(case: dict[str, Any]) -> None:
    """R takes the whole design's degrees of freedom where it cannot cut a design of unequal probabilities to a domain."""
    about = re.search(r"svyby\(~(\w+), ~g, d, svymean.*c\((.*)\)\)", case["call"])
    assert about
    est = ek.mean(survey_of(case["design"]), about.group(1), by="g")
    weights = dict(pair.split(" = ") for pair in about.group(2).split(", "))
    made = ek.contrast(est, [float(weights.get(g, 0)) for g in est.cells.columns["g"]])
    want = case["result"]
    close(made.points, want["est"])
    close(made.vcov, want["vcov"])
    frame = survey_of(case["design"]).data
    counted = _counted_df(case["design"], frame["g"].isin(weights) & frame[about.group(1)].notna())
    close(made.df, [counted])
    assert want["df"] in (counted, REFERENCE["designs"][case["design"]]["degf"])
    for df, low, high in ((counted, made.interval.low, made.interval.high), (want["df"], [want["ci_lower"]], [want["ci_upper"]])):
        reach = stats.t.ppf(0.975, df) * made.se
        close([made.points - reach, made.points + reach], [low, high])


# Below the first stage R's "adjust" moves nothing and its "average" is NaN: it knows one school at a time. We look at all schools.
BELOW = {"lonely_second", "lonely_both"}


def _by_hand(case: dict[str, Any], est: ek.Estimate, lonely: str, in_domain: str) -> np.ndarray:
    """The covariance of a two-stage statistic by the definition of the policies, stage by stage."""
    frame = pd.read_csv(FOLDER / "lonely.csv").query(REFERENCE["designs"][case["design"]]["rows"].replace("all", "index >= 0"))
    frame = frame.assign(
        n_in=frame.groupby("stratum").school.transform("nunique"), c_in=frame.groupby("school")["class"].transform("nunique")
    )
    f1, f2 = frame.n_in / frame.n_schools, frame.c_in / frame.n_classes
    member = (frame.dom == "yes") if "subset" in case["call"] else pd.Series(data=True, index=frame.index)
    w = member / (f1 * f2)
    if case["kind"] == "ratio":
        use = w * frame.x.notna()
        z = (use * (frame.y - est.points[0] * frame.x.fillna(0)) / (use * frame.x.fillna(0)).sum()).to_frame()
    else:
        z = frame[["y", "b"]].mul(w, axis=0)
        z = z if case["kind"] == "total" else (frame[["y", "b"]] - est.points).mul(w / w.sum(), axis=0)
    frame = frame.assign(seen=member.astype(int), one=1 - f1, two=f1 * (1 - f2))
    return sum(_stage(frame, z, *names, lonely, in_domain) for names in (("stratum", "school", "one"), ("school", "class", "two")))


def _stage(frame: pd.DataFrame, z: pd.DataFrame, group: str, unit: str, scale: str, lonely: str, in_domain: str) -> np.ndarray:
    totals = z.groupby(frame[unit]).sum()
    about = frame.groupby(unit).agg({group: "first", scale: "first", "seen": "sum"})
    out, groups, dropped = np.zeros((z.shape[1],) * 2), 0, 0
    for _, here in about.groupby(group):
        t, occupied, size = totals.loc[here.index].to_numpy(), int((here.seen > 0).sum()), len(here)
        policy = lonely if size == 1 and here[scale].iloc[0] > 0 else in_domain if occupied == 1 and size > 1 else "none"
        groups, dropped = groups + (occupied > 0), dropped + (policy == "average" and occupied > 0)
        if policy != "average":
            centre = totals.mean().to_numpy() if policy == "adjust" else t.mean(axis=0)
            out += (t - centre).T @ (t - centre) * here[scale].iloc[0] * size / max(size - 1, 1)
    return out * groups / (groups - dropped)


@pytest.mark.parametrize("case", _cases("mean", "total", "ratio", lonely=True))
def test_lonely_units(case: dict[str, Any]) -> None:
    lonely, in_domain = case["options"].values()
    policy = lonely if in_domain and lonely in ("adjust", "average") else "none"
    where = nw.col("dom") == "yes" if "subset" in case["call"] else None
    want = case["result"]
    if "error" in want:
        with pytest.raises(ek.errors.DesignError, match=r"one sampling unit|single"):
            survey_of(case["design"])
        return
    survey = survey_of(case["design"], lonely, policy)
    if case["kind"] == "mean":
        est = ek.mean(survey, ["y", "b"], where=where)
    elif case["kind"] == "total":
        est = ek.total(survey, ["y", "b"], where=where, population_total="weights")
    else:
        est = ek.ratio(survey, "y", "x", where=where)
    close(est.points, want["est"])
    close(est.df, [want["df"]] * len(est))
    if case["design"] in BELOW and lonely in ("adjust", "average"):
        close(est.vcov, _by_hand(case, est, lonely, policy), scale=float(np.max(np.abs(est.vcov))))
        return
    close(est.vcov, want.get("recentred_vcov", want["vcov"]), scale=float(np.max(np.abs(est.vcov))))


def test_every_case_is_compared() -> None:
    kinds = {case["kind"] for case in REFERENCE["cases"]}
    assert {case["design"] for case in REFERENCE["cases"]} == set(DESIGNS)
    compared = sum(len(mark.args[1]) for test in (v for k, v in globals().items() if k.startswith("test_")) for mark in marks_of(test))
    assert compared == len(REFERENCE["cases"])
    assert kinds == {"mean", "total", "by_mean", "by_total", "ratio", "ciprop", "var", "quantile", "contrast"}


def marks_of(test: Any) -> list[Any]:
    return [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
