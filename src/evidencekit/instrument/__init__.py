"""Instruments: one schema from the question to the validated answer.

::

    the parts               Item, Choices (Option), Group -> Instrument
    expressions             expressions.parse(text): when a question is asked, which answers are taken
    files                   Instrument.from_xlsform(path), form.to_xlsform(path)
    kinds of missing        propose_missing(form) -> MissingMap; with_missing(form, proposal) -> Instrument
"""

from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Choices, Group, Item, Option
from evidencekit.instrument.proposing import MissingMap, propose_missing, with_missing
from evidencekit.instrument.xlsform import Remark

__all__ = ["Choices", "Group", "Instrument", "Item", "MissingMap", "Option", "Remark", "propose_missing", "with_missing"]
