"""fay_herriot: numbers of areas with few interviews, from their own answers and from what is known of all areas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import stdtrit

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.combining.contrasting import need_estimate
from evidencekit.errors import EstimationError, InputError, check_level, how_many, one_of
from evidencekit.estimate import Cells, Counts, Covariance, Estimate, Interval, fingerprint
from evidencekit.models.areas.area_model import AreaModel
from evidencekit.models.areas.benchmarking import Benchmark, moved
from evidencekit.models.areas.covariates import Areas, areas_of
from evidencekit.models.areas.restricted import Predicted, predict, restricted
from evidencekit.models.areas.scales import SCALES, Scale
from evidencekit.models.areas.smoothing import SMOOTHINGS, smoothed

__all__ = ["fay_herriot"]

SHARED = 0.05  # correlation of two areas' numbers from which it is said that the model leaves it out


def fay_herriot(
    est: Estimate,
    covariates: Any,
    *,
    formula: str,
    scale: str | None = None,
    smoothing: str = "size",
    benchmark: Benchmark | None = None,
    level: float = 0.95,
) -> AreaModel:
    """Estimate areas by the area-level model of Fay and Herriot.

    Parameters
    ----------
    est : Estimate
        One cell an area: ``ek.proportion(survey, "y", by="district")``.
    covariates : data frame
        One row for every area, those without interviews too: its label in the column(s) of ``by=``, and numbers known of all.
    formula : str
        The covariates' part: ``"poverty + urban"``; ``"1"`` for none.
    scale : {"plain", "arcsine", "logit"}, optional
        Where the model is linear. Default ``"arcsine"`` for shares, whose sampling variance there depends on the size alone, and
        ``"plain"`` for other numbers.
    smoothing : {"size", "size and share", "none"}
        How sampling variances are smoothed: logarithms linear in ``log(n)`` (default), also in ``log(p (1 - p))``, or not at all.
    benchmark : Benchmark, optional
        The national number that areas are brought to.
    level : float
        Confidence level, default 0.95.

    Returns
    -------
    AreaModel
        Its `estimate` has every area of `covariates`, in their order. Areas with no or only cases, under two sampling units, or no
        interview at all take no part in the fit and are synthetic: what the covariates alone say. A synthetic number rests on the answers
        of all fitted areas, and its `n`, `cases` and `psus` are theirs together.

    Raises
    ------
    UnknownColumn, InputError
        Cells are not areas, an area has no covariates, or a covariate is missing.
    EstimationError
        Too few areas for the coefficients, or a share outside 0 to 1.

    Notes
    -----
    The variance between areas is estimated by restricted maximum likelihood, bounded at 0; predictions are best linear ones, their mean
    squared errors those of Prasad and Rao in the form for REML (``g1 + g2 + 2 g3``). Limits are t ones on the scale of the model, with
    Satterthwaite's degrees of freedom of the mean squared error. Coming back, a number is the mean of what the normal distribution around
    it stands for, of variance g1 (exact for arcsine, by quadrature for logit), and its variance that of one of the mean squared error.

    A best linear prediction errs independently of every function of the data that is 0 on average, such as the move of a benchmark; the
    squared move is therefore added to the mean squared error. Covariates are taken as known, and so are sampling variances. Numbers of
    areas are taken as independent, which they are not where one sampling unit lies in two areas: the provenance says so.

    With few areas the variance between them is hardly known. Where it comes out at 0, the covariates have all the weight, and the
    provenance says so.

    ``examples/08_small_areas.py`` goes from a survey to a table of districts, with a benchmark, and compares both with the truth.

    References
    ----------
    Fay and Herriot (1979), JASA 74, 269-277. Prasad and Rao (1990), JASA 85, 163-171. Datta and Lahiri (2000), Statistica Sinica 10,
    613-627 (for REML). Rao and Molina (2015), Small Area Estimation. You (2021), Survey Methodology 47(2) (smoothing). Hadam, Wuerz,
    Kreutzmann and Schmid (2023), Statistical Methods and Applications, doi 10.1007/s10260-023-00722-0 (the way back). Steorts and Ghosh
    (2013), Statistica Sinica, doi 10.5705/ss.2012.053 (benchmarked numbers).

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "internet_daily", by="province")
    >>> known = pd.DataFrame({"province": est.cells.columns["province"], "electricity": [0.9, 0.7, 0.8, 0.7, 0.8, 0.6]})
    >>> made = ek.models.fay_herriot(est, known, formula="electricity")
    >>> made.estimate.inference, bool((made.estimate.se < 0.1).all())
    ('model', True)
    """
    need_estimate(est, "fay_herriot()")
    check_level(level)
    share = est.statistic == "proportion"
    scale = ("arcsine" if share else "plain") if scale is None else scale
    one_of("scale", scale, SCALES)
    one_of("smoothing", smoothing, SMOOTHINGS)
    if scale != "plain" and not share:
        raise InputError(f"The {scale} scale is of shares, and these are other numbers.", 'Use scale="plain".')
    if benchmark is not None and not isinstance(benchmark, Benchmark):
        raise InputError("benchmark= takes a Benchmark.", "Write ek.models.Benchmark(national=..., population=...).")
    if not est.cells.by:
        raise InputError("The Estimate is not split into areas.", 'Estimate with by=, for example by="district".')
    areas = areas_of(covariates, est.cells.by, formula)
    at = _places(est, areas)
    model, used = _Fitted.of(est, areas, at, SCALES[scale], smoothing)
    points, errors, limits = model.back(level)
    reach = np.asarray(stdtrit(model.made.df, (1 + level) / 2), dtype=np.float64)
    if share and ((points < 0) | (points > 1)).any():
        raise EstimationError("The model gives a share below 0 or above 1 in some area.", 'Use scale="arcsine" or scale="logit".')
    said = (("sampling variances", model.said), ("areas", model.about), *_together(est, used), *_nothing_between(model.variance))
    if benchmark is not None:
        points, errors, limits, how = _benchmarked((points, errors, limits), areas, benchmark, reach, share=share)
        said = (*said, ("benchmark", how))
    estimate = _estimate(est, areas, at, (points, errors, limits), (said, model.made.df, level))
    k, own = len(points), at >= 0
    direct, direct_se = np.full(k, np.nan), np.full(k, np.nan)
    direct[own], direct_se[own] = est.points[at[own]], est.se[at[own]]
    return AreaModel(
        estimate=estimate,
        direct=direct,
        direct_se=direct_se,
        sampling=model.sampling,
        shrinkage=model.made.shrinkage,
        variance=model.variance,
        names=areas.names,
        coefficients=model.beta,
        coefficient_se=model.beta_se,
        scale=scale,
    )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Fitted:
    """The model on its scale: predictions of all areas, and what it was made of."""

    scale: Scale
    made: Predicted
    sampling: Floats
    variance: float
    beta: Floats
    beta_se: Floats
    said: str
    about: str

    @classmethod
    def of(cls, est: Estimate, areas: Areas, at: Codes, scale: Scale, smoothing: str) -> tuple[_Fitted, Codes]:
        """Fit the areas that have a number of their own, and predict all; also which cells of the Estimate were fitted."""
        share = est.statistic == "proportion"
        usable = _usable(est)
        own = (at >= 0) & usable[at]
        used = at[own]
        if not used.size:
            raise EstimationError("No area has a number of its own that can be used.", "Take larger areas.")
        p = est.points[used]
        variances = est.covariance.variances[used] * scale.slope(p) ** 2
        psi, said = smoothed(variances, est.counts.n[used], p if share else None, smoothing)
        y, sampling = np.full(len(at), np.nan), np.full(len(at), np.nan)
        y[own], sampling[own] = scale.there(p), psi
        fitted = restricted(y[own], areas.x[own], psi)
        made = predict(fitted, y, areas.x, sampling)
        se = np.sqrt(np.diagonal(fitted.covariance))
        about = f"{how_many(len(used), 'area')} fitted, {len(at) - len(used)} synthetic"
        return cls(scale, made, sampling, fitted.variance, fitted.beta, se, said, about), used

    def back(self, level: float) -> tuple[Floats, Floats, tuple[Floats, Floats]]:
        """Numbers, the covariance of their errors, and limits, as they are read."""
        made, mse = self.made, np.diagonal(self.made.errors)
        inner = np.where(np.isfinite(self.sampling), made.shrinkage * self.sampling, self.variance)
        points = self.scale.moments(made.points, inner)[0]
        spread = self.scale.moments(made.points, mse)[1] if self.scale is not SCALES["plain"] else mse
        ratio = np.sqrt(np.divide(spread, mse, out=np.ones_like(mse), where=mse > 0))
        reach = stdtrit(made.df, (1 + level) / 2) * np.sqrt(mse)
        limits = self.scale.back(made.points - reach), self.scale.back(made.points + reach)
        return points, made.errors * np.outer(ratio, ratio), limits


def _places(est: Estimate, areas: Areas) -> Codes:
    """Each area's cell in the Estimate, -1 where it has none."""
    keys = list(zip(*(est.cells.columns[name] for name in est.cells.by), strict=True))
    if len(set(keys)) < len(keys):
        raise InputError("Some area has several cells.", "Estimate one variable, and of categories one, with category=.")
    place = {key: i for i, key in enumerate(keys)}
    at = np.array([place.get(key, -1) for key in areas.keys], dtype=np.intp)
    lost = len(keys) - int((at >= 0).sum())
    if lost:
        raise InputError(
            f"{how_many(lost, 'area of the Estimate has', 'areas of the Estimate have')} no row among the covariates.",
            f"Give every area a row, labelled in {', '.join(est.cells.by)} as to_frame() shows it.",
        )
    return at


def _usable(est: Estimate) -> Bools:
    """Cells whose number and standard error can be fitted."""
    counts, v = est.counts, est.covariance.variances
    with np.errstate(invalid="ignore"):
        usable = np.isfinite(est.points) & np.isfinite(v) & (v > 0) & ~(counts.psus < 2) & ~(counts.n < 1)
        if est.statistic == "proportion":
            usable &= (est.points > 0) & (est.points < 1) & ~(counts.cases <= 0) & ~(counts.cases >= counts.n)
    return usable


def _together(est: Estimate, used: Codes) -> tuple[tuple[str, str], ...]:
    """What is said where the areas' own numbers are not independent."""
    matrix = est.covariance.of(used)
    se = np.sqrt(np.diagonal(matrix))
    with np.errstate(divide="ignore", invalid="ignore"):
        most = float(np.nanmax(np.abs(matrix / np.outer(se, se)) * (1 - np.eye(len(se))), initial=0.0))
    return (("left out", f"areas share sampling units, correlations up to {most:.2f}"),) if most > SHARED else ()


def _nothing_between(variance: float) -> tuple[tuple[str, str], ...]:
    return () if variance > 0 else (("variance between areas", "0, so that the covariates have all the weight"),)


Numbers = tuple[Floats, Floats, tuple[Floats, Floats]]


def _benchmarked(
    made: Numbers, areas: Areas, benchmark: Benchmark, reach: Floats, *, share: bool
) -> tuple[Floats, Floats, tuple[Floats, Floats], str]:
    points, errors, (low, high) = made
    brought, how = moved(points, areas.numbers(benchmark.population, "population="), benchmark, share=share)
    move = brought - points
    more = reach * move
    limits = brought - np.hypot(points - low, more), brought + np.hypot(high - points, more)
    return brought, errors + np.outer(move, move), limits, f"{benchmark.how}, {how}"


def _estimate(est: Estimate, areas: Areas, at: Codes, made: Numbers, said: tuple[tuple[tuple[str, str], ...], Floats, float]) -> Estimate:
    points, errors, (low, high) = made
    policies, df, level = said
    k, own = len(points), at >= 0

    usable = own & _usable(est)[at]

    def counted(values: Floats) -> Floats:
        out = np.full(k, float(values[at[usable]].sum()))
        out[usable] = values[at[usable]]
        return out

    c, none = est.counts, np.full(k, np.nan)
    if est.statistic == "proportion":
        low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
    labels = {name: (values[0],) * k for name, values in est.cells.columns.items() if name not in est.cells.by}
    told = est.provenance
    return replace(
        est,
        cells=Cells({**labels, **areas.labels}, est.cells.by),
        points=points,
        covariance=Covariance(np.diagonal(errors).copy(), errors, None),
        df=df,
        interval=Interval(low, high, level, "t, model"),
        counts=Counts(counted(c.n), counted(c.cases), counted(c.psus), counted(c.weighted_n), none, none, none),
        support=None,
        flags=tuple("model-based" if own_number else "synthetic" for own_number in usable),
        estimand=f"{est.estimand}, by an area-level model",
        inference="model",
        provenance=replace(told, method="Fay-Herriot, REML", data=fingerprint(points), policies=(*told.policies, *policies)),
    )
