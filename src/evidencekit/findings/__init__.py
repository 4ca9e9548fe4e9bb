"""Words and pictures that follow intervals: a released number becomes a Finding."""

from evidencekit.findings.stating import Action, Finding, finding

__all__ = ["Action", "Finding", "finding"]
