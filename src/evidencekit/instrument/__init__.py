"""Instruments: one schema from the question to the validated answer.

::

    the parts               Item, Choices (Option), Group -> Instrument
    expressions             expressions.parse(text): when a question is asked, which answers are taken
    files                   Instrument.from_xlsform(path), form.to_xlsform(path)
    look it over            lint(form) -> Lint, of Findings: protection of those who answer, and sense
    kinds of missing        propose_missing(form) -> MissingMap; with_missing(form, proposal) -> Instrument
"""

from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Choices, Group, Item, Option
from evidencekit.instrument.linting import Finding, Lint, lint
from evidencekit.instrument.proposing import MissingMap, propose_missing, with_missing
from evidencekit.instrument.xlsform import Remark

__all__ = [
    "Choices",
    "Finding",
    "Group",
    "Instrument",
    "Item",
    "Lint",
    "MissingMap",
    "Option",
    "Remark",
    "lint",
    "propose_missing",
    "with_missing",
]
