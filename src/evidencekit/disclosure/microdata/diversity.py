"""l-diversity: how many different answers there are among those who share a combination of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from types import MappingProxyType
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats, summed
from evidencekit.disclosure.microdata.keys import Keys, codes_of, names_of, opened_keys
from evidencekit.disclosure.microdata.matching import grouped
from evidencekit.errors import InputError
from evidencekit.frames import Rows, open_data

__all__ = ["LDiversity", "Spread", "constant_of", "counted_answers", "diversity_of", "l_diversity", "lowest", "sensitive_of"]

_HELD = "Per-row results are not pickled: their order says whose answer can be worked out."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Spread:
    """How spread the answers are in each row's group.

    Parameters
    ----------
    distinct, entropy, recursive : array (n,)
        Three measures of it; NaN where nobody answered.
    """

    distinct: Floats
    entropy: Floats
    recursive: Floats

    @property
    def lowest(self) -> dict[str, float]:
        """The lowest of each over all rows."""
        return {name: lowest(getattr(self, name)) for name in ("distinct", "entropy", "recursive")}

    def at(self, place: Codes) -> Spread:
        """The same for other rows."""
        return Spread(self.distinct[place], self.entropy[place], self.recursive[place])

    def __repr__(self) -> str:
        return f"Spread({', '.join(f'lowest {name} {value:.4g}' for name, value in self.lowest.items())})"

    def __reduce__(self) -> NoReturn:
        raise InputError(_HELD, "Send the file's path and measure again.")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LDiversity:
    """l-diversity of sensitive columns, each by itself and all together.

    Parameters
    ----------
    answers : mapping of str to Spread
        By sensitive column.
    multi : Spread or None
        Of several columns together; None for one.
    c : float
        The constant of recursive diversity.
    """

    answers: Mapping[str, Spread]
    multi: Spread | None
    c: float

    @property
    def lowest(self) -> dict[str, dict[str, float]]:
        """The lowest values of each sensitive column."""
        return {name: spread.lowest for name, spread in self.answers.items()}

    def __repr__(self) -> str:
        return "\n".join(["LDiversity", *(f"  {name}: {spread!r}" for name, spread in self.answers.items())])

    def __reduce__(self) -> NoReturn:
        raise InputError(_HELD, "Send the file's path and measure again.")


def l_diversity(data: Any, *, keys: Sequence[str], sensitive: Sequence[str], c: float = 2.0) -> LDiversity:
    """How many different answers there are among the rows that share each row's keys.

    Parameters
    ----------
    data : Dataset or data frame
        One row a person, in memory.
    keys : sequence of str
        Columns that somebody may know from elsewhere.
    sensitive : sequence of str
        Columns that nobody should learn, none of them a key.
    c : float
        The constant of recursive (c, l)-diversity, 2 by default, as in sdcMicro.

    Returns
    -------
    LDiversity
        ``.answers[name]`` with ``.distinct`` (number of answers), ``.entropy`` (the exponential of their entropy) and ``.recursive`` (the
        largest l with r1 < c (rl + ... + rm), where r are the frequencies from the highest on; 1 where there is none above). ``.multi`` is
        the lowest of each where one sensitive column is looked for and the others are known too.

    Raises
    ------
    InputError
        No keys or no sensitive column, one named twice or as both, no rows, lazy data, or c not above 0.
    UnknownColumn
        A column is not there.

    Notes
    -----
    Rows that miss a key are a group of their own with those that miss the same, and missing answers do not count as answers: both make a
    group less diverse, never more. sdcMicro takes missing answers for one more answer, and its columns for several together are 0 in
    version 5.8; agreement is with the others.

    References
    ----------
    Machanavajjhala, Kifer, Gehrke and Venkitasubramaniam (2007), ACM Trans. Knowl. Discov. Data 1(1), article 3.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> data = pd.DataFrame({"age": [12, 12, 12, 13, 13], "told": ["nobody", "friend", "friend", "parent", "parent"]})
    >>> ek.disclosure.microdata.l_diversity(data, keys=["age"], sensitive=["told"]).answers["told"].distinct.tolist()
    [2.0, 2.0, 2.0, 1.0, 1.0]
    """
    rows = open_data(data)
    made = opened_keys(rows, keys)
    return diversity_of(made, sensitive_of(rows, sensitive, made.names), constant_of(c))


def sensitive_of(rows: Rows, names: Sequence[str], keys: Sequence[str]) -> dict[str, tuple[Codes, int]]:
    """Sensitive columns as codes, with how many different answers each has."""
    found = names_of(names, "sensitive=", rows)
    if not found:
        raise InputError("sensitive= names no column.")
    if both := [name for name in found if name in keys]:
        raise InputError(f"{len(both)} of sensitive= are keys too.", "A column is either known from elsewhere or to be kept from others.")
    return {name: codes_of(rows, name) for name in found}


def constant_of(c: object) -> float:
    """The constant of recursive diversity."""
    if isinstance(c, bool) or not isinstance(c, Real) or not 0 < float(c) < np.inf:
        raise InputError("c= is the constant of recursive (c, l)-diversity, a number above 0.")
    return float(c)


def diversity_of(keys: Keys, sensitive: Mapping[str, tuple[Codes, int]], c: float) -> LDiversity:
    """The l-diversity of opened columns."""
    count = len(keys.size)
    answers = {name: _spread(keys.group, count, codes, size, c).at(keys.group) for name, (codes, size) in sensitive.items()}
    if len(sensitive) < 2:
        return LDiversity(MappingProxyType(answers), None, c)
    low = [np.full(count, np.nan) for _ in range(3)]
    for name, (codes, size) in sensitive.items():
        others = [part for other, part in sensitive.items() if other != name]
        inner, first = grouped([keys.group, *(part for part, _ in others)], [count, *(size for _, size in others)])
        spread, of = _spread(inner, len(first), codes, size, c), keys.group[first]
        for part, values in zip(low, (spread.distinct, spread.entropy, spread.recursive), strict=True):
            np.fmin.at(part, of, values)
    return LDiversity(MappingProxyType(answers), Spread(*low).at(keys.group), c)


def counted_answers(group: Codes, groups: int, codes: Codes, size: int) -> tuple[Codes, Codes, Codes]:
    """Of each group and answer that occur together: the group, the answer, and how many rows; missing answers are left out."""
    there = codes >= 0
    place, first = grouped([group[there], codes[there]], [groups, size])
    return group[there][first], codes[there][first], np.bincount(place, minlength=len(first))


def lowest(values: Floats) -> float:
    """The lowest known number, NaN where none is known."""
    known = values[~np.isnan(values)]
    return float(known.min()) if known.size else float("nan")


def _spread(group: Codes, groups: int, codes: Codes, size: int, c: float) -> Spread:
    of, _, rows = counted_answers(group, groups, codes, size)
    distinct = np.bincount(of, minlength=groups)
    total = summed(of, rows.astype(np.float64), groups)
    nobody = distinct == 0
    share = rows / total[of]
    entropy = np.exp(-summed(of, share * np.log(share), groups))
    recursive = _recursive(of, rows, distinct, total, c)
    return Spread(*(np.where(nobody, np.nan, x) for x in (distinct, entropy, recursive)))


def _recursive(of: Codes, rows: Codes, distinct: NDArray[np.intp], total: Floats, c: float) -> Floats:
    """The largest l of each group for which its highest frequency is below c times the sum of those from the l-th on."""
    order = np.lexsort((-rows, of))
    of, rows = of[order], rows[order]
    start = np.cumsum(distinct) - distinct
    before = np.cumsum(rows) - rows
    at = start[of]
    rest = total[of] - (before - before[at])  # this frequency and those below it, in its group
    passes = (np.arange(len(of)) > at) & (c * rest > rows[at])
    return 1 + summed(of, passes.astype(np.float64), len(distinct))
