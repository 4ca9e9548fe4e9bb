"""Words and pictures that follow intervals: a released number becomes a Finding, and a draft is held to the register of claims."""

from evidencekit.findings.register import Entry, Quantity, Register, TextReport, check_text
from evidencekit.findings.stating import Action, Finding, finding

__all__ = ["Action", "Entry", "Finding", "Quantity", "Register", "TextReport", "check_text", "finding"]
