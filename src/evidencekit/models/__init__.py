"""Regressions that know the design, and what people want from them.

::

    fit      linear, logit, probit, cloglog, poisson, negative_binomial, gamma, log_binomial -> Model;
             proportional_odds, multinomial, cox -> Categorical
    follow   cumulative_incidence: the share to whom something has happened by an age (Kaplan-Meier)
    say      adjusted: shares and means per group, all else equal; balanced: the same by weights; marginal_effects -> Estimate;
             odds_ratios, for tables that must have them
    explain  decompose: a difference between two groups, into composition and the rest -> Estimate
    areas    fay_herriot -> AreaModel; Benchmark: what areas must add up to
    asking   interviewer_effect, mode_effect: what who asked and how do to a headline
    judge    term_test -> Test; pseudo_r2, aic, bic
"""

from evidencekit.models.areas.area_model import AreaModel
from evidencekit.models.areas.benchmarking import Benchmark
from evidencekit.models.areas.fay_herriot import fay_herriot
from evidencekit.models.categorical import Categorical
from evidencekit.models.events.cox import cox
from evidencekit.models.events.incidence import cumulative_incidence
from evidencekit.models.fieldwork.interviewers import InterviewerEffect, interviewer_effect
from evidencekit.models.fieldwork.modes import ModeEffect, mode_effect
from evidencekit.models.margins.adjusting import adjusted
from evidencekit.models.margins.balanced import balanced
from evidencekit.models.margins.decomposing import decompose
from evidencekit.models.margins.effects import marginal_effects
from evidencekit.models.margins.odds import odds_ratios
from evidencekit.models.model import Model
from evidencekit.models.multinomial import multinomial
from evidencekit.models.ordinal import proportional_odds
from evidencekit.models.overdispersed import negative_binomial
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
    "balanced",
    "bic",
    "cloglog",
    "cox",
    "cumulative_incidence",
    "decompose",
    "fay_herriot",
    "gamma",
    "interviewer_effect",
    "linear",
    "log_binomial",
    "logit",
    "marginal_effects",
    "mode_effect",
    "multinomial",
    "negative_binomial",
    "odds_ratios",
    "poisson",
    "probit",
    "proportional_odds",
    "pseudo_r2",
    "term_test",
]
