"""Test: what a hypothesis test says, beside the numbers it is about."""

from __future__ import annotations

from dataclasses import dataclass, field

from evidencekit.estimate import Estimate, Provenance
from evidencekit.rendering.text import html_table

__all__ = ["Test"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Test:
    """The result of a hypothesis test.

    Parameters
    ----------
    method : str
        What was done, in the field's words: ``"Rao-Scott F"``.
    null : str
        The hypothesis in words: ``"sex and asked do not go together"``.
    statistic : float
        The test statistic.
    df : tuple of float
        Its degrees of freedom: none, those of a chi-square or t, or those of an F.
    p : float
        The p-value.
    estimate : Estimate or None
        The numbers the test is about, where it has some: a difference of means with its interval.
    inference : str
        Inference class of the survey.
    flags : tuple of str
        What the reader must know.
    provenance : Provenance
        Where it comes from.

    Notes
    -----
    A p-value above the usual bars is no sign that groups are alike: `evidencekit.combining.equivalent` tests that.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> 0 <= ek.tables.association(survey, "sex", "internet_daily").p <= 1
    True
    """

    __test__ = False  # for pytest, which would otherwise take the class for tests

    method: str
    null: str
    statistic: float
    df: tuple[float, ...]
    p: float
    estimate: Estimate | None = None
    inference: str = "probability"
    flags: tuple[str, ...] = ()
    provenance: Provenance = field(default_factory=lambda: Provenance(""))

    def _said(self) -> tuple[str, str]:
        """The statistic with its degrees of freedom, and the p-value, in words."""
        many = "degree" if self.df == (1.0,) else "degrees"
        free = f" on {' and '.join(f'{d:.4g}' for d in self.df)} {many} of freedom" if self.df else ""
        return f"{self.statistic:.4g}{free}", "< 0.001" if self.p < 0.001 else f"= {self.p:.3f}" if self.p == self.p else "is not known"

    def __repr__(self) -> str:
        statistic, p = self._said()
        return "\n".join(
            [
                f"{self.method}: {statistic}, p {p}",
                f"null hypothesis: {self.null}",
                *self._number(),
                *(f"note: {flag}" for flag in self.flags),
            ]
        )

    def _repr_html_(self) -> str:
        statistic, p = self._said()
        caption = "; ".join([f"{self.method}. Null hypothesis: {self.null}", *self._number(), *self.flags])
        return html_table(["statistic", "p"], [[statistic, p.removeprefix("= ")]], caption=caption, limit=1)

    def _number(self) -> list[str]:
        return [] if self.estimate is None or len(self.estimate) != 1 else [_told(self.estimate)]


def _told(est: Estimate) -> str:
    """The one number a test is about, with its interval."""
    columns = est.cells.columns
    told = {name: values[0] for name, values in columns.items() if name not in ("variable", "category") and values[0] not in (None, "")}
    which = ", ".join(str(value) if name in ("difference", "contrast") else f"{name} {value}" for name, value in told.items())
    what = f"{est.statistic or 'estimate'}: {which}{' = ' if which else ''}{est.points[0]:.4g}"
    low, high = est.interval.low[0], est.interval.high[0]
    return what if low != low else f"{what} ({est.interval.level:.0%} interval {low:.4g} to {high:.4g})"
