"""Rules: what to warn of in a plan, and what to ask first, each with its source. `RULES` has them as data."""

from evidencekit.planning.rules.rule import Caution, Rule, cautions_of
from evidencekit.planning.rules.table import RULES

__all__ = ["RULES", "Caution", "Rule", "cautions_of"]
