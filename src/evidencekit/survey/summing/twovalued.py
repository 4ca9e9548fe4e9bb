"""Counts of cases behind numbers made from columns that have two values: a mean of 0s and 1s is a share, whatever verb made it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats, summed
from evidencekit.survey.summing.domains import Domains
from evidencekit.survey.survey import Survey

__all__ = ["cases_of", "cases_of_groups", "cases_of_sums"]

FIRST, BLOCK = 64, 65_536  # most columns show a third value among the first few answers
YES_NO = ((0.0, 1.0), (1.0, 2.0))  # how survey files write no and yes; all that can be known without rows


def cases_of(survey: Survey, names: Sequence[str], values: Sequence[Floats], blank: Any, domains: Domains) -> Floats | None:
    """Unweighted answers per domain that are the larger of a column's two values, shape (D, 1); None for any other column.

    Parameters
    ----------
    survey : Survey
        Remembers which columns have two values.
    names, values : sequences
        One column; or the numerator and the denominator of a ratio, of which the smallest group it rests on is counted.
    blank : mask or None
        Rows without an answer.
    domains : Domains
        Each row's domain.
    """
    highs = [_high(survey, name, x) for name, x in zip(names, values, strict=True)]
    known = [high for high in highs if high is not None]
    if not known:
        return None
    if len(known) == 2:
        top, below = known
        parts = [_counted(group, blank, domains) for group in (top, below, below & ~top)]
        return fewest(parts)
    return _counted(known[0], blank, domains)[:, None]


def cases_of_groups(survey: Survey, names: Sequence[str], values: Sequence[Floats], blank: Any, domains: Domains) -> Floats | None:
    """The same for a covariance: the smallest of the groups that two columns form, shape (D, 1)."""
    known = [high for name, x in zip(names, values, strict=True) if (high := _high(survey, name, x)) is not None]
    if len(known) < 2 or names[0] == names[1]:
        return None if not known else _counted(known[0], blank, domains)[:, None]
    a, b = known
    return fewest([_counted(group, blank, domains) for group in (a & b, a & ~b, ~a & b, ~a & ~b)])


def cases_of_sums(column: Callable[[str], Floats], p: int, added: Callable[[Floats], Floats]) -> Floats | None:
    """`cases_of` from the sums of unit and domain: columns of 0 and 1, or of 1 and 2, give themselves away by their second moments.

    Parameters
    ----------
    column : callable
        Gives the sums by name: ``"w"`` weights, ``"n"`` rows, ``"s_i"`` and ``"u_i"`` the i-th variable weighted and not, ``"m_i_i"``
        its weighted squares, ``"u_1_0"`` the product of two variables.
    p : int
        How many variables; two are the numerator and the denominator of a ratio.
    added : callable
        Adds sums up by domain.
    """
    n, no = column("n"), [_no(column("w"), column(f"s_{i}"), column(f"m_{i}_{i}")) for i in range(p)]
    yes = [column(f"u_{i}") - a * n for i, a in enumerate(no) if a is not None]
    if len(yes) == 2:
        a, b = (0.0 if x is None else x for x in no)
        both = column("u_1_0") - b * column("u_0") - a * column("u_1") + a * b * n
        return fewest([added(x) for x in (yes[0], yes[1], yes[1] - both)])
    return added(yes[0])[:, None] if yes else None


def _no(w: Floats, s: Floats, m: Floats) -> float | None:
    """What "no" is written as in a column of two values; None for other columns."""
    fits = ((a, np.abs(m - (a + b) * s + a * b * w) <= 1e-9 * (m + np.abs(s) + w)) for a, b in YES_NO)
    return next((a for a, fit in fits if fit.all()), None)


def fewest(groups: Sequence[Floats]) -> Floats:
    """The size of the smallest group per domain, shape (D, 1)."""
    return np.min(np.column_stack(groups), axis=1, keepdims=True)


def _high(survey: Survey, name: str, x: Floats) -> NDArray[np.bool_] | None:
    """Where a column of two values has the larger one; None for other columns. Which value that is, is looked up once."""
    key = ("larger of two", name)
    if key not in survey.cache:
        survey.cache[key] = _larger(x)
    larger = survey.cache[key]
    return None if larger is None else x == larger


def _larger(x: Floats) -> float | None:
    """The larger of at most two values; 1 where all are 0. None where there are more, or none."""
    found = np.empty(0)
    for start, end in [(0, FIRST), *((s, s + BLOCK) for s in range(FIRST, len(x), BLOCK))]:
        piece = x[start:end]
        same = np.zeros(len(piece), dtype=bool)
        for value in found:
            same |= piece == value
        if same.all():
            continue
        other = piece[~same]
        other = other[~np.isnan(other)]
        if other.size:
            found = np.union1d(found, other)
            if len(found) > 2:
                return None
    if not len(found):
        return None
    return 1.0 if found[-1] == 0 and len(found) == 1 else float(found[-1])


def _counted(group: NDArray[np.bool_], blank: Any, domains: Domains) -> Floats:
    """The size of a group in each domain."""
    used = group if blank is None else group & ~blank
    if domains.row is None:
        return np.array([float(np.count_nonzero(used))])
    return summed(domains.row, used.astype(np.float64), domains.count + 1)[:-1]  # -1, outside every domain, is the last place
