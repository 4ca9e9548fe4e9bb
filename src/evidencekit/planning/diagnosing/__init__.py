"""Diagnosing: a plan carried out many times on a computer, so that a team sees what it would find before anybody is asked."""

from evidencekit.planning.diagnosing.diagnosis import Diagnosis
from evidencekit.planning.diagnosing.grids import truths
from evidencekit.planning.diagnosing.measures import Figure, Performance
from evidencekit.planning.diagnosing.performing import diagnose

__all__ = ["Diagnosis", "Figure", "Performance", "diagnose", "truths"]
