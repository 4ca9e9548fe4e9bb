"""Any statistic a user writes, with its standard error from replicates; and the replicate weights themselves, for other software."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit._version import __version__
from evidencekit.columns import Floats
from evidencekit.errors import EstimationError, EvidencekitError, InputError
from evidencekit.estimate import Cells, Counts, Estimate, Interval, Provenance, fingerprint
from evidencekit.frames import frame_of
from evidencekit.survey.design.replicates import Replicates
from evidencekit.survey.design.resampling import Replayed
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import decisions
from evidencekit.survey.uncertainty.intervals import check_level, t_limits
from evidencekit.survey.uncertainty.replicated import spread_over

__all__ = ["each_weights", "replicate", "replicate_design", "replicate_weights"]

Statistic = Callable[[Floats, Any], Any]
Declared = int | Sequence[int]
STILL = "no interval: no variation over replicates (the function may not use its weights)"
ROUNDING = 1e-10


def replicate(
    survey: Survey,
    function: Statistic,
    *,
    label: str = "statistic",
    level: float = 0.95,
    n: Declared | None = None,
    cases: Declared | Literal["amounts"] | None = None,
) -> Estimate:
    """Any statistic, with the variance it has over the replicates.

    Parameters
    ----------
    survey : Survey
        With replicates: made by `bootstrap`, `jackknife`, `brr`, `sdr`, or a `Replicates` design.
    function : callable (weights, data) -> number, sequence or mapping of names to numbers
        Gets the weights as an array (n,) and the data as the frame the survey was built on, missing codes as null. It is called once
        with the full-sample weights and once for every replicate, each time with a copy that it may change. A pandas Series gives its
        index as names.
    label : str
        What the statistic is called; a sequence of k gets ``label 1`` to ``label k``.
    level : float
        Confidence level of the t intervals, default 0.95.
    n : int or sequence of int, optional
        How many answers, unweighted, each number rests on: one for all, or one a number. The library cannot see it, and without `n`
        and `cases` `release` hides the numbers.
    cases : int, sequence of int or "amounts", optional
        How many of these answers are cases: who said yes, of a share; the smallest group's, of a number made from several.
        ``"amounts"`` where answers are amounts and nobody is a case, as in a correlation of ages and hours.

    Returns
    -------
    Estimate
        One cell per number, with their covariance. Declared counts are noted in its provenance.

    Raises
    ------
    InputError
        The survey has no replicates, the function fails or returns something else each time, or counts that cannot be. What the
        function itself raised is told by its kind and line only, since its words may hold answers.
    EstimationError
        The function gives no finite number with the full-sample weights.

    Notes
    -----
    Numbers that are the same in every replicate get no interval, and a flag: the function does not use its weights, or it is one that
    replicates cannot see move, as the jackknife a median.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, chapters 3-5.

    Examples
    --------
    >>> import numpy as np, evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> boot = ek.weighting.bootstrap(survey, seed=1, replicates=50)
    >>> def correlation(w, data):
    ...     return np.cov(data["age"], data["hours_online"], aweights=w)[0, 1]
    >>> own = ek.weighting.replicate(boot, correlation, label="covariance of age and hours", n=survey.n, cases="amounts")
    >>> ek.release(own).status
    ('shown',)
    """
    replayed, w = _needed(survey, "replicate()")
    if not callable(function):
        raise InputError(f"replicate() takes a function of the weights and the data, not a {type(function).__name__}.")
    check_level(level)
    ask = _Asked(survey.rows.frame, function, label)
    points, names = ask(w.copy(), "")
    if not np.isfinite(points).all():
        raise EstimationError("The function gives no finite number with the full-sample weights.", "Leave rows without an answer out.")
    values = np.full((replayed.resampling.count, len(points)), np.nan)
    for r, weights in each_weights(survey):
        one, again = ask(weights, f" in replicate {r + 1}")
        if again != names:
            raise InputError("The function returns other results with other weights.", "Return the same ones each time, in one order.")
        values[r] = one
    deviations = spread_over(replayed.resampling, values, points)
    still = _unvarying(values, points)
    deviations = replace(deviations, rows=np.where(still, 0.0, deviations.rows))
    covariance = deviations.covariance()
    df = np.full(len(points), replayed.resampling.degrees)
    low, high = t_limits(points, np.sqrt(covariance.variances), df, level)
    low, high = np.where(still, np.nan, low), np.where(still, np.nan, high)
    lost = [f"no value in {k} of {len(values)} replicates" if k else "" for k in deviations.lost]
    flags = tuple("; ".join(x for x in (STILL if s else "", more) if x) for s, more in zip(still, lost, strict=True))
    counts, said = _declared(n, cases, len(points), w)
    return Estimate(
        cells=Cells({"variable": tuple(names), "category": (None,) * len(points)}),
        points=points,
        covariance=covariance,
        df=df,
        interval=Interval(low, high, level, "t"),
        counts=counts,
        flags=flags,
        statistic="replicate",
        estimand=label,
        inference=survey.inference,
        provenance=Provenance(
            method="replicate",
            population=survey.population,
            design=survey.fingerprint(),
            data=fingerprint(points),
            version=__version__,
            policies=(*decisions(survey), *said),
            backend=survey.rows.backend,
            sample=() if survey.sample is None else (survey.sample,),
        ),
    )


def replicate_weights(survey: Survey, *, prefix: str = "repw_") -> Any:
    """The replicate weights as columns, for other software: rows by replicates, which may be large.

    Parameters
    ----------
    survey : Survey
        With replicates.
    prefix : str
        Columns are called ``prefix`` and a number from 1; the first column, ``weight``, is the full-sample weight.

    Returns
    -------
    data frame
        In the caller's kind, rows in the order of the data.

    Raises
    ------
    InputError
        The survey has no replicates.

    Notes
    -----
    How deviations are scaled does not show in the weights: `replicate_design` says it, for reading them back here and for the
    documentation of a file that others will use.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.weighting.replicate_weights(ek.weighting.bootstrap(survey, seed=1, replicates=3)).columns.tolist()
    ['weight', 'repw_1', 'repw_2', 'repw_3']
    """
    _, w = _needed(survey, "replicate_weights()")
    columns = {"weight": w.copy()}
    columns |= {f"{prefix}{r + 1}": weights for r, weights in each_weights(survey)}
    return frame_of(columns, survey.rows.backend)


def replicate_design(survey: Survey, *, prefix: str = "repw_") -> Replicates:
    """The design that goes with the columns of `replicate_weights`: their scales, centre and degrees of freedom.

    Parameters
    ----------
    survey : Survey
        With replicates.
    prefix : str
        As for `replicate_weights`.

    Returns
    -------
    Replicates
        With the scale on each replicate's squared deviation in ``rscales``.

    Raises
    ------
    InputError
        The survey has no replicates.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> boot = ek.weighting.bootstrap(survey, seed=1, replicates=20)
    >>> columns = ek.weighting.replicate_weights(boot).assign(age=fiction.frame["age"])
    >>> again = ek.Survey(columns, design=ek.weighting.replicate_design(boot))
    >>> round(float(ek.mean(again, "age").se[0] / ek.mean(boot, "age").se[0]), 6)
    1.0
    """
    made = _needed(survey, "replicate_design()")[0].resampling
    df = None if np.isinf(made.df) else made.df
    scales = tuple(float(scale) for scale in made.scales)
    kind = "JKn" if made.jackknife else "other"
    inference = "venue" if survey.inference == "venue" else "probability"
    return Replicates(weights="weight", columns=prefix, kind=kind, scale=1.0, rscales=scales, mse=made.mse, df=df, inference=inference)


def _needed(survey: Survey, doing: str) -> tuple[Replayed, Floats]:
    in_memory(survey, doing)
    atoms = survey.atoms
    if atoms is None:
        raise InputError(f"{doing} needs a survey with replicates.", "Make some: ek.weighting.bootstrap(survey, seed=1).")
    assert survey.w is not None
    return atoms[1], survey.w


def each_weights(survey: Survey) -> Iterator[tuple[int, Floats]]:
    """Each replicate's number and its weights row by row, for a survey with replicates."""
    atoms = survey.atoms
    assert atoms is not None
    assert survey.w is not None
    row = atoms[0].row
    for span, factors in atoms[1].blocks():
        for r, each in zip(range(span.start, span.stop), factors, strict=True):
            yield r, survey.w * (each if row is None else each[row])


def _declared(n: Any, cases: Any, size: int, w: Floats) -> tuple[Counts, tuple[tuple[str, str], ...]]:
    """What the analyst says each number rests on, and the note that it was said and not counted; unknown where nothing is said."""
    none = np.full(size, np.nan)
    if n is None and cases is None:
        return Counts(none, none, none, none, none, none, none), ()
    if n is None or cases is None:
        raise InputError("n= and cases= go together.", 'Give both; cases="amounts" where nobody is a case.')
    number = _whole_numbers("n", n, size)
    of_these = none if isinstance(cases, str) and cases == "amounts" else _whole_numbers("cases", cases, size)
    if (number > (w > 0).sum()).any():
        raise InputError(f"n= says more answers than the {int((w > 0).sum())} rows that have a weight.", "Count rows, without weights.")
    if (of_these > number).any():
        raise InputError("cases= says more cases than answers.", "Cases are counted among the n= answers, without weights.")
    return Counts(number, of_these, none, none, none, none, none), (("counts", "declared by the analyst"),)


def _whole_numbers(name: str, given: Any, size: int) -> Floats:
    """Counts as the analyst gives them: one for all numbers, or one for each."""
    listed = list(given) if isinstance(given, (Sequence, np.ndarray)) and not isinstance(given, str) else [given] * size
    if any(isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 0 for k in listed):
        raise InputError(f"{name}= takes whole numbers of 0 or more, unweighted.", "One for all numbers, or a list with one for each.")
    if len(listed) != size:
        raise InputError(f"{name}= has {len(listed)} counts.", f"Give one number, or one for each of the {size} results of the function.")
    return np.array(listed, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Asked:
    """The caller's function, and the data it gets a copy of at each call."""

    frame: Any
    function: Statistic
    label: str

    def __call__(self, weights: Floats, when: str) -> tuple[Floats, list[str]]:
        """The numbers with these weights, and their names."""
        data, made, failed = _copied(self.frame), None, ""
        try:
            made = self.function(weights, data)
        except EvidencekitError:
            raise
        except Exception as trouble:  # whatever the caller's function does; its words may hold data
            own = trouble.__traceback__.tb_next if trouble.__traceback__ is not None else None
            failed = type(trouble).__name__ + (f", line {own.tb_lineno}" if own is not None else "")
        if failed:
            raise InputError(
                f"The function failed{when} ({failed}).",
                "It is called as function(weights, data), with an array and a data frame; call it so yourself to see what it says.",
            )
        return _numbers(made, self.label)


def _copied(frame: Any) -> Any:
    """A frame that may be written to without anybody else's changing; where pandas copies on writing, nothing is copied before."""
    native = frame.to_native()
    if frame.implementation.is_pandas():
        return native.copy(deep=int(nw.get_native_namespace(frame).__version__.partition(".")[0]) < 3)
    return native.clone() if frame.implementation.is_polars() else native


def _unvarying(values: Floats, points: Floats) -> NDArray[np.bool_]:
    """Which numbers are the same, but for rounding, in the full sample and all replicates that have a value."""
    there = np.isfinite(values)
    every = np.vstack([points, np.where(there, values, points)])
    return there.any(axis=0) & (np.ptp(every, axis=0) <= ROUNDING * np.abs(every).max(axis=0))


def _numbers(made: Any, label: str) -> tuple[Floats, list[str]]:
    """What the function returned, as numbers with their names."""
    index = getattr(made, "index", None)
    if isinstance(made, Mapping):
        names, values = [str(k) for k in made], list(made.values())
    else:
        values = np.ravel(np.asarray(made, dtype=object)).tolist()
        names = [label] if len(values) == 1 else [f"{label} {k + 1}" for k in range(len(values))]
        if index is not None and not callable(index) and getattr(made, "ndim", 0) == 1:
            names = [", ".join(map(str, k)) if isinstance(k, tuple) else str(k) for k in index]
    try:
        points = np.array([float(v) for v in values])
    except (TypeError, ValueError):
        points = np.empty(0)
    if not len(points):
        raise InputError("The function must return a number, a sequence of numbers, or a mapping of names to numbers.") from None
    return points, names
