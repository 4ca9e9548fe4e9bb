"""Stacks: the answers of many simulations in one table, so that they are analysed in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evidencekit.errors import InputError
from evidencekit.planning.truth import Simulated

__all__ = ["SIMULATION", "columns_of", "stacked"]

SIMULATION = "simulation"
OWN = ("stratum", "psu")  # the same number in two simulations is not the same place
Columns = dict[str, np.ndarray[Any, Any]]


def stacked(simulations: Sequence[Simulated], numbers: Sequence[int] | None = None) -> Columns:
    """Simulations one below the other, with a column of their numbers; strata and units of each are its own.

    Parameters
    ----------
    simulations : sequence of Simulated
        All of one method.
    numbers : sequence of int, optional
        What each is called in the column ``"simulation"``. By default they are counted from 0.

    Returns
    -------
    dict
        Columns, as arrays. ``method.analyse(stack, by=("simulation",))`` has one cell for each simulation that brought answers home, with
        the numbers that analysing it alone would give.

    Raises
    ------
    InputError
        There are none, two have other columns, one has no answer ``y`` or columns that are not as long, or strata or units are not whole
        numbers.

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
    out: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in (*simulations[0].data, SIMULATION)}
    begins = dict.fromkeys(OWN, 0)
    for one, number in zip(simulations, range(len(simulations)) if numbers is None else numbers, strict=True):
        columns = columns_of(one.data)
        if {*columns, SIMULATION} != set(out):
            raise InputError("Two simulations of the method have other columns.", "Its simulator gives the same ones each time.")
        for name, values in columns.items():
            if name in begins and len(values):
                values = values + (begins[name] - values.min())
                begins[name] = int(values.max()) + 1
            out[name].append(values)
        out[SIMULATION].append(np.full(len(columns["y"]), number))
    return {name: np.concatenate(parts) for name, parts in out.items()}


def columns_of(data: Mapping[str, object]) -> Columns:
    """The columns of one simulation, or why they cannot be stacked."""
    columns = {name: np.asarray(values) for name, values in data.items()}
    if any(values.ndim != 1 for values in columns.values()):
        raise InputError("A column of a simulation is no list of values.", "Each has one value for each who answered.")
    if SIMULATION in columns:
        raise InputError(f"A simulation has a column {SIMULATION!r}, which stacks put beside it.", "Call it otherwise in the simulator.")
    if "y" not in columns or len({len(values) for values in columns.values()}) != 1:
        raise InputError("A simulation has no column y, or columns that are not as long.", "Let the simulator of the method give both.")
    if "sex" in columns and not np.isin(columns["sex"], (0, 1)).all():
        raise InputError("sex of a simulation is not 1 for girls and 0 for boys.", "Let the simulator of the method give these.")
    for name in OWN:
        if name in columns and not np.issubdtype(columns[name].dtype, np.integer):
            raise InputError(f"{name} of a simulation is not of whole numbers.", "Number strata and units in the simulator.")
    return columns
