"""difference, contrast, ratio_of: numbers made from other numbers, with the covariance between them kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import stdtrit

from evidencekit.columns import Floats
from evidencekit.duals import Dual, gradients
from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Cells, Counts, Covariance, Estimate, Interval

__all__ = ["contrast", "difference", "ratio_of"]

Cell = Mapping[str, Any] | int
MOST = 8  # cells that a contrast's label still spells out


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
    Refused
        Two Estimates come from one survey: they are not independent, and each knows nothing of its covariance with the other.

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
        One cell per contrast, with their covariance, named in a column ``contrast``: by the names given, by its cells and their weights
        (``"Amber Coast - 0.5 Blue Hills - 0.5 Cedar Plains"``), or as ``"function of 2 cells"``. Its `n` and `psus` are those of the
        smallest of its cells, its `cases` the fewest cases or non-cases of any of them: what release() must look at.

    Raises
    ------
    InputError
        The weights do not fit the cells, are not numbers or are all zero, or the function cannot be differentiated.

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
    if callable(of):
        values, jacobian = gradients(of, est.points)
        sizes = [int(np.count_nonzero(line)) or len(est) for line in jacobian]
        ends = [""] if len(values) == 1 else [f", result {k + 1}" for k in range(len(values))]
        names = [f"function of {n} {'cell' if n == 1 else 'cells'}{end}" for n, end in zip(sizes, ends, strict=True)]
        return _made(est, rows, values, jacobian, "contrast", level, names)
    jacobian = _weights(list(of.values()) if isinstance(of, Mapping) else of, len(est))
    names = [str(name) for name in of] if isinstance(of, Mapping) else [_linear_label(est, line) for line in jacobian]
    return _made(est, rows, jacobian @ est.points, jacobian, "contrast", level, names)


def _weights(given: Any, size: int) -> Floats:
    """The weights of linear contrasts as a matrix with a row for each."""
    wanted = f"A contrast needs one number for each of the {size} cells."
    fix = "Pass numbers in the order of to_frame(), a mapping of names to them, or a function of the list of estimates."
    try:
        jacobian = np.atleast_2d(np.asarray(given, dtype=np.float64))
    except (TypeError, ValueError):
        raise InputError(wanted, fix) from None
    if jacobian.ndim != 2 or jacobian.shape[1] != size or not np.isfinite(jacobian).all():
        raise InputError(wanted, fix)
    if not jacobian.any(axis=1).all():
        raise InputError("A contrast needs at least one weight that is not zero.", fix)
    return jacobian


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
    if first.provenance.design and first.provenance.design == second.provenance.design:
        raise Refused(
            "Both Estimates come from the same survey, so they are not independent, and the covariance between them is not known.",
            "Estimate them together, with by= or with several variables in one call, and name two cells: difference(est, {...}, {...}).",
        )
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

    def rarer(e: Estimate, r: int) -> float:
        """The fewer of a cell's cases and non-cases, so that whoever looks at the result's cases has looked at both."""
        cases = float(e.counts.cases[r])
        return min(cases, float(e.counts.n[r]) - cases)

    cases = np.array([min((x for e, r in cell if not np.isnan(x := rarer(e, r))), default=np.nan) for cell in parts])
    none = np.full(len(values), np.nan)
    return replace(
        est,
        cells=Cells(columns, ()),
        points=np.asarray(values, dtype=np.float64),
        covariance=Covariance(variances, matrix, None),
        df=df,
        interval=Interval(values - reach, values + reach, level, "t"),
        counts=Counts(least("n"), cases, least("psus"), none, none, none, none),
        support=None,
        flags=tuple("no interval: no degrees of freedom" if d <= 0 else "few degrees of freedom" if d < 8 else "" for d in df),
        statistic=kind,
        estimand=f"{kind}: {est.estimand}",
    )


def _label(est: Estimate, rows: list[int], kind: str) -> str:
    sign = {"difference": " - ", "ratio of estimates": " / "}.get(kind, ", ")
    return sign.join(_cell_labels(est, rows))


def _linear_label(est: Estimate, weights: Floats) -> str:
    """A linear contrast written out, cells of weight zero left out."""
    rows = [int(r) for r in np.flatnonzero(weights)]
    if len(rows) > MOST:
        return f"linear contrast of {len(rows)} cells"
    out = ""
    for label, weight in zip(_cell_labels(est, rows), weights[rows], strict=True):
        size = "" if abs(weight) == 1 else f"{abs(weight):.4g} "
        sign = (" - " if weight < 0 else " + ") if out else ("-" if weight < 0 else "")
        out += f"{sign}{size}{label}"
    return out


def _cell_labels(est: Estimate, rows: list[int]) -> list[str]:
    """What tells some cells apart; for a single one, what it is in the whole Estimate."""
    among = rows if len(rows) > 1 else list(range(len(est)))
    apart = [c for c, v in est.cells.columns.items() if len({str(v[r]) for r in among}) > 1] or ["variable"]
    return [" ".join(str(est.cells.columns[c][r]) for c in apart) for r in rows]
