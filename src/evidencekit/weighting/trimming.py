"""Trim extreme weights and give what was cut off to the others, so that the sum stays."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import InputError, WeightingError, one_of
from evidencekit.survey.adjustments.adjustment import Adjustment
from evidencekit.survey.survey import Survey
from evidencekit.weighting.asking import is_number
from evidencekit.weighting.base import weights_for

__all__ = ["trim"]

Share = Literal["equal", "proportional"]
Mask = NDArray[np.bool_]


def _trimmed(weights: Floats, limits: tuple[float, float], share: Share, strict: bool, group: tuple[Codes, int]) -> tuple[Floats, Mask]:
    """The weights after trimming, strictly until none lies outside; and which were cut."""
    there, cut = weights > 0, np.zeros(len(weights), dtype=bool)
    made = weights
    while True:  # every round cuts a row that was not cut before, or is the last
        outside = there & ((made < limits[0]) | (made > limits[1]))
        cut = cut | outside
        made = _once(made, there, cut, limits, share, group)
        if not strict or not (there & ((made < limits[0]) | (made > limits[1]))).any():
            break
    negative = int((made < 0).sum())
    if negative:
        raise WeightingError(
            f"Raising weights to lower= takes more from {negative} of the others than they have.",
            'Use strict=True or share="proportional", or a smaller lower=.',
        )
    return made, cut


def _once(made: Floats, there: Mask, cut: Mask, limits: tuple[float, float], share: Share, group: tuple[Codes, int]) -> Floats:
    """Bring weights between the limits, and share out what that takes or leaves among the rows never cut so far."""
    code, groups = group
    held = np.where(there, np.clip(made, *limits), 0.0)
    open_ = there & ~cut
    off = summed(code, made - held, groups)
    room = summed(code, open_.astype(np.float64) if share == "equal" else held * open_, groups)
    if (np.abs(off[room == 0]) > 1e-9 * made.sum()).any():
        raise WeightingError(
            "Trimming leaves no weight uncut to take up what was cut off.",
            "The average weight lies outside or close to the limits: widen lower= and upper=.",
        )
    per = np.divide(off, room, out=np.zeros_like(off), where=room > 0)[code]
    return np.where(open_, held + per if share == "equal" else held * (1 + per), held)


def trim(
    survey: Survey,
    *,
    lower: float = 0.0,
    upper: float = np.inf,
    share: Share = "proportional",
    strict: bool = True,
    by: str | None = None,
) -> Survey:
    """Trim weights to lie between two limits; what is cut off goes to the other rows.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    lower, upper : float
        The smallest and largest weight, in the units of the weights.
    share : {"proportional", "equal"}
        How the rows that were not cut share what was cut off: in proportion to their weights (default, which keeps their ratios), or
        the same amount each (as R survey does).
    strict : bool
        Repeat until no weight lies outside (default); once otherwise, after which some may.
    by : str, optional
        Sums of weights stay within each level of this column.

    Returns
    -------
    Survey
        With the new weights. Variances take the factors as fixed, and every replicate's weights are multiplied by the same ones.

    Raises
    ------
    InputError
        `lower` is not below `upper`.
    WeightingError
        No weight is left uncut, or what lower weights are raised by is more than others have.

    Notes
    -----
    Trimming lowers variance and buys bias; calibrated totals move. Calibrate again, or calibrate with ``weight_bounds=`` instead. `report`
    shows what each step cost, and how far the margins have moved.

    The limits hold for the weights, not for those of replicates, whose own factors come on top: a bootstrap counts a sampling unit several
    times, and cutting that back would take away the variance it is there to show.

    References
    ----------
    Potter (1990), Proc. ASA Survey Research Methods, 225-230. Lumley (2010), Complex Surveys, section 7.4.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> cut = ek.weighting.trim(survey, upper=2 * float(survey.w.mean()))
    >>> bool(cut.w.max() <= 2 * survey.w.mean() * (1 + 1e-9)), bool(abs(cut.w.sum() / survey.w.sum() - 1) < 1e-12)
    (True, True)
    """
    before = weights_for(survey, "trim()")
    one_of("share", share, ("proportional", "equal"))
    if not (is_number(lower) and is_number(upper) and 0 <= lower < upper):
        raise InputError("lower= and upper= are weights, the lower one first.", f"The average weight is {before.mean():,.6g}.")
    group, groups = np.zeros(len(before), dtype=np.intp), 1
    if by is not None:
        survey.rows.need(by, "by=")
        column = survey.column(by)
        blank = int(((before > 0) & (column.codes < 0)).sum())
        if blank:
            raise WeightingError(f"by= column {by!r} is missing in {blank} rows.")
        group, groups = np.maximum(column.codes, 0), len(column.levels)
    after, cut = _trimmed(before, (lower, upper), share, strict, (group, groups))
    limits = " and ".join([*([f"at least {lower:,.6g}"] if lower > 0 else []), *([f"at most {upper:,.6g}"] if upper < np.inf else [])])
    words = f"trimmed to {limits or 'any size'}{f' within {by}' if by else ''}"
    return survey.adjusted(Adjustment(words=words, step=None, cell=None, covariates=None, before=before, after=after, cut=int(cut.sum())))
