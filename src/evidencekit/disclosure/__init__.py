"""What may be shown: an Estimate goes in, a Released comes out, and each cell says why.

Of rows that are to leave: `risk` says how well somebody could be found among them (`frequencies`, `individual_risk`, `household_risk`,
`suda2`, `l_diversity`, `t_closeness` one by one).
"""

from evidencekit.disclosure.microdata.closeness import TCloseness, t_closeness
from evidencekit.disclosure.microdata.diversity import LDiversity, Spread, l_diversity
from evidencekit.disclosure.microdata.individual import household_risk, individual_risk
from evidencekit.disclosure.microdata.keys import KeyFrequencies, frequencies
from evidencekit.disclosure.microdata.measured import Found, MicrodataRisk
from evidencekit.disclosure.microdata.measuring import Diversity, risk
from evidencekit.disclosure.microdata.suda import Suda, SudaScores, suda2
from evidencekit.disclosure.releasing import Released, release

__all__ = [
    "Diversity",
    "Found",
    "KeyFrequencies",
    "LDiversity",
    "MicrodataRisk",
    "Released",
    "Spread",
    "Suda",
    "SudaScores",
    "TCloseness",
    "frequencies",
    "household_risk",
    "individual_risk",
    "l_diversity",
    "release",
    "risk",
    "suda2",
    "t_closeness",
]
