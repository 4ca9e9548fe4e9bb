"""Whether a method can be used in a context: the gates that hold for all, then the conditions on its card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evidencekit.planning.cards import Card, Condition
from evidencekit.planning.cards.card import ADULT
from evidencekit.planning.context import Context, Range
from evidencekit.planning.gates import Why, gates_of
from evidencekit.rendering.text import sentence

__all__ = ["Fit", "fit", "fit_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Whether a method can be used.

    Parameters
    ----------
    against : tuple of Why
        What stands in the way.
    unknown : tuple of Why
        What has to be known first.
    """

    against: tuple[Why, ...] = ()
    unknown: tuple[Why, ...] = ()

    @property
    def ok(self) -> bool | None:
        """Yes, no, or None where that is not known."""
        return False if self.against else None if self.unknown else True


def fit(card: Card, context: Context) -> Fit:
    """Hold a context to the gates and to a card."""
    age = _not_their_age(card, context)
    found = [*gates_of(card, context), *([] if age is None else [age])]
    for wanted, conditions in ((True, card.requires), (False, card.refuses_if)):
        found += [_why(one, context, card, wanted=wanted) for one in conditions if one.holds(context) is not wanted]
    return fit_of(found)


def fit_of(reasons: Iterable[Why]) -> Fit:
    """Reasons, those that are known to stand in the way apart from those that have to be known first."""
    told = tuple(reasons)
    return Fit(against=tuple(why for why in told if why.known), unknown=tuple(why for why in told if not why.known))


def _why(one: Condition, context: Context, card: Card, *, wanted: bool) -> Why:
    """A condition as a reason: the question, what was answered, what would be needed, and why."""
    asked, answer = context.asked(one.field), context[one.field]
    here = f"[{one.field}]" if answer is None else f"Here: {_answered(answer)}."
    need = f"{'Needed' if wanted else 'Not to be used where it is'}: {one.answers}."
    says, source = f"{asked.asks} {here} {need} {sentence(one.why)}".rstrip(), f"card of {card.name} {card.version}"
    return Why("card", says, one.instead, source, known=one.holds(context) is not None)


def _answered(answer: object) -> str:
    return {True: "yes", False: "no"}.get(answer, "") if isinstance(answer, bool) else str(answer)


def _not_their_age(card: Card, context: Context) -> Why | None:
    """Whether a method would ask children below the age it is made for, or grown-ups: not known where their age is not."""
    if card.respondents != "children":
        return None
    youngest, source = context.population.age_min, f"card of {card.name} {card.version}"
    least = f"this asks nobody below {card.minimum_age}"
    if youngest is None and card.minimum_age > 0:
        asks = f"{context.asked('population.age_min').asks} [population.age_min] {sentence(least)}"
        return Why("age", asks, "Say the ages.", source, known=False)
    if isinstance(youngest, Range) and youngest.low >= ADULT:
        instead = "Use a method that asks adults."
        return Why("age", f"the youngest are {youngest}, and this asks children", instead, source)
    if isinstance(youngest, Range) and youngest.low < card.minimum_age:
        instead = f"Let it be about those of {card.minimum_age} and over, or ask others than the younger ones."
        return Why("age", f"the youngest are {youngest}, and {least}", instead, source)
    return None
