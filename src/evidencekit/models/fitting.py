"""Fit a generalised linear model by weighted scoring, a block of rows at a time, until the step is as good as nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import EstimationError, how_many
from evidencekit.models.families import Family, Link
from evidencekit.models.formula.columns import Columns
from evidencekit.models.separation import separated

__all__ = ["Fit", "Problem", "at", "fit", "need_rank", "refit", "spare_in"]

STEPS = 100
CLOSE = 1e-12  # of a coefficient, or of its standard deviation for one observation
HALVINGS = 30
MANY = 200_000  # rows from which a sample of them gives the start
SAMPLE = 16
STUCK = 1e-9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Problem:
    """What is fitted: the columns, the outcome (m,) and how they hang together."""

    columns: Columns
    y: Floats
    family: Family
    link: Link


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fit:
    """Coefficients (p,), the inverse of the information (p, p) in the weights given, and the steps it took."""

    beta: Floats
    inverse: Floats
    steps: int


def fit(problem: Problem, w: Floats) -> Fit:
    """Solve the weighted score equations.

    Parameters
    ----------
    problem : Problem
        What is fitted.
    w : (m,) array
        Weights, above 0.

    Raises
    ------
    EstimationError
        Columns that say the same (they are named), a separated outcome (the columns are named), or no convergence.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, section 2.5. Binder (1983), International Statistical Review 51, 279-292.
    """
    w = w / w.mean()
    need_rank(problem.columns, w)
    start = _start_from_some(problem, w) if len(w) >= MANY else None
    return _scored(problem, w, start)


def refit(problem: Problem, w: Floats, start: Floats) -> Floats:
    """The coefficients under other weights, from a start nearby: NaN where there are none."""
    mean = w.mean()
    if not mean > 0:
        return np.full(problem.columns.p, np.nan)
    try:
        return _scored(problem, w / mean, start).beta
    except EstimationError:
        return np.full(problem.columns.p, np.nan)


def _start_from_some(problem: Problem, w: Floats) -> Floats | None:
    """Coefficients from one row in so many; None where they cannot be had."""
    rows = np.arange(0, len(w), SAMPLE)
    few = Problem(problem.columns.some(rows), problem.y[rows], problem.family, problem.link)
    try:
        return _scored(few, w[rows], None, close=1e-4).beta
    except EstimationError:
        return None


def _scored(problem: Problem, w: Floats, start: Floats | None, close: float = CLOSE) -> Fit:
    beta, size, last = start, float(len(w)), np.inf
    unit = np.full(problem.columns.p, np.inf)  # the smallest seen: of a coefficient without end it grows as fast as the coefficient
    for step in range(1, STEPS + 1):
        information, gradient = _pass(problem, w, beta)
        inverse = _inverse(information, problem, w)
        move = inverse @ gradient
        if beta is None:
            beta = _inside(problem, np.zeros(problem.columns.p), move)
            continue
        unit = np.minimum(unit, np.sqrt(size * np.diagonal(inverse)))
        reach = float((np.abs(move) / (np.abs(beta) + unit)).max())
        if reach <= close or (reach <= STUCK and reach >= last):
            return Fit(beta + move, inverse, step)
        if not np.isfinite(reach):
            break
        beta, last = _inside(problem, beta, move), reach
    _say_why(problem, w)
    raise EstimationError(
        f"The model did not converge in {STEPS} steps.", "Try fewer terms, or another link; scale columns whose numbers are very large."
    )


def _pass(problem: Problem, w: Floats, beta: Floats | None) -> tuple[Floats, Floats]:
    """Information and score at some coefficients; without any, those whose solution is the first step."""
    columns, family, link = problem.columns, problem.family, problem.link
    information, gradient = np.zeros((columns.p, columns.p)), np.zeros(columns.p)
    for span in columns.spans():
        x, y = columns.block(span), problem.y[span]
        shift = 0.0 if columns.offset is None else columns.offset[span]
        if beta is None:
            mu = family.start(y)
            eta = link.of(mu)
        else:
            eta = beta @ x + shift
            mu = link.back(eta)
        slope = link.slope(eta, mu)
        part = w[span] * slope / family.variance(mu)
        residual = part * (y - mu)
        part *= slope
        if beta is None:
            residual += part * (eta - shift)
        information += (x * part) @ x.T
        gradient += x @ residual
    return information, gradient


def _inverse(information: Floats, problem: Problem, w: Floats) -> Floats:
    scale = np.sqrt(np.diagonal(information))
    if np.isfinite(scale).all() and (scale > 0).all():
        try:
            factor = np.linalg.cholesky(information / np.outer(scale, scale))
        except np.linalg.LinAlgError:
            pass
        else:
            half = np.linalg.solve(factor, np.eye(len(scale)))
            return (half.T @ half) / np.outer(scale, scale)
    _say_why(problem, w)
    raise EstimationError("The model did not converge: its information matrix became singular.", "Try fewer terms.")


def _inside(problem: Problem, beta: Floats, move: Floats) -> Floats:
    """The step, halved until every mean is one that the family can have."""
    if problem.link.name in ("logit", "probit", "cloglog") or problem.family.name == "gaussian":
        return beta + move
    if problem.link.name == "log" and problem.family.name != "binomial":
        return beta + move
    for _ in range(HALVINGS):
        eta = problem.columns.times(beta + move)
        if problem.family.inside(problem.link.back(eta)).all():
            return beta + move
        move = move / 2
    raise EstimationError(
        f"No coefficients nearby give means that a {problem.family.name} outcome can have under the {problem.link.name} link.",
        "Use logit() and models.adjusted() for risk ratios.",
    )


def need_rank(columns: Columns, w: Floats) -> None:
    """Raise an `EstimationError` that names columns which others add up to."""
    gram = np.zeros((columns.p, columns.p))
    for span in columns.spans():
        x = columns.block(span)
        gram += (x * w[span]) @ x.T
    scale = np.sqrt(np.diagonal(gram))
    empty = [name for name, s in zip(columns.told, scale, strict=True) if not s > 0]
    if empty:
        raise EstimationError(
            f"{how_many(len(empty), 'column of the model has', 'columns of the model have')} no row that is not 0: {', '.join(empty[:5])}.",
            "No answers stand there: merge levels, or leave the interaction out.",
        )
    if columns.p > columns.rows:
        raise EstimationError(f"The model has {columns.p} columns and {columns.rows} rows.", "Use fewer terms.")
    correlation = gram / np.outer(scale, scale)
    spare = spare_in(correlation, columns.told)
    if spare:
        raise EstimationError(
            f"Some columns of the model say the same as others: {', '.join(spare[:5])}.",
            "Leave one of them out, or merge levels; of powers of large numbers, take center(x) first.",
        )


def spare_in(correlation: Floats, names: tuple[str, ...]) -> list[str]:
    """The columns that those before them add up to, by sweeping one after the other."""
    left, out = correlation.copy(), []
    for j in range(len(left)):
        if left[j, j] < 1e-11:
            out.append(names[j])
            continue
        row = left[j].copy()
        left = left - np.outer(row, row) / row[j]
    return out


def _say_why(problem: Problem, w: Floats) -> None:
    """Raise with the columns that separate the outcome, where they do."""
    counts = problem.link.name == "log" and problem.family.name not in ("gamma", "gaussian")
    if problem.family.name == "binomial" or counts:
        names = separated(problem.columns, problem.y, counts=counts)
        if names:
            does = "tells" if len(names) == 1 else "tell"
            raise EstimationError(
                f"Separation: {', '.join(names[:5])} {does} some answers without fail, so that no finite coefficient fits.",
                "Merge levels, leave the term out, or give the share with its interval: ek.proportion(by=...).",
            )


def at(problem: Problem, beta: Floats, span: slice | Codes) -> tuple[Floats, Floats, Floats]:
    """Columns, linear predictor and mean of some rows."""
    x = problem.columns.block(span)
    eta = beta @ x if problem.columns.offset is None else beta @ x + problem.columns.offset[span]
    return x, eta, problem.link.back(eta)
