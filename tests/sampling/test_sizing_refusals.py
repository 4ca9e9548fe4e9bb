"""What a planner cannot ask for, and what the error says."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evidencekit.errors import InputError
from evidencekit.sampling import (
    Costs,
    Fieldwork,
    IndirectQuestion,
    TwoSamples,
    bound_if_none,
    break_even,
    chance_of_cases,
    cohens_h,
    costed_plan,
    design_effect,
    follow_up,
    indirect_penalty,
    n_for_cases,
    n_for_difference,
    n_for_domain,
    n_for_mean,
    n_for_mean_difference,
    n_for_proportion,
    n_for_rds,
    n_for_stratified_mean,
    n_for_zero_events,
    n_to_visit,
    optimal_take,
    optimal_takes,
    power_of_difference,
    power_of_mean_difference,
    power_of_proportion,
    pupil_chance,
    vacs_households,
)

A: Any = None  # what a type checker would refuse
COSTS = Costs(psu=300, interview=35)
LIST = IndirectQuestion(kind="list", control_variance=0.5)
NOT_NUMBERS: list[Any] = ["0.1", None, True, math.nan, math.inf, [0.1], 1j]


@pytest.mark.parametrize("wrong", NOT_NUMBERS, ids=str)
@pytest.mark.parametrize(
    "call",
    [
        lambda x: n_for_proportion(x, moe=0.1),
        lambda x: n_for_proportion(0.1, moe=0.1, deff=x),
        lambda x: n_for_mean(x, moe=0.1),
        lambda x: n_for_cases(x, 0.1),
        lambda x: n_for_zero_events(x),
        lambda x: bound_if_none(x),
        lambda x: n_for_difference(x, 0.1),
        lambda x: n_for_mean_difference(x, sd=1),
        lambda x: power_of_difference(0.1, 0.2, n=x),
        lambda x: power_of_proportion(0.1, x, n=100),
        lambda x: design_effect(x, rho=0.1),
        lambda x: design_effect(10, rho=x),
        lambda x: Fieldwork(eligible=x),
        lambda x: Costs(psu=x, interview=1),
        lambda x: n_to_visit(x, Fieldwork()),
        lambda x: n_for_rds(x, moe=0.1),
        lambda x: follow_up(x, cost=1, cost_followed=2, cv=1, rse=0.1),
        lambda x: break_even(LIST, 0.1, bias=x),
        lambda x: cohens_h(x, 0.1),
        lambda x: TwoSamples(ratio=x),
        lambda x: n_for_stratified_mean([x], means=[1], sds=[1], rse=0.1),
        lambda x: pupil_chance(x, schools=1, enrolment_in_all=100, classes=1, classes_in_school=2),
    ],
)
def test_what_is_not_a_number(call: Callable[[Any], Any], wrong: Any) -> None:
    with pytest.raises(InputError):
        call(wrong)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "p of 0": (lambda: n_for_proportion(0, moe=0.1), "p= is a share above 0 and below 1"),
    "p of 1": (lambda: n_for_proportion(1, moe=0.1), "p= is a share"),
    "p in per cent": (lambda: n_for_proportion(5, moe=0.1), "Five per cent is 0.05"),
    "no target": (lambda: n_for_proportion(0.1), "none was given"),
    "two targets": (lambda: n_for_proportion(0.1, moe=0.1, rse=0.1), "2 were given"),
    "a margin of 0": (lambda: n_for_proportion(0.1, moe=0), "moe= is a number above 0"),
    "too wide": (lambda: n_for_proportion(0.1, moe=0.5, method="wilson"), "too wide"),
    "an unknown method": (lambda: n_for_proportion(0.1, moe=0.1, method=A or "wilsn"), "Did you mean 'wilson'"),
    "rse of an interval": (lambda: n_for_proportion(0.1, rse=0.1, method="wilson"), "does not go with"),
    "log of a margin": (lambda: n_for_proportion(0.1, moe=0.1, method="log"), "goes with rse="),
    "a level of 95": (lambda: n_for_proportion(0.1, moe=0.1, level=95), "level="),
    "a population of 1": (lambda: n_for_proportion(0.1, moe=0.1, population=1), "2 or more"),
    "more than there are": (lambda: power_of_difference(0.1, 0.2, n=500, population=400), "larger than population="),
    "a second group larger than there are": (
        lambda: power_of_difference(0.1, 0.2, n=300, population=400, samples=TwoSamples(ratio=2)),
        "larger than population=",
    ),
    "relative to no mean": (lambda: n_for_mean(1, rse=0.1), "mean= gives"),
    "relative to a mean of 0": (lambda: n_for_mean(1, mean=0, rse=0.1), "mean= gives"),
    "a share of 0": (lambda: n_for_domain(0, cv=1, rse=0.1), "share= is a rate"),
    "strata of two lengths": (lambda: n_for_stratified_mean([1, 2], means=[1], sds=[1, 2], rse=0.1), "same length"),
    "no strata": (lambda: n_for_stratified_mean([], means=[], sds=[], rse=0.1), "same length"),
    "strata as text": (lambda: n_for_stratified_mean(A or "12", means=[1], sds=[1], rse=0.1), "sequence of numbers"),
    "a mean over strata of 0": (lambda: n_for_stratified_mean([1, 1], means=[1, -1], sds=[1, 1], rse=0.1), "which is 0"),
    "half a case": (lambda: n_for_cases(A or 1.5, 0.1), "whole number of 1"),
    "a certain chance": (lambda: n_for_cases(5, 0.1, chance=1), "chance= is a share"),
    "a deff that helps": (lambda: chance_of_cases(5, 0.1, n=100, deff=0.5), "deff= is a number of 1"),
    "nothing to find": (lambda: n_for_difference(0.1, 0.1), "equal"),
    "no difference": (lambda: n_for_mean_difference(0, sd=1), "difference is 0"),
    "power of 1": (lambda: n_for_difference(0.1, 0.2, power=1), "power="),
    "power below a half": (lambda: n_for_difference(0.1, 0.2, power=0.3), "power="),
    "an unknown side": (lambda: n_for_difference(0.1, 0.2, alternative=A or "left"), "two-sided"),
    "overlap that is pooled": (lambda: n_for_difference(0.1, 0.2, method="pooled", samples=TwoSamples(overlap=0.5)), "no place"),
    "overlap larger than the second": (lambda: TwoSamples(ratio=0.5, overlap=0.6), "overlap="),
    "a correlation of 2": (lambda: TwoSamples(correlation=2), "correlation="),
    "samples as a number": (lambda: n_for_difference(0.1, 0.2, samples=A or 2), "TwoSamples"),
    "groups of one": (lambda: power_of_mean_difference(1, sd=1, n=1), "fewer than two"),
    "rho too negative": (lambda: design_effect(11, rho=-0.1), "above -1 / \\(take - 1\\)"),
    "rho above 1": (lambda: design_effect(11, rho=1.1), "at most 1"),
    "take below 1": (lambda: design_effect(0.5, rho=0.1), "take= is a number of 1"),
    "no optimum": (lambda: optimal_take(COSTS, rho=0), "no best size"),
    "costs as a number": (lambda: optimal_take(A or 3, rho=0.1), "Costs"),
    "costs of two stages": (lambda: optimal_takes(A or (1, 2), rho_psu=0.1, rho_segment=0.1, budget=1), "three numbers"),
    "a response of 95": (lambda: Fieldwork(response=95), "response= is a rate"),
    "a response of 0": (lambda: Fieldwork(household_response=0), "household_response= is a rate"),
    "fieldwork as a number": (lambda: n_to_visit(5, A or 3), "Fieldwork"),
    "fieldwork of a plan": (lambda: costed_plan(0.1, rse=0.1, costs=COSTS, rho=0.1, fieldwork=A or 3), "Fieldwork"),
    "costs of a plan": (lambda: costed_plan(0.1, rse=0.1, costs=A or 3, rho=0.1), "Costs"),
    "a plan without an aim": (lambda: costed_plan(0.1, costs=COSTS, rho=0.1), "none was given"),
    "a plan with two": (lambda: costed_plan(0.1, costs=COSTS, rho=0.1, rse=0.1, budget=1), "2 were given"),
    "two of a household": (lambda: vacs_households(0.1, moe=0.1, deff=2, fieldwork=Fieldwork(eligible=1.2)), "One is interviewed"),
    "a coin": (lambda: IndirectQuestion(kind="crosswise", chance=0.5), "nothing can be learned"),
    "a list with a chance": (lambda: IndirectQuestion(kind="list", control_variance=1, chance=0.3), "takes control_variance="),
    "a list of nothing": (lambda: IndirectQuestion(kind="list"), "takes control_variance="),
    "a covariance of no list": (lambda: IndirectQuestion(kind="warner", chance=0.3, control_covariance=0.1), "takes chance="),
    "forced too often": (lambda: IndirectQuestion(kind="forced", chance=0.8, other=0.3), "more than 1"),
    "an unknown kind": (lambda: IndirectQuestion(kind=A or "cross", chance=0.3), "kind="),
    "a question as a word": (lambda: indirect_penalty(A or "list", 0.1), "IndirectQuestion"),
    "a bias larger than p": (lambda: break_even(LIST, 0.05, bias=0.1), "larger than p"),
    "a certain school": (lambda: pupil_chance(90, schools=2, enrolment_in_all=100, classes=1, classes_in_school=2), "certain"),
    "too many classes": (lambda: pupil_chance(9, schools=2, enrolment_in_all=100, classes=3, classes_in_school=2), "More classes"),
    "following nobody's aim": (lambda: follow_up(0.5, cost=1, cost_followed=2, cv=1), "none was given"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    call, says = REFUSED[case]
    with pytest.raises(InputError, match=says):
        call()


def test_numbers_of_numpy_are_numbers() -> None:
    assert n_for_proportion(np.float32(0.5), moe=np.float64(0.05)).n == n_for_proportion(0.5, moe=0.05).n
    assert n_for_cases(np.int64(5), 0.5).n == 10
    assert n_for_stratified_mean(np.array([10, 20]), means=np.array([1.0, 2.0]), sds=np.array([1, 1]), rse=0.1).n > 0
