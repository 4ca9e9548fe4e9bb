"""Tables that hide small cells for certain: additive systems, secondary suppression, and the audit of what an intruder could work out."""

from evidencekit.disclosure.tables.intervals import intervals
from evidencekit.disclosure.tables.systems import CellSystem, Table, cube, linked

__all__ = ["CellSystem", "Table", "cube", "intervals", "linked"]
