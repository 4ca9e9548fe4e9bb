"""The claim register: which numbers may be said in which words, and whether a draft keeps to them."""

from evidencekit.findings.register.checking import check_text
from evidencekit.findings.register.entries import Entry, Quantity
from evidencekit.findings.register.register import Register
from evidencekit.findings.register.report import Found, TextReport

__all__ = ["Entry", "Found", "Quantity", "Register", "TextReport", "check_text"]
