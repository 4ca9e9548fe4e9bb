"""Figures and tables that know nothing of statistics: they take numbers and words."""
