"""A plan under other answers, cheaply: one field is moved, the others stay at the ends where the plan has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from evidencekit.planning.biasing import error, total
from evidencekit.planning.context import Context
from evidencekit.planning.fitting import Fit
from evidencekit.planning.method import Method
from evidencekit.planning.plan import Plan, ends_of, held, reached, sure
from evidencekit.planning.settling import settled
from evidencekit.planning.sizing import Sizing
from evidencekit.planning.workload import workload

__all__ = ["TRIED", "Lever", "lever"]

TRIED = (Exception,)  # what a size that somebody wrote may raise at a value that nobody gave


@dataclass(frozen=True, slots=True, eq=False)
class Lever:
    """A method, its plan, and the context as the plan's best, middle and worst have it."""

    method: Method
    plan: Plan
    ends: tuple[Context, Context, Context]
    known: dict[tuple[str, Any], float | None] = field(default_factory=dict)

    def largest_error(self, path: str, value: Any) -> float | None:
        """The largest error where a field is answered so; None where the method cannot be made then."""
        key = (path, value)
        if key not in self.known:
            try:
                self.known[key] = self._largest(path, value)
            except TRIED:
                self.known[key] = None
        return self.known[key]

    def feels(self, path: str, values: Sequence[float]) -> bool:
        """Whether a number makes any difference to it, at a few values."""
        return len({self.largest_error(path, value) for value in values}) > 1

    def _largest(self, path: str, value: Any) -> float:
        context = self.plan.context.settled({path: value}, assumed=True)
        best, middle, worst = self.ends
        found = [self._error(middle.settled({path: value}, assumed=True), context)]
        for end in (end for end in (best, worst) if end is not middle):
            try:
                found.append(self._error(end.settled({path: value}, assumed=True), context))
            except TRIED:  # a plan leaves such an end out
                continue
        return max(found)

    def _error(self, end: Context, context: Context) -> float:
        sizing = self.method.sizing(end)
        return error(sizing.se, total(self.method.card, sizing, context)).high

    def middle(self, path: str, value: Any) -> Sizing | None:
        """What it takes in the middle where a field is answered so."""
        try:
            return self.method.sizing(self.ends[1].settled({path: value}, assumed=True))
        except TRIED:
            return None

    def fit(self, context: Context, sizing: Sizing) -> Fit:
        """What stands in the way in another context, services included."""
        return held(self.method.card, context, sizing, workload(sizing, context, self.method.card))


def lever(method: Method, plan: Plan) -> Lever:
    """The lever of a plan."""
    size, middle, (low, _, high) = sure(method.sizing, method.name), settled(plan.context), ends_of(plan.context, plan.swings)
    best, worst = (reached(size, plan.context, values) if values else middle for values in (low, high))
    return Lever(method, plan, (best, middle, worst))
