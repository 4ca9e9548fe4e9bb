"""Benchmark: what the areas must add up to, so that a table of areas and the national number tell one story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import EstimationError, InputError, one_of
from evidencekit.estimate import Estimate

__all__ = ["Benchmark", "moved"]

WAYS = ("ratio", "difference")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Benchmark:
    """The national number that areas are brought to.

    Parameters
    ----------
    national : Estimate or float
        One cell: the same quantity of all areas together.
    population : str
        Column of the covariates with the size of each area's population: the areas' weights.
    how : {"ratio", "difference"}
        Whether every area is multiplied by one number (default) or moved by one.

    Raises
    ------
    InputError
        `national` is no finite number or not one cell.

    References
    ----------
    Pfeffermann (2013), Statistical Science 28, 40-68. Wang, Fuller and Qu (2008), Survey Methodology 34, 29-36.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.models.Benchmark(national=0.16, population="children").how
    'ratio'
    """

    national: Estimate | float
    population: str
    how: str = "ratio"

    def __post_init__(self) -> None:
        one_of("how", self.how, WAYS)
        if not isinstance(self.population, str):
            raise InputError("population= names the column of the areas' population sizes.")
        if not np.isfinite(self.value):
            raise InputError("national= is one finite number, or an Estimate of one cell.")

    @property
    def value(self) -> float:
        """The national number."""
        given: Any = self.national
        if isinstance(given, Estimate):
            return float(given.points[0]) if len(given) == 1 else float("nan")
        if isinstance(given, bool) or not isinstance(given, (int, float, np.number)):
            return float("nan")
        return float(given)


def moved(points: Floats, sizes: Floats, benchmark: Benchmark, *, share: bool) -> tuple[Floats, str]:
    """Benchmarked numbers, and what was done in words.

    Raises
    ------
    InputError
        A size is missing or not above 0.
    EstimationError
        A share would leave 0 to 1, or numbers that add up to nothing cannot be multiplied.
    """
    if not (np.isfinite(sizes).all() and (sizes > 0).all()):
        raise InputError("Every area needs the size of its population, above 0, to be benchmarked.")
    now = float(points @ sizes / sizes.sum())
    if benchmark.how == "ratio":
        if now == 0:
            raise EstimationError("Areas that average to 0 cannot be multiplied to a benchmark.", 'Use how="difference".')
        made, said = points * (benchmark.value / now), f"times {benchmark.value / now:.4g}"
    else:
        made, said = points + (benchmark.value - now), f"moved by {benchmark.value - now:.4g}"
    if share and ((made < 0) | (made > 1)).any():
        raise EstimationError(
            "Benchmarking would bring a share below 0 or above 1: areas and national number do not belong together.",
            "Check that both are of the same people, and look at the areas without a benchmark first.",
        )
    return made, said
