"""Variance within and between groups of answers, by the analysis of variance, and how sure it is by leaving groups out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import EstimationError

__all__ = ["Groups", "correlation", "jackknife", "sums"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Groups:
    """Of k groups the sums of weights, of squared weights, of weighted answers and of their squares; answers are less their mean."""

    w: Floats
    w2: Floats
    y: Floats
    y2: Floats

    def without(self, group: int) -> Groups:
        """All but one."""
        return Groups(*(np.delete(part, group) for part in (self.w, self.w2, self.y, self.y2)))


def sums(y: Floats, w: Floats, group: Codes, size: int) -> Groups:
    """Sum m answers by group, shape (m,) each."""
    centred = y - float(w @ y / w.sum())
    return Groups(*(summed(group, part, size) for part in (w, w**2, w * centred, w * centred**2)))


def _ratio(groups: Groups) -> tuple[float, float]:
    """The variance ratio, and the answers that count per group.

    With equal weights these are Fisher's F and ``(N - sum n^2 / N) / (k - 1)``. With others the sums of squares are set equal to their
    expectations under independent answers within groups.
    """
    total = groups.w.sum()
    within = float((groups.y2 - groups.y**2 / groups.w).sum() / (total - (groups.w2 / groups.w).sum()))
    if not within > 0:
        raise EstimationError("Answers do not vary within interviewers, so there is nothing to compare the differences between them with.")
    noise = float((groups.w2 / groups.w).sum() - groups.w2.sum() / total)
    between = float((groups.y**2 / groups.w).sum() - groups.y.sum() ** 2 / total)
    return between / (noise * within), float(total - (groups.w**2).sum() / total) / noise


def correlation(groups: Groups) -> float:
    """The intra-group correlation: the variance between groups over all variance. It is below 0 where groups differ less than by chance."""
    return _of(*_ratio(groups))


def _of(ratio: float, size: float) -> float:
    return (ratio - 1) / (ratio - 1 + size)


def jackknife(groups: Groups, level: float) -> tuple[float, tuple[float, float]]:
    """Standard error of the correlation, and limits of it, by leaving out one group at a time.

    Limits are t ones of the logarithm of the variance ratio, which is less skewed than the correlation, brought back.
    """
    k = len(groups.w)
    pairs = [_ratio(groups.without(i)) for i in range(k)]
    said = np.array([_of(*pair) for pair in pairs])
    se = float(np.sqrt((k - 1) / k * ((said - said.mean()) ** 2).sum()))
    ratio, size = _ratio(groups)
    ratios = np.array([pair[0] for pair in pairs])
    if ratio <= 0 or (ratios <= 0).any():
        return se, (float("nan"), float("nan"))
    logs = np.log(ratios)
    pseudo = k * np.log(ratio) - (k - 1) * logs
    reach = float(stdtrit(k - 1, (1 + level) / 2)) * float(pseudo.std(ddof=1)) / np.sqrt(k)
    low, high = (float(np.exp(pseudo.mean() + side)) for side in (-reach, reach))
    return se, (_of(low, size), _of(high, size))
