"""headcount: a number of people from a share, how many of them it is about, and the size of the population, all uncertain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
from scipy.special import ndtri, stdtrit

from evidencekit.columns import Floats
from evidencekit.combining.classes import unit_of
from evidencekit.combining.contrasting import one_sample
from evidencekit.combining.rounding import rounded_total
from evidencekit.errors import InputError, Refused, check_level
from evidencekit.estimate import Cells, Covariance, Estimate, Interval, fingerprint
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, text_table

__all__ = ["Headcount", "headcount"]

ALLOWED = ("probability", "venue", "model")
METHOD = "log-scale variance recovery"
Factor = Any
"""A number, ``(number, standard error)``, an Estimate of one cell or of the same cells, or a mapping of one ``by=`` level to either."""


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Headcount:
    """Numbers of people, with what they were multiplied from.

    Parameters
    ----------
    estimate : Estimate
        The numbers; nothing in it is rounded.
    share_of_variance : tuple of mapping
        Per cell, how much of the squared relative standard error comes from ``"prevalence"``, ``"coverage"`` and ``"population"``.
    """

    estimate: Estimate
    share_of_variance: tuple[Mapping[str, float], ...]

    @property
    def rounded(self) -> tuple[tuple[int | None, int | None, int | None], ...]:
        """Per cell the number and its limits in whole people, by `rounded_total`: a step that the interval supports, limits outward.

        Where there are no limits, two digits are kept; where there is no number, because it is hidden, or no limit, there is None.
        """
        est = self.estimate
        limits = zip(est.points, est.interval.low, est.interval.high, strict=True)
        return tuple(_rounded(*map(float, cell)) for cell in limits)

    @property
    def columns(self) -> dict[str, Any]:
        """The table: rounded numbers beside the estimate's own columns."""
        number, low, high = zip(*self.rounded, strict=True)
        own = {name: values for name, values in self.estimate.columns.items() if name not in ("category",)}
        return {**own, "about": number, "about_low": low, "about_high": high}

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame: that of the Estimate, and ``about, about_low, about_high``, rounded."""
        return frame_of(self.columns, self.estimate.provenance.backend)

    def _title(self) -> str:
        est = self.estimate
        whom = f", {est.provenance.where}" if est.provenance.where else ""
        return f"Headcount: {est.estimand}{whom}; {est.interval.level:.0%} interval; {est.inference}"

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        est = self.estimate
        labels = [c for c, v in est.cells.columns.items() if any(x not in (None, "") for x in v)]
        rows = []
        for i, (number, low, high) in enumerate(self.rounded):
            least = max(self.share_of_variance[i], key=lambda part: self.share_of_variance[i][part], default="")
            cells = [str(est.cells.columns[c][i]) for c in labels]
            about = "" if number is None else f"about {number:,}"
            ends = ["" if end is None else f"{end:,}" for end in (low, high)]
            rows.append([*cells, about, *ends, "" if number is None else least, est.flags[i] if est.flags else ""])
        return [*labels, "people", "low", "high", "least certain", "flag"], rows

    def _notes(self) -> list[str]:
        wanted = ("denominator", "coverage", "population")
        return [f"note: {what}: {how}" for what, how in self.estimate.provenance.policies if what in wanted]

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_table(*self._shown(), limit=30), *self._notes()])

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=". ".join([self._title(), *self._notes()]), limit=200)


def headcount(estimate: Estimate, *, coverage: Factor, population: Factor, level: float | None = None) -> Headcount:
    """How many people a share stands for: share x coverage x population, each as uncertain as it is.

    Parameters
    ----------
    estimate : Estimate
        Shares from a probability or venue sample, or a model; of a `Prevalence` its ``.estimate``.
    coverage : number, (number, standard error), Estimate or mapping
        Which part of the population the share is about: of a share among internet users, the share of children who are. 1 where the share
        is of everyone.
    population : number, (number, standard error), Estimate or mapping
        How many people there are. A mapping gives a number for each level of the estimate's one ``by=`` column.
    level : float, optional
        Confidence level; default that of the Estimate.

    Returns
    -------
    Headcount
        With ``.estimate`` in people, and ``.rounded``.

    Raises
    ------
    InputError
        It is not a share, or a factor is not a number above 0 (coverage: at most 1).
    Refused
        The answers are not from a sample whose shares can be multiplied up; the coverage is from the same survey, so that the two are not
        independent; or a share of all children is multiplied by a coverage below 1.

    Notes
    -----
    Standard errors are by the delta method, the three factors independent: the squared relative errors add up. Limits are by variance
    recovery on the log scale, ``log N -+ sqrt(sum of (log factor - log limit)^2)``: a factor that is known adds nothing, and where only the
    share is uncertain its own interval is multiplied up. A factor given with a standard error is taken as log-normal with that relative
    error. Where the share is 0 the lower limit is 0, and the upper one multiplies the share's upper limit by the other factors' own.
    A population or coverage without a standard error is taken as exact, and the record says so.

    References
    ----------
    Newcombe (2016), Statist. Methods Med. Res. 25, 1774-1778, for products on the log scale; Donner and Zou (2012),
    Statist. Methods Med. Res. 21, 347-359, for variance recovery.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=fiction.population)
    >>> est = ek.proportion(survey, "any_contact_unwanted")
    >>> ek.headcount(est, coverage=(0.81, 0.02), population=215_000)
    Headcount: number of people: share of any_contact_unwanted x coverage x population; 95% interval; probability
    variable              people           low    high  least certain  flag
    any_contact_unwanted  about 27,000  23,000  32,000  prevalence
    note: coverage: 0.81, standard error 0.02
    note: population: 215,000, taken as exact
    """
    _check(estimate)
    level = estimate.interval.level if level is None else level
    check_level(level)
    factors = [_Factor(name, given, estimate, level) for name, given in (("coverage", coverage), ("population", population))]
    _refuse_twice(estimate, factors[0])
    p = estimate.points
    low, high = _limits_of_share(estimate, level)
    size = factors[0].value * factors[1].value
    points = p * size
    limits = _limits((p, low, high), factors)
    relative = [np.where(p > 0, estimate.covariance.variances, 0.0) / np.where(p > 0, p, 1.0) ** 2, *(f.relative for f in factors)]
    matrix = _covariance(estimate, size, points, factors)
    return Headcount(
        estimate=_made(estimate, points, matrix, Interval(*limits, level, METHOD), factors),
        share_of_variance=_shares([np.asarray(r, dtype=np.float64) for r in relative]),
    )


class _Factor:
    """One factor per cell: its value, its limits, its squared relative standard error; and how it was given, in words."""

    def __init__(self, name: str, given: Factor, est: Estimate, level: float) -> None:
        self.name, self.shared = name, not isinstance(given, Mapping)
        self.est = given if isinstance(given, Estimate) else None
        parts = _per_cell(name, given, est)
        self.value = np.array([value for value, _ in parts])
        se = np.array([error for _, error in parts])
        self.relative = (se / self.value) ** 2
        reach = np.exp(ndtri((1 + level) / 2) * se / self.value)
        self.low, self.high = self.value / reach, self.value * reach
        if self.est is not None:
            _check_factor(name, self.est)
            low, high = _limits_of_share(self.est, level)
            rows = range(len(est)) if len(self.est) == len(est) else [0] * len(est)
            self.low, self.high = low[list(rows)], high[list(rows)]
            self.shared = len(self.est) == 1
        if name == "coverage":
            self.high = np.minimum(self.high, 1.0)
        self.words = _words(parts, self.est)


def _per_cell(name: str, given: Factor, est: Estimate) -> list[tuple[float, float]]:
    """Value and standard error for each cell."""
    if isinstance(given, Estimate):
        if len(given) not in (1, len(est)):
            raise InputError(
                f"The Estimate in {name}= has {len(given)} cells, and the share {len(est)}.", "Give one cell, or the same cells."
            )
        if len(given) > 1 and any(given.cells.columns.get(by) != est.cells.columns[by] for by in est.cells.by):
            raise InputError(f"The Estimate in {name}= does not have the same cells as the share.", "Estimate both with the same by=.")
        cells = list(zip(given.points.tolist(), given.se.tolist(), strict=True))
        made = cells if len(cells) == len(est) else cells * len(est)
    elif isinstance(given, Mapping):
        if len(est.cells.by) != 1:
            raise InputError(f"{name}= with a number for each group needs an estimate with one by= column.")
        labels = est.cells.columns[est.cells.by[0]]
        if any(label not in given for label in labels):
            raise InputError(f"{name}= does not name every group of {est.cells.by[0]!r}.", "Use the labels shown by to_frame().")
        made = [_pair(name, given[label]) for label in labels]
    else:
        made = [_pair(name, given)] * len(est)
    for value, error in made:
        above = name == "coverage" and value > 1
        if not value > 0 or above or not error >= 0 or not np.isfinite(value):
            kind = "a share above 0 and at most 1" if name == "coverage" else "a number above 0"
            raise InputError(f"{name}= is {kind}, with a standard error of 0 or more.")
    return made


def _pair(name: str, given: Any) -> tuple[float, float]:
    pair = given if isinstance(given, tuple) else (given, 0.0)
    if len(pair) != 2 or any(isinstance(x, bool) or not isinstance(x, Real) for x in pair):
        raise InputError(f"{name}= takes a number, (number, standard error), an Estimate, or a mapping of groups to numbers.")
    return float(pair[0]), float(pair[1])


def _words(parts: list[tuple[float, float]], est: Estimate | None) -> str:
    if est is not None:
        return f"estimated: {est.estimand}"
    if len(set(parts)) > 1:
        return "a number for each group" + ("" if all(error for _, error in parts) else ", taken as exact")
    value, error = parts[0]
    return f"{value:,.6g}" + (f", standard error {error:,.6g}" if error else ", taken as exact") if value < 1e6 else _large(value, error)


def _large(value: float, error: float) -> str:
    return f"{value:,.0f}" + (f", standard error {error:,.0f}" if error else ", taken as exact")


def _check(est: Any) -> None:
    if not isinstance(est, Estimate):
        within = isinstance(getattr(est, "estimate", None), Estimate) and not hasattr(est, "status")
        fix = "Pass its .estimate." if within else "Multiply up first, then release()."
        raise InputError(f"headcount() takes an Estimate, and this is of type {type(est).__name__}.", fix)
    if est.statistic != "proportion":
        raise InputError(
            f"headcount() multiplies a share up, and this is a {est.statistic or 'number'}.", "Use proportion() or prevalence()."
        )
    if unit_of(est):
        raise InputError(
            "headcount() counts people, and these are shares of records or of choices.",
            'Make shares of people: what="respondents" of a child table, of="respondents" of a question with several answers.',
        )
    if est.inference not in ALLOWED:
        raise Refused(
            f"These answers are {est.inference}: their share is of those who answered; multiplied up it would claim to be everybody's.",
            "A number of people needs a probability sample, or a venue sample with the number of people who go there.",
        )


def _check_factor(name: str, est: Estimate) -> None:
    if est.inference not in (*ALLOWED, "administrative"):
        raise Refused(f"The Estimate in {name}= is {est.inference}.", "Take the number from a probability sample or a record of everyone.")


def _refuse_twice(est: Estimate, coverage: _Factor) -> None:
    """Raise for a share of everyone times a part of everyone, and for two numbers of one sample as if they were independent."""
    among = dict(est.provenance.policies).get("denominator", "")
    if among.startswith("all ") and (coverage.value < 1).any():
        raise Refused(f"The share is among {among}, so it is not to be multiplied by a coverage.", "Give coverage=1.")
    if coverage.est is not None and one_sample(est, coverage.est):
        raise Refused(
            "The share and the coverage come from one survey, so they are not independent.",
            'Estimate the share of everyone at once, prevalence(..., denominator="all"), and give coverage=1.',
        )


def _limits_of_share(est: Estimate, level: float) -> tuple[Floats, Floats]:
    """An Estimate's own limits; made again from its standard error, on the log scale, where they are for another level or not there."""
    if est.interval.level == level and est.interval.sided == "two":
        return np.maximum(est.interval.low, 0.0), est.interval.high
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(est.df > 0, est.df, np.nan)
        reach = np.exp(stdtrit(df, (1 + level) / 2) * est.se / est.points)
        return est.points / reach, np.where(est.points > 0, est.points * reach, np.nan)


def _limits(share: tuple[Floats, Floats, Floats], factors: list[_Factor]) -> tuple[Floats, Floats]:
    """Variance recovery on the log scale; with a share of 0, from 0 to the product of the upper limits."""
    p, low, high = share
    size = factors[0].value * factors[1].value
    with np.errstate(divide="ignore", invalid="ignore"):
        down = np.log(p / low) ** 2
        up = np.log(high / p) ** 2
        for f in factors:
            down = down + np.log(f.value / f.low) ** 2
            up = up + np.log(f.high / f.value) ** 2
        below, above = p * size * np.exp(-np.sqrt(down)), p * size * np.exp(np.sqrt(up))
    none = p == 0
    beyond = high * factors[0].high * factors[1].high
    return np.where(none | (low == 0), 0.0, below), np.where(none, beyond, above)


def _covariance(est: Estimate, size: Floats, points: Floats, factors: list[_Factor]) -> Floats:
    """Delta method: shares covary as they do, and a factor that all cells share makes them vary together."""
    matrix = est.vcov * np.outer(size, size)
    for f in factors:
        scale = points * np.sqrt(f.relative)
        if f.est is not None and not f.shared:
            per = f.est.vcov / np.outer(f.value, f.value)
            matrix = matrix + per * np.outer(points, points)
        else:
            matrix = matrix + (np.outer(scale, scale) if f.shared else np.diag(scale**2))
    return matrix


def _shares(relative: list[Floats]) -> tuple[Mapping[str, float], ...]:
    names = ("prevalence", "coverage", "population")
    out: list[Mapping[str, float]] = []
    for parts in zip(*(np.broadcast_to(r, relative[0].shape) for r in relative), strict=True):
        whole = float(sum(parts))
        out.append({name: float(part) / whole for name, part in zip(names, parts, strict=True)} if whole > 0 else {})
    return tuple(out)


def _made(est: Estimate, points: Floats, matrix: Floats, interval: Interval, factors: list[_Factor]) -> Estimate:
    venue = ["speaks for people who go to the venues"] if est.inference == "venue" else []
    old = est.flags or ("",) * len(est)
    provenance = replace(
        est.provenance,
        method=METHOD,
        data=fingerprint(points),
        policies=(*est.provenance.policies, *((f.name, f.words) for f in factors)),
        sample=tuple(dict.fromkeys((*est.provenance.sample, *(s for f in factors if f.est for s in f.est.provenance.sample)))),
    )
    return replace(
        est,
        cells=Cells(dict(est.cells.columns), est.cells.by),
        points=points,
        covariance=Covariance(np.diagonal(matrix).copy(), matrix, None),
        interval=interval,
        support=None,
        flags=tuple("; ".join(x for x in (flag, *venue) if x) for flag in old),
        statistic="count",
        estimand=f"number of people: {est.estimand} x coverage x population",
        provenance=provenance,
    )


def _rounded(number: float, low: float, high: float) -> tuple[int | None, int | None, int | None]:
    return rounded_total(number, low, high) if np.isfinite(number) else (None, None, None)  # hidden, or not known: that is not nobody
