"""From selection probabilities to analysis weights: each step gives a new Survey, and its variances know what was done."""

from evidencekit.weighting.calibrating import calibrate, poststratify, rake
from evidencekit.weighting.report import WeightReport, report
from evidencekit.weighting.trimming import trim

__all__ = ["WeightReport", "calibrate", "poststratify", "rake", "report", "trim"]
