"""Sampling: from a frame to a reproducible draw.

::

    how many                    n_for_proportion, n_for_mean, n_for_difference, n_for_cases, n_for_zero_events, n_for_rds ... -> SampleSize
    what fieldwork costs        design_effect, optimal_take, n_to_visit, costed_plan; dhs_households, mics_households, vacs_households
    indirect questions          indirect_penalty, n_for_indirect, break_even
    how many in each stratum    strata_boundaries, allocate, allocate_multivariate -> Allocation
    the list to draw from       ek.Frame(data, id=..., size=..., strata=..., order=...); check_frame
    draw, chances alike         srs, srs_wr, systematic, circular_systematic -> Draw: .sample, .design, .record, .joint()
    draw, in proportion         pps_systematic, pps_random_systematic, pareto, poisson, conditional_poisson, brewer, sampford
    draw, spread or balanced    pivotal, ordered_pivotal, local_pivotal (over a map), cube (balanced)
    areas by sex                split_psus(draw)
    several stages              multistage(areas, households, ...) -> MultiStage: .sample, .design
    two phases                  two_phase(first, second) -> Phased: .design; with_phase2(phases, answers)
    one child a household       one_respondent(roster), or respondent_table(draw) for the interviewer
    people met at venues        venue_frame(periods); venue_sample(draw, answers) -> VenueSample: .sample, .design
    without known chances       random_walk(draw) -> RandomWalk: .sheet; quota(cells, n) -> Quota: .table, .progress; their .design is none
    the same n everywhere       in_each(frame, n)
    waves of a rotating panel   panel_wave(frame, n, wave=..., rotation=...); two_waves(first, second) -> Waves: .sample, .design
    without substitution        releases(draw, number), draw.released(through)
    answers come back           with_answers(draw, answers) -> Answered: .sample, .design, for ek.Survey
    show that it was fair       draw.record.to_json(); verify(Record.from_json(text), frame)
    take it to the field        field_sheets(draw, path)

Where to begin: areas or schools by size with `pps_systematic`, its frame in a geographical order; households or classes in them with
`systematic`; a panel with `panel_wave`. The other designs are for those who need what their docstrings say.

Words: the **chance** of a unit is its inclusion probability, its **weight** one over that. A **certain** unit is so large that it is
always in. A **stratum** is a part of the list that is drawn from by itself. **deff** is how many times larger the variance is than that of
a simple random sample of the same size; **rho** how alike two children of one area are (the intraclass correlation); a **stream** what
random numbers are for: draws of one seed and stream use the same number for the same unit, and so overlap.
"""

from evidencekit.sampling.allocating.allocation import Allocation
from evidencekit.sampling.allocating.boundaries import StrataBoundaries
from evidencekit.sampling.allocating.several import MultivariateAllocation, allocate_multivariate
from evidencekit.sampling.allocating.sharing import allocate
from evidencekit.sampling.allocating.stratifying import strata_boundaries
from evidencekit.sampling.allocating.targets import Budget, CVTarget, Precision
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
from evidencekit.sampling.drawing.rotating import panel_wave
from evidencekit.sampling.drawing.sheets import field_sheets
from evidencekit.sampling.drawing.splitting import split_psus
from evidencekit.sampling.drawing.spread import cube, local_pivotal, ordered_pivotal, pivotal
from evidencekit.sampling.drawing.verifying import verify
from evidencekit.sampling.selecting.joint import joint_probabilities
from evidencekit.sampling.sizing import (
    CostedPlan,
    Costs,
    Fieldwork,
    FollowUp,
    IndirectQuestion,
    SampleSize,
    StageTakes,
    TwoSamples,
    bound_if_none,
    break_even,
    chance_of_cases,
    cohens_h,
    costed_plan,
    design_effect,
    dhs_households,
    follow_up,
    indirect_penalty,
    mics_households,
    n_for_cases,
    n_for_difference,
    n_for_domain,
    n_for_indirect,
    n_for_mean,
    n_for_mean_difference,
    n_for_proportion,
    n_for_rds,
    n_for_stratified_mean,
    n_for_zero_events,
    n_to_visit,
    optimal_take,
    optimal_takes,
    power_of_difference,
    power_of_mean_difference,
    power_of_proportion,
    pupil_chance,
    vacs_households,
)
from evidencekit.sampling.stages.answering import Answered, with_answers
from evidencekit.sampling.stages.meeting import VenueSample, venue_sample
from evidencekit.sampling.stages.multistage import MultiStage, multistage
from evidencekit.sampling.stages.phases import Phased, two_phase, with_phase2
from evidencekit.sampling.stages.quotas import Quota, quota
from evidencekit.sampling.stages.respondents import one_respondent, respondent_table
from evidencekit.sampling.stages.venues import venue_frame
from evidencekit.sampling.stages.walking import RandomWalk, random_walk
from evidencekit.sampling.stages.waves import Waves, two_waves

__all__ = [
    "Allocation",
    "Answered",
    "Budget",
    "CVTarget",
    "CostedPlan",
    "Costs",
    "Draw",
    "Fieldwork",
    "FollowUp",
    "Frame",
    "FrameCheck",
    "IndirectQuestion",
    "MultiStage",
    "MultivariateAllocation",
    "Phased",
    "Precision",
    "Quota",
    "RandomWalk",
    "Record",
    "SampleSize",
    "StageTakes",
    "StrataBoundaries",
    "StratumRecord",
    "TwoSamples",
    "VenueSample",
    "Waves",
    "allocate",
    "allocate_multivariate",
    "bound_if_none",
    "break_even",
    "brewer",
    "chance_of_cases",
    "check_frame",
    "circular_systematic",
    "cohens_h",
    "conditional_poisson",
    "costed_plan",
    "cube",
    "design_effect",
    "dhs_households",
    "field_sheets",
    "follow_up",
    "in_each",
    "indirect_penalty",
    "joint_probabilities",
    "local_pivotal",
    "mics_households",
    "multistage",
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
    "one_respondent",
    "optimal_take",
    "optimal_takes",
    "ordered_pivotal",
    "panel_wave",
    "pareto",
    "pivotal",
    "poisson",
    "power_of_difference",
    "power_of_mean_difference",
    "power_of_proportion",
    "pps_random_systematic",
    "pps_systematic",
    "pupil_chance",
    "quota",
    "random_walk",
    "releases",
    "respondent_table",
    "sampford",
    "split_psus",
    "srs",
    "srs_wr",
    "strata_boundaries",
    "systematic",
    "two_phase",
    "two_waves",
    "vacs_households",
    "venue_frame",
    "venue_sample",
    "verify",
    "with_answers",
    "with_phase2",
]
