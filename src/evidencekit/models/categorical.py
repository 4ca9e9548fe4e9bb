"""Models of outcomes with several levels: what they are fitted to, and the noun they come as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import EstimationError, InputError
from evidencekit.estimate import Estimate
from evidencekit.models.fitting import Fit, need_rank
from evidencekit.models.formula.columns import Columns, columns_of
from evidencekit.models.formula.factors import Factor, factor_of
from evidencekit.models.formula.reading import Formula, read_formula
from evidencekit.models.model import rows_of
from evidencekit.survey.summing.domains import Where, need_survey
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.scope import Scope

__all__ = ["Asked", "Categorical", "categorical"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Categorical:
    """A fitted model of an outcome with several levels, or of times.

    Parameters
    ----------
    kind : str
        What it is.
    formula : Formula
        What was asked.
    estimate : Estimate
        Its coefficients.
    scope : Scope
        The rows it was fitted to.
    made : Fit
        Parameters and inverse information.
    terms : tuple of int
        Of each coefficient the place of its term in ``formula.labels``; -1 of a threshold.
    df : float
        Degrees of freedom: sampling units minus strata, minus the coefficients of a level beside its intercept.
    """

    kind: str
    formula: Formula
    estimate: Estimate
    scope: Scope
    made: Fit
    terms: tuple[int, ...]
    df: float

    @property
    def names(self) -> tuple[str, ...]:
        """The coefficients' names."""
        return self.estimate.cells.columns["coefficient"]

    @property
    def coefficients(self) -> Floats:
        """The coefficients, shape (q,)."""
        return self.made.beta

    def to_frame(self) -> Any:
        """The table of coefficients, as `Estimate.to_frame`."""
        return self.estimate.to_frame()

    def __repr__(self) -> str:
        return f"{self.kind}: {self.formula.text}\n{self.estimate!r}"

    def _repr_html_(self) -> str:
        return self.estimate._repr_html_()

    def __reduce__(self) -> NoReturn:
        raise InputError("A model is not pickled: it holds children's answers.", "Keep its estimate, or fit it again.")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Asked:
    """The rows, columns and outcome of such a model: `y` (m,) are places in `levels`."""

    formula: Formula
    scope: Scope
    columns: Columns
    y: Codes
    levels: tuple[Any, ...]

    def stated(self, kind: str, labels: Mapping[str, Sequence[Any]], made: Fit, covariance: Floats, level: float) -> Categorical:
        """The fitted model with its coefficients as an Estimate.

        A coefficient that is not named as a column of the formula is a threshold.
        """
        said = ("coefficient", f"coefficients of a {kind} of {self.formula.outcome}")
        columns = {"variable": (self.formula.outcome,) * len(made.beta), **labels}
        df = self.scope.df + 1 - self.columns.p
        estimate = self.scope.estimate(columns, made.beta, covariance, said=said, level=level, df=df)
        of = dict(zip(self.columns.names, self.columns.term, strict=True))
        return Categorical(kind, self.formula, estimate, self.scope, made, tuple(of.get(name, -1) for name in labels["coefficient"]), df)


def categorical(survey: Survey, formula: str, doing: str, first: Sequence[Any] | None, where: Where, where_label: str) -> Asked:
    """Read the formula of a model of several levels and lay it out.

    Parameters
    ----------
    survey, formula, where, where_label
        As for `evidencekit.models.linear`.
    doing : str
        How messages name the model.
    first : sequence, optional
        Levels in the order wanted; those it does not name follow in their own, of an order all must be named.
    """
    need_survey(survey, doing)
    asked = read_formula(formula)
    survey.rows.need(asked.outcome, "the formula")
    scope = rows_of(survey, asked, doing, where, where_label)
    column = survey.column(asked.outcome)
    codes = column.codes[scope.rows]
    there = np.flatnonzero(np.bincount(codes, minlength=len(column.levels))).tolist()
    order = there if first is None else _ordered(column.levels, column.keys, there, first, doing)
    if len(order) < 2:
        raise EstimationError(
            "The outcome is the same in every row used, so there is nothing to explain.", "Give the share: ek.proportion()."
        )
    place = np.full(len(column.levels), -1, dtype=np.intp)
    place[order] = np.arange(len(order))
    factors: dict[str, Factor] = {name: factor_of(survey, name, scope.rows) for name in asked.factors}
    if asked.offsets:
        raise InputError(f"{doing} takes no offset.")
    columns = columns_of(asked.terms, factors, scope.n, None)
    need_rank(columns, scope.w)
    return Asked(asked, scope, columns, place[codes], tuple(column.levels[k] for k in order))


def _ordered(levels: Sequence[Any], keys: Sequence[Any], there: list[int], first: Sequence[Any], doing: str) -> list[int]:
    """The levels that occur, in the order asked for."""
    if isinstance(first, str) or not isinstance(first, Sequence):
        raise InputError(f"{doing} takes levels as a list, as tables show them.")
    places: list[int] = []
    for name in first:
        found = [k for k in range(len(levels)) if levels[k] == name or keys[k] == name]
        if not found:
            raise InputError(f"{doing} was given a level that the outcome does not have.", "Levels are written as tables show them.")
        places.append(found[0])
    if len(set(places)) < len(places):
        raise InputError(f"{doing} was given a level twice.")
    rest = [k for k in there if k not in places]
    if rest and len(first) > 1:
        raise InputError(f"{doing} was given {len(first)} levels, and {len(rest)} more occur.", "Name all, from lowest to highest.")
    return [k for k in places if k in there] + rest
