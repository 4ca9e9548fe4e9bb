"""What holds in every context: safety and class are never traded for precision."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_contexts import safe
from made_methods import made_method, out_of_school, sized

import evidencekit as ek
from evidencekit.combining.classes import CLASSES
from evidencekit.planning import Method
from evidencekit.planning.recommending.ranking import Sorted, sorted_out

WORKERS = {"respondents": "adults", "minimum_age": 18, "measure": "seen-by-workers", "inference": "administrative"}

YES = st.sampled_from([True, False, None])
SHARE = st.one_of(st.floats(0.02, 0.6), st.tuples(st.floats(0.02, 0.3), st.floats(0.3, 0.6)), st.none())
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "access.school_frame": st.sampled_from([True, None]),
        "access.venues": YES,
        "access.panel_vendor": YES,
        "access.internet": SHARE,
        "population.out_of_school": SHARE,
        "outcome.p": st.one_of(st.floats(0.02, 0.4), st.none()),
        "outcome.out_of_school_ratio": st.one_of(st.floats(0.5, 3.0), st.none()),
        "outcome.measure": st.sampled_from(["prevalence", "seen-by-workers", None]),
        "safety.privacy_possible": YES,
        "safety.perpetrator_may_live_in_home": YES,
        "safety.conflict": YES,
        "protection.referral_path": YES,
        "protection.counsellor": YES,
        "protection.ethics_approved": YES,
        "protection.mandatory_reporting": st.sampled_from(["none", "professionals", "all", None]),
        "protection.services_per_week": st.one_of(st.integers(1, 900), st.none()),
        "resources.tablets": YES,
        "resources.budget": st.one_of(st.floats(0, 90_000), st.none()),
    },
)
PROTECTING = ("protection.referral_path", "protection.counsellor", "protection.ethics_approved", "safety.privacy_possible")
QUICK = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def methods(tmp_path_factory: pytest.TempPathFactory) -> list[Method]:
    folder = tmp_path_factory.mktemp("methods")
    return [
        made_method(folder, "household", size=sized(None, price=60.0), bias=(-0.02, 0.0)),
        made_method(folder, "school", size=sized(1500, missed=out_of_school), requires={"access.school_frame": [True]}),
        made_method(folder, "venue", requires={"access.venues": [True]}, said={"inference": "venue"}),
        made_method(
            folder, "panel", size=sized(9000), requires={"access.panel_vendor": [True]}, said={"inference": "self-selected-adjusted"}
        ),
        made_method(folder, "workers", said=WORKERS),
        made_method(folder, "files", said={"respondents": "records", "measure": "cases-on-file", "inference": "administrative"}),
    ]


@QUICK
@given(answers=ANSWERS)
def test_no_lower_class_stands_above_a_higher_one(answers: dict[str, Any], methods: list[Method]) -> None:
    made = ranked(safe(answers), methods)
    places = [(CLASSES.index(plan.inference), plan.rmse.high) for plan in made.plans]
    assert places == sorted(places)
    measure = answers.get("outcome.measure") or "prevalence"
    assert all(plan.card.estimand.measure == measure for plan in made.plans)
    assert all(plan.card.estimand.measure != measure for plan in made.beside)
    every = [plan.method for plan in (*made.plans, *made.beside)] + [one.method for one in made.refused]
    assert sorted(every) == sorted(method.name for method in methods)


@QUICK
@given(answers=ANSWERS)
def test_where_a_gate_is_shut_no_plan_asks_children(answers: dict[str, Any], methods: list[Method]) -> None:
    made = ranked(safe(answers), methods)
    shut = any(answers.get(field) is False for field in PROTECTING)
    shut = shut or (answers.get("protection.mandatory_reporting") == "all" and answers.get("resources.tablets", True) is not True)
    children = [plan for plan in (*made.plans, *made.beside) if plan.card.respondents == "children"]
    assert not (shut and children)
    assert all(not plan.fit.against for plan in children)
    for plan in children:  # what is not known stops the draw
        unknown = [field for field in PROTECTING if field in answers and answers[field] is None]
        assert not unknown or plan.unknown


@QUICK
@given(answers=ANSWERS, more=st.sampled_from(PROTECTING))
def test_more_protection_removes_no_plan_and_changes_no_order(answers: dict[str, Any], more: str, methods: list[Method]) -> None:
    before = ranked(safe(answers), methods)
    after = ranked(safe({**answers, more: True}), methods)
    kept = [plan.method for plan in before.plans]
    assert [plan.method for plan in after.plans if plan.method in kept] == kept
    assert {plan.method for plan in before.beside} <= {plan.method for plan in after.beside}


@QUICK
@given(answers=ANSWERS, take=st.integers(1, 900))
def test_services_that_take_more_remove_no_plan(answers: dict[str, Any], take: int, methods: list[Method]) -> None:
    before, after = (ranked(safe({**answers, "protection.services_per_week": more}), methods) for more in (take, take + 100))
    assert {plan.method for plan in before.plans} <= {plan.method for plan in after.plans}


def ranked(context: ek.Context, methods: list[Method]) -> Sorted:
    """What recommend() puts in order, without what it says of it: `test_recommend_says_what_was_ranked`."""
    return sorted_out(context, sorted(methods, key=lambda one: one.name))


@FEW
@given(answers=ANSWERS, seed=st.randoms(use_true_random=False))
def test_recommend_says_what_was_ranked_and_the_order_of_methods_makes_no_difference(
    answers: dict[str, Any], seed: Any, methods: list[Method]
) -> None:
    mixed = list(methods)
    seed.shuffle(mixed)
    made, found = ek.recommend(safe(answers), methods=mixed), ranked(safe(answers), methods)
    for mine, theirs in ((made.plans, found.plans), (made.beside, found.beside), (made.refused, found.refused)):
        assert [one.method for one in mine] == [one.method for one in theirs]
    assert made.explain() == ek.recommend(safe(answers), methods=methods).explain()


@FEW
@given(answers=ANSWERS)
def test_tips_hold_when_plans_are_made_on_both_sides(answers: dict[str, Any], methods: list[Method]) -> None:
    tips_hold(answers, methods)


@pytest.mark.slow
@MANY
@given(answers=ANSWERS)
def test_tips_hold_in_many_contexts(answers: dict[str, Any], methods: list[Method]) -> None:
    tips_hold(answers, methods)


def test_there_are_tips_to_hold(methods: list[Method]) -> None:
    """Else the tests above would hold of nothing."""
    assert tips_hold({}, methods) > 0


def tips_hold(answers: dict[str, Any], methods: list[Method]) -> int:
    """Hold each tip to plans made on both sides of it; how many there were."""
    made, held = ek.recommend(safe(answers), methods=methods), 0
    for advice in made.advice:
        for tip in (one for one in advice.tips if one.behind):
            step = 1e-4 * max(abs(tip.at), 1e-3)
            for at, below in ((tip.at - step, True), (tip.at + step, False)):
                errors = {method.name: error_at(method, made.context, (tip.field, at)) for method in methods}
                assert (errors[tip.ahead] < errors[tip.behind]) == (below == tip.while_below)
            held += 1
    return held


def error_at(method: Method, context: ek.Context, answer: tuple[str, float]) -> float:
    """The largest error of a plan where one number is known; none where it cannot be made."""
    try:
        return method.plan(context.settled(dict([answer]))).rmse.high
    except ek.errors.InputError:
        return float("inf")
