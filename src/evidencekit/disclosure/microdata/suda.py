"""Special uniques: rows that few keys are enough to single out (SUDA2), and scores of how special they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import comb, factorial
from numbers import Real
from typing import Any, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.disclosure.microdata.keys import Keys, opened_keys
from evidencekit.disclosure.microdata.matching import dense
from evidencekit.disclosure.progress import stage
from evidencekit.errors import InputError, how_many, is_whole, one_of
from evidencekit.frames import open_data

__all__ = ["Suda", "SudaScores", "scored", "suda2"]

_SUBSETS = 1 << 16
_LONG = 30_000_000  # combinations times subsets


@dataclass(frozen=True, slots=True, kw_only=True)
class Suda:
    """How special uniques are looked for and scored.

    Parameters
    ----------
    scores : {"elliot", "idds"}
        What a minimal sample unique of k out of m keys adds to a row's score: (m - k)! (Elliot et al.; default, as in sdcMicro), or
        (2^(m-k) - 1) k! (m-k)! / m!, with which a row that only all keys together single out scores 0.
    size : int, optional
        The most keys in a subset; by default all. With many keys a smaller number is quicker, and misses the least special ones.
    fraction : float
        The share of the population that was sampled, for DIS scores; 0.01 by default, as in sdcMicro.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.microdata.Suda(size=3).fraction
    0.01
    """

    scores: Literal["elliot", "idds"] = "elliot"
    size: int | None = None
    fraction: float = 0.01

    def __post_init__(self) -> None:
        one_of("scores", self.scores, ("elliot", "idds"))
        size, fraction = self.size, self.fraction
        if size is not None and not is_whole(size, least=1):
            raise InputError("size= is a whole number of keys, at least 1.")
        if isinstance(fraction, bool) or not isinstance(fraction, Real) or not 0 < float(fraction) < 1:
            raise InputError("fraction= is the share of the population that was sampled, between 0 and 1.")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SudaScores:
    """Scores of special uniques.

    Parameters
    ----------
    keys : tuple of str
        The m keys.
    score : array (n,)
        0 where no subset of the keys singles a row out.
    dis : array (n,)
        From 0 to 1; compares rows of different files.
    contribution : array (n, m)
        The share of the score from subsets with each key. Shares of a row add up to more than 1, since a subset has several keys.
    """

    keys: tuple[str, ...]
    score: Floats
    dis: Floats
    contribution: Floats

    def __len__(self) -> int:
        return len(self.score)

    @property
    def by_key(self) -> dict[str, float]:
        """The share of all scores from subsets with each key, in percent; which key to coarsen first."""
        total = self.score.sum()
        shares = self.score @ self.contribution / total * 100 if total else np.zeros(len(self.keys))
        return {name: float(share) for name, share in zip(self.keys, shares, strict=True)}

    @property
    def special(self) -> int:
        """How many rows have a score above 0."""
        return int((self.score > 0).sum())

    def __repr__(self) -> str:
        most = f", highest score {self.score.max():,.4g}, highest DIS score {self.dis.max():.4g}" if self.special else ""
        return f"SudaScores({how_many(len(self), 'row')}, {how_many(len(self.keys), 'key')}, {self.special:,} special{most})"

    def __reduce__(self) -> NoReturn:
        raise InputError("Per-row scores are not pickled: their order says which row is special.", "Send the file's path and score again.")


def suda2(data: Any, *, keys: Sequence[str], how: Suda | None = None) -> SudaScores:
    """Find the rows that few keys single out, and score them.

    Parameters
    ----------
    data : Dataset or data frame
        One row a person, in memory.
    keys : sequence of str
        Columns that somebody may know from elsewhere.
    how : Suda, optional
        Scores, size of subsets and sampling fraction.

    Returns
    -------
    SudaScores
        With ``.score``, ``.dis`` and ``.contribution`` a row, and ``.by_key`` over all.

    Raises
    ------
    InputError
        No keys, a key twice, no rows, lazy data, no answer in any key, or more than 65,536 subsets of keys.
    UnknownColumn
        A key is not a column.

    Notes
    -----
    A minimal sample unique is a subset of keys on which a row is alone, while on every smaller part of it, it is not. A missing key never
    makes a row unique, and hides nobody else. Subsets are searched depth first; a branch keeps only combinations that are not alone yet
    and share their values with one that could be. DIS scores move the scores onto the estimated chance that a row alone in the sample is
    alone in the population, from how many rows are alone and how many are in pairs.

    References
    ----------
    Manning, Haglin and Keane (2008), Data Min. Knowl. Disc. 16, 165-196. Skinner and Elliot (2002), J. R. Stat. Soc. B 64(4), 855-867.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> data = pd.DataFrame({"sex": list("ffffmm"), "age": [12, 12, 13, 13, 12, 17], "grade": [6, 6, 7, 7, 6, 6]})
    >>> found = ek.disclosure.microdata.suda2(data, keys=["sex", "age", "grade"])
    >>> found.score.tolist()
    [0.0, 0.0, 0.0, 0.0, 1.0, 2.0]
    """
    if how is not None and not isinstance(how, Suda):
        raise InputError(f"how= takes a Suda, not a {type(how).__name__}.")
    return scored(opened_keys(open_data(data), keys), how or Suda())


def scored(keys: Keys, how: Suda) -> SudaScores:
    """The scores of opened keys."""
    m = len(keys.names)
    size = min(how.size or m, m)
    subsets = sum(comb(m, k) for k in range(1, size + 1))
    if subsets > _SUBSETS:
        raise InputError(f"{m} keys have more than {_SUBSETS:,} subsets of at most {size}.", "Pass size= with fewer, such as Suda(size=4).")
    worth = [0.0, *(_worth(how.scores, m, k) for k in range(1, m + 1))]
    alone = np.flatnonzero(keys.size == 1)
    score, parts = np.zeros(len(keys.size)), np.zeros((len(keys.size), m))
    with stage("Special uniques", subsets, None if subsets * len(score) > _LONG else False) as told:
        for subset, place in _minimal(keys, alone, size, told):
            score[place] += worth[len(subset)]
            parts[place[:, None], subset] += worth[len(subset)]
    shares = np.divide(parts, score[:, None], out=np.zeros_like(parts), where=score[:, None] > 0)
    dis = _dis(keys, score, how.fraction)
    return SudaScores(keys.names, score[keys.group], dis[keys.group], shares[keys.group])


def _worth(scores: str, m: int, k: int) -> float:
    if scores == "elliot":
        return float(factorial(m - k))
    return (2 ** (m - k) - 1) / comb(m, k)


def _minimal(keys: Keys, alone: Codes, size: int, looked: Callable[[int], Any]) -> Iterator[tuple[list[int], Codes]]:
    """Subsets of keys with the combinations that are minimal uniques on them.

    Subsets come in the order of the numbers whose bits they are, so that every part of one comes before it.
    """
    m, count = len(keys.names), len(alone)
    rank = np.full(len(keys.size), -1, dtype=np.intp)
    rank[alone] = np.arange(count)
    found: dict[int, NDArray[np.uint8]] = {}  # by subset: on which of `alone` a part of it is unique
    never = np.zeros((count + 7) // 8, dtype=np.uint8)

    def descend(mask: int, subset: list[int], rows: Codes, group: Codes, groups: int) -> Iterator[tuple[list[int], Codes]]:
        for j in range(subset[-1] if subset else m):
            here, grown = mask | 1 << j, [*subset, j]
            looked(1)
            codes = keys.patterns[rows, j]
            known = codes >= 0
            left, part = rows[known], group[known] * keys.levels[j] + codes[known]
            part, several = dense(part, groups * keys.levels[j])
            people = np.bincount(part, weights=keys.size[left], minlength=several)
            before = never
            for i in grown:
                before = before | found.get(here & ~(1 << i), never)
            hits = left[people[part] == 1]
            if hits.size:
                hits = hits[~np.unpackbits(before, count=count).view(bool)[rank[hits]]]
            if hits.size:
                fresh = np.zeros(count, dtype=bool)
                fresh[rank[hits]] = True
                before = before | np.packbits(fresh)
                yield grown, hits
            if before is not never:
                found[here] = before
            if len(grown) < size and j:
                hopeful = np.bincount(part, weights=rank[left] >= 0, minlength=several) > 0
                on = (hopeful & (people > 1))[part]
                if on.any():
                    yield from descend(here, grown, left[on], part[on], several)

    if count:
        # A branch that has nothing left is not entered, so its subsets are not in `found`; they would be missed only where a larger
        # subset looks for parts of itself, and there every row that a part singled out has left the branch too.
        everyone = np.arange(len(keys.size))
        yield from descend(0, [], everyone, np.zeros(len(everyone), dtype=np.intp), 1)


def _dis(keys: Keys, score: Floats, fraction: float) -> Floats:
    """DIS-SUDA scores of the combinations."""
    special = score > 0
    if not special.any():
        return np.zeros_like(score)
    uniques, paired = int((keys.size == 1).sum()), 2 * int((keys.size == 2).sum())
    chance = uniques * fraction / (uniques * fraction + paired * (1 - fraction))
    power = score[special] ** (1 + (8 - len(keys.names)) / 20)
    adjusted = power * (1 / power).sum()
    out = np.zeros_like(score)
    out[special] = 1 / (1 + (uniques / chance - uniques) / adjusted)
    return out
