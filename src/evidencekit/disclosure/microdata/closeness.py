"""t-closeness: how far answers in a group are from those of all, so that knowing the group tells something of its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.disclosure.microdata.diversity import counted_answers, sensitive_of
from evidencekit.disclosure.microdata.keys import Keys, names_of, opened_keys
from evidencekit.errors import InputError
from evidencekit.frames import Rows, open_data

__all__ = ["TCloseness", "closeness_of", "ordered_of", "t_closeness"]

_BLOCK = 1 << 22  # numbers at a time


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TCloseness:
    """The distance of each row's group from all rows.

    Parameters
    ----------
    distance : mapping of str to array (n,)
        By sensitive column; NaN where nobody in the group answered.
    ordered : tuple of str
        Columns whose levels are in an order.
    """

    distance: Mapping[str, Floats]
    ordered: tuple[str, ...]

    @property
    def highest(self) -> dict[str, float]:
        """The highest distance of each sensitive column: the t for which the data are t-close."""
        return {name: float(np.nanmax(values)) if not np.isnan(values).all() else np.nan for name, values in self.distance.items()}

    def how(self, name: str) -> str:
        """Which distance was taken, in words."""
        return "ordered distance" if name in self.ordered else "equal distance"

    def __repr__(self) -> str:
        return "\n".join(["TCloseness", *(f"  {name}: {t:.4g} at most, {self.how(name)}" for name, t in self.highest.items())])

    def __reduce__(self) -> NoReturn:
        raise InputError("Per-row distances are not pickled: they say whose answers stand out.", "Send the file's path and measure again.")


def t_closeness(data: Any, *, keys: Sequence[str], sensitive: Sequence[str], ordered: Sequence[str] = ()) -> TCloseness:
    """How far the answers of the rows that share each row's keys are from those of all.

    Parameters
    ----------
    data : Dataset or data frame
        One row a person, in memory.
    keys : sequence of str
        Columns that somebody may know from elsewhere.
    sensitive : sequence of str
        Columns that nobody should learn.
    ordered : sequence of str
        Those of them whose answers have an order: numbers, or categories with an order declared. Codes are numbers too, so an order is
        never taken for granted; all others are compared by equal distance.

    Returns
    -------
    TCloseness
        ``.distance[name]`` a row, and ``.highest``, the t of the data.

    Raises
    ------
    InputError
        No keys or no sensitive column, one named twice or as both, an ordered one that is text or not sensitive, no rows or lazy data.
    UnknownColumn
        A column is not there.

    Notes
    -----
    The earth mover's distance. With equal distances between answers it is half the sum of the absolute differences of the two
    distributions; with ordered ones it is the sum of the absolute differences of their cumulative distributions, divided by the number of
    answers less one. Neither depends on the answers' size, only on their order. Missing answers are left out.

    References
    ----------
    Li, Li and Venkatasubramanian (2007), Proc. IEEE 23rd Int. Conf. Data Engineering, 106-115.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> data = pd.DataFrame({"area": [1, 1, 1, 2, 2, 2], "hours": [1, 2, 3, 1, 2, 6]})
    >>> found = ek.disclosure.microdata.t_closeness(data, keys=["area"], sensitive=["hours"], ordered=["hours"])
    >>> round(found.highest["hours"], 6)
    0.055556
    """
    rows = open_data(data)
    made = opened_keys(rows, keys)
    answers = sensitive_of(rows, sensitive, made.names)
    return closeness_of(made, answers, ordered_of(rows, ordered, answers))


def ordered_of(rows: Rows, ordered: Sequence[str], sensitive: Mapping[str, Any]) -> tuple[str, ...]:
    """The sensitive columns that have an order."""
    names = names_of(ordered, "ordered=", rows)
    for name in names:
        if name not in sensitive:
            raise InputError(f"ordered= names {name!r}, which sensitive= does not.")
        dtype = rows.frame.collect_schema()[name]
        if not (dtype.is_numeric() or dtype.is_temporal() or dtype in (nw.Boolean, nw.Categorical, nw.Enum)):
            raise InputError(
                f"ordered= names {name!r}, which is text, and the order of words is not known.",
                "Turn it into numbers, or into categories in their order.",
            )
    return names


def closeness_of(keys: Keys, sensitive: Mapping[str, tuple[Codes, int]], ordered: Sequence[str]) -> TCloseness:
    """The distances of opened columns."""
    distance = {
        name: _distances(keys.group, len(keys.size), codes, size, in_order=name in ordered)[keys.group]
        for name, (codes, size) in sensitive.items()
    }
    return TCloseness(MappingProxyType(distance), tuple(ordered))


def _distances(group: Codes, groups: int, codes: Codes, size: int, *, in_order: bool) -> Floats:
    of, answer, rows = counted_answers(group, groups, codes, size)
    if not size:
        return np.full(groups, np.nan)
    whole = np.bincount(answer, weights=rows, minlength=size)
    whole /= whole.sum()
    total = np.bincount(of, weights=rows, minlength=groups)
    share = rows / total[of]
    if not in_order:
        # What a group has more of than all is what it has less of elsewhere, and it has more only of answers that occur in it.
        out = np.bincount(of, weights=np.maximum(share - whole[answer], 0), minlength=groups)
    elif size == 1:
        out = np.zeros(groups)
    else:
        out, step = np.empty(groups), max(1, _BLOCK // size)
        starts = np.searchsorted(of, np.arange(0, groups + step, step))
        for k, start in enumerate(range(0, groups, step)):
            part = slice(starts[k], starts[k + 1])
            dense = np.zeros((min(step, groups - start), size))
            dense[of[part] - start, answer[part]] = share[part]
            out[start : start + step] = np.abs(np.cumsum(dense - whole, axis=1)).sum(axis=1) / (size - 1)
    return np.where(total == 0, np.nan, out)
