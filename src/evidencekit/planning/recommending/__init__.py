"""Recommending: the methods that can be used in a context, in their order, with what speaks against each and what would change it."""

from evidencekit.planning.recommending.nouns import Advice, Aside, FindOut, Refusal, Tip
from evidencekit.planning.recommending.recommendation import Recommendation, recommend

__all__ = ["Advice", "Aside", "FindOut", "Recommendation", "Refusal", "Tip", "recommend"]
