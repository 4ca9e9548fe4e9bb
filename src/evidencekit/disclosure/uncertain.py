"""Which numbers are too uncertain, by the precision rules of a profile: a matter of its own, whoever could be identified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evidencekit.columns import Floats
from evidencekit.disclosure.profiles import Answers, CountInterval, Profile, RelativeError, ShareInterval
from evidencekit.estimate import Estimate
from evidencekit.survey.uncertainty.intervals import ProportionInterval, critical, proportion_limits

__all__ = ["Judgement", "ShareStandard", "judged", "share_standard"]

TOO = "too uncertain: "
NOT_JUDGED = f"{TOO}how many answered is not known"
NO_INTERVAL, NO_WIDTH = f"{TOO}no interval", f"{TOO}an interval of no width"
# A number of people that weights were fitted to has no width by right, and neither has a quantile of whole numbers.
WIDTHLESS = ("count", "total", "quantile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the precision rules say of one cell.

    Parameters
    ----------
    reason : str
        Why it is too uncertain; empty where it is not.
    withheld : bool
        Whether it is so uncertain that it is not shown.
    review : tuple of str
        Why somebody must look at it.
    footnote : str
        What must be said of the complement.
    """

    reason: str = ""
    withheld: bool = False
    review: tuple[str, ...] = ()
    footnote: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ShareStandard:
    """What a share is judged by: effective sample sizes, limits, widths, and where none or all are cases."""

    size: Floats
    low: Floats
    high: Floats
    width: Floats
    edge: Floats


def judged(est: Estimate, rules: Profile) -> list[Judgement]:
    """What the profile says of each cell; where several rules speak, the strictest."""
    spoken = rules.rules_for(est.statistic)
    own = any(isinstance(rule, ShareInterval) for rule in spoken)
    by_rule = [_judges(est, rule) for rule in spoken]
    out: list[Judgement] = []
    for i in range(len(est)):
        shown = _of_interval(est, i, absent=not own)
        found = [Judgement(reason=shown, withheld=rules.no_interval == "withhold")] if shown else []
        out.append(_strictest([*found, *(judge(i) for judge in by_rule)]))
    return out


def _judges(est: Estimate, rule: ShareInterval | CountInterval | RelativeError | Answers) -> Callable[[int], Judgement]:
    if isinstance(rule, ShareInterval):
        standard = share_standard(est.points, est.covariance.variances, est.counts.n, est.counts.cases, est.df, rule)
        return lambda i: _share(est, standard, rule, i)
    if isinstance(rule, CountInterval):
        return lambda i: _count(est, rule, i)
    if isinstance(rule, RelativeError):
        return lambda i: _relative(est, rule, i)
    return lambda i: _answers(est, rule, i)


def _strictest(found: list[Judgement]) -> Judgement:
    """One judgement of several: withheld before flagged, and the first reason of those."""
    failed = sorted((one for one in found if one.reason), key=lambda one: not one.withheld)
    if failed:
        return failed[0]
    review = tuple(dict.fromkeys(why for one in found for why in one.review))
    return Judgement(review=review, footnote="; ".join(one.footnote for one in found if one.footnote))


def _of_interval(est: Estimate, i: int, *, absent: bool) -> str:
    """What is wrong with the interval that is shown. A share whose rule makes an interval of its own is judged by that one."""
    low, high = est.interval.low[i], est.interval.high[i]
    if np.isnan(low) or np.isnan(high):
        return NO_INTERVAL if absent else ""
    return NO_WIDTH if low == high and est.statistic not in WIDTHLESS else ""


def share_standard(points: Floats, variance: Floats, n: Floats, cases: Floats, df: Floats, rule: ShareInterval) -> ShareStandard:
    """The effective sample sizes and the intervals that a share is judged by.

    Parameters
    ----------
    points, variance, n, cases, df : (k,) arrays
        Shares, their variances, unweighted answers and cases, degrees of freedom. Cases may be unknown (NaN).
    rule : ShareInterval
        Which interval, at which level.

    Notes
    -----
    Without degrees of freedom the interval is all of 0 to 1. Where none or all are cases it is that of n answers, as everywhere in the
    library, and never without width; a rule may count it as 0 and leave it to a review.
    """
    known = ~np.isnan(cases)
    edge = np.where(known, (cases == 0) | (cases == n), (points <= 0) | (points >= 1))
    p = np.where(edge, np.where(points < 0.5, 0.0, 1.0), points)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(edge, n, np.minimum(n, p * (1 - p) / variance))
    low, high = proportion_limits(p, variance, n, df, level=rule.level, how=ProportionInterval(method=rule.interval))
    nothing = ~edge & (df == 0)
    low, high = np.where(nothing, 0.0, low), np.where(nothing, 1.0, high)
    width = np.where(edge & (rule.none_or_all == "pass"), 0.0, high - low)
    return ShareStandard(size, low, high, width, edge)


def _share(est: Estimate, standard: ShareStandard, rule: ShareInterval, i: int) -> Judgement:
    p, width, df = float(est.points[i]), float(standard.width[i]), est.df[i]
    reason, footnote = "", ""
    if np.isnan(est.counts.n[i]):
        return Judgement(reason=NOT_JUDGED, withheld=rule.fails == "withhold")
    if standard.size[i] < rule.effective:
        reason = f"effective sample size under {rule.effective}"
    elif np.isnan(width):
        return Judgement(reason=NO_INTERVAL, withheld=rule.fails == "withhold")
    elif width > rule.narrow:
        if width >= rule.wide:
            reason = f"interval of {_percent(rule.wide)} points or more"
        elif p <= 0 or width / p > rule.relative:  # beside nothing, any width is wide
            reason = f"interval of more than {_percent(rule.relative)} percent of the estimate"
        elif rule.complement is not None and (p >= 1 or width / (1 - p) > rule.complement):
            footnote = f"the complement is too uncertain: interval of more than {_percent(rule.complement)} percent of it"
    if reason:
        return Judgement(reason=f"{TOO}{reason}", withheld=rule.fails == "withhold")
    if df < rule.df:
        few = f"fewer than {rule.df} degrees of freedom"
        return Judgement(reason=f"{TOO}{few}") if rule.few_df == "flag" else Judgement(review=(few,), footnote=footnote)
    return Judgement(footnote=footnote)


def _count(est: Estimate, rule: CountInterval, i: int) -> Judgement:
    counts, point, se = est.counts, abs(float(est.points[i])), float(est.se[i])
    n, cases = float(counts.n[i]), float(counts.cases[i])
    behind = n if np.isnan(cases) else min(n, cases)
    sample = behind / max(1.0, float(counts.kish[i])) if not np.isnan(counts.kish[i]) else float("nan")
    withheld = rule.fails == "withhold"
    if not sample >= rule.sample:
        return Judgement(reason=f"{TOO}effective sample size under {rule.sample}", withheld=withheld)
    if np.isnan(se) or point == 0:
        return Judgement(reason=NO_INTERVAL, withheld=withheld)
    reach = min(float(critical(np.array([sample - 1]), rule.level)[0]) * se / point, 700.0)  # beyond it, exp is no number any more
    if np.exp(reach) - np.exp(-reach) > rule.relative:
        return Judgement(reason=f"{TOO}interval of more than {_percent(rule.relative)} percent of the estimate", withheld=withheld)
    if est.df[i] < rule.df:
        few = f"fewer than {rule.df} degrees of freedom"
        return Judgement(reason=f"{TOO}{few}") if rule.few_df == "flag" else Judgement(review=(few,))
    return Judgement()


def _relative(est: Estimate, rule: RelativeError, i: int) -> Judgement:
    point = float(est.points[i])
    if point != 0 and est.se[i] / abs(point) >= rule.fails_at:
        reason = f"{TOO}relative standard error of {_percent(rule.fails_at)} percent or more"
        return Judgement(reason=reason, withheld=rule.fails == "withhold")
    return Judgement()


def _answers(est: Estimate, rule: Answers, i: int) -> Judgement:
    n = est.counts.n[i]
    if not n >= rule.shown_from:  # so is a denominator that is not known
        return Judgement(reason=f"{TOO}fewer than {rule.shown_from} answers", withheld=True)
    return Judgement(reason=f"{TOO}fewer than {rule.certain_from} answers") if n < rule.certain_from else Judgement()


def _percent(share: float) -> str:
    return f"{100 * share:.10g}"
