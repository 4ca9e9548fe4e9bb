"""Instruments: one schema from the question to the validated answer.

::

    the parts               Item, Choices (Option), Group -> Instrument
    expressions             expressions.parse(text): when a question is asked, which answers are taken
    indicators              indicator(code) from the catalogue(), or an Indicator of one's own (Concept); Coded: which codes mean yes
    what they give          prevalence -> Prevalence, compare_definitions -> Definitions, forms_experienced -> Forms
"""

from evidencekit.instrument.form import Instrument
from evidencekit.instrument.indicators.concepts import Coded, Concept
from evidencekit.instrument.indicators.definition import Indicator
from evidencekit.instrument.indicators.differing import Definitions, compare_definitions
from evidencekit.instrument.indicators.overlapping import Forms, forms_experienced
from evidencekit.instrument.indicators.shares import Prevalence, prevalence
from evidencekit.instrument.indicators.shelf import catalogue, indicator
from evidencekit.instrument.items import Choices, Group, Item, Option

__all__ = [
    "Choices",
    "Coded",
    "Concept",
    "Definitions",
    "Forms",
    "Group",
    "Indicator",
    "Instrument",
    "Item",
    "Option",
    "Prevalence",
    "catalogue",
    "compare_definitions",
    "forms_experienced",
    "indicator",
    "prevalence",
]
