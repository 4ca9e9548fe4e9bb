"""Sample sizes of PracTools 1.7.5, samplesize4surveys 4.1.1, pwr 1.3 and manuals, which are not ours to distribute (see `outside`)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from statistics import NormalDist
from typing import Any

import pytest
from outside import FOLDER, Watched, watched

from evidencekit.sampling import (
    Costs,
    Fieldwork,
    IndirectQuestion,
    TwoSamples,
    break_even,
    chance_of_cases,
    cohens_h,
    costed_plan,
    design_effect,
    dhs_households,
    follow_up,
    indirect_penalty,
    mics_households,
    n_for_cases,
    n_for_difference,
    n_for_domain,
    n_for_indirect,
    n_for_mean,
    n_for_mean_difference,
    n_for_proportion,
    n_for_rds,
    n_for_stratified_mean,
    n_for_zero_events,
    n_to_visit,
    optimal_takes,
    power_of_difference,
    power_of_mean_difference,
    power_of_proportion,
    pupil_chance,
)
from evidencekit.sampling.sizing.margins import clopper_pearson

HERE = FOLDER.parent / "sampling"
pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(not (HERE / "sample_size.json").is_file(), reason="the reference numbers are not here (see `outside`)"),
]
Args = dict[str, Any]


@cache
def cases(name: str) -> list[dict[str, Any]]:
    if not (HERE / name).is_file():
        return []
    read = json.loads((HERE / name).read_text(encoding="utf-8"))
    return read if isinstance(read, list) else read["cases"]


def same(got: Any, want: Any, rtol: float = 1e-9) -> None:
    assert float(got) == pytest.approx(want, rel=rtol, abs=0)


def size_of(a: Args) -> float | None:
    return None if a.get("N", "Inf") == "Inf" else a["N"]


def moe_of(a: Args) -> Args:
    return {"moe" if a["moe_sw"] == 1 else "relative_moe": a["e"], "level": 1 - a["alpha"]}


def margin(method: Any) -> Callable[[Args, Any], None]:
    return lambda a, v: same(n_for_proportion(a["pU"], method=method, population=size_of(a), **moe_of(a)).n, v)


def wilson(a: Args, v: Any) -> None:
    """The score interval with this n, by its definition."""
    n = n_for_proportion(a["pU"], method="wilson", **moe_of(a)).n
    same(n, v["n"])
    z, p = NormalDist().inv_cdf(1 - a["alpha"] / 2), a["pU"]
    middle, half = (p + z**2 / (2 * n)) / (1 + z**2 / n), z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    same(middle - half, v["ci_low"])
    same(middle + half, v["ci_high"])
    same(2 * half, v["length"])


def mean_of_unit(a: Args, v: Any) -> None:
    same(n_for_mean(a["CVpop"], mean=1, rse=a["CV0"], population=size_of(a)).n, v)


def domain(a: Args, v: Any) -> None:
    same(n_for_domain(a["Pd"], cv=a["CVpopd"], rse=a["CV0d"], estimate=a["est"], population=size_of(a)).n, v)


def prop_test(a: Args, v: Any) -> None:
    if a["strict"]:
        same(power_of_difference(a["p1"], a["p2"], n=a["n"], method="pooled"), v)
    else:
        same(n_for_difference(a["p1"], a["p2"], method="pooled", power=a["power"]).n, v)


def t_test(a: Args, v: Any) -> None:
    """R leaves the wrong side of a two-sided test out, which is a one-sided test at half its level."""
    same(power_of_mean_difference(a["delta"], sd=a["sd"], n=a["n"], level=0.975, alternative="one-sided"), v)


def two_proportions(a: Args, v: Any) -> None:
    rho = (a["pxy"] - a["px"] * a["py"]) / math.sqrt(a["px"] * (1 - a["px"]) * a["py"] * (1 - a["py"]))
    size = n_for_difference(a["px"], a["py"], power=a["power"], samples=TwoSamples(overlap=a["g"], correlation=rho))
    same(size.n, v["n1_unrounded"])
    assert size.rounded == v["n1"] == v["n2"]


def two_means(a: Args, v: Any) -> None:
    pair = TwoSamples(ratio=1 / a["r"], overlap=a["g"], correlation=a["rho"])
    size = n_for_mean_difference(a["del"], sd=a["S2x"] ** 0.5, sd2=a["S2y"] ** 0.5, alternative="one-sided", power=a["power"], samples=pair)
    assert size.rounded == v["n1"] == v["n2"]


def two_stages(a: Args, v: Any) -> None:
    """A proportion of a half has a relative variance of 1."""
    got, want = costed_plan(0.5, costs=Costs(psu=a["C1"], interview=a["C2"]), rho=a["delta"], budget=a["tot_cost"]), v["full"]
    for ours, theirs in ((got.take, "n_opt"), (got.psus, "m_opt"), (got.rse, "CV"), (got.cost, "cost")):
        same(ours, want[theirs])
    assert (round(got.take, 1), round(got.psus, 1), round(got.rse, 4)) == (v["n_opt"], v["m_opt"], v["CV"])


def three_stages(a: Args, v: Any) -> None:
    got = optimal_takes(tuple(a["unit_cost"]), rho_psu=a["delta1"], rho_segment=a["delta2"], budget=a["tot_cost"])
    for ours, theirs in ((got.interviews, "q"), (got.segments, "n"), (got.psus, "m")):
        same(ours, v["full"][theirs])
    m, n, q = got.psus, got.segments, got.interviews
    cv = math.sqrt(a["delta1"] / m + (1 + a["delta2"] * (q - 1)) / (m * n * q))
    assert (round(m, 1), round(n, 1), round(q, 1), round(cv, 4)) == (v["m_opt"], v["n_opt"], v["q_opt"], v["CV"])


def households(a: Args, v: Any) -> None:
    """samplesize4surveys takes p(1-p) for S^2, without N / (N - 1)."""
    shown: dict[str, list[float]] = {"HouseholdsPerPSU": list(a["m"])}
    shown |= {name: [] for name in ("PersonsPerPSU", "DEFF", "PSUinSample", "HouseholdsInSample", "PersonsInSample")}
    for visited, want in zip(a["m"], v["full"], strict=True):
        take = visited * a["r"] * a["b"]
        same(take, want["persons_per_psu"])
        deff = design_effect(take, rho=a["rho"])
        same(deff, want["deff"])
        target: Args = {"relative_moe": a["delta"], "population": a["N"]}
        size = n_for_proportion(a["P"], deff=deff * (1 - 1 / a["N"]), **target)
        same(size.n, want["n_unrounded"])
        assert n_for_proportion(a["P"], deff=deff, **target).rounded == want["n"]
        homes = n_to_visit(want["n"], Fieldwork(eligible=a["r"] * a["b"]))
        same(homes.n, want["hh_unrounded"])
        same(homes.n / visited, want["psu_unrounded"])
        shown["PersonsPerPSU"].append(round(take))
        shown["DEFF"].append(round(deff, 2))
        shown["PSUinSample"].append(round(homes.n / visited))
        shown["HouseholdsInSample"].append(round(homes.n))
        shown["PersonsInSample"].append(round(size.n))
    assert shown == {name: v["table"][name] for name in shown}


def one_proportion(a: Args, v: Any) -> None:
    target = {"me": "moe", "rme": "relative_moe"}[a["error"]]
    assert n_for_proportion(a["P"], deff=a["DEFF"], population=a["N"], **{target: a["delta"]}).rounded == v


def difference_of(a: Args, v: Any) -> None:
    size = n_for_difference(a["P1"], a["P2"], alternative="one-sided", deff=a["DEFF"], population=a["N"], power=a["power"], level=a["conf"])
    assert size.rounded == v


def strata(a: Args, v: Any) -> None:
    """Their total is the sum of the strata, each rounded up."""
    size = n_for_stratified_mean(a["Nh"], means=a["muh"], sds=a["sigmah"], deffs=a["DEFFh"], relative_moe=a["rme"], level=a["conf"])
    parts = [math.ceil(part) for part in size.steps.values()]
    assert (parts, sum(parts)) == (v["nh"], v["n.rme"])


def interval(a: Args, v: Any) -> None:
    for name, ours, again in zip(("low", "high"), clopper_pearson(a["x"], a["n"], 1 - a["conf"]), v["check"], strict=True):
        same(ours, v[name])
        same(ours, again)


def follow(a: Args, v: Any) -> None:
    assert (v["allocation"], v["Response rate"]) == ("fixed cost", a["theta"])
    got = follow_up(a["theta"], cost=a["c1"], cost_followed=a["c2"], cv=a["CVpop"], budget=a["Ctot"])
    same(got.drawn, v["n1.opt"])
    same(got.followed, v["Expected number of phase-1 nonrespondents sampled for phase-2, n2"])
    same(got.one_phase, v["srs sample for same cv"])
    same(got.cost, v["Total variable cost"])
    assert (round(got.rse, 4), round(got.share, 4)) == (v["CV"], v["v.opt"])
    assert round(got.cost / (a["c1"] * got.one_phase), 3) == v["Cost Ratio: Two phase to srs"]


def manual(a: Args, v: Any) -> None:
    field = Fieldwork(eligible=a["d"], household_response=a["Rh"], response=a["Ri"])
    size = dhs_households(a["P"], rse=a["rse"], deft=a["deft"], fieldwork=field)
    same(size.steps["interviews"], v["net_formula"])
    same(size.n, v["hh_formula"])
    assert (round(size.steps["interviews"]), size.rounded) == (v["net_published"], v["hh_published"])


def template(a: Args, v: Any) -> None:
    if "deft" in a:
        field = Fieldwork(eligible=a["d"], household_response=a["Rh"], response=a["Ri"])
        same(dhs_households(a["P"], rse=a["rse"], deft=a["deft"], fieldwork=field).n, v)
    else:
        base: Args = {"share_of_population": a["pb"], "household_size": a["ave"], "rme": a["rme"], "response": a["rr"]}
        same(mics_households(a["r"], deff=a["deff"], **base).n, v)


def penalty(question: Callable[[Args], IndirectQuestion]) -> Callable[[Args, Any], None]:
    def check(a: Args, v: Any) -> None:
        same(indirect_penalty(question(a), a["pi"]), v["vif"])
        same(n_for_indirect(question(a), a["pi"], rse=0.2).steps["V"], v["var_n"])

    return check


def rds(a: Args, v: Any) -> None:
    if a["deff"] < 4:
        with pytest.warns(match="optimistic"):
            same(n_for_rds(a["p"], moe=a["e"], deff=a["deff"]).n, v)
    same(n_for_rds(a["p"], moe=a["e"]).steps[f"with deff {a['deff']}"], v)


CHECKS: dict[str, Callable[[Args, Any], None]] = {
    "PracTools::nPropMoe": margin("wald"),
    "PracTools::nWilson": wilson,
    "PracTools::nLogOdds": margin("log-odds"),
    "PracTools::nProp": lambda a, v: same(n_for_proportion(a["pU"], rse=a["CV0"], population=size_of(a)).n, v),
    "PracTools::nCont": mean_of_unit,
    "PracTools::nContMoe": lambda a, v: same(n_for_mean(a["S2"] ** 0.5, moe=a["e"]).n, v),
    "PracTools::nDomain": domain,
    "PracTools::nProp2sam": two_proportions,
    "PracTools::nDep2sam": two_means,
    "PracTools::clusOpt2": two_stages,
    "PracTools::clusOpt3": three_stages,
    "PracTools::NRFUopt": follow,
    "stats::power.prop.test": prop_test,
    "stats::power.t.test": t_test,
    "stats::binom.test$conf.int": interval,
    "pwr::ES.h": lambda a, v: same(cohens_h(a["p1"], a["p2"]), v),
    "pwr::pwr.p.test": lambda a, v: same(power_of_proportion(a["p"], a["p0"], n=a["n"], method="arcsine"), v),
    "samplesize4surveys::ss4HHSp": households,
    "samplesize4surveys::ss4p": one_proportion,
    "samplesize4surveys::ss4dpH": difference_of,
    "samplesize4surveys::ss4pLN": lambda a, v: same(
        n_for_proportion(a["P"], rse=a["cve"], method="log", deff=a["DEFF"], population=a["N"]).rounded, v
    ),
    "samplesize4surveys::b4p": lambda a, v: same(
        # without N / (N - 1), as above
        100 * power_of_proportion(a["P"], a["D"], n=a["n"], alternative="one-sided", deff=a["DEFF"] * (1 - 1 / a["N"]), population=a["N"]),
        v["Power"],
    ),
    "samplesize4surveys::ss4stm": strata,
    "uniroot((qbeta(1-a/2,np+1,n-np)-qbeta(a/2,np,n-np+1))/2=e)": lambda a, v: same(
        n_for_proportion(a["p"], moe=a["e"], method="clopper-pearson").n, v
    ),
    "log(.05)/log(1-p)": lambda a, v: same(n_for_zero_events(a["p"]).n, v),
    "1-pbinom(k-1,n,p)": lambda a, v: same(chance_of_cases(a["k"], a["p"], n=a["n"]), v),
    "min n: P(Bin(n,p)>=k)>=.9": lambda a, v: same(n_for_cases(a["k"], a["p"], chance=a["assurance"]).rounded, v),
    "same": template,
    "DHS sampling manual 2012 s.1.6.2 published table (net = round, households = ceiling(net/(Ri Rh d)))": manual,
    "Warner 1965 / crosswise: l(1-l)/(2p-1)^2": penalty(lambda a: IndirectQuestion(kind="warner", chance=a["p"])),
    "unrelated question, known pi_U=.25, p=.7": penalty(lambda a: IndirectQuestion(kind="unrelated", chance=a["p"], other=a["pu"])),
    "list experiment equal arms: n Var = 2(S2_T+S2_C), S2_T=S2_C+pi(1-pi)": penalty(
        lambda a: IndirectQuestion(kind="list", control_variance=a["s2_control"], control_covariance=a["cov"])
    ),
    "deff z^2 p(1-p)/e^2": rds,
    "1+(b-1)rho": lambda a, v: same(design_effect(a["b"], rho=a["rho"]), v),
}


@pytest.mark.parametrize("case", cases("sample_size.json"), ids=lambda c: c["id"])
def test_sample_size(case: dict[str, Any]) -> None:
    assert set(case) == {"id", "fn", "args", "value", "note"}
    looked_at(CHECKS[case["fn"]], case)


def looked_at(check: Callable[[Args, Any], None], case: dict[str, Any]) -> None:
    """Compare, and see that nothing of the result was passed over."""
    value = watched(case["value"])
    check(case["args"], value)
    assert not isinstance(value, Watched) or not value.unseen()


def plan(a: Args, v: Any) -> None:
    costs = Costs(psu=a["c_psu"], listing=a["c_list"], screen=a["c_screen"], interview=a["c_int"])
    field = Fieldwork(eligible=a["elig_hh"], household_response=a["rr_hh"], response=a["rr_ind"])
    got = costed_plan(a["p"], rse=a["rse"], rho=a["rho"], cv_weights=a["cv_w"], costs=costs, fieldwork=field, take=a.get("b"))
    names = {
        "b_opt": got.best_take,
        "b": got.take,
        "deff_cluster": got.deff_clusters,
        "deff_weight": got.deff_weights,
        "deff": got.deff,
        "n_srs": got.n_srs,
        "n_complete": got.interviews,
        "psu": got.psus,
        "households_screened": got.households,
        "hh_per_psu": got.households_per_psu,
        "cost": got.cost,
        "cost_per_complete": got.cost_per_interview,
        "expected_cases": got.expected_cases,
        "ci_halfwidth": got.moe,
    }
    assert set(names) == set(v)
    for name, ours in names.items():
        same(ours, v[name])
    again = costed_plan(a["p"], budget=got.cost, rho=a["rho"], cv_weights=a["cv_w"], costs=costs, fieldwork=field, take=a.get("b"))
    same(again.rse, a["rse"])
    same(again.interviews, v["n_complete"])


def two_wald(a: Args, v: Any) -> None:
    same(n_for_difference(a["p1"], a["p2"], power=a.get("power", 0.8), samples=TwoSamples(ratio=a.get("kappa", 1))).n, v)


def school(a: Args, v: Any) -> None:
    drawn: Args = {"schools": a["n_schools"], "classes": a["classes_sel"], "classes_in_school": a["classes"]}
    same(pupil_chance(a["enrol"], enrolment_in_all=a["enrol_total"], **drawn), v)


PLANS: dict[str, Callable[[Args, Any], None]] = {
    "plan": plan,
    "crosswise_breakeven_n": lambda a, v: same(break_even(IndirectQuestion(kind="crosswise", chance=a["p"]), a["pi"], bias=a["bias"]).n, v),
    "school_prob": school,
    "fleiss_n": lambda a, v: same(n_for_proportion(a["p"], moe=a["moe"], method="fleiss", level=1 - a["alpha"]).n, v),
    "n1_two_props_wald": two_wald,
}


@pytest.mark.parametrize("case", cases("planner.json"), ids=lambda c: c["fn"])
def test_planner(case: dict[str, Any]) -> None:
    looked_at(PLANS[case["fn"]], case)


def test_no_case_is_forgotten() -> None:
    """Each case of the two files is one of the tests above."""
    for name, checks, count in (("sample_size.json", CHECKS, 69), ("planner.json", PLANS, 14)):
        assert len(cases(name)) == count
        assert {case["fn"] for case in cases(name)} == set(checks)
