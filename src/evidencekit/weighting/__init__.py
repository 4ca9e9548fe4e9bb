"""From selection probabilities to analysis weights: each step gives a new Survey, and its variances know what was done."""

from evidencekit.weighting.balancing import brr, sdr
from evidencekit.weighting.bootstrapping import bootstrap
from evidencekit.weighting.calibrating import calibrate, poststratify, rake
from evidencekit.weighting.jackknifing import jackknife
from evidencekit.weighting.overlapping import dual_frame
from evidencekit.weighting.phasing import calibrate_to_phase1
from evidencekit.weighting.replicating import replicate, replicate_weights
from evidencekit.weighting.report import WeightReport, report
from evidencekit.weighting.trimming import trim

__all__ = [
    "WeightReport",
    "bootstrap",
    "brr",
    "calibrate",
    "calibrate_to_phase1",
    "dual_frame",
    "jackknife",
    "poststratify",
    "rake",
    "replicate",
    "replicate_weights",
    "report",
    "sdr",
    "trim",
]
