"""Replicates made from a design, and any statistic's variance over them."""
