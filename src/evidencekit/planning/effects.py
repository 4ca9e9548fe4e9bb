"""What weights and clusters do to the variance of a share."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Effect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What weights and clusters do to the variance of a weighted share, where weights differ within clusters too.

    Answers of one variance, with a correlation `rho` in a cluster and none between clusters, have the variance
    ``(1 - rho) sum(w^2) + rho sum(W^2)`` over ``sum(w)^2``, where ``W`` are the sums of weights in clusters. Where weights within a cluster
    do not hang on each other, it is expected to be ``1 + cv_weights^2 + rho (take - 1) (1 + cv_totals^2)`` times that of as many answers
    drawn one by one.

    Where weights differ between clusters only, both spreads are the same, and this is the product ``(1 + cv^2) (1 + (take - 1) rho)``.
    Where they differ within clusters, what these stand for stays the same, and the product would count their spread twice.

    Parameters
    ----------
    rho : float
        Intraclass correlation.
    cv_weights : float
        Standard deviation of the weights of answers over their mean.
    cv_totals : float
        The same of what clusters stand for: of the sums of weights expected in them.
    lost : float
        The share of those drawn who do not answer, and for whom those who answer in their cluster are weighted up.
    """

    rho: float
    cv_weights: float
    cv_totals: float
    lost: float = 0.0

    @property
    def alone(self) -> float:
        """What each answer adds by itself."""
        return 1 + self.cv_weights**2 - self.alike

    @property
    def alike(self) -> float:
        """What each answer of a cluster adds by being like the others of it."""
        return self.rho * (1 + self.cv_totals**2)

    @property
    def as_product(self) -> tuple[float, float]:
        """The correlation and the spread of weights for which the product gives the same, whatever the take: for `costed_plan`."""
        both = self.alone + self.alike
        return self.alike / both, math.sqrt(max(both - 1, 0.0))

    def unanswered(self, take: float) -> float:
        """What weighting up within clusters multiplies the effect by: its factors have the relative variance ``lost / take``."""
        take = max(take, 1.0)
        return 1 + self.alone * self.lost / take / (self.alone + self.alike * take)

    def at(self, take: float) -> float:
        """The design effect of so many answers in a cluster."""
        take = max(take, 1.0)
        return (self.alone + self.alike * take) * self.unanswered(take)

    def interviews(self, clusters: float, *, plain: float) -> float:
        """The interviews in so many clusters that are worth `plain` ones drawn one by one: the root of ``n = plain at(n / clusters)``.

        At least one in each cluster; infinite where no number in so few clusters is worth that.
        """
        once = plain * self.alone
        rest = 1 - plain * self.alike / clusters
        if rest <= 0:
            return math.inf
        return max((once + math.sqrt(once**2 + 4 * rest * once * self.lost * clusters)) / (2 * rest), clusters)
