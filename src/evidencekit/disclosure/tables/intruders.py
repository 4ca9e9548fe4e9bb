"""What somebody knows who looks at a table with hidden cells, and what must not become known to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.errors import InputError

__all__ = ["Intruder", "ProtectionLevels", "insiders_of", "outsider", "protection_levels"]

OWN = 2  # cells of so few records are small enough for each to know something of the others


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ProtectionLevels:
    """How wide the interval must be that can be worked out for each cell.

    Parameters
    ----------
    low, high : array (m,)
        The interval of values that are possible, for anyone who sees what is shown, must reach down to `low` and up to `high`. NaN in
        both for cells that need no protection.

    Raises
    ------
    InputError
        The two are not of one length, one is missing where the other is not, or low is above high.
    """

    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        if self.low.shape != self.high.shape or (np.isnan(self.low) != np.isnan(self.high)).any() or (self.low > self.high).any():
            raise InputError("Protection needs a low and a high for each cell, or NaN in both, low not above high.")

    @property
    def cells(self) -> Codes:
        """The positions of the cells that need protection."""
        return np.flatnonzero(~np.isnan(self.low))

    def __repr__(self) -> str:
        return f"ProtectionLevels of {len(self.cells):,} of {len(self.low):,} cells"


def protection_levels(values: Floats, primary: Bools, threshold: float, units: Floats | float = 1.0) -> ProtectionLevels:
    """What the primary cells need.

    A cell below the threshold must be able to hold anything from 0 to the threshold: that it is small is known, how small is not. One
    that is hidden for another reason must be able to hold the threshold less or more than it does.

    Parameters
    ----------
    values : array (m,)
        The cells.
    primary : array of bool (m,)
        Those that need protection.
    threshold : float
        Records.
    units : array (m,) or float
        What one record is worth in each cell: 1 for counts, the mean weight for weighted totals.
    """
    width = threshold * units
    small = values < width
    low, high = np.where(small, 0, np.maximum(values - width, 0)), np.where(small, width, values + width)
    return ProtectionLevels(np.where(primary, low, np.nan), np.where(primary, high, np.nan))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Intruder:
    """Someone who knows the shown cells, that no cell is negative, and perhaps a record in one of the cells.

    Parameters
    ----------
    values : array (m,)
        The true values.
    low, high : array (m,)
        Between what they know each cell to lie, shown or not.
    need : ProtectionLevels
        What they must not come to know.
    own : int
        The hidden cell that their own record is in; -1 for an outsider.
    """

    values: Floats
    low: Floats
    high: Floats
    need: ProtectionLevels
    own: int = -1

    @property
    def fixed(self) -> Codes:
        """Cells that they know to hold nobody but themselves."""
        return np.flatnonzero((self.low == self.high) & (self.high == 1)) if self.own >= 0 else np.zeros(0, dtype=np.intp)

    def of_hidden(self, hidden: Bools) -> Intruder:
        """The same, for needs of hidden cells only."""
        need = ProtectionLevels(np.where(hidden, self.need.low, np.nan), np.where(hidden, self.need.high, np.nan))
        return replace(self, need=need)


def outsider(values: Floats, need: ProtectionLevels) -> Intruder:
    """Someone who has no record in the tables. That the total is not much larger than it is may be known from elsewhere."""
    most = values.max() + np.nanmax(need.high, initial=0.0)
    return Intruder(values, np.zeros(len(values)), np.full(len(values), most), need)


def insiders_of(system: CellSystem, base: Intruder, primary: Bools) -> list[Intruder]:
    """Someone in each of the smallest cells.

    In a cell of 1 they are taken to know that they are alone in it, and in every margin of 1 above it. In a cell of 2 they know that it
    holds at least 1. Of cells that lie within each other the smallest stands for all. Nothing need be kept from them about their own
    record: margins above their cell hold at least 1.

    References
    ----------
    Salazar-González, Extending cell suppression to protect tabular data against several attackers.
    """
    small = np.flatnonzero(primary & (system.values > 0) & (system.values <= OWN))
    members = system.atoms.T.tocsr()
    sizes = np.asarray(members.sum(axis=1)).ravel()
    out: list[Intruder] = []
    if not len(small):
        return out
    common = (members[small] @ system.atoms).toarray()  # atoms that a small cell shares with each cell
    within = common == sizes[None, :]  # cells that lie within the small one
    smaller = within[:, small] & (
        (sizes[small][None, :] < sizes[small][:, None]) | (np.arange(len(small)) < np.arange(len(small))[:, None])
    )
    for i in np.flatnonzero(~smaller.any(axis=1)):
        own = int(small[i])
        above = common[i] == sizes[own]
        alone = above & (system.values == 1)
        hers = np.flatnonzero(alone)
        if len(hers):
            # whoever is alone in a group is alone in all of its cells that are not empty
            inside = np.asarray((members[hers] @ system.atoms).toarray() == sizes[None, :]).any(axis=0)
            alone |= inside & (system.values == 1) & primary
            empty = inside & (system.values == 0)  # and knows that nobody else is in them
        else:
            empty = np.zeros(len(alone), dtype=bool)
        low, high = base.low.copy(), base.high.copy()
        low[own] = 1
        low[alone] = high[alone] = 1
        need_low = np.where(above, np.fmax(base.need.low, 1), base.need.low)
        need_low = np.where(np.isnan(base.need.low) | alone | empty, np.nan, need_low)
        need_high = np.where(alone | empty, np.nan, base.need.high)
        out.append(Intruder(base.values, low, high, ProtectionLevels(need_low, need_high), own))
    return out
