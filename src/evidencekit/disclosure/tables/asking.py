"""What is passed to the verbs on tables, checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Bools, Floats
from evidencekit.disclosure.tables.intruders import insiders_of, outsider, protection_levels
from evidencekit.disclosure.tables.proofs import Pool, View
from evidencekit.disclosure.tables.searching import Asked
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.disclosure.whole import positions
from evidencekit.errors import InputError, is_whole

__all__ = ["asked_of"]


def asked_of(system: CellSystem, *, threshold: int, primary: Any, weighted: CellSystem | None, costs: Any, insiders: bool) -> Asked:
    """What was asked for, checked.

    Parameters
    ----------
    system, threshold, primary, weighted, costs, insiders
        As in `suppress`.

    Raises
    ------
    InputError
        What does not fit.
    """
    if not isinstance(system, CellSystem):
        raise InputError(f"This takes a CellSystem, and what was passed is of type {type(system).__name__}.", "Make one: cube(counts).")
    if not is_whole(threshold, least=1):
        raise InputError("threshold= is a whole number of at least 1.", "Cells of 1 up to one less are hidden: 10 is usual.")
    mask, prices = _mask(primary, system, threshold), _prices(costs, system)
    base = outsider(system.values, protection_levels(system.values, mask, threshold))
    inside = insiders_of(system, base, mask) if insiders else []
    views = [View((base, *inside), Pool(base, system.relations))]
    if weighted is not None and mask.any():
        other = _weighted(weighted, system, mask, threshold)
        views += [] if other is None else [other]
    return Asked(system, mask, prices, tuple(views))


def _mask(primary: Any, system: CellSystem, threshold: int) -> Bools:
    """The primary cells."""
    if primary is None:
        return system.offered & (system.values > 0) & (system.values < threshold)
    mask = np.asarray(primary)
    if mask.dtype != np.bool_ or mask.shape != (len(system),):
        raise InputError(f"primary= is not an array of True and False for the {len(system):,} cells.", "Mark the cells of the system.")
    if (never := mask & ~system.offered).any():
        raise InputError(f"primary= marks cells that no table shows, at {positions(never)}.", "Mark cells where system.offered is True.")
    return mask.copy()


def _prices(costs: Any, system: CellSystem) -> Floats:
    """What it costs to hide each cell."""
    if costs is None:
        return np.log1p(system.values) + 0.1
    try:
        prices = np.array(costs, dtype=np.float64)
    except (TypeError, ValueError):
        prices = np.zeros(0)
    if prices.shape != (len(system),) or not np.isfinite(prices).all() or (prices <= 0).any():
        raise InputError(f"costs= is not a number above 0 for each of the {len(system):,} cells.", "Give each cell a cost, in any unit.")
    return prices


def _weighted(weighted: CellSystem, system: CellSystem, primary: Bools, threshold: int) -> View | None:
    """Who looks at the weighted totals; None where they are the counts in another unit, so that nothing is new."""
    if not isinstance(weighted, CellSystem):
        raise InputError(f"weighted= takes a CellSystem, and this is of type {type(weighted).__name__}.", "Make one: cube(totals).")
    ours, theirs = system.relations, weighted.relations
    same = ours.shape == theirs.shape and abs(ours - theirs).sum() == 0 and np.array_equal(weighted.offered, system.offered)
    if not same:
        raise InputError(
            "weighted= is not made of the same tables as the system.", "Make both alike, from counts and from weighted totals."
        )
    empty = (system.values > 0) != (weighted.values > 0)
    if empty.any():
        raise InputError(
            f"Cells with records and without weight, or the other way round, at {positions(empty)}.", "Tabulate both from the same records."
        )
    totals = weighted.values * (system.values.max() / weighted.values.max())  # in units of records, for the solver's tolerances
    units = np.where(system.values > 0, totals / np.maximum(system.values, 1e-300), 1.0)
    if np.allclose(units, 1, rtol=1e-9):
        return None
    who = outsider(totals, protection_levels(totals, primary, threshold, units))
    return View((who,), Pool(who, system.relations))
