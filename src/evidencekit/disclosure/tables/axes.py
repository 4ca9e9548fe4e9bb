"""The axes of linked tables: each dimension's finest levels, and everything they add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from evidencekit.columns import Codes
from evidencekit.errors import InputError

__all__ = ["Axis", "Within", "axes_of"]

Within = Mapping[str, Mapping[str, Sequence[int]]]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Axis:
    """One dimension with its groupings, coarsest first and the finest last.

    Parameters
    ----------
    names : tuple of str
        The groupings: ``""`` (everybody), coarser dimensions, and the dimension itself.
    codes : tuple of array (levels,)
        For each grouping, the group that each of the finest levels is in.
    sizes : tuple of int
        How many groups each grouping has.
    """

    names: tuple[str, ...]
    codes: tuple[Codes, ...]
    sizes: tuple[int, ...]

    @property
    def levels(self) -> int:
        """How many finest levels there are."""
        return self.sizes[-1]

    @property
    def slots(self) -> int:
        """How many groups there are over all groupings."""
        return sum(self.sizes)

    def slots_of(self, name: str) -> Codes:
        """The slots of one grouping's groups."""
        g = self.names.index(name)
        return np.arange(self.sizes[g]) + sum(self.sizes[:g])

    def coarser(self, name: str) -> tuple[str, ...]:
        """The groupings that add up groups of `name`, coarsest first, `name` itself last."""
        return (*(n for n in self.names if n != name and self._refines(name, n)), name)

    def members(self) -> csr_array:
        """Which of the finest levels each slot holds, (slots, levels) of 0 and 1."""
        rows = np.concatenate([self.slots_of(n)[c] for n, c in zip(self.names, self.codes, strict=True)])
        cols = np.tile(np.arange(self.levels), len(self.names))
        return csr_array((np.ones(len(rows)), (rows, cols)), shape=(self.slots, self.levels))

    def sums(self, names: Sequence[str]) -> csr_array:
        """Relations among the slots of these groupings: a group minus the next finer ones that it is made of."""
        kept = np.concatenate([self.slots_of(n) for n in names])
        place = np.full(self.slots, -1)
        place[kept] = np.arange(len(kept))
        rows: list[NDArray[np.float64]] = []
        for up in names:
            for down in self._next(up, names):
                u, d = self.codes[self.names.index(up)], self.codes[self.names.index(down)]
                _, first = np.unique(d, return_index=True)
                block = np.zeros((self.sizes[self.names.index(up)], len(kept)))
                block[np.arange(len(block)), place[self.slots_of(up)]] = 1
                block[u[first], place[self.slots_of(down)]] = -1
                rows.append(block)
        return csr_array(np.concatenate(rows)) if rows else csr_array((0, len(kept)))

    def _next(self, up: str, names: Sequence[str]) -> list[str]:
        """The coarsest of `names` that are finer than `up`."""
        below = [n for n in names if n != up and self._refines(n, up)]
        return [n for n in below if not any(m != n and self._refines(n, m) for m in below)]

    def _refines(self, fine: str, coarse: str) -> bool:
        """Whether every group of `fine` lies in one group of `coarse`; of two that are alike, the later one refines the earlier."""
        f, c = self.names.index(fine), self.names.index(coarse)
        if f < c:
            return False
        pairs = np.unique(np.column_stack([self.codes[f], self.codes[c]]), axis=0)
        return len(pairs) == self.sizes[f]


def axes_of(dims: Mapping[str, int], within: Within) -> tuple[Axis, ...]:
    """One axis for each dimension that is not made of a finer one, in the order in which the tables name them.

    Parameters
    ----------
    dims : mapping
        Each dimension's number of levels.
    within : mapping
        ``{"district": {"province": [0, 0, 1]}}``: for each level of a dimension, the group of a coarser one that it lies in.
    """
    known = dict(dims)
    for fine, groups in within.items():
        for coarse, codes in groups.items():
            known.setdefault(coarse, int(np.max(_whole(codes, fine, coarse), initial=-1)) + 1)
    above = {coarse for groups in within.values() for coarse in groups}
    out = []
    for fine in [d for d in known if d not in above]:
        found = _above(fine, np.arange(known[fine]), known, within)
        order = sorted(found, key=lambda n: (len(np.unique(found[n])), list(found).index(n) * -1))
        names = ("", *(n for n in order if n != fine), fine)
        codes = (np.zeros(known[fine], dtype=np.intp), *(found[n] for n in names[1:]))
        out.append(Axis(names, codes, (1, *(known[n] for n in names[1:]))))
    for name in known:
        if (count := sum(name in a.names for a in out)) != 1:
            what = "goes in a circle at" if not count else "puts two dimensions that do not lie in each other within"
            raise InputError(f"within= {what} {name!r}.", "Name for each dimension the coarser ones that it alone lies in.")
    return tuple(out)


def _above(fine: str, codes: Codes, known: Mapping[str, int], within: Within, path: tuple[str, ...] = ()) -> dict[str, Codes]:
    """The groups of a dimension and of all that stand above it, for each of the finest levels."""
    if fine in path:
        raise InputError(f"within= goes in a circle at {fine!r}.", "Name for each dimension only the coarser ones that it lies in.")
    found = {fine: codes}
    for coarse, given in within.get(fine, {}).items():
        up = _whole(given, fine, coarse)
        if len(up) != known[fine]:
            raise InputError(
                f"within= gives {len(up):,} groups of {coarse!r} for the {known[fine]:,} levels of {fine!r}.", "Give one for each level."
            )
        if len(np.unique(up)) != known[coarse] or up.min() < 0 or up.max() >= known[coarse]:
            raise InputError(
                f"within= does not use each of the {known[coarse]:,} groups of {coarse!r} for the levels of {fine!r}.",
                "Number the groups from 0, and leave out groups without a level.",
            )
        for name, over in _above(coarse, up[codes], known, within, (*path, fine)).items():
            if name in found and not np.array_equal(found[name], over):
                raise InputError(f"within= leads from {fine!r} to {name!r} in two ways that differ.", "Give one of them.")
            found[name] = over
    return found


def _whole(codes: Any, fine: str, coarse: str) -> Codes:
    """Groups as whole numbers."""
    out = np.asarray(codes)
    if out.ndim != 1 or not np.issubdtype(out.dtype, np.integer) or not out.size:
        raise InputError(
            f"within= takes one whole number for each level of {fine!r}: its group of {coarse!r}.", "Number the groups from 0."
        )
    return out.astype(np.intp)
