"""Numbers made from other numbers, with every uncertainty carried: difference, contrast, ratio_of; headcount."""

from evidencekit.combining.contrasting import CLASSES, contrast, difference, has_design, ratio_of, weakest
from evidencekit.combining.headcounts import Headcount, headcount

__all__ = ["CLASSES", "Headcount", "contrast", "difference", "has_design", "headcount", "ratio_of", "weakest"]
