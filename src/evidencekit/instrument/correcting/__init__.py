"""Corrections as field teams write them down, applied to answers, and a log of what was done that holds no answer."""

from evidencekit.instrument.correcting.correcting import corrected
from evidencekit.instrument.correcting.nouns import Corrected

__all__ = ["Corrected", "corrected"]
