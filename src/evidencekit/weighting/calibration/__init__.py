"""Weights that meet what is known of the population."""
