"""Clean-up: secondary cells that turn out not to be needed are shown again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from evidencekit.columns import Bools, Floats
from evidencekit.disclosure.tables.proofs import View
from evidencekit.disclosure.tables.reaching import Hidden, met, unmet
from evidencekit.disclosure.tables.repair import Need, Repaired
from evidencekit.disclosure.tables.systems import CellSystem

__all__ = ["tidied"]

LIKELY = 3  # needs that are looked at before all others, for each cell


def tidied(
    system: CellSystem,
    start: Repaired,
    free: Bools,
    views: Sequence[View],
    *,
    costs: Floats,
    budget: int,
    told: Callable[[int], None],
) -> tuple[Bools, tuple[View, ...], int]:
    """Show secondary cells, the dearest first, where every need is still proven to be met without them.

    Parameters
    ----------
    start : Repaired
        A pattern that is safe; the views hold its proofs.
    free : array of bool (m,)
        Cells that may be shown.
    budget : int
        For how many linear programmes it goes on; what is hidden after that stays hidden.

    Returns
    -------
    array of bool (m,), tuple of View, int
        What is hidden now, its proofs, and how many linear programmes were solved.
    """
    hidden, views, solved = start.hidden.copy(), tuple(views), 0
    failed: dict[Need, int] = {}
    order = np.lexsort((np.arange(len(hidden)), -costs))
    for cell in order[(hidden & free)[order]]:
        if solved >= budget:
            break
        fewer = hidden.copy()
        fewer[cell] = False
        left = tuple(view.within(fewer) for view in views)
        first = [n for n in (start.causes.get(int(cell)),) if n is not None]
        first += sorted(failed, key=lambda n: (-failed[n], n))[:LIKELY]
        need, more = _first_unmet(Hidden.of(system.relations, fewer), left, first)
        solved += more
        if need is None:
            hidden, views = fewer, left
        else:
            failed[need] = failed.get(need, 0) + 1
        told(1)
    return hidden, views, solved


def _first_unmet(part: Hidden, views: tuple[View, ...], first: list[Need]) -> tuple[Need | None, int]:
    """A need that is not met, if there is one; the likely ones are looked at first."""
    solved = 0
    for v, i, cell, above in first:
        good, more = met(part, views[v].intruders[i], views[v].pool, (cell, above))
        solved += more
        if not good:
            return (v, i, cell, above), solved
    for v, view in enumerate(views):
        for i, who in enumerate(view.intruders):
            found, more = unmet(part, who, view.pool, most=1)
            solved += more
            if found:
                return (v, i, *found[0]), solved
    return None, solved
