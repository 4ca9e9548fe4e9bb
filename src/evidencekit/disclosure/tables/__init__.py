"""Tables that hide small cells for certain: additive systems, secondary suppression, and the audit of what an intruder could work out."""

from evidencekit.disclosure.tables.controlled import controlled_rounding
from evidencekit.disclosure.tables.rounded import Rounded, rounding_error
from evidencekit.disclosure.tables.rounded_audit import RoundingAudit, audit_rounding
from evidencekit.disclosure.tables.rounding import round_counts
from evidencekit.disclosure.tables.systems import CellSystem, Table, cube, linked

__all__ = [
    "CellSystem",
    "Rounded",
    "RoundingAudit",
    "Table",
    "audit_rounding",
    "controlled_rounding",
    "cube",
    "linked",
    "round_counts",
    "rounding_error",
]
