"""The order of plans: the class of inference first, then the largest error, then cost, then the name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evidencekit.combining.classes import CLASSES
from evidencekit.errors import EvidencekitError, InputError
from evidencekit.planning.context import Context
from evidencekit.planning.discovery import method_named, method_names
from evidencekit.planning.fitting import fit
from evidencekit.planning.gates import Why
from evidencekit.planning.method import Method
from evidencekit.planning.plan import Plan
from evidencekit.planning.recommending.nouns import Refusal

__all__ = ["Sorted", "class_of", "key_of", "methods_given", "sorted_out", "wanted_measure"]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Plans that answer the question, plans that answer another, and what is refused; each in its order."""

    plans: tuple[Plan, ...]
    beside: tuple[Plan, ...]
    refused: tuple[Refusal, ...]


def methods_given(given: object) -> tuple[Method, ...]:
    """The methods to choose from, by name; all that there are where none are given."""
    if given is None:
        return tuple(method_named(name) for name in method_names())
    if isinstance(given, (str, Method)) or not isinstance(given, Sequence):
        raise InputError("methods= takes a list of names or of Methods.", 'As ["household_one_child"], or leave it out for all.')
    if not given:
        raise InputError("methods= names no method.", "Leave it out for all that there are.")
    found: dict[str, Method] = {}
    for k, one in enumerate(given, 1):
        if not isinstance(one, (str, Method)):
            raise InputError(f"Entry {k} of methods= is a {type(one).__name__}, no name of a method and no Method.")
        method = one if isinstance(one, Method) else method_named(one)
        if method.name in found:
            raise InputError(f"methods= has {method.name} more than once.", "Name each once.")
        found[method.name] = method
    return tuple(found[name] for name in sorted(found))


def wanted_measure(context: Context) -> str:
    """The measure that is asked for: a prevalence where nobody says."""
    return context.outcome.measure or "prevalence"


def sorted_out(context: Context, methods: Sequence[Method]) -> Sorted:
    """Gates and conditions first, then the order."""
    plans: list[Plan] = []
    refused: list[Refusal] = []
    for method in methods:
        made = _tried(method, context)
        if isinstance(made, Plan):
            plans.append(made)
        else:
            refused.append(Refusal(method=method.name, title=method.card.title, why=made))
    plans.sort(key=lambda plan: key_of(plan, plan.rmse.high, plan.sizing.cost))
    measure = wanted_measure(context)
    asked = tuple(plan for plan in plans if plan.card.estimand.measure == measure)
    others = tuple(plan for plan in plans if plan.card.estimand.measure != measure)
    return Sorted(asked, others, tuple(sorted(refused, key=lambda one: one.method)))


def key_of(plan: Plan, error: float, cost: float) -> tuple[int, float, float, str]:
    """What plans are sorted by."""
    return class_of(plan), error, cost, plan.method


def class_of(plan: Plan) -> int:
    """The place of its class: 0 says most of the population."""
    return CLASSES.index(plan.inference)


def _tried(method: Method, context: Context) -> Plan | tuple[Why, ...]:
    """A plan, or why there is none."""
    source = f"card of {method.name} {method.card.version}"
    try:
        against = fit(method.card, context).against or method.fits(context).against  # no method opens a gate for itself
        made = None if against else method.plan(context)
    except EvidencekitError as trouble:
        return (Why("size", trouble.what, trouble.fix, source),)
    except Exception as trouble:  # somebody's method, and the others are not to wait for it
        says = f"what it takes cannot be worked out here ({type(trouble).__name__})"
        return (Why("size", says, "Tell its authors: Method.plan shows where.", source),)
    return against if made is None else made.held.against or made
