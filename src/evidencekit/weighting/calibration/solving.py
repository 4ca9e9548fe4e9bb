"""Find the factors that bring weighted sums to their targets: damped Newton steps on as many unknowns as there are targets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evidencekit.columns import Floats
from evidencekit.survey.adjustments.adjustment import Partition
from evidencekit.survey.adjustments.pieces import column_sums, crossproduct, scores
from evidencekit.weighting.calibration.distances import Distance

__all__ = ["Unsolved", "ratios", "regress", "solve"]

STEPS, HALVINGS, REFINEMENTS = 200, 40, 5
MET, EXACT = 1e-9, 1e-13
BLOCK = 65_536

GapAt = Callable[[Floats], tuple[Floats, Floats]]


class Unsolved(Exception):
    """The targets are not met; `gap` is how far each is off, and `replicate` in which of several sets of weights."""

    def __init__(self, gap: Floats, replicate: int = 0) -> None:
        super().__init__()
        self.gap, self.replicate = gap, replicate


def solve(
    weights: Floats,
    covariates: Floats,
    targets: Floats,
    distance: Distance,
    *,
    tilt: Floats | None = None,
    start: Floats | None = None,
) -> Floats:
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
    start : (p,) array, optional
        Coefficients that may be near, such as those of the full sample.

    Returns
    -------
    (p,) array

    Raises
    ------
    Unsolved
        The targets cannot be met within the bounds, or contradict each other.
    """
    scale = np.maximum(np.abs(targets), _reach(covariates, weights))
    scale = np.where(scale > 0, scale, 1.0)

    def gap_at(coefficients: Floats) -> tuple[Floats, Floats]:
        score = scores(covariates, coefficients / scale)
        factor, slope = distance.factor(score if tilt is None else score * tilt)
        return (targets - column_sums(covariates, weights * factor)) / scale, weights * (slope if tilt is None else slope * tilt)

    def slopes_at(slope: Floats) -> Floats:
        return crossproduct(covariates, slope, covariates) / np.outer(scale, scale)

    find = _straight if distance.straight else _descend
    found, gap = find(gap_at, slopes_at, np.zeros(len(targets)) if start is None or distance.straight else start * scale)
    if start is not None and not np.abs(gap).max() < MET:
        found, gap = find(gap_at, slopes_at, np.zeros(len(targets)))
    if not np.abs(gap).max() < MET:
        raise Unsolved(gap * scale)
    return found / scale


def regress(sums: Floats, reach: Floats, products: Floats, targets: Floats) -> Floats:
    """The coefficients of a linear calibration without bounds, for many sets of weights at once.

    Parameters
    ----------
    sums, reach : (R, p) arrays
        The weighted sums of the covariates, and of their absolute values.
    products : (R, p, p) array
        The weighted sums of their products, times the tilt.
    targets : (p,) or (R, p) array
        What the weighted sums are to be.

    Returns
    -------
    (R, p) array

    Raises
    ------
    Unsolved
        The targets contradict each other.
    """
    scale = np.maximum(np.abs(targets), reach)
    scale = np.where(scale > 0, scale, 1.0)
    slopes = products / (scale[:, :, None] * scale[:, None, :])
    first = gap = (targets - sums) / scale
    found = np.zeros_like(gap)
    ridged = _ridged(slopes)
    for _ in range(1 + REFINEMENTS):
        tried = found + np.linalg.solve(ridged, gap[:, :, None])[:, :, 0]
        left = first - np.matmul(slopes, tried[:, :, None])[:, :, 0]
        better = np.abs(left).max(axis=1) < np.abs(gap).max(axis=1)
        found, gap = np.where(better[:, None], tried, found), np.where(better[:, None], left, gap)
        if not (better & (np.abs(gap).max(axis=1) >= EXACT)).any():
            break
    unmet = np.flatnonzero(~(np.abs(gap).max(axis=1) < MET))
    if unmet.size:
        raise Unsolved(gap[unmet[0]] * scale[unmet[0]], int(unmet[0]))
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


def _straight(gap_at: GapAt, slopes_at: Callable[[Floats], Floats], found: Floats) -> tuple[Floats, Floats]:
    """The solution where factors are linear: one step, made exact with the same slopes."""
    gap, slope = gap_at(found)
    ridged = _ridged(slopes_at(slope))
    for _ in range(1 + REFINEMENTS):
        tried = found + _step(ridged, gap)
        left, _ = gap_at(tried)
        if not np.abs(left).max() < np.abs(gap).max():
            break
        found, gap = tried, left
        if np.abs(gap).max() < EXACT:
            break
    return found, gap


def _descend(gap_at: GapAt, slopes_at: Callable[[Floats], Floats], found: Floats) -> tuple[Floats, Floats]:
    """The solution by damped Newton steps."""
    gap, slope = gap_at(found)
    for _ in range(STEPS):
        size = float(np.abs(gap).max())
        if size < EXACT:
            break
        better = _shorter(gap_at, found, _step(_ridged(slopes_at(slope)), gap), size)
        if better is None:
            break
        found, gap, slope = better
    return found, gap


def _ridged(slopes: Floats) -> Floats:
    """Slopes with a trace of the identity, which takes care of redundant targets and changes only how fast steps converge."""
    ridge = 1e-11 * np.diagonal(slopes, axis1=-2, axis2=-1).max(axis=-1, initial=0.0)
    usable = (ridge > 0) & (ridge < np.inf)
    # Without any slope nothing can be moved: steps are then next to nought.
    kept = np.where(usable[..., None, None], slopes, 0.0)
    return kept + np.where(usable, ridge, 1e300)[..., None, None] * np.eye(slopes.shape[-1])


def _step(ridged: Floats, gap: Floats) -> Floats:
    """The step that closes the gap."""
    made: Floats = np.linalg.solve(ridged, gap)  # pyright: ignore[reportAssignmentType]  # float64 in and out
    return made


def _shorter(gap_at: GapAt, found: Floats, move: Floats, size: float) -> tuple[Floats, Floats, Floats] | None:
    """The longest of the halved steps that brings the targets nearer; once they are met, only what rounding leaves can be in the way."""
    for halving in range(HALVINGS if size >= MET else 3):
        tried = found + move * 0.5**halving
        gap, slope = gap_at(tried)
        if np.abs(gap).max() < size:
            return tried, gap, slope
    return None


def _reach(covariates: Floats, weights: Floats) -> Floats:
    """The weighted sums of the covariates' absolute values."""
    out = np.zeros(covariates.shape[1])
    for start in range(0, len(weights), BLOCK):
        out += column_sums(np.abs(covariates[start : start + BLOCK]), weights[start : start + BLOCK])
    return out
