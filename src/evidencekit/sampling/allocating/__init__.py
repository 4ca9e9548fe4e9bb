"""Sizes of samples within strata, and where strata begin and end."""
