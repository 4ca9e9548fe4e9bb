"""Tables of counts that are safe for certain: additive systems, secondary suppression, controlled rounding, and what an intruder can say.

::

    the tables           cube(counts), linked([Table(...), ...]) -> CellSystem
    hide                 suppress(system, threshold=) -> Pattern, with its Certificate
    or round             controlled_rounding(system, base=), round_counts(counts, base=) -> Rounded; rounding_error(rounded, system)
    what is given away   audit(system, hidden), intervals(system, hidden), audit_rounding(rounded, system)
"""

from evidencekit.disclosure.tables.attacking import Audit, audit, intervals
from evidencekit.disclosure.tables.controlled import controlled_rounding
from evidencekit.disclosure.tables.patterns import Certificate, Pattern
from evidencekit.disclosure.tables.rounded import Rounded, rounding_error
from evidencekit.disclosure.tables.rounded_audit import RoundingAudit, audit_rounding
from evidencekit.disclosure.tables.rounding import round_counts
from evidencekit.disclosure.tables.suppressing import suppress
from evidencekit.disclosure.tables.systems import CellSystem, Table, cube, linked

__all__ = [
    "Audit",
    "CellSystem",
    "Certificate",
    "Pattern",
    "Rounded",
    "RoundingAudit",
    "Table",
    "audit",
    "audit_rounding",
    "controlled_rounding",
    "cube",
    "intervals",
    "linked",
    "round_counts",
    "rounding_error",
    "suppress",
]
