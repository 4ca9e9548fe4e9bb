"""The result of a search for strata: where they begin and end, and what a sample of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import how_many
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.sampling.allocating.rounding import Whole

__all__ = ["StrataBoundaries"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StrataBoundaries:
    """Strata cut from a size.

    A unit belongs to stratum h when its value is at least ``boundaries[h - 2]`` and below ``boundaries[h - 1]``; strata count from 1, and
    units taken with certainty are stratum 0. ``strata`` (N,) has each unit's stratum in the order of the values. Per stratum (L,):
    ``sizes``, whole numbers ``n`` and the ``exact`` ones, ``means``, ``variances`` (divisor N_h). The last `take_all` strata are
    taken whole. ``cv`` is that of the mean of the values themselves with the whole numbers, ``mean`` their mean.

    Parameters
    ----------
    method : str
        How they were cut.
    boundaries : array (L - 1,)
        Between strata.
    strata : array of int (N,)
        Each unit's stratum.
    sizes, n : array of int (L,)
        Units of each stratum, and how many to draw.
    exact, means, variances : array (L,)
        The exact numbers to draw; mean and variance of the sizes in each.
    take_all : int
        How many of the last strata are taken whole.
    certain : (int, float)
        How many units are taken with certainty, and the mean of their values.
    mean, cv : float
        Of the values, and of the estimate of their mean.
    backend : str
        The kind of frame that tables come in.
    """

    method: str
    boundaries: Floats
    strata: Codes
    sizes: Whole
    n: Whole
    exact: Floats
    means: Floats
    variances: Floats
    take_all: int
    certain: tuple[int, float]
    mean: float
    cv: float
    backend: str = "pandas"

    @property
    def total(self) -> int:
        """The number of units in all, the certain ones too."""
        return int(self.n.sum()) + self.certain[0]

    @property
    def standard_error(self) -> float:
        """Of the mean of the values."""
        return self.cv * self.mean

    def as_mapping(self) -> dict[int, int]:
        """Strata to whole numbers of units, as the verbs that draw take them."""
        made = {h + 1: int(n) for h, n in enumerate(self.n)}
        return {0: self.certain[0], **made} if self.certain[0] else made

    def to_frame(self) -> Any:
        """A row a stratum: ``stratum, low, high, size, n, n_exact, mean, variance, take_all``; low is in it, high is not."""
        return frame_of(self._columns(), self.backend)

    def _columns(self) -> dict[str, Any]:
        count = len(self.n)
        made: dict[str, list[Any]] = {
            "stratum": list(range(1, count + 1)),
            "low": [float("nan"), *self.boundaries.tolist()],
            "high": [*self.boundaries.tolist(), float("nan")],
            "size": self.sizes.tolist(),
            "n": self.n.tolist(),
            "n_exact": self.exact.tolist(),
            "mean": self.means.tolist(),
            "variance": self.variances.tolist(),
            "take_all": [h >= count - self.take_all for h in range(count)],
        }
        if self.certain[0]:
            units, mean = self.certain
            first = [0, float("nan"), float("nan"), units, units, float(units), mean, float("nan"), True]
            made = {name: [value, *values] for (name, values), value in zip(made.items(), first, strict=True)}
        return made

    def __repr__(self) -> str:
        return f"{self._title()}\n{text_table(*table_of(self._columns()), limit=40)}"

    def _repr_html_(self) -> str:
        return html_table(*table_of(self._columns()), caption=self._title(), limit=40)

    def _title(self) -> str:
        units = int(np.sum(self.sizes)) + self.certain[0]
        strata = how_many(len(self.n), "stratum", "strata")
        return f"Strata ({self.method}): {self.total:,} of {how_many(units, 'unit')} in {strata}; cv {self.cv:.4g}"
