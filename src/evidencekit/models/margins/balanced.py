"""Shares and means per group under weights that make the groups alike in other columns, which need not be in the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evidencekit.columns import Codes
from evidencekit.errors import InputError, check_level
from evidencekit.estimate import Estimate
from evidencekit.models.formula.factors import Categories
from evidencekit.models.margins.adjusting import by_level, levels_of, others_of
from evidencekit.models.margins.balancing import balance_of, balanced_averages
from evidencekit.models.model import Model, need_model

__all__ = ["balanced"]


def balanced(model: Model, by: str, *, adjust: str, at: Sequence[Any] | None = None, exact: bool = True, level: float = 0.95) -> Estimate:
    """Balanced shares or means: the model fitted again with weights that make its groups alike in other columns.

    Parameters
    ----------
    model : Model
        A regression on what is to be compared, without what is only to be held equal: ``"told ~ sex"``.
    by : str
        A column of the model: categories, 0 and 1, or numbers with `at`.
    adjust : str
        What is to be held equal, in the notation of formulas: ``"age + area"``. Averages of numbers
        and shares of categories are made equal.
    at : sequence, optional
        The levels or numbers of `by` to say it at; by default all levels.
    exact : bool
        Whether averages stay those of everybody (default), so that groups become wholly alike. False gives R's marginpred, in which sums
        of products about the old averages are nought, and the averages move a little.
    level : float
        Confidence level, default 0.95.

    Returns
    -------
    Estimate
        One cell per level, as of `adjusted`. What stands in the model beside `by` is averaged over everybody.

    Raises
    ------
    UnknownColumn, InputError
        A column is not there or not in the model; all of `adjust` is in the model; rows of it lack an answer to `adjust`.
    EstimationError
        No weights balance the groups: they have too little in common.

    Notes
    -----
    Where `adjusted` relies on how the outcome depends on what is held equal, this relies on none of it, and on how groups differ instead:
    entropy balancing, to a gap of 1e-14 or none that shrinks. R's marginpred stops at a gap of 1e-4, and takes the weights as known in its
    standard errors; here those hold how the weights and the averages they balance vary, by linearisation or in each replicate.

    References
    ----------
    Hainmueller (2012), Entropy balancing for causal effects, Political Analysis 20, 25-46. Deville and Sarndal (1992), JASA 87, 376-382.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> model = ek.models.logit(survey, "asked_for_image ~ sex")
    >>> shares = ek.models.balanced(model, "sex", adjust="age + province")
    >>> shares.statistic, shares.cells.columns["sex"]
    ('adjusted proportion', ('boy', 'girl'))
    """
    check_level(level)
    need_model(model, "balanced()")
    if not isinstance(exact, bool):
        raise InputError("exact= is true or false.")
    levels, codes = _at(model, by, at)
    balance = balance_of(model, adjust, exact=exact)
    made = balanced_averages(model, balance, [((model.problem.columns.setting(by, value),), (1.0,)) for value in levels])
    held = tuple(dict.fromkeys((*balance.columns, *others_of(model, by))))
    return by_level(model, (by, levels, codes), made, (f"balanced on {adjust.strip()}", held), level)


def _at(model: Model, by: str, at: Sequence[Any] | None) -> tuple[tuple[Any, ...], Codes | None]:
    """The values to say it at, and each row's place among them where they are levels; -1 for others."""
    if at is None:
        return levels_of(model, by)
    if isinstance(at, str) or not isinstance(at, Sequence) or not at or len(set(at)) < len(at):
        raise InputError("at= takes a list of levels or numbers, each once.")
    found = [factor for factor in model.problem.columns.factors if by in factor.variables]
    if found and not any(isinstance(factor, Categories) for factor in found) and all(isinstance(v, (int, float)) for v in at):
        if not np.isfinite(np.array(at, dtype=np.float64)).all():
            raise InputError("at= takes finite numbers.")
        return tuple(at), None
    levels, codes = levels_of(model, by)
    if any(value not in levels for value in at):
        raise InputError(f"at= names a level that {by!r} does not have in the model's rows.", "Levels are written as tables show them.")
    place = np.full(len(levels), -1, dtype=np.intp)
    place[[levels.index(value) for value in at]] = np.arange(len(at))
    return tuple(at), place[codes]
