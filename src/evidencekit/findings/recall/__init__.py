"""The recall test: whether people remember a finding, measured instead of claimed.

Two versions of a page (A and B) are given to two groups by chance; a day or three later everybody is asked for the number. Adults only:
staff, professionals, caregivers.

::

    how many           plan(recall_a, recall_b) -> Plan; Sessions(size=, icc=) where whole sessions read one version
    who reads which    assign(people, id=, seed=) -> Assignment: in blocks, by person or by session
    what is asked      forms(find, seed=) -> Forms: two Instruments; an age screen, consent, and a way out of every question
    what was typed     code(answers, find, id=) -> Codes: read by the register's grammar, the rest by people (Coders)
    what it shows      analyse(coded, assigned) -> RecallTest: .sentence(), .caveats(), .to_frame()
"""

from evidencekit.findings.recall.agreeing import Agreement, Coders
from evidencekit.findings.recall.analysing import analyse
from evidencekit.findings.recall.asking import Forms, forms
from evidencekit.findings.recall.assigning import Assignment, assign
from evidencekit.findings.recall.coding import Codes, code
from evidencekit.findings.recall.planning import Plan, Sessions, plan
from evidencekit.findings.recall.result import RecallTest

__all__ = [
    "Agreement",
    "Assignment",
    "Coders",
    "Codes",
    "Forms",
    "Plan",
    "RecallTest",
    "Sessions",
    "analyse",
    "assign",
    "code",
    "forms",
    "plan",
]
