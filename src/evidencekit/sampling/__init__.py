<<<<<<< HEAD
"""Sampling: from a frame to a reproducible draw."""

from evidencekit.sampling.allocating.allocation import (Allocation)
from evidencekit.sampling.allocating.boundaries import (StrataBoundaries)
from evidencekit.sampling.allocating.several import (MultivariateAllocation, allocate_multivariate)
from evidencekit.sampling.allocating.sharing import (allocate)
from evidencekit.sampling.allocating.stratifying import (strata_boundaries)
from evidencekit.sampling.allocating.targets import (Budget, CVTarget, Precision)
from evidencekit.sampling.sizing import (CostedPlan, Costs, Fieldwork, FollowUp, IndirectQuestion, SampleSize, StageTakes, TwoSamples, bound_if_none, break_even, chance_of_cases, cohens_h, costed_plan, design_effect, dhs_households, follow_up, indirect_penalty, mics_households, n_for_cases, n_for_difference, n_for_domain, n_for_indirect, n_for_mean, n_for_mean_difference, n_for_proportion, n_for_rds, n_for_stratified_mean, n_for_zero_events, n_to_visit, optimal_take, optimal_takes, power_of_difference, power_of_mean_difference, power_of_proportion, pupil_chance, vacs_households)

__all__ = ["Allocation", "Budget", "CVTarget", "CostedPlan", "Costs", "Fieldwork", "FollowUp", "IndirectQuestion", "MultivariateAllocation", "Precision", "SampleSize", "StageTakes", "StrataBoundaries", "TwoSamples", "allocate", "allocate_multivariate", "bound_if_none", "break_even", "chance_of_cases", "cohens_h", "costed_plan", "design_effect", "dhs_households", "follow_up", "indirect_penalty", "mics_households", "n_for_cases", "n_for_difference", "n_for_domain", "n_for_indirect", "n_for_mean", "n_for_mean_difference", "n_for_proportion", "n_for_rds", "n_for_stratified_mean", "n_for_zero_events", "n_to_visit", "optimal_take", "optimal_takes", "power_of_difference", "power_of_mean_difference", "power_of_proportion", "pupil_chance", "strata_boundaries", "vacs_households",]
=======
"""Sampling: from a frame to a reproducible draw.

::

    the list to draw from       ek.Frame(data, id=..., size=..., strata=..., order=...); check_frame
    draw, chances alike         srs, srs_wr, systematic, circular_systematic -> Draw: .sample, .design, .record, .joint()
    draw, in proportion         pps_systematic, pps_random_systematic, pareto, poisson, conditional_poisson, brewer, sampford
    draw, spread or balanced    pivotal, ordered_pivotal, local_pivotal (over a map), cube (balanced)
    households in areas         second_stage(first, second) -> TwoStage: .sample, .design
    the same n everywhere       in_each(frame, n)
    without substitution        releases(draw, number), draw.released(through)
    show that it was fair       draw.record.to_json(); verify(Record.from_json(text), frame)
    take it to the field        field_sheets(draw, path)
"""

from evidencekit.sampling.drawing.alike import circular_systematic, in_each, srs, srs_wr, systematic
from evidencekit.sampling.drawing.bysize import (
    brewer,
    conditional_poisson,
    pareto,
    poisson,
    pps_random_systematic,
    pps_systematic,
    sampford,
)
from evidencekit.sampling.drawing.checking import FrameCheck, check_frame
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.drawing.record import Record, StratumRecord
from evidencekit.sampling.drawing.releasing import releases
from evidencekit.sampling.drawing.sheets import field_sheets
from evidencekit.sampling.drawing.spread import cube, local_pivotal, ordered_pivotal, pivotal
from evidencekit.sampling.drawing.verifying import verify
from evidencekit.sampling.stages.second import TwoStage, second_stage

__all__ = [
    "Draw",
    "Frame",
    "FrameCheck",
    "Record",
    "StratumRecord",
    "TwoStage",
    "brewer",
    "check_frame",
    "circular_systematic",
    "conditional_poisson",
    "cube",
    "field_sheets",
    "in_each",
    "local_pivotal",
    "ordered_pivotal",
    "pareto",
    "pivotal",
    "poisson",
    "pps_random_systematic",
    "pps_systematic",
    "releases",
    "sampford",
    "second_stage",
    "srs",
    "srs_wr",
    "systematic",
    "verify",
]
>>>>>>> 8ceec16b4e69752fe60a15f5b8fcbf5f0cd44f47
