"""Rubin's rules: estimates from completed surveys become one, whose standard error knows that answers were filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import InputError, one_of
from evidencekit.estimate import Counts, Covariance, Estimate, Interval, fingerprint
from evidencekit.frames import frame_of
from evidencekit.survey.uncertainty.intervals import Method, ProportionInterval, check_level, proportion_limits, t_limits

__all__ = ["Combined", "rubin"]

Small = Literal["mitools", "1999"]
SHARES = ("proportion", "cdf")
HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Combined:
    """One Estimate from several imputations, and how much of it hangs on the answers that were filled in.

    Parameters
    ----------
    estimate : Estimate
        The combined numbers, for `ek.release` and `ek.finding`.
    missing_information : (k,) array
        The fraction of each cell's information that is missing, as R's mitools has it: towards 1 where the imputations are all there
        is. It counts what few degrees of freedom lose, too; `share` does not. Where the imputations agree it is 0, and in mitools
        ``2 / (df + 3)``.
    within, between : (k,) array
        The average variance within an imputation, and the variance of the points between imputations.
    complete_df : (k,) array
        The degrees of freedom the design would give if nothing were missing.
    imputations : int
        How many there were.
    """

    estimate: Estimate
    missing_information: Floats
    within: Floats
    between: Floats
    complete_df: Floats
    imputations: int

    @property
    def columns(self) -> dict[str, Any]:
        """The Estimate's table with ``missing_information`` beside it."""
        return {**self.estimate.columns, "missing_information": self.missing_information}

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame."""
        return frame_of(self.columns, self.estimate.provenance.backend)

    @property
    def share(self) -> Floats:
        """The share of each cell's variance that comes from the missing answers, ``(1 + 1/m) B / T``."""
        return _share(self.within, self.between, self.imputations)

    @property
    def note(self) -> str:
        """How many imputations there are, and whether that is enough for numbers that another seed would repeat."""
        said = f"{self.imputations} imputations"
        known = self.share[np.isfinite(self.share)]
        if not known.size:
            return said
        said += f"; at most {known.max():.0%} of a cell's variance comes from missing answers"
        wanted = int(np.ceil(100 * known.max()))
        return said if wanted <= self.imputations else f"{said}, for which {wanted} imputations are advised"

    def __repr__(self) -> str:
        return f"{self.estimate!r}\n{self.note}"

    def _repr_html_(self) -> str:
        return f"{self.estimate._repr_html_()}<p>{self.note}</p>"


def rubin(
    estimates: Sequence[Estimate],
    *,
    interval: Method | ProportionInterval = "logit",
    level: float | None = None,
    small_sample: Small = "mitools",
) -> Combined:
    """Combine the same Estimate from several completed surveys.

    Parameters
    ----------
    estimates : sequence of Estimate
        One per completed survey: the same statistic of the same cells by the same design.
    interval : {"logit", "beta", "wilson", "wald", ...} or ProportionInterval
        How limits of shares are made. ``"logit"`` (default) is t on the log-odds, which stays between 0 and 1; ``"wald"`` is plain t.
        Every other statistic has plain t limits.
    level : float, optional
        Confidence level; default that of the estimates.
    small_sample : {"mitools", "1999"}
        Barnard and Rubin's degrees of freedom with what was observed taken as ``W / (W + B)``, as R's mitools does (default); or as
        ``W / (W + (1 + 1/m) B)``, as printed in 1999 and in R's mice. The second gives slightly fewer; with 20 imputations they hardly
        differ.

    Returns
    -------
    Combined
        Its ``estimate`` is an Estimate like any other, with the full covariance.

    Raises
    ------
    InputError
        Fewer than two estimates, or estimates that are not of the same cells, statistic, condition, interval or design.

    Notes
    -----
    With points q, their average Q, average covariance W within and covariance B between m imputations, the covariance of Q is
    ``T = W + (1 + 1/m) B``. Per cell, with ``r = (1 + 1/m) B / W`` and v the design's degrees of freedom (the smallest over the
    imputations), ``1/df = 1/((m - 1)(1 + 1/r)**2) + 1/((v + 1)/(v + 3) v h)``, h being the share observed. The fraction of missing
    information is ``(r + 2/(df + 3))/(r + 1)``.

    A difference or another contrast is best made in every completed survey and combined then, so that it has its own degrees of
    freedom: ``rubin([ek.difference(e, a, b) for e in estimates])``. Counts are the smallest over the imputations; they count answers
    that were filled in. One that has no value in some imputation has none here.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, section 3.1. Barnard and Rubin (1999), Biometrika 86, 948-955. van
    Buuren (2018), Flexible Imputation of Missing Data, sections 2.3-2.4 and 5.2. White, Royston and Wood (2011), Statist. Med. 30,
    377-399, for the number of imputations.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> data = fiction.data
    >>> survey = ek.Survey(data, weights="weight", strata="stratum", psu="psu")
    >>> made = ek.weighting.impute(survey, ["image_shared"], using=("sex", "age"), imputations=3, seed=1)
    >>> combined = ek.weighting.rubin([ek.proportion(s, "image_shared") for s in made])
    >>> combined.imputations, bool(combined.estimate.df[0] > 50)
    (3, True)
    """
    one_of("small_sample", small_sample, ("mitools", "1999"))
    how = interval if isinstance(interval, ProportionInterval) else ProportionInterval(method=interval)
    parts = _checked(estimates)
    first, m = parts[0], len(parts)
    level = first.interval.level if level is None else level
    check_level(level)
    points = np.array([e.points for e in parts])
    within = np.mean([e.covariance.variances for e in parts], axis=0)
    between = _between(points)
    covariance = _covariance(parts, points)
    complete = np.min([e.df for e in parts], axis=0)
    df, information = _degrees(within, between, complete, m, 1.0 if small_sample == "mitools" else 1 + 1 / m)
    q = points.mean(axis=0)
    counts = _counts(parts, covariance.variances)
    made, said = _limits(first, (q, covariance.variances, counts.n, df), how, level)
    policies = (*first.provenance.policies, ("combined", f"Rubin's rules over {m} imputations"))
    estimate = replace(
        first,
        points=q,
        covariance=covariance,
        df=df,
        interval=made,
        counts=counts,
        support=None,
        flags=_flags(parts, said, df, _share(within, between, m)),
        provenance=replace(first.provenance, data=fingerprint(q), policies=policies),
    )
    return Combined(estimate=estimate, missing_information=information, within=within, between=between, complete_df=complete, imputations=m)


def _checked(estimates: Sequence[Estimate]) -> list[Estimate]:
    """The estimates, if they are of one thing."""
    parts = list(estimates) if isinstance(estimates, Sequence) else []
    if not parts or not all(isinstance(e, Estimate) for e in parts):
        raise InputError(
            "rubin() takes a list of Estimates, one per completed survey.", "For example: [ek.mean(s, 'y') for s in completed]."
        )
    if len(parts) < 2:
        raise InputError("One imputation cannot show what the missing answers add to the uncertainty.", "Make 20, or 2 at the very least.")
    first = parts[0]
    for e in parts[1:]:
        wrong = [what for what, same in _compared(first, e) if not same]
        if wrong:
            raise InputError(
                f"The estimates are not of one thing: they differ in {', '.join(wrong)}.",
                "Ask the same of every completed survey, with the same by=, where= and level=.",
            )
    return parts


def _compared(a: Estimate, b: Estimate) -> list[tuple[str, bool]]:
    """What two estimates must share, and whether they do."""
    one, other = a.provenance, b.provenance
    statistic = (a.statistic, a.estimand, a.inference) == (b.statistic, b.estimand, b.inference)
    interval = (a.interval.level, a.interval.method, a.interval.sided) == (b.interval.level, b.interval.method, b.interval.sided)
    cells = dict(a.cells.columns) == dict(b.cells.columns) and a.cells.by == b.cells.by
    return [
        ("their statistic", statistic),
        ("their condition", one.where == other.where),
        ("their cells", cells),
        ("their interval", interval),
        ("their design", one.population == other.population and _one_design(a, b)),
    ]


def _one_design(a: Estimate, b: Estimate) -> bool:
    """The same design and weights; or weights made in each completed survey by the same steps, on the same sampling units."""
    if a.provenance.design == b.provenance.design:
        return True
    steps = [tuple(p for p in e.provenance.policies if p[0] == "weights") for e in (a, b)]
    units = [None if e.support is None else e.support.stratum for e in (a, b)]
    known = units[0] is not None and units[1] is not None
    return bool(steps[0]) and steps[0] == steps[1] and (not known or np.array_equal(units[0], units[1]))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Pooled:
    """The covariance of cells too many for a matrix, from the imputations' own."""

    parts: tuple[Covariance, ...]
    points: Floats

    def of(self, rows: Codes) -> Floats:
        return _total([c.of(rows) for c in self.parts], self.points[:, rows])


def _total(within: Sequence[Floats], points: Floats) -> Floats:
    off = points - points.mean(axis=0)
    m = len(points)
    return np.mean(within, axis=0) + (1 + 1 / m) / (m - 1) * (off.T @ off)


def _covariance(parts: list[Estimate], points: Floats) -> Covariance:
    matrices = [e.covariance.matrix for e in parts]
    dense = [x for x in matrices if x is not None]
    if len(dense) == len(parts):
        matrix = _total(dense, points)
        return Covariance(np.diagonal(matrix).copy(), matrix, None)
    variances = np.mean([e.covariance.variances for e in parts], axis=0) + (1 + 1 / len(parts)) * _between(points)
    known = any(e.covariance.source is not None for e in parts)
    return Covariance(variances, None, _Pooled(tuple(e.covariance for e in parts), points) if known else None)


def _between(points: Floats) -> Floats:
    """The variance between imputations; nought where they differ by rounding only."""
    with np.errstate(invalid="ignore"):
        alike = np.ptp(points, axis=0) <= 1e-14 * np.abs(points).max(axis=0)
    return np.where(alike, 0.0, points.var(axis=0, ddof=1))


def _share(within: Floats, between: Floats, m: int) -> Floats:
    extra = (1 + 1 / m) * between
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(extra == 0, np.where(np.isnan(within), np.nan, 0.0), extra / (within + extra))


def _degrees(within: Floats, between: Floats, complete: Floats, m: int, grown: float) -> tuple[Floats, Floats]:
    """Barnard and Rubin's degrees of freedom, and the fraction of missing information."""
    lost = _share(within, between, m)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.where(between == 0, 0.0, (1 + 1 / m) * between / within)
        observed = np.where(within + between == 0, 1.0, within / (within + grown * between))
        old = (m - 1) / lost**2
        seen = (complete + 1) / (complete + 3) * complete * observed
        seen = np.where(np.isinf(complete), np.where(observed > 0, np.inf, 0.0), seen)
        df = 1 / (1 / old + 1 / seen)
        df = np.where((complete <= 0) | (seen <= 0), 0.0, df)
        df = np.where(np.isnan(complete) | np.isnan(within), np.nan, df)
        information = np.where(np.isinf(r), 1.0, (r + 2 / (df + 3)) / (r + 1))
        information = np.where(between == 0, np.where(np.isnan(df), np.nan, 0.0), information)
    return df, information


def _counts(parts: list[Estimate], variances: Floats) -> Counts:
    """The smallest counts; the design effect is that of the combined variance, so that missing information lowers n_eff."""

    def each(name: str) -> Floats:
        return np.array([getattr(e.counts, name) for e in parts])

    with np.errstate(divide="ignore", invalid="ignore"):
        simple = np.mean([e.covariance.variances / e.counts.deff for e in parts], axis=0)
        deff = np.where(simple > 0, variances / simple, np.nan)
        n = each("n").min(axis=0)
        n_eff = n / deff
    psus, cases = each("psus").min(axis=0), each("cases").min(axis=0)
    return Counts(n, cases, psus, each("weighted_n").mean(axis=0), n_eff, deff, each("kish").mean(axis=0))


Numbers = tuple[Floats, Floats, Floats, Floats]


def _limits(first: Estimate, numbers: Numbers, how: ProportionInterval, level: float) -> tuple[Interval, tuple[str, ...]]:
    """The interval, and what is said of shares at 0 and 1."""
    points, variances, n, df = numbers
    if first.statistic not in SHARES:
        low, high = t_limits(points, np.sqrt(np.maximum(variances, 0.0)), df, level)
        return Interval(low, high, level, "t, Rubin's rules"), ("",) * len(points)
    p = np.where(points > 1 - 1e-14, 1.0, np.clip(points, 0, 1))
    low, high = proportion_limits(p, variances, n, df, level=level, how=how)
    words = np.where(p == 0, "no case in any imputation", np.where(p == 1, "every answer a case in every imputation", ""))
    only = "" if how.sided == "two" else f", {how.sided} only"
    return Interval(low, high, level, f"{how.method}, Rubin's rules{only}", how.sided), tuple(str(w) for w in words)


def _flags(parts: list[Estimate], said: Sequence[str], df: Floats, share: Floats) -> tuple[str, ...]:
    """What was flagged in any imputation, but for degrees of freedom and empty cells, which are judged again."""
    old = ("few degrees of freedom", "no interval: no degrees of freedom", "no case observed", "every answer a case")
    out: list[str] = []
    for i in range(len(parts[0])):
        each = dict.fromkeys(f for e in parts for f in e.flags[i].split("; ") if f and not f.startswith(old))
        lost = sum(1 for e in parts if np.isnan(e.points[i]))
        more = [said[i]]
        more += [f"no value in {lost} of {len(parts)} imputations"] if lost else []
        more += ["no interval: no degrees of freedom"] if df[i] <= 0 else ["few degrees of freedom"] if df[i] < 8 else []
        more += [f"{share[i]:.0%} of the variance comes from missing answers"] if share[i] >= HALF else []
        out.append("; ".join([*each, *(x for x in more if x)]))
    return tuple(out)
