"""From selection probabilities to analysis weights: each step gives a new Survey, and its variances know what was done."""

from evidencekit.weighting.balancing import brr, sdr
from evidencekit.weighting.base import base_weights, select_within
from evidencekit.weighting.bootstrapping import bootstrap
from evidencekit.weighting.calibrating import calibrate, poststratify, rake
from evidencekit.weighting.dispositions import Dispositions
from evidencekit.weighting.jackknifing import jackknife
from evidencekit.weighting.nonresponse import adjust_nonresponse
from evidencekit.weighting.propensity import adjust_propensity
from evidencekit.weighting.rates import ResponseRates, response_rates
from evidencekit.weighting.replicating import replicate, replicate_weights
from evidencekit.weighting.report import WeightReport, report
from evidencekit.weighting.trimming import trim

__all__ = [
    "Dispositions",
    "ResponseRates",
    "WeightReport",
    "adjust_nonresponse",
    "adjust_propensity",
    "base_weights",
    "bootstrap",
    "brr",
    "calibrate",
    "jackknife",
    "poststratify",
    "rake",
    "replicate",
    "replicate_weights",
    "report",
    "response_rates",
    "sdr",
    "select_within",
    "trim",
]
