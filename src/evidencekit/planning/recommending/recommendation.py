"""Recommendation: the plans in their order, what is beside them, what is refused, and what to find out first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evidencekit.errors import InputError
from evidencekit.planning.context import Context
from evidencekit.planning.method import Method
from evidencekit.planning.plan import Plan
from evidencekit.planning.recommending import page, picturing, telling
from evidencekit.planning.recommending.asking import find_out
from evidencekit.planning.recommending.levers import lever
from evidencekit.planning.recommending.nouns import Advice, FindOut, Refusal
from evidencekit.planning.recommending.ranking import methods_given, sorted_out, wanted_measure
from evidencekit.planning.recommending.reasons import asides_of, reason_beside, reason_of
from evidencekit.planning.recommending.tipping import tips_of
from evidencekit.planning.rules import RULES, cautions_of
from evidencekit.planning.settling import open_numbers
from evidencekit.rendering.figure import Picture

__all__ = ["Recommendation", "recommend"]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Recommendation:
    """What is recommended in a context.

    Parameters
    ----------
    context : Context
        Where.
    plans : tuple of Plan
        What answers the question asked, from the best: by class of inference, then the largest expected error, then cost, then name.
        `Plan.draw` draws.
    beside : tuple of Plan
        What answers another question, in the same order.
    refused : tuple of Refusal
        What is not to be used here: by which gate or condition, and what to do instead.
    find_out_first : tuple of FindOut
        What is not known, from what would change the answer most.
    advice : tuple of Advice
        What is said of each of `plans`, then of each of `beside`; `about` finds it by name.
    """

    context: Context
    plans: tuple[Plan, ...]
    beside: tuple[Plan, ...]
    refused: tuple[Refusal, ...]
    find_out_first: tuple[FindOut, ...]
    advice: tuple[Advice, ...]

    def about(self, plan: Plan | str) -> Advice:
        """What is said of a plan: reason, warnings, tipping values, and more exact methods of a lower class.

        Raises
        ------
        InputError
            It is none of the plans here.
        """
        name = plan.method if isinstance(plan, Plan) else plan
        for one in self.advice:
            if one.method == name:
                return one
        raise InputError("That is the method of no plan here.", "They are in .plans and .beside; .refused says why others are not.")

    def explain(self) -> str:
        """Everything in words: each plan with its rules and their sources, what is refused and by what, what to find out."""
        return telling.explained(self)

    def picture(self, *, title: str = "") -> Picture:
        """The trade-off: what each plan costs against how far off it may be, with a sign for each class of inference.

        Parameters
        ----------
        title : str
            Above the picture; by default made from the name of the context.

        Raises
        ------
        InputError
            There is no plan.
        """
        return picturing.trade_off(self.plans, self.context, title=title)

    def save(self, path: str | Path) -> Path:
        """Write it as one HTML page that needs nothing else: the same recommendation gives the same bytes.

        Parameters
        ----------
        path : str or Path
            Ends in .html.

        Raises
        ------
        InputError
            The path ends in anything else, or cannot be written.
        """
        return page.save(self, path)

    def __repr__(self) -> str:
        return telling.summary(self)


def recommend(context: Context, *, methods: Sequence[str | Method] | None = None) -> Recommendation:
    """Rank the methods that can be used in a context: safety first, then what their numbers say of the population, then their error.

    Gates and the conditions on each card come first: what they shut is refused, with what to do instead. What is left is ordered by its
    class of inference, then by the largest error to be expected (root mean square error at the worst of all that is not known), then by
    cost, then by name. Nothing is put above a better class for a smaller error, and nothing is asked of children for a better number.

    Parameters
    ----------
    context : Context
        What is known of the place. What is not known widens the ranges, and is in `Recommendation.find_out_first`.
    methods : sequence of str or Method, optional
        To choose from, in any order. All that there are by default (`method_names`).

    Returns
    -------
    Recommendation

    Raises
    ------
    InputError
        It is no context, or `methods` is empty, names a method twice, or one that there is not; a cost is not known, in a currency other
        than the US dollar and without `resources.per_usd`.

    Notes
    -----
    A tipping value is found by Brent's method on the largest errors of two plans, while other numbers stay at the ends where each plan has
    them. Then both plans are made on both sides of it; a value that does not hold there is not said.

    References
    ----------
    Gates and rules name their sources: `Recommendation.explain`.

    Examples
    --------
    >>> import evidencekit as ek
    >>> household = ek.method_named("household_one_child")
    >>> advice = ek.recommend(household.example(), methods=["household_one_child"])
    >>> advice.plans[0].method, advice.about("household_one_child").warnings[0].rule
    ('household_one_child', 'R2')
    >>> nobody = ek.Context(protection=ek.planning.Protection(referral_path=False))
    >>> [(one.method, one.rules) for one in ek.recommend(nobody, methods=["household_one_child"]).refused]
    [('household_one_child', ('G1',))]
    """
    if not isinstance(context, Context):
        raise InputError(f"recommend() takes a Context, not a {type(context).__name__}.", "ek.Context(...), or ek.Context.from_toml(path).")
    chosen = methods_given(methods)
    open_numbers(context)  # a cost that nobody gave, in a currency of which nobody says what it is worth, is asked for once
    found, named = sorted_out(context, chosen), {one.name: one for one in chosen}
    levers = [lever(named[plan.method], plan) for plan in found.plans]
    others = [lever(named[plan.method], plan) for plan in found.beside]
    advice = [
        Advice(
            method=plan.method,
            reason=reason_of(found.plans, k),
            cautions=cautions_of(RULES, context, plan),
            tips=tips_of(levers, k),
            aside=asides_of(found.plans, k),
        )
        for k, plan in enumerate(found.plans)
    ]
    measure = wanted_measure(context)
    advice += [
        Advice(method=plan.method, reason=reason_beside(plan, measure), cautions=cautions_of(RULES, context, plan)) for plan in found.beside
    ]
    return Recommendation(
        context=context,
        plans=found.plans,
        beside=found.beside,
        refused=found.refused,
        find_out_first=find_out(context, [*levers, *others]),
        advice=tuple(advice),
    )
