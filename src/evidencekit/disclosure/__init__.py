"""What may be shown: an Estimate goes in, a Released comes out, and each cell says why."""

from evidencekit.disclosure.microdata.changed import Changed, Entry
from evidencekit.disclosure.microdata.displacing import displace
from evidencekit.disclosure.microdata.extremes import top_bottom
from evidencekit.disclosure.microdata.ladders import All, Bands, Groups, Ladder
from evidencekit.disclosure.microdata.plans import read_plan
from evidencekit.disclosure.microdata.protected import Protected
from evidencekit.disclosure.microdata.protecting import counts_of_matches, protect
from evidencekit.disclosure.microdata.randomising import Randomised, pram
from evidencekit.disclosure.microdata.recoding import recode
from evidencekit.disclosure.microdata.scanning import TextScan, scan_text
from evidencekit.disclosure.microdata.steps import Displace, DropColumns, Plan, Pram, Recode, SuppressLocally, TopBottom
from evidencekit.disclosure.microdata.suppressing import suppress_locally
from evidencekit.disclosure.microdata.transitions import corrected_shares, invariant_matrix
from evidencekit.disclosure.releasing import Released, release

__all__ = [
    "All",
    "Bands",
    "Changed",
    "Displace",
    "DropColumns",
    "Entry",
    "Groups",
    "Ladder",
    "Plan",
    "Pram",
    "Protected",
    "Randomised",
    "Recode",
    "Released",
    "SuppressLocally",
    "TextScan",
    "TopBottom",
    "corrected_shares",
    "counts_of_matches",
    "displace",
    "invariant_matrix",
    "pram",
    "protect",
    "read_plan",
    "recode",
    "release",
    "scan_text",
    "suppress_locally",
    "top_bottom",
]
