"""Rows that may leave: how well someone could be found among them, and what is done about it.

::

    how well someone could be found   risk(data, keys=, weights=, household=, sensitive=) -> MicrodataRisk; its parts one by one:
                                      frequencies, individual_risk, household_risk, suda2, l_diversity, t_closeness
    what is done about it             protect(data, plan) -> Protected; its steps one by one: recode, top_bottom, suppress_locally, pram,
                                      displace; scan_text looks for names, numbers and addresses in text
"""

from evidencekit.disclosure.microdata.changed import Changed, LogEntry
from evidencekit.disclosure.microdata.closeness import TCloseness, t_closeness
from evidencekit.disclosure.microdata.displacing import displace
from evidencekit.disclosure.microdata.diversity import LDiversity, Spread, l_diversity
from evidencekit.disclosure.microdata.extremes import top_bottom
from evidencekit.disclosure.microdata.individual import household_risk, individual_risk
from evidencekit.disclosure.microdata.keys import KeyFrequencies, frequencies
from evidencekit.disclosure.microdata.ladders import All, Bands, Groups, Ladder
from evidencekit.disclosure.microdata.measured import MicrodataRisk, RecordRisk
from evidencekit.disclosure.microdata.measuring import Diversity, risk
from evidencekit.disclosure.microdata.plans import read_plan
from evidencekit.disclosure.microdata.protected import Protected
from evidencekit.disclosure.microdata.protecting import protect
from evidencekit.disclosure.microdata.randomising import Randomised, pram
from evidencekit.disclosure.microdata.recoding import recode
from evidencekit.disclosure.microdata.scanning import TextScan, scan_text
from evidencekit.disclosure.microdata.steps import Displace, DropColumns, Plan, Pram, Recode, SuppressLocally, TopBottom
from evidencekit.disclosure.microdata.suda import Suda, SudaScores, suda2
from evidencekit.disclosure.microdata.suppressing import suppress_locally
from evidencekit.disclosure.microdata.transitions import corrected_shares, invariant_matrix

__all__ = [
    "All",
    "Bands",
    "Changed",
    "Displace",
    "Diversity",
    "DropColumns",
    "Groups",
    "KeyFrequencies",
    "LDiversity",
    "Ladder",
    "LogEntry",
    "MicrodataRisk",
    "Plan",
    "Pram",
    "Protected",
    "Randomised",
    "Recode",
    "RecordRisk",
    "Spread",
    "Suda",
    "SudaScores",
    "SuppressLocally",
    "TCloseness",
    "TextScan",
    "TopBottom",
    "corrected_shares",
    "displace",
    "frequencies",
    "household_risk",
    "individual_risk",
    "invariant_matrix",
    "l_diversity",
    "pram",
    "protect",
    "read_plan",
    "recode",
    "risk",
    "scan_text",
    "suda2",
    "suppress_locally",
    "t_closeness",
    "top_bottom",
]
