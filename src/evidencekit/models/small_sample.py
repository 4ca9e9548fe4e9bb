"""Standard errors and degrees of freedom for few sampling units: Bell and McCaffrey's, within strata and with all stages.

Residuals of a fitted model are too small, most of all where one PSU decides a coefficient. Each PSU's residuals are therefore multiplied by
``(I - H_g)^(-1/2)``, H_g its block of the hat matrix in the working weights; the variance is then that of the design. Its own uncertainty
gives the degrees of freedom: what they would be if the working model held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import EstimationError
from evidencekit.models.fitting import Fit, Problem, at
from evidencekit.survey.uncertainty.scope import Scope

__all__ = ["SmallSample", "small_sample", "suits_small_samples"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SmallSample:
    """The covariance of the coefficients (p, p), and what their degrees of freedom follow from.

    Per PSU g: `own` (G, p, p) are ``M X' A A X M`` and `shared` (G, p, p) are ``M X' A X L``, X in working weights, M the inverse
    information, ``L L' = M`` and A the adjustment; `group`, `size` and `scale` are the design's first stage.
    """

    covariance: Floats
    own: Floats
    shared: Floats
    group: Codes
    size: Floats
    scale: Floats

    def df(self, contrast: Floats) -> float:
        """Satterthwaite's degrees of freedom of the variance of one contrast (p,)."""
        return 2 / self._spread(contrast[None])[0, 0]

    def wishart(self, contrasts: Floats) -> float:
        """Degrees of freedom eta of the covariance of q contrasts (q, p), for Hotelling's T-squared.

        References
        ----------
        Pustejovsky and Tipton (2018), Journal of Business and Economic Statistics 36, 672-683.
        """
        q = len(contrasts)
        return q * (q + 1) / float(self._spread(contrasts).sum())

    def _spread(self, contrasts: Floats) -> Floats:
        """The variances of the elements of the standardised covariance of the contrasts under the working model, shape (q, q)."""
        mean = self._mean(contrasts)
        values, vectors = np.linalg.eigh(mean)
        if not values.min() > 1e-12 * values.max():
            raise EstimationError(
                "The sampling units are too few for the small-sample method: they do not vary in so many ways as coefficients are tested.",
                "Test fewer terms together, or merge levels.",
            )
        root = vectors @ np.diag(1 / np.sqrt(values)) @ vectors.T @ contrasts
        d = np.einsum("sp,gpr,tr->stg", root, self.own, root)
        b = np.einsum("sp,gpr->sgr", root, self.shared)
        pb = np.array([self._centred(x) for x in b])
        inner = np.einsum("sgi,tgj->stij", b, pb)
        q, out = len(contrasts), np.empty((len(contrasts), len(contrasts)))
        for s in range(q):
            for t in range(q):
                out[s, t] = self._product(d, pb, inner, (s, s, t, t)) + self._product(d, pb, inner, (s, t, s, t))
        return out

    def _product(self, d: Floats, pb: Floats, inner: Floats, which: tuple[int, int, int, int]) -> float:
        """``tr(P G_ab P G_cd)`` with ``G_st = diag(d_st) - B_s B_t'``."""
        a, b, c, e = which
        first = self._diagonals(d[a, b], d[c, e])
        second = float((d[a, b][:, None] * pb[c] * pb[e]).sum()) + float((d[c, e][:, None] * pb[a] * pb[b]).sum())
        third = float(np.trace(inner[e, a] @ inner[b, c]))
        return first - second + third

    def _diagonals(self, d: Floats, e: Floats) -> float:
        """``tr(P diag(d) P diag(e))``; P centres within strata and scales."""
        n, s = self.size[self.group], self.scale
        own = (s**2 * d * e * (1 - 2 / n)).sum()
        sums = [summed(self.group, s * x, len(self.size)) for x in (d, e)]
        return float(own + (sums[0] * sums[1] / self.size**2).sum())

    def _centred(self, x: Floats) -> Floats:
        """P times the columns of x, shape (G, k): scaled deviations from the means of strata."""
        means = np.column_stack([summed(self.group, column, len(self.size)) for column in x.T]) / self.size[:, None]
        return self.scale[:, None] * (x - means[self.group])

    def _mean(self, contrasts: Floats) -> Floats:
        """The expected covariance of the contrasts under the working model."""
        d = np.einsum("sp,gpr,tr->stg", contrasts, self.own, contrasts)
        b = np.einsum("sp,gpr->sgr", contrasts, self.shared)
        own = (d * self.scale * (1 - 1 / self.size[self.group])).sum(axis=2)
        return own - np.einsum("sgi,tgi->st", b, np.array([self._centred(x) for x in b]))


def small_sample(scope: Scope, problem: Problem, made: Fit) -> SmallSample:
    """Bell and McCaffrey's covariance, and what its degrees of freedom follow from.

    Parameters
    ----------
    scope, problem, made
        The rows, what was fitted to them, and the fit.

    References
    ----------
    Bell and McCaffrey (2002), Survey Methodology 28, 169-181.
    """
    w, psu = scope.w / scope.w.mean(), scope.psu
    half = np.linalg.cholesky(made.inverse)
    scaled, residual = _working(problem, made, w)
    there, place = np.unique(psu, return_inverse=True)
    c = scaled @ half  # rows of X L, so that H = C C'
    blocks = _outer_sums(c, place, len(there))
    values, vectors = np.linalg.eigh(blocks)
    values = np.clip(values, 0.0, 1.0)
    alone = values > 1 - 1e-8  # one PSU decides a coefficient: its residual there is nothing, and stays so
    kept = np.where(alone | (values < 1e-12), 0.5, values)
    more = np.where(alone, 0.0, np.where(values < 1e-12, 0.5, (1 / np.sqrt(1 - kept) - 1) / kept))
    lift = np.einsum("gij,gj,gkj->gik", vectors, more, vectors)  # A = I + C lift C'
    carried = np.column_stack([summed(place, c[:, j] * residual, len(there)) for j in range(c.shape[1])])
    raised = residual + np.einsum("mi,mi->m", c, np.einsum("gij,gj->gi", lift, carried)[place])
    influence = (scaled * raised[:, None]) @ made.inverse / scope.w[:, None]
    covariance = scope.covariance(influence)
    level = scope.design.levels[0]
    # In the basis of C: X'A X = L^-T (B + B lift B) L^-1, with B the block; M X' = L C'.
    together = blocks + blocks @ lift @ blocks
    twice = blocks + 2 * blocks @ lift @ blocks + blocks @ lift @ blocks @ lift @ blocks
    own = np.einsum("pi,gij,rj->gpr", half, twice, half)
    shared = np.einsum("pi,gij->gpj", half, together)
    count = len(level.group)
    full_own, full_shared = np.zeros((count, *own.shape[1:])), np.zeros((count, *shared.shape[1:]))
    full_own[there], full_shared[there] = own, shared
    return SmallSample(covariance, full_own, full_shared, level.group, level.size, level.scale)


def suits_small_samples(scope: Scope) -> bool:
    """Whether the design has first-stage strata whose units are resampled by nothing else."""
    plain = scope.survey.resampling is None and scope.design.form is None and scope.design.phases is None
    return scope.designed and plain and bool(scope.design.levels)


def _working(problem: Problem, made: Fit, w: Floats) -> tuple[Floats, Floats]:
    """Columns (m, p) and residuals (m,) times the roots of the working weights."""
    columns = problem.columns
    scaled, residual = np.empty((columns.rows, columns.p)), np.empty(columns.rows)
    for span in columns.spans():
        x, eta, mu = at(problem, made.beta, span)
        slope, variance = problem.link.slope(eta, mu), problem.family.variance(mu)
        root = np.sqrt(w[span] / variance)
        scaled[span] = (x * (root * slope)).T
        residual[span] = root * (problem.y[span] - mu)
    return scaled, residual


def _outer_sums(c: Floats, place: Codes, groups: int) -> Floats:
    """Sums of ``c c'`` by group, shape (groups, p, p)."""
    p = c.shape[1]
    out = np.empty((groups, p, p))
    for i in range(p):
        for j in range(i + 1):
            out[:, i, j] = out[:, j, i] = summed(place, c[:, i] * c[:, j], groups)
    return out
