"""suppress: hide small cells, and as few others as will do, so that nobody can work out what was hidden."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from numbers import Real
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit._version import __version__
from evidencekit.disclosure.tables.asking import asked_of
from evidencekit.disclosure.tables.patterns import SuppressionCertificate, SuppressionPattern
from evidencekit.disclosure.tables.searching import Asked, Found, search
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.errors import InputError, Refused, how_many

__all__ = ["suppress"]

SECONDS = 300.0  # for exact=True


def suppress(
    system: CellSystem,
    *,
    threshold: int = 10,
    primary: Any = None,
    weighted: CellSystem | None = None,
    costs: Any = None,
    insiders: bool = True,
    exact: bool | float = False,
    progress: bool | None = None,
) -> SuppressionPattern:
    """Hide cells below a threshold, and further ones, until nobody can work out what was hidden.

    Parameters
    ----------
    system : CellSystem
        Unweighted counts: `cube` or `linked`.
    threshold : int
        Cells of 1 up to one less are primary, 10 by default. From what is shown, each of them could hold anything from 0 to the
        threshold.
    primary : array of bool (m,), optional
        Primary cells by other rules, instead of those below the threshold. One that holds the threshold or more is protected by as much
        on either side.
    weighted : CellSystem, optional
        Weighted totals of the same tables, if they are shown beside the counts: made the same way. The same cells are hidden in both,
        and their weighted totals must be able to lie as far from each other as records of mean weight would.
    costs : array (m,), optional
        What it costs to hide each cell, above 0: log(1 + count) + 0.1 by default, which keeps large cells.
    insiders : bool
        Whether nobody who is in a cell of 1 or 2, and knows that, can work out another cell; True by default.
    exact : bool or float
        False, the default, searches: of systems of up to 600 cells patterns are mostly proven cheapest or within some percent. True
        looks for the cheapest pattern for up to 300 seconds, a number for so many; what was found by then is returned, and the
        certificate says whether it is proven. Up to some hundred cells.
    progress : bool, optional
        Whether to show how far it is; by default on a terminal.

    Returns
    -------
    SuppressionPattern
        What is hidden, with its certificate. The same input gives the same pattern, except where time ran out.

    Raises
    ------
    InputError
        A threshold that is none, costs, primary cells or weighted totals that do not fit the system.
    Refused
        Cells that cannot be protected whatever is hidden.

    Notes
    -----
    Cells are first hidden until none is a sum or difference of shown ones; then tables are looked for that look the same where
    cells are shown and differ where they are hidden, until each primary cell is proven free to lie where it must; where none exists,
    further cells are hidden; at last, in systems of up to 600 cells, those not needed are shown again. An intruder is taken to know
    that counts are not negative, and roughly the number of all records.

    Whoever is shown which hidden cells are primary knows that those are small and the others are not, which is more than is thought of
    here: show one symbol for both.

    Not thought of either: intruders who combine counts with weighted totals cell by cell, who know their weight, who are several, or
    who are in small cells of several linked tables at once; whole numbers, which in tables of three and more dimensions can make an
    interval end earlier than the audit sees; and what was released before.

    References
    ----------
    Fischetti and Salazar (2001), Solving the cell suppression problem on tabular data with linear constraints, Management Science 47(7).
    Langsrud (2024), Secondary cell suppression by Gaussian elimination, doi:10.1007/978-3-031-69651-0_6.

    Examples
    --------
    >>> from evidencekit.disclosure.tables import cube, suppress
    >>> counts = [[40, 7, 25], [31, 30, 28], [22, 35, 41]]
    >>> system = cube(counts)
    >>> pattern = suppress(system)
    >>> pattern
    SuppressionPattern: 1 primary and 3 secondary of 16 cells hidden; 0 failures in 2 intervals, proven to cost least
    >>> pattern.hidden[system.tables[0]].astype(int).tolist()
    [[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0]]
    """
    began = monotonic()
    asked = asked_of(system, threshold=threshold, primary=primary, weighted=weighted, costs=costs, insiders=insiders)
    found = _found(asked, exact, progress)
    still = sum(len(view.pool.open(who)) for view in found.views for who in view.intruders)
    if still:
        raise Refused(f"{how_many(still, 'interval is', 'intervals are')} too narrow whatever is hidden.", "Tabulate by coarser groups.")
    secondary = found.hidden & asked.free
    options = f"{__version__} {threshold} {insiders} {exact}"
    certificate = SuppressionCertificate(
        failures=still,
        needs=asked.needs,
        intruders=sum(len(view.intruders) for view in found.views),
        tables=sum(view.pool.count for view in found.views),
        programmes=found.programmes,
        search=found.search,
        cost=asked.price(secondary),
        bound=found.bound,
        threshold=int(threshold),
        insiders=bool(insiders),
        digest=_digest(system, (asked.primary, asked.costs, None if weighted is None else weighted.values), options),
        version=__version__,
        seconds=monotonic() - began,
    )
    return SuppressionPattern(primary=asked.primary, secondary=secondary, certificate=certificate)


def _found(asked: Asked, exact: bool | float, progress: bool | None) -> Found:
    """The pattern, by search or exactly."""
    if not isinstance(exact, bool) and not (isinstance(exact, Real) and 0 < float(exact) < np.inf):
        raise InputError("exact= is True, False or a number of seconds.")
    if not asked.primary.any():
        return Found(~asked.system.offered, (), 0, "nothing to hide")
    return search(asked, seconds=SECONDS if exact is True else float(exact), progress=progress)


def _digest(system: CellSystem, arrays: Sequence[NDArray[Any] | None], options: str) -> str:
    """SHA-256 of everything that went in."""
    out = sha256(options.encode())
    sums = system.relations
    for array in (system.values, system.offered, system.inner, sums.data, sums.indices, sums.indptr, *arrays):
        out.update(b"-" if array is None else np.ascontiguousarray(array, dtype="<f8").tobytes())
    return out.hexdigest()
