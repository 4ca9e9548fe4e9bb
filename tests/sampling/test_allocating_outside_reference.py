"""All allocations and strata boundaries of the reference: R stratification 2.2-7, PracTools 1.7.5, bethel 0.2 (see `outside`)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from outside import FOLDER, Watched, paths

from evidencekit.sampling import Budget, CVTarget, Precision, allocate, allocate_multivariate, strata_boundaries

FILE = FOLDER.parent / "sampling" / "strata_allocation.json"
pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(not FILE.is_file(), reason="the reference numbers are not here; EVIDENCEKIT_REFERENCE can name their neighbours"),
]
METHODS = {"cumrootf": "cumulative-root-f", "geo": "geometric", "LH_Kozak": "lavallee-hidiroglou", "LH_Sethi": "sethi"}


@cache
def numbers() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def allocation(name: str) -> tuple[dict[str, Any], Any]:
    """The arguments of a case, per stratum as mappings, and its result."""
    case = next(c for c in numbers()["allocations"] if c["id"] == name)
    return {k: dict(enumerate(v)) if k in ("Nh", "Sh", "ch", "Xh") else v for k, v in case["args"].items()}, case["value"]


def shares(made: Any, want: dict[str, Any]) -> None:
    """The number in each stratum, and its part of all."""
    close(made.exact, want["nh"])
    close(made.exact / made.exact.sum(), want["share"])


def close(got: Any, want: Any, rtol: float = 1e-9) -> None:
    np.testing.assert_allclose(got, want, rtol=rtol)


def test_every_boundary() -> None:
    cases = numbers()["boundaries"]
    assert len(cases) == 42
    for whole in cases:
        args, case = whole["args"], Watched({name: part for name, part in whole.items() if name != "args"})
        method: Any = next(m for start, m in METHODS.items() if case["id"].startswith(start))
        made = strata_boundaries(
            numbers()["populations"][args["pop"]],
            args["Ls"],
            method=method,
            cv=args.get("CV"),
            n=args.get("n"),
            allocation=tuple(args["alloc"]),
            take_all=args.get("takeall", 0),
            classes=args.get("nclass"),
        )
        assert (case["certain"]["Nc"], case["certain"]["meanc"]) == (0, None)
        close(made.mean, case["mean"])
        if method == "lavallee-hidiroglou":
            # A random search there: no more units, and a target that both reach, whatever the boundaries and what follows from them.
            assert made.total <= case["n"]
            assert max(made.cv, case["RRMSE"]) <= args["CV"]
            left = {"bh", "Nh", "nh", "nh_nonint", "meanh", "varh", "stderr", "CV"}
            assert case.unseen() == left
            continue
        assert made.sizes.tolist() == case["Nh"]
        assert made.n.tolist() == case["nh"]
        assert made.total == case["n"]
        for got, want in (
            (made.boundaries, "bh"),
            (made.exact, "nh_nonint"),
            (made.means, "meanh"),
            (made.variances, "varh"),
            (made.cv, "CV" if case["CV"] is not None else "RRMSE"),
        ):
            close(got, case[want])
        if case["stderr"] is not None:
            close(made.standard_error, case["stderr"])
        assert case.unseen() <= {"RRMSE"}  # the other name of CV, empty where that is given


def test_by_size_and_by_deviation() -> None:
    args, want = allocation("prop")
    shares(allocate(args["Nh"], args["n"]), want)
    args, want = allocation("neyman")
    made = allocate(args["Nh"], args["n"], method="neyman", deviations=args["Sh"])
    shares(made, want)
    assert made.standard_error == pytest.approx(want["se"], rel=1e-5)  # that of whole numbers
    close(error(made.exact, args), want["se"])


def error(n: Any, args: dict[str, Any]) -> float:
    size, spread = (np.array(list(args[k].values()), dtype=float) for k in ("Nh", "Sh"))
    return float(np.sqrt((size**2 * spread**2 * (1 / n - 1 / size)).sum()) / size.sum())


def test_costs() -> None:
    args, want = allocation("totcost")
    made = allocate(args["Nh"], Budget(args["cost"]), method="cost", deviations=args["Sh"], costs=args["ch"])
    shares(made, want)
    close(error(made.exact, args), want["se"])
    args, want = allocation("totvar_V0")
    made = allocate(args["Nh"], Precision(standard_error=args["V0"] ** 0.5), method="cost", deviations=args["Sh"], costs=args["ch"])
    shares(made, want)
    close(error(made.exact, args), want["se"])
    args, want = allocation("totvar_CV")
    totals = {k: n * args["ybarU"] for k, n in args["Nh"].items()}
    made = allocate(args["Nh"], Precision(cv=args["CV0"]), method="cost", deviations=args["Sh"], costs=args["ch"], totals=totals)
    shares(made, want)
    close(error(made.exact, args), want["se"])


def test_shares_that_exceed_a_stratum() -> None:
    """The reference has the raw shares, which exceed a stratum of 10; that is taken whole and the rest goes to the others."""
    args, want = allocation("neyman_take_all")
    large = {k: 100 * n for k, n in args["Nh"].items()}
    close(allocate(large, args["n"], method="neyman", deviations=args["Sh"]).exact, want["nh"])
    close(allocate(args["Nh"], args["n"], method="neyman", deviations=args["Sh"]).exact, [10, 80, 60])


@pytest.mark.parametrize("q", [0, 0.25, 0.5, 1])
def test_bankier(q: float) -> None:
    args, want = allocation(f"bankier_q{q}")
    sizes = allocation("prop")[0]["Nh"]
    spread = {k: args["CVh"][k] * args["Xh"][k] / n for k, n in sizes.items()}
    made = allocate(sizes, args["n"], method="power", deviations=spread, totals=args["Xh"], compromise=q)
    close(made.exact, want)


@pytest.mark.parametrize("weight", [0, 1, 4])
def test_kish(weight: float) -> None:
    args, want = allocation(f"kish_I{weight}")
    close(allocate(args["Nh"], args["n"], method="kish", compromise=weight).exact, want)


@pytest.mark.parametrize("name", ["bethel_3var_5strata", "bethel_2var_8strata"])
def test_bethel(name: str) -> None:
    args, want = allocation(name)
    targets = {
        f"v{j + 1}": CVTarget(cv, dict(enumerate(np.sqrt(v))), dict.fromkeys(args["Nh"], total / sum(args["Nh"].values())))
        for j, (cv, v, total) in enumerate(zip(args["CV"], args["V"], args["total"], strict=True))
    }
    made = allocate_multivariate(args["Nh"], targets, costs=args["ch"])
    close(made.allocation.exact, want["n_continuous"])
    shares = made.multipliers / made.multipliers.sum()
    np.testing.assert_allclose(shares, list(want["alpha"].values()), rtol=1e-8, atol=1e-12)
    reached = [limit.reached(made.allocation.exact, made.allocation.sizes) for limit in made.limits]
    close(reached, want["achieved_cv"])
    # The left sides of the constraints, 1 where they bind: without finite population corrections, which stand on the right.
    whole = [(limit.reached(made.allocation.exact, np.full(len(args["Nh"]), np.inf)) * limit.total) ** 2 for limit in made.limits]
    bound = [(limit.cv * limit.total) ** 2 + (limit.spread**2 / made.allocation.sizes).sum() for limit in made.limits]
    close(np.array(whole) / bound, list(want["constraint_lhs"].values()))
    up = np.ceil(made.allocation.exact)
    assert up.tolist() == want["bethel_pkg"]
    assert (made.allocation.n <= up).all()  # units that no target needs are taken off again
    assert (made.precision()["cv"] <= args["CV"]).all()
    if "cost" in want:
        close(np.array(list(args["ch"].values())) @ made.allocation.exact, want["cost"])


def test_no_case_is_forgotten() -> None:
    tested = {"prop", "neyman", "totcost", "totvar_CV", "totvar_V0", "neyman_take_all", "bethel_3var_5strata", "bethel_2var_8strata"}
    tested |= {f"bankier_q{q}" for q in (0, 0.25, 0.5, 1)} | {f"kish_I{i}" for i in (0, 1, 4)}
    assert {c["id"] for c in numbers()["allocations"]} == tested
    assert set(numbers()) == {"meta", "populations", "boundaries", "allocations"}
    seen = {"nh", "share", "se", "n_continuous", "alpha", "constraint_lhs", "bethel_pkg", "cost", "achieved_cv"}
    left = {"iterations"}  # of the reference's own solver
    values = [c["value"] for c in numbers()["allocations"]]
    assert {name.split(".")[0] for name in paths(values)} - {""} == seen | left
