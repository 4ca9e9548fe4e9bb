"""Why a plan stands where it stands, and which of a lower class is clearly more exact."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.combining.classes import has_design
from evidencekit.planning.plan import Plan
from evidencekit.planning.recommending.nouns import Aside
from evidencekit.planning.recommending.ranking import class_of
from evidencekit.planning.recommending.words import CLASS_WORDS, points

__all__ = ["asides_of", "reason_beside", "reason_of"]


def reason_of(plans: Sequence[Plan], k: int) -> str:
    """One sentence for the plan in place `k`."""
    plan, words = plans[k], CLASS_WORDS[plans[k].inference]
    most = f"{points(plan.rmse.high)} points"
    if len(plans) == 1:
        return f"It is the only plan that can be made here ({words}), off by at most {most}."
    if k and plans[k - 1].inference == plan.inference:
        return f"It comes after {plans[k - 1].card.title}, of the same class, {_than(plan, plans[k - 1])}."
    if k:
        above = CLASS_WORDS[plans[k - 1].inference]
        return f"It comes after every {above}, whatever their errors, because a number of this class ({words}) says less of the population."
    if plans[1].inference == plan.inference:
        than = _than(plans[1], plan, first=True)
        return f"It comes first of the plans whose numbers say most of the population here ({words}), {than}."
    chances = "every chance of selection is known" if has_design(plan.inference) else "no other class here says more of the population"
    return f"It comes first because it is the only {words} that can be made here: {chances}, and it is off by at most {most}."


def reason_beside(plan: Plan, measure: str) -> str:
    """One sentence for a plan that answers another question."""
    return (
        f"It answers another question ({plan.card.estimand.measure}, where {measure} is asked for): {plan.card.estimand.estimates}. "
        f"Its size and errors take the share expected for {measure} ({100 * plan.sizing.p:.3g} in 100), which may be far off its own: plan "
        f'it again with outcome.measure = "{plan.card.estimand.measure}" and a share of its own.'
    )


def asides_of(plans: Sequence[Plan], k: int) -> tuple[Aside, ...]:
    """Plans of a lower class than that in place `k` whose largest error is below its smallest."""
    plan = plans[k]
    lower = [one for one in plans[k + 1 :] if class_of(one) > class_of(plan) and one.rmse.high < plan.rmse.low]
    return tuple(Aside(method=one.method, says=_aside(one, plan)) for one in lower)


def _aside(lower: Plan, plan: Plan) -> str:
    return (
        f"{lower.card.title} is expected to be off by at most {points(lower.rmse.high)} points, this by at least {points(plan.rmse.low)}; "
        f"it stands below because its expected error rests on what its card takes for true, and not on known chances "
        f"({CLASS_WORDS[lower.inference]})."
    )


def _than(worse: Plan, better: Plan, *, first: bool = False) -> str:
    """What decides between two plans of one class."""
    high, low = points(worse.rmse.high), points(better.rmse.high)
    if worse.rmse.high != better.rmse.high and high == low:
        return "by a hair: both are off by at most " + f"{low} points"
    if worse.rmse.high != better.rmse.high:
        mine, other = (low, high) if first else (high, low)
        return f"because it may be off by {mine} points, {'less' if first else 'more'} than {other}"
    if worse.sizing.cost != better.sizing.cost:
        return f"because it costs {'less' if first else 'more'}, and both are off by at most {low} points"
    return f"by its name: both cost the same and are off by at most {low} points"
