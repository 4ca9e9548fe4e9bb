"""Checks of one simulation and its analysis: repeatable, whatever the order of rows, the scale of weights and the kind of frame."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from evidencekit.combining.classes import has_design
from evidencekit.errors import InputError
from evidencekit.estimate import Estimate
from evidencekit.planning.stacking import SIMULATION, stacked
from evidencekit.testing.bench import REQUIRED, Bench

__all__ = ["of_constants", "of_empty", "of_estimate", "of_invariance", "of_mutation", "of_seeds", "of_simulation", "of_stacks"]

CLOSE, STACKED = 1e-10, 1e-12
ALONE = 5  # simulations that are analysed alone and in a stack


def of_simulation(bench: Bench) -> list[str]:
    """The simulation has the columns and the truth that an analysis and a diagnosis need."""
    data, measure = bench.answers.data, bench.method.card.estimand.measure
    found = [f"simulator: it gives no column {name}" for name in REQUIRED if name not in data]
    found += [f"simulator: {name} is no array" for name, column in data.items() if not isinstance(column, np.ndarray)]
    if len({len(np.asarray(column)) for column in data.values()}) > 1:
        found += ["simulator: its columns have different lengths"]
    codes = [name for name in ("stratum", "psu") if name in data and not np.issubdtype(np.asarray(data[name]).dtype, np.integer)]
    found += [f"simulator: {name} has no whole numbers" for name in codes]
    if measure not in bench.answers.truth or not np.isfinite(bench.answers.truth[measure]):
        found += [f"simulator: its truth has no value of the card's measure {measure!r}"]
    if bench.answers.invited < len(np.asarray(next(iter(data.values()), ()))):
        found += ["simulator: more answered than were invited"]
    return found


def of_seeds(bench: Bench) -> list[str]:
    """The same seed gives the same answers, another seed others."""
    same = bench.method.simulate(bench.context, bench.truth, seed=bench.seed)
    other = bench.method.simulate(bench.context, bench.truth, seed=bench.seed + 1)
    found = [] if _equal(bench.answers.data, same.data) else ["simulator: the same seed gives different answers"]
    return found + (["simulator: different seeds give the same answers"] if _equal(bench.answers.data, other.data) else [])


def of_estimate(bench: Bench) -> list[str]:
    """The analysis gives one number of the card's class, with an interval where, and only where, there is a design."""
    card, made = bench.method.card, bench.method.analyse(bench.columns)
    if not isinstance(made, Estimate):
        return [f"analysis: it gives a {type(made).__name__}, not an Estimate"]
    found = [] if len(made) == 1 else [f"analysis: it gives {len(made)} numbers, not one"]
    if made.inference != card.inference:
        found += [f"analysis: its Estimate is of the class {made.inference!r}, the card's is {card.inference!r}"]
    limits = np.isfinite(made.interval.low) | np.isfinite(made.interval.high)
    if not has_design(card.inference) and limits.any():
        found += ["analysis: a number without a design has an interval"]
    if has_design(card.inference) and not limits.all():
        found += ["analysis: a number with a design has no interval"]
    by_sex = bench.method.analyse(bench.columns, by=("sex",))
    wanted = len(np.unique(bench.columns["sex"]))
    return found + ([] if len(by_sex) == wanted else [f'analysis: by=("sex",) gives {len(by_sex)} numbers, not {wanted}'])


def of_invariance(bench: Bench) -> list[str]:
    """Neither the order of rows, nor the scale of weights, nor the kind of frame changes the number."""
    columns, method = bench.columns, bench.method
    made = method.analyse(columns)
    order = np.random.default_rng(bench.seed).permutation(len(columns["y"]))
    others = {"the order of rows": ({name: column[order] for name, column in columns.items()}, 1.0)}
    scale = 7.3 if made.statistic in ("total", "count") else 1.0
    others["the scale of weights"] = ({**columns, "weight": 7.3 * columns["weight"]}, scale)
    others |= {f"a {kind} frame": (_as(kind, columns), 1.0) for kind in ("polars", "pyarrow") if find_spec(kind)}
    found: list[str] = []
    for what, (data, times) in others.items():
        again = method.analyse(data)
        for name, one, two in (("estimate", made.points, again.points), ("standard error", made.se, again.se)):
            if not _close(one * times, two, CLOSE):
                found += [f"analysis: {what} changes the {name}"]
    return found


def of_empty(bench: Bench) -> list[str]:
    """Without answers there is no number, but an InputError."""
    try:
        bench.method.analyse({name: column[:0] for name, column in bench.columns.items()})
    except InputError:
        return []
    except Exception as error:
        return [f"analysis: without answers it raises {type(error).__name__}, not InputError"]
    return ["analysis: it gives a number where there are no answers"]


def of_constants(bench: Bench) -> list[str]:
    """Where all answers are alike there is a number, and it is that answer."""
    found: list[str] = []
    for value in (0, 1):
        try:
            made = bench.method.analyse({**bench.columns, "y": np.full_like(bench.columns["y"], value)})
        except Exception as error:
            found += [f"analysis: where every y is {value} it fails ({type(error).__name__}: {error})"]
            continue
        if not np.isfinite(made.points).all():
            found += [f"analysis: where every y is {value} it gives no number"]
    return found


def of_mutation(bench: Bench) -> list[str]:
    """What was passed is as it was."""
    import pandas as pd

    frame, columns = pd.DataFrame(bench.columns), bench.columns
    before, kept = frame.copy(), {name: column.copy() for name, column in columns.items()}
    bench.method.analyse(frame)
    bench.method.analyse(columns)
    changed = not frame.equals(before) or list(frame.columns) != list(before.columns) or not _equal(columns, kept)
    return ["analysis: it changes the data it is given"] if changed else []


def of_stacks(bench: Bench) -> list[str]:
    """Simulations analysed in a stack have the numbers that they have alone."""
    method = bench.method
    several = [method.simulate(bench.context, bench.truth, seed=bench.seed + place) for place in range(ALONE)]
    stack = method.analyse(stacked(several), by=(SIMULATION,))
    if len(stack) != ALONE:
        return [f"analysis: a stack of {ALONE} simulations gives {len(stack)} numbers"]
    cells = [stack.cells.find({SIMULATION: place}) for place in range(ALONE)]
    alone = [method.analyse(dict(one.data)) for one in several]
    pairs = {
        "estimate": (stack.points[cells], [one.points[0] for one in alone]),
        "standard error": (stack.se[cells], [one.se[0] for one in alone]),
        "lower limit": (stack.interval.low[cells], [one.interval.low[0] for one in alone]),
        "upper limit": (stack.interval.high[cells], [one.interval.high[0] for one in alone]),
    }
    return [
        f"analysis: by=({SIMULATION!r},) on a stack changes the {name}"
        for name, (one, two) in pairs.items()
        if not _close(one, np.asarray(two), STACKED)
    ]


def _as(kind: str, columns: dict[str, Any]) -> Any:
    if kind == "polars":
        import polars as pl

        return pl.DataFrame(columns)
    import pyarrow as pa

    return pa.table(columns)


def _equal(one: Any, two: Any) -> bool:
    return set(one) == set(two) and all(np.array_equal(np.asarray(one[name]), np.asarray(two[name])) for name in one)


def _close(one: Any, two: Any, tolerance: float) -> bool:
    return np.shape(one) == np.shape(two) and bool(np.allclose(one, two, rtol=tolerance, atol=tolerance, equal_nan=True))
