"""Stacks: the answers of many simulations in one table, so that they are analysed in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evidencekit.errors import InputError
from evidencekit.planning.truth import Simulated

__all__ = ["SIMULATION", "stacked"]

SIMULATION = "simulation"
DISTINCT = ("stratum", "psu")  # the same number in two simulations is not the same place


def stacked(many: Sequence[Simulated], numbers: Sequence[int]) -> dict[str, np.ndarray[Any, Any]]:
    """One table of some simulations, with a column of their numbers; strata and units of each are its own.

    Parameters
    ----------
    many : sequence of Simulated
        In their order.
    numbers : sequence of int
        What each is called in the column ``"simulation"``.

    Raises
    ------
    InputError
        Two have other columns, there is no answer ``y``, columns are not as long, or strata or units are not whole numbers.
    """
    out: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in (*many[0].data, SIMULATION)}
    begins = dict.fromkeys(DISTINCT, 0)
    for one, number in zip(many, numbers, strict=True):
        columns = _columns(one.data)
        if [*columns, SIMULATION] != list(out):
            raise InputError("Two simulations of the method have other columns.", "Its simulator gives the same ones each time.")
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
