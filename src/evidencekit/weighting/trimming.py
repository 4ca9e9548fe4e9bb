"""Trim extreme weights and give what was cut off to the others, so that the sum stays."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import InputError, WeightingError, one_of
from evidencekit.survey.adjustment import Adjustment
from evidencekit.survey.survey import Survey
from evidencekit.survey.totals import in_memory

__all__ = ["trim"]

Share = Literal["equal", "proportional"]
ROUNDS = 100


def _trimmed(weights: Floats, limits: tuple[float, float], share: Share, strict: bool, group: tuple[Codes, int]) -> Floats:
    """The weights after trimming; strictly until none lies outside."""
    made, cut = _once(weights, np.zeros(len(weights), dtype=bool), limits, share, group)
    for _ in range(ROUNDS if strict else 0):
        if not ((made < limits[0]) | (made > limits[1]))[weights > 0].any():
            break
        made, cut = _once(made, cut, limits, share, group)
    return made


def _once(
    weights: Floats, cut: NDArray[np.bool_], limits: tuple[float, float], share: Share, group: tuple[Codes, int]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Cut once, and share out among the rows never cut so far."""
    (low, high), (code, groups) = limits, group
    there = weights > 0
    cut = cut | (there & ((weights < low) | (weights > high)))
    made = np.where(there, np.clip(weights, low, high), 0.0)
    open_ = there & ~cut
    off = summed(code, weights - made, groups)
    room = summed(code, open_.astype(np.float64) if share == "equal" else made * open_, groups)
    if (np.abs(off[room == 0]) > 1e-9 * weights.sum()).any():
        raise WeightingError("Trimming leaves no weight uncut to take up what was cut off.", "Widen lower= and upper=.")
    per = np.divide(off, room, out=np.zeros_like(off), where=room > 0)[code]
    return np.where(open_, made + per if share == "equal" else made * (1 + per), made), cut


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
        With the new weights. Variances take the factors as fixed, replicates too.

    Raises
    ------
    InputError
        `lower` is not below `upper`.
    WeightingError
        No weight is left uncut.

    Notes
    -----
    Trimming lowers variance and buys bias; calibrated totals move. Calibrate again, or calibrate with ``weight_bounds=`` instead. `report`
    shows what each step cost.

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
    in_memory(survey, "trim()")
    one_of("share", share, ("proportional", "equal"))
    before = survey.w
    assert before is not None
    if not 0 <= lower < upper:
        raise InputError("lower= and upper= are weights, the lower one first.", f"The average weight is {before.mean():,.6g}.")
    group, groups = np.zeros(len(before), dtype=np.intp), 1
    if by is not None:
        survey.rows.need(by, "by=")
        column = survey.column(by)
        blank = int(((before > 0) & (column.codes < 0)).sum())
        if blank:
            raise WeightingError(f"by= column {by!r} is missing in {blank} rows.")
        group, groups = np.maximum(column.codes, 0), len(column.levels)
    after = _trimmed(before, (lower, upper), share, strict, (group, groups))
    limits = " and ".join([*([f"at least {lower:,.6g}"] if lower > 0 else []), *([f"at most {upper:,.6g}"] if upper < np.inf else [])])
    words = f"trimmed to {limits or 'any size'}{f' within {by}' if by else ''}"
    return survey.adjusted(Adjustment(words=words, step=None, cell=None, covariates=None, before=before, after=after))
