"""The expressions of a form: one grammar for relevance, constraints, calculations and choice filters, and their values over columns."""

from evidencekit.instrument.expressions.evaluating import Context, evaluate, truth
from evidencekit.instrument.expressions.nodes import Expression
from evidencekit.instrument.expressions.parsing import parse
from evidencekit.instrument.expressions.values import Numbers, Texts, Truth, Values

__all__ = ["Context", "Expression", "Numbers", "Texts", "Truth", "Values", "evaluate", "parse", "truth"]
