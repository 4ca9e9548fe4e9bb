"""Sampling: from a frame to a reproducible draw."""

from evidencekit.sampling.allocating.allocation import Allocation
from evidencekit.sampling.allocating.boundaries import StrataBoundaries
from evidencekit.sampling.allocating.several import MultivariateAllocation, allocate_multivariate
from evidencekit.sampling.allocating.sharing import allocate
from evidencekit.sampling.allocating.stratifying import strata_boundaries
from evidencekit.sampling.allocating.targets import Budget, CVTarget, Precision

__all__ = [
    "Allocation",
    "Budget",
    "CVTarget",
    "MultivariateAllocation",
    "Precision",
    "StrataBoundaries",
    "allocate",
    "allocate_multivariate",
    "strata_boundaries",
]
