"""The first weights: from how people were drawn, one probability a stage, and one member of a household."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Column, Floats, numeric
from evidencekit.errors import InputError, WeightingError
from evidencekit.frames import Dataset, Rows, eager, open_data
from evidencekit.survey.adjustments.adjustment import Adjustment
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey

__all__ = ["base_weights", "select_within", "weights_for"]

SELECTED = "one respondent selected of "


def weights_for(survey: Survey, doing: str) -> Floats:
    """The weights of a survey in memory.

    Raises
    ------
    InputError
        Not a Survey, or lazy data.
    """
    in_memory(survey, doing)
    assert survey.w is not None
    return survey.w


def base_weights(data: Any, *, probabilities: str | Sequence[str], multiplicity: str | None = None, name: str = "weight") -> Dataset:
    """Base weights: one over the product of the selection probabilities of all stages.

    Parameters
    ----------
    data : Dataset or data frame
        In memory, one row per unit that was selected, whether or not it answered.
    probabilities : str or sequence of str
        Columns of selection probabilities, one a stage, each above 0 and at most 1, given the stages before it.
    multiplicity : str, optional
        A column with the number of ways in which the unit could have been selected (listings it stands in, households it belongs to),
        1 or more; it divides the weight.
    name : str
        What the new column is called. Default ``"weight"``.

    Returns
    -------
    Dataset
        The data with one more column; labels and kinds of missing stay, and the caller's frame is unchanged.

    Raises
    ------
    InputError
        Probabilities or multiplicities that are missing or impossible, a name that is taken, or lazy data.

    Notes
    -----
    When different questionnaires (one for girls and one for boys, or a module asked of every second household) are selected with
    different probabilities, make a column of weights for each and a Survey on each: no one weight is right for both.

    References
    ----------
    Horvitz and Thompson (1952), JASA 47, 663-685. Lavallee (2007), Indirect Sampling, for multiplicity. Valliant, Dever and Kreuter
    (2018), Practical Tools for Designing and Weighting Survey Samples, chapter 13.

    Examples
    --------
    A fictional sample of households: areas were drawn with one probability and households with another, and a household with two
    homes could be drawn twice.

    >>> import pandas as pd, evidencekit as ek
    >>> drawn = pd.DataFrame({"p_area": [0.1, 0.1, 0.2], "p_household": [0.25, 0.25, 0.5], "homes": [1, 2, 1]})
    >>> made = ek.weighting.base_weights(drawn, probabilities=("p_area", "p_household"), multiplicity="homes")
    >>> made.to_frame()["weight"].tolist()
    [40.0, 20.0, 10.0]
    """
    rows = open_data(data)
    frame = eager(rows.frame, "base_weights()")
    stages = (probabilities,) if isinstance(probabilities, str) else tuple(probabilities)
    if not stages:
        raise InputError("base_weights() needs a column of selection probabilities for every stage.")
    if not isinstance(name, str) or not name:
        raise InputError("name= is what the new column is called, as text.")
    if name in rows.columns:
        raise InputError(f"The data already have a column {name!r}.", "Choose another name=, so that nothing is written over.")
    weight = np.ones(len(frame))
    for stage in stages:
        chance = _column(rows, frame, stage, "probabilities=")
        _refuse(stage, "probabilities=", chance, (chance > 0) & (chance <= 1), "above 0 and at most 1")
        weight = weight / chance
    if multiplicity is not None:
        ways = _column(rows, frame, multiplicity, "multiplicity=")
        _refuse(multiplicity, "multiplicity=", ways, ways >= 1, "1 or more")
        weight = weight / ways
    whole = data if isinstance(data, Dataset) else Dataset(data)
    plain: Any = open_data(whole.frame).frame
    column = nw.new_series(name, weight, nw.Float64, backend=plain.implementation)
    made = whole.with_frame(plain.with_columns(column).to_native())
    return replace(made, labels={**made.labels, name: "Base weight: one over the probability of selection"})


def _column(rows: Rows, frame: nw.DataFrame[Any], name: str, role: str) -> Floats:
    rows.need(name, role)
    return numeric(frame[name], f"{role} column")


def _refuse(name: str, role: str, values: Floats, sound: NDArray[np.bool_], words: str) -> None:
    """Raise an `InputError` that counts the rows whose number is missing or impossible."""
    missing = int(np.isnan(values).sum())
    wrong = int((~sound).sum()) - missing
    found = [f"missing in {missing} rows"] if missing else []
    found += [f"not {words} in {wrong} rows"] if wrong else []
    if found:
        raise InputError(f"{role} column {name!r} is {' and '.join(found)}.", f"Every unit that was selected needs a number {words}.")


def select_within(survey: Survey, eligible: str | Mapping[Any, str], *, by: str | None = None, most: int | None = None) -> Survey:
    """Weights of one respondent drawn at random among the eligible members of a household.

    The household's weight is multiplied by the number of eligible members. Apply it after the household's non-response, and before
    the respondent's: ``adjust_nonresponse(survey, households)``, ``select_within``, ``adjust_nonresponse(survey, respondents)``.

    Parameters
    ----------
    survey : Survey
        Data in memory; its weights are those of households.
    eligible : str or mapping of level to str
        The column with the number of eligible members, a whole number of 1 or more wherever the weight is above 0. With `by`, one
        column for each of its levels.
    by : str, optional
        The group within which each respondent was drawn, when more than one was: ``by="sex"`` with
        ``eligible={"girl": "eligible_girls", "boy": "eligible_boys"}`` for one girl and one boy a household.
    most : int, optional
        Larger numbers count as this one: less variance, for a small bias against children of large households.

    Returns
    -------
    Survey
        With the new weights. The factors are part of the selection, so variances and replicates take them as fixed.

    Raises
    ------
    WeightingError
        Numbers that are missing or impossible.
    InputError
        Levels of `by` without a column, weights that were already multiplied by these members, or lazy data.

    Notes
    -----
    A household without an eligible member has no one to select: its disposition is ineligible, which leaves it without weight. Girls
    and boys drawn separately carry weights of their own; so do modules put to a part of the respondents, each on a Survey of its own.

    References
    ----------
    Kish (1949), JASA 44, 380-387. Gaziano (2005), Public Opinion Quarterly 69, 124-157. Valliant, Dever and Kreuter (2018), chapter
    13.

    Examples
    --------
    A fictional sample in which one girl and one boy of each household were drawn.

    >>> import pandas as pd, evidencekit as ek
    >>> drawn = pd.DataFrame({"home": [1, 1, 2], "sex": ["girl", "boy", "girl"], "girls": [2, 2, 1], "boys": [1, 1, 0], "w": 50.0})
    >>> survey = ek.Survey(drawn, weights="w", psu="home")
    >>> ek.weighting.select_within(survey, {"girl": "girls", "boy": "boys"}, by="sex").w.tolist()
    [100.0, 50.0, 50.0]
    """
    before = weights_for(survey, "select_within()")
    if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 1):
        raise InputError("most= is a whole number of 1 or more.")
    there = before > 0
    if by is None:
        if not isinstance(eligible, str):
            raise InputError("eligible= takes one column name, or with by= a mapping of its levels to column names.")
        number, words = _members(survey, eligible, there), eligible
    else:
        number, words = _members_by(survey, eligible, by, there), f"eligible members by {by}"
    said = f"{SELECTED}{words}"
    if any(a.words.partition(", at most")[0] == said for a in survey.adjustments):
        raise InputError(
            f"The weights already are those of one respondent selected of {words}.",
            "Multiplying them again would count every member twice: start from the household's weights.",
        )
    _refuse_drawn(survey, number, there)
    factor = np.where(there, number if most is None else np.minimum(number, most), 1.0)
    words = said + ("" if most is None else f", at most {most}")
    return survey.adjusted(Adjustment(words=words, step=None, cell=None, covariates=None, before=before, after=before * factor))


def _refuse_drawn(survey: Survey, number: Floats, there: NDArray[np.bool_]) -> None:
    """Raise when a stage of the draw is the choice among these members: the weights know of it."""
    frame: Any = survey.rows.frame
    chances = [name for name in survey.rows.columns if name.startswith("chance_") and frame[name].dtype.is_numeric()]
    if not (number[there] > 1).any():
        return
    for name in chances:
        if np.allclose(numeric(frame[name], "column")[there] * number[there], 1.0, rtol=1e-9, atol=0):
            raise InputError(
                f"The weights already are those of one respondent selected: {name!r} is one over the members of each household.",
                "A draw of members within households multiplies by their number itself.",
            )


def _members(survey: Survey, name: str, used: NDArray[np.bool_]) -> Floats:
    """The number of eligible members in each row used."""
    survey.rows.need(name, "eligible=")
    frame: Any = survey.rows.frame
    number = numeric(frame[name], "eligible= column")
    sound = ~used | ((number >= 1) & (number == np.round(number)))
    missing = int((used & np.isnan(number)).sum())
    wrong = int((~sound).sum()) - missing
    if missing or wrong:
        found = [f"missing in {missing} rows"] if missing else []
        found += [f"not a whole number of 1 or more in {wrong} rows"] if wrong else []
        raise WeightingError(
            f"eligible= column {name!r} is {' and '.join(found)} that have a weight.",
            "Give households without an eligible member the disposition ineligible, and adjust for household non-response first.",
        )
    return number


def _members_by(survey: Survey, eligible: Any, by: str, there: NDArray[np.bool_]) -> Floats:
    """The same when every level of a column has a number of its own."""
    if not isinstance(eligible, Mapping) or not eligible:
        raise InputError("With by=, eligible= maps each of its levels to a column name.", 'Such as {"girl": "girls", "boy": "boys"}.')
    survey.rows.need(by, "by=")
    column: Column = survey.column(by)
    named = [eligible.get(key, eligible.get(level)) for key, level in zip(column.keys, column.levels, strict=True)]
    without = np.array([n is None for n in named], dtype=bool)
    lost = int((there & ((column.codes < 0) | without[column.codes])).sum()) if len(named) else int(there.sum())
    if lost:
        raise InputError(
            f"{lost} rows with a weight have no level of {by!r} that eligible= names a column for.", "Name a column for each of its levels."
        )
    number = np.ones(len(there))
    for code, name in enumerate(named):
        here = there & (column.codes == code)
        if here.any():
            number[here] = _members(survey, name, here)[here]
    return number
