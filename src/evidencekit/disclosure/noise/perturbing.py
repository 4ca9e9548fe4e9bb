"""Perturbation of counts by their cell keys: the same cell has the same value wherever it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from evidencekit.disclosure.noise.cellkeys import Keys
from evidencekit.disclosure.noise.ptables import PerturbationTable
from evidencekit.disclosure.whole import Whole, frozen, positions, whole_counts
from evidencekit.errors import InputError, how_many

__all__ = ["Perturbed", "perturb"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Perturbed:
    """Counts changed by their cell keys. The true counts and the keys are not kept.

    Parameters
    ----------
    counts : array of int
        In the shape that was passed; none negative.
    max_change : int
        No count was changed by more.
    variance : float
        Of the changes of counts that are not small.
    none_up_to : int
        No count is one of 1 up to this.

    Examples
    --------
    >>> from evidencekit.disclosure.noise import perturbation_table
    >>> keys = np.array([0, 3 * 2**62, 2**61], dtype=np.uint64)
    >>> perturb([0, 12, 40], keys=keys, table=perturbation_table())
    Perturbed: 3 counts, each changed by up to 5 (variance 3), the same wherever it is shown
    they need not add up; a count of 0 is a true 0, or was 1 to 5; numbers of records, not weighted
    many different counts that hold the same few people can be averaged: show no more tables than are needed
    """

    counts: Whole
    max_change: int
    variance: float
    none_up_to: int

    @property
    def statement(self) -> tuple[str, ...]:
        """What must be said beside the numbers, a sentence each."""
        least = f"no count is 1 to {self.none_up_to}; " if self.none_up_to else ""
        zero = f"a count of 0 is a true 0, or was 1 to {self.max_change}" if self.max_change > 1 else "a count of 0 is a true 0, or was 1"
        return (
            f"they need not add up; {least}{zero}; numbers of records, not weighted",
            "many different counts that hold the same few people can be averaged: show no more tables than are needed",
        )

    def __repr__(self) -> str:
        size = how_many(self.counts.size, "count")
        head = f"Perturbed: {size}, each changed by up to {self.max_change} (variance {self.variance:.4g}), the same wherever it is shown"
        return "\n".join([head, *self.statement])

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in repr(self).splitlines())


def perturb(counts: Any, *, keys: Keys, table: PerturbationTable) -> Perturbed:
    """Change counts by what the perturbation table has for their keys.

    Parameters
    ----------
    counts : array
        Unweighted numbers of records, of any shape; margins are counts like any other.
    keys : array of uint64, of the same shape
        Of the cells, as `cell_keys` and `margin_keys` give them.
    table : PerturbationTable
        The same one for every table of the data set.

    Returns
    -------
    Perturbed
        Margins do not add up to the last digit: each is changed by its own key.

    Raises
    ------
    InputError
        Counts that are missing, negative or not whole, keys of another shape, or keys of cells that have no records.

    Notes
    -----
    A cell's key over 2**64 is a number from 0 to 1; the change is where it falls among the row's added-up chances. Cells of other people
    have keys that have nothing to do with each other, so changes over many cells have the chances of the table.

    What remains: this is not differential privacy. Whoever may ask for many tables can average the changes away.

    References
    ----------
    Thompson, Broadfoot and Elazar (2013), Methodology for the automatic confidentialisation of statistical outputs from remote servers at
    the Australian Bureau of Statistics, UNECE work session on statistical data confidentiality.
    Asghar and Kaafar (2020), Averaging attacks on bounded noise-based disclosure control algorithms, Proceedings on Privacy Enhancing
    Technologies; arXiv 1902.06414.

    Examples
    --------
    >>> from evidencekit.disclosure.noise import cell_keys, perturbation_table, record_keys
    >>> keys = record_keys(range(60), secret=b"an example, never a release")
    >>> cells = np.arange(60) % 7 % 3
    >>> inner = cell_keys(keys, cells=cells, shape=(3,))
    >>> perturb(np.bincount(cells), keys=inner, table=perturbation_table()).counts.tolist()
    [27, 17, 18]
    """
    if not isinstance(table, PerturbationTable):
        raise InputError("table= is a PerturbationTable.", "Make one with perturbation_table().")
    true = whole_counts(counts)
    if not isinstance(keys, np.ndarray) or keys.dtype != np.uint64 or keys.shape != true.shape:
        raise InputError("keys= is not one uint64 for each count.", "Make them with cell_keys(), and margin_keys() for margins.")
    if (odd := (true == 0) & (keys != 0)).any():
        raise InputError(
            f"{how_many(int(odd.sum()), 'cell without records has', 'cells without records have')} a key, at {positions(odd.ravel())}.",
            "Count the records that the keys are of.",
        )
    ends = np.cumsum(table.chances, axis=1)
    ends[:, -1] = 1
    row = np.minimum(true, len(ends) - 1)
    at = (keys >> np.uint64(11)).astype(np.float64) * 2.0**-53  # below 1 always
    change = (at[..., None] >= ends[row]).sum(axis=-1) - table.max_change
    return Perturbed(counts=frozen(true + change), max_change=table.max_change, variance=table.variance, none_up_to=table.none_up_to)
