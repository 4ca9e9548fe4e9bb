"""Balanced repeated replication, Fay's version of it, and successive differences: replicates from a Hadamard matrix."""

from __future__ import annotations

from math import gcd

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import InputError, WeightingError
from evidencekit.survey.design.stages import column_name
from evidencekit.survey.summing.totals import numbers
from evidencekit.survey.survey import Survey
from evidencekit.weighting.replication.designs import Primary, primary_of, refuse_size, resampling_of, whole_number
from evidencekit.weighting.replication.hadamard import hadamard_of

__all__ = ["brr", "sdr"]

LARGEST = 5_000


def brr(survey: Survey, *, rho: float = 0.0) -> Survey:
    """Give a survey balanced half-sample replicates; with `rho`, Fay's, which keep all units in.

    Parameters
    ----------
    survey : Survey
        Data in memory; a design with two sampling units in every stratum. Strata with a larger even number are split in pairs, in the
        order of their codes.
    rho : float
        Fay's coefficient, 0 to below 1: the units of a half-sample count ``2 - rho`` times, the others ``rho`` times. Default 0.
        0.3 or 0.5 keep small domains in every replicate.

    Returns
    -------
    Survey
        The same data and weights; variances come from the replicates, and each does the recorded weighting steps again.

    Raises
    ------
    WeightingError
        A stratum has an odd number of units, or a finite population correction, which half-samples cannot follow.
    InputError
        `rho` is not from 0 to below 1, lazy data, no design.

    Notes
    -----
    The columns of the Hadamard matrix used are orthogonal to each other and to the column of ones, so for totals the variance is the
    linearised one exactly.

    References
    ----------
    McCarthy (1969), Rev. Int. Statist. Inst. 37, 239-264. Judkins (1990), J. Official Statist. 6, 223-239.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> frame = pd.DataFrame({"w": 10.0, "h": [1, 1, 2, 2], "i": [1, 2, 1, 2], "y": [1.0, 3.0, 2.0, 5.0]})
    >>> survey = ek.Survey(frame, weights="w", strata="h", psu="i")
    >>> made = ek.weighting.brr(survey)
    >>> bool(abs(ek.total(made, "y").se[0] / ek.total(survey, "y").se[0] - 1) < 1e-12)
    True
    """
    if isinstance(rho, bool) or not isinstance(rho, (int, float)) or not 0 <= rho < 1:
        raise InputError("rho= is Fay's coefficient, from 0 to below 1.")
    primary = primary_of(survey, "brr()")
    pairs = _pairs(primary)
    refuse_size(len(pairs) + 1, primary.n)
    signs = hadamard_of(len(pairs) + 1)[:, 1 : len(pairs) + 1].astype(np.float64)
    factors = np.ones((len(signs), primary.n))
    factors[:, pairs[:, 0]] += (1 - rho) * signs
    factors[:, pairs[:, 1]] -= (1 - rho) * signs
    scales = np.full(len(signs), 1 / (len(signs) * (1 - rho) ** 2))
    words = f"{len(signs)} balanced half-sample replicates" + (f" (Fay, {rho:g})" if rho else "")
    assert survey.units is not None
    rank = len(pairs) + 1
    return survey.resampled(resampling_of(survey, words, factors, scales, unit=survey.units.psu, mse=False, rank=rank))


def _pairs(primary: Primary) -> Codes:
    """The two units of each half-sample's choice, shape (pairs, 2)."""
    open_ = [units for units in primary.strata() if primary.rest[units[0]] > 0]
    odd = sum(len(units) % 2 for units in open_)
    if odd:
        raise WeightingError(
            f"{odd} strata have an odd number of sampling units, which cannot be halved.", "Combine strata, or use jackknife()."
        )
    if any(primary.rest[units[0]] < 1 for units in open_):
        raise WeightingError("Half-samples cannot follow a finite population correction.", "Use jackknife() or bootstrap().")
    if not open_:
        raise WeightingError("Every sampling unit was taken with certainty: there is nothing to leave out.")
    return np.concatenate([units.reshape(-1, 2) for units in open_])


def sdr(survey: Survey, *, order: str | None = None, replicates: int = 80) -> Survey:
    """Give a survey successive-difference replicates, for samples drawn systematically from a sorted list.

    Parameters
    ----------
    survey : Survey
        Data in memory and a design of stages.
    order : str, optional
        A numeric column with the order of selection, the same for all rows of a sampling unit. Default: the order of the units' codes.
    replicates : int
        At least this many; the next order of a Hadamard matrix is used. Default 80, as the American Community Survey.

    Returns
    -------
    Survey
        The same data and weights; variances come from the replicates, and each does the recorded weighting steps again.

    Raises
    ------
    WeightingError
        Unequal probabilities, or later stages that add to the variance.
    InputError
        `order` varies within a unit or is missing; lazy data, no design.

    Notes
    -----
    Unit i has the factor ``1 + 2**-1.5 sqrt(1 - f)(a[i, r] - a[i + 1, r])`` with rows a of the matrix; scale ``4 / R``, about the
    full-sample estimate. Units are sorted by stratum, then `order`, and the last of a stratum is a neighbour of its first. With fewer
    units than replicates the variance of a total is ``(1 - f) / 2`` times each stratum's sum of squared differences of neighbours,
    which is right on average where the order tells nothing.

    References
    ----------
    Fay and Train (1995), Proc. ASA Government Statistics, 154-159. Ash (2014), Survey Methodology 40, 47-59.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.weighting.sdr(survey).resampling.count
    80
    """
    replicates = whole_number("replicates", replicates, 4, LARGEST)
    primary = primary_of(survey, "sdr()")
    refuse_size(replicates, primary.n)
    listed = np.lexsort((_positions(survey, order, primary.n), primary.stratum))
    listed = listed[(primary.rest[listed] > 0) & (primary.size[listed] > 1)]
    if not len(listed):
        raise WeightingError("No stratum has two sampling units that could differ.", "Combine strata, or use the survey as it is.")
    matrix = hadamard_of(replicates)
    own = _walk(len(matrix), len(listed))
    factors = np.ones((len(matrix), primary.n))
    reach = 2**-1.5 * np.sqrt(primary.rest[listed])
    factors[:, listed] += reach * (matrix[own] - matrix[own[_next_in_stratum(primary.stratum[listed])]]).T
    words = f"{len(matrix)} successive-difference replicates"
    scales = np.full(len(matrix), 4 / len(matrix))
    assert survey.units is not None
    return survey.resampled(resampling_of(survey, words, factors, scales, unit=survey.units.psu, mse=True))


def _positions(survey: Survey, order: str | None, n: int) -> Floats:
    """Each unit's place in the order of selection."""
    if order is None:
        return np.arange(n, dtype=np.float64)
    column_name(order, "order")
    survey.rows.need(order, "order=")
    values = numbers(survey, [order])[0]
    units = survey.units
    assert units is not None
    finest = np.arange(units.n) if units.row is None else units.row
    psu = finest if units.psu is None else units.psu[finest]
    rows = np.bincount(psu, minlength=n)
    mean = summed(psu, values, n) / rows
    if np.isnan(values).any() or not np.allclose(values, mean[psu]):
        raise InputError(f"order= column {order!r} is missing somewhere, or varies within a sampling unit.")
    return mean


def _next_in_stratum(stratum: Codes) -> Codes:
    """The place of the next unit of the same stratum, of the last the first one's; strata lie together."""
    following = np.arange(1, len(stratum) + 1)
    starts = np.flatnonzero(np.diff(stratum, prepend=-1))
    following[np.append(starts[1:], len(stratum)) - 1] = starts
    return following


def _walk(order: int, n: int) -> Codes:
    """The row of the matrix for each of n places, going round all rows but the first in steps of 1, 2, ..."""
    rows = order - 1
    walks, step = [], 0
    while len(walks) * rows < n:
        step += 1
        while gcd(step, rows) > 1:
            step += 1
        walks.append((np.arange(rows) * step) % rows + 1)
    return np.concatenate(walks)[:n]
