"""release: hide the cells that could identify someone, flag those that are too uncertain, and say which is which."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats
from evidencekit.disclosure.notes import decision_words, missing_words
from evidencekit.disclosure.rules import doubts, reasons
from evidencekit.errors import InputError, one_of
from evidencekit.estimate import Counts, Covariance, Estimate, fingerprint
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table

__all__ = ["Released", "release"]

PROTECTED = "protected"


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Released:
    """Numbers that may be shown.

    Parameters
    ----------
    estimate : Estimate
        What is left: every number of a hidden cell is NaN, covariances with it too.
    status : tuple of str
        Per cell ``"shown"``, ``"uncertain"`` or ``"protected"``.
    reason : tuple of str
        Per cell, why.
    profile : str
        The rules that were applied.
    note : str
        What was not checked.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> safe
    Released under child-survey; not audited against other tables
    variable              sex   estimate     low    high     n  status  reason
    any_contact_unwanted  boy     0.1266  0.1035  0.1528  1034  shown
    any_contact_unwanted  girl    0.1914  0.1617  0.2239   962  shown
    >>> safe.to_frame()["status"].tolist()
    ['shown', 'shown']
    """

    estimate: Estimate
    status: tuple[str, ...]
    reason: tuple[str, ...]
    profile: str
    note: str = "not audited against other tables"

    def __len__(self) -> int:
        return len(self.status)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the whole table: decisions taken on the way, and answers that were missing."""
        return (*decision_words(self.estimate), *missing_words(self.estimate))

    @property
    def columns(self) -> dict[str, Any]:
        """The table, with a status and a reason per cell."""
        return {**self.estimate.columns, "status": self.status, "reason": self.reason}

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame, with columns ``status`` and ``reason``."""
        return frame_of(self.columns, self.estimate.provenance.backend)

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        labels = [c for c, v in self.estimate.cells.columns.items() if any(x not in (None, "") for x in v)]
        flag = ["flag"] if any(self.estimate.flags) else []
        return table_of({c: self.columns[c] for c in [*labels, "estimate", "low", "high", "n", *flag, "status", "reason"]})

    def __repr__(self) -> str:
        notes = [f"note: {note}" for note in self.notes]
        return "\n".join([f"Released under {self.profile}; {self.note}", text_table(*self._shown(), limit=30), *notes])

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption="; ".join([f"Released under {self.profile}", self.note, *self.notes]), limit=200)


def release(est: Estimate, *, profile: Literal["child-survey"] = "child-survey") -> Released:
    """Protect the children behind the numbers.

    Parameters
    ----------
    est : Estimate
        Any Estimate; of a noun that has one (what `weighting.rubin` returns), its ``.estimate``.
    profile : {"child-survey"}
        The rules. A cell is hidden where nobody knows what it rests on, with fewer than 10 unweighted cases, fewer than 10 in the
        complement (whatever verb made the number, where the column has two values), fewer than 10 answers, or fewer than 3 sampling
        units. A quantile needs 10 answers on either side; two points of one distribution (`cdf`, `quantile`) need 10 between them.
        Where one cell of a block is hidden and could be had from the others, the next smallest goes too. Cells that fail the NCHS 2017
        presentation standards for proportions are flagged as uncertain. The lower limit of a number of people is cut at 0, and flagged.

    Returns
    -------
    Released
        With a status and a reason per cell, and notes on the table. It has not been checked against other tables, and says so.

    Raises
    ------
    InputError
        Not an Estimate, or an unknown profile.

    Notes
    -----
    What remains: a quantile and its limits are answers that single children gave, and a limit may have fewer than 10 answers beyond it.
    Where answers are precise enough to know someone by (an amount, a date), round quantiles before they are shown. The answers on
    either side of a quantile are taken to be n q and n (1 - q); weights that differ much move that. Nothing here looks at how a sum
    of amounts is shared among those who make it up.

    References
    ----------
    Parker et al. (2017), NCHS Vital Health Stat 2(175).

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.release(ek.proportion(survey, "asked_for_image", by="sex")).status
    ('shown', 'shown')
    """
    if not isinstance(est, Estimate):
        within = "Release its .estimate." if isinstance(getattr(est, "estimate", None), Estimate) and not isinstance(est, Released) else ""
        raise InputError(f"release() takes an Estimate, and this is of type {type(est).__name__}.", within)
    one_of("profile", profile, ("child-survey",))
    est = _not_below_zero(est)
    status, why = [], []
    for i, reason in enumerate(reasons(est)):
        doubt = "" if reason else doubts(est, i)
        status.append(PROTECTED if reason else "uncertain" if doubt else "shown")
        why.append(reason or doubt)
    left = _without(est, np.array([s == PROTECTED for s in status], dtype=bool))
    return Released(estimate=left, status=tuple(status), reason=tuple(why), profile=profile)


def _without(est: Estimate, hidden: NDArray[np.bool_]) -> Estimate:
    """The estimate with nothing of the hidden cells in it, so that what is saved or passed on cannot give them away."""

    def gone(values: Floats) -> Floats:
        return np.where(hidden, np.nan, values)

    matrix = est.covariance.matrix
    either = hidden[:, None] | hidden[None, :]
    points, counts = gone(est.points), est.counts
    return replace(
        est,
        points=points,
        covariance=Covariance(gone(est.covariance.variances), None if matrix is None else np.where(either, np.nan, matrix), None),
        df=gone(est.df),
        interval=replace(est.interval, low=gone(est.interval.low), high=gone(est.interval.high)),
        counts=Counts(**{f.name: gone(getattr(counts, f.name)) for f in fields(counts)}),
        support=None,
        flags=tuple("" if h else f for h, f in zip(hidden, est.flags, strict=True)),
        provenance=replace(est.provenance, data=fingerprint(points), sample=()),
    )


def _not_below_zero(est: Estimate) -> Estimate:
    """Numbers of people with their lower limits at 0 where a symmetric interval went below it, and a flag that says so."""
    people = np.full(len(est), est.statistic == "count") | ((est.statistic == "total") & ~np.isnan(est.counts.cases))
    below = people & (est.points >= 0) & (est.interval.low < 0)
    if not below.any():
        return est
    flags = est.flags or ("",) * len(est)
    return replace(
        est,
        interval=replace(est.interval, low=np.where(below, 0.0, est.interval.low)),
        flags=tuple("; ".join(x for x in (f, "lower limit cut at 0" if b else "") if x) for f, b in zip(flags, below, strict=True)),
    )
