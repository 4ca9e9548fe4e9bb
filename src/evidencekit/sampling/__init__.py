"""Sampling: from a frame to a reproducible draw.

::

    the list to draw from       ek.Frame(data, id=..., size=..., strata=..., order=...); check_frame
    draw, chances alike         srs, srs_wr, systematic, circular_systematic -> Draw: .sample, .design, .record, .joint()
    draw, in proportion         pps_systematic, pps_random_systematic, pareto, poisson, conditional_poisson, brewer, sampford
    draw, spread or balanced    pivotal, ordered_pivotal, local_pivotal (over a map), cube (balanced)
    households in areas         second_stage(first, second) -> TwoStage: .sample, .design
    areas by sex                split_psus(draw) -> a Draw for girls, a Draw for boys
    one child a household       one_respondent(roster), or respondent_table(draw) for the interviewer
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
from evidencekit.sampling.drawing.splitting import split_psus
from evidencekit.sampling.drawing.spread import cube, local_pivotal, ordered_pivotal, pivotal
from evidencekit.sampling.drawing.verifying import verify
from evidencekit.sampling.stages.respondents import one_respondent, respondent_table
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
    "one_respondent",
    "ordered_pivotal",
    "pareto",
    "pivotal",
    "poisson",
    "pps_random_systematic",
    "pps_systematic",
    "releases",
    "respondent_table",
    "sampford",
    "second_stage",
    "split_psus",
    "srs",
    "srs_wr",
    "systematic",
    "verify",
]
