"""Design-based estimation: a Survey is data bound to the design they were drawn by; verbs turn it into Estimates."""

from evidencekit.survey.checking import Check, check_survey
from evidencekit.survey.design.replicates import Replicates
from evidencekit.survey.design.stages import Joint, Stages
from evidencekit.survey.design.twophase import TwoPhase
from evidencekit.survey.means import count, mean, ratio, total
from evidencekit.survey.proportions import proportion
from evidencekit.survey.quantiles import quantile
from evidencekit.survey.spread import cdf, variance
from evidencekit.survey.survey import NoDesign, Survey
from evidencekit.survey.uncertainty.intervals import ProportionInterval

__all__ = [
    "Check",
    "Joint",
    "NoDesign",
    "ProportionInterval",
    "Replicates",
    "Stages",
    "Survey",
    "TwoPhase",
    "cdf",
    "check_survey",
    "count",
    "mean",
    "proportion",
    "quantile",
    "ratio",
    "total",
    "variance",
]
