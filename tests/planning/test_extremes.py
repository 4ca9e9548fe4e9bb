"""Ranges of a plan hold what it takes at every corner of what is not known."""

from __future__ import annotations

from itertools import product

import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.planning.biasing import total
from evidencekit.planning.settling import settled

OPEN = {
    "outcome.p": (0.05, 0.2),
    "outcome.rho": (0.01, 0.08),
    "access.response": (0.6, 0.95),
    "resources.cost_psu": (100, 600),
    "access.eligible": (0.2, 0.5),
    "resources.cost_interview": (5, 50),
}
SCHOOL = {"population.out_of_school": (0.02, 0.3), "outcome.out_of_school_ratio": (0.5, 2.5), "resources.cost_pupil": (2, 12)}


@pytest.mark.parametrize("budget", [None, 40_000])
@pytest.mark.parametrize("name", ek.method_names())
def test_ranges_hold_every_corner(name: str, budget: float | None) -> None:
    """The error of the bias is not that of the standard error: each range has ends of its own."""
    method = ek.method_named(name)
    given = OPEN | (SCHOOL if name == "school_classes" else {})
    context = method.example().settled({**given, "resources.budget": budget})
    plan = method.plan(context)
    done = 0
    for ends in product(*given.values()):
        try:
            sizing = method.sizing(settled(context, dict(zip(given, ends, strict=True))))
        except InputError:
            continue
        done += 1
        bias = total(method.card, sizing, context)
        for what, between, values in (
            ("error", plan.se, (sizing.se,)),
            ("bias", plan.bias, (bias.low, bias.high)),
            ("cost", plan.cost, (sizing.cost,)),
        ):
            low, high = between.low - 1e-9 * abs(between.low), between.high + 1e-9 * abs(between.high)
            assert all(low <= value <= high for value in values), (what, ends)
    assert done


def test_the_largest_error_holds_the_largest_bias_and_the_largest_standard_error() -> None:
    for name in ek.method_names():
        plan = ek.method_named(name).plan(ek.Context())
        assert plan.rmse.high >= max(plan.se.high, abs(plan.bias.low), abs(plan.bias.high)) - 1e-12, name
