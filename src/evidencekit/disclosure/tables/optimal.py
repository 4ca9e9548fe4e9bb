"""The cheapest pattern there is: an integer programme whose rows are found as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

import numpy as np
from scipy.sparse import csr_array

from evidencekit.columns import Bools, Floats
from evidencekit.disclosure.tables.intruders import Intruder
from evidencekit.disclosure.tables.proofs import View
from evidencekit.disclosure.tables.reaching import Hidden, unmet
from evidencekit.disclosure.tables.repair import Need
from evidencekit.disclosure.tables.solving import CLOSE, WholeSolution, least_whole, least_with_prices
from evidencekit.disclosure.tables.systems import CellSystem

__all__ = ["Cover"]

ROWS = 40  # that are added in a round, at most


class Cover:
    """What every safe pattern meets: of each of some sets of cells, enough must be hidden.

    The cheapest pattern that meets the rows known so far is cheaper than any safe pattern, or as cheap. If it is safe, it is the
    cheapest. If not, each need that it does not meet gives a new row, from the prices of the programme that shows it.

    Parameters
    ----------
    system : CellSystem
        The cells.
    free : array of bool (m,)
        Cells that may be shown or hidden; all others are hidden.
    costs : array (m,)
        What it costs to hide each cell.

    References
    ----------
    Fischetti and Salazar (2001), Solving the cell suppression problem on tabular data with linear constraints, Management Science 47(7).
    """

    def __init__(self, system: CellSystem, free: Bools, costs: Floats) -> None:
        self.system = system
        self.free = free
        self.costs = costs
        self.rows: list[Floats] = []
        self.programmes = 0

    def cheapest(self, *, seconds: float, nodes: int) -> tuple[Bools, WholeSolution]:
        """The cheapest pattern that meets the rows, or a bound on it."""
        n = int(self.free.sum())
        cover = csr_array(np.array(self.rows)) if self.rows else csr_array((0, n))
        found = least_whole(self.costs[self.free], cover, seconds=seconds, nodes=nodes)
        self.programmes += 1
        hidden = ~self.free
        if found.x is not None:
            hidden[self.free] = found.x > 0.5
        return hidden, found

    def grow(self, hidden: Bools, views: Sequence[View], told: Callable[[int], None], end: float) -> tuple[int, int]:
        """Add rows that a pattern breaks; none if it is safe. Possible tables that are met go into the views' pools.

        Returns
        -------
        int, int
            How many needs are not met, 40 at most, and how many rows were added. Past the time `end` it stops, with one and none.
        """
        part = Hidden.of(self.system.relations, hidden)
        broken: list[Need] = []
        for v, view in enumerate(views):
            left = view.within(hidden)
            known = left.pool.count
            for i, who in enumerate(view.intruders):
                found, more = unmet(part, who, left.pool, most=ROWS - len(broken), told=told)
                self.programmes += more
                broken += [(v, i, *need) for need in found]
                if monotonic() > end:
                    return 1, 0
                if len(broken) >= ROWS:
                    break
            for table in left.pool.tables[known:]:
                view.pool.add(table)
        return len(broken), sum(self._cut(hidden, views[v].intruders[i], cell, above) for v, i, cell, above in broken)

    def _cut(self, hidden: Bools, who: Intruder, cell: int, above: bool) -> int:
        """The row that says what must be hidden, more than now, for a need to be met.

        The prices say how much further the cell could be moved per unit that each bound is widened, and hiding a cell widens its bounds
        from nothing to all that it may be moved. A cell counts no more than the whole of what is lacking.
        """
        down, up = np.maximum(who.values - who.low, 0), who.high - who.values
        aim = abs((who.need.high if above else who.need.low)[cell] - who.values[cell])
        costs = np.zeros(len(hidden))
        costs[cell] = -1.0 if above else 1.0
        least, at_low, at_high = least_with_prices(costs, self.system.relations, low=-down * hidden, high=up * hidden)
        self.programmes += 1
        reach = at_low * down + at_high * up
        lacking = aim - reach[~self.free].sum()
        if -least >= aim - CLOSE or lacking <= CLOSE:
            return 0
        row = np.minimum(reach[self.free] / lacking, 1.0)
        self.rows.append(np.where(row < 1e-9, 0, row))
        return 1
