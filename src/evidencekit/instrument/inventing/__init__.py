"""Invented answers to any form: nothing in them comes from a person."""

from evidencekit.instrument.inventing.answers import FictionalAnswers, Planted
from evidencekit.instrument.inventing.inventing import fictional_answers
from evidencekit.instrument.inventing.nouns import Clusters, Errors, Interviewers, MissingRates

__all__ = ["Clusters", "Errors", "FictionalAnswers", "Interviewers", "MissingRates", "Planted", "fictional_answers"]
