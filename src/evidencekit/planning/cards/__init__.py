"""Cards: what a method says of itself, in a file that methodologists read and the planner acts on."""

from evidencekit.planning.cards.card import Assumption, BiasPrior, Card, Estimand, Estimator, FieldProcedure, Reference, Release
from evidencekit.planning.cards.conditions import Condition
from evidencekit.planning.cards.reading import read_card

__all__ = [
    "Assumption",
    "BiasPrior",
    "Card",
    "Condition",
    "Estimand",
    "Estimator",
    "FieldProcedure",
    "Reference",
    "Release",
    "read_card",
]
