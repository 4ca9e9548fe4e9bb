"""Controlled rounding: multiples of a base that add up, each next to its true count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.disclosure.progress import waited
from evidencekit.disclosure.tables.rounded import Rounded, counts_of
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.disclosure.whole import Whole, whole_number
from evidencekit.errors import EstimationError, InputError, how_many

__all__ = ["controlled_rounding"]

_FAR = 4  # what the next multiple but one costs, in bases: few cells are to go there
_FURTHER = ("none", "but zeros", "all")  # which cells may go beyond the multiples next to them, tried in this order
_INFEASIBLE = (2, 4)  # statuses of scipy.optimize.milp: infeasible; infeasible or unbounded, which a cost of 0 or more is not


def controlled_rounding(
    system: CellSystem, *, base: int, gap: float = 0.01, time_limit: float = 300, progress: bool | None = None
) -> Rounded:
    """Round counts to multiples of a base so that all margins add up, with the smallest total error.

    Parameters
    ----------
    system : CellSystem
        Of unweighted counts. Tables that are released together are rounded together: make one system of them with `linked`.
    base : int
        2 or more; 5 and 10 are usual.
    gap : float
        By how much the total absolute error may be above the smallest possible, as a share of it: 0.01 by default. 0 asks for proof of the
        smallest, which can take long for tables of four dimensions.
    time_limit : float
        Seconds, 300 by default. What was found by then is returned, and says so.
    progress : bool, optional
        Whether to show how long it has been at work; by default only on a terminal.

    Returns
    -------
    Rounded
        ``rounded.values[system.tables[0]]`` is the table, totals first.

        Each value is the multiple next below or next above the true count, so the error is less than the base; multiples stay what they
        are, zeros too. Where no such table exists (it may not for three and more dimensions), a few cells go to the multiple after that
        (each at the cost of an error of four bases; zeros last), and `Rounded` says so.

    Raises
    ------
    InputError
        A system of counts that are not whole, a base below 2, no time.
    EstimationError
        No rounded table exists, or none was found in time.

    Notes
    -----
    An integer program: for each cell whether it goes up, with the relations among cells as constraints, solved by HiGHS. The same system
    gives the same bytes, unless the time limit ended the search.

    What remains: the table of smallest error is mostly that of the nearest multiples. Who knows the rule will think counts near what is
    shown more likely; `audit_rounding` says what is certain.

    References
    ----------
    Causey, Cox and Ernst (1985), Applications of transportation theory to statistical problems, JASA 80.
    Cox (1987), A constructive procedure for unbiased controlled rounding, JASA 82.

    Examples
    --------
    >>> from evidencekit.disclosure.tables import cube
    >>> system = cube([[3, 1], [4, 12]])
    >>> system.values[system.tables[0]].astype(int).tolist()
    [[20, 7, 13], [4, 3, 1], [16, 4, 12]]
    >>> controlled_rounding(system, base=5).values[system.tables[0]].astype(int).tolist()
    [[20, 10, 10], [5, 5, 0], [15, 5, 10]]
    """
    if not isinstance(system, CellSystem):
        raise InputError(f"controlled_rounding() takes a CellSystem, and this is of type {type(system).__name__}.", "Make one with cube().")
    true, step = counts_of(system), whole_number("base", base, least=2)
    _share("gap", gap)
    if isinstance(time_limit, bool) or not isinstance(time_limit, Real) or not 0 < float(time_limit) < math.inf:
        raise InputError("time_limit= is a number of seconds above 0.")
    options = {"mip_rel_gap": float(gap), "time_limit": float(time_limit)}
    for far in _FURTHER:
        moves = _moves(true, step, system.offered, far)
        found = waited(
            lambda m=moves: _solved(system, true, step, m, options), title=f"Rounding {how_many(len(system), 'cell')}", progress=progress
        )
        if found.x is not None:
            return _checked(system, true, step, found, moves)
        if found.status not in _INFEASIBLE:
            raise EstimationError(
                f"No rounded table was found within {time_limit:g} seconds.",
                "Raise time_limit=, take a larger base=, or show fewer or coarser tables.",
            )
    raise EstimationError(
        "There is no table of multiples near these counts that adds up.", "Take a larger base=, or suppress cells instead."
    )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Moves:
    """What may be done to cells that stand at the multiple below: the cell each move is of, by how many multiples, cost, and how often."""

    cell: Codes
    by: Floats
    cost: Floats
    most: Floats


def _moves(true: Whole, base: int, shown: Bools, far: str) -> _Moves:
    """All moves: up once, which costs what it adds to the error; further where `far`; cells that are not shown may be anything."""
    rest = true % base
    up, hidden = np.flatnonzero(shown & (rest > 0)), np.flatnonzero(~shown)
    parts = [(up, 1.0, (base - 2 * rest[up]).astype(np.float64), 1.0), (hidden, 1.0, np.zeros(len(hidden)), np.inf)]
    if far != "none":
        may = shown if far == "all" else shown & (true > 0)
        for by, cells in ((1.0, np.flatnonzero(may)), (-1.0, np.flatnonzero(may & (true >= base)))):
            parts.append((cells, by, np.full(len(cells), float(_FAR * base)), 1.0))
    sizes = [len(p[0]) for p in parts]
    return _Moves(
        cell=np.concatenate([p[0] for p in parts]),
        by=np.repeat([p[1] for p in parts], sizes),
        cost=np.concatenate([p[2] for p in parts]),
        most=np.repeat([p[3] for p in parts], sizes),
    )


def _solved(system: CellSystem, true: Whole, base: int, moves: _Moves, options: dict[str, float]) -> Any:
    """The cheapest moves after which everything adds up.

    A last variable that is 1 carries the error of going down everywhere, so that the gap is one of the total error.
    """
    n, relations = len(moves.cell), system.relations
    of = csr_array((moves.by, (moves.cell, np.arange(n))), shape=(len(true), n + 1))
    start = relations @ np.where(system.offered, true // base, 0).astype(np.float64)
    solve: Any = milp
    return solve(
        np.append(moves.cost, float((true % base)[system.offered].sum())),
        integrality=np.append(np.isfinite(moves.most), False).astype(np.intp),
        bounds=Bounds(np.append(np.zeros(n), 1), np.append(moves.most, 1)),
        constraints=LinearConstraint(relations @ of, -start, -start),
        options=options,
    )


def _checked(system: CellSystem, true: Whole, base: int, found: Any, moves: _Moves) -> Rounded:
    """The rounded table, after everything that is promised of it has been looked at in whole numbers."""
    shown = system.offered
    steps = np.bincount(moves.cell, np.rint(found.x[:-1]) * moves.by, minlength=len(true)).astype(np.int64)
    values = np.where(shown, base * (true // base + steps), 0)
    off = np.abs(values - true)[shown]
    far = int(((values != true) & (true % base == 0) & shown).sum() + (off > base).sum())
    among = np.flatnonzero(abs(system.relations) @ (~shown).astype(np.float64) == 0)
    if values.min() < 0 or np.any(np.rint(system.relations[among] @ values) != 0) or off.max() >= 2 * base:
        raise EstimationError("The solver's table does not add up.", "Take another base=, or gap=0.")
    reach = 2 * base - 1 if far else base - 1
    notes = (_quality(found, not far), _far_words(far, base)) if far else (_quality(found, not far),)
    return Rounded(
        values=np.where(shown, values, np.nan), base=base, how="controlled", below=reach, above=reach, additive=True, notes=notes
    )


def _quality(found: Any, plain: bool) -> str:
    what = "the total error" if plain else "the cost"
    gap = float(found.mip_gap or 0)  # None where no cell could move
    best = f"{math.ceil(1000 * gap - 1e-9) / 10:.4g} %" if math.isfinite(gap) else "an unknown share"
    if found.status:
        return f"stopped at the time limit: {what} is at most {best} above the smallest possible, and another run may differ"
    return f"{what} is the smallest possible{'' if gap < 1e-9 else f', to {best}'}"


def _far_words(far: int, base: int) -> str:
    return (
        f"no table of next multiples adds up: {how_many(far, 'count is', 'counts are')} one multiple further off, "
        f"so that errors are below {2 * base:,} instead of {base:,}"
    )


def _share(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) < 1:
        raise InputError(f"{name}= is a share from 0 up to 1, such as 0.01.")
