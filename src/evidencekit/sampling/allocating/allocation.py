"""The result of an allocation: how many units of each stratum, exact and whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import how_many
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.sampling.allocating.asking import Strata
from evidencekit.sampling.allocating.rounding import Whole

__all__ = ["Allocation"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Allocation:
    """How many units to draw in each stratum.

    ``n`` (H,) are whole numbers, rounded as `rounding` says; ``exact`` (H,) what they were rounded from. Where they were given,
    ``deviations``, ``costs`` and ``totals`` (H,) are those of the strata, and `standard_error`, `cv` and `cost` are what the whole
    numbers reach.

    Parameters
    ----------
    strata : Strata
        What they are.
    n : array of int (H,)
        Units of each stratum.
    exact : array (H,)
        What they were rounded from.
    method, rounding : str
        How the exact numbers were worked out and rounded.
    deviations, costs, totals : array (H,), optional
        Those of the strata, where they were given.
    """

    strata: Strata
    n: Whole
    exact: Floats
    method: str
    rounding: str
    deviations: Floats | None = None
    costs: Floats | None = None
    totals: Floats | None = None

    @property
    def total(self) -> int:
        """The number of units in all."""
        return int(self.n.sum())

    @property
    def sizes(self) -> Floats:
        """The strata's numbers of units, shape (H,)."""
        return self.strata.sizes

    @property
    def cost(self) -> float | None:
        """What the units cost, where costs were given."""
        return None if self.costs is None else float(self.costs @ self.n)

    @property
    def standard_error(self) -> float | None:
        """Of the estimated mean, drawn without replacement, where deviations were given; NaN where a stratum gets no unit."""
        if self.deviations is None:
            return None
        sizes, n = self.sizes, self.n.astype(np.float64)
        if bool(((n == 0) & (self.deviations > 0)).any()):
            return float("nan")
        shares = sizes / sizes.sum()
        largest = float(self.deviations.max()) or 1.0
        squares = (shares * self.deviations / largest) ** 2
        return largest * float(np.sqrt((squares * (1 / np.maximum(n, 1) - 1 / sizes))[n > 0].sum()))

    @property
    def cv(self) -> float | None:
        """The standard error over the mean, where totals were given too."""
        if self.standard_error is None or self.totals is None or self.totals.sum() == 0:
            return None
        return self.standard_error / abs(float(self.totals.sum() / self.sizes.sum()))

    def as_mapping(self) -> dict[Any, int]:
        """Strata to whole numbers of units, as the verbs that draw take them."""
        return dict(zip(self.strata.labels, self.n.tolist(), strict=True))

    def to_frame(self) -> Any:
        """A row a stratum: ``stratum, size, n, n_exact, fraction``, and ``deviation`` and ``cost`` of a unit where given."""
        return frame_of(self._columns(), self.strata.backend)

    def _columns(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "stratum": list(self.strata.labels),
            "size": self.sizes.astype(np.int64),
            "n": self.n,
            "n_exact": self.exact,
            "fraction": self.n / self.sizes,
        }
        given = {"deviation": self.deviations, "cost": self.costs}
        return made | {name: values for name, values in given.items() if values is not None}

    def __repr__(self) -> str:
        return f"{self._title()}\n{text_table(*table_of(self._columns()), limit=40)}"

    def _repr_html_(self) -> str:
        return html_table(*table_of(self._columns()), caption=self._title(), limit=40)

    def _title(self) -> str:
        reached = {"cost": self.cost, "standard error": self.standard_error, "cv": self.cv}
        words = "".join(
            f"; {name} {value:,.0f}" if value >= 1000 else f"; {name} {value:.4g}" for name, value in reached.items() if value is not None
        )
        strata = how_many(len(self.strata), "stratum", "strata")
        return f"Allocation ({self.method}): {self.total:,} of {self.sizes.sum():,.0f} units in {strata}{words}"
