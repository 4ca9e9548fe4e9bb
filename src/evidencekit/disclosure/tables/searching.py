"""The search for a pattern: several starts, each made safe and tidied, and the cheapest kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from evidencekit.columns import Bools, Floats
from evidencekit.disclosure.progress import stage
from evidencekit.disclosure.tables.gauss import eliminated
from evidencekit.disclosure.tables.optimal import Cover
from evidencekit.disclosure.tables.patterns import Search
from evidencekit.disclosure.tables.proofs import View
from evidencekit.disclosure.tables.repair import SMALL, Repaired, repaired
from evidencekit.disclosure.tables.solving import CLOSE
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.disclosure.tables.tidying import tidied

__all__ = ["Asked", "Found", "search"]

ROUNDS = 6  # of rows, without a limit in seconds; from the third on each round's pattern is made safe, and the cheapest is tidied
FIRST = 3
TIDY = 1_500  # linear programmes for the clean-up of a small system
NODES = 2_000  # of an integer programme, without a limit in seconds


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Asked:
    """What was asked for: the cells, the primary ones, what each costs, who looks."""

    system: CellSystem
    primary: Bools
    costs: Floats
    views: tuple[View, ...]

    @property
    def free(self) -> Bools:
        """Cells that may be shown or hidden."""
        return self.system.offered & ~self.primary

    @property
    def small(self) -> bool:
        """Whether time may be spent on a cheaper pattern."""
        return len(self.system) <= SMALL

    @property
    def needs(self) -> int:
        """How many ends of intervals are looked at."""
        return 2 * sum(len(who.need.cells) for view in self.views for who in view.intruders)

    def price(self, hidden: Bools) -> float:
        """What the secondary cells of a pattern cost."""
        return float(self.costs[hidden & self.free].sum())


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Found:
    """A safe pattern with its proofs, how many programmes were solved, and whether any can cost less."""

    hidden: Bools
    views: tuple[View, ...]
    programmes: int
    search: Search
    bound: float = 0.0


def search(asked: Asked, *, seconds: float, progress: bool | None) -> Found:
    """A safe pattern, the cheapest that was met.

    Parameters
    ----------
    asked : Asked
        With at least one primary cell.
    seconds : float
        How long to look for the cheapest there is; 0 for a search that takes the same steps every time.
    progress : bool or None
        Whether to show how far it is.
    """
    best = _made_safe(asked, eliminated(asked.system, asked.primary, asked.costs), progress)
    if not asked.small and not seconds:
        return best.found()
    cover, end = Cover(asked.system, asked.free, asked.costs), monotonic() + seconds if seconds else np.inf
    hidden, bound, spent, rounds = ~asked.free, 0.0, best.safe.programmes, 0
    while seconds or rounds <= ROUNDS:
        with stage(f"cheaper pattern, round {rounds + 1}", asked.needs, progress) as told:
            broken, rows = cover.grow(hidden, asked.views, told, end)
        if not broken and asked.price(hidden) <= bound + CLOSE:
            views = tuple(view.within(hidden) for view in asked.views)
            return Found(hidden, views, spent + cover.programmes, "cheapest", asked.price(hidden))
        if not seconds and rounds >= FIRST:
            made = _made_safe(asked, hidden, progress)
            best, spent = min(best, made, key=lambda f: round(asked.price(f.safe.hidden), 9)), spent + made.safe.programmes
        left = end - monotonic()
        if not rows or left <= 0:
            break
        hidden, whole = cover.cheapest(seconds=left, nodes=0 if seconds else NODES)
        bound, rounds = max(bound, whole.bound), rounds + 1
        if whole.x is None:
            break
    return _tidied(asked, best, Found(hidden, (), spent + cover.programmes, "time ran out" if seconds else "search", bound), progress)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Made:
    """A start made safe, with its proofs."""

    safe: Repaired
    views: tuple[View, ...]

    def found(self) -> Found:
        return Found(self.safe.hidden, self.views, self.safe.programmes, "search")


def _made_safe(asked: Asked, start: Bools, progress: bool | None) -> _Made:
    """A start with what else it takes for it to be safe."""
    views = tuple(view.within(start) for view in asked.views)
    with stage("audit and repair", asked.needs, progress) as told:
        return _Made(repaired(asked.system, start, views, costs=asked.costs, told=told), views)


def _tidied(asked: Asked, made: _Made, so_far: Found, progress: bool | None) -> Found:
    """A safe pattern without the cells that it does not need."""
    free = asked.free
    with stage("clean-up", int((made.safe.hidden & free).sum()), progress) as told:
        hidden, views, more = tidied(asked.system, made.safe, free, made.views, costs=asked.costs, budget=TIDY, told=told)
    return replace(so_far, hidden=hidden, views=views, programmes=so_far.programmes + more)
