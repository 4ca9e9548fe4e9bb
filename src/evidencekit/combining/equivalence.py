"""equivalent: whether a difference is surely too small to matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtr, stdtrit

from evidencekit.columns import Floats
from evidencekit.combining.contrasting import OWN_LIMITS, need_estimate
from evidencekit.errors import InputError, check_level
from evidencekit.estimate import Cells, Estimate
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table

__all__ = ["Equivalence", "equivalent"]

MADE = ("difference", "contrast")


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Equivalence:
    """What two one-sided tests say of differences.

    Parameters
    ----------
    cells : Cells
        What the k differences are.
    points : (k,) array
        The differences; NaN where one is hidden.
    equivalent : tuple of bool
        Per cell, whether the difference is surely within the margin.
    p : (k,) array
        The larger of the two p-values. NaN where there is no test: hidden, no interval, or limits from the shares' own.
    p_below, p_above : (k,) array
        Against "the difference is -margin or less", and against "it is margin or more".
    low, high : (k,) array
        The interval that must lie within the margin: of level ``1 - 2 (1 - level)``, or as `difference` made it of the
        shares' own.
    margin : float
        The largest difference that does not matter, on the scale of the differences.
    level : float
        Of each one-sided test.
    backend : str
        Kind of frame of `to_frame`.
    """

    cells: Cells
    points: Floats
    equivalent: tuple[bool, ...]
    p: Floats
    p_below: Floats
    p_above: Floats
    low: Floats
    high: Floats
    margin: float
    level: float
    backend: str = "pandas"

    def __len__(self) -> int:
        return len(self.points)

    @property
    def columns(self) -> dict[str, Any]:
        """The table, column name to values."""
        numbers = {"estimate": self.points, "low": self.low, "high": self.high, "p": self.p}
        return {**self.cells.columns, **numbers, "equivalent": self.equivalent}

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame: the cells' columns and ``estimate, low, high, p, equivalent``."""
        return frame_of(self.columns, self.backend)

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        keep = [c for c, v in self.cells.columns.items() if any(x not in (None, "") for x in v)]
        said = ["yes" if one else "not shown" for one in self.equivalent]
        return table_of({**{c: self.columns[c] for c in [*keep, "estimate", "low", "high", "p"]}, "within the margin": said})

    def _title(self) -> str:
        both = f"two one-sided tests at {self.level:.0%}, {2 * self.level - 1:.0%} intervals"
        return f"Equivalence: differences within {self.margin:g} either way; {both}"

    def __repr__(self) -> str:
        return f"{self._title()}\n{text_table(*self._shown(), limit=30)}"

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=self._title(), limit=60)


def equivalent(difference: Estimate, *, margin: float, level: float = 0.95) -> Equivalence:
    """Test whether differences are within a margin: "similar" may be said only then, and never because a difference is not significant.

    Parameters
    ----------
    difference : Estimate
        What `difference` or a linear `contrast` made.
    margin : float
        The largest difference that does not matter: 0.03 for three percentage points. To be declared before the data are seen.
    level : float
        Of each of the two one-sided tests, 0.95 by default; a difference is within the margin where its 90 % interval is.

    Returns
    -------
    Equivalence

    Raises
    ------
    InputError
        Not an Estimate of differences, or a margin that is no number above 0.

    Notes
    -----
    Where a share of 0 or 1 is in the difference, its standard error says nothing. It is then within the margin where the limits that
    `difference` made are, which are of a higher level than is needed: fewer are called similar, none more.

    References
    ----------
    Schuirmann (1987), J. Pharmacokinet. Biopharm. 15, 657-680.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "internet_daily", by="sex")
    >>> gap = ek.difference(est, {"sex": "girl"}, {"sex": "boy"})
    >>> ek.combining.equivalent(gap, margin=0.10).equivalent
    (True,)
    """
    need_estimate(difference, "equivalent()")
    check_level(level)
    if difference.statistic not in MADE:
        raise InputError(
            f"equivalent() takes differences, and this is a {difference.statistic or 'number'}.", "Make one with difference()."
        )
    margin = _margin(margin)
    points, se, df = difference.points, difference.se, difference.df
    own = np.array([OWN_LIMITS in flag.split("; ") for flag in difference.flags or ("",) * len(difference)], dtype=bool)
    unknown = own | np.isnan(points) | np.isnan(se) | np.isnan(difference.interval.low) | ~(df > 0)
    df, se = np.where(unknown, 1.0, df), np.where(unknown, 1.0, se)
    with np.errstate(divide="ignore", invalid="ignore"):
        tails = [np.where((gap == 0) & (se == 0), 0.5, stdtr(df, -gap / se)) for gap in (margin + points, margin - points)]
    below, above = (np.where(unknown, np.nan, tail) for tail in tails)
    reach = stdtrit(df, level) * se
    low, high = np.where(unknown, np.nan, points - reach), np.where(unknown, np.nan, points + reach)
    if difference.interval.sided == "two" and difference.interval.level >= 2 * level - 1:
        low, high = np.where(own, difference.interval.low, low), np.where(own, difference.interval.high, high)
    inside = (low > -margin) & (high < margin)
    return Equivalence(
        cells=difference.cells,
        points=points,
        equivalent=tuple(inside.tolist()),
        p=np.maximum(below, above),
        p_below=below,
        p_above=above,
        low=low,
        high=high,
        margin=margin,
        level=level,
        backend=difference.provenance.backend,
    )


def _margin(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float, np.number)) or not (np.isfinite(given) and given > 0):
        raise InputError("margin= is the largest difference that does not matter: a number above 0, on the scale of the differences.")
    return float(given)
