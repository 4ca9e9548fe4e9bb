"""Quality of fieldwork: durations, refusals, straight-lining, digits, near-duplicates, places, interviewer effects, back-checks."""

from evidencekit.instrument.fieldwork.checking import fieldwork_quality
from evidencekit.instrument.fieldwork.correlation import Correlation, intraclass
from evidencekit.instrument.fieldwork.digits import myers, whipple
from evidencekit.instrument.fieldwork.limits import Attempts, BackChecks, Limits
from evidencekit.instrument.fieldwork.quality import Quality

__all__ = ["Attempts", "BackChecks", "Correlation", "Limits", "Quality", "fieldwork_quality", "intraclass", "myers", "whipple"]
