"""reported: numbers of other people's surveys, as published, in the shape of an Estimate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import logit, ndtri

from evidencekit.columns import Floats, factorise, numeric
from evidencekit.combining.classes import CLASSES
from evidencekit.errors import InputError, check_level, one_of
from evidencekit.estimate import Cells, Counts, Covariance, Estimate, Interval, Provenance, fingerprint
from evidencekit.frames import Rows, eager, open_data

__all__ = ["SCALES", "reported"]

SCALES = ("plain", "logit")
FLAG = "as published: not estimated here"
STATISTICS = ("proportion", "mean", "ratio", "total", "count", "difference")


def reported(
    rows: Any,
    *,
    by: str | Sequence[str],
    level: float,
    source: str,
    inference: str,
    statistic: str = "proportion",
    scale: str = "plain",
    estimand: str = "",
    population: str = "",
) -> Estimate:
    """Bring published numbers with their limits in, for rank sets, differences and charts of several surveys.

    Parameters
    ----------
    rows : data frame
        One row a number: its label in the column(s) of `by`, and ``estimate``, ``low`` and ``high``; where published also ``n`` (answers)
        and ``cases``. Limits may be missing; the number then has no interval.
    by : str or sequence of str
        What tells the rows apart: ``"country"``.
    level : float
        Confidence level of the published limits.
    source : str
        Where the numbers were published, as a reader would look it up.
    inference : str
        Inference class of the surveys, as their reports tell it; of surveys of several classes the weakest (`combining.weakest`).
    statistic : {"proportion", "mean", "ratio", "total", "count", "difference"}
        What the numbers are. Shares are from 0 to 1, not in percent.
    scale : {"plain", "logit"}
        How standard errors are made from limits. ``"plain"`` (default): half the interval's width over the normal quantile, which takes
        limits as they are printed. ``"logit"``, of shares: the same on the logit scale, times p (1 - p). It fits limits that were made
        there, and where a limit was cut at 0 it cannot be used.
    estimand, population : str, optional
        The quantity and the people it is about, in words.

    Returns
    -------
    Estimate
        With the published limits as they are, independent rows, a normal test, and counts that are not known (NaN) where none are
        published. Every cell is flagged as published.

    Raises
    ------
    InputError
        A label is missing or comes twice, an estimate is outside its limits, a share outside 0 to 1, or there is no source.
    UnknownColumn
        A column is not there.

    Notes
    -----
    Rows are taken as independent, as surveys of different countries are. Groups of one survey are not, and their covariance is not in
    what is published: do not rank them, nor subtract one from the other, by this.

    Limits that are printed with two digits give a standard error that is as rough: 4.6 (3.5 to 6.1) is known to about 4 %. Published
    limits with few degrees of freedom were made with a t quantile; the standard error is then somewhat too large here.

    `release` hides what rests on nobody knows how many answers: under its default profile published numbers without ``n`` are protected.
    They are public already, so the profile ``"open"`` is the one to release them by, alone and never beside numbers of one's own data. It
    shows them as uncertain, since precision is not judged without the number of answers.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> table = pd.DataFrame({"country": ["A", "B"], "estimate": [0.271, 0.162], "low": [0.231, 0.136], "high": [0.306, 0.189]})
    >>> est = ek.combining.reported(table, by="country", level=0.95, inference="probability", source="an invented report, table 1")
    >>> est.se.round(4).tolist()
    [0.0191, 0.0135]
    >>> ek.release(est).status, ek.release(est, profile="open").status
    (('protected', 'protected'), ('uncertain', 'uncertain'))
    """
    check_level(level)
    one_of("scale", scale, SCALES)
    one_of("statistic", statistic, STATISTICS)
    one_of("inference", inference, CLASSES)
    if not isinstance(source, str) or not source.strip():
        raise InputError("source= says where the numbers were published.", "Give authors, year and table.")
    share = statistic == "proportion"
    if scale == "logit" and not share:
        raise InputError("Standard errors on the logit scale are of shares.", 'Use scale="plain".')
    names = [by] if isinstance(by, str) else list(by)
    opened = open_data(rows)
    for name in names:
        opened.need(name, "by=")
    labels, given, backend = _read(opened, names)
    points, low, high = (given[c] for c in ("estimate", "low", "high"))
    _check(points, low, high, share=share)
    se = _errors(points, low, high, level, scale)
    none = np.full(len(points), np.nan)
    counts = Counts(given.get("n", none), given.get("cases", none), none, none, none, none, none)
    how = f"from {level:.0%} limits, {'half their width' if scale == 'plain' else 'on the logit scale'}, normal"
    return Estimate(
        cells=Cells({"variable": ("published",) * len(points), "category": (None,) * len(points), **labels}, tuple(names)),
        points=points,
        covariance=Covariance(se**2, np.diag(se**2), None),
        df=np.full(len(points), np.inf),
        interval=Interval(low, high, float(level), "as published"),
        counts=counts,
        flags=(FLAG,) * len(points),
        statistic=statistic,
        estimand=estimand or f"published {statistic}",
        inference=inference,
        provenance=Provenance(
            method=f"published: {source}",
            population=population,
            labels=(("published", estimand),) if estimand else (),
            data=fingerprint(points),
            policies=(("source", source), ("standard errors", how)),
            backend=backend,
        ),
    )


def _read(opened: Rows, names: list[str]) -> tuple[dict[str, tuple[Any, ...]], dict[str, Floats], str]:
    """Labels, numbers and the kind of frame."""
    if not names or {"estimate", "low", "high", "n", "cases"} & set(names):
        raise InputError("by= names the columns that tell the rows apart, and none of the numbers.")
    frame = eager(opened.frame, "reported()")
    labels: dict[str, tuple[Any, ...]] = {}
    for name in names:
        column = factorise(frame[name], opened.value_labels.get(name))
        if (column.codes < 0).any():
            raise InputError(f"A label in by= {name!r} is missing.", "Every published number needs its label.")
        labels[name] = tuple(column.levels[c] for c in column.codes)
    if not len(frame) or len(set(zip(*labels.values(), strict=True))) < len(frame):
        raise InputError("Two rows have the same labels, or there is no row.", "Name in by= all columns that tell the numbers apart.")
    for name in ("estimate", "low", "high"):
        opened.need(name, "a column of published numbers")
    there = [c for c in ("estimate", "low", "high", "n", "cases") if c in opened.columns]
    return labels, {c: numeric(frame[c], "The column") for c in there}, opened.backend


def _check(points: Floats, low: Floats, high: Floats, *, share: bool) -> None:
    if np.isnan(points).any():
        raise InputError("A published estimate is missing.", "Leave its row out.")
    if (np.isnan(low) != np.isnan(high)).any():
        raise InputError("A published number has one limit only.", "Give both, or leave both out.")
    if (low > points).any() or (high < points).any():
        raise InputError("A published estimate is outside its own limits.", "Look for columns or digits that changed places.")
    if share and any(((x < 0) | (x > 1)).any() for x in (points, low, high)):
        raise InputError("Shares are from 0 to 1.", "Divide percentages by 100, or name the statistic.")


def _errors(points: Floats, low: Floats, high: Floats, level: float, scale: str) -> Floats:
    """Standard errors from limits."""
    z = float(ndtri((1 + level) / 2))
    if scale == "plain":
        return (high - low) / 2 / z
    if any((x <= 0).any() or (x >= 1).any() for x in (points, low, high)):
        raise InputError("A share or a limit of 0 or 1 has no place on the logit scale.", 'Use scale="plain".')
    return points * (1 - points) * (logit(high) - logit(low)) / 2 / z
