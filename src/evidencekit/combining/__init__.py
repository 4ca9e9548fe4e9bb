"""Numbers made from other numbers, with every uncertainty carried: difference, contrast, ratio_of; headcount."""

from evidencekit.combining.contrasting import CLASSES, contrast, difference, ratio_of
from evidencekit.combining.headcounts import Headcount, headcount

__all__ = ["CLASSES", "Headcount", "contrast", "difference", "headcount", "ratio_of"]
