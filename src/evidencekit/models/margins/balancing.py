"""Weights under which what a model looks at has nothing to do with other columns, and how a fit with them varies.

The factors are ``g = exp(z'b)`` with z the products of the model's centred columns and the centred columns to adjust for, and (of exact
balance) both by themselves, and b such that ``sum(w g z) = 0``: of all weights that make the two uncorrelated about their old averages,
and keep those averages, the ones nearest in entropy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evidencekit.columns import Bools, Floats
from evidencekit.errors import EstimationError, InputError
from evidencekit.models.fitting import fit, refit, spare_in
from evidencekit.models.formula.columns import columns_of
from evidencekit.models.formula.factors import blank_in, factor_of
from evidencekit.models.formula.reading import read_formula, variables_in
from evidencekit.models.margins.averaging import Average, predicted, slope_of
from evidencekit.models.model import Model
from evidencekit.models.sandwich import score

__all__ = ["Balance", "balance_of", "balanced_averages", "influence_on_coefficients"]

STEPS, HALVINGS = 200, 40
CLOSE, STUCK = 1e-14, 1e-9
APART = EstimationError(
    "No weights make the two unrelated: some of what the model looks at occurs only together with some of adjust=.",
    "Adjust for fewer columns, merge levels, or leave the rows without a counterpart out with where=.",
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Balance:
    """What is made unrelated: the model's columns beside the intercept (m, k), and those adjusted for (m, q).

    `exact`: the averages of both stay what they are. Without that, groups end near each other only, as in R's marginpred. `columns` names
    the columns adjusted for.
    """

    own: Floats
    others: Floats
    exact: bool = True
    columns: tuple[str, ...] = ()

    def centred(self, w: Floats) -> tuple[Floats, Floats]:
        """Both about their weighted averages."""
        return self.own - w @ self.own / w.sum(), self.others - w @ self.others / w.sum()

    def products(self, w: Floats) -> Floats:
        """Every product of a column of one and a column of the other, a column of ones among each when `exact`, shape (m, r)."""
        own, others = (with_ones(part) for part in self.centred(w))
        return (own[:, :, None] * others[:, None, :])[:, self.used]

    @property
    def used(self) -> Bools:
        """Which products are made nought, shape (k + 1, q + 1), the first for ones."""
        out = np.full((self.own.shape[1] + 1, self.others.shape[1] + 1), self.exact)
        out[1:, 1:] = True
        out[0, 0] = False
        return out

    def solve(self, w: Floats, start: Floats | None = None) -> Floats:
        """The coefficients b (r,), by Newton's steps on the convex function ``sum(w exp(z'b))``.

        Raises
        ------
        EstimationError
            There are none.
        """
        z, w = self.products(w), w / w.sum()
        scale = np.sqrt(w @ z**2)
        z = z / np.where(scale > 0, scale, 1.0)
        b, last = np.zeros(z.shape[1]) if start is None else start * scale, np.inf
        value = _value(z, w, b)
        if not np.isfinite(value):
            b, value = np.zeros_like(b), 1.0
        for _ in range(STEPS):
            wg = w * np.exp(z @ b)
            gap = wg @ z
            off = float((np.abs(gap) / np.maximum(wg @ np.abs(z), 1e-300)).max())
            if off <= CLOSE or (off <= STUCK and off >= last):
                return b / np.where(scale > 0, scale, 1.0)
            move = np.linalg.pinv((z * wg[:, None]).T @ z, rcond=1e-13, hermitian=True) @ gap
            for _ in range(HALVINGS):
                found = _value(z, w, b - move)
                if found <= value * (1 + 1e-12):
                    break
                move = move / 2
            else:
                raise APART
            b, value, last = b - move, found, off
        raise APART


def with_ones(columns: Floats) -> Floats:
    """A column of ones, and the others."""
    return np.hstack([np.ones((len(columns), 1)), columns])


def _value(z: Floats, w: Floats, b: Floats) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(w @ np.exp(z @ b))


def balance_of(model: Model, adjust: str, *, exact: bool = True) -> Balance:
    """Read what to adjust for over a model's rows.

    Raises
    ------
    UnknownColumn, InputError
        `adjust` cannot be read or names no column, all of it is in the model, or rows of the model lack an answer to it.
    """
    asked, survey, rows = read_formula(adjust, outcome=False), model.scope.survey, model.scope.rows
    lacking = np.zeros(len(rows), dtype=bool)
    columns: list[str] = []
    for expression in asked.factors:
        names = variables_in(expression, survey.rows.columns)
        columns += names
        if not names and expression.isidentifier():
            survey.rows.need(expression, "adjust=")
        for name in names:
            blank = blank_in(survey, name)
            lacking |= False if blank is None else blank[rows]
    if lacking.any():
        raise InputError(
            f"{int(lacking.sum()):,} of the model's {len(rows):,} rows have no answer to what adjust= names.",
            "Fit the model with where= to the rows that have one, or adjust for other columns.",
        )
    if asked.offsets:
        raise InputError("adjust= takes no offset.")
    factors = {name: factor_of(survey, name, rows) for name in asked.factors}
    made = columns_of(((), *(term for term in asked.terms if term)), factors, len(rows), None)
    if "Intercept" not in model.names:
        raise InputError("balanced() needs a model with an intercept.", "Do not take it out of the formula.")
    own = model.problem.columns.matrix()[:, [j for j, name in enumerate(model.names) if name != "Intercept"]]
    return _independent(Balance(own, made.matrix()[:, 1:], exact, tuple(columns)), made.names[1:], model.scope.w)


def _independent(given: Balance, names: tuple[str, ...], w: Floats) -> Balance:
    """Without the columns to adjust for that those before them, or the model's, add up to."""
    if not given.own.shape[1]:
        raise InputError("The model holds an intercept alone.", "It has nothing to compare.")
    both = np.hstack(given.centred(w))
    labels = tuple(f"model {j}" for j in range(given.own.shape[1])) + names
    scale = np.sqrt(w @ both**2)
    scale = np.where(scale > 0, scale, 1.0)
    spare = set(spare_in((both * w[:, None]).T @ both / np.outer(scale, scale), labels))
    kept = [j for j, name in enumerate(names) if name not in spare]
    if not kept:
        raise InputError("All that adjust= names is in the model already.", "Use adjusted(), or name other columns.")
    return replace(given, others=given.others[:, kept])


def balanced_averages(model: Model, balance: Balance, wanted: list[Average]) -> tuple[Floats, Floats]:
    """Averages of the predictions of the model fitted with balancing weights, shape (q,), and their covariance (q, q)."""
    scope, w = model.scope, model.scope.w
    b = balance.solve(w)
    made = fit(model.problem, w * np.exp(balance.products(w) @ b))
    again_fitted = replace(model, made=made)

    def points_of(beta: Floats, weights: Floats) -> Floats:
        return np.array([weights @ predicted(model, average, beta) / weights.sum() for average in wanted])

    def again(weights: Floats) -> Floats:
        try:
            g = np.exp(balance.products(weights) @ balance.solve(weights, b))
        except EstimationError:
            return np.full(len(wanted), np.nan)
        return points_of(refit(model.problem, weights * g, made.beta), weights)

    def influence() -> Floats:
        slopes = np.column_stack([slope_of(again_fitted, average) for average in wanted])
        own = np.column_stack([predicted(model, average, made.beta) for average in wanted])
        return (own - points) / w.sum() + influence_on_coefficients(again_fitted, balance, b) @ slopes

    points = points_of(made.beta, w)
    return points, scope.spread(points, influence, again)


def influence_on_coefficients(model: Model, balance: Balance, b: Floats) -> Floats:
    """What each row adds to each coefficient before its weight, shape (m, p): through its score, the factors, and the averages.

    The averages c, the factors' coefficients b and those of the model solve three sets of equations, of which each knows those before.
    """
    w, made = model.scope.w, model.made
    own, others = balance.centred(w)
    z, used, (k, q) = balance.products(w), balance.used, (own.shape[1], others.shape[1])
    g = np.exp(z @ b)
    wg = w * g
    table = np.zeros(used.shape)
    table[used] = b
    drift = -np.hstack([with_ones(others) @ table[1:].T, with_ones(own) @ table[:, 1:]])  # of log g with the averages
    shift = np.zeros((*used.shape, k + q))  # of the products' sums, beside what the factors do
    for i in range(k):
        shift[i + 1, :, i] = -(wg @ with_ones(others))
    for j in range(q):
        shift[:, j + 1, k + j] = -(wg @ with_ones(own))
    centres = np.hstack([own, others]) / w.sum()
    cross = (z * wg[:, None]).T @ drift + shift[used]
    factors = -(g[:, None] * z + centres @ cross.T) @ np.linalg.pinv((z * wg[:, None]).T @ z, rcond=1e-13, hermitian=True)
    x, u = score(model.problem, made.beta, slice(0, model.problem.columns.rows))
    scores = (x * u).T
    weighted = (scores * wg[:, None]).T
    return (g[:, None] * scores + factors @ (weighted @ z).T + centres @ (weighted @ drift).T) @ (made.inverse / wg.mean())
