"""children: estimates from a child table, such as incidents or offenders, with the design of the respondents who told of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Floats, factorise, numeric, summed
from evidencekit.errors import EstimationError, InputError, UnknownColumn, how_many, one_of
from evidencekit.estimate import Estimate
from evidencekit.frames import Rows, eager, open_data
from evidencekit.survey.means import By
from evidencekit.survey.summing.capacity import refuse_many
from evidencekit.survey.summing.domains import Domains, Where, domains_of, names_of, where_words
from evidencekit.survey.summing.totals import derived, in_memory
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, assemble, layout_of
from evidencekit.survey.uncertainty.intervals import ProportionInterval
from evidencekit.survey.uncertainty.linear import means, ratios
from evidencekit.tables.responses import analysed
from evidencekit.tables.scoped import one_name
from evidencekit.tables.sharing import Counted, any_of, by_domain, shares_of_all

__all__ = ["Wanted", "children"]

Wanted = Literal["share", "mean", "respondents", "number"]


def children(
    survey: Survey,
    data: Any,
    y: str | None = None,
    *,
    key: str | tuple[str, str],
    unit: str,
    what: Wanted = "share",
    by: By = None,
    where: Where = None,
    where_label: str = "",
) -> Estimate:
    """Estimates from a table of which each respondent has any number of rows: incidents, offenders, devices.

    Parameters
    ----------
    survey : Survey
        The respondents, in memory.
    data : Dataset or data frame
        The child table, a row a unit. Filter it as you like before: the design is that of the survey.
    y : str, optional
        A column of the child table.
    key : str or (str, str)
        The column that both have: it names a respondent, each once in the survey. Where it has two names, the survey's first and then
        the child table's: ``key=("_index", "_parent_index")`` of a KoboToolbox export, ``key=("KEY", "PARENT_KEY")`` of one of ODK.
    unit : str
        One row of the child table in a word, such as ``"incident"``: every result says that it is the unit of analysis.
    what : {"share", "mean", "respondents", "number"}
        ``"share"`` (default): the share of units in each category of `y`. ``"mean"``: the mean of a numeric `y` over units.
        ``"respondents"``: the share of respondents with any unit, in each category of `y` if given. ``"number"``: the mean number of
        units of a respondent.
    by : str or sequence of str, optional
        Columns of the survey that split the respondents.
    where : narwhals expression or str, optional
        A domain of respondents, as for `evidencekit.mean`.
    where_label : str
        The domain in words.

    Returns
    -------
    Estimate
        With intervals at 95 %. `n` and `cases` count people, so that `release` protects people: of shares, each respondent counts by the
        part that a category has of hers; of a number of units, those who have any are its cases.

    Raises
    ------
    InputError, UnknownColumn
        A key that is missing, twice in the survey, or not in it; `y` where none is needed, or none where it is; lazy data.
    EstimationError
        There is no unit among the respondents asked for.

    Notes
    -----
    A share or mean over units is the ratio of two totals over respondents, linearised; respondents without any unit stay in the design.
    Units whose `y` is missing are left out and counted.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 5.6.

    Examples
    --------
    >>> import evidencekit as ek, pandas as pd
    >>> people = pd.DataFrame({"id": [1, 2, 3, 4], "psu": [1, 1, 2, 2], "w": 1.0})
    >>> incidents = pd.DataFrame({"id": [1, 1, 3], "place": ["home", "school", "school"]})
    >>> survey = ek.Survey(people, weights="w", psu="psu")
    >>> ek.tables.children(survey, incidents, "place", key="id", unit="incident").points.round(3).tolist()
    [0.333, 0.667]
    """
    one_of("what", what, ("share", "mean", "respondents", "number"))
    in_memory(survey, "children()")
    if not isinstance(unit, str) or not unit.strip():
        raise InputError('unit= is one row of the child table in a word, such as "incident".')
    if (y is None) != (what == "number") and not (y is None and what == "respondents"):
        raise InputError(f"children(what={what!r}) {'takes no column' if y is not None else 'needs a column of the child table'}.")
    rows = open_data(data)
    frame = eager(rows.frame, "children()")
    owner = _owners(survey, frame, _keys(survey, key), unit)
    domains = domains_of(survey, names_of(by, "by=", survey), where)
    inside = np.ones(survey.n, dtype=bool) if domains.row is None else domains.row >= 0
    if not inside[owner].any():
        raise EstimationError(f"children() has nothing to look at: no {unit} belongs to a respondent asked for.")
    if what == "mean":
        assert y is not None
        est = _mean(survey, domains, _values(frame, rows, y), owner, (y, unit, where_words(where, where_label)))
    else:
        est = _shares(survey, domains, _counted(survey, frame, rows, y, owner, inside), (what, unit, where_words(where, where_label)))
    if what in ("respondents", "number"):
        return analysed(est, f"a respondent, by {unit} records")
    return analysed(est, f"one {unit}; n are respondents who told of any")


def _shares(survey: Survey, domains: Domains, counted: Counted, said: tuple[str, str, str]) -> Estimate:
    what, unit, where = said
    how = ProportionInterval(method="beta")
    if what == "number":
        made = derived(survey, domains, [([counted.amounts.sum(axis=1)], None)])
        asked = Asked("mean", f"number of {unit} records of a respondent", "t", where, 0.95)
        has = counted.amounts.sum(axis=1, keepdims=True) > 0
        made = replace(made, tables=(replace(made.tables[0], cases=by_domain(has.astype(np.float64), counted.inside, domains)),))
        return assemble(survey, made, [means(made.tables[0], domains.count)], layout_of(made, [unit], [[0]], [None]), asked)
    if what == "respondents":
        names = [counted.name] if counted.labels == (None,) else [f"{counted.name}: {label}" for label in counted.labels]
        asked = Asked("proportion", f"share of respondents with any {unit}", how.method, where, 0.95)
        return any_of(survey, domains, replace(counted, inside=np.ones(survey.n, dtype=bool)), names, asked, how)
    asked = Asked("proportion", f"share of {unit} records, by {counted.name}", how.method, where, 0.95)
    return shares_of_all(survey, domains, counted, asked, how)


def _mean(survey: Survey, domains: Domains, values: Floats, owner: Codes, said: tuple[str, str, str]) -> Estimate:
    y, unit, where = said
    known = ~np.isnan(values)
    if not known.any():
        raise EstimationError(f"children() has nothing to look at: every answer to {y!r} is missing.")
    number = np.bincount(owner[known], minlength=survey.n).astype(np.float64)
    total = summed(owner[known], values[known], survey.n)
    made = derived(survey, domains, [([total, number], number == 0)])
    table = replace(made.tables[0], missing=int((~known).sum()))
    measured = replace(made, tables=(table,))
    asked = Asked("mean", f"mean of {y} over {unit} records", "t", where, 0.95)
    return assemble(survey, measured, [ratios(table, domains.count)], layout_of(measured, [y], [[0]], [None]), asked)


def _values(frame: nw.DataFrame[Any], rows: Rows, y: str) -> Floats:
    if y not in rows.columns:
        raise UnknownColumn(y, rows.columns, "y")
    if rows.value_labels.get(y):
        raise InputError(f"Column {y!r} holds codes of categories.", 'Use what="share".')
    return numeric(frame[y], "Column")


def _counted(survey: Survey, frame: nw.DataFrame[Any], rows: Rows, y: str | None, owner: Codes, inside: np.ndarray) -> Counted:
    """How many units of each category every respondent has."""
    if y is None:
        amounts = np.bincount(owner, minlength=survey.n).astype(np.float64)[:, None]
        return Counted(amounts, np.ones(survey.n, dtype=bool), 0, "any", (None,))
    if y not in rows.columns:
        raise UnknownColumn(y, rows.columns, "y")
    column = factorise(frame[y], rows.value_labels.get(y))
    if not column.keys:
        raise EstimationError(f"children() has nothing to look at: every answer to {y!r} is missing.")
    k = len(column.keys)
    refuse_many(y, k)
    known = column.codes >= 0
    flat = np.bincount(owner[known] * k + column.codes[known], minlength=survey.n * k)
    missing = int((~known & inside[owner]).sum())
    return Counted(flat.reshape(survey.n, k).astype(np.float64), np.ones(survey.n, dtype=bool), missing, y, column.levels)


def _keys(survey: Survey, key: str | tuple[str, str]) -> tuple[str, str]:
    """The name of the key in the survey and in the child table."""
    if isinstance(key, (tuple, list)):
        if len(key) != 2 or not isinstance(key[1], str):
            raise InputError("key= takes one name, or two: the survey's and the child table's.")
        return one_name(survey, key[0], "key="), key[1]
    name = one_name(survey, key, "key=")
    return name, name


def _owners(survey: Survey, frame: nw.DataFrame[Any], keys: tuple[str, str], unit: str) -> Codes:
    """The row of the survey that each row of the child table belongs to."""
    import pandas as pd

    key, theirs = keys
    if theirs not in frame.columns:
        raise UnknownColumn(theirs, frame.columns, "the key of the child table; of two names, key=(the survey's, the child table's)")
    mine = survey.rows.frame
    assert isinstance(mine, nw.DataFrame)
    if mine[key].null_count() or frame[theirs].null_count():
        raise InputError(f"The key {key!r} is missing in some rows.", "Leave out child rows that belong to nobody.")
    index = pd.Index(mine[key].to_list(), dtype="object")
    if not index.is_unique:
        raise InputError(f"The key {key!r} names some respondents twice in the survey.", "It must name each row of the survey once.")
    place = index.get_indexer(pd.Index(frame[theirs].to_list(), dtype="object"))
    if lost := int((place < 0).sum()):
        raise InputError(
            f"{how_many(lost, 'row')} of the child table belong to no respondent of the survey by {key!r}.",
            f"Compare how the key is written in both, and leave out the {unit} records of those who are not in it.",
        )
    return place.astype(np.intp)
