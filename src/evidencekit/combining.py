"""difference, contrast, ratio_of: numbers made from other numbers, with the covariance between them kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import stdtrit

from evidencekit.columns import Floats
from evidencekit.duals import Dual, gradients
from evidencekit.errors import InputError
from evidencekit.estimate import Cells, Counts, Covariance, Estimate, Interval

__all__ = ["contrast", "difference", "ratio_of"]

Cell = Mapping[str, Any] | int


def difference(first: Estimate, a: Cell | Estimate, b: Cell | None = None, *, level: float = 0.95) -> Estimate:
    """One cell less another of the same Estimate, or one survey's Estimate less an independent one's.

    Parameters
    ----------
    first : Estimate
        Where the cells are; or the minuend.
    a : mapping, int or Estimate
        The cell to subtract from, as ``{"sex": "girl"}``; or an Estimate of an independent sample with the same cells, to subtract.
    b : mapping or int, optional
        The cell to subtract.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        One cell, or one per cell of the two Estimates. Within one survey the covariance is used and degrees of freedom are those of the
        union of the two domains; between surveys they are Satterthwaite's.

    Raises
    ------
    InputError
        A cell is not there or is not one cell, or the Estimates do not have the same cells.

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys, section 3.2. Satterthwaite (1946), Biometrics Bulletin 2, 110-114.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.frame, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "asked_for_image", by="sex")
    >>> ek.difference(est, {"sex": "girl"}, {"sex": "boy"}).statistic
    'difference'
    """
    if isinstance(a, Estimate):
        if b is not None:
            raise InputError("difference() takes two cells of one Estimate, or two Estimates.")
        return _between(first, a, level)
    if b is None:
        raise InputError("difference() needs the second cell.", 'For example: difference(est, {"sex": "girl"}, {"sex": "boy"}).')
    rows = [first.cells.find(a), first.cells.find(b)]
    return _made(first, rows, np.array([first.points[rows[0]] - first.points[rows[1]]]), np.array([[1.0, -1.0]]), "difference", level)


def ratio_of(est: Estimate, a: Cell, b: Cell, *, level: float = 0.95) -> Estimate:
    """One cell divided by another of the same Estimate.

    Parameters
    ----------
    est : Estimate
        Where the cells are.
    a, b : mapping or int
        Numerator and denominator.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        One cell, by the delta method with exact derivatives.

    Raises
    ------
    InputError
        A cell is not there, or the denominator is zero.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.frame, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "asked_for_image", by="sex")
    >>> bool(ek.ratio_of(est, {"sex": "girl"}, {"sex": "boy"}).points[0] > 1)
    True
    """
    rows = [est.cells.find(a), est.cells.find(b)]
    if est.points[rows[1]] == 0:
        raise InputError("The denominator of ratio_of() is zero.")
    values, jacobian = gradients(lambda x: x[0] / x[1], est.points[rows])
    return _made(est, rows, values, jacobian, "ratio of estimates", level)


def contrast(
    est: Estimate, of: Sequence[float] | Mapping[str, Sequence[float]] | Callable[[list[Dual]], Any], *, level: float = 0.95
) -> Estimate:
    """Any combination of an Estimate's cells.

    Parameters
    ----------
    est : Estimate
        With k cells.
    of : k numbers, a mapping of names to k numbers, or a function
        Linear weights, several named contrasts at once, or a function of the list of the k estimates made of arithmetic and numpy's
        ``log, exp, sqrt, ...``. Its derivatives are exact.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        One cell per contrast, with their covariance.

    Raises
    ------
    InputError
        The weights do not fit the cells, or the function cannot be differentiated.

    Examples
    --------
    >>> import numpy as np, evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.frame, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "asked_for_image", by="sex")
    >>> len(ek.contrast(est, lambda x: np.log(x[0] / x[1])))
    1
    """
    rows = list(range(len(est)))
    names: list[str] | None = None
    if callable(of):
        values, jacobian = gradients(of, est.points)
    else:
        names = list(of) if isinstance(of, Mapping) else None
        jacobian = np.atleast_2d(np.asarray(list(of.values()) if isinstance(of, Mapping) else of, dtype=np.float64))
        if jacobian.shape[1] != len(est):
            raise InputError(f"A contrast needs one number for each of the {len(est)} cells.")
        values = jacobian @ est.points
    return _made(est, rows, values, jacobian, "contrast", level, names)


def _made(
    est: Estimate, rows: list[int], values: Floats, jacobian: Floats, kind: str, level: float, names: list[str] | None = None
) -> Estimate:
    used = [[r for r, j in zip(rows, line, strict=True) if j != 0] or rows for line in jacobian]
    matrix = jacobian @ est.covariance.of(rows) @ jacobian.T
    df = np.array([est.support.df(u) if est.support else float(np.min(est.df[u])) for u in used])
    columns: dict[str, tuple[Any, ...]] = {
        "variable": tuple(" and ".join(dict.fromkeys(str(est.cells.columns["variable"][r]) for r in u)) for u in used),
        "category": (None,) * len(values),
        kind: tuple(names) if names else tuple(_label(est, u, kind) for u in used),
    }
    return _estimate(est, columns, values, matrix, df, [[(est, r) for r in u] for u in used], kind, level)


def _between(first: Estimate, second: Estimate, level: float) -> Estimate:
    if dict(first.cells.columns) != dict(second.cells.columns):
        raise InputError("The two Estimates do not have the same cells.", "Estimate both in the same way, or pick one cell of each.")
    k = range(len(first))
    v1, v2 = first.covariance.variances, second.covariance.variances
    with np.errstate(divide="ignore", invalid="ignore"):
        df = (v1 + v2) ** 2 / (v1**2 / first.df + v2**2 / second.df)
    matrix = first.vcov + second.vcov
    parts = [[(first, i), (second, i)] for i in k]
    return _estimate(first, dict(first.cells.columns), first.points - second.points, matrix, df, parts, "difference", level)


def _estimate(
    est: Estimate,
    columns: dict[str, tuple[Any, ...]],
    values: Floats,
    matrix: Floats,
    df: Floats,
    parts: list[list[tuple[Estimate, int]]],
    kind: str,
    level: float,
) -> Estimate:
    variances = np.diagonal(matrix).copy()
    reach = stdtrit(np.where(df > 0, df, np.nan), (1 + level) / 2) * np.sqrt(np.maximum(variances, 0))

    def least(part: str) -> Floats:
        return np.array([min(float(getattr(e.counts, part)[r]) for e, r in cell) for cell in parts])

    none = np.full(len(values), np.nan)
    return replace(
        est,
        cells=Cells(columns, ()),
        points=np.asarray(values, dtype=np.float64),
        covariance=Covariance(variances, matrix, None),
        df=df,
        interval=Interval(values - reach, values + reach, level, "t"),
        counts=Counts(least("n"), least("cases"), least("psus"), none, none, none, none),
        support=None,
        flags=tuple("no interval: no degrees of freedom" if d <= 0 else "few degrees of freedom" if d < 8 else "" for d in df),
        statistic=kind,
        estimand=f"{kind}: {est.estimand}",
    )


def _label(est: Estimate, rows: list[int], kind: str) -> str:
    apart = [c for c, v in est.cells.columns.items() if len({str(v[r]) for r in rows}) > 1]
    sign = {"difference": " - ", "ratio of estimates": " / "}.get(kind, ", ")
    return sign.join(" ".join(str(est.cells.columns[c][r]) for c in apart) for r in rows)
