"""Tables and tests."""

from evidencekit.tables.agreement import alpha, kappa
from evidencekit.tables.association import association
from evidencekit.tables.children import children
from evidencekit.tables.chisquares import f_sum_tail, satterthwaite, sum_tail
from evidencekit.tables.crosstabs import Crosstab, crosstab
from evidencekit.tables.goodness import goodness
from evidencekit.tables.ranktests import ranktest
from evidencekit.tables.responses import responses
from evidencekit.tables.trends import trend
from evidencekit.tables.ttests import ttest

__all__ = [
    "Crosstab",
    "alpha",
    "association",
    "children",
    "crosstab",
    "f_sum_tail",
    "goodness",
    "kappa",
    "ranktest",
    "responses",
    "satterthwaite",
    "sum_tail",
    "trend",
    "ttest",
]
