"""Sampling: from a frame to a reproducible draw.

::

    the list to draw from       ek.Frame(data, id=..., size=..., strata=..., order=...); check_frame
    draw, alike                 srs, srs_wr, systematic -> Draw: .sample, .design, .record
    draw, by size               pps_systematic, pps_random_systematic, pareto, poisson
    households in areas         second_stage(first, second) -> TwoStage: .sample, .design
    the same n everywhere       in_each(frame, n)
    without substitution        releases(draw, number), draw.released(through)
    show that it was fair       draw.record.to_json(); verify(Record.from_json(text), frame)
    take it to the field        field_sheets(draw, path)
"""

from evidencekit.sampling.drawing.checking import FrameCheck, check_frame
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.drawing.record import Record, StratumRecord
from evidencekit.sampling.drawing.releasing import releases
from evidencekit.sampling.drawing.sheets import field_sheets
from evidencekit.sampling.drawing.verbs import in_each, pareto, poisson, pps_random_systematic, pps_systematic, srs, srs_wr, systematic
from evidencekit.sampling.drawing.verifying import verify
from evidencekit.sampling.stages.second import TwoStage, second_stage

__all__ = [
    "Draw",
    "Frame",
    "FrameCheck",
    "Record",
    "StratumRecord",
    "TwoStage",
    "check_frame",
    "field_sheets",
    "in_each",
    "pareto",
    "poisson",
    "pps_random_systematic",
    "pps_systematic",
    "releases",
    "second_stage",
    "srs",
    "srs_wr",
    "systematic",
    "verify",
]
