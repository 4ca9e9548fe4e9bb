"""What may be shown: an Estimate goes in, a Released comes out, and each cell says why."""

from evidencekit.disclosure.microdata.changed import Changed, Entry
from evidencekit.disclosure.microdata.displacing import displace
from evidencekit.disclosure.microdata.extremes import top_bottom
from evidencekit.disclosure.microdata.ladders import All, Bands, Groups, Ladder
from evidencekit.disclosure.microdata.randomising import Randomised, pram
from evidencekit.disclosure.microdata.recoding import recode
from evidencekit.disclosure.microdata.scanning import TextScan, scan_text
from evidencekit.disclosure.microdata.suppressing import suppress_locally
from evidencekit.disclosure.microdata.transitions import corrected_shares, invariant_matrix
from evidencekit.disclosure.releasing import Released, release

__all__ = [
    "All",
    "Bands",
    "Changed",
    "Entry",
    "Groups",
    "Ladder",
    "Randomised",
    "Released",
    "TextScan",
    "corrected_shares",
    "displace",
    "invariant_matrix",
    "pram",
    "recode",
    "release",
    "scan_text",
    "suppress_locally",
    "top_bottom",
]
