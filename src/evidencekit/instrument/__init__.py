"""Instruments: one schema from the question to the validated answer.

::

    the parts               Item, Choices (Option), Group -> Instrument
    expressions             expressions.parse(text): when a question is asked, which answers are taken
    read the answers        read_export(path, form) -> Export: KoboToolbox, ODK, SurveyCTO
    check the answers       validate(data, form) -> Report; rules_of(form); check_with_pandera, form.to_pandera()
    who was asked           denominator(data, form, item); mark_asked; dataset(data, form) -> Dataset with labels and kinds of missing
"""

from evidencekit.instrument.exports.platforms import Export, read_export
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Choices, Group, Item, Option
from evidencekit.instrument.validating.denominators import Denominator, denominator, mark_asked
from evidencekit.instrument.validating.describing import dataset
from evidencekit.instrument.validating.guarding import check_with_pandera
from evidencekit.instrument.validating.pandera import PanderaCheck
from evidencekit.instrument.validating.reporting import Outcome, Remark, Report
from evidencekit.instrument.validating.rules import Rule
from evidencekit.instrument.validating.running import rules_of, validate

__all__ = [
    "Choices",
    "Denominator",
    "Export",
    "Group",
    "Instrument",
    "Item",
    "Option",
    "Outcome",
    "PanderaCheck",
    "Remark",
    "Report",
    "Rule",
    "check_with_pandera",
    "dataset",
    "denominator",
    "mark_asked",
    "read_export",
    "rules_of",
    "validate",
]
