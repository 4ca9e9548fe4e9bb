"""The reference's own exact designs and R sampling's numbers, which are not ours to distribute (EVIDENCEKIT_REFERENCE names their folder).

`exact_designs.json` holds to 1e-12. R sampling 2.9 stops solving the working odds of its maximum entropy design early: their logarithms are
off by up to 6.1e-7, the chances they give by 1.2e-7, those of pairs by 5.4e-7. What follows from R's odds, whatever they are, holds
to 1e-13, and everything else R has to 1e-12. The last test counts what was compared against what stands in the files.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from outside import FOLDER, paths

import evidencekit as ek
from evidencekit import sampling
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.selecting.chances import proportional_chances, smallest
from evidencekit.sampling.selecting.conditional import working_chances
from evidencekit.sampling.selecting.joint import PairMethod, joint_probabilities
from evidencekit.sampling.selecting.order_sampling import draw_exponential, draw_pareto, draw_sequential_poisson
from evidencekit.sampling.selecting.poisson import draw_poisson
from evidencekit.sampling.selecting.systematic import circle, draw_systematic, steps
from evidencekit.sampling.selecting.trials import one_out
from evidencekit.survey import Joint

PLACE = FOLDER.parent / "sampling"
pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(
        not (PLACE / "inclusion.json").is_file(), reason="the reference data are not here; EVIDENCEKIT_REFERENCE can name them"
    ),
]
NAMES = {
    "maxentropy": "conditional-poisson",
    "brewer_n2": "brewer",
    "sequential_pivotal": "pivotal",
    "random_systematic": "random-systematic",
    "seq_poisson": "sequential-poisson",
}
NOT_OFFERED = ("tille", "midzuno")  # elimination designs: Sampford and conditional Poisson have their chances and more entropy
EARLY = {"odds": 6.1e-7, "chances": 1.2e-7, "pairs": 5.4e-7, "variances": 1.3e-6}  # R's maximum entropy design, as measured


@cache
def file(name: str) -> dict[str, Any]:
    return json.loads((PLACE / f"{name}.json").read_text(encoding="utf-8"))


def given(numbers: list[float]) -> Any:
    return lambda turn=0: np.array(numbers)


def found(pairs: Any, p: Any, n: int) -> dict[str, float]:
    """What a matrix of pairs is judged by: rows that add up to n chances, its diagonal, its smallest pair, and Sen, Yates and Grundy's."""
    pairs, p = np.asarray(pairs), np.asarray(p)
    off = ~np.eye(p.size, dtype=bool)
    return {
        "rowsum_err": float(np.abs(pairs.sum(1) - n * np.diag(pairs)).max()),
        "diag_err": float(np.abs(np.diag(pairs) - p).max()),
        "max_rel_diag": float((np.abs(np.diag(pairs) - p) / p).max()),
        "min_offdiag": float(pairs[off].min()),
        "sen_yates_grundy_ok": bool((np.outer(p, p) - pairs)[off].min() > -1e-9),
    }


def test_exact_designs() -> None:
    compared = 0
    for case in file("exact_designs")["joint"]:
        np.testing.assert_allclose(proportional_chances(case["size"], case["n"]), case["pik"], rtol=1e-12)
        for method, wanted in case["pi2"].items():
            made = joint_probabilities(case["pik"], NAMES.get(method, method))
            np.testing.assert_allclose(made, wanted, rtol=0, atol=1e-12, err_msg=f"{case['id']} {method}")
            ours, theirs = found(made, case["pik"], case["n"]), case["checks"][method]
            for name in ("rowsum_err", "diag_err", "max_rel_diag", "min_offdiag"):
                # An order design misses its chances; of another, both have the dust of rounding.
                assert ours[name] == pytest.approx(theirs[name], rel=1e-9, abs=1e-12), (case["id"], method, name)
            compared += 1
    assert compared == 62


def test_how_far_r_is_from_the_exact_designs() -> None:
    """Our matrices are as far from R's as the reference's own."""
    theirs = {case["id"]: case["pi2"] for case in file("inclusion")["joint"]}
    listed = file("exact_designs")["vs_R"]
    for name, method, far in listed:
        case = next(c for c in file("exact_designs")["joint"] if c["id"] == name)
        ours = joint_probabilities(case["pik"], NAMES.get(method, method))
        assert np.abs(ours - theirs[name][method]).max() == pytest.approx(far, abs=1e-13)
        assert far < (EARLY["pairs"] if method == "maxentropy" else 1e-15)
    assert len(listed) == 18


def test_chances_pairs_and_approximations() -> None:
    for case in file("inclusion")["inclusionprobabilities"]:
        np.testing.assert_allclose(proportional_chances(case["size"], case["n"]), case["pik"], rtol=1e-12, atol=1e-15)
    compared = Counter[str]()
    for case in file("inclusion")["joint"]:
        p = proportional_chances(case["size"], case["n"])
        np.testing.assert_allclose(p, case["pik"], rtol=1e-12)
        assert np.flatnonzero(p == 1).tolist() == case["certainty"]
        np.testing.assert_allclose(joint_probabilities(p, "hajek"), case["approx"]["hajek"], rtol=1e-12)
        np.testing.assert_allclose(joint_probabilities(p, "hartley-rao"), case["approx"]["hartley_rao_overton"], rtol=1e-12)
        for method, wanted in case["pi2"].items():
            compared[method] += 1
            theirs = found(wanted, p, case["n"])
            # R's rows are against the chances wanted, which its diagonal holds.
            assert {name: theirs[name] for name in case["checks"][method]} == pytest.approx(case["checks"][method], rel=1e-9, abs=2e-15)
            if method in NOT_OFFERED:
                continue
            made = joint_probabilities(p, NAMES.get(method, method))
            bar = EARLY["pairs"] if method == "maxentropy" else 1e-12
            np.testing.assert_allclose(made, wanted, rtol=0, atol=bar, err_msg=f"{case['id']} {method}")
            ours = found(made, p, case["n"])
            assert max(ours["rowsum_err"], ours["diag_err"]) < 1e-12
            assert ours["min_offdiag"] == pytest.approx(theirs["min_offdiag"], abs=bar)
            assert ours["sen_yates_grundy_ok"] == theirs["sen_yates_grundy_ok"]
    assert compared == {"systematic": 11, "sampford": 7, "maxentropy": 10, "brewer_n2": 1, "tille": 7, "midzuno": 11}


def test_designs_that_are_not_offered() -> None:
    """Tille's and Midzuno's designs have no verb and no matrix of pairs here; and R's own Tille fails where a unit is certain."""
    assert not set(NOT_OFFERED) & {*ALGORITHMS, *get_args(PairMethod)}
    cases = file("inclusion")["joint"]
    assert all(case.get("r_failed", []) == (["tille"] if case["certainty"] else []) for case in cases)
    assert all(("tille" in case["pi2"]) == (not case["certainty"]) for case in cases)


def test_working_odds() -> None:
    """Ours give the chances wanted to 1e-13; R's, up to their scale, are off by what its loose stop leaves."""
    compared = 0
    for case in file("inclusion")["joint"]:
        if "maxent_piktilde_noncertain" not in case:
            assert case["id"] == "cert9_n3"  # one unit is left to choose, for which R has no odds
            continue
        p = np.array(case["pik"])
        p = p[p < 1]
        n = round(p.sum())
        ours, theirs = working_chances(p, n), np.array(case["maxent_piktilde_noncertain"])
        np.testing.assert_allclose(chances_of(ours, n), p, rtol=1e-13)
        apart = np.log(ours / (1 - ours)) - np.log(theirs / (1 - theirs))
        assert np.abs(apart - apart.mean()).max() < EARLY["odds"]
        reached = np.array(case["maxent_pik_from_q"])
        np.testing.assert_allclose(reached, p, rtol=0, atol=EARLY["chances"])
        # From the same odds the same chances, and the same chances of the first of the units that are left.
        np.testing.assert_allclose(chances_of(theirs, n), reached, rtol=1e-13)
        for k, row in enumerate(case["maxent_q_noncertain"]):
            made = [chances_of(theirs[k:], m)[0] if m <= p.size - k else 0.0 for m in range(1, n + 1)]
            np.testing.assert_allclose(made, row, rtol=0, atol=1e-13)
        compared += 1
    assert compared == 10


def chances_of(p: Any, n: int) -> Any:
    """The chances that a design of n units has when its Poisson chances are p."""
    without, within = one_out(p, 1 - p, n)
    return p * within / (p * within + (1 - p) * without)


def test_chances_by_stratum() -> None:
    """The chances of the verbs, over draws until every unit has come."""
    compared = 0
    for case in file("inclusion")["stratified"]:
        table = pd.DataFrame({"unit": range(15), "size": case["size"], "stratum": case["stratum"]})
        frame = ek.Frame(table, id="unit", size="size", strata="stratum")
        verb = {"P": sampling.pps_systematic, "i": sampling.srs}[case["note"][0]]
        seen: dict[int, float] = {}
        for seed in range(100):
            sample = verb(frame, dict(enumerate(case["n"], 1)), seed=seed).sample
            seen |= dict(zip(sample["unit"].tolist(), sample["chance"].tolist(), strict=True))
        np.testing.assert_allclose([seen[unit] for unit in range(15)], case["pik"], rtol=1e-13)
        compared += 1
    assert compared == 2


def variance(case: dict[str, Any], unequal: Any) -> float:
    """Of a total, the public way."""
    p = np.array(case["pik_s"])
    survey = ek.Survey(
        pd.DataFrame({"weight": 1 / p, "p": p, "y": case["y_s"]}), design=ek.Stages(weights="weight", fpc="p", unequal=unequal)
    )
    made = ek.total(survey, "y").to_frame()
    assert made["estimate"].item() == pytest.approx(case.get("total", made["estimate"].item()), rel=1e-13)
    return made["se"].item() ** 2


def cases_of_variance() -> Iterator[tuple[dict[str, Any], Any, Any]]:
    """Each design's sample with its chances of pairs: R's, and ours where the design is offered."""
    case = next(c for c in file("inclusion")["joint"] if c["id"] == "psu10_n4")
    for wanted in file("inclusion")["ht_variance"]:
        if "pik_s" in wanted:
            at = np.array([int(np.abs(np.array(case["pik"]) - p).argmin()) for p in wanted["pik_s"]])
            method: Any = NAMES.get(wanted["design"], wanted["design"])
            ours = None if method in NOT_OFFERED else joint_probabilities(case["pik"], method, among=at)
            yield wanted, np.array(case["pi2"][wanted["design"]])[np.ix_(at, at)], ours


def test_variances_of_a_total() -> None:
    """Any matrix can be given to `Joint`, also that of a design that is not offered; ours of conditional Poisson is the exact one."""
    compared = 0
    for wanted, theirs, ours in cases_of_variance():
        for kind, names in {"horvitz-thompson": ("v_HT", "varHT_1"), "yates-grundy": ("v_SYG", "varHT_2")}.items():
            for name in names:
                assert variance(wanted, Joint(theirs, kind)) == pytest.approx(wanted[name], rel=1e-12)
                bar = EARLY["variances"] if wanted["design"] == "maxentropy" else 1e-12
                assert ours is None or variance(wanted, Joint(ours, kind)) == pytest.approx(wanted[name], rel=bar)
                compared += 1
    assert compared == 16


def test_deville_s_variance_is_not_offered() -> None:
    """Ours is Brewer's, which takes the mean with equal weights; Deville's, of the same family, is here by its definition."""
    wanted = file("inclusion")["ht_variance"][-1]
    assert wanted["design"].startswith("Deville")
    case = next(cases_of_variance())[0]
    p, y = np.array(case["pik_s"]), np.array(case["y_s"]) / np.array(case["pik_s"])
    share = (1 - p) / (1 - p).sum()
    deville = ((1 - p) * (y - share @ y) ** 2).sum() / (1 - share @ share)
    assert deville == pytest.approx(wanted["v"], rel=1e-12)
    brewer = 4 / 3 * ((1 - p) * (y - y.mean()) ** 2).sum()
    assert variance(case, "brewer") == pytest.approx(brewer, rel=1e-12)
    assert brewer / deville == pytest.approx(1.0938, abs=1e-4)  # four units


def test_draws_with_given_numbers() -> None:
    draws = {"Poisson": draw_poisson, "Pareto": draw_pareto, "sequential": draw_sequential_poisson, "order": draw_exponential}
    cases = file("inclusion")["deterministic_draws"]
    for case in cases:
        kind = case["method"].replace(":", " ").split()[0]
        if kind == "systematic":
            made = draw_systematic(case["pik"], given([case["u"]] * len(case["pik"])))
        elif kind == "SRS":
            made = np.sort(smallest(np.array(case["u"]), case["n"]))
        elif kind == "circular":
            made = circle(case["N"], case["n"], case["r"])
            assert case["k"] == round(case["N"] / case["n"])
        elif kind == "fractional-interval":
            made = steps(np.full(case["N"], case["n"] / case["N"]), case["n"], case["u"])
        else:
            made = draws[kind](case["pik"], given(case["u"]))
        assert made.tolist() == case["selected0"], case["method"]
    assert len(cases) == 13


CHECKS = ("rowsum_err", "diag_err", "min_offdiag", "sen_yates_grundy_ok")
R_DESIGNS = {"systematic": 11, "sampford": 7, "maxentropy": 10, "brewer_n2": 1, "tille": 7, "midzuno": 11}
EXACT = {"sampford": 11, "maxentropy": 11, "brewer": 7, "sequential_pivotal": 11, "random_systematic": 4}
EXACT |= dict.fromkeys(("pareto", "seq_poisson", "exponential"), 6)
COMPARED: dict[str, dict[str, int]] = {  # how many of each entry the tests above go through
    "inclusion": {
        **dict.fromkeys(("joint.id", "joint.size", "joint.n", "joint.pik", "joint.certainty"), 11),
        **{f"joint.pi2.{method}": count for method, count in R_DESIGNS.items()},
        **{f"joint.checks.{method}.{name}": count for method, count in R_DESIGNS.items() for name in CHECKS},
        **dict.fromkeys(("joint.approx.hajek", "joint.approx.hartley_rao_overton"), 11),
        **dict.fromkeys(("joint.maxent_piktilde_noncertain", "joint.maxent_q_noncertain", "joint.maxent_pik_from_q"), 10),
        "joint.r_failed": 4,
        **{f"inclusionprobabilities.{name}": 7 for name in ("size", "n", "pik")},
        **{f"stratified.{name}": 2 for name in ("stratum", "size", "n", "pik", "note")},
        **{f"deterministic_draws.{name}": 13 for name in ("method", "selected0")},
        **{f"deterministic_draws.{name}": n for name, n in {"pik": 7, "u": 10, "n": 9, "N": 5, "r": 3, "k": 3}.items()},
        **{f"ht_variance.{name}": 4 for name in ("pik_s", "y_s", "total", "v_HT", "v_SYG", "varHT_1", "varHT_2")},
        "ht_variance.design": 5,
        "ht_variance.v": 1,
    },
    "exact_designs": {
        **dict.fromkeys(("joint.id", "joint.size", "joint.n", "joint.pik"), 11),
        **{f"joint.pi2.{method}": count for method, count in EXACT.items()},
        **{f"joint.checks.{m}.{name}": n for m, n in EXACT.items() for name in ("rowsum_err", "diag_err", "max_rel_diag", "min_offdiag")},
        "vs_R": 1,
    },
}
NOT_COMPARED: dict[str, tuple[tuple[str, int, str], ...]] = {
    "inclusion": (
        ("meta.R", 1, "R's version"),
        ("meta.sampling", 1, "the package's version"),
        ("meta.note", 1, "a remark"),
    ),
    "exact_designs": (
        ("meta", 1, "a remark"),
        ("joint.maxentropy_solver_err", 11, "how far the reference's own solver was from the chances wanted"),
    ),
}


@pytest.mark.parametrize("name", COMPARED)
def test_every_entry_is_compared_or_named(name: str) -> None:
    """Nothing of ours stands beside the matrices of designs that are not offered; `checks` and the variances are had from them."""
    left = {path: count for path, count, _ in NOT_COMPARED[name]}
    assert not set(left) & set(COMPARED[name])
    assert paths(file(name)) == COMPARED[name] | left
