"""Quotas: how many interviews in each cell, how many are done, and the honest name of what they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import InputError
from evidencekit.frames import eager, frame_of, open_data
from evidencekit.sampling.allocating.allocation import Allocation
from evidencekit.sampling.allocating.asking import is_number
from evidencekit.sampling.allocating.sharing import allocate
from evidencekit.sampling.drawing.framing import blank_in, column_names
from evidencekit.sampling.drawing.strata import Key, key_of
from evidencekit.survey import NoDesign

__all__ = ["Quota", "quota"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quota:
    """How many interviews each cell gets.

    Parameters
    ----------
    allocation : Allocation
        The cells with the people in them, and the interviews.

    Examples
    --------
    See `quota`.
    """

    allocation: Allocation

    @property
    def table(self) -> Any:
        """One row a cell, as a pandas frame: ``cell``, ``population`` and ``wanted``, the number of interviews."""
        words = [", ".join(key) for key in self._keys()]
        made = {"cell": words, "population": self.allocation.sizes.astype(np.int64), "wanted": self.allocation.n}
        return frame_of(made, "pandas")

    def progress(self, answers: Any, *, by: str | Sequence[str]) -> Any:
        """How far the interviews have come, as counts.

        Parameters
        ----------
        answers : Dataset or data frame
            In memory, one row an interview.
        by : str or sequence of str
            The columns that say which cell an interview is in; several for crossed cells, in the order of their parts.

        Returns
        -------
        data frame
            In the caller's kind, one row a cell: the `by` columns, ``wanted``, ``have`` and ``left`` (0 where a cell is full or over).

        Raises
        ------
        UnknownColumn
            A column is not in the answers.
        InputError
            Interviews whose cell is missing or not among those of the quota, or `by` of another number of columns.
        """
        rows = open_data(answers)
        frame = eager(rows.frame, "progress()")
        names, keys = column_names(rows, by, "by") or (), self._keys()
        if len(names) != len(keys[0]):
            raise InputError(f"The cells have {len(keys[0])} parts, and by= names {len(names)} columns.", "Name one column for each part.")
        if taken := [name for name in names if name in ("wanted", "have", "left")]:
            raise InputError(f"by= names a column {taken[0]!r}, which the table of progress has itself.", "Rename it.")
        blank = np.any([blank_in(frame[name]) for name in names], axis=0)
        told = [key_of(row) for row in zip(*(frame[name].to_list() for name in names), strict=True)]
        places = {key: k for k, key in enumerate(keys)}
        strange = sum(key not in places for key, missing in zip(told, blank.tolist(), strict=True) if not missing)
        if blank.any() or strange:
            found = [f"{int(blank.sum()):,} do not say which cell they are in"] if blank.any() else []
            found += [f"{strange:,} are in a cell that the quota does not have"] if strange else []
            raise InputError(
                f"Of {len(frame):,} interviews {' and '.join(found)}.",
                "Correct them, or leave them out: they fill no cell.",
            )
        have = np.bincount([places[key] for key in told], minlength=len(keys))
        wanted = self.allocation.n
        made: dict[str, Any] = {name: [level[k] for level in self._levels()] for k, name in enumerate(names)}
        return frame_of({**made, "wanted": wanted, "have": have, "left": np.maximum(wanted - have, 0)}, rows.backend)

    @property
    def design(self) -> NoDesign:
        """The design of a Survey on the answers: none. They have no interval and no total, and describe those who answered."""
        return NoDesign(inference="quota")

    def _levels(self) -> list[tuple[Any, ...]]:
        return [label if isinstance(label, tuple) else (label,) for label in self.allocation.strata.labels]

    def _keys(self) -> list[Key]:
        return [key_of(label) for label in self.allocation.strata.labels]

    def __repr__(self) -> str:
        return f"Quota({self.allocation.total:,} interviews in {len(self.allocation.strata):,} cells; no probability sample)"


def quota(cells: Any, n: int) -> Quota:
    """How many interviews to make in each cell, in proportion to the people in it.

    Parameters
    ----------
    cells : mapping or pandas Series
        Cell to the number of people in it, from a census or register; crossed cells as tuples: ``{("girl", "12-14"): 51_000, ...}``.
    n : int
        The number of interviews in all, at least one for every cell.

    Returns
    -------
    Quota
        ``.table``, ``.progress(answers, by=...)`` while interviews are made, and ``.design``, which says that there is none.

    Raises
    ------
    InputError
        No cells, counts that are not whole numbers above 0, cells of different numbers of parts, two cells called alike, or an `n` that is
        no whole number, smaller than the number of cells or larger than the population.

    Notes
    -----
    Numbers are rounded down, then up where most was cut off, as by `allocate`. Every cell gets at least one: nobody in it could be
    spoken of otherwise, and no weight can stand for a cell without answers. Where that changes the proportions, join cells.

    Quotas make the answers resemble the population in the cells and in nothing else. Whom an interviewer takes within a cell is left to who
    is there and willing, so nobody has a known chance, and the answers have neither interval nor total.

    References
    ----------
    Baker et al. (2013), Report of the AAPOR Task Force on Non-Probability Sampling, chapter 3.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> plan = ek.sampling.quota({"girl": 51_000, "boy": 49_000}, 300)
    >>> plan
    Quota(300 interviews in 2 cells; no probability sample)
    >>> plan.progress(pd.DataFrame({"sex": ["girl", "boy", "girl"]}), by="sex")
        sex  wanted  have  left
    0  girl     153     2   151
    1   boy     147     1   146
    """
    if not isinstance(cells, Mapping) and not nw.dependencies.is_pandas_series(cells):
        raise InputError(f"cells= is a mapping of cells to numbers of people, not a {type(cells).__name__}.", "A pandas Series will do.")
    pairs = list(cells.items())
    if not pairs:
        raise InputError("cells= is empty.", "Give the number of people in each cell.")
    if wrong := sum(not is_number(people) or not 1 <= people <= 10**15 or not float(people).is_integer() for _, people in pairs):
        raise InputError(f"cells= has {wrong:,} of {len(pairs):,} counts that are not whole numbers above 0.", "They count people.")
    keys = [key_of(cell) for cell, _ in pairs]
    if len({len(key) for key in keys}) > 1:
        raise InputError("cells= has cells of different numbers of parts.", "Cross all of them by the same columns, in the same order.")
    if twice := len(keys) - len(set(keys)):
        raise InputError(f"cells= has {twice:,} cells that are called like another.", "Write each once: 1 and '1' are the same cell.")
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < len(pairs):
        raise InputError(f"n is a whole number of interviews, one or more for each of the {len(pairs):,} cells.", "Or join cells.")
    people = {cell: int(count) for cell, count in pairs}
    if n > sum(people.values()):
        raise InputError("n is more than the people in all cells.", "Correct one of them.")
    return Quota(allocate(people, int(n), method="proportional", minimum=1))
