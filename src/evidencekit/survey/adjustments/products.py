"""Sums of products of what weights were calibrated on: with a variable, with another step's covariates, by sampling unit.

A partition is never written out as indicators: its crossproduct is diagonal, and where a table of units or of another partition by
classes would be mostly zeros it is kept sparse.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.survey.adjustments.adjustment import Adjustment, Partition
from evidencekit.survey.adjustments.pieces import column_sums, crossproduct

__all__ = ["between", "by_group", "inverse_of", "over", "side_by_side", "solved", "unit_totals"]

DEPENDENT = 1e-13  # of the largest eigenvalue of a scaled crossproduct: what is smaller depends on other covariates


def over(step: Adjustment, rows: Codes | None, group: Codes | None, amount: Floats, groups: int) -> Floats:
    """Sums of ``amount * x`` within groups, shape (p, groups).

    Parameters
    ----------
    step : Adjustment
        With covariates x.
    rows : (m,) array or None
        Which rows are used; None means all.
    group : (m,) array or None
        Their groups; None where there is one, or each is its own.
    amount : (m,) array
        What x is multiplied by.
    groups : int
        How many groups there are.
    """
    x = step.covariates
    assert x is not None
    if isinstance(x, Partition):
        # A class of -1 counts from the end, where there is room that is left out again.
        place = _classes(step, x, rows)
        if groups > 1:
            place = place * groups + (np.arange(len(amount)) if group is None else group)
        return summed(place, amount, (x.count + 1) * groups).reshape(-1, groups)[:-1]
    if step.cell is None:
        picked = x if rows is None else x[rows]
        if group is None and groups == 1:
            return column_sums(picked, amount)[:, None]
        place = np.arange(len(amount)) if group is None else group
        return np.vstack([summed(place, amount * picked[:, j], groups) for j in range(x.shape[1])])
    cell = step.cell if rows is None else step.cell[rows]
    if groups == 1:
        return (summed(cell, amount, len(x)) @ x)[:, None]
    place = np.arange(len(amount)) if group is None else group
    if _small(groups * len(x), amount):
        return (summed(place * len(x) + cell, amount, groups * len(x)).reshape(groups, len(x)) @ x).T
    return (_sparse(place, cell, amount, (groups, len(x))) @ x).T


def unit_totals(step: Adjustment, unit: Codes | None, amount: Floats, units: int) -> Any:
    """Sums of ``amount * x`` within sampling units, shape (units, p); sparse where most would be 0. `unit` None: each row is one."""
    x = step.covariates
    if isinstance(x, Partition) and not _small(units * x.count, amount):
        place = np.arange(len(amount)) if unit is None else unit
        return _sparse(place, _classes(step, x, None), amount, (units, x.count))
    return over(step, None, unit, amount, units).T


def between(one: Adjustment, other: Adjustment, weight: Floats) -> Any:
    """``X' diag(weight) Z`` of two steps, shape (p, q); sparse where most would be 0."""
    x, z = one.covariates, other.covariates
    assert x is not None
    assert z is not None
    if isinstance(x, Partition):
        return _with_classes(one, x, other, weight)
    if isinstance(z, Partition):
        return _with_classes(other, z, one, weight).T
    if one.cell is None or other.cell is None:
        left = x if one.cell is None else x[one.cell]
        right = z if other.cell is None else z[other.cell]
        return crossproduct(left, weight, right)
    if one is other:
        return crossproduct(x, summed(one.cell, weight, len(x)), x)
    if not _small(len(x) * len(z), weight):
        return x.T @ (_sparse(one.cell, other.cell, weight, (len(x), len(z))) @ z)
    both = summed(one.cell * len(z) + other.cell, weight, len(x) * len(z)).reshape(len(x), len(z))
    return x.T @ both @ z


def inverse_of(step: Adjustment, weight: Floats) -> Floats:
    """The generalised inverse of ``X' diag(weight) X``; of a partition, whose crossproduct is diagonal, the diagonal (p,) alone."""
    if not isinstance(step.covariates, Partition):
        product = between(step, step, weight)
        # On one scale first: beside an income in millions, an inverse of the raw product takes a share to be nought.
        size = np.sqrt(np.abs(np.diagonal(product)))
        scale = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
        return np.linalg.pinv(product * np.outer(scale, scale), rcond=DEPENDENT, hermitian=True) * np.outer(scale, scale)
    held = over(step, None, None, weight, 1)[:, 0]
    there = np.abs(held) > 1e-15 * np.abs(held).max(initial=0.0)
    return np.divide(1.0, held, out=np.zeros_like(held), where=there)


def solved(inverse: Floats, sums: Floats) -> Floats:
    """An inverse from `inverse_of` times sums (p, cells)."""
    return inverse[:, None] * sums if inverse.ndim == 1 else inverse @ sums


def side_by_side(tables: list[Any]) -> Any:
    """Tables from `unit_totals` as one, sparse when one of them is."""
    if all(isinstance(table, np.ndarray) for table in tables):
        return np.hstack(tables)
    from scipy.sparse import csr_array, hstack

    return hstack([csr_array(table) for table in tables], format="csr")


def by_group(table: Any, group: Codes, groups: int) -> Any:
    """Column sums within groups of rows, of an array or a sparse table."""
    if not isinstance(table, np.ndarray):
        return _sparse(group, np.arange(len(group)), np.ones(len(group)), (groups, len(group))) @ table
    cells = table.shape[1]
    if cells == 1:
        return summed(group, table[:, 0], groups)[:, None]
    key = (group[:, None] * cells + np.arange(cells)).ravel()
    return summed(key, table.ravel(), groups * cells).reshape(groups, cells)


def _with_classes(one: Adjustment, x: Partition, other: Adjustment, weight: Floats) -> Any:
    """``X' diag(weight) Z`` where X is a partition."""
    z = other.covariates
    assert z is not None
    if isinstance(z, Partition):
        theirs = _classes(other, z, None)
        if not _small((x.count + 1) * (z.count + 1), weight):
            ours, inside = _classes(one, x, None), theirs >= 0
            return _sparse(ours[inside], theirs[inside], weight[inside], (x.count, z.count))
        return over(one, None, np.where(theirs < 0, z.count, theirs), weight, z.count + 1)[:, :-1]
    if other.cell is not None and _small((x.count + 1) * len(z), weight):
        return over(one, None, other.cell, weight, len(z)) @ z
    columns = z.T if other.cell is None else (column[other.cell] for column in z.T)
    return np.hstack([over(one, None, None, weight * column, 1) for column in columns])


def _classes(step: Adjustment, x: Partition, rows: Codes | None) -> Codes:
    """Each row's class."""
    cell = step.cell if rows is None or step.cell is None else step.cell[rows]
    if step.cell is None:
        return x.group if rows is None else x.group[rows]
    return x.group[cell]


def _small(size: int, amount: Floats) -> bool:
    """Whether a table of this size is no great thing beside the rows."""
    return size <= max(4 * len(amount), 1_000_000)


def _sparse(row: Codes, column: Codes, value: Floats, shape: tuple[int, int]) -> Any:
    """A sparse table with the sums of the values in each place; those in column -1 are left out."""
    from scipy.sparse import csr_array

    inside = column >= 0
    if not inside.all():
        row, column, value = row[inside], column[inside], value[inside]
    return csr_array((value, (row, column)), shape=shape)
