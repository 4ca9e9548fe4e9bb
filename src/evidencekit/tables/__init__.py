"""Tables and tests of them, under the design: all stages, finite population corrections, calibration and replicates respected.

::

    cross two columns      crosstab -> Crosstab: per cent of rows, columns or all, an interval and the unweighted n in every cell
    do they go together    association -> Test: Rao-Scott F (default), chi-square, Wald, adjusted Wald, exact, saddlepoint, deviance
    as expected?           goodness: the answers to one question against given shares
    compare means, ranks   ttest (one mean, two groups, pairs), ranktest (Wilcoxon, van der Waerden, median, Kruskal-Wallis)
    a steady rise          trend: Cochran-Armitage, across ordered groups
    agreement, scales      kappa, alpha
    several answers        responses: per cent of respondents, or of responses
    incidents, offenders   children: estimates from a child table, with the respondents' design
    start a report         table_one -> TableOne: shares, intervals, n, missing by kind, rse, deft
    beneath tests          sum_tail, f_sum_tail, satterthwaite: sums of weighted chi-squares

Nothing is tested without a design. What is shown goes through ``ek.release`` first: crosstab's ``.estimate``, table_one's ``.estimates``.
"""

from evidencekit.tables.agreement import alpha, kappa
from evidencekit.tables.association import association
from evidencekit.tables.children import children
from evidencekit.tables.chisquares import f_sum_tail, satterthwaite, sum_tail
from evidencekit.tables.crosstabs import Crosstab, crosstab
from evidencekit.tables.goodness import goodness
from evidencekit.tables.ranktests import ranktest
from evidencekit.tables.responses import responses
from evidencekit.tables.table_one import TableOne, table_one
from evidencekit.tables.trends import trend
from evidencekit.tables.ttests import ttest

__all__ = [
    "Crosstab",
    "TableOne",
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
    "table_one",
    "trend",
    "ttest",
]
