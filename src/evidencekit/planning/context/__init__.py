"""Context: what a team knows of the place it works in, and what it does not know."""

from evidencekit.planning.context.context import Context
from evidencekit.planning.context.ranges import Range
from evidencekit.planning.context.sections import Access, Outcome, Population, Protection, Resources, Safety

__all__ = ["Access", "Context", "Outcome", "Population", "Protection", "Range", "Resources", "Safety"]
