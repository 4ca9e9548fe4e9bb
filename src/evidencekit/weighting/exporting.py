"""The data with the weights a Survey ended up with, for a file that goes to others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.errors import InputError
from evidencekit.frames import Dataset, open_data
from evidencekit.survey.survey import Survey
from evidencekit.weighting.base import weights_for

__all__ = ["with_weights"]


def with_weights(survey: Survey, *, name: str = "final_weight") -> Dataset:
    """The survey's data with its weights, after every step, as one more column.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    name : str
        What the new column is called. Default ``"final_weight"``.

    Returns
    -------
    Dataset
        All columns of the survey's data with their labels and kinds of missing; the caller's frame is unchanged. Every row is there: a
        non-respondent's weight is 0.

    Raises
    ------
    InputError
        Not a Survey, lazy data, a name that is taken, or a two-phase survey, whose rows have two weights.

    Notes
    -----
    A survey built on the column does not know how the weights came about; its standard errors take them as given. Keep the Survey for
    estimates, or send `replicate_weights` along.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> raked = ek.weighting.rake(survey, {"sex": {"girl": 51_000, "boy": 49_000}})
    >>> round(ek.weighting.with_weights(raked).to_frame()["final_weight"].sum())
    100000
    """
    w = weights_for(survey, "with_weights()")
    if survey.phase1 is not None:
        raise InputError("with_weights() takes a survey of one phase.", "Use survey.w, one weight a row of phase 2.")
    if not isinstance(name, str) or not name:
        raise InputError("name= is what the new column is called, as text.")
    if name in survey.rows.columns:
        raise InputError(f"The data already have a column {name!r}.", "Choose another name=, so that nothing is written over.")
    whole = survey.data if isinstance(survey.data, Dataset) else Dataset(survey.data)
    plain: Any = open_data(whole.frame).frame
    column = nw.new_series(name, w.copy(), nw.Float64, backend=plain.implementation)
    made = whole.with_frame(plain.with_columns(column).to_native())
    words = "; ".join(a.words for a in survey.adjustments) or "as given"
    return replace(made, labels={**made.labels, name: f"Final weight: {words}"})
