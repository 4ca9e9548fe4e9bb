"""Negative binomial regression: counts that vary more than a Poisson's, with how much more estimated beside the coefficients."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaln, psi, zeta

from evidencekit.columns import Floats
from evidencekit.errors import EstimationError, check_level
from evidencekit.models import families as f
from evidencekit.models.fitting import Problem, fit
from evidencekit.models.formula.reading import read_formula
from evidencekit.models.likelihood import climb, covariance_of_parameters
from evidencekit.models.model import Model, check_outcome, laid_out, stated
from evidencekit.survey.summing.domains import Where
from evidencekit.survey.survey import Survey

__all__ = ["NegativeBinomial", "negative_binomial"]

LARGE = 1e2  # sizes from which series in 1 / size take over from differences of nearly equal numbers
KIND = "negative binomial regression"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NegativeBinomial:
    """Counts with mean ``mu = exp(x b + offset)`` and variance ``mu + mu**2 / size``: parameters are b (p,) and the log of the size.

    `x` has shape (m, p), `y` and `offset` (m,); `first` are parameters to begin from.
    """

    x: Floats
    y: Floats
    offset: Floats
    first: Floats

    @property
    def start(self) -> Floats:
        """Parameters to begin from, shape (p + 1,)."""
        return self.first

    def _at(self, theta: Floats) -> tuple[Floats, float]:
        with np.errstate(over="ignore"):
            return np.exp(np.minimum(self.x @ theta[:-1] + self.offset, 700.0)), float(np.exp(np.clip(theta[-1], -700.0, 700.0)))

    def value(self, theta: Floats, w: Floats) -> float:
        """The weighted log likelihood, but for what does not depend on the parameters."""
        mu, size = self._at(theta)
        each = _rising(self.y, size) + self.y * np.log(mu) - (self.y + size) * np.log1p(mu / size)
        total = float(w @ each)
        return total if np.isfinite(total) else -np.inf

    def scores(self, theta: Floats, w: Floats) -> Floats:
        """Each row's derivatives, shape (m, p + 1)."""
        mu, size = self._at(theta)
        return np.column_stack([self.x * (size * (self.y - mu) / (size + mu))[:, None], size * self._by_size(mu, size)])

    def _by_size(self, mu: Floats, size: float) -> Floats:
        """The derivative in the size: ``psi(y + s) - psi(s) - log(1 + mu / s) + (mu - y) / (mu + s)``."""
        return _digammas(self.y, size) - np.log1p(mu / size) + (mu - self.y) / (mu + size)

    def information(self, theta: Floats, w: Floats) -> Floats:
        """Minus the weighted second derivatives, shape (p + 1, p + 1)."""
        mu, size = self._at(theta)
        own = mu * size * (self.y + size) / (size + mu) ** 2
        cross = -(self.y - mu) * mu * size / (size + mu) ** 2
        bend = _trigammas(self.y, size) + mu / (size * (size + mu)) - (mu - self.y) / (mu + size) ** 2
        p = self.x.shape[1]
        out = np.empty((p + 1, p + 1))
        out[:p, :p] = (self.x * (w * own)[:, None]).T @ self.x
        out[:p, p] = out[p, :p] = (w * cross) @ self.x
        out[p, p] = -w @ (size**2 * bend + size * self._by_size(mu, size))
        return out


def _rising(y: Floats, s: float) -> Floats:
    """``log(Gamma(y + s) / Gamma(s)) - y log(s)``."""
    if s < LARGE:
        return gammaln(y + s) - gammaln(s) - y * np.log(s)
    t = y + s
    return (t - 0.5) * np.log1p(y / s) - y + (1 / t - 1 / s) / 12 - (1 / t**3 - 1 / s**3) / 360 + (1 / t**5 - 1 / s**5) / 1260


def _digammas(y: Floats, s: float) -> Floats:
    """``psi(y + s) - psi(s)``."""
    if s < LARGE:
        return psi(y + s) - psi(s)
    t = y + s
    return np.log1p(y / s) + y / (2 * s * t) + (1 / s**2 - 1 / t**2) / 12 - (1 / s**4 - 1 / t**4) / 120 + (1 / s**6 - 1 / t**6) / 252


def _trigammas(y: Floats, s: float) -> Floats:
    """``psi'(y + s) - psi'(s)``."""
    if s < LARGE:
        return zeta(2, y + s) - zeta(2, s)
    t = y + s
    return -y / (s * t) + (1 / t**2 - 1 / s**2) / 2 + (1 / t**3 - 1 / s**3) / 6 - (1 / t**5 - 1 / s**5) / 30 + (1 / t**7 - 1 / s**7) / 42


def negative_binomial(survey: Survey, formula: str, *, where: Where = None, where_label: str = "", level: float = 0.95) -> Model:
    """Negative binomial regression of a count that varies more than a Poisson's: how often something happened.

    Parameters
    ----------
    survey, formula, where, where_label, level
        As for `linear`. ``offset(log(months))`` makes counts rates.

    Returns
    -------
    Model
        Coefficients are log rate ratios. `ancillary` holds the ``"size"`` and ``"se of log size"``: the variance is ``mu + mu**2 / size``.

    Raises
    ------
    UnknownColumn, InputError
        As for `linear`; the outcome is no count.
    EstimationError
        As for `linear`; counts that vary no more than a Poisson's, for which no size is large enough.

    Notes
    -----
    Pseudo-maximum likelihood for coefficients and size together, by Newton's steps with observed second derivatives. The covariance is the
    design's sandwich of both. Averages of predictions (`adjusted`, `marginal_effects`) take the size as known, on which they hardly
    depend: the score of the coefficients has expectation nought at any size.

    References
    ----------
    Lawless (1987), Negative binomial and mixed Poisson regression, Canadian Journal of Statistics 15, 209-225. Binder (1983),
    International Statistical Review 51, 279-292.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> model = ek.models.negative_binomial(survey, "I(4 * hours_online) ~ age + area")  # quarters of an hour
    >>> model.ancillary["size"] > 0
    True
    """
    check_level(level)
    asked = read_formula(formula)
    scope, columns, y = laid_out(survey, asked, KIND, where, where_label)
    check_outcome(asked.outcome, y, f.POISSON)
    poisson = fit(Problem(columns, y, f.POISSON, f.LOG), scope.w)
    mu = f.LOG.back(columns.times(poisson.beta))
    beyond = float(scope.w @ ((y - mu) ** 2 - y))
    if beyond <= 0:
        raise EstimationError(
            f"The counts of {asked.outcome!r} vary no more about their means than a Poisson's, so that no size fits.", "Use poisson()."
        )
    begin = np.append(poisson.beta, np.log(float(scope.w @ mu**2) / beyond))
    offset = np.zeros(scope.n) if columns.offset is None else columns.offset
    model = NegativeBinomial(np.ascontiguousarray(columns.matrix()), y, offset, begin)
    found = climb(model, scope.w)
    covariance = covariance_of_parameters(scope, model, found)
    size = float(np.exp(found.beta[-1]))
    problem = Problem(columns, y, f.negative_binomial(size), f.LOG)
    made = stated(KIND, asked, scope, problem, fit(problem, scope.w), level, covariance=covariance[:-1, :-1])
    return replace(made, ancillary={"size": size, "se of log size": float(np.sqrt(covariance[-1, -1]))})
