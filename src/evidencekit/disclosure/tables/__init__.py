"""Tables that hide small cells for certain: additive systems, secondary suppression, and the audit of what an intruder could work out."""

from evidencekit.disclosure.tables.attacking import Audit, audit, intervals
from evidencekit.disclosure.tables.patterns import Certificate, Pattern
from evidencekit.disclosure.tables.suppressing import suppress
from evidencekit.disclosure.tables.systems import CellSystem, Table, cube, linked

__all__ = ["Audit", "CellSystem", "Certificate", "Pattern", "Table", "audit", "cube", "intervals", "linked", "suppress"]
