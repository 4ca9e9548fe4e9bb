"""Read a formula: the outcome, the terms, the offset, and which columns of the data they need."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from evidencekit.errors import InputError
from evidencekit.models.formula.allowed import QUOTED, called_in, check_size
from evidencekit.models.formula.wilkinson import terms_of

__all__ = ["Formula", "read_formula", "variables_in"]

OFFSET = re.compile(r"offset\((.*)\)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Formula:
    """What a formula asks for.

    `outcome` and `offsets` are expressions; `terms` are tuples of the expressions whose product a term is, the empty one the intercept,
    in the order of their columns.
    """

    text: str
    outcome: str
    terms: tuple[tuple[str, ...], ...]
    offsets: tuple[str, ...] = ()

    @property
    def factors(self) -> tuple[str, ...]:
        """The expressions of all terms, each once."""
        return tuple(dict.fromkeys(factor for term in self.terms for factor in term))

    @property
    def expressions(self) -> tuple[str, ...]:
        """Every expression, the outcome first."""
        return tuple(dict.fromkeys(x for x in (self.outcome, *self.factors, *self.offsets) if x))

    @property
    def labels(self) -> tuple[str, ...]:
        """What terms are called: ``"sex:age"``; the intercept ``"Intercept"``."""
        return tuple(":".join(term) or "Intercept" for term in self.terms)


def read_formula(formula: str, *, outcome: bool = True) -> Formula:
    """Read a formula in the notation of Wilkinson and Rogers, as R and formulaic write it.

    Parameters
    ----------
    formula : str
        ``"told ~ sex + age"``; ``a*b`` for two terms and their interaction, ``C(x)`` for codes as categories, ``offset(...)``. Names with
        spaces or dots stand in backticks.
    outcome : bool
        Whether there is a left-hand side (default) or must not be one.

    Raises
    ------
    InputError
        It is no formula, or has no outcome, or more than one; or asks for more products than anybody could wait for.
    """
    if not isinstance(formula, str) or not formula.strip():
        raise InputError('A model takes a formula, such as "told ~ sex + age".')
    check_size(formula)
    if outcome and formula.count("~") != 1:
        raise InputError('A formula has an outcome and terms, with one "~" between them: "told ~ sex + age".')
    if not outcome and "~" in formula:
        raise InputError('This formula has terms only, and no "~": "sex + age".')

    if not formula.split("~")[-1].strip():
        raise InputError("The formula has no terms.", 'For a model with an intercept alone write "told ~ 1".')

    def trouble(_: Exception) -> InputError:
        return InputError(
            "The formula cannot be read.",
            'Write it as "told ~ sex + age", codes as categories as C(age), names with spaces or dots in backticks.',
        )

    left, made = terms_of(formula, trouble)
    left = left if outcome else [("",)]
    if len(left) != 1 or len(left[0]) != 1:
        raise InputError("A formula has one outcome, left of the ~.")
    offsets = [found[1] for term in made if len(term) == 1 and (found := OFFSET.fullmatch(term[0]))]
    kept = tuple(term for term in made if len(term) != 1 or not OFFSET.fullmatch(term[0]))
    if not kept:
        raise InputError("The formula has no terms.", 'For a model with an intercept alone write "told ~ 1".')
    return Formula(formula.strip(), left[0][0], kept, tuple(offsets))


def variables_in(expression: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of the data that an expression names, in order.

    Raises
    ------
    UnknownColumn
        A bare name is not a column: left to the caller, who sees an empty answer.
    """
    if expression in columns:
        return (expression,)
    quoted = QUOTED.findall(expression)
    bare = QUOTED.sub("_", expression)
    try:
        tree = ast.parse(bare, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return tuple(dict.fromkeys(name for name in quoted if name in columns))
    functions = called_in(tree)  # a column may have the name of one
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions]
    return tuple(dict.fromkeys(name for name in (*quoted, *names) if name in columns))
