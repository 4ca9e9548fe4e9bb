"""The one door to formulaic, which reads formulas in the notation of Wilkinson and Rogers (1973) and codes what they name."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import EvidencekitError, in_our_words
from evidencekit.models.formula.allowed import check_python

__all__ = ["again", "layers_of", "table_of", "terms_of"]

T = TypeVar("T")
Terms = list[tuple[str, ...]]
Problem = Callable[[Exception], EvidencekitError]


def terms_of(text: str, problem: Problem) -> tuple[Terms, Terms]:
    """The terms on both sides of a formula, each as the expressions it multiplies; the empty one is the intercept.

    Parameters
    ----------
    text : str
        With a ``~`` or without.
    problem : callable
        Makes our error of theirs.
    """

    def read() -> tuple[Terms, Terms]:
        from formulaic import Formula

        formula: Any = Formula
        check_python(text)
        made = formula(text)
        left, right = (made.lhs, made.rhs) if "~" in text else ((), made)
        return [_factors(term) for term in left], [_factors(term) for term in right]

    return in_our_words(read, problem)


def _factors(term: Any) -> tuple[str, ...]:
    return tuple(factor.expr for factor in term.factors if factor.expr != "1")


def table_of(text: str, columns: Mapping[str, Any], problem: Problem) -> tuple[list[str], Floats, Any]:
    """Names and values (rows, k) of what an expression makes of some columns, and what `again` needs.

    Parameters
    ----------
    text : str
        The right-hand side of a formula.
    columns : mapping
        Name to values, or to a pandas Categorical.
    problem : callable
        Makes our error of theirs.
    """

    def work() -> tuple[list[str], Floats, Any]:
        from formulaic import Formula

        formula: Any = Formula
        check_python(text, columns)
        made = _matrix(formula(text), columns)
        return [str(name) for name in made.columns], made.to_numpy(dtype=np.float64), made.model_spec

    return in_our_words(work, problem)


def again(spec: Any, columns: Mapping[str, Any], problem: Problem) -> Floats:
    """The same expression of other values, with the knots and means it had before."""
    return in_our_words(lambda: _matrix(spec, columns).to_numpy(dtype=np.float64), problem)


def _matrix(asked: Any, columns: Mapping[str, Any]) -> Any:
    import pandas as pd

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy warns of log(0) through pandas; the caller looks for what is not finite
        return asked.get_model_matrix(pd.DataFrame(dict(columns)), context={}, na_action="ignore")


def layers_of(terms: Sequence[tuple[str, ...]], coded: Mapping[str, bool]) -> list[list[list[tuple[str, bool]]]]:
    """Per term the products it spans, each a list of (expression, whether it is coded beside an intercept).

    How categories are coded depends on which terms stand before; formulaic works that out on a table of stand-ins.

    Parameters
    ----------
    terms : sequence of tuple of str
        As from `terms_of`.
    coded : mapping
        Expression to whether it is one of categories.
    """
    if not any(coded.values()):
        return [[[(name, False) for name in term]] for term in terms]
    import pandas as pd
    from formulaic import SimpleFormula
    from formulaic.parser.types import Factor, Term

    short = {name: f"f{i}" for i, name in enumerate(coded)}
    back = {name: long for long, name in short.items()}
    table = pd.DataFrame({short[name]: pd.Categorical(["a", "b"]) if is_coded else [0.0, 1.0] for name, is_coded in coded.items()})
    one = Factor("1", eval_method="literal")
    made = [Term([Factor(short[name], eval_method="lookup") for name in term] or [one]) for term in terms]
    simple: Any = SimpleFormula
    spec = simple(made, _ordering="none").get_model_matrix(table, context={}).model_spec
    return [[[(back[f.factor.expr], bool(f.reduced)) for f in layer.factors] for layer in part.scoped_terms] for part in spec.structure]
