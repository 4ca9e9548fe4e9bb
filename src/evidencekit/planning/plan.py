"""Plan: what a method takes in a context, what it costs, how far off it may be, and what one should find out first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from evidencekit.errors import EvidencekitError, InputError, Refused
from evidencekit.planning.biasing import biased, error, spanned, total
from evidencekit.planning.cards import Card
from evidencekit.planning.context import Context, Range
from evidencekit.planning.corners import Size, least
from evidencekit.planning.fitting import Fit, fit, fit_of
from evidencekit.planning.gates import Why, gate_of_services
from evidencekit.planning.settling import open_numbers, settled
from evidencekit.planning.sizing import Bias, Sizing
from evidencekit.planning.workload import Workload, workload
from evidencekit.rendering.text import text_table

__all__ = ["Plan", "Swing", "ends_of", "held", "planned", "reached", "sure"]

NO_SWING = 1e-9  # shares: what moves the error by less does not move it


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one number that is not known moves the largest error: the error at its low and at its high end.

    Infinite at an end where the method cannot be done, as where the budget does not reach for it.

    Parameters
    ----------
    field : str
        What is not known.
    asks : str
        The question for it.
    at_low, at_high : float
        The largest error with the number at its low and at its high end; infinite where the method cannot be done.
    """

    field: str
    asks: str
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """By how much."""
        return abs(self.at_high - self.at_low) if self.reached else math.inf

    @property
    def reached(self) -> bool:
        """Whether the method can be done at both ends."""
        return math.isfinite(self.at_low) and math.isfinite(self.at_high)

    @property
    def says(self) -> str:
        """The errors in words."""
        if self.reached:
            return f"error {100 * self.at_low:.1f} to {100 * self.at_high:.1f} points"
        low, high = (f"error {100 * at:.1f} points" if math.isfinite(at) else "cannot be done" for at in (self.at_low, self.at_high))
        return f"at its lower end {low}, at its upper end {high}"


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
        What the bias is made of, each from the least to the most that the context leaves open.
    swings : tuple of Swing
        The numbers that are not known, from what moves the error most.
    workload : Workload
        Days in the field and children referred.
    fit : Fit
        What stands in the way, and what has to be known first: the gates, the card's conditions, and what services can take.
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
    def held(self) -> Fit:
        """What stands in the way of this plan as it is now, whatever was put into its place since it was made."""
        cards = {id(card): card for card in (self.card, getattr(self.maker, "card", self.card))}.values()
        now = [held(card, self.context, self.sizing, workload(self.sizing, self.context, card)) for card in cards]
        return Fit(
            against=tuple(dict.fromkeys(why for one in (self.fit, *now) for why in one.against)),
            unknown=tuple(dict.fromkeys(why for one in (self.fit, *now) for why in one.unknown)),
        )

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
            No approval is named, something stands in the way, or something that protects people is not known.
        InputError
            The method has no draw of its own.
        """
        if not isinstance(synthetic, bool):
            raise InputError("synthetic= takes True or False.", "True says that the frame is invented, and that nobody is in it.")
        if not synthetic and not (isinstance(ethics_id, str) and ethics_id.strip()):
            raise Refused(
                "Nobody is drawn before an ethics board has approved the study.",
                "Pass ethics_id=, or synthetic=True for an invented frame.",
            )
        if not synthetic:
            _refuse(self.held)
        if self.drawing is None:
            raise InputError(f"{self.method} has no draw of its own.", "Its card says in field.steps how units are chosen.")
        return self.drawing(self, frame, seed)

    def _rows(self) -> list[list[str]]:
        money = self.context.currency
        sizing = self.sizing
        rows = [["expected", f"{100 * sizing.p:.1f}%, standard error {_points(self.se)}, with biases off by {_points(self.rmse)} in all"]]
        rows += [[line.what, f"{math.ceil(line.units - 1e-9):,} at {line.price:,.2f}: {line.cost:,.0f}"] for line in sizing.lines]
        rows += [["cost", f"{self.cost.low:,.0f} to {self.cost.high:,.0f} {money}".rstrip()]]
        rows += [[f"bias: {one.name}", f"{_signed(one)} points; {one.source}"] for one in self.biases]
        rows += [["field", one] for one in self.workload.says]
        rows += [["find out", f"{one.asks} ({one.says})"] for one in self.swings[:3]]
        return rows + [["must be known", one.says] for one in self.unknown]

    def __repr__(self) -> str:
        title = f"Plan: {self.card.title} ({self.inference}): {math.ceil(self.sizing.interviews - 1e-9):,} interviews"
        return title + "\n" + text_table(["", ""], self._rows(), limit=60)


def planned(card: Card, size: Size, context: Context, *, drawing: Any = None) -> Plan:
    """Work out a plan: in the middle of all ranges, at their ends one at a time, and at the best and the worst of them together.

    Ends are taken for the better one by what each does to the largest error while the other numbers are in the middle. An end at which the
    method cannot be done is left out of the worst, and is first in `swings`. What is least and largest of the standard error, the bias and
    the cost is looked for apart (`least`): each is at other ends.
    """
    size = sure(size, card.name)
    likely = size(settled(context))
    pairs = _pairs(size, context)
    swings = [one for one in (_swing(card, context, path, pair) for path, pair in pairs) if one.width > NO_SWING]
    swings.sort(key=lambda one: (-one.width, one.field))
    ends = [size(reached(size, context, values)) for values in ends_of(context, swings)]
    bias = biased(card, context)
    biases = [bias(one) for one in ends]

    def between(of: Callable[[Sizing], float], then: Callable[[Sizing], float]) -> Range:
        seen = [of(one) for one in ends]
        low = least(size, context, pairs, of, then=then)
        high = -least(size, context, pairs, lambda one: -of(one), then=lambda one: -then(one))
        return Range(min(low, *seen), max(high, *seen))

    load = workload(likely, context, card)
    errors = [error(one.se, bias) for one, bias in zip(ends, biases, strict=True)]
    return Plan(
        card=card,
        context=context,
        sizing=likely,
        se=between(lambda one: one.se, lambda one: one.cost),
        bias=Range(least(size, context, pairs, lambda one: bias(one).low), -least(size, context, pairs, lambda one: -bias(one).high)),
        rmse=Range(min(e.low for e in errors), max(e.high for e in errors)),
        cost=between(lambda one: one.cost, lambda one: one.se),
        biases=spanned(card, [likely, *ends, *(one for _, pair in pairs for one in pair if one is not None)], context),
        swings=tuple(swings),
        workload=load,
        fit=held(card, context, likely, load),
        drawing=drawing,
    )


def sure(size: Size, name: str) -> Size:
    """The same size, with an error of ours where it fails or gives no Sizing: at an end of a range that cannot be done."""

    def done(context: Context) -> Sizing:
        try:
            made: object = size(context)
        except EvidencekitError:
            raise
        except Exception as error:  # of whoever wrote it; the error behind this one says where
            raise InputError(
                f"What {name} takes cannot be worked out here ({type(error).__name__}).", "Tell its authors: Method.sizing fails."
            ) from error
        if not isinstance(made, Sizing):
            raise InputError(f"The sizing of {name} gives a {type(made).__name__}, not a planning.Sizing.", "methods/_template has one.")
        return made

    return done


def held(card: Card, context: Context, sizing: Sizing, load: Workload) -> Fit:
    """The context held to the card, and the plan to what services can take."""
    found, days = fit(card, context), context.resources.days
    stop = gate_of_services(load, sizing.interviews, days if isinstance(days, Range) else None)
    return found if stop is None else fit_of((*found.against, *found.unknown, stop))


def ends_of(context: Context, swings: Sequence[Swing]) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """The numbers of the best, of the middle (none is moved) and of the worst case that can be done, by where each swing is lower."""
    low = {one.field: context.range(one.field).low for one in swings}
    high = {one.field: context.range(one.field).high for one in swings}
    best = {one.field: (low if one.at_low <= one.at_high else high)[one.field] for one in swings}
    worst = {one.field: (high if one.at_low <= one.at_high else low)[one.field] for one in swings if one.reached}
    return best, {}, worst


def _pairs(size: Size, context: Context) -> list[tuple[str, tuple[Sizing | None, Sizing | None]]]:
    """What it takes at both ends of each number that is not known, the others in the middle; None where it cannot be done."""
    ranges, middle = {path: context.range(path) for path in open_numbers(context)}, settled(context)
    ends = {path: [middle.settled({path: end}, assumed=True) for end in (r.low, r.high)] for path, r in ranges.items()}
    return [(path, (_done(size, low), _done(size, high))) for path, (low, high) in ends.items()]


def _done(size: Size, context: Context) -> Sizing | None:
    try:
        return size(context)
    except EvidencekitError:
        return None


def reached(size: Size, context: Context, ends: dict[str, float]) -> Context:
    """The context with numbers at these ends; where it cannot be done at all of them, with the least in the middle again."""
    given = dict(ends)
    while given:
        made = settled(context, given)
        if _done(size, made) is not None:
            return made
        given.popitem()
    return settled(context)


def _swing(card: Card, context: Context, path: str, pair: tuple[Sizing | None, Sizing | None]) -> Swing:
    at_low, at_high = (math.inf if one is None else error(one.se, total(card, one, context)).high for one in pair)
    return Swing(path, context.asked(path).asks, at_low, at_high)


def _signed(one: Bias) -> str:
    low, high = f"{100 * one.low:+.1f}", f"{100 * one.high:+.1f}"
    return low if low == high else f"{low} to {high}"


def _refuse(found: Fit) -> None:
    """Refuse to draw where something stands in the way, or has to be known first."""
    if found.against:
        why = found.against[0]
        raise Refused(f"Nobody is drawn for this: {why.says.rstrip('.')}.", why.instead)
    if found.unknown:
        first, more = found.unknown[0].says, len(found.unknown) - 1
        closed = first if first.endswith((".", "?", "]")) else f"{first}."
        rest = f" And {more} more: Plan.unknown has them." if more else ""
        raise Refused(f"Before anybody is drawn it has to be known: {closed}{rest}", "Answer it in the context, and plan again.")


def _points(between: Range) -> str:
    low, high = f"{100 * between.low:.1f}", f"{100 * between.high:.1f}"
    return f"{low} points" if low == high else f"{low} to {high} points"
