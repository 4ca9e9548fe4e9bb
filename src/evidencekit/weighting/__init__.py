"""From selection probabilities to analysis weights: each step gives a new Survey, and its variances know what was done.

The usual order, leaving out what a survey does not need::

    chances to weights          base_weights(data, probabilities=...) -> Dataset; then Survey(...)
    household non-response      adjust_nonresponse (weighting classes), adjust_propensity (a logistic model)
    one child of several        select_within
    the child's non-response    adjust_nonresponse, adjust_propensity
    known totals                poststratify, rake, calibrate
    compare like with like      standardize: groups with the same make-up
    extreme weights             trim; then rake or calibrate again
    replicates                  bootstrap, jackknife, brr, sdr

Beside them::

    who answered                Dispositions -> response_rates (AAPOR RR1 to RR6)
    what was done               report (each step in numbers), steps (beside the estimate, with a picture), balance (with a love plot)
    your own statistic          replicate(survey, function)
    for other software          with_weights, replicate_weights, replicate_design
    missing answers             impute -> completed Surveys -> rubin
    two phases                  Survey(data, design=TwoPhase(...)); calibrate_to_phase1
    two frames                  dual_frame
    answers people offered      Survey(data, design=NoDesign()); quasi_randomise, rake, balance; model_interval
"""

from evidencekit.weighting.base import base_weights, select_within
from evidencekit.weighting.calibration.calibrating import calibrate, poststratify, rake
from evidencekit.weighting.calibration.phasing import calibrate_to_phase1
from evidencekit.weighting.calibration.standardizing import standardize
from evidencekit.weighting.dualframe.overlapping import dual_frame
from evidencekit.weighting.exporting import with_weights
from evidencekit.weighting.imputation.combined import Combined, rubin
from evidencekit.weighting.imputation.imputing import impute
from evidencekit.weighting.optin.modelling import model_interval
from evidencekit.weighting.optin.participation import quasi_randomise
from evidencekit.weighting.replication.balancing import brr, sdr
from evidencekit.weighting.replication.bootstrapping import bootstrap
from evidencekit.weighting.replication.jackknifing import jackknife
from evidencekit.weighting.replication.replicating import replicate, replicate_design, replicate_weights
from evidencekit.weighting.response.dispositions import Dispositions
from evidencekit.weighting.response.nonresponse import adjust_nonresponse
from evidencekit.weighting.response.propensity import adjust_propensity
from evidencekit.weighting.response.rates import ResponseRates, response_rates
from evidencekit.weighting.trimming import trim
from evidencekit.weighting.views.comparing import Balance, balance
from evidencekit.weighting.views.report import AchievedMargins, WeightReport, report
from evidencekit.weighting.views.stepping import Steps, steps

__all__ = [
    "AchievedMargins",
    "Balance",
    "Combined",
    "Dispositions",
    "ResponseRates",
    "Steps",
    "WeightReport",
    "adjust_nonresponse",
    "adjust_propensity",
    "balance",
    "base_weights",
    "bootstrap",
    "brr",
    "calibrate",
    "calibrate_to_phase1",
    "dual_frame",
    "impute",
    "jackknife",
    "model_interval",
    "poststratify",
    "quasi_randomise",
    "rake",
    "replicate",
    "replicate_design",
    "replicate_weights",
    "report",
    "response_rates",
    "rubin",
    "sdr",
    "select_within",
    "standardize",
    "steps",
    "trim",
    "with_weights",
]
