"""Sampling: from a frame to a reproducible draw."""
