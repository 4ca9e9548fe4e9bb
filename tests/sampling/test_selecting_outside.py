"""The reference's own exact designs and R sampling's numbers, which are not ours to distribute (EVIDENCEKIT_REFERENCE names their folder).

`exact_designs.json` holds to 1e-12. R sampling 2.9 stops its maximum entropy design at up to 6e-7, fails where a chance is 1, and its Tille
design returns zeros there: its second-order numbers are compared for systematic sampling and the approximations only.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from outside import FOLDER

from evidencekit.sampling.selecting.chances import proportional_chances, smallest
from evidencekit.sampling.selecting.independent import draw_poisson
from evidencekit.sampling.selecting.intervals import circle, draw_systematic, steps
from evidencekit.sampling.selecting.joint import joint_probabilities
from evidencekit.sampling.selecting.ordered import draw_exponential, draw_pareto, draw_sequential_poisson

PLACE = FOLDER.parent / "sampling"
pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(
        not (PLACE / "inclusion.json").is_file(), reason="the reference data are not here; EVIDENCEKIT_REFERENCE can name them"
    ),
]
NAMES = {
    "maxentropy": "conditional-poisson",
    "sequential_pivotal": "pivotal",
    "random_systematic": "random-systematic",
    "seq_poisson": "sequential-poisson",
}


@cache
def file(name: str) -> dict[str, Any]:
    return json.loads((PLACE / f"{name}.json").read_text(encoding="utf-8"))


def given(numbers: list[float]) -> Any:
    return lambda turn=0: np.array(numbers)


def test_exact_designs() -> None:
    compared = 0
    for case in file("exact_designs")["joint"]:
        for method, wanted in case["pi2"].items():
            made = joint_probabilities(case["pik"], NAMES.get(method, method))
            np.testing.assert_allclose(made, wanted, rtol=0, atol=1e-12, err_msg=f"{case['id']} {method}")
            compared += 1
    assert compared == 62


def test_chances_systematic_pairs_and_approximations() -> None:
    for case in file("inclusion")["inclusionprobabilities"]:
        np.testing.assert_allclose(proportional_chances(case["size"], case["n"]), case["pik"], rtol=1e-12, atol=1e-15)
    for case in file("inclusion")["joint"]:
        p = proportional_chances(case["size"], case["n"])
        np.testing.assert_allclose(p, case["pik"], rtol=1e-12)
        np.testing.assert_allclose(joint_probabilities(p, "systematic"), case["pi2"]["systematic"], rtol=0, atol=1e-12)
        np.testing.assert_allclose(joint_probabilities(p, "hajek"), case["approx"]["hajek"], rtol=1e-12)
        np.testing.assert_allclose(joint_probabilities(p, "hartley-rao"), case["approx"]["hartley_rao_overton"], rtol=1e-12)
        if "sampford" in case["pi2"]:
            np.testing.assert_allclose(joint_probabilities(p, "sampford"), case["pi2"]["sampford"], rtol=0, atol=1e-12)
        if "brewer_n2" in case["pi2"]:
            np.testing.assert_allclose(joint_probabilities(p, "brewer"), case["pi2"]["brewer_n2"], rtol=0, atol=1e-12)


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
        elif kind == "fractional-interval":
            made = steps(np.full(case["N"], case["n"] / case["N"]), case["n"], case["u"])
        else:
            made = draws[kind](case["pik"], given(case["u"]))
        assert made.tolist() == case["selected0"], case["method"]
    assert len(cases) == 13
