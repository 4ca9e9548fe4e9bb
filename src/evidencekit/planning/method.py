"""Method: one way to get a number, with its card, its size in a context, a simulator and an analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidencekit.errors import InputError, in_our_words, is_whole
from evidencekit.estimate import Estimate
from evidencekit.planning.cards import Card
from evidencekit.planning.context import Context
from evidencekit.planning.fitting import Fit, fit
from evidencekit.planning.plan import Plan, planned
from evidencekit.planning.settling import settled
from evidencekit.planning.sizing import Sizing
from evidencekit.planning.truth import Simulated, Truth

__all__ = ["Method"]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Method:
    """One way to get a number.

    Parameters
    ----------
    card : Card
        What it says of itself: ``read_card(Path(__file__).parent)``.
    sizing : callable
        From a context whose numbers are all known to what the method takes there.
    simulator : callable
        From such a context, its Sizing, a Truth and a random generator to answers as the method would bring them home.
    analysis : callable
        From those answers (columns as a data frame) and the names in `by` to an Estimate. ``by`` splits the answers, and never the design.
    example : callable
        A context in which it is a good choice: ``lambda: Context.from_toml(Path(__file__).parent / "example.toml")``.
    drawing : callable, optional
        From a Plan, a frame and a seed to a draw. Without it the plan says in words how units are chosen.

    Examples
    --------
    >>> import evidencekit as ek
    >>> household = ek.method_named("household_one_child")
    >>> plan = household.plan(household.example())
    >>> answers = household.simulate(plan.context, ek.planning.Truth(p=0.1), seed=1)
    >>> household.analyse(answers.data).statistic
    'proportion'
    """

    card: Card
    sizing: Callable[[Context], Sizing]
    simulator: Callable[[Context, Sizing, Truth, np.random.Generator], Simulated]
    analysis: Callable[[Any, Sequence[str]], Estimate]
    example: Callable[[], Context]
    drawing: Callable[[Plan, Any, int], Any] | None = None

    def __post_init__(self) -> None:
        """Refuse what is no method before anybody plans with it."""
        if not isinstance(self.card, Card):
            raise InputError(
                f"card= of a method is a {type(self.card).__name__}, not a planning.Card.", "read_card(Path(__file__).parent)."
            )
        for name in ("sizing", "simulator", "analysis", "example"):
            if not callable(getattr(self, name)):
                raise InputError(
                    f"{name}= of a method is a {type(getattr(self, name)).__name__}, no function.", "methods/_template has one."
                )
        if self.drawing is not None and not callable(self.drawing):
            raise InputError(
                f"drawing= of a method is a {type(self.drawing).__name__}, no function.", "Leave it out where nothing is drawn."
            )

    @property
    def name(self) -> str:
        """The name on its card."""
        return self.card.name

    def fits(self, context: Context) -> Fit:
        """Whether it can be used there: its own conditions and the gates that hold for every method.

        Parameters
        ----------
        context : Context
            Where.

        Returns
        -------
        Fit
            ``.ok`` is True, False, or None where something has to be known first; ``.against`` and ``.unknown`` say what.

        Raises
        ------
        InputError
            It is not a context.
        """
        return fit(self.card, _context(context))

    def plan(self, context: Context) -> Plan:
        """What it takes in a context, how far its number may be off, and what would change that.

        Parameters
        ----------
        context : Context
            Where; what is not known of it widens the plan.

        Returns
        -------
        Plan

        Raises
        ------
        InputError
            It is not a context, or its budget buys too little for this method.
        """
        return replace(planned(self.card, self.sizing, _context(context), drawing=self.drawing), maker=self)

    def simulate(self, context: Context, truth: Truth | None = None, *, seed: int | np.random.SeedSequence) -> Simulated:
        """Answers as it would bring them home, were `truth` true; the same seed gives the same answers.

        Parameters
        ----------
        context : Context
            Numbers that are not known count as the middle of their range.
        truth : Truth, optional
            What the context expects, by default.
        seed : int
            For ``numpy.random``.

        Returns
        -------
        Simulated

        Raises
        ------
        InputError
            It is not a context or a Truth, `seed` is no whole number of 0 or more, or its budget buys too little for this method.
        """
        if not isinstance(seed, np.random.SeedSequence) and not is_whole(seed, least=0):
            raise InputError("seed= is a whole number, 0 or more.", "Any will do; the same one gives the same answers.")
        if truth is not None and not isinstance(truth, Truth):
            raise InputError(f"truth= takes a planning.Truth, not a {type(truth).__name__}.", "planning.Truth(p=0.1), for example.")
        at = settled(_context(context))
        return self.simulator(at, self.sizing(at), truth or Truth.of(at), np.random.default_rng(seed))

    def analyse(self, data: Any, *, by: Sequence[str] = ()) -> Estimate:
        """The number that the answers give.

        Parameters
        ----------
        data : mapping of columns or data frame
            As `simulate` gives them, or as the field brings them home under the same names.
        by : sequence of str
            Groups that are told apart.

        Returns
        -------
        Estimate
            One number, or one for each group.

        Raises
        ------
        InputError
            There are no answers, a column is missing, columns are not as long as each other, or it is no data.
        """
        import pandas as pd

        groups = [by] if isinstance(by, str) else by
        if not isinstance(groups, Sequence) or not all(isinstance(one, str) for one in groups):
            raise InputError("by= takes a list of names of columns.", 'As ["sex"]; leave it out for one number.')
        if isinstance(data, Mapping):
            odd = InputError("The columns of the answers are not as long as each other.", "Give each as many values.")
            frame: Any = in_our_words(lambda: pd.DataFrame(dict(data)), lambda _: odd)
        elif isinstance(data, Sized):
            frame = data
        else:
            says = f"analyse() takes columns or a data frame, not a {type(data).__name__}."
            raise InputError(says, "Of a simulation its data; a lazy frame is collected first.")
        if not len(frame):
            raise InputError("There are no answers to analyse.")
        return self.analysis(frame, tuple(groups))

    def __repr__(self) -> str:
        return f"Method: {self.name} {self.card.version}: {self.card.title} ({self.card.inference})"


def _context(given: object) -> Context:
    if not isinstance(given, Context):
        raise InputError(f"A method takes a Context, not a {type(given).__name__}.", "ek.Context(...), or ek.Context.from_toml(path).")
    return given
