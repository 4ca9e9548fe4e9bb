"""The shipped methods together: each is recommended where its example says, tried out, and drawn from a frame with strata."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import evidencekit as ek
import methods_page
from evidencekit.combining.classes import CLASSES, has_design
from evidencekit.planning import Context, Recommendation, Truth
from evidencekit.planning.recommending.words import noun

NAMES = methods_page.shipped()
IN_AREAS = [name for name in NAMES if name.startswith(("household_", "retrospective_", "school_"))]
SECONDS = 2.5  # of a processor; it takes 0.1 to 0.8


@cache
def recommended(name: str) -> Recommendation:
    return ek.recommend(ek.method_named(name).example(), methods=NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_method_is_recommended_in_its_own_example(name: str) -> None:
    """Where the context asks for what the card estimates it is among the plans, and its text names it with a reason."""
    made, method = recommended(name), ek.method_named(name)
    assert made.context.outcome.measure in (method.card.estimand.measure, None)
    assert name in [plan.method for plan in made.plans]
    assert made.about(name).reason
    assert method.card.title in made.explain()
    assert len(repr(made).splitlines()) <= 24


@pytest.mark.parametrize("name", NAMES)
def test_every_method_has_one_place_and_no_class_is_traded_for_precision(name: str) -> None:
    made = recommended(name)
    every = [plan.method for plan in (*made.plans, *made.beside)] + [one.method for one in made.refused]
    assert sorted(every) == NAMES
    for plans in (made.plans, made.beside):
        places = [(CLASSES.index(plan.inference), plan.rmse.high) for plan in plans]
        assert places == sorted(places)
    assert all(why.says and why.source for one in made.refused for why in one.why)


def test_where_nothing_is_known_every_method_is_planned_and_none_is_drawn() -> None:
    made = ek.recommend(Context(), methods=NAMES)
    plans = [*made.plans, *made.beside]
    assert sorted(plan.method for plan in plans) == NAMES
    assert all(np.isfinite([plan.rmse.low, plan.rmse.high, plan.cost.low, plan.cost.high]).all() for plan in plans)
    for plan in plans:
        with pytest.raises(ek.errors.Refused):
            plan.draw("frame", seed=1, ethics_id="E-1")


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_from_a_recommendation_can_be_tried_out(name: str) -> None:
    plan = next(plan for plan in recommended(name).plans if plan.method == name)
    truth = Truth.of(plan.context).undisturbed()
    found = ek.diagnose(plan, sims=40, seed=3, truth=truth)
    (one,) = found.performances
    assert (one.sims, one.failed) == (40, 0)
    assert found.measure == plan.card.estimand.measure
    assert (one.coverage is None) == (not has_design(plan.inference))
    assert one.interviews.value == pytest.approx(plan.sizing.interviews, rel=0.1)
    assert one.bias.error is not None
    assert abs(one.bias.value) < 4.5 * one.bias.error


@pytest.mark.parametrize("name", IN_AREAS)
def test_areas_and_schools_are_shared_among_the_strata_of_a_frame(name: str) -> None:
    """In proportion to size, with two or more in each, whatever the method."""
    method = ek.method_named(name)
    plan = method.plan(method.example())
    frame = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="stratum")
    drawn: Any = plan.draw(frame, seed=1, synthetic=True)
    areas = (drawn.draw if isinstance(drawn, ek.sampling.RandomWalk) else drawn).sample
    counts = areas["stratum"].value_counts()
    assert len(counts) == len(frame.levels)
    assert counts.min() >= 2
    assert counts.sum() == round(plan.sizing.psus)


def test_each_stratum_has_areas_of_girls_and_of_boys_with_a_variance() -> None:
    method = ek.method_named("household_split_sex")
    frame = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="stratum")
    sample: Any = method.plan(method.example()).draw(frame, seed=1, synthetic=True).sample
    assert sample.groupby(["stratum", "part"]).size().unstack(fill_value=0).to_numpy().min() >= 2


def test_a_plan_with_too_few_areas_for_the_strata_is_refused() -> None:
    method = ek.method_named("household_one_child")
    frame = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata=["province", "area", "stratum"])
    plan = method.plan(method.example())
    few = replace(plan, sizing=replace(plan.sizing, psus=2 * len(frame.levels) - 1))
    with pytest.raises(ek.errors.DesignError):
        few.draw(frame, seed=1, synthetic=True)


def test_every_cost_has_a_noun() -> None:
    context = Context()
    for path in context.paths:
        if path.startswith("resources.cost_"):
            assert noun(context, path).startswith("the cost of"), path


@pytest.mark.slow
@pytest.mark.parametrize("name", [*NAMES, ""])
def test_a_recommendation_does_not_keep_a_team_waiting(name: str) -> None:
    """Nor where nothing is known."""
    context = ek.method_named(name).example() if name else Context()
    began = time.process_time()
    ek.recommend(context, methods=NAMES)
    assert time.process_time() - began < SECONDS
