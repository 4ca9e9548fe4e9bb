"""Regressions that know the design, and what people want from them.

::

    fit      linear, logit, probit, cloglog, poisson, gamma, log_binomial -> Model; proportional_odds, multinomial -> Categorical
    say      adjusted: shares and means per group, all else equal; marginal_effects -> Estimate
    areas    fay_herriot -> AreaModel; Benchmark: what areas must add up to
    asking   interviewer_effect, mode_effect: what who asked and how do to a headline
    judge    term_test -> Test; pseudo_r2, aic, bic
"""

from evidencekit.models.areas.area_model import AreaModel
from evidencekit.models.areas.benchmarking import Benchmark
from evidencekit.models.areas.fay_herriot import fay_herriot
from evidencekit.models.categorical import Categorical
from evidencekit.models.fieldwork.interviewers import InterviewerEffect, interviewer_effect
from evidencekit.models.fieldwork.modes import ModeEffect, mode_effect
from evidencekit.models.margins.adjusting import adjusted
from evidencekit.models.margins.effects import marginal_effects
from evidencekit.models.model import Model
from evidencekit.models.multinomial import multinomial
from evidencekit.models.ordinal import proportional_odds
from evidencekit.models.regression import cloglog, gamma, linear, log_binomial, logit, poisson, probit
from evidencekit.models.summaries import aic, bic, pseudo_r2
from evidencekit.models.terms import term_test

__all__ = [
    "AreaModel",
    "Benchmark",
    "Categorical",
    "InterviewerEffect",
    "ModeEffect",
    "Model",
    "adjusted",
    "aic",
    "bic",
    "cloglog",
    "fay_herriot",
    "gamma",
    "interviewer_effect",
    "linear",
    "log_binomial",
    "logit",
    "marginal_effects",
    "mode_effect",
    "multinomial",
    "poisson",
    "probit",
    "proportional_odds",
    "pseudo_r2",
    "term_test",
]
