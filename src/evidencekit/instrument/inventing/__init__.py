"""Invented answers to any form: nothing in them comes from a person."""

from evidencekit.instrument.inventing.answers import FictionalAnswers, PlantedError
from evidencekit.instrument.inventing.inventing import fictional_answers
from evidencekit.instrument.inventing.nouns import Clusters, ErrorRate, Interviewers, MissingRates

__all__ = ["Clusters", "ErrorRate", "FictionalAnswers", "Interviewers", "MissingRates", "PlantedError", "fictional_answers"]
