"""Two samples from overlapping frames as one survey: who could have been reached twice must not count twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats, numeric
from evidencekit.errors import DesignError, InputError, WeightingError
from evidencekit.frames import eager
from evidencekit.survey.adjustments.adjustment import Adjustment, Partition, Step
from evidencekit.survey.design.stages import Stages
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey
from evidencekit.weighting.dualframe.stacking import stacked

__all__ = ["dual_frame"]

Theta = float | Literal["effective"]


def dual_frame(
    a: Survey,
    b: Survey,
    *,
    overlap: str | tuple[str, str],
    theta: Theta = 0.5,
    other_weight: str | tuple[str, str] | None = None,
    names: tuple[str, str] = ("A", "B"),
    population: str = "",
) -> Survey:
    """Put two independent samples from overlapping frames together: households and schools, landlines and mobiles.

    Parameters
    ----------
    a, b : Survey
        A probability sample from each frame, in memory. Calibration that was done to either alone is kept, and its variance knows it.
    overlap : str or (str, str)
        A true/false (or 1/0) column, of each sample if they differ: could this respondent also have been reached through the other
        frame?
    theta : float or "effective"
        Hartley's share: weights in the overlap are multiplied by `theta` in `a` and by ``1 - theta`` in `b`. At 0.5 (default) it is
        Mecatti's multiplicity estimator; ``"effective"`` shares in proportion to Kish's effective sample sizes in the overlap. Choose
        it before looking at answers.
    other_weight : str or (str, str), optional
        The weight each respondent in the overlap would have had in the other sample. A weight is then one over the expected number of
        times that person is drawn (Kalton and Anderson), and `theta` is not used.
    names : (str, str)
        What the frames are called, in the new column ``frame``.
    population : str
        Whom the two frames together speak for.

    Returns
    -------
    Survey
        The rows of `a`, then those of `b`, with all columns of both (missing where a sample does not have one) and ``frame``. Strata
        are those of each sample, so that its variances are those of independent samples. It can be calibrated, replicated and so on.

    Raises
    ------
    InputError
        Not two surveys with a design of stages; replicates, joint probabilities or different policies; data that do not fit together.
    DesignError
        The overlap is not known for every respondent.
    WeightingError
        One sample has nobody in the overlap and the other has; a weight in the other sample is missing or not above 0.

    Notes
    -----
    The shares are taken as fixed. A total is ``Y_a + theta Y_ab(A) + (1 - theta) Y_ab(B) + Y_b``.

    References
    ----------
    Hartley (1962), Proc. ASA Social Statistics, 203-206. Kalton and Anderson (1986), JRSS A 149, 65-82. Mecatti (2007), Survey
    Methodology 33, 151-157. Lohr (2011), Alternative survey sample designs: sampling with multiple overlapping frames, Survey
    Methodology 37, 197-213.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> homes = pd.DataFrame({"w": [50.0] * 4, "enrolled": [1, 1, 1, 0], "told": [0, 1, 0, 1]})
    >>> schools = pd.DataFrame({"w": [30.0] * 5, "at_home": [1, 1, 1, 1, 0], "told": [1, 0, 0, 0, 0]})
    >>> both = ek.weighting.dual_frame(
    ...     ek.Survey(homes, weights="w"), ek.Survey(schools, weights="w"), overlap=("enrolled", "at_home"), names=("homes", "schools")
    ... )
    >>> ek.count(both, by="frame").points
    array([125.,  90.])
    """
    samples = (_usable(a), _usable(b))
    shared = [_overlap(s, c, n) for s, c, n in zip(samples, _pair(overlap, "overlap="), _frames(names), strict=True)]
    known = [bool((where & (_weights(s) > 0)).any()) for s, where in zip(samples, shared, strict=True)]
    if known[0] != known[1]:
        raise WeightingError(
            f"Nobody in sample {names[int(known[0])]!r} is in the overlap, and some in the other sample are.",
            "What the overlap holds can then be had from one sample only: leave its rows out of the other frame.",
        )
    factors, words = _factors(samples, shared, theta, other_weight, names)
    frame, design, base = stacked(samples, names)
    made = Survey(frame, design=design, population=population)
    weights, start = base, 0
    for sample in samples:
        span = slice(start, start + sample.n)
        for step in sample.adjustments:
            made = made.adjusted(_among(step, span, weights))
            weights = made.adjustments[-1].after
        start = span.stop
    return made.adjusted(
        Adjustment(words=words, step=None, cell=None, covariates=None, before=weights, after=weights * np.concatenate(factors))
    )


def _usable(survey: Survey) -> Survey:
    if not isinstance(survey, Survey):
        raise InputError(f"dual_frame() takes two Surveys, not a {type(survey).__name__}.")
    in_memory(survey, "dual_frame()")
    if not isinstance(survey.design, Stages) or survey.resampling is not None:
        raise InputError("dual_frame() needs the design of both samples, as Stages.", "Make replicates of the survey it returns.")
    assert survey.units is not None
    if survey.units.form is not None:
        raise InputError("dual_frame() cannot use joint inclusion probabilities.", 'Use unequal="brewer", or leave fpc= out.')
    return survey


def _frames(names: Any) -> tuple[str, str]:
    if not isinstance(names, tuple) or len(names) != 2 or not all(isinstance(n, str) for n in names) or names[0] == names[1]:
        raise InputError("names= are two different words for the frames.")
    return names[0], names[1]


def _pair(names: Any, role: str) -> tuple[str, str]:
    """The column of each sample."""
    pair = (names, names) if isinstance(names, str) else names
    if not isinstance(pair, tuple) or len(pair) != 2 or not all(isinstance(n, str) for n in pair):
        raise InputError(f"{role} is a column name, or one for each sample.")
    return pair[0], pair[1]


def _overlap(survey: Survey, name: str, frame: str) -> NDArray[np.bool_]:
    survey.rows.need(name, "overlap=")
    column, counts = eager(survey.rows.frame, "dual_frame()")[name], _weights(survey) > 0
    blank = int((column.is_null().to_numpy().astype(bool) & counts).sum())
    if not blank and not (column.dtype.is_numeric() or column.dtype == nw.Boolean):
        raise InputError(
            f"overlap= column {name!r} is not true/false.", "Make a true/false (or 1/0) column of it: true for those in both frames."
        )
    values = np.ones(1) if blank else numeric(column, "overlap= column")
    values = np.where(np.isnan(values) & ~counts, 0.0, values)
    blank = max(blank, int(np.isnan(values).sum()))
    if blank:
        raise DesignError(
            f"overlap= column {name!r} is missing in {blank} rows of sample {frame!r}.",
            "Everyone's chances in both frames have to be known: fill it in, or adjust for those who did not say first.",
        )
    if not np.isin(values, (0, 1)).all():
        raise InputError(f"overlap= column {name!r} is not true/false.", "It is true (or 1) for those in both frames.")
    return values == 1


def _factors(
    samples: tuple[Survey, Survey],
    shared: list[NDArray[np.bool_]],
    theta: Theta,
    other_weight: str | tuple[str, str] | None,
    names: tuple[str, str],
) -> tuple[list[Floats], str]:
    """What the weights of each sample are multiplied by, and how that was decided."""
    weights = [_weights(s) for s in samples]
    if other_weight is not None:
        if theta != 0.5:
            raise InputError("theta= is not used with other_weight=.", "Leave one of them out.")
        pairs = zip(samples, _pair(other_weight, "other_weight="), weights, shared, strict=True)
        return [_expected(s, name, w, both) for s, name, w, both in pairs], "two frames, by expected number of selections"
    if theta == "effective":
        sizes = [w[both].sum() ** 2 / max(float(w[both] @ w[both]), 1e-300) for w, both in zip(weights, shared, strict=True)]
        theta = float(sizes[0] / sum(sizes)) if sum(sizes) > 0 else 0.5
    if isinstance(theta, (str, bool)) or not isinstance(theta, (int, float)) or not 0 <= theta <= 1:
        raise InputError('theta= is a share between 0 and 1, or "effective".')
    parts = [np.where(both, share, 1.0) for both, share in zip(shared, (theta, 1 - theta), strict=True)]
    return parts, f"two frames, weights in the overlap times {theta:.4g} in {names[0]} and {1 - theta:.4g} in {names[1]}"


def _weights(survey: Survey) -> Floats:
    assert survey.w is not None
    return survey.w


def _expected(survey: Survey, name: str, w: Floats, both: NDArray[np.bool_]) -> Floats:
    """One over the expected number of selections, by the weight in this sample."""
    survey.rows.need(name, "other_weight=")
    other = numeric(eager(survey.rows.frame, "dual_frame()")[name], "other_weight= column")
    wrong = int((~(other[both] > 0)).sum())
    if wrong:
        raise WeightingError(
            f"other_weight= column {name!r} is missing or not above 0 in {wrong} rows of the overlap.",
            "It is one over the chance that the person had in the other sample.",
        )
    return np.where(both, 1.0 / (1.0 + w / np.where(both, other, 1.0)), 1.0)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Part:
    """A step that touches some of the cells; the others keep their weights."""

    step: Step
    span: slice

    def solve(self, weights: Floats) -> Any:
        """What the step comes to on its own cells."""
        return self.step.solve(weights[self.span])

    def factor(self, weights: Floats, solution: Any) -> Floats:
        """The factor on each cell's weights."""
        out = np.ones(len(weights))
        out[self.span] = self.step.factor(weights[self.span], solution)
        return out


def _among(made: Adjustment, span: slice, weights: Floats) -> Adjustment:
    """A sample's adjustment as one of both samples' rows, of which it leaves the other's as they are."""
    after, n = weights.copy(), len(weights)
    after[span] = made.after
    cell, own = None, span
    if made.cell is not None:
        cell, own = np.full(n, made.cells, dtype=np.intp), slice(0, made.cells)
        cell[span] = made.cell
    count = n if cell is None else made.cells + 1
    covariates = None if made.covariates is None else _placed(made.covariates, count, own)
    tilt = None if made.tilt is None else np.ones(count)
    if tilt is not None:
        tilt[own] = made.tilt
    return Adjustment(
        words=made.words,
        step=None if made.step is None else _Part(made.step, own),
        cell=cell,
        covariates=covariates,
        tilt=tilt,
        before=weights,
        after=after,
        estimated=made.estimated,
    )


def _placed(covariates: Floats | Partition, count: int, own: slice) -> Floats | Partition:
    """Covariates of some of the cells; the other cells have none."""
    if isinstance(covariates, Partition):
        group = np.full(count, -1, dtype=np.intp)
        group[own] = covariates.group
        return Partition(group, covariates.count)
    out = np.zeros((count, covariates.shape[1]))
    out[own] = covariates
    return out
