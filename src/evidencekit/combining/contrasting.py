"""difference, contrast, ratio_of: numbers made from the cells of Estimates, with the covariance between them kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np
from scipy.special import stdtrit

from evidencekit.columns import Floats
from evidencekit.combining.classes import has_design, weakest
from evidencekit.duals import Dual, gradients
from evidencekit.errors import InputError, Refused, check_level, one_of
from evidencekit.estimate import Cells, Counts, Covariance, Estimate, Interval, fingerprint

__all__ = [
    "OWN_LIMITS",
    "combined",
    "contrast",
    "difference",
    "extreme",
    "joined",
    "need_estimate",
    "one_sample",
    "ratio_of",
]

Cell = Mapping[str, Any] | int
Scale = Literal["plain", "log"]
MOST = 8  # cells that a contrast's label still spells out
DENSE = 2_500
FEW = ("no interval: no degrees of freedom", "few degrees of freedom")
OWN_LIMITS = "limits from the shares' own"
NAMED = "name two cells: difference(est, {...}, {...}). Two weightings of one survey are set side by side by ek.weighting.steps()"
NO_LIMITS = (float("nan"), float("nan"), "no interval: a share of 0 or 1 has no variance")


def difference(first: Estimate, a: Cell | Estimate, b: Cell | None = None, *, level: float | None = None) -> Estimate:
    """One cell less another of the same Estimate, or one survey's Estimate less an independent one's.

    Parameters
    ----------
    first : Estimate
        Where the cells are; or the minuend.
    a : mapping, int or Estimate
        The cell to subtract from, as ``{"sex": "girl"}``; or an Estimate of an independent sample with the same cells, to subtract.
    b : mapping or int, optional
        The cell to subtract.
    level : float, optional
        Confidence level; default that of the Estimate.

    Returns
    -------
    Estimate
        One cell, or one per cell of the two Estimates. Within one survey the covariance is used and degrees of freedom are those of the
        union of the two domains; between surveys they are Satterthwaite's. Where a share is 0 or 1 its standard error says nothing, and
        the limits are made from the two shares' own (flagged). What is flagged in a cell is flagged in what is made from it.

    Raises
    ------
    InputError
        A cell is not there or is not one cell, or the Estimates are not of the same statistic, or do not have the same cells.
    Refused
        Two Estimates come from one survey, with whatever weights: they are not independent, and each knows nothing of its covariance
        with the other.

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys, chapter 3. Satterthwaite (1946), Biometrics Bulletin 2, 110-114. Newcombe
    (1998), Statist. Med. 17, 873-890, and Donner and Zou (2012), Statist. Methods Med. Res. 21, 347-359, for limits from the shares'
    own.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "asked_for_image", by="sex")
    >>> ek.difference(est, {"sex": "girl"}, {"sex": "boy"}).statistic
    'difference'
    """
    need_estimate(first, "difference()")
    if isinstance(a, Estimate):
        if b is not None:
            raise InputError("difference() takes two cells of one Estimate, or two Estimates.")
        return _between(first, a, level)
    if b is None:
        raise InputError("difference() needs the second cell.", 'For example: difference(est, {"sex": "girl"}, {"sex": "boy"}).')
    _need_cell(a)
    _need_cell(b)
    rows = [first.cells.find(a), first.cells.find(b)]
    return _made(first, rows, np.array([first.points[rows[0]] - first.points[rows[1]]]), np.array([[1.0, -1.0]]), "difference", level)


def ratio_of(est: Estimate, a: Cell, b: Cell, *, scale: Scale = "plain", level: float | None = None) -> Estimate:
    """One cell divided by another of the same Estimate.

    Parameters
    ----------
    est : Estimate
        Where the cells are.
    a, b : mapping or int
        Numerator and denominator.
    scale : {"plain", "log"}
        Where limits lie evenly about the ratio: as it is (default), or on the scale of its logarithm, where they cannot fall below 0 and
        those of ``b / a`` are theirs turned over.
    level : float, optional
        Confidence level; default that of the Estimate.

    Returns
    -------
    Estimate
        One cell, by the delta method with exact derivatives.

    Raises
    ------
    InputError
        A cell is not there, the denominator is zero, or a cell is not above 0 on the log scale.

    References
    ----------
    Katz, Baptista, Azen and Pike (1978), Biometrics 34, 469-474, for the log scale.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "asked_for_image", by="sex")
    >>> bool(ek.ratio_of(est, {"sex": "girl"}, {"sex": "boy"}).points[0] > 1)
    True
    """
    need_estimate(est, "ratio_of()")
    one_of("scale", scale, get_args(Scale))
    _need_cell(a)
    _need_cell(b)
    rows = [est.cells.find(a), est.cells.find(b)]
    if est.points[rows[1]] == 0:
        raise InputError("The denominator of ratio_of() is zero.")
    values, jacobian = gradients(lambda x: x[0] / x[1], est.points[rows])
    if scale == "log" and not (est.points[rows] > 0).all():
        raise InputError('ratio_of(scale="log") needs two numbers above 0.', "Leave scale= out, or give their difference.")
    made = _made(est, rows, values, jacobian, "ratio of estimates", level)
    if scale == "plain":
        return made
    span = np.exp((made.interval.high - made.points) / made.points)
    return replace(made, interval=replace(made.interval, low=made.points / span, high=made.points * span, method="log"))


def contrast(
    est: Estimate, of: Sequence[float] | Mapping[str, Sequence[float]] | Callable[[list[Dual]], Any], *, level: float | None = None
) -> Estimate:
    """Any combination of an Estimate's cells.

    Parameters
    ----------
    est : Estimate
        With k cells.
    of : k numbers, a mapping of names to k numbers, or a function
        Linear weights, several named contrasts at once, or a function of the list of the k estimates made of arithmetic and numpy's
        ``log, exp, sqrt, ...``. Its derivatives are exact.
    level : float, optional
        Confidence level; default that of the Estimate.

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
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "asked_for_image", by="sex")
    >>> len(ek.contrast(est, lambda x: np.log(x[0] / x[1])))
    1
    """
    need_estimate(est, "contrast()")
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


def need_estimate(est: Any, doing: str) -> None:
    """Raise for what is no Estimate, and say what to pass instead."""
    if not isinstance(est, Estimate):
        fix = "Make one: ek.proportion(survey, ..., by=...)."
        if isinstance(getattr(est, "estimate", None), Estimate):
            released, ranks = hasattr(est, "status"), ": what is hidden may have any rank" if doing == "rank_sets()" else ""
            fix = f"Pass its .estimate{ranks}." if ranks or not released else "Combine first, then release()."
        raise InputError(f"{doing} takes an Estimate, and this is of type {type(est).__name__}.", fix)


def _need_cell(cell: Any) -> None:
    if isinstance(cell, (bool, float)) or not isinstance(cell, (int, np.integer, str, Mapping)):
        raise InputError(f"A cell is not named by a {type(cell).__name__}.", "Give a mapping of columns to labels, or the cell's number.")


def _made(
    est: Estimate, rows: list[int], values: Floats, jacobian: Floats, kind: str, level: float | None, names: list[str] | None = None
) -> Estimate:
    used = [[r for r, j in zip(rows, line, strict=True) if j != 0] or rows for line in jacobian]
    moving = np.flatnonzero(jacobian.any(axis=0))
    part = jacobian[:, moving]
    matrix = part @ est.covariance.of([rows[m] for m in moving]) @ part.T
    df = np.array([est.support.df(u) if est.support else float(np.min(est.df[u])) for u in used])
    columns: dict[str, tuple[Any, ...]] = {
        "variable": tuple(" and ".join(dict.fromkeys(str(est.cells.columns["variable"][r]) for r in u)) for u in used),
        "category": (None,) * len(values),
        kind: tuple(names) if names else tuple(_label(est, u, kind) for u in used),
    }
    covariance = Covariance(np.diagonal(matrix).copy(), matrix, None)
    return combined(est, columns, (values, covariance, df), [[(est, r) for r in u] for u in used], kind, level)


def _between(first: Estimate, second: Estimate, level: float | None) -> Estimate:
    base = joined(first, second, named=NAMED)
    v1, v2 = first.covariance.variances, second.covariance.variances
    with np.errstate(divide="ignore", invalid="ignore"):
        df = (v1 + v2) ** 2 / (v1**2 / first.df + v2**2 / second.df)
    df = np.where(v1 + v2 > 0, df, np.minimum(first.df, second.df))
    matrix = first.vcov + second.vcov if len(first) <= DENSE else None
    parts = [[(first, i), (second, i)] for i in range(len(first))]
    made = (first.points - second.points, Covariance(v1 + v2, matrix, None), df)
    return combined(base, dict(first.cells.columns), made, parts, "difference", level)


def joined(*ests: Estimate, named: str) -> Estimate:
    """The first of some Estimates of independent samples with the same cells, with the weakest inference class and where all come from.

    Raises for those of one sample, telling what to do instead: `named`.
    """
    first = ests[0]
    for i, one in enumerate(ests):
        if any(one_sample(other, one) for other in ests[:i]):
            which = "Both" if len(ests) == 2 else "Two of the"
            raise Refused(
                f"{which} Estimates come from the same survey, so they are not independent, and the covariance between them is not known.",
                f"Estimate them together, with by= or with several variables in one call, and {named}.",
            )
        if one.statistic != first.statistic:
            raise InputError(f"One Estimate is a {first.statistic} and the other a {one.statistic}.", "Estimate both in the same way.")
        if dict(one.cells.columns) != dict(first.cells.columns):
            raise InputError("The Estimates do not have the same cells.", "Estimate all in the same way, or pick one cell of each.")
    told = [one.provenance for one in ests]
    provenance = replace(
        told[0],
        design=", ".join(p.design for p in told if p.design),
        sample=tuple(dict.fromkeys(s for p in told for s in p.sample)),
        policies=tuple(dict.fromkeys(word for p in told for word in p.policies)),
        missing=tuple(m for p in told for m in p.missing),
    )
    return replace(first, inference=weakest(*(one.inference for one in ests)), provenance=provenance)


def one_sample(first: Estimate, second: Estimate) -> bool:
    """Whether two Estimates share rows: by the marks of their samples, or of Estimates without any by their design."""
    one, two = first.provenance, second.provenance
    if one.sample and two.sample:
        return any(a.shares_rows_with(b) for a in one.sample for b in two.sample)
    return bool(one.design) and one.design == two.design


def combined(
    est: Estimate,
    columns: dict[str, tuple[Any, ...]],
    made: tuple[Floats, Covariance, Floats],
    parts: list[list[tuple[Estimate, int]]],
    kind: str,
    level: float | None,
) -> Estimate:
    """An Estimate of values, their covariance and degrees of freedom, each made of some cells of others, its `parts`."""
    level = est.interval.level if level is None else level
    check_level(level)
    values, covariance, df = np.asarray(made[0], dtype=np.float64), made[1], made[2]
    reach = stdtrit(np.where(df > 0, df, np.nan), (1 + level) / 2) * np.sqrt(np.maximum(covariance.variances, 0))
    low, high = values - reach, values + reach
    own = [""] * len(values)
    for i, cell in enumerate(parts):
        if any(extreme(e, r) for e, r in cell):
            low[i], high[i], own[i] = _from_own_limits(cell, level) if kind == "difference" else NO_LIMITS
        elif low[i] == high[i] and any(np.isnan(e.interval.low[r]) for e, r in cell):
            low[i] = high[i] = np.nan  # made of what has no interval, it has none of no width
    counts, flags = _counts(parts), _flags(parts, df, has_design(est.inference), own)
    return replace(
        est,
        cells=Cells(columns, ()),
        points=values,
        covariance=covariance,
        df=df,
        interval=Interval(low, high, level, "t"),
        counts=counts,
        support=None,
        flags=flags,
        statistic=kind,
        estimand=f"{kind}: {est.estimand}",
        provenance=replace(est.provenance, data=fingerprint(values)),
    )


def extreme(est: Estimate, row: int) -> bool:
    """A share of nobody or of everybody: its estimated variance is nought, and its interval is not."""
    return est.statistic == "proportion" and est.points[row] in (0.0, 1.0) and has_design(est.inference)


def _from_own_limits(cell: list[tuple[Estimate, int]], level: float) -> tuple[float, float, str]:
    """Limits of a difference of two shares from the limits each has (Newcombe; Donner and Zou), uncorrelated."""
    if any(e.interval.level != level for e, _ in cell):
        return NO_LIMITS
    (p1, l1, u1), (p2, l2, u2) = ((e.points[k], e.interval.low[k], e.interval.high[k]) for e, k in cell)
    low = p1 - p2 - np.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    high = p1 - p2 + np.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return float(low), float(high), OWN_LIMITS


def _counts(parts: list[list[tuple[Estimate, int]]]) -> Counts:
    """What the smallest part of each number rests on."""
    n = np.array([np.min([e.counts.n[r] for e, r in cell]) for cell in parts])  # unknown where one is

    def rarer(e: Estimate, r: int) -> float:
        """The fewer of a cell's cases and non-cases, so that whoever looks at the result's cases has looked at both."""
        cases = float(e.counts.cases[r])
        return min(cases, float(e.counts.n[r]) - cases)

    cases = np.array([min((x for e, r in cell if not np.isnan(x := rarer(e, r))), default=np.nan) for cell in parts])
    psus = np.array([min((x for e, r in cell if not np.isnan(x := float(e.counts.psus[r]))), default=np.nan) for cell in parts])
    none = np.full(len(parts), np.nan)
    return Counts(n, cases, psus, none, none, none, none)


def _flags(parts: list[list[tuple[Estimate, int]]], df: Floats, designed: bool, own: list[str]) -> tuple[str, ...]:
    """What is flagged in any part, and what few degrees of freedom mean."""
    out = []
    for cell, d, more in zip(parts, df, own, strict=True):
        said = dict.fromkeys(word for e, r in cell if e.flags for word in e.flags[r].split("; ") if word and word not in FEW)
        few = FEW[0] if designed and not d > 0 else FEW[1] if designed and d < 8 else ""
        out.append("; ".join(x for x in (*said, few, more) if x))
    return tuple(out)


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
