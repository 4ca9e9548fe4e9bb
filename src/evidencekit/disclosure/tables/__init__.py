"""Tables of counts that are safe for certain: additive systems, secondary suppression, controlled rounding, and what an intruder can say.

::

    the tables           cube(counts), linked([Table(...), ...]) -> CellSystem
    hide                 suppress(system, threshold=) -> SuppressionPattern, with its SuppressionCertificate
    or round             controlled_rounding(system, base=), round_counts(counts, base=) -> Rounded; rounding_error(rounded, system)
    what is given away   audit_suppression(system, hidden), intervals(system, hidden), audit_rounding(rounded, system)
"""

from evidencekit.disclosure.tables.controlled import controlled_rounding
from evidencekit.disclosure.tables.patterns import SuppressionCertificate, SuppressionPattern
from evidencekit.disclosure.tables.rounded import Rounded, rounding_error
from evidencekit.disclosure.tables.rounded_audit import RoundingAudit, audit_rounding
from evidencekit.disclosure.tables.rounding import round_counts
from evidencekit.disclosure.tables.suppressing import suppress
from evidencekit.disclosure.tables.suppression_audit import SuppressionAudit, audit_suppression, intervals
from evidencekit.disclosure.tables.systems import CellSystem, Table, cube, linked

__all__ = [
    "CellSystem",
    "Rounded",
    "RoundingAudit",
    "SuppressionAudit",
    "SuppressionCertificate",
    "SuppressionPattern",
    "Table",
    "audit_rounding",
    "audit_suppression",
    "controlled_rounding",
    "cube",
    "intervals",
    "linked",
    "round_counts",
    "rounding_error",
    "suppress",
]
