"""Instruments: one schema from the question to the validated answer.

::

    the parts               Item, Choices (Option), Group -> Instrument
    expressions             expressions.parse(text): when a question is asked, which answers are taken
    look at fieldwork       fieldwork_quality(data, form, interviewer=...) -> Quality: .flags, .save(); Limits, BackChecks, Outcomes
    try it without data     fictional_answers(form, n, seed=...) -> FictionalAnswers; Clusters, Interviewers, MissingRates, Errors
"""

from evidencekit.instrument.fieldwork import BackChecks, Limits, Outcomes, Quality, fieldwork_quality
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.inventing import (
    Clusters,
    Errors,
    FictionalAnswers,
    Interviewers,
    MissingRates,
    Planted,
    fictional_answers,
)
from evidencekit.instrument.items import Choices, Group, Item, Option

__all__ = [
    "BackChecks",
    "Choices",
    "Clusters",
    "Errors",
    "FictionalAnswers",
    "Group",
    "Instrument",
    "Interviewers",
    "Item",
    "Limits",
    "MissingRates",
    "Option",
    "Outcomes",
    "Planted",
    "Quality",
    "fictional_answers",
    "fieldwork_quality",
]
