"""Model: a fitted regression, its coefficients as an Estimate, and what other routines need to go on from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from evidencekit.columns import Bools, Floats
from evidencekit.errors import EstimationError, InputError, check_level
from evidencekit.estimate import Estimate
from evidencekit.models.families import Family, Link
from evidencekit.models.fitting import Fit, Problem, fit
from evidencekit.models.formula.columns import Columns, columns_of
from evidencekit.models.formula.factors import Factor, Numbers, blank_in, factor_of, is_coded
from evidencekit.models.formula.reading import Formula, read_formula, variables_in
from evidencekit.models.sandwich import covariance_of_coefficients
from evidencekit.survey.summing.domains import Where, need_survey
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.scope import Scope, scope_of

__all__ = ["Model", "check_outcome", "fitted", "laid_out", "need_model", "numbers_in", "rows_of", "stated"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Model:
    """A regression fitted to a survey.

    Parameters
    ----------
    kind : str
        ``"logistic regression"``, ``"linear regression"``, ...
    formula : Formula
        What was asked.
    estimate : Estimate
        The coefficients on the scale of the linear predictor, with design-based standard errors; ``df`` are those of the design minus
        the number of coefficients beside the intercept.
    scope : Scope
        The rows it was fitted to.
    problem : Problem
        Columns, outcome, family and link.
    made : Fit
        Coefficients and inverse information.
    ancillary : dict
        What else was estimated: the size of a negative binomial.

    Notes
    -----
    A Model holds rows and is not pickled; what it says travels as its `estimate`.
    """

    kind: str
    formula: Formula
    estimate: Estimate
    scope: Scope
    problem: Problem
    made: Fit
    ancillary: dict[str, float] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The coefficients' names."""
        return self.problem.columns.names

    @property
    def terms(self) -> tuple[int, ...]:
        """Of each coefficient the place of its term in ``formula.labels``."""
        return self.problem.columns.term

    @property
    def coefficients(self) -> Floats:
        """The coefficients, shape (p,)."""
        return self.made.beta

    @property
    def df(self) -> float:
        """Degrees of freedom: sampling units minus strata, minus the coefficients beside the intercept."""
        return self.scope.df + 1 - len(self.names)

    def to_frame(self) -> Any:
        """The table of coefficients, as `Estimate.to_frame`."""
        return self.estimate.to_frame()

    def __repr__(self) -> str:
        return f"{self.kind}: {self.formula.text}\n{self.estimate!r}"

    def _repr_html_(self) -> str:
        return self.estimate._repr_html_()

    def __reduce__(self) -> NoReturn:
        raise InputError("A Model is not pickled: it holds children's answers.", "Keep its estimate, or fit it again.")


def need_model(model: object, doing: str) -> None:
    """Raise `InputError` for what is no Model."""
    if not isinstance(model, Model):
        raise InputError(f"{doing} takes a fitted regression, not a {type(model).__name__}.", "Fit one, such as ek.models.logit().")


def laid_out(survey: Survey, formula: Formula, doing: str, where: Where, where_label: str) -> tuple[Scope, Columns, Floats]:
    """The rows a formula can be fitted to, its columns there, and the outcome.

    Raises
    ------
    UnknownColumn
        The formula names a column that is not there.
    InputError
        An expression that cannot be worked out, or an outcome of categories.
    EstimationError
        No rows, or one level only.
    """
    scope = rows_of(survey, formula, doing, where, where_label)
    factors: dict[str, Factor] = {name: factor_of(survey, name, scope.rows) for name in formula.factors}
    offsets = [numbers_in(survey, scope, name, "The offset") for name in formula.offsets]
    offset = np.sum(offsets, axis=0) if offsets else None
    return scope, columns_of(formula.terms, factors, scope.n, offset), numbers_in(survey, scope, formula.outcome, "The outcome")


def rows_of(
    survey: Survey, formula: Formula, doing: str, where: Where, where_label: str, *, more: Mapping[str, Bools | None] | None = None
) -> Scope:
    """The rows that have every answer a formula needs, and those of `more` columns."""
    need_survey(survey, doing)
    blanks: dict[str, Bools | None] = dict(more or {})
    for expression in formula.expressions:
        names = variables_in(expression, survey.rows.columns)
        if not names and expression.isidentifier():
            survey.rows.need(expression, "the formula")
        for name in names:
            if name not in blanks:
                blanks[name] = blank_in(survey, name)
    return scope_of(survey, blanks, doing, where=where, where_label=where_label)


def numbers_in(survey: Survey, scope: Scope, expression: str, what: str) -> Floats:
    """An expression as numbers over the rows of a scope."""
    if expression in survey.rows.columns and is_coded(survey, expression):
        raise InputError(
            f"{what} {expression!r} holds categories, and this needs numbers.",
            "Make a column that is 1 for the category that counts and 0 for others; multinomial() and proportional_odds() model all.",
        )
    made = factor_of(survey, expression, scope.rows)
    if not isinstance(made, Numbers) or len(made.columns) != 1:
        raise InputError(f"{what} is one column of numbers.", "Name a column, or an expression of one such as log(x).")
    return made.columns[0]


def fitted(
    survey: Survey,
    formula: str,
    kind: str,
    family: Family,
    link: Link,
    *,
    where: Where,
    where_label: str,
    level: float,
) -> Model:
    """Read, lay out and fit; the one way every generalised linear model is made."""
    check_level(level)
    asked = read_formula(formula)
    scope, columns, y = laid_out(survey, asked, kind, where, where_label)
    check_outcome(asked.outcome, y, family)
    problem = Problem(columns, y, family, link)
    made = fit(problem, scope.w)
    return stated(kind, asked, scope, problem, made, level)


def stated(
    kind: str, asked: Formula, scope: Scope, problem: Problem, made: Fit, level: float, *, covariance: Floats | None = None
) -> Model:
    """The fitted model with its coefficients as an Estimate; their covariance is worked out where it is not given."""
    covariance = covariance_of_coefficients(scope, problem, made) if covariance is None else covariance
    names = problem.columns.names
    said = ("coefficient", f"coefficients of a {kind} of {asked.outcome}")
    columns = {"variable": (asked.outcome,) * len(names), "coefficient": names}
    estimate = scope.estimate(columns, made.beta, covariance, said=said, level=level, df=scope.df + 1 - len(names))
    return Model(kind, asked, estimate, scope, problem, made)


def check_outcome(name: str, y: Floats, family: Family) -> None:
    """Raise unless the outcome is one the family can have, and differs between rows."""
    wrong = int((~family.allowed(y)).sum())
    if wrong:
        raise InputError(f"The outcome {name!r} must hold {family.needs}; {wrong:,} of the rows used do not.")
    if y.min() == y.max():
        raise EstimationError(
            f"The outcome {name!r} is the same in every row used, so there is nothing to explain.", "Give the share: ek.proportion()."
        )
