"""Calibration of a second phase to what the first phase tells: no population totals are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np

from evidencekit.columns import Column, summed
from evidencekit.errors import InputError, WeightingError, one_of
from evidencekit.survey.design.subsampling import PhaseOne
from evidencekit.survey.design.units import cross
from evidencekit.survey.survey import Survey
from evidencekit.weighting.asking import limits_of, names_in
from evidencekit.weighting.base import weights_for
from evidencekit.weighting.calibration.calibrating import Bounds, numbers_too
from evidencekit.weighting.calibration.distances import Distance, Method
from evidencekit.weighting.calibration.margins import inside_of, margins_of
from evidencekit.weighting.calibration.step import applied

__all__ = ["calibrate_to_phase1"]


def calibrate_to_phase1(
    survey: Survey,
    margins: Sequence[str | tuple[str, ...]] = (),
    *,
    numbers: Sequence[str] = (),
    method: Method = "raking",
    bounds: Bounds = None,
) -> Survey:
    """Calibrate the weights of phase 2 so that totals are those that phase 1 gives.

    Parameters
    ----------
    survey : Survey
        With a `TwoPhase` design.
    margins : sequence of str or tuple of str
        Categories known for all of phase 1: a column, or a tuple of columns whose combinations are one margin.
    numbers : sequence of str
        Numeric columns known for all of phase 1. Without `margins` the number of people is kept as well.
    method : {"raking", "linear", "logit", "sinh"}
        As for `calibrate`; by default weights stay positive.
    bounds : (float, float), optional
        The smallest and largest factor allowed on a weight.

    Returns
    -------
    Survey
        With the new weights. What the columns explain no longer adds to the variance of phase 2; that of phase 1 stays.

    Raises
    ------
    InputError
        The design has one phase, or no column is named.
    UnknownColumn
        A column is not in the data.
    WeightingError
        A column is missing in rows of phase 1, a category has nobody in phase 2, or no weights meet all totals.

    Notes
    -----
    Totals of phase 1 are weighted by its own weights. A calibration to known totals of the population (`calibrate`, `rake`) lowers the
    variance of both phases; one may follow the other.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 9.7. Breslow, Lumley, Ballantyne, Chambless and Kulich
    (2009), Statistics in Biosciences 1, 32-49. Lumley (2010), Complex Surveys, section 8.4.

    Examples
    --------
    >>> import numpy as np, evidencekit as ek
    >>> frame = ek.fictional.national_survey().frame
    >>> frame["long_form"] = np.random.default_rng(1).random(len(frame)) < 0.4
    >>> design = ek.TwoPhase(phase1=ek.Stages(weights="weight", strata="stratum", psu="psu"), phase2=ek.Stages(), subset="long_form")
    >>> survey = ek.Survey(frame, design=design)
    >>> made = ek.weighting.calibrate_to_phase1(survey, ["sex", "province"], numbers=["age"])
    >>> bool(np.isclose(ek.count(made, where="long_form").points[0], frame["weight"].sum()))
    True
    """
    phase1 = _phase1(survey)
    one_of("method", method, get_args(Method))
    for what, given in (("margins", margins), ("numbers", numbers)):
        if isinstance(given, str) or not isinstance(given, Sequence):
            raise InputError(f"{what}= is a sequence of column names.", f"Write [{given!r}]." if isinstance(given, str) else "")
    if not margins and not numbers:
        raise InputError("calibrate_to_phase1() needs columns that phase 1 has.", 'For example margins=["sex"], numbers=["age"].')
    wanted: dict[Any, Any] = {names: _margin(phase1, names_in(names, "A margin")) for names in margins}
    people = None if margins else float(phase1.w.sum())
    inside = inside_of(survey, None)
    made = margins_of(survey, wanted, "calibrate_to_phase1()", inside) if wanted else []
    known = numbers_too(survey, made, {name: _total(phase1, name) for name in numbers}, people, inside)
    low, high = limits_of(bounds, "bounds=") or ((-np.inf if method == "linear" else 0.0), np.inf)
    words = f"calibrated ({method}) to {', '.join(dict.fromkeys(known.names))} of phase 1"
    step = applied(survey, known, Distance(method, low, high), words).adjustments[-1]
    return survey.adjusted(replace(step, to_phase1=True))


def _phase1(survey: Survey) -> PhaseOne:
    weights_for(survey, "calibrate_to_phase1()")
    if survey.phase1 is None:
        raise InputError(
            "calibrate_to_phase1() needs a survey of two phases.", "Build it with design=ek.TwoPhase(...); or calibrate() to known totals."
        )
    return survey.phase1


def _margin(phase1: PhaseOne, names: tuple[str, ...]) -> dict[tuple[Any, ...], float]:
    """The weighted total of each combination of levels in phase 1, by the values that stand in the data."""
    for name in names:
        phase1.rows.need(name, "margins=")
    columns: list[Column] = [phase1.column(name) for name in names]
    for name, column in zip(names, columns, strict=True):
        _refuse_missing(name, int((column.codes < 0).sum()), len(phase1.w))
    codes, count, first = cross([(c.codes, len(c.levels)) for c in columns])
    totals = summed(codes, phase1.w, count)
    return {tuple(c.keys[c.codes[row]] for c in columns): float(t) for row, t in zip(first, totals, strict=True) if t > 0}


def _total(phase1: PhaseOne, name: str) -> float:
    phase1.rows.need(name, "numbers=")
    values = phase1.number(name, "Column")
    _refuse_missing(name, int(np.isnan(values).sum()), len(values))
    return float(phase1.w @ values)


def _refuse_missing(name: str, blank: int, n: int) -> None:
    if blank:
        raise WeightingError(
            f"Column {name!r} is missing in {blank} of {n} rows of phase 1, which has to give its total.",
            "Fill it in, or use a column that all of phase 1 has.",
        )
