"""Batches: some simulations of one truth, from the population to what is released, as a few numbers each.

A worker gets a plan, a truth and whole numbers, and gives numbers back: no answer of a simulation leaves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.disclosure.profiles import Profile
from evidencekit.errors import EvidencekitError, InputError
from evidencekit.estimate import Estimate
from evidencekit.planning.context import Context
from evidencekit.planning.diagnosing.differing import found
from evidencekit.planning.diagnosing.surviving import kept, only_hides, shown
from evidencekit.planning.method import Method
from evidencekit.planning.plan import Plan
from evidencekit.planning.stacking import SIMULATION, columns_of, stacked
from evidencekit.planning.truth import Simulated, Truth

__all__ = ["BATCH", "RELEASED", "SEXES", "Numbers", "Task", "Trial", "analysed", "carried_out", "seed_of", "simulated"]

BATCH = 50  # simulations analysed in one call: with more of them the covariance of all cells takes longer than the rest
RELEASED = 20  # simulations of each truth that go through all of release(), which takes far longer than an analysis
SEXES = (1, 0)  # girls, boys
SAME = 1e-9  # how far a simulation may differ, relatively, when it is analysed with others

Numbers = dict[str, list[float]]
NAMES = ("target", "interviews", "estimate", "se", "low", "high", "found", "kept", "kept_by_sex", "shown", "shown_by_sex")


class Task(NamedTuple):
    """Simulations `start` to `stop` of the truth at a place in the grid."""

    at: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a worker needs: a plan with its method and its context settled, the grid, the seed, and the profile of the release."""

    plan: Plan
    method: Method
    at: Context
    truths: tuple[Truth, ...]
    seed: int
    rules: Profile


def seed_of(trial: Trial, at: int, number: int) -> np.random.SeedSequence:
    """The seed of one simulation: its own whatever the batch, the number of workers and where it was resumed."""
    return np.random.SeedSequence(trial.seed, spawn_key=(at, number))


def carried_out(trial: Trial, task: Task) -> tuple[Numbers, float, str]:
    """The numbers of some simulations, the level of their intervals, and why some could not be analysed.

    Raises
    ------
    InputError
        The simulator or the analysis fails, the simulator does not say what its card estimates, or the analysis takes several simulations
        for one.
    """
    numbers = range(task.start, task.stop)
    many = [simulated(trial, task.at, number) for number in numbers]
    out = {name: np.full(len(many), np.nan) for name in NAMES}
    out["target"][:] = [float(one.truth[trial.method.card.estimand.measure]) for one in many]
    out["interviews"][:] = [len(columns_of(one.data)["y"]) for one in many]
    level, why = _analysed(trial, many, np.arange(len(many)), out)
    if not task.start:
        _check_alone(trial, many[0], out)
    for k in [k for k, number in enumerate(numbers) if number < RELEASED and np.isfinite(out["estimate"][k])]:
        known = only_hides(trial.rules) and out["kept"][k] == 1 and not out["kept_by_sex"][k] < 1
        out["shown"][k], out["shown_by_sex"][k] = (1.0, out["kept_by_sex"][k]) if known else _released(trial, many[k])
    return {name: values.tolist() for name, values in out.items()}, level, why


def simulated(trial: Trial, at: int, number: int) -> Simulated:
    """One simulation of the truth at a place in the grid.

    Raises
    ------
    InputError
        The simulator fails, or gives something else than a `Simulated` with the truth of its card's measure.
    """
    name, measure, truth = trial.method.name, trial.method.card.estimand.measure, trial.truths[at]
    rng = np.random.default_rng(seed_of(trial, at, number))
    try:
        one: Any = trial.method.simulator(trial.at, trial.plan.sizing, truth, rng)
    except EvidencekitError:
        raise
    except Exception as error:  # of whoever wrote it: nothing in it is anybody's answer, and the error behind this one says where
        raise InputError(
            f"The simulator of {name} fails ({type(error).__name__}).", "evidencekit.testing.check_method says more."
        ) from error
    if not isinstance(one, Simulated) or not isinstance(one.data, Mapping) or not isinstance(one.truth, Mapping):
        raise InputError(
            f"The simulator of {name} gives no planning.Simulated with mappings of data and truth.", "methods/_template has one."
        )
    if measure not in one.truth:
        raise InputError(
            f"The simulator of {name} does not say the true {measure}, which its card estimates.",
            "Simulated.truth holds it under that name.",
        )
    value: Any = one.truth[measure]
    if not isinstance(value, Real) or not np.isfinite(float(value)):
        raise InputError(f"The true {measure} that the simulator of {name} gives is no finite number.", "Simulated.truth holds one.")
    return one


def analysed(method: Method, columns: Any, by: Sequence[str] = ()) -> Estimate:
    """What the method makes of simulated answers, with an error of ours where it fails otherwise."""
    try:
        made: object = method.analyse(columns, by=by)
    except EvidencekitError:
        raise
    except Exception as error:  # of simulated answers, that are nobody's
        raise InputError(
            f"The analysis of {method.name} fails ({type(error).__name__}).", "evidencekit.testing.check_method says more."
        ) from error
    if not isinstance(made, Estimate):
        raise InputError(f"The analysis of {method.name} gives a {type(made).__name__}, not an Estimate.", "methods/_template has one.")
    return made


def _analysed(trial: Trial, many: Sequence[Simulated], places: Codes, out: dict[str, Floats]) -> tuple[float, str]:
    """Put the numbers of some simulations in their places; one by one where they cannot be analysed together."""
    import pandas as pd

    places = np.array([k for k in places if out["interviews"][k]], dtype=np.intp)
    if not len(places):
        return np.nan, "nobody answered"
    try:
        columns = pd.DataFrame(stacked([many[k] for k in places], places.tolist()), copy=False)
        overall = analysed(trial.method, columns, (SIMULATION,))
        split = analysed(trial.method, columns, (SIMULATION, "sex")) if "sex" in columns else None
    except EvidencekitError as trouble:
        if len(places) == 1:
            return np.nan, type(trouble).__name__ + ": " + trouble.what
        told = [_analysed(trial, many, places[k : k + 1], out) for k in range(len(places))]
        return max((level for level, _ in told if level == level), default=np.nan), next((why for _, why in told if why), "")
    _fill(overall, split, trial.rules, out)
    return overall.interval.level, ""


def _fill(overall: Estimate, split: Estimate | None, rules: Profile, out: dict[str, Floats]) -> None:
    size = len(out["estimate"])
    at = _cells(overall, size)
    there = np.flatnonzero(at >= 0)
    cell = at[there]
    whole: dict[str, Any] = {
        "estimate": overall.points,
        "se": overall.se,
        "low": overall.interval.low,
        "high": overall.interval.high,
        "kept": kept(overall, rules),
    }
    for name, values in whole.items():
        out[name][there] = values[cell]
    if split is None:
        return
    girls, boys = (_cells(split, size, sex) for sex in SEXES)
    df = np.full(size, np.nan)
    df[there] = overall.df[cell]
    safe = np.append(kept(split, rules), False)  # a cell that is not there, at -1, is not shown
    out["kept_by_sex"][there] = ((0.0 + safe[girls] + safe[boys]) / 2)[there]
    out["found"][there] = found(split, girls, boys, df)[there]


def _cells(est: Estimate, size: int, sex: int | None = None) -> Codes:
    """The cell of every simulation, -1 where it has none."""
    at = np.full(size, -1, dtype=np.intp)
    columns = est.cells.columns
    if not {SIMULATION, *([] if sex is None else ["sex"])} <= set(columns):
        raise InputError("The analysis of the method does not split its answers by what by= names.", "It passes by= on to the statistic.")
    sexes = [None] * len(est) if sex is None else [int(one) for one in columns["sex"]]
    for i, (number, this) in enumerate(zip(columns[SIMULATION], sexes, strict=True)):
        if this == sex:
            if at[int(number)] >= 0:
                raise InputError("The analysis of the method gives several numbers for one simulation.", "Its card estimates one measure.")
            at[int(number)] = i
    return at


def _check_alone(trial: Trial, one: Simulated, out: dict[str, Floats]) -> None:
    """Refuse an analysis to which simulations in one table are not simulations apart: weights made over all of them, for example."""
    if not np.isfinite(out["estimate"][0]):
        return
    alone = analysed(trial.method, stacked([one], [0]))
    for name, value in (("estimate", alone.points), ("se", alone.se), ("low", alone.interval.low), ("high", alone.interval.high)):
        if not np.isclose(value[0], out[name][0], rtol=SAME, atol=SAME, equal_nan=True):
            raise InputError(
                f"The analysis of {trial.method.name} gives another {name} for a simulation by itself than by simulation.",
                "by= splits the answers: what the analysis makes of all rows, weights for example, it makes within the groups of by=.",
            )


def _released(trial: Trial, one: Simulated) -> tuple[float, float]:
    """The shares of cells that release() shows: of the one overall, and of those of girls and boys."""
    columns = stacked([one], [0])
    tables = [analysed(trial.method, columns)]
    if "sex" in columns:
        tables.append(analysed(trial.method, columns, ("sex",)))
    many = shown(tables, trial.rules)
    return many[0], many[1] / len(SEXES) if len(many) > 1 else np.nan
