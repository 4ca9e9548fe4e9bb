"""The school survey: pupils only, and what that does to a number about all children."""

from __future__ import annotations

import pytest
from many_simulations import many

import evidencekit as ek
from evidencekit.planning import Truth

SCHOOL = ek.method_named("school_classes")


def test_it_is_off_by_what_the_plan_says_where_those_out_of_school_live_through_more() -> None:
    where = SCHOOL.example().settled({"population.out_of_school": 0.3, "outcome.out_of_school_ratio": 2.5})
    plan = SCHOOL.plan(where)
    expected = next(one for one in plan.biases if one.name == "those who do not go to school")
    assert expected.low == expected.high == pytest.approx(0.12 / 1.45 - 0.12)
    found = many(SCHOOL, 200, context=where)
    assert abs(found.mean - found.truth[0] - expected.low) < 4.5 * found.sd / 200**0.5


def test_fewer_take_part_where_a_parent_must_sign() -> None:
    free = SCHOOL.example()
    signed = free.settled({"protection.parental_consent": "required"})
    rates = [len(one.data["y"]) / one.invited for one in (SCHOOL.simulate(x, seed=1) for x in (free, signed))]  # type: ignore[arg-type]
    assert rates[0] > 0.8
    assert rates[1] < 0.6
    assert SCHOOL.plan(signed).rmse.high > SCHOOL.plan(free).rmse.high


def test_schools_can_be_drawn() -> None:
    schools = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", order=["province", "area"])
    plan = SCHOOL.plan(SCHOOL.example())
    assert plan.draw(schools, seed=1, synthetic=True).n == round(plan.sizing.psus)


def test_what_is_not_said_makes_the_number_smaller() -> None:
    assert many(SCHOOL, 60, truth=Truth(p=0.12, rho=0.04, sensitivity=0.7)).mean == pytest.approx(0.084, abs=0.01)
