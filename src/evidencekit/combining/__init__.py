"""Numbers made from other numbers, with every uncertainty carried, and the arithmetic that claims stand on.

::

    set side by side    difference, contrast, ratio_of; equivalent: is a difference surely too small to matter
    put in an order     rank_sets, rank_sets_of: which ranks the data leave open
    follow over time    trend, heading: three rounds or more
    claim several       p_values; holm, benjamini_hochberg: those of a family of claims; simultaneous: limits of a family of cells
    multiply up         headcount; rounded_total: a number of people with the digits it has earned
    bring in            reported: published numbers with their limits
"""

from evidencekit.combining.classes import CLASSES, has_design, weakest
from evidencekit.combining.contrasting import contrast, difference, ratio_of
from evidencekit.combining.equivalence import Equivalence, equivalent
from evidencekit.combining.headcounts import Headcount, headcount
from evidencekit.combining.multiplicity import benjamini_hochberg, holm, p_values
from evidencekit.combining.ranking import RankSets, rank_sets, rank_sets_of
from evidencekit.combining.reporting import reported
from evidencekit.combining.rounding import rounded_total
from evidencekit.combining.simultaneous import simultaneous
from evidencekit.combining.trending import Heading, heading, trend

__all__ = [
    "CLASSES",
    "Equivalence",
    "Headcount",
    "Heading",
    "RankSets",
    "benjamini_hochberg",
    "contrast",
    "difference",
    "equivalent",
    "has_design",
    "headcount",
    "heading",
    "holm",
    "p_values",
    "rank_sets",
    "rank_sets_of",
    "ratio_of",
    "reported",
    "rounded_total",
    "simultaneous",
    "trend",
    "weakest",
]
