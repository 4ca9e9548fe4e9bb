"""How far a number is off when chance is left out: every bias in a context, and all of them together, whatever is not known of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

from evidencekit.planning.cards import BiasPrior, Card
from evidencekit.planning.context import Context, Range
from evidencekit.planning.sizing import Bias, Sizing

__all__ = ["biased", "biases_of", "error", "spanned", "total"]


def biases_of(card: Card, sizing: Sizing, context: Context) -> tuple[Bias, ...]:
    """Every bias there may be in a context: those that follow from it, and those that the card expects of the method."""
    return (*sizing.biases, *(_at(one, sizing) for one in card.bias if _may_be(one, context)))


def spanned(card: Card, sizings: Sequence[Sizing], context: Context) -> tuple[Bias, ...]:
    """Every bias of the first of some sizings, from its least to its most in all: what is not known is not shown as known."""
    found = {one.name: one for one in biases_of(card, sizings[0], context)}
    for sizing in sizings[1:]:
        for one in biases_of(card, sizing, context):
            had = found.get(one.name, one)
            found[one.name] = replace(had, low=min(had.low, one.low), high=max(had.high, one.high))
    return tuple(found.values())


def total(card: Card, sizing: Sizing, context: Context) -> Range:
    """All biases together, at their ends.

    Where it is not known which of them there are, the ends are those of the better and the worse answer: biases that exclude each other
    (with tablets, without) are never added up.
    """
    fields = sorted({when.field for one in card.bias for when in one.when if when.holds(context) is None})
    sums: list[tuple[float, float]] = []
    for answers in product(*(_answers(context, field) for field in fields)):
        world = context.settled(dict(zip(fields, answers, strict=True)), assumed=True)
        there = biases_of(card, sizing, world)
        sums.append((sum(one.low for one in there), sum(one.high for one in there)))
    return Range(min(low for low, _ in sums), max(high for _, high in sums))


def biased(card: Card, context: Context) -> Callable[[Sizing], Range]:
    """`total` in a context; worked out once for all sizes that expect the same share and have the same biases of their own."""
    known: dict[tuple[float, tuple[Bias, ...]], Range] = {}

    def of(sizing: Sizing) -> Range:
        key = sizing.p, tuple(sizing.biases)
        if key not in known:
            known[key] = total(card, sizing, context)
        return known[key]

    return of


def error(se: float, bias: Range) -> Range:
    """The root mean square error: ``sqrt(se^2 + bias^2)``, with the least and the largest bias of a range."""
    least = 0.0 if bias.low <= 0 <= bias.high else min(abs(bias.low), abs(bias.high))
    return Range(math.hypot(se, least), math.hypot(se, max(abs(bias.low), abs(bias.high))))


def _may_be(one: BiasPrior, context: Context) -> bool:
    return all(when.holds(context) is not False for when in one.when)


def _at(one: BiasPrior, sizing: Sizing) -> Bias:
    return Bias(one.name, *one.at(sizing.p), f"{one.source} ({one.status})" if one.status != "assumption" else "assumption")


def _answers(context: Context, field: str) -> tuple[object, ...]:
    """What a field that is not known may turn out to be; both ends of a number."""
    asked = context.asked(field)
    if asked.kind == "yes or no":
        return (True, False)
    if asked.kind == "choice":
        return asked.choices
    given = context[field] if context[field] is not None else asked.unknown
    return (given.low, given.high) if isinstance(given, Range) else (None,)
