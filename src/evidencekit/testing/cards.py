"""Checks of what a method says of itself: its card, its example and its plan."""

from __future__ import annotations

import keyword
import math
from dataclasses import fields, is_dataclass
from typing import Any

from evidencekit.combining.classes import CLASSES, has_design
from evidencekit.planning import Card, Condition, Context, Method, Plan
from evidencekit.testing.bench import Bench

__all__ = ["of_card", "of_example", "of_plan"]

_MAY_BE_EMPTY = ("requires", "refuses_if", "instead", "when", "allowed")


def of_card(method: Method) -> list[str]:
    """The card says everything it has to, also where it was not read from a file."""
    card = method.card
    if not isinstance(card, Card):
        return [f"card: it is a {type(card).__name__}, not a planning.Card"]
    found = [f"card: it does not say {path}" for path in _unsaid(card)]
    if not str(card.name).isidentifier() or keyword.iskeyword(str(card.name)):
        found += ["card: its name is no Python name"]
    if card.inference not in CLASSES:
        found += ["card: its class of inference is not known"]
    if card.version not in [one.version for one in card.changelog]:
        found += ["card: the changelog does not have its version"]
    if has_design(card.inference) != isinstance(card.coverage, float):
        found += ['card: a floor of coverage goes with a class that has a design, "none" with the others']
    paths = Context().paths
    conditions = [*card.requires, *card.refuses_if, *(when for bias in card.bias for when in bias.when)]
    return found + ["card: a condition names no field of a context" for one in conditions if one.field not in paths]


def _unsaid(noun: Any, at: str = "") -> list[str]:
    """The paths of texts and lists that are empty."""
    found: list[str] = []
    for one in fields(noun):
        value, path = getattr(noun, one.name), f"{at}{one.name}"
        if isinstance(value, (str, tuple)) and not value and one.name not in _MAY_BE_EMPTY:
            found += [] if isinstance(noun, Condition) and ".when" in at else [path]
        for place, part in enumerate(value if isinstance(value, tuple) else [value]):
            if isinstance(part, str) and isinstance(value, tuple) and not part.strip():
                found += [f"{path}[{place}]"]
            elif is_dataclass(part) and not isinstance(part, type):
                found += _unsaid(part, f"{path}[{place}]." if isinstance(value, tuple) else f"{path}.")
    return found


def of_example(bench: Bench) -> list[str]:
    """Its example is a context in which it can be used."""
    if not isinstance(bench.context, Context):
        return [f"example: it is a {type(bench.context).__name__}, not a Context"]
    fit = bench.method.fits(bench.context)
    return [f"example: the method does not fit its own example ({why.rule}: {why.says})" for why in fit.against]


def of_plan(bench: Bench) -> list[str]:
    """It plans its example with numbers, the same twice, and plans also where nothing is known."""
    plan, again = bench.plan, bench.method.plan(bench.context)
    found = [] if _numbers(plan) == _numbers(again) else ["plan: the same context gives two plans"]
    found += [f"plan: {name} is no number above 0" for name, value in _numbers(plan).items() if not (math.isfinite(value) and value > 0)]
    if plan.cost.low < 0 or not math.isfinite(plan.cost.high):
        found += ["plan: its cost is no amount of money"]
    try:
        bench.method.plan(Context())
    except Exception as error:
        found += [f"plan: where nothing is known it fails ({type(error).__name__}: {error})"]
    return found


def _numbers(plan: Plan) -> dict[str, float]:
    return {
        "sizing.interviews": plan.sizing.interviews,
        "sizing.deff": plan.sizing.deff,
        "sizing.days": plan.sizing.days,
        "se.low": plan.se.low,
        "se.high": plan.se.high,
        "rmse.high": plan.rmse.high,
    }
