"""Instruments: one schema from the question to the validated answer.

::

    the parts               Item, Choices (Option), Group -> Instrument
    expressions             expressions.parse(text): when a question is asked, which answers are taken
"""

from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Choices, Group, Item, Option

__all__ = ["Choices", "Group", "Instrument", "Item", "Option"]
