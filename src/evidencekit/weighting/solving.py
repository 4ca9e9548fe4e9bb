"""Find the factors that bring weighted sums to their targets: damped Newton steps on as many unknowns as there are targets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evidencekit.columns import Floats
from evidencekit.survey.adjustment import Partition
from evidencekit.weighting.distances import Distance

__all__ = ["Unsolved", "ratios", "solve"]

STEPS, HALVINGS = 200, 40


class Unsolved(Exception):
    """The targets are not met; `gap` is how far each is off."""

    def __init__(self, gap: Floats) -> None:
        super().__init__()
        self.gap = gap


def solve(weights: Floats, covariates: Floats, targets: Floats, distance: Distance, tilt: Floats | None = None) -> Floats:
    """The coefficients of the scores whose factors meet the targets.

    Parameters
    ----------
    weights : (cells,) array
        Weights before calibration.
    covariates : (cells, p) array
        What is calibrated on; columns may be redundant.
    targets : (p,) array
        What the weighted sums are to be.
    distance : Distance
        How scores become factors.
    tilt : (cells,) array, optional
        Multiplies each score: one over the assumed variance.

    Returns
    -------
    (p,) array

    Raises
    ------
    Unsolved
        The targets cannot be met within the bounds, or contradict each other.
    """
    scale = np.maximum(np.abs(targets), np.abs(covariates).T @ weights)
    scale = np.where(scale > 0, scale, 1.0)
    x, goal = covariates / scale, targets / scale
    found = np.zeros(x.shape[1])

    def gap_at(coefficients: Floats) -> tuple[Floats, Floats]:
        score = x @ coefficients
        factor, slope = distance.factor(score if tilt is None else score * tilt)
        return goal - x.T @ (weights * factor), weights * (slope if tilt is None else slope * tilt)

    gap, slope = gap_at(found)
    for _ in range(STEPS):
        size = float(np.abs(gap).max())
        if size < 1e-13:
            break
        better = _shorter(gap_at, found, _newton(x.T @ (slope[:, None] * x), gap), size)
        if better is None:
            break
        found, gap, slope = better
    if not np.abs(gap).max() < 1e-9:
        raise Unsolved(gap * scale)
    return found / scale


def ratios(weights: Floats, classes: Partition, targets: Floats, distance: Distance) -> Floats:
    """The factor of each class that makes its weights add up to its target; whatever the distance, there is only one.

    Parameters
    ----------
    weights : (cells,) array
        Weights before calibration.
    classes : Partition
        Each cell's class; cells in none are not looked at.
    targets : (p,) array
        What the sums of weights are to be.
    distance : Distance
        Whose bounds, the same for all cells, are kept.

    Returns
    -------
    (p,) array

    Raises
    ------
    Unsolved
        A class without weight, or a factor out of bounds.
    """
    held = classes.sums(weights)
    factor = np.divide(targets, held, out=np.ones_like(held), where=held != 0)
    factor = np.clip(factor, distance.low, distance.high)
    gap = targets - held * factor
    if not (np.abs(gap) < 1e-9 * np.maximum(np.maximum(np.abs(targets), np.abs(held)), 1e-300)).all():
        raise Unsolved(gap)
    return factor


def _newton(slopes: Floats, gap: Floats) -> Floats:
    """The step that closes the gap; a trace of the identity takes care of redundant targets, and changes only how fast it converges."""
    diagonal = np.diagonal(slopes)
    ridge = 1e-11 * float(diagonal.max(initial=0.0))
    if not 0 < ridge < np.inf:
        return np.zeros_like(gap)
    made: Floats = np.linalg.solve(slopes + ridge * np.eye(len(gap)), gap)  # pyright: ignore[reportAssignmentType]  # float64 in and out
    return made


def _shorter(
    gap_at: Callable[[Floats], tuple[Floats, Floats]], found: Floats, move: Floats, size: float
) -> tuple[Floats, Floats, Floats] | None:
    """The longest of the halved steps that brings the targets nearer."""
    for halving in range(HALVINGS):
        tried = found + move * 0.5**halving
        gap, slope = gap_at(tried)
        if np.abs(gap).max() < size:
            return tried, gap, slope
    return None
