"""release: hide the cells that could identify someone, flag those that are too uncertain, and say which is which."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats
from evidencekit.errors import InputError, one_of
from evidencekit.estimate import Counts, Covariance, Estimate, fingerprint
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table

__all__ = ["Released", "release"]

CASES, PSUS = 10, 3
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
    """

    estimate: Estimate
    status: tuple[str, ...]
    reason: tuple[str, ...]
    profile: str
    note: str = "not audited against other tables"

    def __len__(self) -> int:
        return len(self.status)

    @property
    def columns(self) -> dict[str, Any]:
        """The table, with a status and a reason per cell."""
        return {**self.estimate.columns, "status": self.status, "reason": self.reason}

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame, with columns ``status`` and ``reason``."""
        return frame_of(self.columns, self.estimate.provenance.backend)

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        labels = [c for c, v in self.estimate.cells.columns.items() if any(x not in (None, "") for x in v)]
        return table_of({c: self.columns[c] for c in [*labels, "estimate", "low", "high", "n", "status", "reason"]})

    def __repr__(self) -> str:
        return f"Released under {self.profile}; {self.note}\n{text_table(*self._shown(), limit=30)}"

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=f"Released under {self.profile}; {self.note}", limit=200)


def release(est: Estimate, *, profile: Literal["child-survey"] = "child-survey") -> Released:
    """Protect the children behind the numbers.

    Parameters
    ----------
    est : Estimate
        Any Estimate.
    profile : {"child-survey"}
        The rules. A cell is hidden with fewer than 10 unweighted cases, fewer than 10 in the complement (for shares), fewer than 10
        answers, or fewer than 3 sampling units. Where one cell of a block is hidden and could be had from the others, the next smallest
        goes too. Cells that fail the NCHS 2017 presentation standards for proportions are flagged as uncertain.

    Returns
    -------
    Released
        With a status and a reason per cell. It has not been checked against other tables, and says so.

    Raises
    ------
    InputError
        Not an Estimate, or an unknown profile.

    References
    ----------
    Parker et al. (2017), NCHS Vital Health Stat 2(175).

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.frame, weights="weight", strata="stratum", psu="psu")
    >>> ek.release(ek.proportion(survey, "asked_for_image", by="sex")).status
    ('shown', 'shown')
    """
    if not isinstance(est, Estimate):
        raise InputError(f"release() takes an Estimate, not a {type(est).__name__}.")
    one_of("profile", profile, ("child-survey",))
    reasons = [_primary(est, i) for i in range(len(est))]
    _secondary(est, reasons)
    status, why = [], []
    for i, reason in enumerate(reasons):
        doubt = "" if reason else _imprecise(est, i)
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
        provenance=replace(est.provenance, data=fingerprint(points)),
    )


def _primary(est: Estimate, i: int) -> str:
    counts = est.counts
    if counts.psus[i] < PSUS:
        return f"fewer than {PSUS} sampling units"
    if counts.n[i] < CASES:
        return f"fewer than {CASES} answers"
    cases = counts.cases[i]
    if not np.isnan(cases):
        if cases < CASES:
            return f"fewer than {CASES} cases"
        if counts.n[i] - cases < CASES:
            return f"fewer than {CASES} who are not cases"
    return ""


def _secondary(est: Estimate, reasons: list[str]) -> None:
    """Hide a second cell wherever exactly one of a block is hidden, until no block has exactly one."""
    columns = est.cells.columns
    splits = [c for c in ("category", *est.cells.by) if len(set(columns[c])) > 1]
    changed = True
    while changed:
        changed = False
        for split in splits:
            blocks: dict[tuple[Any, ...], list[int]] = {}
            for i in range(len(est)):
                blocks.setdefault(tuple(v[i] for c, v in columns.items() if c != split), []).append(i)
            for block in blocks.values():
                hidden = [i for i in block if reasons[i]]
                if len(hidden) == 1 and len(block) > 1:
                    shown = [i for i in block if not reasons[i]]
                    reasons[min(shown, key=lambda i: _size(est, i))] = "would give a hidden cell away"
                    changed = True


def _size(est: Estimate, i: int) -> float:
    cases = est.counts.cases[i]
    return float(est.counts.n[i] if np.isnan(cases) else min(cases, est.counts.n[i] - cases))


def _imprecise(est: Estimate, i: int) -> str:
    """The NCHS standards for proportions; for other statistics, a relative standard error of 30 percent."""
    low, high, point = est.interval.low[i], est.interval.high[i], est.points[i]
    if np.isnan(low) or np.isnan(high):
        return "too uncertain: no interval"
    if est.statistic not in ("proportion", "cdf"):
        limit = est.statistic in ("mean", "total", "count", "ratio") and point != 0 and est.se[i] / abs(point) >= 0.3
        return "too uncertain: relative standard error of 30 percent or more" if limit else ""
    n = est.counts.n[i]
    v = est.covariance.variances[i]
    size = min(n, point * (1 - point) / v) if 0 < point < 1 and v > 0 else n
    width = high - low
    if size < 30:
        return "too uncertain: effective sample size under 30"
    if width >= 0.30:
        return "too uncertain: interval of 30 points or more"
    if width > 0.05 and width / point > 1.30:
        return "too uncertain: interval of more than 130 percent of the estimate"
    return ""
