"""Sampling: from a frame to a reproducible draw."""

from evidencekit.sampling.allocating.allocation import (Allocation)
from evidencekit.sampling.allocating.boundaries import (StrataBoundaries)
from evidencekit.sampling.allocating.several import (MultivariateAllocation, allocate_multivariate)
from evidencekit.sampling.allocating.sharing import (allocate)
from evidencekit.sampling.allocating.stratifying import (strata_boundaries)
from evidencekit.sampling.allocating.targets import (Budget, CVTarget, Precision)
from evidencekit.sampling.sizing import (CostedPlan, Costs, Fieldwork, FollowUp, IndirectQuestion, SampleSize, StageTakes, TwoSamples, bound_if_none, break_even, chance_of_cases, cohens_h, costed_plan, design_effect, dhs_households, follow_up, indirect_penalty, mics_households, n_for_cases, n_for_difference, n_for_domain, n_for_indirect, n_for_mean, n_for_mean_difference, n_for_proportion, n_for_rds, n_for_stratified_mean, n_for_zero_events, n_to_visit, optimal_take, optimal_takes, power_of_difference, power_of_mean_difference, power_of_proportion, pupil_chance, vacs_households)

__all__ = ["Allocation", "Budget", "CVTarget", "CostedPlan", "Costs", "Fieldwork", "FollowUp", "IndirectQuestion", "MultivariateAllocation", "Precision", "SampleSize", "StageTakes", "StrataBoundaries", "TwoSamples", "allocate", "allocate_multivariate", "bound_if_none", "break_even", "chance_of_cases", "cohens_h", "costed_plan", "design_effect", "dhs_households", "follow_up", "indirect_penalty", "mics_households", "n_for_cases", "n_for_difference", "n_for_domain", "n_for_indirect", "n_for_mean", "n_for_mean_difference", "n_for_proportion", "n_for_rds", "n_for_stratified_mean", "n_for_zero_events", "n_to_visit", "optimal_take", "optimal_takes", "power_of_difference", "power_of_mean_difference", "power_of_proportion", "pupil_chance", "strata_boundaries", "vacs_households",]
