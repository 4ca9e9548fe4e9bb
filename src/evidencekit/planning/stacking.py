"""Many simulations in one table, so that one analysis by simulation does the work of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evidencekit.errors import InputError
from evidencekit.planning.truth import Simulated

__all__ = ["SIMULATION", "stacked"]

SIMULATION = "simulation"
DISTINCT = ("stratum", "psu")  # the same number in two simulations is not the same place


def stacked(many: Sequence[Simulated], numbers: Sequence[int] | None = None) -> dict[str, np.ndarray[Any, Any]]:
    """Simulations one below the other, with a column ``simulation``; strata and areas of each are its own.

    Parameters
    ----------
    many : sequence of Simulated
        All of one method.
    numbers : sequence of int, optional
        What each is called in the column ``simulation``. They count from 0 by default.

    Returns
    -------
    dict
        Columns, as arrays. ``method.analyse(stack, by=("simulation",))`` has one cell for each simulation that brought answers home, with
        the numbers that analysing it alone would give.

    Raises
    ------
    InputError
        There are none, two have other columns, there is no answer ``y``, columns are not as long, or strata or areas are no whole numbers.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.planning.stacking import stacked
    >>> household = ek.method_named("household_one_child")
    >>> stack = stacked([household.simulate(household.example(), seed=seed) for seed in (1, 2, 3)])
    >>> len(household.analyse(stack, by=("simulation",)))
    3
    """
    if not many:
        raise InputError("There is no simulation to stack.")
    out: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in (*many[0].data, SIMULATION)}
    begins = dict.fromkeys(DISTINCT, 0)
    for one, number in zip(many, range(len(many)) if numbers is None else numbers, strict=True):
        if {*one.data, SIMULATION} != set(out):
            raise InputError("The simulations have different columns.", "Stack simulations of one method.")
        columns = _columns(one.data)
        for name, values in columns.items():
            if name in begins and len(values):
                values = values - values.min() + begins[name]
                begins[name] = int(values.max()) + 1
            out[name].append(values)
        out[SIMULATION].append(np.full(len(columns["y"]), number))
    return {name: np.concatenate(parts) for name, parts in out.items()}


def _columns(data: Mapping[str, object]) -> dict[str, np.ndarray[Any, Any]]:
    columns = {name: np.asarray(values) for name, values in data.items()}
    if "y" not in columns or len({len(values) for values in columns.values()}) != 1:
        raise InputError("A simulation has no column y, or columns that are not as long.", "Let the simulator of the method give both.")
    for name in DISTINCT:
        if name in columns and not np.issubdtype(columns[name].dtype, np.integer):
            raise InputError(f"{name} of a simulation is not of whole numbers.", "Number strata and units in the simulator.")
    return columns
