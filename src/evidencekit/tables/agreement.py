"""kappa and alpha: whether two codings agree, and whether the items of a scale go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from evidencekit.columns import Codes, Column, Floats
from evidencekit.errors import EstimationError, InputError, one_of
from evidencekit.estimate import Estimate
from evidencekit.survey.summing.domains import Where, names_of
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.intervals import check_level
from evidencekit.survey.uncertainty.scope import scope_of
from evidencekit.tables.crossing import two_names
from evidencekit.tables.scoped import amounts, need_order

__all__ = ["alpha", "kappa"]

Credit = Literal["none", "linear", "quadratic"]


def kappa(
    survey: Survey,
    first: str,
    second: str,
    *,
    partial: Credit = "none",
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Estimate:
    """Cohen's kappa: agreement of two codings of the same people, beyond chance.

    Parameters
    ----------
    survey : Survey
        Data in memory. Answers without a design get the number and no interval.
    first, second : str
        Two columns of the same categories.
    partial : {"none", "linear", "quadratic"}
        What codings that are near each other count for, of categories in order: numbers, or as `trend` takes them. Default nothing.
    where, where_label, level
        As for `evidencekit.mean`.

    Returns
    -------
    Estimate
        One cell: 1 is full agreement, 0 what chance gives.

    Raises
    ------
    InputError, UnknownColumn
        The two columns have no category in common; text without an order, with partial credit; lazy data.
    EstimationError
        Nobody has both; everybody has the same category.

    Notes
    -----
    ``(a - e) / (1 - e)``, a the weighted share that agrees and e that expected from the two distributions; linearised, or from replicates.

    References
    ----------
    Cohen (1960), Educ. Psychol. Meas. 20, 37-46. Cohen (1968), Psychological Bulletin 70, 213-220.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> bool(ek.tables.kappa(survey, "any_contact_unwanted", "asked_for_image").points[0] > 0)
    True
    """
    one_of("partial", partial, ("none", "linear", "quadratic"))
    names, level = two_names(survey, first, second), check_level(level)
    in_memory(survey, "kappa()")
    columns = [survey.column(name) for name in names]
    places, size = _shared(columns, names)
    if partial != "none":
        for name, column in zip(names, columns, strict=True):
            need_order(
                survey, name, column.keys, f"kappa(partial={partial!r})", "Write both columns as numbers that rise with the categories."
            )
    blanks = {name: column.codes < 0 for name, column in zip(names, columns, strict=True)}
    scope = scope_of(survey, blanks, "kappa()", where=where, where_label=where_label)
    a, b = (place[column.codes[scope.rows]] for place, column in zip(places, columns, strict=True))
    gap = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(1, size - 1)
    credit = np.eye(size) if partial == "none" else 1 - gap ** (1 if partial == "linear" else 2)
    agree = credit[a, b]

    def shares(w: Floats, codes: Codes) -> Floats:
        return np.bincount(codes, w, minlength=size) / w.sum()

    def of(w: Floats) -> Floats:
        e = shares(w, a) @ credit @ shares(w, b)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.array([(w @ agree / w.sum() - e) / (1 - e)])

    pa, pb = shares(scope.w, a), shares(scope.w, b)
    observed, chance = float(scope.w @ agree / scope.w.sum()), float(pa @ credit @ pb)
    if 1 - chance < 1e-12:
        raise EstimationError("kappa() asks for agreement beyond chance, and everybody has the same category in both columns.")
    moved = (credit @ pb)[a] + (credit.T @ pa)[b] - 2 * chance
    influence = ((agree - observed) * (1 - chance) - (1 - observed) * moved) / (1 - chance) ** 2 / scope.w.sum()
    points = of(scope.w)
    v = scope.spread(points, lambda: influence[:, None], of)
    said = ("kappa", f"kappa of {names[0]} and {names[1]}")
    return scope.estimate({"variable": (" and ".join(names),)}, points, v, said=said, level=level)


def _shared(columns: Sequence[Column], names: tuple[str, str]) -> tuple[list[Codes], int]:
    """Each column's codes as places in the categories of both."""
    for name, column in zip(names, columns, strict=True):
        if not column.keys:
            raise EstimationError(f"Column {name!r} has no answers at all.")
    if not set(columns[0].keys) & set(columns[1].keys):
        raise InputError(f"{names[0]!r} and {names[1]!r} have no category in common, so they cannot agree.", "Code both in the same way.")
    longer, other = sorted(columns, key=lambda column: -len(column.keys))
    every = list(longer.keys)
    extra = [key for key in other.keys if key not in every]
    try:
        every = sorted([*every, *extra]) if extra else every
    except TypeError:
        every += extra
    place = {key: i for i, key in enumerate(every)}
    return [np.array([place[key] for key in column.keys], dtype=np.intp) for column in columns], len(every)


def alpha(
    survey: Survey,
    items: Sequence[str],
    *,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Estimate:
    """Cronbach's alpha: how far the items of a scale measure one thing.

    Parameters
    ----------
    survey, where, where_label, level
        As for `kappa`.
    items : sequence of str
        Numeric columns, two or more, all coded in one direction. Only rows that have every item are used.

    Returns
    -------
    Estimate
        One cell, with a linearised or replicated standard error.

    Raises
    ------
    InputError, UnknownColumn, Refused
        Fewer than two items; no numbers; codes of categories; lazy data.
    EstimationError
        Nobody has all items, or their sum does not vary.

    Notes
    -----
    ``k / (k - 1) (1 - sum of the items' variances / variance of their sum)``, with weighted variances.

    References
    ----------
    Cronbach (1951), Psychometrika 16, 297-334.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> bool(ek.tables.alpha(survey, ["any_contact_unwanted", "asked_for_image", "image_shared"]).points[0] < 1)
    True
    """
    names, level = names_of(items, "items", survey), check_level(level)
    in_memory(survey, "alpha()")
    k = len(names)
    if k < 2:
        raise InputError("alpha() takes two items or more.")
    columns = amounts(survey, names)
    scope = scope_of(survey, {n: np.isnan(c) for n, c in zip(names, columns, strict=True)}, "alpha()", where=where, where_label=where_label)
    x = np.column_stack([column[scope.rows] for column in columns])
    x = np.column_stack([x, x.sum(axis=1)])

    def variances(w: Floats) -> tuple[Floats, Floats]:
        centred = x - w @ x / w.sum()
        return centred, w @ centred**2 / w.sum()

    def of(w: Floats) -> Floats:
        v = variances(w)[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.array([k / (k - 1) * (1 - v[:k].sum() / v[k])])

    centred, v = variances(scope.w)
    if not v[k] > 1e-24 * float((x[:, k] ** 2).max()):
        raise EstimationError("alpha() looks at how a sum of items varies, and it does not.")
    moved = (centred**2 - v) / scope.w.sum()
    influence = -k / (k - 1) * (moved[:, :k].sum(axis=1) / v[k] - v[:k].sum() * moved[:, k] / v[k] ** 2)
    points = of(scope.w)
    spread = scope.spread(points, lambda: influence[:, None], of)
    said = ("alpha", f"Cronbach's alpha of {', '.join(names)}")
    return scope.estimate({"variable": (", ".join(names),)}, points, spread, said=said, level=level)
