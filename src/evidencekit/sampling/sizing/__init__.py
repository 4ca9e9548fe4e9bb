"""How many: sample sizes, power, design effects and costs, each with how it was arrived at."""

from evidencekit.sampling.sizing.averages import n_for_domain, n_for_mean, n_for_stratified_mean
from evidencekit.sampling.sizing.clusters import Costs, StageTakes, design_effect, optimal_take, optimal_takes
from evidencekit.sampling.sizing.costing import CostedPlan, costed_plan, pupil_chance
from evidencekit.sampling.sizing.differences import n_for_difference, n_for_mean_difference
from evidencekit.sampling.sizing.erring import TwoSamples, cohens_h
from evidencekit.sampling.sizing.fielding import Fieldwork, n_to_visit
from evidencekit.sampling.sizing.following import FollowUp, follow_up
from evidencekit.sampling.sizing.indirect import IndirectQuestion, break_even, indirect_penalty, n_for_indirect
from evidencekit.sampling.sizing.networks import n_for_rds
from evidencekit.sampling.sizing.powers import power_of_difference, power_of_mean_difference, power_of_proportion
from evidencekit.sampling.sizing.proportions import n_for_proportion
from evidencekit.sampling.sizing.rare import bound_if_none, chance_of_cases, n_for_cases, n_for_zero_events
from evidencekit.sampling.sizing.sizes import SampleSize
from evidencekit.sampling.sizing.templates import dhs_households, mics_households, vacs_households

__all__ = [
    "CostedPlan",
    "Costs",
    "Fieldwork",
    "FollowUp",
    "IndirectQuestion",
    "SampleSize",
    "StageTakes",
    "TwoSamples",
    "bound_if_none",
    "break_even",
    "chance_of_cases",
    "cohens_h",
    "costed_plan",
    "design_effect",
    "dhs_households",
    "follow_up",
    "indirect_penalty",
    "mics_households",
    "n_for_cases",
    "n_for_difference",
    "n_for_domain",
    "n_for_indirect",
    "n_for_mean",
    "n_for_mean_difference",
    "n_for_proportion",
    "n_for_rds",
    "n_for_stratified_mean",
    "n_for_zero_events",
    "n_to_visit",
    "optimal_take",
    "optimal_takes",
    "power_of_difference",
    "power_of_mean_difference",
    "power_of_proportion",
    "pupil_chance",
    "vacs_households",
]
