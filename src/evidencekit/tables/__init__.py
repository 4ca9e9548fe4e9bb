"""Tables and tests."""

from evidencekit.tables.association import association
from evidencekit.tables.chisquares import f_sum_tail, satterthwaite, sum_tail
from evidencekit.tables.crosstabs import Crosstab, crosstab

__all__ = ["Crosstab", "association", "crosstab", "f_sum_tail", "satterthwaite", "sum_tail"]
