"""responses: questions that take several answers, as per cent of respondents or of responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from evidencekit.errors import EstimationError, InputError, one_of
from evidencekit.estimate import Estimate
from evidencekit.survey.means import By
from evidencekit.survey.summing.domains import Where, domains_of, names_of, where_words
from evidencekit.survey.summing.totals import in_memory, numbers
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, Deff
from evidencekit.survey.uncertainty.intervals import Method, ProportionInterval
from evidencekit.tables.sharing import Counted, any_of, shares_of_all

__all__ = ["Of", "responses"]

Of = Literal["respondents", "responses"]


def responses(
    survey: Survey,
    choices: Sequence[str] | Mapping[str, str],
    *,
    of: Of = "respondents",
    by: By = None,
    where: Where = None,
    where_label: str = "",
    interval: Method | ProportionInterval = "beta",
    level: float = 0.95,
    deff: Deff = "replace",
) -> Estimate:
    """A question that takes several answers.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    choices : sequence of str, or mapping
        The question's columns, one a choice: 1 or true where it was chosen, 0 or false where it was not. A mapping gives each column the
        words it is shown by.
    of : {"respondents", "responses"}
        Per cent of those who answered the question (default; they add up to more than 100), or of all choices made (100 in all).
    by, where, where_label, interval, level, deff
        As for `evidencekit.proportion`.

    Returns
    -------
    Estimate
        ``"respondents"``: a variable a choice. ``"responses"``: a category a choice; `n` are the people who chose anything, and `cases`
        are people too, each counted by the part that the choice has of hers.

    Raises
    ------
    InputError, UnknownColumn
        Fewer than two columns; a column with other values than 0 and 1; lazy data.
    EstimationError
        Nobody answered, or nobody chose anything.

    Notes
    -----
    The base is everybody who answered the question: rows that have 0 or 1 in all its columns. Others are left out and counted; nobody is
    taken to have said no. A choice's share of responses is the ratio of two totals, linearised with all choices in the denominator.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 5.6.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> harms = {"any_contact_unwanted": "unwanted contact", "asked_for_image": "asked for an image", "image_shared": "image shared"}
    >>> float(ek.tables.responses(survey, harms, of="responses").points.sum().round(9))
    1.0
    """
    one_of("of", of, ("respondents", "responses"))
    listed = list(choices) if isinstance(choices, Mapping) else choices
    if isinstance(listed, str):
        raise InputError("choices takes the columns of a question, two or more.")
    names = names_of(listed, "choices", survey)
    in_memory(survey, "responses()")
    if len(names) < 2:
        raise InputError("choices takes the columns of a question, two or more.", "Of one column, use proportion().")
    shown = tuple(choices[name] for name in names) if isinstance(choices, Mapping) else names
    if not all(isinstance(word, str) for word in shown) or len(set(shown)) < len(shown):
        raise InputError("choices gives each column words of its own to be shown by.")
    columns = numbers(survey, names)
    for name, values in zip(names, columns, strict=True):
        there = values[~np.isnan(values)]
        if there.size and not np.isin(there, (0.0, 1.0)).all():
            raise InputError(
                f"Column {name!r} holds other values than 0 and 1.", "Make it 1 where the choice was made, 0 where it was not."
            )
    answers = np.column_stack(columns)
    inside = np.asarray(~np.isnan(answers).any(axis=1), dtype=bool)
    domains = domains_of(survey, names_of(by, "by=", survey), where)
    used = inside if domains.row is None else inside & (domains.row >= 0)
    if not used.any():
        raise EstimationError("responses() has nothing to look at: nobody answered all columns of the question in the rows asked for.")
    asked_of = len(inside) if domains.row is None else int((domains.row >= 0).sum())
    counted = Counted(np.nan_to_num(answers), inside, asked_of - int(used.sum()), "choice", shown)
    how = interval if isinstance(interval, ProportionInterval) else ProportionInterval(method=interval)
    words = f"share of {of}: {', '.join(shown)}"
    policies = (("per cent of", "those who answered the question" if of == "respondents" else "all choices made"),)
    asked = Asked("proportion", words, how.method, where_words(where, where_label), level, deff, policies)
    if of == "respondents":
        return any_of(survey, domains, counted, shown, asked, how)
    if not counted.amounts[used].any():
        raise EstimationError("responses() has nothing to look at: nobody chose anything.")
    return analysed(shares_of_all(survey, domains, counted, asked, how), "a choice; n are people who made one")


def analysed(est: Estimate, words: str) -> Estimate:
    """The estimate, with what its unit of analysis is. Not how many there are: a release would tell that of hidden cells."""
    provenance = est.provenance
    return replace(est, provenance=replace(provenance, policies=(("unit of analysis", words), *provenance.policies)))
