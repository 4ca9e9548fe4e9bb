"""Answers that people offered, weighted to resemble a population."""
