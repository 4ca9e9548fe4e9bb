"""The recall test: whether people remember a finding, measured instead of claimed.

Two versions of a page (A and B) are given to two groups by chance; a day or three later everybody is asked for the number. Adults only:
staff, professionals, caregivers.

::

    how many           plan(recall_a, recall_b) -> Plan; Sessions(size=, icc=) where whole sessions read one version
    who reads which    assign(people, id=, seed=) -> Assignment: in blocks, by person or by session
"""

from evidencekit.findings.recall.assigning import Assignment, assign
from evidencekit.findings.recall.planning import Plan, Sessions, plan

__all__ = [
    "Assignment",
    "Plan",
    "Sessions",
    "assign",
    "plan",
]
