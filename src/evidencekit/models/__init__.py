"""Regressions that know the design, and what people want from them.

::

    fit      linear, logit, probit, cloglog, poisson, gamma, log_binomial -> Model
"""

from evidencekit.models.model import Model
from evidencekit.models.regression import cloglog, gamma, linear, log_binomial, logit, poisson, probit

__all__ = ["Model", "cloglog", "gamma", "linear", "log_binomial", "logit", "poisson", "probit"]
