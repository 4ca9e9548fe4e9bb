"""Which groups are narrowed down too far: each is let off by a witness, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from evidencekit.columns import Bools
from evidencekit.disclosure.ledger.rules import Rule
from evidencekit.disclosure.ledger.systems import CountSystem
from evidencekit.disclosure.ledger.targets import Target

__all__ = ["Verdict", "as_narrow", "judged"]


ENOUGH = 4  # let off by two solutions


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of a group.

    ``safe``, ``empty`` (shown to have nobody), ``fails``, or ``unproven`` where the solver gave up before it could tell. `low` and `high`
    are what is proven to be out of reach beyond.
    """

    status: str
    low: float
    high: float


def judged(
    system: CountSystem,
    targets: Sequence[Target],
    rule: Rule,
    *,
    bar: Any = None,
    until: Callable[[Target, Verdict], bool] | None = None,
) -> list[Verdict]:
    """A verdict on each target.

    Solutions that were found for one target are tried on all the others, so that most need no solver of their own.

    Parameters
    ----------
    system : CountSystem
        What is known.
    targets : sequence of Target
        Whom to examine.
    rule : Rule
        When it is too much.
    bar : object with ``update``, optional
        Told of each target that is settled.
    until : callable, optional
        Asked about each target that is not safe; where it says so, the rest is not looked at.
    """
    work = _Work(system, targets, rule)
    for i in range(len(targets)):
        if work.open(i):
            work.examine(i)
            if until is not None and work.open(i) and until(targets[i], work.verdict(i)):
                return [work.verdict(k) for k in range(i + 1)]
        if bar is not None:
            bar.update(1)
    return [work.verdict(i) for i in range(len(targets))]


class _Work:
    """The smallest and largest value of each target in any witness so far (`least`, `most`), and what was proven (`low`, `high`)."""

    def __init__(self, system: CountSystem, targets: Sequence[Target], rule: Rule) -> None:
        self.system, self.targets, self.rule = system, targets, rule
        count = len(targets)
        ends = np.concatenate([[0], np.cumsum([len(t.atoms) for t in targets])]).astype(np.int64)
        at = np.concatenate([t.atoms for t in targets]) if targets else np.zeros(0, dtype=np.intp)
        self.members: Any = sparse.csr_array((np.ones(len(at), dtype=np.int64), at, ends), shape=(count, system.size))
        self.least, self.most = np.full(count, np.iinfo(np.int64).max), np.full(count, -1, dtype=np.int64)
        self.low, self.high = np.zeros(count), np.full(count, np.inf)
        self.hidden = np.array([t.kind == "hidden" for t in targets], dtype=np.bool_)
        self.finest = np.array([t.kind == "part" for t in targets], dtype=np.bool_)
        everything = np.arange(system.size)
        for most in (True, False):
            self.see(system.extreme(everything, most=most).witness)
        self.together()

    def see(self, witness: NDArray[np.int64] | None) -> None:
        """Take a solution into account for all targets."""
        if witness is not None:
            values = self.members @ witness
            self.least, self.most = np.minimum(self.least, values), np.maximum(self.most, values)

    def together(self) -> None:
        """Look for solutions in which many open targets are large, or small, at once, as long as that is quicker than one at a time."""
        weights = np.random.default_rng(0)  # any would do; the same ones each time, for the same bytes
        while len(some := np.flatnonzero(self.still())) > ENOUGH:
            for most in (True, False):
                cost = np.asarray(self.members[some].T @ weights.uniform(0.5, 1.5, len(some)), dtype=np.float64)
                self.see(self.system.directed(-cost if most else cost, np.zeros(0, dtype=np.intp), most=most).witness)
            if len(some) - np.count_nonzero(self.still()) < ENOUGH:
                return

    def still(self) -> Bools:
        """Which targets no witness has let off yet."""
        least = np.where(self.hidden, np.maximum(self.least, 1), self.least)
        unseen = self.most < 0
        narrow = (least >= 1) & (self.most < self.rule.threshold) & (self.most - least < self.rule.width) & (self.most >= 1)
        return unseen | narrow | ((self.most == 0) & ~self.finest)

    def open(self, i: int) -> bool:
        """Whether a target still has to be examined by itself."""
        return bool(self.still()[i])

    def examine(self, i: int) -> None:
        """Ask for the largest and, unless that lets the target off, the smallest number of a target."""
        if self.targets[i].exact and self.most[i] >= 0:  # a difference of exact counts is the same in every solution
            self.low[i] = self.high[i] = self.most[i]
            return
        for most in (True, False):
            if self.open(i):
                found = self.system.extreme(self.targets[i].atoms, most=most)
                if most:
                    self.high[i] = min(self.high[i], found.bound)
                else:
                    self.low[i] = max(self.low[i], found.bound)
                self.see(found.witness)

    def verdict(self, i: int) -> Verdict:
        low, high = float(self.low[i]), float(self.high[i])
        if not self.open(i):
            return Verdict("safe", low, high)
        if high == 0:
            return Verdict("empty", 0, 0)
        return Verdict("fails" if self.rule.narrow(low, high, hidden=bool(self.hidden[i])) else "unproven", low, high)


def as_narrow(system: CountSystem, targets: Sequence[Target], within: Sequence[tuple[float, float]]) -> list[bool]:
    """Per target whether the system keeps it inside an interval: proven, not only not refuted.

    Parameters
    ----------
    system : CountSystem
        What was known before.
    targets : sequence of Target
        Whom it is about.
    within : sequence of (float, float)
        The interval of each.
    """
    out: list[bool | None] = [None] * len(targets)

    def refute(witness: NDArray[np.int64] | None) -> None:
        for i, (target, (low, high)) in enumerate(zip(targets, within, strict=True)):
            if witness is not None and out[i] is None and not low <= witness[target.atoms].sum() <= high:
                out[i] = False

    everything = np.arange(system.size)
    for most in (True, False) if targets else ():
        refute(system.extreme(everything, most=most).witness)
    for i, target in enumerate(targets):
        for most in (True, False):
            if out[i] is None:
                end = system.extreme(target.atoms, most=most)
                refute(end.witness)
                beyond = end.bound > within[i][1] if most else end.bound < within[i][0]
                out[i] = False if beyond else out[i]
    return [known is not False for known in out]
