"""Many simulations in one table, so that one analysis by simulation does the work of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evidencekit.errors import InputError
from evidencekit.planning.truth import Simulated

__all__ = ["SIMULATION", "stacked"]

SIMULATION = "simulation"
_OWN = ("stratum", "psu")  # codes that start again in every simulation


def stacked(simulations: Sequence[Simulated]) -> Mapping[str, object]:
    """Simulations one below the other, with a column ``simulation`` that counts from 0; strata and areas are told apart.

    Parameters
    ----------
    simulations : sequence of Simulated
        All of one method.

    Returns
    -------
    mapping
        Columns, as arrays. ``method.analyse(stack, by=("simulation",))`` has one cell for each simulation that brought answers home, with
        the numbers that analysing it alone would give.

    Raises
    ------
    InputError
        There are none, or their columns differ.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.planning.stacking import stacked
    >>> household = ek.method_named("household_one_child")
    >>> stack = stacked([household.simulate(household.example(), seed=seed) for seed in (1, 2, 3)])
    >>> len(household.analyse(stack, by=("simulation",)))
    3
    """
    if not simulations:
        raise InputError("There is no simulation to stack.")
    names = tuple(simulations[0].data)
    if any(set(one.data) != set(names) for one in simulations):
        raise InputError("The simulations have different columns.", "Stack simulations of one method.")
    columns: dict[str, np.ndarray] = {}
    for name in names:
        parts = [np.asarray(one.data[name]) for one in simulations]
        columns[name] = np.concatenate(_apart(parts) if name in _OWN else parts)
    sizes = [len(np.asarray(one.data[names[0]])) for one in simulations]
    columns[SIMULATION] = np.repeat(np.arange(len(simulations)), sizes)
    return columns


def _apart(parts: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Codes of several simulations, none of which is that of another."""
    step = 1 + max((int(part.max()) for part in parts if len(part)), default=0)
    return [part + step * place for place, part in enumerate(parts)]
