"""Instruments: one schema from the question to the validated answer.

::

    the parts               Item, Choices (Option), Group -> Instrument
    expressions             expressions.parse(text): when a question is asked, which answers are taken
    files                   Instrument.from_xlsform(path), form.to_xlsform(path)
    look it over            lint(form) -> Lint, of LintFindings: protection of those who answer, and sense
    kinds of missing        propose_missing(form) -> MissingMap; with_missing(form, proposal) -> Instrument
    read the answers        read_export(path, form) -> Export: KoboToolbox, ODK, SurveyCTO
    check the answers       ek.validate(data, form) -> Report; rules_of(form); check_with_pandera, form.to_pandera()
    put them right          corrected(data, corrections, id=..., form=...) -> Corrected: .data, .log, .rules()
    who was asked           denominator(data, form, item); mark_asked; dataset(data, form) -> Dataset with labels and kinds of missing
    indicators              indicator(code) from the catalogue(), or an Indicator of one's own (Concept); Coded: which codes mean yes
    what they give          prevalence -> Prevalence, compare_definitions -> Definitions, forms_experienced -> Forms
    look at fieldwork       fieldwork_quality(data, form, interviewer=...) -> Quality: .flags, .save(); Limits, BackChecks, Attempts
    write it down           codebook(form, path): .md, .html, .xlsx, DDI .xml, Frictionless .json
    answers out             write_labelled(data, form, path): .sav, .dta
    two versions            diff(old, new) -> Diff: .breaking
    try it without data     fictional_answers(form, n, seed=...) -> FictionalAnswers; Clusters, Interviewers, MissingRates, ErrorRate
"""

from evidencekit.instrument.correcting import Corrected, corrected
from evidencekit.instrument.exports.codebook import codebook
from evidencekit.instrument.exports.labelled import write_labelled
from evidencekit.instrument.exports.platforms import Export, read_export
from evidencekit.instrument.fieldwork import Attempts, BackChecks, Limits, Quality, fieldwork_quality
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.indicators.concepts import Coded, Concept
from evidencekit.instrument.indicators.definition import Indicator
from evidencekit.instrument.indicators.differing import Definitions, compare_definitions
from evidencekit.instrument.indicators.overlapping import Forms, forms_experienced
from evidencekit.instrument.indicators.shares import Prevalence, prevalence
from evidencekit.instrument.indicators.shelf import catalogue, indicator
from evidencekit.instrument.inventing import (
    Clusters,
    ErrorRate,
    FictionalAnswers,
    Interviewers,
    MissingRates,
    PlantedError,
    fictional_answers,
)
from evidencekit.instrument.items import Choices, Group, Item, Option
from evidencekit.instrument.linting import Lint, LintFinding, lint
from evidencekit.instrument.proposing import MissingMap, propose_missing, with_missing
from evidencekit.instrument.rules.pandera import PanderaCheck
from evidencekit.instrument.rules.rules import Rule
from evidencekit.instrument.validating.denominators import Denominator, denominator, mark_asked
from evidencekit.instrument.validating.describing import dataset
from evidencekit.instrument.validating.guarding import check_with_pandera
from evidencekit.instrument.validating.reporting import Outcome, Remark, Report
from evidencekit.instrument.validating.running import rules_of, validate
from evidencekit.instrument.versions import Change, Diff, diff

__all__ = [
    "Attempts",
    "BackChecks",
    "Change",
    "Choices",
    "Clusters",
    "Coded",
    "Concept",
    "Corrected",
    "Definitions",
    "Denominator",
    "Diff",
    "ErrorRate",
    "Export",
    "FictionalAnswers",
    "Forms",
    "Group",
    "Indicator",
    "Instrument",
    "Interviewers",
    "Item",
    "Limits",
    "Lint",
    "LintFinding",
    "MissingMap",
    "MissingRates",
    "Option",
    "Outcome",
    "PanderaCheck",
    "PlantedError",
    "Prevalence",
    "Quality",
    "Remark",
    "Report",
    "Rule",
    "catalogue",
    "check_with_pandera",
    "codebook",
    "compare_definitions",
    "corrected",
    "dataset",
    "denominator",
    "diff",
    "fictional_answers",
    "fieldwork_quality",
    "forms_experienced",
    "indicator",
    "lint",
    "mark_asked",
    "prevalence",
    "propose_missing",
    "read_export",
    "rules_of",
    "validate",
    "with_missing",
    "write_labelled",
]
