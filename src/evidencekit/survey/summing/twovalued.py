"""Counts of cases behind numbers made from columns that have two values: a mean of 0s and 1s is a share, whatever verb made it.

A column of 0s and 1s in which one answer was typed as 9 is one of those too. If it were taken for amounts, nobody would count how few said
yes. Of lazy frames only sums are known, and columns of 0 and 1 or of 1 and 2 without any other answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats, summed
from evidencekit.survey.summing.domains import Domains
from evidencekit.survey.survey import Survey

__all__ = ["Cases", "cases_of", "cases_of_groups", "cases_of_sums"]

FIRST, BLOCK = 64, 65_536  # most columns of amounts show many values among the first few answers
STRAY = 1 / 20  # of the answers to yes or no that may be others: typed wrongly, or codes nobody declared
STRAYS = 2  # of them, where answers are few
MANY = 12  # different values, from which on a column is of amounts whatever is common among them
YES_NO = ((0.0, 1.0), (1.0, 2.0))  # how survey files write no and yes: pairs that few other answers do not change, or that sums tell


class Cases(NamedTuple):
    """Cases per domain, shape (D, 1), None where columns do not have two values; and the columns that nearly have."""

    counts: Floats | None
    nearly: tuple[str, ...] = ()


class _Two(NamedTuple):
    """The two values of a column: cases are where it is `value`, or, if `other`, where it is not."""

    value: float
    other: bool = False
    nearly: bool = False

    def at(self, x: Floats) -> NDArray[np.bool_]:
        """Where a column has a case; a missing answer may count as one if `other`."""
        return (x != self.value) if self.other else (x == self.value)


def cases_of(survey: Survey, names: Sequence[str], values: Sequence[Floats], blank: Any, domains: Domains) -> Cases:
    """Unweighted answers per domain that are the larger of a column's two values, shape (D, 1); None for any other column.

    Where a few answers are neither, the rarer of the two values is counted by itself: the others are not among its people. Where that
    is the smaller value, cases are all answers but those.

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
    found = _known(survey, names, values)
    nearly, known = _nearly(found), [two.at(x) for _, x, two in found]
    if not known:
        return Cases(None)
    if len(known) == 2:
        top, below = known
        parts = [_counted(group, blank, domains) for group in (top, below, below & ~top)]
        return Cases(fewest(parts), nearly)
    return Cases(_counted(known[0], blank, domains)[:, None], nearly)


def cases_of_groups(survey: Survey, names: Sequence[str], values: Sequence[Floats], blank: Any, domains: Domains) -> Cases:
    """The same for a covariance: the smallest of the groups that two columns form, shape (D, 1)."""
    found = _known(survey, names, values)
    nearly, known = _nearly(found), [two.at(x) for _, x, two in found]
    if len(known) < 2 or names[0] == names[1]:
        return Cases(_counted(known[0], blank, domains)[:, None] if known else None, nearly)
    a, b = known
    return Cases(fewest([_counted(group, blank, domains) for group in (a & b, a & ~b, ~a & b, ~a & ~b)]), nearly)


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


def _known(survey: Survey, names: Sequence[str], values: Sequence[Floats]) -> list[tuple[str, Floats, _Two]]:
    """The columns of two values, with these. Which they are is looked up once."""
    out: list[tuple[str, Floats, _Two]] = []
    for name, x in zip(names, values, strict=True):
        key = ("two values", name)
        if key not in survey.cache:
            survey.cache[key] = _two_of(x)
        if (two := survey.cache[key]) is not None:
            out.append((name, x, two))
    return out


def _nearly(found: Sequence[tuple[str, Floats, _Two]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, _, two in found if two.nearly))


def _two_of(x: Floats) -> _Two | None:
    """The larger of at most two values; 1 where all are 0. Of yes and no with a few other answers, the rarer one.

    None where there are more, or none. As rows are looked through, answers that are neither only become more.
    """
    counts: dict[float, int] = {}
    for start, end in [(0, FIRST), *((s, s + BLOCK) for s in range(FIRST, len(x), BLOCK))]:
        left = x[start:end]
        for value in tuple(counts):
            same = left == value
            counts[value] += int(np.count_nonzero(same))
            left = left[~same]
        left = left[~np.isnan(left)]
        if left.size:
            counts |= dict(zip(*(part.tolist() for part in np.unique(left, return_counts=True)), strict=True))
            if len(counts) > MANY or (len(counts) > 2 and not _yes_no(counts, len(x))):
                return None
    if len(counts) <= 2:
        return None if not counts else _Two(1.0 if set(counts) == {0.0} else max(counts))
    pair = _yes_no(counts, sum(counts.values()))
    if pair is None or not all(value in counts for value in pair):
        return None
    no, yes = pair
    rare = counts[yes] <= counts[no]
    return _Two(yes if rare else no, other=not rare, nearly=True)


def _yes_no(counts: dict[float, int], answers: int) -> tuple[float, float] | None:
    """How no and yes are written where few enough of so many answers are neither."""
    others = {pair: sum(counts.values()) - sum(counts.get(value, 0) for value in pair) for pair in YES_NO}
    pair = min(YES_NO, key=others.__getitem__)
    return pair if others[pair] <= max(STRAYS, answers * STRAY) else None


def _counted(group: NDArray[np.bool_], blank: Any, domains: Domains) -> Floats:
    """The size of a group in each domain; missing answers are blank, or in no domain."""
    used = group if blank is None else group & ~blank
    if domains.row is None:
        return np.array([float(np.count_nonzero(used))])
    return summed(domains.row, used.astype(np.float64), domains.count + 1)[:-1]  # -1, outside every domain, is the last place
