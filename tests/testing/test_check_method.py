"""check_method finds what is planted in a method, says it in a line, and says everything at once."""

from __future__ import annotations

import random
import re
import socket
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.planning import Context, Method, Simulated, Sizing, Truth
from evidencekit.testing import check_method

HOUSEHOLD = ek.method_named("household_one_child")
FEW = 20


def simulated(change: Callable[[dict[str, Any], np.random.Generator], Mapping[str, Any]]) -> Method:
    """The household survey with something else in its columns."""

    def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
        made = HOUSEHOLD.simulator(context, sizing, truth, rng)
        return Simulated(change(dict(made.data), rng), made.truth, made.invited)

    return replace(HOUSEHOLD, simulator=simulate)


def analysed(change: Callable[[Any], Any], after: Callable[[ek.Estimate], Any] = lambda made: made) -> Method:
    """The household survey with something else done before or after its analysis."""

    def analyse(answers: Any, by: Sequence[str]) -> Any:
        return after(HOUSEHOLD.analysis(change(answers), by))

    return replace(HOUSEHOLD, analysis=analyse)


def carded(**changed: Any) -> Method:
    """The household survey with something else on its card."""
    return replace(HOUSEHOLD, card=replace(HOUSEHOLD.card, **changed))


def failures(method: Method, sims: int = FEW) -> str:
    with pytest.raises(AssertionError) as caught:
        check_method(method, sims=sims)
    return str(caught.value)


def other_measure() -> Method:
    """Simulator and analysis disagree: the truth is that among girls, the analysis is of all."""

    def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
        made = HOUSEHOLD.simulator(context, sizing, truth, rng)
        return Simulated(made.data, {"prevalence": truth.by_sex()[0]}, made.invited)

    return replace(HOUSEHOLD, simulator=simulate)


def wider(times: float) -> Method:
    """Intervals so many times as wide."""

    def after(made: ek.Estimate) -> ek.Estimate:
        low, high = (made.points + times * (limit - made.points) for limit in (made.interval.low, made.interval.high))
        return replace(made, interval=replace(made.interval, low=low, high=high))

    return analysed(lambda answers: answers, after)


def sized(times: float) -> Method:
    """A plan whose design effect is so many times as large, for the same simulated survey."""

    def size(context: Context) -> Sizing:
        made = HOUSEHOLD.sizing(context)
        return replace(made, deff=made.deff * times)

    return replace(HOUSEHOLD, sizing=size)


def without(name: str) -> Callable[[dict[str, Any], np.random.Generator], Mapping[str, Any]]:
    return lambda data, _: {one: column for one, column in data.items() if one != name}


def refusing_nothing(answers: Any) -> Any:
    """Raises an error of its own that shows the rows."""
    if "y" not in answers:
        raise KeyError(f"no y in {answers.to_dict()}")
    return answers


def warning(answers: Any) -> Any:
    if isinstance(answers, pd.DataFrame) and "note" in answers:
        warnings.warn(f"odd: {answers['note'].iloc[0]}", stacklevel=2)
    return answers


def raising_behind(answers: Any) -> Any:
    """A harmless message, with the value in the error behind it."""
    try:
        float(answers["note"].iloc[0]) if "note" in answers else 0.0
    except ValueError:
        raise InputError("The notes cannot be used.")  # noqa: B904
    return answers


def changing(answers: Any) -> Any:
    if isinstance(answers, pd.DataFrame):
        answers["weight"] = 1.0
    return answers


def dialling(answers: Any) -> Any:
    """Reaches for a network, and swallows what comes back."""
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", 9), timeout=0.1)
    return answers


def by_place(answers: Any) -> Any:
    """Weights by the place of a row."""
    return pd.DataFrame(answers).assign(weight=np.linspace(1, 2, len(answers))) if isinstance(answers, pd.DataFrame) else answers


def plus_one(answers: Any) -> Any:
    return answers.assign(weight=answers["weight"] + 1) if isinstance(answers, pd.DataFrame) else answers


def no_conflict() -> Context:
    context = HOUSEHOLD.example()
    return replace(context, safety=replace(context.safety, remote_only=True), access=replace(context.access, listing_affordable=None))


PLANTED: dict[str, tuple[Callable[[], Method], str]] = {
    "an example that does not fit": (lambda: replace(HOUSEHOLD, example=no_conflict), "the method does not fit its own example (card:"),
    "a plan that needs an answer": (
        lambda: replace(HOUSEHOLD, sizing=lambda c: replace(HOUSEHOLD.sizing(c), days=1 / len(c.resources.currency))),
        "plan: where nothing is known it fails (InputError: What household_one_child takes cannot be worked out here (ZeroDivisionError)",
    ),
    "a plan without days": (lambda: replace(HOUSEHOLD, sizing=lambda c: replace(HOUSEHOLD.sizing(c), days=0.0)), "plan: sizing.days is no"),
    "a plan of luck": (
        lambda: replace(HOUSEHOLD, sizing=lambda c: replace(HOUSEHOLD.sizing(c), days=100 + random.random())),
        "plan: the same context gives two plans",
    ),
    "no sex": (lambda: simulated(without("sex")), "simulator: it gives no column sex"),
    "a list": (lambda: simulated(lambda d, _: {**d, "sex": d["sex"].tolist()}), "simulator: sex is no array"),
    "columns of two lengths": (lambda: simulated(lambda d, _: {**d, "sex": d["sex"][1:]}), "simulator: its columns have different lengths"),
    "areas in halves": (lambda: simulated(lambda d, _: {**d, "psu": d["psu"] / 2}), "simulator: psu has no whole numbers"),
    "another measure": (
        lambda: carded(estimand=replace(HOUSEHOLD.card.estimand, measure="lifetime")),
        "simulator: its truth has no value of the card's measure 'lifetime'",
    ),
    "luck that no seed gives": (
        lambda: simulated(lambda d, _: {**d, "y": (np.random.default_rng().random(len(d["y"])) < 0.12).astype(int)}),
        "simulator: the same seed gives different answers",
    ),
    "a seed that is not used": (
        lambda: replace(HOUSEHOLD, simulator=lambda c, s, t, _: HOUSEHOLD.simulator(c, s, t, np.random.default_rng(3))),
        "simulator: different seeds give the same answers",
    ),
    "another class": (
        lambda: analysed(lambda a: a, lambda made: replace(made, inference="random-walk")),
        "analysis: its Estimate is of the class 'random-walk', the card's is 'probability'",
    ),
    "an interval without a design": (
        lambda: carded(inference="quota", coverage=None),
        "analysis: a number without a design has an interval",
    ),
    "no interval": (lambda: wider(float("nan")), "analysis: a number with a design has no interval"),
    "no estimate": (lambda: analysed(lambda a: a, lambda made: float(made.points[0])), "analysis: it gives a float, not an Estimate"),
    "groups that are not used": (
        lambda: replace(HOUSEHOLD, analysis=lambda a, _: HOUSEHOLD.analysis(a, ())),
        'analysis: by=("sex",) gives 1 numbers, not 2',
    ),
    "rows by their place": (lambda: analysed(by_place), "analysis: the order of rows changes the estimate"),
    "weights on a scale": (lambda: analysed(plus_one), "analysis: the scale of weights changes the estimate"),
    "another kind of frame": (lambda: analysed(plus_one), "analysis: a polars frame changes the estimate"),
    "weights of the stack": (
        lambda: analysed(lambda a: a.assign(weight=a["weight"] ** (len(a) / 604)) if isinstance(a, pd.DataFrame) else a),
        "analysis: by=('simulation',) on a stack changes the estimate",
    ),
    "data that are changed": (lambda: analysed(changing), "analysis: it changes the data it is given"),
    "no answers": (
        lambda: analysed(lambda a: a, lambda made: made if made.points[0] > 0 else 1 / 0),
        "analysis: where every y is 0 it fails (ZeroDivisionError",
    ),
    "rows in a message": (lambda: analysed(refusing_nothing), "canary: with no column y a message holds an answer"),
    "an error of its own": (lambda: analysed(refusing_nothing), "canary: with no column y it raises KeyError, not InputError"),
    "an answer in a warning": (lambda: analysed(warning), "canary: with a missing weight a message holds an answer"),
    "an answer behind an error": (lambda: analysed(raising_behind), "canary: with text in weight a message holds an answer"),
    "a connection": (lambda: analysed(dialling), "offline: it tried to reach a network (socket."),
    "intervals too narrow": (lambda: wider(0.5), "coverage: "),
    "a plan that promises too much": (lambda: sized(0.25), "sizing: the plan promises too much"),
    "a plan that promises too little": (lambda: sized(4.0), "sizing: the plan promises too little"),
}


@pytest.mark.parametrize("case", PLANTED)
def test_what_is_planted_is_found(case: str) -> None:
    made, expected = PLANTED[case]
    method = made()
    said = failures(method)
    assert expected in said
    assert said.splitlines()[0] == f"{method.card.name} fails {len(said.splitlines()) - 1} checks:"


def test_a_module_whose_simulator_and_analysis_disagree_on_the_estimand() -> None:
    """Girls and all have the same share in the example, and not where girls have twice that of boys: it is found there."""
    said = failures(other_measure(), sims=100)
    assert said.count("bias:") == 1
    assert "where it is half as frequent, and twice as frequent among girls" in said
    assert "simulator and analysis disagree on the estimand 'prevalence', or the weights are not those of the draw" in said


def test_a_simulator_that_does_not_use_the_truth() -> None:
    fixed = Truth(p=0.12, rho=0.03)
    said = failures(replace(HOUSEHOLD, simulator=lambda c, s, t, rng: replace_truth(HOUSEHOLD.simulator(c, s, fixed, rng), t)), sims=60)
    off = re.search(r"bias: the mean of 30 estimates is \+(\S+) points", said)
    assert off is not None
    assert float(off[1]) == pytest.approx(6, abs=1)


def replace_truth(made: Simulated, truth: Truth) -> Simulated:
    return Simulated(made.data, {"prevalence": truth.p}, made.invited)


def test_every_failure_is_said_at_once() -> None:
    card = HOUSEHOLD.card
    method = carded(
        name="house hold",
        title="",
        version="9.9",
        field=replace(card.field, steps=()),
        consent=("a", " "),
        inference="guess",
        requires=(replace(card.requires[0], field="access.moon"), replace(card.requires[1], why="")),
    )
    said = failures(replace(method, analysis=wider(0.3).analysis, example=lambda: 3))  # pyright: ignore
    assert [line.strip() for line in said.splitlines()] == [
        "house hold fails 10 checks:",
        "card: it does not say title",
        "card: it does not say requires[1].why",
        "card: it does not say consent[1]",
        "card: it does not say field.steps",
        "card: its name is no Python name",
        "card: its class of inference is not known",
        "card: the changelog does not have its version",
        'card: a floor of coverage goes with a class that has a design, "none" with the others',
        "card: a condition names no field of a context",
        "example, plan or simulator: it raises InputError: A method takes a Context, not a int. ek.Context(...), or "
        "ek.Context.from_toml(path).",
    ]


@pytest.mark.parametrize(("inference", "floor"), [("probability", None), ("quota", 0.93)])
def test_a_floor_goes_with_a_design(inference: str, floor: float | None) -> None:
    assert "card: a floor of coverage goes with a class that has a design" in failures(carded(inference=inference, coverage=floor))


def test_the_report_is_the_same_again_and_another_with_another_seed() -> None:
    one, two, other = (check_method(HOUSEHOLD, sims=FEW, seed=seed) for seed in (1, 1, 2))
    assert one == two
    assert one.bias != other.bias
    assert (one.sims, one.seed, one.floor) == (FEW, 1, 0.93)
    assert one.ratio == pytest.approx(one.planned_se / one.sd)
    assert repr(one).splitlines()[0] == "Conformance: household_one_child 1.0 (probability) passes; 20 simulations, seed 1"
    with pytest.raises(FrozenInstanceError):
        one.sims = 3  # pyright: ignore[reportAttributeAccessIssue]


def test_connections_are_refused_only_while_a_method_is_checked() -> None:
    with pytest.raises(AssertionError, match="offline"):
        check_method(analysed(dialling), sims=20)
    with socket.socket() as listening, socket.socket() as calling:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        calling.connect(listening.getsockname())


@pytest.mark.parametrize("given", [None, "household_one_child", Method, HOUSEHOLD.card])
def test_only_a_method_is_checked(given: Any) -> None:
    with pytest.raises(InputError, match="check_method takes a Method"):
        check_method(given)


@pytest.mark.parametrize("wrong", [{"sims": 19}, {"sims": 40.0}, {"sims": True}, {"seed": -1}, {"seed": "1"}, {"seed": None}])
def test_numbers_that_cannot_be_used(wrong: Any) -> None:
    with pytest.raises(InputError, match="sims= is a whole number of 20 or more"):
        check_method(HOUSEHOLD, **wrong)
