"""Instruments: one schema from the question to the validated answer.

::

    the parts               Item, Choices (Option), Group -> Instrument
    expressions             expressions.parse(text): when a question is asked, which answers are taken
    look at fieldwork       fieldwork_quality(data, form, interviewer=...) -> Quality: .flags, .save(); Limits, BackChecks, Outcomes
    write it down           codebook(form, path): .md, .html, .xlsx, DDI .xml, Frictionless .json
    answers out             write_labelled(data, form, path): .sav, .dta
    two versions            diff(old, new) -> Diff: .breaking
    try it without data     fictional_answers(form, n, seed=...) -> FictionalAnswers; Clusters, Interviewers, MissingRates, Errors
"""

from evidencekit.instrument.exports.codebook import codebook
from evidencekit.instrument.exports.labelled import write_labelled
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
from evidencekit.instrument.versions import Change, Diff, diff

__all__ = [
    "BackChecks",
    "Change",
    "Choices",
    "Clusters",
    "Diff",
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
    "codebook",
    "diff",
    "fictional_answers",
    "fieldwork_quality",
    "write_labelled",
]
