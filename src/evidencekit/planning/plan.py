"""Plan: what a method takes in a context, what it costs, how far off it may be, and what one should find out first."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evidencekit.errors import InputError, Refused
from evidencekit.planning.cards import Card
from evidencekit.planning.context import Context, Range
from evidencekit.planning.fitting import Fit, Why, fit
from evidencekit.planning.settling import open_numbers, settled
from evidencekit.planning.sizing import Bias, Sizing
from evidencekit.planning.workload import Workload, workload
from evidencekit.rendering.text import text_table

__all__ = ["Plan", "Swing", "planned"]

Size = Callable[[Context], Sizing]


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one number that is not known moves the largest error: the error at its low and at its high end."""

    field: str
    asks: str
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """By how much."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Plan:
    """A method in a context.

    Parameters
    ----------
    card : Card
        Of the method.
    context : Context
        Where.
    sizing : Sizing
        What it takes where every number is in the middle of its range.
    se, rmse : Range
        The standard error, and the root mean square error with all biases, both in shares: from the best to the worst that the context
        leaves open.
    bias : Range
        How far off it is, chance left out; below 0 is too low.
    cost : Range
        In the currency of the context.
    biases : tuple of Bias
        What the bias is made of.
    swings : tuple of Swing
        The numbers that are not known, from what moves the error most.
    workload : Workload
        Days in the field and children referred.
    fit : Fit
        What has to be known first.
    drawing : callable or None
        How the method draws.
    maker : Method or None
        The method itself, so that the plan can be tried out (`diagnose`) also where nobody else knows the method.
    """

    card: Card
    context: Context
    sizing: Sizing
    se: Range
    bias: Range
    rmse: Range
    cost: Range
    biases: tuple[Bias, ...]
    swings: tuple[Swing, ...]
    workload: Workload
    fit: Fit
    drawing: Callable[[Plan, Any, int], Any] | None = None
    maker: object = None

    @property
    def method(self) -> str:
        """The name of its method."""
        return self.card.name

    @property
    def inference(self) -> str:
        """What its number says of the population."""
        return self.card.inference

    @property
    def unknown(self) -> tuple[Why, ...]:
        """What has to be known before anybody is asked."""
        return self.fit.unknown

    def draw(self, frame: Any, *, seed: int, ethics_id: str = "", synthetic: bool = False) -> Any:
        """Draw the sample from a frame.

        Parameters
        ----------
        frame : Frame
            Of the units that the method draws first.
        seed : int
            The draw can be repeated with it.
        ethics_id : str
            The number of the approval by an ethics board.
        synthetic : bool
            True says that the frame is invented, for a lesson or a test.

        Raises
        ------
        Refused
            No approval is named, or something that protects people is not known.
        InputError
            The method has no draw of its own.
        """
        if not synthetic and not (isinstance(ethics_id, str) and ethics_id.strip()):
            raise Refused(
                "Nobody is drawn before an ethics board has approved the study.",
                "Pass ethics_id=, or synthetic=True for an invented frame.",
            )
        if not synthetic and self.unknown:
            raise Refused(
                f"Before anybody is drawn it has to be known: {self.unknown[0].says}.", "Answer it in the context, and plan again."
            )
        if self.drawing is None:
            raise InputError(f"{self.method} has no draw of its own.", "Its card says in field.steps how units are chosen.")
        return self.drawing(self, frame, seed)

    def _rows(self) -> list[list[str]]:
        money = self.context.resources.currency
        sizing = self.sizing
        rows = [["expected", f"{100 * sizing.p:.1f}%, standard error {_points(self.se)}, with biases off by {_points(self.rmse)} in all"]]
        rows += [[line.what, f"{math.ceil(line.units - 1e-9):,} at {line.price:,.2f}: {line.cost:,.0f}"] for line in sizing.lines]
        rows += [["cost", f"{self.cost.low:,.0f} to {self.cost.high:,.0f} {money}".rstrip()]]
        rows += [[f"bias: {one.name}", f"{100 * one.low:+.1f} to {100 * one.high:+.1f} points; {one.source}"] for one in self.biases]
        rows += [["field", one] for one in self.workload.says]
        rows += [["find out", f"{one.asks} (error {100 * one.at_low:.1f} to {100 * one.at_high:.1f} points)"] for one in self.swings[:3]]
        return rows + [["must be known", one.says] for one in self.unknown]

    def __repr__(self) -> str:
        title = f"Plan: {self.card.title} ({self.inference}): {math.ceil(self.sizing.interviews - 1e-9):,} interviews"
        return title + "\n" + text_table(["", ""], self._rows(), limit=60)


def planned(card: Card, size: Size, context: Context, *, drawing: Any = None) -> Plan:
    """Work out a plan: in the middle of all ranges, at their ends one at a time, and at the best and the worst of them together.

    Ends are taken for the better one by what each does to the largest error while the other numbers are in the middle.
    """
    middle = settled(context)
    likely = size(middle)
    open_ = open_numbers(context)
    swings = sorted((_swing(card, size, context, path) for path in open_), key=lambda one: (-one.width, one.field))
    best = {one.field: _end(context, one.field, low=one.at_low <= one.at_high) for one in swings}
    worst = {one.field: _end(context, one.field, low=one.at_low > one.at_high) for one in swings}
    ends = [size(settled(context, values)) for values in (best, {}, worst)]
    biases = [biases_of(card, one, context) for one in ends]
    ses, costs = [one.se for one in ends], [one.cost for one in ends]
    bias = Range(min(sum(b.low for b in one) for one in biases), max(sum(b.high for b in one) for one in biases))
    errors = [error(one.se, total(b)) for one, b in zip(ends, biases, strict=True)]
    return Plan(
        card=card,
        context=context,
        sizing=likely,
        se=Range(min(ses), max(ses)),
        bias=bias,
        rmse=Range(min(e.low for e in errors), max(e.high for e in errors)),
        cost=Range(min(costs), max(costs)),
        biases=biases[1],
        swings=tuple(one for one in swings if one.width > 1e-9),
        workload=workload(likely, context, card),
        fit=fit(card, context),
        drawing=drawing,
    )


def biases_of(card: Card, sizing: Sizing, context: Context) -> tuple[Bias, ...]:
    """Every bias in a context: those that follow from it, and those that the card expects of the method."""
    prior = [one for one in card.bias if all(when.holds(context) is not False for when in one.when)]
    said = (
        Bias(one.name, *one.at(sizing.p), f"{one.source} ({one.status})" if one.status != "assumption" else "assumption") for one in prior
    )
    return (*sizing.biases, *said)


def total(biases: tuple[Bias, ...]) -> Range:
    """All biases together, at their ends."""
    return Range(sum(one.low for one in biases), sum(one.high for one in biases))


def error(se: float, bias: Range) -> Range:
    """The root mean square error: ``sqrt(se^2 + bias^2)``, with the least and the largest bias of a range."""
    least = 0.0 if bias.low <= 0 <= bias.high else min(abs(bias.low), abs(bias.high))
    return Range(math.hypot(se, least), math.hypot(se, max(abs(bias.low), abs(bias.high))))


def _swing(card: Card, size: Size, context: Context, path: str) -> Swing:
    at = []
    for low in (True, False):
        one = size(settled(context, {path: _end(context, path, low=low)}))
        at.append(error(one.se, total(biases_of(card, one, context))).high)
    return Swing(path, context.asked(path).asks, *at)


def _end(context: Context, path: str, *, low: bool) -> float:
    between = context.range(path)
    return between.low if low else between.high


def _points(between: Range) -> str:
    low, high = f"{100 * between.low:.1f}", f"{100 * between.high:.1f}"
    return f"{low} points" if low == high else f"{low} to {high} points"
