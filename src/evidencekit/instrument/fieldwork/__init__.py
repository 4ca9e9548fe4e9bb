"""Quality of fieldwork: durations, refusals, straight-lining, digits, near-duplicates, places, interviewer effects, back-checks."""

from evidencekit.instrument.fieldwork.checking import fieldwork_quality
from evidencekit.instrument.fieldwork.correlation import Correlation, intraclass
from evidencekit.instrument.fieldwork.digits import myers, whipple
from evidencekit.instrument.fieldwork.limits import BackChecks, Limits, Outcomes
from evidencekit.instrument.fieldwork.quality import Quality

__all__ = ["BackChecks", "Correlation", "Limits", "Outcomes", "Quality", "fieldwork_quality", "intraclass", "myers", "whipple"]
